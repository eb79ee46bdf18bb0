/**
 * Planted bad prints are found. Four kinds by checks of the pack (which warn, so the pack is
 * admitted), and the other two are plain to see for the two checks written out below.
 */
import { describe, expect, it } from "vitest";
import type { BarSeries } from "../../../src/domain/bar.ts";
import {
  type FindingKind,
  findingsOf,
  newFindingBook,
} from "../../../src/market/quality/findings.ts";
import { warnAbout } from "../../../src/market/quality/warnings.ts";
import {
  BAD_PRINT_KINDS,
  type BadPrint,
  type BadPrintKind,
  spoil,
} from "../../../src/market/simulated/calibrated/bad-prints.ts";
import {
  type OpenedMarket,
  openedMarket,
} from "../../../src/market/simulated/calibrated/market.ts";
import { prngOf } from "../../../src/base/prng.ts";
import { holderReturns } from "../../support/planted-truth.ts";
import { DEFAULTS } from "./fixture.ts";

const SEEDS = [7, 31, 2024];

const FOUND_BY: Readonly<Partial<Record<BadPrintKind, readonly FindingKind[]>>> = {
  low_zero: ["price_not_positive"],
  high_cut: ["open_outside_range", "close_outside_range"],
  open_stray: ["open_outside_range"],
  low_cut: ["open_outside_range", "close_outside_range"],
};
/** Tokyo shut from 2019-04-27 to 05-06: a fact of its calendar. */
const CALENDAR_GAP = /^2019-05-07/;

const LOOKBACK = 63;

function quality(market: OpenedMarket) {
  const book = newFindingBook();
  const lastMs = Math.max(...market.series.map(({ timesMs }) => timesMs[timesMs.length - 1]));
  for (const series of market.series) {
    const { actions } = market;
    const where = (row: number) => String(row);
    warnAbout(series, { book, settings: DEFAULTS.quality, actions, lastMs, where });
  }
  return findingsOf(book);
}

/** High or low further from both open and close than a close may move in a day. */
function rangeOutliers(series: BarSeries): number[] {
  const { open, high, low, close } = series;
  if (open === null || high === null || low === null) throw new Error("a column is missing");
  const limit = DEFAULTS.quality.max_jump;
  return Array.from(close.keys()).filter(
    (t) =>
      high[t] > Math.max(open[t], close[t]) * (1 + limit) ||
      low[t] < Math.min(open[t], close[t]) * (1 - limit),
  );
}

/** A close more than 4.5 recent deviations away of which the next takes back at least 60 %. */
function spikes(series: BarSeries, market: OpenedMarket): number[] {
  const returns = holderReturns(series, market.actions);
  return Array.from(returns.keys()).filter((t) => {
    if (t <= LOOKBACK || t + 1 >= returns.length) return false;
    let squares = 0;
    for (let k = t - LOOKBACK; k < t; k++) squares += returns[k] ** 2;
    const far = Math.abs(returns[t]) > 4.5 * Math.sqrt(squares / LOOKBACK);
    return far && returns[t + 1] / returns[t] < -0.6;
  });
}

describe.each(SEEDS)("bad prints of seed %i", (seed) => {
  const market = openedMarket({ seed, startMs: Date.UTC(2005, 0, 3), years: 20 });
  const { badPrints } = market;
  const seriesOf = (print: BadPrint): BarSeries => {
    const found = market.series.find(({ instrument }) => instrument.id === print.instrument);
    if (found === undefined) throw new Error(print.instrument);
    return found;
  };
  const findings = quality(market);

  it("are a handful, of every kind, and leave the pack admissible", () => {
    expect(badPrints.length).toBeGreaterThanOrEqual(7);
    expect(badPrints.length).toBeLessThanOrEqual(9);
    expect(new Set(badPrints.map(({ kind }) => kind))).toEqual(new Set(BAD_PRINT_KINDS));
    for (const { high, low, close } of market.series) {
      for (let t = 0; t < close.length; t++) {
        expect((high?.[t] ?? Number.NaN) >= (low?.[t] ?? Number.NaN) && close[t] > 0).toBe(true);
      }
    }
    expect(findings.filter(({ severity }) => severity === "refuse")).toEqual([]);
  });

  it("are found, each on its row", () => {
    for (const print of badPrints) {
      const row = String(print.session);
      const kinds = FOUND_BY[print.kind];
      if (kinds === undefined) continue;
      const by = findings.filter(
        ({ instrument, first }) =>
          instrument === print.instrument && first.some(({ where }) => where === row),
      );
      expect(by.length, JSON.stringify(print)).toBeGreaterThan(0);
      for (const { kind } of by) expect(kinds).toContain(kind);
    }
  });

  it("are all that is wrong: no other finding but the calendar's own gap", () => {
    const planted = new Set(badPrints.map((print) => `${print.instrument} ${print.session}`));
    const others = findings.flatMap(({ kind, instrument, first }) =>
      first
        .filter(({ where, value }) =>
          kind === "gap" ? !CALENDAR_GAP.test(value) : !planted.has(`${instrument} ${where}`),
        )
        .map((row) => ({ kind, instrument, row })),
    );
    expect(others).toEqual([]);
    for (const { count, first } of findings) expect(count).toBe(first.length);
  });

  it("show a slipped high and a low at zero to a range check, and nothing else", () => {
    for (const series of market.series) {
      const planted = badPrints
        .filter((print) => seriesOf(print) === series && /high_slip|low_zero/.test(print.kind))
        .map(({ session }) => session);
      expect(rangeOutliers(series)).toEqual(planted);
    }
  });

  it("show a spiking close to a check for moves that come back, with few false alarms", () => {
    let alarms = 0;
    for (const series of market.series) {
      const found = spikes(series, market);
      alarms += found.length;
      for (const print of badPrints) {
        if (print.kind !== "close_spike" || seriesOf(print) !== series) continue;
        expect(found, JSON.stringify(print)).toContain(print.session);
      }
    }
    expect(alarms).toBeLessThanOrEqual(9);
  });
});

describe("spoiling", () => {
  it("changes the listed fields of the listed rows and nothing else", () => {
    const column = (value: number) => new Float64Array(2000).fill(value);
    const fresh = () => ({
      open: column(100),
      high: column(102),
      low: column(99),
      close: column(101),
      volume: column(5),
    });
    const scale = column(0.01);
    const bars = fresh();
    const prints = spoil(
      [{ id: "AAA", tick: 0.01, bars, scale, usual: 0.01, contract: null }],
      prngOf(5),
    );
    expect(prints.map(({ kind }) => kind)).toEqual(BAD_PRINT_KINDS.slice(0, prints.length));
    expect(prints.length).toBeGreaterThanOrEqual(3);
    const before = fresh();
    for (const field of ["open", "high", "low", "close", "volume"] as const) {
      const changed = Array.from(bars[field].keys()).filter(
        (t) => bars[field][t] !== before[field][t],
      );
      const listed = prints.filter((print) => print.field === field);
      expect(changed).toEqual(listed.map(({ session }) => session));
    }
  });
});
