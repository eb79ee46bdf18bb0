/**
 * What the clamps should have left, worked out again for the checks: the caps by their limits, the
 * throttle from the equity curve, clusters and tail from the daily returns (check-clamp-risk.ts). A
 * clamp may leave less, for missing evidence restricts; never more. Net weights by instrument,
 * fractions of net asset value.
 */
import { type ClampsAt, createClampRisk, exceeds } from "./check-clamp-risk.ts";
import type { Wrong } from "./check-wrong.ts";
import { grossOf } from "./evidence.ts";
import type { Kernel } from "../state.ts";
import type { LayerState } from "./state.ts";

/** Asked once per decision, in their order; then any weights can be judged as its. */
export type ClampTwin = (at: ClampsAt) => ClampsDue;
export type ClampsDue = (before: Float64Array, after: Float64Array) => Wrong | string | null;

/** Net asset value at a decision, or at a close without one; minor units. */
type NavAt = (session: number) => number;

export function createClampTwin(k: Kernel, layers: LayerState, navAt: NavAt): ClampTwin {
  const throttle = createThrottle(layers, navAt);
  const risk = createClampRisk(k, layers);
  return (at) => {
    const factor = throttle(at);
    return (before, after) => {
      const test = risk(at.session, before, entering(k, layers, { ...at, net: before, factor }));
      return (
        shrinks(k, before, after) ??
        withinCaps(k, layers, at, after) ??
        withinThrottle(k, before, factor, after) ??
        test(after)
      );
    };
  };
}

function shrinks({ world }: Kernel, before: Float64Array, after: Float64Array): string | null {
  for (let i = 0; i < after.length; i++) {
    if (!exceeds(Math.abs(after[i]), Math.abs(before[i])) && after[i] * before[i] >= 0) continue;
    return `changes ${world.instruments[i].id} from ${before[i]} to ${after[i]}: a clamp only shrinks`;
  }
  return null;
}

type Sum = { readonly name: string; readonly observed: number; readonly limit: number | null };

function withinCaps(
  k: Kernel,
  { plan }: LayerState,
  { grossLimit }: ClampsAt,
  after: Float64Array,
): string | null {
  if (!plan.clamps.caps.enabled) return null;
  const { net, symbol, sector } = k.plan.limits;
  const sum = after.reduce((total, weight) => total + weight, 0);
  const largest = after.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const sums: readonly Sum[] = [
    { name: "gross", observed: grossOf(after), limit: grossLimit },
    { name: "net", observed: Math.abs(sum), limit: net },
    { name: "symbol", observed: largest, limit: symbol },
    { name: "sector", observed: Math.max(...sectorsOf(k, after).values()), limit: sector },
  ];
  const above = sums.find(({ observed, limit }) => limit !== null && exceeds(observed, limit));
  if (above === undefined) return null;
  return `leaves a ${above.name} exposure of ${above.observed}, above the limit of ${above.limit}`;
}

/** Instruments without a sector count as one. */
function sectorsOf({ world }: Kernel, weights: Float64Array): ReadonlyMap<string | null, number> {
  const sums = new Map<string | null, number>();
  for (const [i, weight] of weights.entries()) {
    const { sector } = world.instruments[i];
    sums.set(sector, (sums.get(sector) ?? 0) + Math.abs(weight));
  }
  return sums;
}

/** Down with the drawdown from the highest close so far; up again only from below `recovery`. */
function createThrottle({ plan, daily }: LayerState, navAt: NavAt): (at: ClampsAt) => number {
  const { enabled, start, slope, minimum, recovery } = plan.clamps.throttle;
  let lowest = 1;
  let high = 0;
  let next = 0;
  return ({ session }) => {
    if (!enabled) return 1;
    for (; next <= session; next++) {
      // Leaving HALT or PANIC, RAMPUP begins a new mark.
      const isRebased = daily.breaker[next] === "RAMPUP" && daily.breaker[next - 1] !== "RAMPUP";
      high = isRebased ? navAt(next) : Math.max(high, navAt(next));
    }
    if (high <= 0) return minimum;
    const drawdown = 1 - navAt(session) / high;
    if (drawdown < recovery) lowest = 1;
    else lowest = Math.min(lowest, Math.max(minimum, Math.min(1, 1 - slope * (drawdown - start))));
    return lowest;
  };
}

function withinThrottle(
  { world }: Kernel,
  before: Float64Array,
  factor: number,
  after: Float64Array,
): string | null {
  for (let i = 0; i < after.length; i++) {
    const most = Math.abs(before[i]) * factor;
    if (!exceeds(Math.abs(after[i]), most)) continue;
    return `leaves ${world.instruments[i].id} at ${after[i]}, the drawdown's throttle of ${factor} leaves ${most}`;
  }
  return null;
}

/** The book as caps and throttle hand it on: what the share of a cluster is measured against. */
function entering(
  k: Kernel,
  { plan }: LayerState,
  { net, grossLimit, factor }: ClampsAt & { readonly net: Float64Array; readonly factor: number },
): Float64Array {
  const book = Float64Array.from(net);
  const { caps } = plan.clamps;
  const limits = k.plan.limits;
  if (caps.enabled) {
    const gross = grossOf(book);
    if (gross > grossLimit) scale(book, grossLimit / gross, () => true);
    capNet(book, limits.net);
    const most = limits.symbol ?? Number.POSITIVE_INFINITY;
    for (const [i, weight] of book.entries()) {
      book[i] = Math.sign(weight) * Math.min(Math.abs(weight), most);
    }
    for (const [sector, sum] of sectorsOf(k, book)) {
      if (limits.sector === null || sum <= limits.sector) continue;
      scale(book, limits.sector / sum, (i) => k.world.instruments[i].sector === sector);
    }
  }
  for (const [i, weight] of book.entries()) {
    book[i] = Math.sign(weight) * Math.min(Math.abs(weight), Math.abs(net[i]) * factor);
  }
  if (caps.enabled) capNet(book, limits.net);
  return book;
}

/** The larger side shrinks until the difference of the sides is the limit. */
function capNet(book: Float64Array, limit: number | null): void {
  const net = book.reduce((sum, weight) => sum + weight, 0);
  if (limit === null || Math.abs(net) <= limit) return;
  const side = Math.sign(net);
  const larger = book.reduce((sum, weight) => sum + Math.max(0, weight * side), 0);
  scale(book, (larger - Math.abs(net) + limit) / larger, (i) => book[i] * side > 0);
}

function scale(book: Float64Array, factor: number, isMeant: (i: number) => boolean): void {
  for (let i = 0; i < book.length; i++) if (isMeant(i)) book[i] *= factor;
}
