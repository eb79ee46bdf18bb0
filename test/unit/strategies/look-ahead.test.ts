/**
 * The look-ahead check of a run, on a run made by hand: recorded answers of strategies over bars
 * that rest on different days, roll, split and pay. A peeking run is one whose recorded answers
 * were made with tomorrow's bars.
 */
import { describe, expect, it } from "vitest";
import { GrowingColumn } from "../../../src/base/growing-column.ts";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { BarSeries } from "../../../src/domain/bar.ts";
import type { CorporateAction } from "../../../src/domain/corporate-action.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import type { Trace } from "../../../src/engine/trace.ts";
import { checkLookAhead } from "../../../src/engine/look-ahead.ts";
import type { Prepared } from "../../../src/engine/prepare.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { builtIn } from "../../../src/research/strategies/built-in.ts";
import { compilePanel } from "../../../src/research/strategies/columns.ts";
import { createDecider } from "../../../src/research/strategies/decider.ts";
import { isForecast } from "../../../src/research/strategies/forecast.ts";
import { wave } from "./inputs.ts";

const DAYS = 200;

/** Bars on the days `trades` says; a future rolls every 40 of its rows. */
function seriesOf(id: string, future: boolean, trades: (day: number) => boolean): BarSeries {
  const days = Array.from({ length: DAYS }, (_, day) => day).filter(trades);
  const prices = wave(DAYS + 100).slice(id.length * 13);
  const close = Float64Array.from(days, (day) => prices[day]);
  const contract = close.map((_, row) => 200_001 + Math.floor(row / 40));
  const expiry = contract.map((number) => (number - 200_000) * 40 * DAY_MS);
  const futures = {
    contract,
    expiryMs: expiry,
    nextExpiryMs: expiry.map((at) => at + 40 * DAY_MS),
    nextClose: close.map((price, row) => price * (1 + Math.sin(row / 9) / 30)),
  };
  const instrument = {
    id,
    assetClass: future ? "future" : "equity",
    currency: "USD",
    currencyDigits: 2,
    lot: 1,
    tick: null,
    multiplier: 1,
    allowNonpositive: false,
    sector: null,
    calendar: null,
    initialMargin: future ? 1 : null,
  } as const;
  const high = close.map((price) => price + 1);
  const low = close.map((price) => price - 1);
  const timesMs = Float64Array.from(days, (day) => day * DAY_MS);
  const columns = { open: close, high, low, close, volume: close };
  return { instrument, timesMs, ...columns, futures: future ? futures : null };
}

const FUTURES = [
  seriesOf("F", true, () => true),
  seriesOf("FF", true, (day) => day % 5 !== 2),
  seriesOf("FFF", true, (day) => day > 60),
];
const SHARES = [seriesOf("S", false, () => true), seriesOf("SS", false, (day) => day % 3 > 0)];
const ACTIONS: readonly CorporateAction[] = [
  { kind: "split", instrument: "S", exDateMs: 90 * DAY_MS, ratio: 2 },
  {
    kind: "dividend",
    instrument: "SS",
    exDateMs: 120 * DAY_MS,
    payDateMs: 130 * DAY_MS,
    amountPerUnit: 3,
  },
];

/** Tomorrow's bar in place of today's. */
function ahead(series: BarSeries): BarSeries {
  const next = (column: Float64Array) => column.map((value, row) => column[row + 1] ?? value);
  const { futures } = series;
  return {
    ...series,
    close: next(series.close),
    futures: futures === null ? null : { ...futures, nextClose: next(futures.nextClose) },
  };
}

type Run = {
  readonly strategy: Strategy;
  readonly params?: { readonly [name: string]: number };
  readonly series: readonly BarSeries[];
  /** What the answers are made from; the series themselves in an honest run. */
  readonly seen?: readonly BarSeries[];
};

