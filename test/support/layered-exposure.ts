/** What a layered run held, session by session, and one run held against another. */
import { expect } from "vitest";
import type { Layered } from "./layered-fixture.ts";

/** Sum of |value| of what is held at each session's close, of one instrument or of all. */
export function exposures(run: Layered, id: string | null = null): readonly number[] {
  const { session, instrument, lots, mark } = run.trace.positions;
  const sums = run.dates.map(() => 0);
  for (const [row, s] of session.values().entries()) {
    const { id: own, multiplier, lot } = run.k.world.instruments[instrument.values()[row]];
    if (id !== null && own !== id) continue;
    sums[s] += Math.abs(lots.values()[row] * mark.values()[row] * multiplier * lot);
  }
  return sums;
}

/** Holds at every session at most as much as the other, and less in the sum. */
export function expectTighter(without: Layered, full: Layered, id: string | null = null): void {
  const [less, more] = [exposures(without, id), exposures(full, id)];
  for (const [s, held] of less.entries()) {
    expect(held, `on ${without.dates[s]}`).toBeLessThanOrEqual(more[s] * (1 + 1e-9));
  }
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  expect(total(less)).toBeLessThan(total(more));
}
