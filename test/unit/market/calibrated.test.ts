/** The calibrated market's shape: sessions, grids, contracts, events, references, streams. */
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import { nextUint32, prngOf } from "../../../src/base/prng.ts";
import { sampleVariance, mean } from "../../../src/base/statistics.ts";
import type { BarSeries, FuturesColumns } from "../../../src/domain/bar.ts";
import { type CalendarId, sessionsOf } from "../../../src/market/calendars/calendar.ts";
import { nextExponential, nextRough } from "../../../src/market/simulated/calibrated/draws.ts";
import {
  CALIBRATED_IDS,
  calibratedMarket,
  openedMarket,
} from "../../../src/market/simulated/calibrated/market.ts";
import { TERMS } from "../../../src/market/simulated/calibrated/terms.ts";
import { holderReturns } from "../../support/planted-truth.ts";

const startMs = Date.UTC(2005, 0, 3);
const endMs = Date.UTC(2025, 0, 3) - DAY_MS;
const options = { seed: 7, startMs, years: 20 };
const opened = openedMarket(options);
const { series, actions, references } = opened;
const spoiled = new Set(opened.badPrints.map((print) => `${print.instrument} ${print.session}`));

function futuresOf({ futures, instrument }: BarSeries): FuturesColumns {
  if (futures === null) throw new Error(`${instrument.id} has no contracts`);
  return futures;
}

function columnsOf(one: BarSeries): readonly Float64Array[] {
  const { open, high, low, close, volume } = one;
  if (open === null || high === null || low === null || volume === null) {
    throw new Error("a column is missing");
  }
  return [open, high, low, close, volume];
}

const futures = series.filter((one) => one.futures !== null);
const stocks = series.filter((one) => one.futures === null);

describe("the calibrated market", () => {
  it("has thirteen futures and two stocks, ascending, each on its exchange's sessions", () => {
    expect(series.map(({ instrument }) => instrument.id)).toEqual(CALIBRATED_IDS);
    expect([...CALIBRATED_IDS].sort()).toEqual(CALIBRATED_IDS);
    expect(futures).toHaveLength(13);
    expect(stocks.map(({ instrument }) => instrument.id)).toEqual(["SX_ST_ONE", "SX_ST_TWO"]);
    for (const { instrument, timesMs } of series) {
      expect(timesMs).toEqual(sessionsOf(instrument.calendar as CalendarId, startMs, endMs));
      expect(timesMs.length).toBeGreaterThan(4800);
    }
  });

  it("prints open and close within high and low, on the tick, except where a print is planted", () => {
    for (const one of series) {
      const [open, high, low, close, volume] = columnsOf(one);
      const perTick = one.instrument.tick ?? Number.NaN;
      let wrong = 0;
      for (let t = 0; t < close.length; t++) {
        if (spoiled.has(`${one.instrument.id} ${t}`)) continue;
        const inside =
          low[t] > 0 &&
          low[t] <= Math.min(open[t], close[t]) &&
          high[t] >= Math.max(open[t], close[t]);
        const prices = [open[t], high[t], low[t], close[t]];
        const onGrid = prices.every((price) => {
          const ticks = price / perTick;
          return Math.abs(ticks - Math.round(ticks)) < 1e-6;
        });
        if (!inside || !onGrid || !(volume[t] > 0)) wrong++;
      }
      expect(wrong, one.instrument.id).toBe(0);
    }
  });

  it("gaps overnight, by less than a whole day's move", () => {
    for (const one of stocks) {
      const [open, , , close] = columnsOf(one);
      const size = (a: Float64Array, b: Float64Array) =>
        mean(a.map((value, t) => Math.abs(value / b[t] - 1)).filter((move) => move < 0.3));
      const gap = size(open.slice(1), close.slice(0, -1));
      const day = size(close.slice(1), close.slice(0, -1));
      expect(gap / day).toBeGreaterThan(0.3);
      expect(gap / day).toBeLessThan(0.8);
    }
  });

  it("has contracts worth 50 to 250 thousand dollars at the start, margined at 2 to 15 %", () => {
    const dollars = (currency: string) =>
      references.find((one) => one.id === `${currency}USD`)?.values[0] ?? Number.NaN;
    for (const { instrument, close } of futures) {
      const local = close[0] * instrument.multiplier;
      const notional = instrument.currency === "USD" ? local : local * dollars(instrument.currency);
      expect(notional, instrument.id).toBeGreaterThan(50_000);
      expect(notional, instrument.id).toBeLessThan(250_000);
      const margin = (instrument.initialMargin ?? Number.NaN) / local;
      expect(margin, instrument.id).toBeGreaterThan(0.01);
      expect(margin, instrument.id).toBeLessThan(0.15);
      expect(instrument.currencyDigits).toBe(instrument.currency === "JPY" ? 0 : 2);
      expect(instrument.sector).not.toBeNull();
    }
    for (const { instrument } of stocks) expect(instrument.initialMargin).toBeNull();
  });

  it("is the same for the same seed alone, to the bit", () => {
    expect(calibratedMarket(options)).toEqual({ series, actions, references });
    const other = calibratedMarket({ ...options, years: 1, seed: 8 });
    expect(other.series[0].close[5]).not.toBe(series[0].close[5]);
    const pinned = ["SX_EN_OIL", "SX_EQ_JP", "SX_FX_JPY", "SX_ST_TWO"].map((id) => {
      const close = series.find(({ instrument }) => instrument.id === id)?.close;
      return [id, close?.[0], close?.[2500], close?.at(-1)];
    });
    expect(pinned).toMatchInlineSnapshot(`
      [
        [
          "SX_EN_OIL",
          69.99,
          85.97,
          101.65,
        ],
        [
          "SX_EQ_JP",
          14745,
          35890,
          41775,
        ],
        [
          "SX_FX_JPY",
          0.009032,
          0.008406,
          0.008478,
        ],
        [
          "SX_ST_TWO",
          59.33,
          40.09,
          72.46,
        ],
      ]
    `);
  });

  it("begins with the shorter market of the same seed", () => {
    const short = calibratedMarket({ ...options, years: 9 });
    short.series.forEach((one, i) => {
      const rows = one.close.length;
      const long = series[i];
      expect(columnsOf(one)).toEqual(columnsOf(long).map((column) => column.slice(0, rows)));
      if (one.futures === null || long.futures === null) return;
      expect(one.futures.nextClose).toEqual(long.futures.nextClose.slice(0, rows));
      expect(one.futures.contract).toEqual(long.futures.contract.slice(0, rows));
      expect(one.futures.nextExpiryMs).toEqual(long.futures.nextExpiryMs.slice(0, rows));
    });
    expect(short.actions).toEqual(actions.slice(0, short.actions.length));
    short.references.forEach((one, i) =>
      expect(one.values).toEqual(references[i].values.slice(0, one.values.length)),
    );
  });

  it("refuses less than a year and dates beyond the calendars", () => {
    expect(() => calibratedMarket({ ...options, years: 0 })).toThrow(/0 years/);
    expect(() => calibratedMarket({ ...options, years: 27 })).toThrow(/calendar/);
  });
});

