/** How far one outcome lies from another: the evidence that a key, a stage or a gate is alive. */
import type { Outcome } from "./outcome.ts";

export type Counted = { readonly name: string; readonly from: number; readonly to: number };

export type Moved = {
  /** Fills, cash, equity, costs or ends of signals: what was done, not only what is said of it. */
  readonly traded: boolean;
  /** Fills or equity alone: what a stage must move when it goes. */
  readonly booked: boolean;
  /** Fills that the other one does not have, of both. */
  readonly fills: number;
  /** Final equity, in the account's currency, and as a fraction of what it was. */
  readonly equity: number;
  readonly equityShare: number;
  /** Ends of signals, orders, costs, what stages bound. */
  readonly counts: readonly Counted[];
  /** Metrics, warnings, records. */
  readonly said: readonly string[];
};

export function movedBetween(before: Outcome, after: Outcome): Moved {
  const fills = unmatched(before.fills, after.fills);
  const curves =
    differ(before.navMinor, after.navMinor) || differ(before.cashMinor, after.cashMinor);
  const done = [...changed(before.counts, after.counts), ...changed(before.costs, after.costs)];
  const said = [
    ...(before.status === after.status ? [] : ["status"]),
    ...namesOf(before.said, after.said),
  ];
  const equity = after.finalEquity - before.finalEquity;
  return {
    traded: fills > 0 || curves || done.length > 0,
    booked: fills > 0 || differ(before.navMinor, after.navMinor),
    fills,
    equity,
    equityShare: before.finalEquity === 0 ? 0 : equity / Math.abs(before.finalEquity),
    counts: [...done, ...changed(before.bound, after.bound)],
    said,
  };
}

/** Anything at all. */
export function hasMoved({ traded, counts, said }: Moved): boolean {
  return traded || counts.length > 0 || said.length > 0;
}

function unmatched(before: readonly string[], after: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of before) left.set(line, (left.get(line) ?? 0) + 1);
  let missing = before.length;
  let added = 0;
  for (const line of after) {
    const count = left.get(line) ?? 0;
    if (count === 0) {
      added++;
      continue;
    }
    left.set(line, count - 1);
    missing--;
  }
  return missing + added;
}

/** Bit for bit, NaN equal to itself. */
function differ(a: Float64Array, b: Float64Array): boolean {
  return a.length !== b.length || a.some((value, n) => !Object.is(value, b[n]));
}

function changed(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly Counted[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((name) => ({ name, from: before.get(name) ?? 0, to: after.get(name) ?? 0 }))
    .filter(({ from, to }) => from !== to);
}

function namesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}
