/** Each warning planted, the calibrated market's wrong prints all found, and what it costs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../../src/domain/bar.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { sessionsOf } from "../../../src/market/calendars/calendar.ts";
import { type Finding, findingsOf, newFindingBook } from "../../../src/market/quality/findings.ts";
import { checkMoves } from "../../../src/market/quality/moves.ts";
import { warnAbout } from "../../../src/market/quality/warnings.ts";
import { openedMarket } from "../../../src/market/simulated/calibrated/market.ts";
import { calibratedTruth } from "../../support/planted-truth.ts";
import { DEFAULTS, INSTRUMENT, calibrated, closes } from "./fixture.ts";

const SETTINGS = DEFAULTS.quality;
const NEW_YORK: Instrument = { ...INSTRUMENT, calendar: "XNYS" };
const at = (date: string) => parseIsoDate(date) ?? Number.NaN;

function findings(series: BarSeries, lastMs = series.timesMs[series.timesMs.length - 1]) {
  const book = newFindingBook();
  const where = (row: number) => `row ${row}`;
  warnAbout(series, { book, settings: SETTINGS, actions: [], lastMs, where });
  return findingsOf(book);
}

const kinds = (list: readonly Finding[]) => list.map(({ kind }) => kind);
const told = (list: readonly Finding[]) =>
  list.map(({ kind, first }) => [kind, ...first.map(({ value }) => value)]);

/** Closes that wander by about 1 % a day, on the given days. */
function wander(timesMs: Float64Array, instrument: Instrument): BarSeries {
  const bars = closes(Array.from(timesMs, (_, t) => 100 + Math.sin(t * 2.1)));
  return { ...bars, instrument, timesMs };
}

describe("bars against an exchange calendar", () => {
  const sessions = sessionsOf("XNYS", at("2020-06-01"), at("2020-08-31"));
  const without = (dates: readonly string[]) =>
    sessions.filter((ms) => !dates.map(at).includes(ms));
  const withDay = (date: string) => Float64Array.from([...sessions, at(date)]).sort();

  it("finds nothing where each session has its bar", () => {
    expect(findings(wander(sessions, NEW_YORK))).toEqual([]);
  });

  it("tells every missing session, also one that no limit of days would", () => {
    const series = wander(without(["2020-07-08", "2020-08-05", "2020-08-06"]), NEW_YORK);
    expect(told(findings(series))).toEqual([
      [
        "gap",
        "2020-07-09 1 session missing after 2020-07-07",
        "2020-08-07 2 sessions missing after 2020-08-04",
      ],
    ]);
    expect(findings({ ...series, instrument: INSTRUMENT })).toEqual([]);
  });

  it("tells a bar on a holiday from one on a weekend", () => {
    expect(told(findings(wander(withDay("2020-07-03"), NEW_YORK)))).toEqual([
      ["holiday_bar", "2020-07-03 no session of XNYS"],
    ]);
    expect(told(findings(wander(withDay("2020-07-04"), NEW_YORK)))).toEqual([
      ["weekend_bar", "2020-07-04 no session of XNYS"],
    ]);
  });

  it("counts several bars of one date as one session", () => {
    const hours = Float64Array.from(
      [...sessions].flatMap((ms) => [ms + 52_200_000, ms + 72_000_000]),
    );
    expect(findings(wander(hours, NEW_YORK))).toEqual([]);
  });

  it("measures a stale end in sessions", () => {
    const series = wander(sessions, NEW_YORK);
    const ending = (date: string) => kinds(findings(series, at(date)));
    // Labor Day 2020-09-07 is none; six sessions are one more than stale_sessions.
    expect(ending("2020-09-08")).toEqual([]);
    expect(ending("2020-09-09")).toEqual(["stale_tail"]);
    expect(told(findings(series, at("2020-09-09")))).toEqual([
      ["stale_tail", "2020-08-31 ends 6 sessions before the last bar"],
    ]);
    expect(kinds(findings({ ...series, instrument: INSTRUMENT }, at("2020-09-09")))).toEqual([
      "stale_tail",
    ]);
  });

  it("says where the calendar knows nothing, and judges by days there", () => {
    const days = ["1989-12-07", "1989-12-28", "1989-12-29", "1990-01-02", "1990-01-04"].map(at);
    const list = findings(wander(Float64Array.from(days), NEW_YORK));
    expect(told(list)).toEqual([
      [
        "gap",
        "1989-12-28 21 days after 1989-12-07",
        "1990-01-04 1 session missing after 1990-01-02",
      ],
      ["calendar_unknown", "1989-12-07", "1989-12-28", "1989-12-29"],
    ]);
  });

  it("takes the calendars' own limits for what they know", () => {
    expect(() => sessionsOf("XNYS", at("1990-01-01"), at("2030-12-31"))).not.toThrow();
    expect(() => sessionsOf("XNYS", at("1989-12-31"), at("2030-12-31"))).toThrow(/1990-01-01/);
    expect(() => sessionsOf("XNYS", at("1990-01-01"), at("2031-01-01"))).toThrow(/2030-12-31/);
  });

  it("agrees with asking for each day by itself", () => {
    const all = sessionsOf("XJPX", at("2019-04-01"), at("2019-07-31"));
    const weekend = at("2019-04-01");
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(121), { minLength: 2 }), (offsets) => {
        const days = Float64Array.from(
          offsets.sort((a, b) => a - b),
          (n) => weekend + n * DAY_MS,
        );
        const list = findings(wander(days, { ...INSTRUMENT, calendar: "XJPX" }));
        const count = (...wanted: readonly string[]) =>
          list.reduce((sum, { kind, count: n }) => sum + (wanted.includes(kind) ? n : 0), 0);
        const strays = [...days].filter((ms) => !all.includes(ms));
        const gaps = [...days.subarray(1)].filter((ms, i) =>
          all.some((session) => session > days[i] && session < ms),
        );
        expect(count("holiday_bar", "weekend_bar")).toBe(strays.length);
        expect(count("gap")).toBe(gaps.length);
      }),
    );
  });
});

