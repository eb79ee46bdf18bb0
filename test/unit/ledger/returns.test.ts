/** Projections of returns against reference vectors, and xirr against a plain bisection. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, parseIsoDate } from "../../../src/base/instant.ts";
import {
  type DatedFlow,
  flowWeight,
  modifiedDietz,
  timeWeightedReturns,
  xirr,
  xnpv,
} from "../../../src/records/projections/returns.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

function flowsOf(pairs: readonly [string, number][]): DatedFlow[] {
  return pairs.map(([date, amount]) => ({ atMs: parseIsoDate(date) ?? Number.NaN, amount }));
}

function rateOf(flows: readonly DatedFlow[]): number {
  const result = xirr(flows);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function relativeError(actual: number, expected: number): number {
  return Math.abs(actual / expected - 1);
}

type Vectors = {
  readonly xirr: readonly { cashflows: [string, number][]; xirr: number }[];
  readonly xnpv: { rate: number; cashflows: [string, number][]; value: number };
  readonly twr_pp: {
    start: number;
    days: { inflow: number; outflow: number; mve: number; r: number; cum: number }[];
    expected_r: number[];
    expected_cum: number[];
    modified_dietz_whole_period: { in_SOD_out_EOD: number; all_EOD: number };
  };
  readonly modified_dietz: readonly {
    start: number;
    end: number;
    flows: [number, number][];
    result: number;
  }[];
};

function read(): Vectors {
  return JSON.parse(readFileSync(sharedFile("vectors/returns_irr.json"), "utf8")) as Vectors;
}

describe.skipIf(SHARED === null)(`${sharedName("returns_irr.json")}`, () => {
  it("xirr to the exact value, near -1 included (Microsoft's example, portfolio-performance)", () => {
    expect(read().xirr).toHaveLength(4);
    for (const { cashflows, xirr: exact } of read().xirr) {
      expect(relativeError(rateOf(flowsOf(cashflows)), exact)).toBeLessThan(1e-12);
    }
  });

  it("xnpv", () => {
    const { rate, cashflows, value } = read().xnpv;
    expect(relativeError(xnpv(rate, flowsOf(cashflows)), value)).toBeLessThan(1e-12);
  });

  it("time-weighted daily returns, linked (ClientIndexTest.testExcelSample)", () => {
    const { start, days, expected_r, expected_cum } = read().twr_pp;
    const input = days.map((d) => ({
      inflow: d.inflow,
      outflow: d.outflow,
      endValue: d.mve,
    }));
    const { daily, cumulative } = timeWeightedReturns(start, input);
    days.forEach((day, i) => {
      expect(Math.abs(daily[i] - day.r)).toBeLessThan(1e-12);
      expect(Math.abs(cumulative[i] - day.cum)).toBeLessThan(1e-12);
      expect(daily[i]).toBeCloseTo(expected_r[i], 6);
      expect(cumulative[i]).toBeCloseTo(expected_cum[i], 6);
    });
  });

  it("modified Dietz over the same days, under both conventions", () => {
    const { start, days, modified_dietz_whole_period: expected } = read().twr_pp;
    const dietz = (inflowAt: "start" | "end") =>
      modifiedDietz({
        start,
        end: days[days.length - 1].mve,
        flows: days.flatMap((d, i) => [
          { amount: d.inflow, weight: flowWeight(i + 1, days.length, inflowAt) },
          { amount: -d.outflow, weight: flowWeight(i + 1, days.length, "end") },
        ]),
      });
    expect(relativeError(dietz("start"), expected.in_SOD_out_EOD)).toBeLessThan(1e-12);
    expect(relativeError(dietz("end"), expected.all_EOD)).toBeLessThan(1e-12);
  });

  it("modified Dietz (Wikipedia's example)", () => {
    for (const { start, end, flows, result } of read().modified_dietz) {
      const weighed = flows.map(([amount, weight]) => ({ amount, weight }));
      expect(relativeError(modifiedDietz({ start, end, flows: weighed }), result)).toBeLessThan(
        1e-12,
      );
    }
  });
});

describe("without an answer", () => {
  it("xirr refuses flows of one sign, and flows that no rate makes worthless", () => {
    expect(xirr(flowsOf([["2020-01-01", -5]]))).toMatchObject({
      error: { code: "no_sign_change" },
    });
    expect(xirr([])).toMatchObject({ error: { code: "no_sign_change" } });
    for (const amounts of [[5], [0, -5], [0, 5], [5, 5], [0, 0]]) {
      const flows = amounts.map((amount, year) => ({ atMs: year * 365 * DAY_MS, amount }));
      expect(xirr(flows), String(amounts)).toMatchObject({ error: { code: "no_sign_change" } });
    }
    const sameDay = flowsOf([
      ["2020-01-01", -5],
      ["2020-01-01", 6],
    ]);
    expect(xirr(sameDay)).toMatchObject({ error: { code: "no_root" } });
    const always = flowsOf([
      ["2020-01-01", 10],
      ["2021-01-01", -1],
      ["2022-01-01", 10],
    ]);
    expect(xirr(always)).toMatchObject({ error: { code: "no_root" } });
    // Over a century too, where e^60 a year is no number any more.
    const [first, , last] = always;
    const century = [first, always[1], { ...last, atMs: first.atMs + 36_500 * DAY_MS }];
    const middle = { ...always[1], atMs: first.atMs + 18_250 * DAY_MS };
    expect(xirr(century.with(1, middle))).toMatchObject({ error: { code: "no_root" } });
  });

  it("a day without capital ends the linked returns, and Dietz without capital is NaN", () => {
    const day = { inflow: 0, outflow: 0, endValue: 0 };
    const { daily, cumulative } = timeWeightedReturns(100, [{ ...day, endValue: 50 }, day, day]);
    expect([...daily]).toEqual([-0.5, -1, Number.NaN]);
    expect([...cumulative]).toEqual([-0.5, -1, Number.NaN]);
    expect(modifiedDietz({ start: 0, end: 5, flows: [] })).toBeNaN();
    // Something out of nothing is no rate either, and neither is what a debt becomes.
    for (const start of [0, -100]) {
      const found = timeWeightedReturns(start, [{ ...day, endValue: 50 }]);
      expect([...found.daily, ...found.cumulative]).toEqual([Number.NaN, Number.NaN]);
    }
  });
});

describe("worked by hand", () => {
  it("a year at 10 %, whichever flow is named first; money back is a rate of zero", () => {
    const flows = flowsOf([
      ["2019-01-01", -100],
      ["2020-01-01", 110],
    ]);
    expect(rateOf(flows)).toBeCloseTo(0.1, 14);
    expect(rateOf(flows.toReversed())).toBe(rateOf(flows));
    expect(xnpv(0.1, flows)).toBeCloseTo(0, 12);
    expect(xnpv(0.1, flows.toReversed())).toBe(xnpv(0.1, flows));
    expect(rateOf([flows[0], { ...flows[1], amount: 100 }])).toBe(0);
    expect(rateOf([flows[0], { ...flows[1], amount: 55 }])).toBeCloseTo(-0.45, 14);
  });

  it("inflows earn from the start of their day, outflows until its end", () => {
    const days = [
      { inflow: 100, outflow: 0, endValue: 220 },
      { inflow: 0, outflow: 22, endValue: 220 },
    ];
    const { daily, cumulative } = timeWeightedReturns(100, days);
    expect([...daily].map((r) => Number(r.toFixed(12)))).toEqual([0.1, 0.1]);
    expect(cumulative[1]).toBeCloseTo(0.21, 12);
    expect([flowWeight(1, 4, "start"), flowWeight(1, 4, "end"), flowWeight(4, 4, "end")]).toEqual([
      1, 0.75, 0,
    ]);
    // 10 of gain on 100 for the whole and 50 for three quarters of the time.
    const flows = [{ amount: 50, weight: 0.75 }];
    expect(modifiedDietz({ start: 100, end: 160, flows })).toBeCloseTo(10 / 137.5, 14);
  });
});

describe("properties of xirr", () => {
  it("finds the rate that a deposit grew by, over any span", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.999, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 12_000 }),
        (rate, days) => {
          const final = 1000 * (1 + rate) ** (days / 365);
          fc.pre(final > 1e-300 && final < 1e300);
          const found = rateOf([
            { atMs: 0, amount: -1000 },
            { atMs: days * DAY_MS, amount: final },
          ]);
          const slack = 1e-13 * (365 / days) * 10;
          expect(Math.abs(Math.log1p(found) - Math.log1p(rate))).toBeLessThan(slack + 1e-12);
        },
      ),
    );
  });

  it("of two roots takes the one nearer to zero", () => {
    // -100 (1 - 1.1 v)(1 - 3 v) with v = 1 / (1 + r): rates of 10 % and 200 %.
    const flows = flowsOf([
      ["2019-01-01", -100],
      ["2020-01-01", 410],
      ["2020-12-31", -330],
    ]);
    expect(rateOf(flows)).toBeCloseTo(0.1, 10);
  });
});
