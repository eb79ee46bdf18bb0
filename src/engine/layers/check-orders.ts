/**
 * The orders of one decision against its sizes and its limits, for check-gates.ts: each is a leg of
 * what was sized and no other; each leg that only reduces is there, for no gate may refuse it; each
 * that adds exposure leaves the book, with the orders before it, within what the mandate allows.
 * Fractions of net asset value.
 */
import { rateAt } from "../artifact-tables.ts";
import type { GateName } from "../stage-tally.ts";
import type { Kernel } from "../state.ts";
import type { TracedOrder } from "../trace.ts";
import type { Book, HeatTwin } from "./check-book.ts";
import type { LayerState } from "./state.ts";

/** The gates forgive a part in a billion; the same sum in another order may differ by more. */
const TOLERANCE = 1e-7;

/** Invariant 1 unless the gate let pass what nobody could judge. */
export type GateFault = {
  readonly gate: GateName;
  readonly message: string;
  readonly invariant?: 1 | 3 | 4 | 5;
};

/** What one instrument was to go to. */
export type Sized = {
  readonly instrument: number;
  readonly heldLots: number;
  readonly targetLots: number;
};

export type LegFault = { readonly kind: "unsized" | "blocked"; readonly message: string };

/** A leg that adds and is missing was refused, which is no fault. */
export function checkLegs(k: Kernel, book: Book, wanted: readonly Sized[]): LegFault | null {
  const sized = new Map(wanted.map((one) => [one.instrument, one]));
  const left = new Map<number, number[]>();
  for (const [i, { heldLots, targetLots }] of sized) left.set(i, legsOf(heldLots, targetLots));
  const unsized = unsizedOrder(k, book, sized, left);
  if (unsized !== null) return { kind: "unsized", message: unsized };
  for (const { instrument: i, heldLots, targetLots } of wanted) {
    const keeps = heldLots * targetLots > 0 ? Math.abs(targetLots) : 0;
    // Something else at work there may have closed it already.
    if (keeps >= Math.abs(heldLots) || book.lots[i] !== heldLots) continue;
    const isOrdered = book.placed.some(
      ({ order }) => order.instrument === i && order.purpose === "close",
    );
    if (isOrdered) continue;
    const { id } = k.world.instruments[i];
    const message = `${heldLots} lots of ${id} were to shrink to ${Math.sign(heldLots) * keeps}, and nothing was ordered`;
    return { kind: "blocked", message };
  }
  return null;
}

/** Takes the legs that were ordered out of `left`; what was ordered and not sized, in words. */
function unsizedOrder(
  { world }: Kernel,
  { placed }: Book,
  sized: ReadonlyMap<number, Sized>,
  left: ReadonlyMap<number, number[]>,
): string | null {
  for (const { order, lots } of placed) {
    const legs = left.get(order.instrument) ?? [];
    const place = legs.indexOf(order.side * lots);
    if (place >= 0) {
      legs.splice(place, 1);
      continue;
    }
    const target = sized.get(order.instrument)?.targetLots ?? "nothing";
    return `an order of ${order.side * lots} lots of ${world.instruments[order.instrument].id} where ${target} was sized`;
  }
  return null;
}

/** Signed; crossing zero closes and opens. */
function legsOf(held: number, target: number): number[] {
  if (target === held) return [];
  return held * target < 0 ? [0 - held, target] : [target - held];
}

/** One order after the other. */
export function checkPlaced(
  k: Kernel,
  layers: LayerState | null,
  book: Book,
  heat: HeatTwin,
): GateFault | null {
  const lots = Float64Array.from(book.lots);
  const stop = layers === null ? "OFF" : layers.daily.breaker[book.session];
  for (const { order, lots: size } of book.placed) {
    const before = lots[order.instrument];
    const after = before + order.side * size;
    lots[order.instrument] = after;
    const reduces = Math.abs(after) < Math.abs(before) && after * before >= 0;
    if (reduces) continue;
    const name = `${order.side * size} lots of ${k.world.instruments[order.instrument].id}`;
    if (stop === "HALT" || stop === "PANIC") {
      return { gate: "breakers", message: `${name} are ordered in ${stop}` };
    }
    const over = limitsOn(k, layers, { book, lots, order, heat }).find(
      ({ gate, observed, limit }) =>
        k.plan.enabledGates.has(gate) &&
        limit !== null &&
        observed !== null &&
        !(observed <= limit * (1 + TOLERANCE)),
    );
    if (over === undefined) continue;
    const { gate, what, observed, limit } = over;
    const message = `${name} make a ${what} of ${observed}, the limit is ${limit}`;
    return Number.isNaN(observed) ? { gate, message, invariant: 4 } : { gate, message };
  }
  return null;
}

