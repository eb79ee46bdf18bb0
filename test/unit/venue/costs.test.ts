/** Fees and accruals, each component rounded by itself; amounts in cents, worked out by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyScale, notionalMinor } from "../../../src/base/money.ts";
import { accrue } from "../../../src/venue/accruals.ts";
import { feeMinor } from "../../../src/venue/fees.ts";

const unit = moneyScale(1, 1, 2);

describe("feeMinor", () => {
  it.each([
    // bps, per share, minimum in cents, lots, notional in cents, fee in cents
    [0, 0, 0, 100, 1_000_000, 0],
    // 5 bp of 10 000.00
    [5, 0, 0, 100, 1_000_000, 500],
    // the same on a sale: a fee is never income
    [5, 0, 0, -100, -1_000_000, 500],
    // 5 bp of 10.00 is half a cent
    [5, 0, 0, 1, 1000, 1],
    // 5 bp of 9.99 is less
    [5, 0, 0, 1, 999, 0],
    // 0.005 a share: 300 shares are 1.50
    [0, 0.005, 100, 300, 1_000_000, 150],
    // 100 shares are 0.50, the minimum is 1.00
    [0, 0.005, 100, 100, 1_000_000, 100],
    [0, 0.005, 100, -100, -1_000_000, 100],
    // one share: half a cent, rounded away from zero before the minimum of 0
    [0, 0.005, 0, 1, 1000, 1],
    // both, each rounded by itself: 0.5 + 0.5 cents are 1 + 1, not 1
    [5, 0.005, 0, 1, 1000, 2],
    // the minimum is the commission's alone, the proportional part comes on top
    [5, 0.005, 100, 1, 1000, 101],
  ])("%d bp, %d a share, least %d: %d lots for %d cost %d", (bps, perShare, minimumMinor, ...r) => {
    const [lots, notional, expected] = r;
    expect(feeMinor({ bps, perShare, minimumMinor }, lots, notional, unit)).toBe(expected);
  });

  it("is never negative and never less than the minimum", () => {
    const lots = fc.integer({ min: -100_000, max: 100_000 }).filter((n) => n !== 0);
    const bps = fc.integer({ min: 0, max: 500 }).map((n) => n / 10);
    const perShare = fc.integer({ min: 1, max: 100 }).map((n) => n / 1000);
    fc.assert(
      fc.property(lots, bps, perShare, fc.integer({ min: 0, max: 500 }), (q, b, p, least) => {
        const notional = notionalMinor(q, 12.34, unit);
        const fee = feeMinor({ bps: b, perShare: p, minimumMinor: least }, q, notional, unit);
        expect(fee).toBeGreaterThanOrEqual(least);
        expect(feeMinor({ bps: b, perShare: p, minimumMinor: least }, -q, -notional, unit)).toBe(
          fee,
        );
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe("accrue, ACT/360", () => {
  it.each([
    // 10 000.00 at 5 %: 138.888... cents a day -> 139; a weekend is three days of 139, not 417.
    [1_000_000, 0.05, 1, 139, 139],
    [1_000_000, 0.05, 3, 139, 417],
    // 12.00 at 3 %: 0.1 cents a day round to nothing, a hundred times.
    [1200, 0.03, 100, 0, 0],
    // 60.00 at 3 %: exactly half a cent a day, away from zero.
    [6000, 0.03, 2, 1, 2],
    [1_000_000, 0, 5, 0, 0],
    [0, 0.05, 5, 0, 0],
    // 360 days of 36 000.00 at 10 % are 3 600.00: the year has 360.
    [3_600_000, 0.1, 360, 1000, 360_000],
  ])("%d cents at %d for %d days: %d a day, %d in all", (base, rate, days, perDay, amount) => {
    expect(accrue(base, rate, days)).toEqual({ perDayMinor: perDay, amountMinor: amount });
  });
});