describe("prices that no market made", () => {
  const week = sessionsOf("XNYS", at("2020-01-02"), at("2020-06-30"));
  const plain = wander(week, NEW_YORK);
  const bars = (changes: { readonly [row: number]: readonly [string, number] }): BarSeries => {
    const { close } = plain;
    const columns = {
      open: close.slice(),
      high: close.map((price) => price + 1),
      low: close.map((price) => price - 1),
      close: close.slice(),
    };
    for (const [row, [field, value]] of Object.entries(changes)) {
      columns[field as keyof typeof columns][Number(row)] = value;
    }
    return { ...plain, ...columns };
  };

  it.each<readonly [string, readonly [string, number], readonly string[]]>([
    ["a decimal point slipped in the high", ["high", 1010], ["high_low_stray"]],
    ["a decimal point slipped in the low", ["low", 9.9], ["high_low_stray"]],
    ["a low of zero", ["low", 0], ["price_not_positive"]],
    ["a high below open and close", ["high", 98.9], ["open_outside_range", "close_outside_range"]],
    ["an open above the high", ["open", 108], ["open_outside_range"]],
    ["a close away and back", ["close", 108], ["close_outside_range", "spike"]],
  ])("%s", (_, change, expected) => {
    expect(findings(bars({}))).toEqual([]);
    expect(kinds(findings(bars({ 50: change })))).toEqual(expected);
  });

  it("a close away for good is no spike, nor one of the usual size", () => {
    const step = plain.close.map((price, t) => (t < 50 ? price : price * 1.08));
    expect(findings({ ...plain, close: step })).toEqual([]);
    const modest = plain.close.map((price, t) => (t === 50 ? price + 2.5 : price));
    expect(findings({ ...plain, close: modest })).toEqual([]);
  });

  it("knows nothing usual in a short series", () => {
    const short = closes([100, 101, 100, 120, 100, 101, 100]);
    expect(kinds(findings(short))).toEqual(["weekend_bar"]);
  });

  const PLENTY = { maxJump: null, maxSpike: 3 };

  it("a spike is what a plain reading of its rule finds", () => {
    const price = fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 990, max: 1010 }) },
      { weight: 1, arbitrary: fc.integer({ min: 800, max: 1200 }) },
    );
    let found = 0;
    fc.assert(
      fc.property(fc.array(price, { minLength: 15, maxLength: 80 }), (prices) => {
        const close = Float64Array.from(prices);
        const rows: number[] = [];
        const take = (_: string, row: number) => rows.push(row);
        checkMoves({ close, adjusted: close, futures: null }, take, PLENTY);
        expect(rows).toEqual(naiveSpikes(prices, PLENTY.maxSpike));
        found += rows.length;
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

/** The rule in words: out and back, both beyond the limit, less than half of the greater left. */
function naiveSpikes(prices: readonly number[], limit: number): readonly number[] {
  const move = (t: number) => prices[t] / prices[t - 1] - 1;
  const rows = prices.map((_, t) => t);
  return rows.filter((t) => {
    if (t === 0 || t + 1 === prices.length) return false;
    const around = rows.filter(
      (k) => k > 0 && k >= t - 21 && k <= t + 22 && k !== t && k !== t + 1,
    );
    if (around.length < 10) return false;
    const usual = around.reduce((sum, k) => sum + Math.abs(move(k)), 0) / around.length;
    const left = Math.abs(prices[t + 1] / prices[t - 1] - 1);
    const least = Math.min(Math.abs(move(t)), Math.abs(move(t + 1)));
    const most = Math.max(Math.abs(move(t)), Math.abs(move(t + 1)));
    // The way back is computed from the other two: equal up to rounding, so ties are left out.
    return least > limit * usual && left < most / 2;
  });
}

describe("futures", () => {
  const timesMs = sessionsOf("XNYS", at("2020-01-02"), at("2020-06-30"));
  const rows = timesMs.length;
  const ROLL = 60;
  /** The next contract stands at twice the price; the position goes over after row 59. */
  const spot = Float64Array.from({ length: rows }, (_, t) => 100 + Math.sin(t * 2.1));
  const close = spot.map((price, t) => (t < ROLL ? price : 2 * price));
  const columns: FuturesColumns = {
    contract: spot.map((_, t) => (t < ROLL ? 202_003 : 202_006)),
    expiryMs: spot.map((_, t) => at(t < ROLL ? "2020-04-01" : "2020-07-01")),
    nextExpiryMs: spot.map((_, t) => at(t < ROLL ? "2020-07-01" : "2020-10-01")),
    nextClose: spot.map((price, t) => (t < ROLL ? 2 * price : 4 * price)),
  };
  const future: Instrument = { ...NEW_YORK, assetClass: "future", initialMargin: 1 };
  const rolling: BarSeries = { ...closes([...close], future), timesMs, futures: columns };
  const spoiled = (row: number) => ({
    ...rolling,
    close: close.map((price, t) => (t === row ? price * 1.08 : price)),
  });

  it("a roll to another price level is no jump", () => {
    expect(findings(rolling)).toEqual([]);
    expect(kinds(findings({ ...rolling, futures: null }))).toEqual(["jump", "level_break"]);
  });

  it.each([20, ROLL - 1, ROLL, ROLL + 1, rows - 1])(
    "a close away and back is a spike, at the roll and at the end too (row %i)",
    (row) => {
      const list = findings(spoiled(row));
      expect(kinds(list)).toEqual(["spike"]);
      expect(list[0].first.map(({ where }) => where)).toEqual([`row ${row}`]);
      expect(list[0].count).toBe(1);
    },
  );
});

describe("the calibrated market", () => {
  const YEARS = 20;
  const START = "2005-01-03";
  it.each([1, 2, 3, 7, 23])("each wrong print is found, and little else (seed %i)", (seed) => {
    const { market, badPrints } = calibratedTruth({ seed, startMs: at(START), years: YEARS });
    const { quality } = calibrated(seed, { start: START, years: YEARS });
    const warned = quality.findings.flatMap(({ instrument, first }) =>
      first.map(({ value }) => `${instrument} ${value.slice(0, 10)}`),
    );
    expect(badPrints.length).toBeGreaterThanOrEqual(6);
    const planted = badPrints.map(({ instrument, session }) => {
      const series = market.series.find((one) => one.instrument.id === instrument);
      return `${instrument} ${formatDate(series?.timesMs[session] ?? Number.NaN)}`;
    });
    for (const print of planted) expect(warned).toContain(print);
    const others = new Set(warned.filter((row) => !planted.includes(row)));
    expect(others.size).toBeLessThanOrEqual(4);
    const count = quality.findings.reduce((sum, finding) => sum + finding.count, 0);
    expect(count).toBe(warned.length);
  });

  it("is checked in 100 ms", () => {
    const { series, actions } = openedMarket({ seed: 7, startMs: at(START), years: YEARS });
    const lastMs = Math.max(...series.map(({ timesMs }) => timesMs[timesMs.length - 1]));
    const spent = [1, 2, 3, 4, 5].map(() => {
      const book = newFindingBook();
      const start = performance.now();
      for (const one of series) {
        warnAbout(one, { book, settings: SETTINGS, actions, lastMs, where: String });
      }
      return performance.now() - start;
    });
    // The quickest of five: the machine may be busy with other things.
    expect(Math.min(...spent)).toBeLessThan(100);
  });
});