/** What the engine would hand to the check after such a run. */
function check({ strategy, params: given = {}, series, seen = series }: Run): string | null {
  const defaults = Object.entries(strategy.params).map(([name, spec]) => [name, spec.default]);
  const params = { ...(Object.fromEntries(defaults) as Record<string, number>), ...given };
  const use = { name: "mine", strategy, params, codeHash: "0", instruments: [] };
  const panel = seen.map((one) => ({ inputs: adjustInputs(one, ACTIONS), timesMs: one.timesMs }));
  const columns = compilePanel(strategy, params, panel);
  const column = () => new GrowingColumn();
  const forecasts = {
    session: column(),
    variant: column(),
    kind: column(),
    target: column(),
    confidence: column(),
  };
  series.forEach(({ timesMs }, v) => {
    const decide = createDecider(strategy, params, columns[v]);
    for (let row = columns[v].warmup; row < timesMs.length; row++) {
      if (columns[v].arrays.some((values) => Number.isNaN(values[row]))) continue;
      const answer = decide(row);
      forecasts.session.push(timesMs[row] / DAY_MS);
      forecasts.variant.push(v);
      if (answer === null) {
        forecasts.kind.push(0);
        forecasts.target.push(Number.NaN);
        forecasts.confidence.push(Number.NaN);
      } else if (isForecast(answer)) {
        forecasts.kind.push(3);
        forecasts.target.push(answer.strength);
        forecasts.confidence.push(answer.confidence);
      } else {
        forecasts.kind.push("weight" in answer ? 1 : 2);
        forecasts.target.push("weight" in answer ? answer.weight : answer.units);
        forecasts.confidence.push(Number.NaN);
      }
    }
  });
  expect(forecasts.kind.length).toBeGreaterThan(20);
  const rowAt = series.map(({ timesMs }) =>
    Int32Array.from({ length: DAYS }, (_, day) => timesMs.indexOf(day * DAY_MS)),
  );
  const prepared = {
    pack: { actions: ACTIONS },
    world: {
      rowAt,
      series,
      sessionsMs: Float64Array.from({ length: DAYS }, (_, day) => day * DAY_MS),
    },
    planned: {
      plan: { variants: series.map((_, instrument) => ({ instrument })) },
      variants: series.map((one, v) => ({ use, series: one, warmup: columns[v].warmup })),
    },
    seed: 5,
  } as unknown as Prepared;
  const breach = checkLookAhead(prepared, { forecasts } as unknown as Trace);
  if (breach !== null) expect(breach).toMatchObject({ invariant: 20, status: "ERROR" });
  return breach?.message ?? null;
}

const SHORT = { slow: 40, middle: 20, fast: 5 };

function named(name: string): Strategy {
  return builtIn(name) as Strategy;
}

/** Ranks roll yields, and wishes nothing while in the middle. */
const yields: Strategy = {
  name: "yields",
  version: "1",
  params: {},
  columns: (m) => ({ place: m.rank(m.carry) }),
  decide: (row) => (row["place"] === 0 ? null : { strength: row["place"], confidence: 0.5 }),
};

const RUNS: readonly (readonly [string, Run])[] = [
  [
    "carry on futures",
    { strategy: named("carry"), params: { window: 2, full: 1 }, series: FUTURES },
  ],
  ["ranks of carry", { strategy: yields, series: FUTURES }],
  ["momentum across rolls", { strategy: named("ts-momentum"), params: SHORT, series: FUTURES }],
  ["ranks of futures", { strategy: named("xs-momentum"), params: SHORT, series: FUTURES }],
  [
    "ranks over a split and a dividend",
    { strategy: named("xs-momentum"), params: SHORT, series: SHARES },
  ],
  [
    "a target with terms",
    { strategy: named("ma-pullback"), params: { fast: 3, slow: 9 }, series: SHARES },
  ],
];

describe("the look-ahead check of a run", () => {
  it.each(RUNS)("finds nothing in %s", (_, run) => {
    expect(check(run)).toBeNull();
  });

  it.each(RUNS)("finds that every answer of %s was made with tomorrow's bars", (_, run) => {
    const message = check({ ...run, seen: run.series.map(ahead) });
    expect(message).toMatch(
      /^strategy mine on [FS]+ at 1970-\d\d-\d\d: the run recorded .*, asked again it gives /,
    );
  });

  it.each(RUNS.filter(([name]) => name.startsWith("ranks")))(
    "finds in %s that one instrument's bars were tomorrow's, in the answers of the others",
    (_, run) => {
      const [first, second, ...others] = run.series;
      const message = check({ ...run, seen: [first, ahead(second), ...others] });
      expect(message).not.toBeNull();
    },
  );

  it("finds a confidence that was recorded and is not what is answered", () => {
    let calls = 0;
    const doubting: Strategy = {
      ...yields,
      decide: () => ({ strength: 1, confidence: calls++ === 0 ? 0.25 : 0.5 }),
    };
    expect(check({ strategy: doubting, series: FUTURES })).toMatch(
      /the run recorded \{"confidence":0\.25,"strength":1\}, asked again it gives \{"confidence":0\.5/,
    );
  });
});