describe("contracts of the calibrated market", () => {
  it("hold one expiry and follow with a later one, and roll before expiry into what followed", () => {
    for (const one of futures) {
      const { contract, expiryMs, nextExpiryMs } = futuresOf(one);
      let rolls = 0;
      for (let t = 0; t < contract.length; t++) {
        expect(expiryMs[t]).toBeGreaterThan(one.timesMs[t]);
        expect(nextExpiryMs[t]).toBeGreaterThan(expiryMs[t]);
        if (t === 0 || contract[t] === contract[t - 1]) continue;
        rolls++;
        expect(expiryMs[t]).toBe(nextExpiryMs[t - 1]);
      }
      expect(rolls, one.instrument.id).toBeGreaterThanOrEqual(4 * 20 - 1);
    }
  });

  it("step in price at a roll by the term structure, and give the holder the day's return", () => {
    for (const one of futures) {
      const { id, tick } = one.instrument;
      const path = opened.paths.get(id);
      const terms = TERMS.find(({ instrument }) => instrument.id === id);
      if (path === undefined || terms?.carry === null || terms === undefined) throw new Error(id);
      const { season } = terms.carry;
      const { contract, expiryMs, nextExpiryMs, nextClose } = futuresOf(one);
      const rowOf = new Map(Array.from(opened.gridMs, (ms, row) => [ms, row]));
      const returns = holderReturns(one, []);
      let step = 0;
      const unexplained: number[] = [];
      for (let t = 1; t < contract.length; t++) {
        if (spoiled.has(`${id} ${t}`) || spoiled.has(`${id} ${t - 1}`)) continue;
        const row = rowOf.get(one.timesMs[t]) ?? Number.NaN;
        // The naive twin: both contracts from spot, carry and season of their month, by hand.
        const [held, next] = [expiryMs[t], nextExpiryMs[t]].map((expiry) => {
          const years = (expiry - one.timesMs[t]) / (365 * DAY_MS);
          const month = new Date(expiry).getUTCMonth();
          return (path.spot[row] * (season?.[month] ?? 1)) / (1 + path.carry[row] * years);
        });
        const within = (tick ?? Number.NaN) * 0.5000001;
        expect(Math.abs(one.close[t] - held)).toBeLessThanOrEqual(within);
        expect(Math.abs(nextClose[t] - next)).toBeLessThanOrEqual(within);
        if (contract[t] === contract[t - 1]) continue;
        step += Math.abs(nextClose[t - 1] / one.close[t - 1] - 1);
        const before = rowOf.get(one.timesMs[t - 1]) ?? Number.NaN;
        unexplained.push(Math.abs(returns[t] - (path.spot[row] / path.spot[before] - 1)));
      }
      // Carry of a day and its changes remain; the step itself does not.
      const mostlyLeft = unexplained.reduce((sum, x) => sum + x, 0) / unexplained.length;
      expect(step / unexplained.length, id).toBeGreaterThan(0.0005);
      expect(mostlyLeft, id).toBeLessThan(0.35 * (step / unexplained.length));
    }
  });
});

