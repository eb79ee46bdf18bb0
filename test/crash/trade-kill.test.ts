/**
 * Acceptance 4 in small: the real `assay trade`, killed ten times at seeded moments while it trades day after
 * day against the real `assay venue`, each time taken up by a normal start. No order lost, none doubled, the
 * journal's chain holds each time, and at the end our books are the venue's. Two hundred kills are in the soak.
 */
import { expect, it } from "vitest";
import type { Evidence, VenueTruth } from "../simulation/evidence.ts";
import { killedThrough, sentencesOf } from "./kill-through.ts";

const KILLS = 10;
const LONGEST_MS = 600_000;

it(
  `${KILLS} kills lose no order and double none, and what would be wrong is found`,
  async () => {
    const { kills, violations, days, evidence } = await killedThrough({ kills: KILLS, seed: 1 });
    expect(violations).toEqual([]);
    expect(kills).toBe(KILLS);
    expect(days).toBeGreaterThan(2);
    expectFound(evidence);
  },
  LONGEST_MS,
);

/** The same evidence with one thing wrong with it. */
function expectFound(evidence: Evidence): void {
  const { orders, cashMinor } = evidence.venue;
  const naming = (venue: Partial<VenueTruth>, text: RegExp) =>
    expect(sentencesOf({ ...evidence, venue: { ...evidence.venue, ...venue } })).toEqual(
      expect.arrayContaining([expect.stringMatching(text)]),
    );
  naming({ orders: [...orders, orders[0]] }, /^noOrderDoubled: order .* is twice/);
  naming({ orders: orders.slice(1) }, /^noOrderLost: order .* is lost/);
  naming({ cashMinor: cashMinor + 1 }, /^ledgerIsVenueOrPaused: cash/);
  const { disk } = evidence;
  const torn = { ...disk, rows: disk.rows.slice(0, -1) };
  expect(sentencesOf({ ...evidence, disk: torn })).toEqual(
    expect.arrayContaining([expect.stringMatching(/^chainHolds: the journal is shortened/)]),
  );
}
