/**
 * Sizing: the largest whole number of lots that the wish pays for, decided with exact integers by
 * the test itself. Prices and weights are built from integers, so the oracle needs no parsing.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyScale } from "../../../src/base/money.ts";
import { roundsToNothing, sizeTarget } from "../../../src/portfolio/sizing/size-target.ts";

type Case = { value: number; navMinor: number; price: number; lot?: number; multiplier?: number };

function weight({ value, navMinor, price, lot = 1, multiplier = 1 }: Case) {
  const scale = moneyScale(lot, multiplier, 2);
  return sizeTarget({ kind: "weight", value, navMinor, price, lot, scale });
}

function units(value: number, lot: number, price = 10) {
  const scale = moneyScale(lot, 1, 2);
  return sizeTarget({ kind: "units", value, navMinor: 1, price, lot, scale });
}

function lotsOf(result: ReturnType<typeof sizeTarget>): number {
  if (!result.ok) throw new Error(`refused: ${result.error.rule}`);
  return result.value.lots;
}

describe("weights", () => {
  it.each([
    // NAV 1 000.00
    [{ value: 1, navMinor: 100_000, price: 10 }, 100],
    [{ value: 1, navMinor: 99_999, price: 10 }, 99],
    [{ value: -1, navMinor: 100_000, price: 10 }, -100],
    [{ value: -1, navMinor: 99_999, price: 10 }, -99],
    [{ value: 0.5, navMinor: 100_000, price: 33.33 }, 15],
    // 3 x 0.1 is 0.3 in decimals although 0.1 + 0.1 + 0.1 > 0.3 in doubles
    [{ value: 1, navMinor: 30, price: 0.1 }, 3],
    [{ value: 0.3, navMinor: 100, price: 0.1 }, 3],
    [{ value: 0.7, navMinor: 1000, price: 0.07 }, 100],
    [{ value: 1, navMinor: 100_000, price: 10, multiplier: 1000 }, 0],
    [{ value: 1, navMinor: 1_000_000, price: 10, multiplier: 1000 }, 1],
    [{ value: 1, navMinor: 100_000, price: 10, lot: 100 }, 1],
    // lots of 0.01: 1 000.00 buy 12.65 units at 79.00 (999.35)
    [{ value: 1, navMinor: 100_000, price: 79, lot: 0.01 }, 1265],
    // lots of 1e-8 at 64 000.00: 1 000.00 / 64 000.00 = 0.015625 exactly
    [{ value: 1, navMinor: 100_000, price: 64_000, lot: 1e-8 }, 1_562_500],
  ])("%j are %d lots", (input: Case, expected) => {
    expect(lotsOf(weight(input))).toBe(expected);
  });

  it("costs at most the wish, and one lot more would cost more than it", () => {
    const decimals = fc.integer({ min: 0, max: 6 });
    const digits = fc.integer({ min: 1, max: 9_999_999 });
    const hundredths = fc.integer({ min: -300, max: 300 }).filter((n) => n !== 0);
    const places = fc.constantFrom(0, 2, 8);
    const nav = fc.integer({ min: 1, max: 1_000_000_000_00 });
    fc.assert(
      fc.property(digits, decimals, hundredths, places, nav, (p, d, w, lotPlaces, navMinor) => {
        const price = Number(`${p}e-${d}`);
        const lot = Number(`1e-${lotPlaces}`);
        // In units of 10^-(places + decimals + 2) currency: the cost of one lot is p x 100.
        const cost = BigInt(p) * 100n;
        const wish = BigInt(Math.abs(w)) * BigInt(navMinor) * 10n ** BigInt(lotPlaces + d - 2 + 2);
        const exact = wish / (cost * 100n);
        fc.pre(exact < 2n ** 53n - 8n);
        const lots = lotsOf(weight({ value: w / 100, navMinor, price, lot }));
        expect(BigInt(lots)).toBe(w < 0 ? -exact : exact);
      }),
      { numRuns: 5000, seed: 8 },
    );
  });

  it("is exact where NAV is a whole number of lots, one minor unit less, or one more", () => {
    const lots = fc.integer({ min: 1, max: 10_000_000 });
    const cents = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(lots, cents, fc.constantFrom(-1, 0, 1), (n, p, off) => {
        const navMinor = n * p + off;
        fc.pre(navMinor > 0 && p > 1);
        const sized = lotsOf(weight({ value: 1, navMinor, price: p / 100 }));
        expect(sized).toBe(off < 0 ? n - 1 : n);
      }),
      { numRuns: 5000, seed: 9 },
    );
  });

  it("is exact where a double is a lot too low: 1571.271 in lots of 1e-8", () => {
    const navMinor = 3_492_586_614_328;
    const exact = (255n * BigInt(navMinor) * 10n ** 11n) / (1_571_271n * 10_000n);
    const sized = weight({ value: 2.55, navMinor, price: 1571.271, lot: 1e-8 });
    expect(sized).toMatchObject({ ok: true, value: { ideal: Number(exact) - 1 } });
    expect(BigInt(lotsOf(sized))).toBe(exact);
  });

  it("says how many lots it would have been before rounding", () => {
    const sized = weight({ value: 1, navMinor: 100_500, price: 10 });
    expect(sized).toMatchObject({ ok: true, value: { lots: 100, ideal: 100.5 } });
  });
});

describe("units", () => {
  it.each([
    [7, 1, 7],
    [7.9, 1, 7],
    [-7.9, 1, -7],
    [0.3, 0.1, 3],
    [-0.3, 0.1, -3],
    [0.07, 0.01, 7],
    [0.29, 0.01, 29],
    [1.15, 0.01, 115],
    [0.00000003, 1e-8, 3],
    [250, 100, 2],
  ])("%d units in lots of %d are %d", (value, lot, expected) => {
    expect(lotsOf(units(value, lot))).toBe(expected);
  });

  it("need no net asset value", () => {
    const scale = moneyScale(1, 1, 2);
    const input = { kind: "units", value: 5, navMinor: -100, price: 10, lot: 1, scale } as const;
    expect(lotsOf(sizeTarget(input))).toBe(5);
  });
});

describe("refusals", () => {
  it.each([
    [-36.98, -36.98],
    [0, 0],
    [Number.NaN, null],
  ])("a price of %d sizes nothing and is shown as %d", (price, observed) => {
    for (const sized of [weight({ value: 1, navMinor: 100_000, price }), units(5, 1, price)]) {
      expect(sized).toEqual({
        ok: false,
        error: {
          state: "REJECTED_BY_SIZING",
          by: "sizing",
          rule: "non_positive_price",
          observed,
          limit: 0,
          unit: "price",
        },
      });
    }
  });

  it.each([0, -1, -100_000])("a net asset value of %d sizes no weight", (navMinor) => {
    expect(weight({ value: 0.5, navMinor, price: 10 })).toMatchObject({
      ok: false,
      error: { state: "REJECTED_BY_SIZING", rule: "ruin", observed: navMinor },
    });
  });

  it("refuses more lots than a double can count one by one", () => {
    expect(units(2 ** 53 - 1, 1).ok, "the first number that has no neighbour").toBe(false);
    expect(units(2 ** 53 - 2, 1).ok).toBe(true);
    expect(weight({ value: 1, navMinor: 1e14, price: 1e-5, lot: 1e-8 })).toMatchObject({
      ok: false,
      error: { rule: "too_many_lots", limit: 2 ** 53 - 1, unit: "lots" },
    });
  });

  it("lets a wish of nothing through at any price and any net asset value: it only reduces", () => {
    for (const price of [10, -5, Number.NaN]) {
      const sized = weight({ value: 0, navMinor: -1, price });
      expect(sized).toEqual({ ok: true, value: { lots: 0, ideal: 0 } });
      expect(lotsOf(units(0, 1, price))).toBe(0);
    }
  });

  it("never returns a negative zero", () => {
    expect(Object.is(lotsOf(weight({ value: -0.001, navMinor: 100, price: 10 })), 0)).toBe(true);
    expect(Object.is(lotsOf(weight({ value: -0, navMinor: 100, price: 10 })), 0)).toBe(true);
  });

  it("calls a wish that rounds to nothing by its name", () => {
    expect(roundsToNothing(-0.4)).toMatchObject({
      state: "REJECTED_BY_SIZING",
      rule: "rounding",
      observed: 0.4,
      limit: 1,
      unit: "lots",
    });
  });
});