describe("events and references of the calibrated market", () => {
  it("splits and pays the stocks, and a holder's return is the hidden path's", () => {
    const splits = actions.filter((action) => action.kind === "split");
    expect(splits.map(({ instrument, ratio }) => [instrument, ratio])).toEqual([
      ["SX_ST_ONE", 2],
      ["SX_ST_TWO", 3],
      ["SX_ST_ONE", 3],
    ]);
    for (const one of stocks) {
      const { id } = one.instrument;
      const path = opened.paths.get(id);
      if (path === undefined) throw new Error(id);
      const paid = actions.filter(
        (action) => action.instrument === id && action.kind === "dividend",
      );
      expect(paid.length).toBeGreaterThanOrEqual(78);
      const rowOf = new Map(Array.from(opened.gridMs, (ms, row) => [ms, row]));
      const returns = holderReturns(one, actions);
      for (let t = 1; t < returns.length; t++) {
        if (spoiled.has(`${id} ${t}`) || spoiled.has(`${id} ${t - 1}`)) continue;
        const row = rowOf.get(one.timesMs[t]) ?? Number.NaN;
        const before = rowOf.get(one.timesMs[t - 1]) ?? Number.NaN;
        const hidden = path.spot[row] / path.spot[before] - 1;
        // A cent of rounding at either end, against prices of ten and more; ex-days compound it.
        expect(Math.abs(returns[t] - hidden)).toBeLessThan(0.002);
      }
    }
  });

  it("orders the actions, and quotes two currencies on every weekday and VIX on XNYS sessions", () => {
    for (let i = 1; i < actions.length; i++) {
      expect(actions[i].exDateMs).toBeGreaterThanOrEqual(actions[i - 1].exDateMs);
    }
    expect(references.map(({ id, kind }) => [id, kind])).toEqual([
      ["EURUSD", "fx"],
      ["JPYUSD", "fx"],
      ["VIX", "volatility_index"],
    ]);
    const [euro, yen, index] = references;
    expect(euro).toMatchObject({ currency: "EUR", quote: "USD", timesMs: opened.gridMs });
    expect(yen).toMatchObject({ currency: "JPY", quote: "USD", timesMs: opened.gridMs });
    expect(index.timesMs).toEqual(sessionsOf("XNYS", startMs, endMs));
    for (const { values, timesMs } of references) {
      expect(values).toHaveLength(timesMs.length);
      expect(Math.min(...values)).toBeGreaterThan(0);
    }
  });
});

describe("draws without a logarithm", () => {
  it("have the moments they claim", () => {
    const prng = prngOf(nextUint32(prngOf(3)));
    const exponential = new Float64Array(200_000).map(() => nextExponential(prng));
    expect(mean(exponential)).toBeCloseTo(1, 1.7);
    expect(sampleVariance(exponential)).toBeCloseTo(1, 1.3);
    const above = exponential.filter((x) => x > 2).length / exponential.length;
    expect(above).toBeCloseTo(Math.exp(-2), 2);
    const rough = new Float64Array(200_000).map(() => nextRough(prng));
    expect(mean(rough)).toBeCloseTo(0, 1.7);
    expect(sampleVariance(rough)).toBeCloseTo(1, 1.5);
  });
});
