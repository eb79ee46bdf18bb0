/**
 * The first line: did a signal trade, and if not why. One sentence with who decided, what was
 * observed and the limit, from what was recorded alone.
 */
import { lotsOfSleeve, type OrderPath } from "./order-path.ts";
import type { SignalPath } from "./signal-path.ts";
import { venueEndText } from "./venue-words.ts";
import { brief, type Decider, deciderText, exact, lotsOf, splitCut } from "./words.ts";

export type Account = { readonly currency: string; readonly digits: number };

export type Answer = {
  readonly traded: boolean;
  readonly sentence: string;
  /** Who decided what was not traded; null where nobody did. */
  readonly decided_by: Decider | null;
};

export function answerOf(path: SignalPath, account: Account): Answer {
  const { end, signal } = path;
  if (end === null) {
    const sentence =
      "It has no end: no terminal state was recorded, which the run's own checks report as invariant 2.";
    return { traded: false, sentence, decided_by: null };
  }
  const decider = deciderOf(path);
  const cut = decider === null ? null : deciderText(decider, account);
  switch (end.state) {
    case "EXECUTED":
      return { traded: true, sentence: executed(path, cut), decided_by: decider };
    case "EXPIRED":
      return {
        traded: false,
        sentence: `It did not trade: ${expired(path)}${cut === null ? "" : `; before that a part was cut by ${cut}`}.`,
        decided_by: decider,
      };
    default: {
      const held =
        signal.current_lots === 0
          ? ""
          : `; ${lotsOf(signal.current_lots)} stay ${signal.current_lots > 0 ? "held" : "short"}`;
      return {
        traded: false,
        sentence: `It did not trade: refused by ${cut ?? end.state}${held}.`,
        decided_by: decider,
      };
    }
  }
}

/** The numbers of a terminal record belong to the last of those that cut it. */
export function deciderOf({ end }: SignalPath): Decider | null {
  const last = end?.cut_by.at(-1);
  if (end === null || last === undefined) return null;
  const { observed, limit, unit } = end;
  return { ...splitCut(last), observed, limit, unit };
}

function executed(path: SignalPath, cut: string | null): string {
  const share = path.end?.share ?? 0;
  const trades = tradesText(path);
  if (cut === null)
    return `It traded: ${trades}, ${share === 1 ? "all" : `${brief(100 * share)} %`} of its wish.`;
  // All of it and yet cut: a stage had put another wish in its place.
  if (share === 1) return `It traded: ${trades}, all that was left of its wish by ${cut}.`;
  return `It traded: ${trades}, ${brief(100 * share)} % of its wish; the rest was kept by ${cut}.`;
}

/** "bought 12 lots at 51.2 on 2014-01-02 and 3 lots inside at 51.1 on 2014-01-02". */
function tradesText({ signal, orders, crosses }: SignalPath): string {
  const { variant_id: variant } = signal;
  const fills = orders
    .flatMap((order) => order.fills)
    .map(({ lots, sleeves, price, at }) => ({
      lots: lotsOfSleeve(lots, sleeves, variant),
      text: `at ${exact(price)} on ${at}`,
    }));
  const inside = crosses.flatMap(({ price, sleeves, at }) =>
    price === null
      ? []
      : [
          {
            lots: lotsOfSleeve(0, sleeves, variant),
            text: `inside, against other sleeves, at ${exact(price)} on ${at}`,
          },
        ],
  );
  const trades = [...inside, ...fills].filter(({ lots }) => lots !== 0);
  return trades
    .map(({ lots, text }) => `${lots > 0 ? "bought" : "sold"} ${lotsOf(lots)} ${text}`)
    .join(" and ");
}

function expired({ orders, crosses, signal }: SignalPath): string {
  const ended = orders.filter(({ end }) => end !== null);
  const dropped = crosses.some(({ price }) => price === null);
  if (ended.length === 0 && dropped) {
    return "other sleeves wanted the opposite, and the market gave no price to meet at before the wish was taken back";
  }
  const filled = orders.filter(({ fills }) => fills.length > 0);
  if (ended.length === 0 && filled.length > 0) {
    return `its order filled, and nothing of it was left for this sleeve of ${signal.instrument}`;
  }
  return ended.map(endText).join("; ");
}

/** How an order ended that did not fill. */
export function endText(order: OrderPath): string {
  const { type, price, time_in_force: until, end, at } = order;
  if (end === null) return "the order was filled";
  const what =
    price === null ? `its ${spaced(type)} order` : `its ${spaced(type)} order at ${exact(price)}`;
  const since = `${what} of ${at}`;
  const atVenue = order.venue === undefined ? null : venueEndText(order.venue, since);
  // What a newer wish took back is that wish's doing, whatever the venue calls it.
  if (atVenue !== null && end.end !== "replaced") return atVenue;
  switch (end.end) {
    case "expired":
      return until === "day"
        ? `${since} was good for one bar, was not reached and expired on ${end.at}`
        : `${since} had found no price when it expired on ${end.at}, where the data ends`;
    case "replaced":
      return `${since} was still unfilled on ${end.at}, when a newer wish replaced it`;
    case "cancelled":
      return `${since} was cancelled on ${end.at}: ${cancelledBy(order)}`;
    case "non_positive_price":
      return `${since} met the price ${end.observed === null ? "unknown" : exact(end.observed)} on ${end.at}, at which nothing may fill`;
    default:
      return `${since} ended as ${end.end} on ${end.at}`;
  }
}

function cancelledBy({ changed }: OrderPath): string {
  const last = changed.at(-1);
  return last?.by === "split" && last.lots === 0
    ? "the split of that date left no whole lot of it"
    : "the position it belonged to was closed first";
}

function spaced(code: string): string {
  return code.replaceAll("_", " ");
}