type Limit = {
  readonly gate: GateName;
  readonly what: string;
  readonly observed: number | null;
  readonly limit: number | null;
};

type After = {
  readonly book: Book;
  readonly lots: Float64Array;
  readonly order: TracedOrder["order"];
  readonly heat: HeatTwin;
};

function limitsOn(k: Kernel, layers: LayerState | null, at: After): readonly Limit[] {
  const { book, lots, order, heat } = at;
  const { navMinor, lotMinor, session } = book;
  const { limits } = k.plan;
  const weights = lots.map((size, i) => (size === 0 ? 0 : (size * lotMinor[i]) / navMinor));
  const own = weights[order.instrument];
  const { sector } = k.world.instruments[order.instrument];
  const sum = (of: (weight: number, i: number) => number) =>
    weights.reduce((total, weight, i) => total + of(weight, i), 0);
  const gross = sum(Math.abs);
  const allowed = limits.gross * (layers === null ? 1 : regimePart(layers, session));
  const hot = heat(book, lots);
  const inSector = sum((w, i) => (k.world.instruments[i].sector === sector ? Math.abs(w) : 0));
  return [
    {
      gate: "heat",
      what: "heat",
      observed: hot === null ? null : hot / navMinor,
      limit: layers?.plan.heat.limit ?? null,
    },
    { gate: "volatility_regime", what: "gross exposure", observed: gross, limit: allowed },
    { gate: "limits", what: "ruin", observed: Number(navMinor <= 0), limit: 0 },
    { gate: "limits", what: "short exposure", observed: limits.shorts ? null : 0 - own, limit: 0 },
    {
      gate: "limits",
      what: "symbol exposure",
      observed: Math.abs(own),
      limit: limits.symbol ?? allowed,
    },
    { gate: "limits", what: "sector exposure", observed: inSector, limit: limits.sector },
    { gate: "limits", what: "net exposure", observed: Math.abs(sum((w) => w)), limit: limits.net },
    {
      gate: "limits",
      what: "number of positions",
      observed: lots.filter((size) => size !== 0).length,
      limit: limits.positions,
    },
    {
      gate: "limits",
      what: "haste after a stop",
      observed:
        limits.stopCooldownSessions === 0
          ? null
          : limits.stopCooldownSessions - book.sinceStop(order.instrument),
      limit: 0,
    },
    { gate: "cash", what: "gross exposure", observed: gross, limit: allowed },
    {
      gate: "cash",
      what: "reserved margin",
      observed: marginOf(k, book, lots),
      limit: limits.margin ?? 1,
    },
  ];
}

/** What the volatility regime of that close leaves of the gross limit; the unknown leaves the least. */
export function regimePart({ plan, daily }: LayerState, session: number): number {
  if (plan.volatilityRegime === null) return 1;
  const { low, normal, high, crisis } = plan.volatilityRegime.gross_scale;
  const parts = { LOW: low, NORMAL: normal, HIGH: high, CRISIS: crisis };
  const regime = daily.volatilityRegime[session];
  return regime === "UNKNOWN" ? Math.min(low, normal, high, crisis) : parts[regime];
}

function marginOf(k: Kernel, { navMinor, session }: Book, lots: Float64Array): number {
  let margin = 0;
  for (let i = 0; i < lots.length; i++) {
    const perLot = k.world.marginMinor[i];
    if (lots[i] === 0 || perLot === 0) continue;
    margin += Math.abs(lots[i]) * perLot * rateAt(k, i, session);
  }
  return margin / navMinor;
}
