/**
 * Planted bad prints are found by the checks of the pack, each on its row and by the right check;
 * all of them warn, so the pack is admitted. What else they say is counted.
 */
import { describe, expect, it } from "vitest";
import {
  type FindingKind,
  findingsOf,
  newFindingBook,
} from "../../../src/market/quality/findings.ts";
import { warnAbout } from "../../../src/market/quality/warnings.ts";
import {
  BAD_PRINT_KINDS,
  type BadPrintKind,
  spoil,
} from "../../../src/market/simulated/calibrated/bad-prints.ts";
import {
  type OpenedMarket,
  openedMarket,
} from "../../../src/market/simulated/calibrated/market.ts";
import { prngOf } from "../../../src/base/prng.ts";
import { DEFAULTS } from "./fixture.ts";

const SEEDS = [7, 31, 2024];

const FOUND_BY: Readonly<Record<BadPrintKind, readonly FindingKind[]>> = {
  high_slip: ["high_low_stray"],
  low_zero: ["price_not_positive"],
  high_cut: ["open_outside_range", "close_outside_range"],
  open_stray: ["open_outside_range"],
  low_cut: ["open_outside_range", "close_outside_range"],
  close_spike: ["spike"],
};
/** Days out of 75,000 honest ones that move far and come back. */
const HONEST_SPIKES = 12;

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

describe.each(SEEDS)("bad prints of seed %i", (seed) => {
  const market = openedMarket({ seed, startMs: Date.UTC(2005, 0, 3), years: 20 });
  const { badPrints } = market;
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
      const by = findings.filter(
        ({ instrument, first }) =>
          instrument === print.instrument && first.some(({ where }) => where === row),
      );
      expect(by.length, JSON.stringify(print)).toBeGreaterThan(0);
      for (const { kind } of by) expect(FOUND_BY[print.kind]).toContain(kind);
    }
  });

  it("are all that is wrong, but for a few honest spikes", () => {
    const planted = new Set(badPrints.map((print) => `${print.instrument} ${print.session}`));
    const others = findings.flatMap(({ kind, instrument, first }) =>
      first
        .filter(({ where }) => !planted.has(`${instrument} ${where}`))
        .map((row) => ({ kind, instrument, row })),
    );
    expect(others.filter(({ kind }) => kind !== "spike")).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(HONEST_SPIKES);
    for (const { count, first } of findings) expect(count).toBe(first.length);
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
