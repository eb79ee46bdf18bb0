/**
 * From a wanted position to the orders of its legs: what reduces the position closes, what adds to it
 * opens, and crossing zero is both, the closing leg at market and the opening one under the wish's terms.
 */
import type { Order, OrderType } from "../domain/order.ts";
import type { Entry, ProtectiveStop, TimeInForce } from "../domain/target.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

/** A position somebody wants: one strategy's target, or the net of many sleeves. */
export type Wish = {
  readonly instrument: number;
  readonly session: number;
  /** Whole lots to hold, signed. */
  readonly lots: number;
  readonly entry: Entry;
  readonly timeInForce: TimeInForce;
  /** Whose wish it is; a refusal of its order is theirs. */
  readonly signals: readonly Signal[];
};

/** A strategy's target is the wish of its one signal. */
export function wishOf(signal: Signal): Wish {
  return {
    instrument: signal.instrument,
    session: signal.session,
    lots: signal.beliefLots as number,
    entry: signal.entry,
    timeInForce: signal.timeInForce,
    signals: [signal],
  };
}

/** What reduces the position, all of it where the wish is on the other side; null where nothing does. */
export function closingOrder(k: Kernel, wish: Wish): Order | null {
  const held = k.state.lots[wish.instrument];
  if (crosses(wish, held)) {
    return toOrder(k, wish, { purpose: "close", leg: 0, lots: 0 - held, atMarket: true });
  }
  if (Math.abs(wish.lots) >= Math.abs(held)) return null;
  return toOrder(k, wish, { purpose: "close", leg: 0, lots: wish.lots - held, atMarket: false });
}

/** What adds to the position, or begins one on the other side; null where nothing does. */
export function openingOrder(k: Kernel, wish: Wish): Order | null {
  const held = k.state.lots[wish.instrument];
  if (crosses(wish, held)) {
    return toOrder(k, wish, { purpose: "open", leg: 1, lots: wish.lots, atMarket: false });
  }
  if (Math.abs(wish.lots) < Math.abs(held)) return null;
  return toOrder(k, wish, { purpose: "open", leg: 0, lots: wish.lots - held, atMarket: false });
}

function crosses({ lots }: Wish, held: number): boolean {
  return held !== 0 && lots !== 0 && held > 0 !== lots > 0;
}

type Leg = {
  readonly purpose: "close" | "open";
  readonly leg: number;
  /** Signed. */
  readonly lots: number;
  readonly atMarket: boolean;
};

/** A candidate: it is nobody's order until approval. */
function toOrder({ state }: Kernel, wish: Wish, { purpose, leg, lots, atMarket }: Leg): Order {
  const { signals } = wish;
  return {
    ordinal: state.counters.orders++,
    instrument: wish.instrument,
    session: wish.session,
    purpose,
    leg,
    generation: 0,
    side: lots > 0 ? 1 : -1,
    type: atMarket ? "market" : orderType(wish.entry),
    lots: Math.abs(lots),
    price: atMarket ? null : entryPrice(wish.entry),
    timeInForce: atMarket ? "gtc" : wish.timeInForce,
    working: false,
    signals: signals.length === 1 ? [signals[0].ordinal] : signals.map(({ ordinal }) => ordinal),
  };
}

/** Raw limit price, or null for the types that have none. */
function entryPrice(entry: Entry): number | null {
  return typeof entry === "object" ? entry.limit : null;
}

function orderType(entry: Entry): OrderType {
  return typeof entry === "object" ? "limit" : entry;
}

/** Entry, protective stop and time in force, all of them. */
export function haveSameTerms(a: Signal, b: Signal): boolean {
  return (
    entryPrice(a.entry) === entryPrice(b.entry) &&
    orderType(a.entry) === orderType(b.entry) &&
    a.timeInForce === b.timeInForce &&
    sameStop(a.stop, b.stop)
  );
}

function sameStop(a: ProtectiveStop | null, b: ProtectiveStop | null): boolean {
  if (a === null || b === null) return a === b;
  if ("price" in a) return "price" in b && a.price === b.price;
  return "distance" in b && a.distance === b.distance;
}
