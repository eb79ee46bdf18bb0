/**
 * Strategies asked on packs that start later: one that remembers its first year for ever is found,
 * windows are skipped, and the differences are those of a plain computation on the cut bars.
 */
import { expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import { nextNormal, nextUniform, prngOf } from "../../../src/base/prng.ts";
import type { BarSeries } from "../../../src/domain/bar.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import { warmUpEvidence } from "../../../src/engine/doctor/warm-up.ts";
import type { Prepared } from "../../../src/engine/prepare.ts";
import { defineStrategy } from "../../../src/research/strategies/define.ts";
import { instrument } from "../ledger/sample-journal.ts";

const ROWS = 1200;

function walk(seed: number, id: string, rows = ROWS): BarSeries {
  const prng = prngOf(seed);
  const close = new Float64Array(rows);
  let price = 100;
  for (let row = 0; row < rows; row++) close[row] = price *= Math.exp(0.01 * nextNormal(prng));
  return {
    instrument: instrument(id),
    timesMs: Float64Array.from(close, (_, row) => row * DAY_MS),
    open: null,
    high: null,
    low: null,
    close,
    volume: null,
    futures: null,
  };
}

function measured(strategy: Strategy, warmup: number, series: readonly BarSeries[]) {
  const use = { name: "tested", strategy, params: {}, codeHash: "", instruments: [] };
  const variants = series.map((each) => ({ use, series: each, warmup }));
  return warmUpEvidence({
    seed: 7,
    pack: { actions: [] },
    planned: { variants },
  } as unknown as Prepared);
}

const forecast = (strength: number) => ({ strength, confidence: 1 });

/** In from the first fall of 3 % in a day on, and never out again. */
const REMEMBERS = defineStrategy({
  name: "remembers",
  version: "1",
  params: {},
  columns: (m) => ({
    held: m.latch({ enter: m.lt(m.change(m.close, 1), -0.03), exit: m.lt(m.close, 0) }),
  }),
  decide: (row) => forecast(row.held),
});

const AVERAGE = defineStrategy({
  name: "average",
  version: "1",
  params: {},
  columns: (m) => ({ close: m.close, slow: m.ema(m.close, 50) }),
  decide: (row) => forecast(row.close > row.slow ? 1 : -1),
});

it("a wish that lasts for ever differs where the data begins later", () => {
  const evidence = measured(REMEMBERS, 1, [walk(3, "AAA"), walk(4, "BBB")]);
  expect(evidence).toMatchObject({ recursive: ["tested"], tooShort: [] });
  expect(evidence.asked).toBeGreaterThan(4 * 252);
  expect(evidence.differing / evidence.asked).toBeGreaterThan(0.1);
  expect(evidence.largestDifference).toBe(1);
  expect(evidence.totalDifference).toBe(evidence.differing);
  expect(evidence.worst?.strategy).toBe("tested");
});

it("an average that fades agrees with its own recursion, written down plainly", () => {
  const series = walk(5, "AAA");
  const evidence = measured(AVERAGE, 49, [series]);
  const answers = (from: number) => {
    // Seeded by the plain mean of the first window, as base/indicators/ema.ts says.
    const seed = series.close.subarray(from, from + 50).reduce((sum, x) => sum + x, 0) / 50;
    const values = new Map<number, number>();
    let value = seed;
    for (let row = from + 49; row < ROWS; row++) {
      if (row > from + 49) value += (2 / 51) * (series.close[row] - value);
      values.set(row, series.close[row] > value ? 1 : -1);
    }
    return values;
  };
  const whole = answers(0);
  const naive = (from: number) => {
    const later = answers(from);
    let differing = 0;
    for (let row = from + 49; row < Math.min(ROWS, from + 49 + 252); row++) {
      if (later.get(row) !== whole.get(row)) differing++;
    }
    return differing;
  };
  const prng = prngOf(7);
  const starts = [1, 2, 3].map(() => 49 + Math.floor(nextUniform(prng) * (ROWS - 2 * 49 - 20)));
  const differing = starts.reduce((sum, from) => sum + naive(from), 0);
  expect(differing).toBeGreaterThan(0);
  expect(evidence).toMatchObject({
    differing,
    totalDifference: 2 * differing,
    largestDifference: 2,
  });
  expect(evidence.asked).toBe(
    starts.reduce((sum, from) => sum + Math.min(252, ROWS - from - 49), 0),
  );
});

it("windows that end are not asked", () => {
  const windows = defineStrategy({
    name: "windows",
    version: "1",
    params: {},
    columns: (m) => ({ close: m.close, slow: m.sma(m.close, 50), high: m.highest(m.close, 20) }),
    decide: (row) => forecast(row.close > row.slow ? 1 : 0),
  });
  expect(measured(windows, 49, [walk(6, "AAA")])).toMatchObject({ recursive: [], asked: 0 });
});

it("a history without room for a later start says so", () => {
  const evidence = measured(AVERAGE, 49, [walk(6, "AAA", 115)]);
  expect(evidence).toMatchObject({ recursive: ["tested"], tooShort: ["tested"], asked: 0 });
});

it("members that are compared with each other start on one day", () => {
  const ranked = defineStrategy({
    name: "ranked",
    version: "1",
    params: {},
    columns: (m) => ({ place: m.rank(m.ema(m.close, 5)) }),
    decide: (row) => forecast(row.place),
  });
  const three = [walk(1, "AAA"), walk(2, "BBB"), walk(3, "CCC")];
  const evidence = measured(ranked, 4, three);
  expect(evidence.asked).toBeGreaterThan(2 * 3 * 252);
  expect(evidence.differing).toBeLessThan(evidence.asked / 50);
});
