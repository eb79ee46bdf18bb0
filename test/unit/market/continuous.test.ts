import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../../src/domain/bar.ts";
import type { CorporateAction } from "../../../src/domain/corporate-action.ts";
import { Fault } from "../../../src/domain/fault.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { carryOf, panamaAdjusted, ratioAdjusted } from "../../../src/market/futures/continuous.ts";
import { INSTRUMENT, closes } from "./fixture.ts";

type Row = { readonly close: number; readonly next: number; readonly contract: number };
type Future = BarSeries & { readonly futures: FuturesColumns };

const FUTURE = { ...INSTRUMENT, assetClass: "future" as const, initialMargin: 100 };
const EXPIRY_MS = 19_000 * DAY_MS;
const QUARTER_DAYS = 91;

function future(rows: readonly Row[]): Future {
  const column = (of: (row: Row) => number) => Float64Array.from(rows, of);
  return {
    ...closes(
      rows.map((row) => row.close),
      FUTURE,
    ),
    open: column((row) => row.close - 1),
    high: column((row) => row.close + 2),
    low: column((row) => row.close - 3),
    volume: column((row) => 10 * row.contract),
    futures: {
      contract: column((row) => row.contract),
      expiryMs: column((row) => EXPIRY_MS + row.contract * QUARTER_DAYS * DAY_MS),
      nextExpiryMs: column((row) => EXPIRY_MS + (row.contract + 1) * QUARTER_DAYS * DAY_MS),
      nextClose: column((row) => row.next),
    },
  };
}

/** A rolled from 100 to 110 at the close of the second row: the new contract is dearer. */
const CONTANGO = future([
  { close: 95, next: 104, contract: 1 },
  { close: 100, next: 110, contract: 1 },
  { close: 121, next: 130, contract: 2 },
  { close: 110, next: 119, contract: 2 },
]);

describe("a roll worked by hand", () => {
  it("ratio: 1 until the roll, then old close over new close", () => {
    expect([...ratioAdjusted(CONTANGO)]).toEqual([1, 1, 100 / 110, 100 / 110]);
  });

  it("Panama: levels less what the roll cost", () => {
    expect([...panamaAdjusted(CONTANGO)]).toEqual([95, 100, 111, 100]);
  });

  it("the day after the roll earns the new contract's change: 110 to 121, a tenth", () => {
    const { close } = adjustInputs(CONTANGO, []);
    expect(close[2] / close[1] - 1).toBeCloseTo(0.1, 14);
    // The raw series would show 21 %, and percentages of Panama levels 11 %.
    expect(CONTANGO.close[2] / CONTANGO.close[1] - 1).toBeCloseTo(0.21, 14);
    const panama = panamaAdjusted(CONTANGO);
    expect(panama[2] / panama[1] - 1).toBeCloseTo(0.11, 14);
    expect((panama[2] - panama[1]) / CONTANGO.futures.nextClose[1]).toBeCloseTo(0.1, 14);
  });

  it("carry: contango pays the short, a year's worth of it", () => {
    expect(carryOf(CONTANGO)[1]).toBeCloseTo((100 / 110 - 1) * (365.25 / 91), 14);
    const backward = future([{ close: 102, next: 100, contract: 1 }]);
    expect(carryOf(backward)[0]).toBeCloseTo((0.02 * 365.25) / 91, 14);
  });
});

describe("prices that are not positive", () => {
  it("carry is unknown where either is", () => {
    const series = future([
      { close: -37, next: 20, contract: 1 },
      { close: 20, next: 0, contract: 1 },
      { close: 20, next: Number.NaN, contract: 1 },
      { close: 20, next: 20, contract: 1 },
    ]);
    expect([...carryOf(series)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0]);
  });

  it("carry is unknown where the next contract does not expire later", () => {
    const { futures, ...rest } = CONTANGO;
    const same = { ...rest, futures: { ...futures, nextExpiryMs: futures.expiryMs } };
    expect([...carryOf(same)]).toEqual(new Array(4).fill(Number.NaN));
  });

  it.each([
    ["the old", { close: -37, next: 20, contract: 1 }],
    ["the new", { close: 20, next: 0, contract: 1 }],
  ])("a roll at %s price of that kind has no ratio from there on; Panama has", (_, rolled) => {
    const series = future([
      { close: 10, next: 21, contract: 1 },
      rolled,
      { close: 22, next: 23, contract: 2 },
      { close: 23, next: 24, contract: 3 },
    ]);
    expect([...ratioAdjusted(series)]).toEqual([1, 1, Number.NaN, Number.NaN]);
    expect([...adjustInputs(series, []).close].slice(2)).toEqual([Number.NaN, Number.NaN]);
    expect(panamaAdjusted(series)[3]).toBe(23 + rolled.close - rolled.next + 22 - 23);
  });

  it("between rolls such a price is a fact: no factor is lost", () => {
    const series = future([
      { close: 10, next: 12, contract: 1 },
      { close: -37, next: -20, contract: 1 },
      { close: 10, next: 12, contract: 1 },
    ]);
    expect([...ratioAdjusted(series)]).toEqual([1, 1, 1]);
    expect([...adjustInputs(series, []).totalReturn]).toEqual([1, -3.7, 1]);
    const negative = future([{ close: -1, next: 1, contract: 1 }]);
    expect([...adjustInputs(negative, []).totalReturn]).toEqual([Number.NaN]);
  });
});

const rowOf = fc.record({
  close: fc.double({ min: 20, max: 200, noNaN: true }),
  next: fc.double({ min: 20, max: 200, noNaN: true }),
  rolls: fc.boolean(),
});
const futures = fc.array(rowOf, { minLength: 12, maxLength: 12 }).map((rows) => {
  let contract = 1;
  return future(
    rows.map(({ close, next, rolls }) => {
      contract += rolls ? 1 : 0;
      return { close, next, contract };
    }),
  );
});

/** Follows a holder: one day's change of the contract held, over that contract's last raw close. */
function naiveReturns({ close, futures: { contract, nextClose } }: Future): readonly number[] {
  const returns: number[] = [];
  for (let t = 1; t < close.length; t++) {
    const before = contract[t] === contract[t - 1] ? close[t - 1] : nextClose[t - 1];
    returns.push((close[t] - before) / before);
  }
  return returns;
}

describe("a futures return is the held contract's change over its raw previous close", () => {
  it("of ratio-adjusted closes, of Panama changes, of the total return alike", () => {
    fc.assert(
      fc.property(futures, (series) => {
        const { close, totalReturn } = adjustInputs(series, []);
        const panama = panamaAdjusted(series);
        naiveReturns(series).forEach((expected, n) => {
          const t = n + 1;
          const { contract, nextClose } = series.futures;
          const base = contract[t] === contract[n] ? series.close[n] : nextClose[n];
          expect(close[t] / close[n] - 1).toBeCloseTo(expected, 10);
          expect((panama[t] - panama[n]) / base).toBeCloseTo(expected, 10);
          expect(totalReturn[t] / totalReturn[n] - 1).toBeCloseTo(expected, 10);
        });
        expect(totalReturn[0]).toBe(1);
      }),
    );
  });

  it("panama levels under a percentage are caught by the chain", () => {
    const panama = panamaAdjusted(CONTANGO);
    const wrong = naiveReturns(CONTANGO).filter(
      (expected, n) => Math.abs(panama[n + 1] / panama[n] - 1 - expected) > 1e-9,
    );
    expect(wrong).toHaveLength(2);
  });
});

describe("what a strategy reads of a future", () => {
  it("prices on one scale, raw ones beside them, volume in contracts", () => {
    fc.assert(
      fc.property(futures, (series) => {
        const inputs = adjustInputs(series, []);
        const factor = ratioAdjusted(series);
        for (const field of ["open", "high", "low", "close"] as const) {
          expect(inputs[field]).toEqual(series[field]?.map((price, t) => price * factor[t]));
        }
        const raw = [inputs.rawOpen, inputs.rawHigh, inputs.rawLow, inputs.rawClose];
        expect(raw).toEqual([series.open, series.high, series.low, series.close]);
        expect(inputs.volume).toBe(series.volume);
        expect(inputs.carry).toEqual(carryOf(series));
      }),
    );
  });

  it("a stop given 5 % under the adjusted close is 5 % under the raw one", () => {
    fc.assert(
      fc.property(futures, (series) => {
        const { close, rawClose, splitFactor } = adjustInputs(series, []);
        for (let t = 0; t < close.length; t++) {
          expect((0.95 * close[t]) / splitFactor[t]).toBeCloseTo(0.95 * rawClose[t], 9);
        }
      }),
    );
  });

  it("does not copy what nothing rolled, and columns that are missing stay missing", () => {
    const unrolled = { ...future([{ close: 5, next: 6, contract: 1 }]), open: null, volume: null };
    const inputs = adjustInputs(unrolled, []);
    expect(inputs.close).toBe(unrolled.close);
    expect([inputs.open, inputs.rawOpen, inputs.volume]).toEqual([null, null, null]);
  });

  it("has carry only where something expires", () => {
    expect(adjustInputs(closes([1, 2]), []).carry).toBeNull();
  });

  it("nothing after a row reaches it", () => {
    fc.assert(
      fc.property(futures, fc.integer({ min: 1, max: 11 }), (series, rows) => {
        const cut = (column: Float64Array) => column.slice(0, rows);
        const { contract, expiryMs, nextExpiryMs, nextClose } = series.futures;
        const known: Future = {
          ...series,
          timesMs: cut(series.timesMs),
          open: null,
          high: null,
          low: null,
          volume: null,
          close: cut(series.close),
          futures: {
            contract: cut(contract),
            expiryMs: cut(expiryMs),
            nextExpiryMs: cut(nextExpiryMs),
            nextClose: cut(nextClose),
          },
        };
        const [whole, part] = [adjustInputs(series, []), adjustInputs(known, [])];
        expect(part.close).toEqual(cut(whole.close));
        expect(part.totalReturn).toEqual(cut(whole.totalReturn));
        expect(part.splitFactor).toEqual(cut(whole.splitFactor));
        expect(part.carry).toEqual(cut(whole.carry as Float64Array));
        expect(panamaAdjusted(known)).toEqual(cut(panamaAdjusted(series)));
      }),
    );
  });

  it("refuses corporate actions of a future, and only its own", () => {
    const split = (instrument: string): CorporateAction => ({
      kind: "split",
      instrument,
      exDateMs: CONTANGO.timesMs[1],
      ratio: 2,
    });
    const ask = () => adjustInputs(CONTANGO, [split("AAA")]);
    expect(ask).toThrow(Fault);
    expect(ask).toThrow("AAA is a future and has a split on 2020-01-02");
    expect(adjustInputs(CONTANGO, [split("BBB")]).splitFactor[3]).toBe(100 / 110);
  });
});
