import { describe, expect, it } from "vitest";
import type { Strategy } from "../../../src/domain/strategy.ts";
import { BUILT_IN_NAMES, builtIn } from "../../../src/research/strategies/built-in.ts";
import { compilePanel, type PanelMember } from "../../../src/research/strategies/columns.ts";
import { createDecider } from "../../../src/research/strategies/decider.ts";
import { isForecast } from "../../../src/research/strategies/forecast.ts";
import {
  type Mismatch,
  type Recorded,
  type Reevaluation,
  reevaluate,
} from "../../../src/research/strategies/reevaluate.ts";
import { cutPanel, dailyTimes, panelOf, strategyOf, wave, withCarry } from "./inputs.ts";

const ROWS = 400;
const ONE: readonly PanelMember[] = [{ inputs: withCarry(wave(ROWS)), timesMs: dailyTimes(ROWS) }];
/** Three futures, of which the second rests every fourth day and the third comes late. */
const THREE = panelOf(3, ROWS, (m, day) => (m === 1 ? day % 4 !== 0 : m === 2 ? day > 50 : true));

type Planted = Partial<Reevaluation> & { readonly panel?: readonly PanelMember[] };

function recordedOf(answer: ReturnType<ReturnType<typeof createDecider>>): Recorded {
  if (answer === null) return null;
  if (isForecast(answer)) return { kind: "forecast", ...answer };
  if ("weight" in answer) return { kind: "weight", value: answer.weight };
  return { kind: "units", value: answer.units };
}

/** Runs a strategy as a run would, then asks again. */
function again(strategy: Strategy, { panel = ONE, ...extra }: Planted = {}): readonly Mismatch[] {
  const params = Object.fromEntries(
    Object.entries(strategy.params).map(([name, spec]) => [name, spec.default]),
  );
  const compile = extra.compile ?? compilePanel;
  const columns = compile(strategy, params, panel);
  const members = panel.map(({ timesMs }, m) => {
    const decide = createDecider(strategy, params, columns[m]);
    const run = new Map<number, Recorded>();
    for (let t = columns[m].warmup; t < timesMs.length; t++) run.set(t, recordedOf(decide(t)));
    return { timesMs, warmup: columns[m].warmup, recorded: (row: number) => run.get(row) };
  });
  return reevaluate({
    strategy,
    params,
    members,
    panelOf: (cut) => cutPanel(panel, cut),
    seed: 7,
    dates: 20,
    preferred: null,
    ...extra,
  });
}

describe("asking again", () => {
  it.each(BUILT_IN_NAMES)("finds nothing in %s, alone and among others", (name) => {
    expect(again(builtIn(name) as Strategy)).toEqual([]);
    expect(again(builtIn(name) as Strategy, { panel: THREE })).toEqual([]);
  });

  it("finds a counter in a closure", () => {
    let calls = 0;
    const found = again(
      strategyOf(
        () => ({}),
        () => ({ weight: ++calls % 2 }),
      ),
    );
    expect(found.length).toBeGreaterThan(3);
    expect(found[0].message).toMatch(/the run recorded \{"weight":[01]\}, asked again it gives/);
  });

  it("finds an array of closes kept in a closure", () => {
    const seen: number[] = [];
    const found = again(
      strategyOf(
        (m) => ({ close: m.close }),
        (row) => {
          seen.push(row.close);
          return { weight: row.close > (seen.at(-2) ?? 0) ? 1 : 0 };
        },
      ),
    );
    expect(found.length).toBeGreaterThan(3);
    expect(found.every((mismatch) => mismatch.column === null)).toBe(true);
  });

  it("finds a memo keyed by the order of calls", () => {
    const memo = new Map<number, number>();
    let call = 0;
    const found = again(
      strategyOf(
        (m) => ({ close: m.close }),
        (row) => {
          call++;
          memo.set(call, row.close);
          return { units: Math.round(memo.get(call - 5) ?? 0) };
        },
      ),
    );
    expect(found.length).toBeGreaterThan(3);
  });

  it("finds memory that settles early, where the sample sees nothing", () => {
    let highest = 0;
    const found = again(
      strategyOf(
        (m) => ({ close: m.close }),
        (row) => {
          highest = Math.max(highest, row["close"] as number);
          return { weight: row["close"] < highest ? 1 : 0 };
        },
      ),
      { dates: 1, seed: 1 },
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ on: "reversed", column: null });
    expect(found[0].message).toMatch(/the run recorded .*, asked again it gives/);
  });

  it("finds memory that moves a stop and never the weight", () => {
    let calls = 0;
    const planted = strategyOf(
      () => ({}),
      () => ({ weight: 1, stop: { distance: ++calls } }),
    );
    const found = again({ ...planted, orders: ["stop"] });
    expect(found).toHaveLength(20);
    expect(found[0].message).toContain("asked twice on the same row");
  });

  it("finds a counter that moves the strength of a forecast, or its confidence alone", () => {
    for (const key of ["strength", "confidence"]) {
      let calls = 0;
      const planted = strategyOf(
        () => ({}),
        () => ({ strength: 0.5, confidence: 0.5, [key]: (++calls % 7) / 7 }),
      );
      const found = again(planted);
      expect(found.length).toBeGreaterThan(3);
      expect(found[0].message).toMatch(
        /the run recorded \{"confidence":[\d.]+,"strength":[\d.]+\}, asked again it gives \{/,
      );
    }
  });

  it("finds a strategy that turns from forecasts to targets", () => {
    let calls = 0;
    const planted = strategyOf(
      () => ({}),
      () => (++calls > ROWS ? { weight: 1 } : { strength: 1, confidence: 1 }),
    );
    expect(again(planted)).toHaveLength(40);
  });

  it("finds a column that peeks one row ahead, even when no decision shows it", () => {
    const peeking: typeof compilePanel = (strategy, params, members) =>
      compilePanel(strategy, params, members).map((columns, m) => {
        const { close } = members[m].inputs;
        return { ...columns, arrays: [close.map((_, t) => close[t + 1] ?? close[t])] };
      });
    const planted = strategyOf(
      (m) => ({ close: m.close }),
      () => ({ weight: 1 }),
    );
    const found = again(planted, { compile: peeking });
    expect(found.map((mismatch) => mismatch.column)).toEqual(new Array(found.length).fill("close"));
    expect(found.length).toBeGreaterThanOrEqual(38);
    expect(found[0].message).toMatch(/column close is .* without later bars: it looks ahead/);
  });

  it("finds a column scaled by the whole series", () => {
    const scaled: typeof compilePanel = (strategy, params, members) =>
      compilePanel(strategy, params, members).map((columns, m) => {
        const { close } = members[m].inputs;
        const top = Math.max(...close);
        return { ...columns, arrays: [close.map((value) => value / top)] };
      });
    expect(
      again(
        strategyOf((m) => ({ close: m.close })),
        { compile: scaled },
      ).length,
    ).toBeGreaterThan(5);
  });

  it("finds a rank that knows the other members' next bar, and only that", () => {
    const planted = strategyOf((m) => ({ place: m.rank(m.change(m.close, 5)) }));
    const peeking: typeof compilePanel = (strategy, params, [own, ...others]) => {
      const ahead = others.map(({ inputs, timesMs }): PanelMember => {
        const close = inputs.close.map((value, t) => inputs.close[t + 1] ?? value);
        return { inputs: { ...inputs, close }, timesMs };
      });
      const [honest] = compilePanel(strategy, params, [own, ...ahead]);
      return [honest, ...compilePanel(strategy, params, [own, ...others]).slice(1)];
    };
    expect(again(planted, { panel: THREE })).toEqual([]);
    const found = again(planted, { panel: THREE, compile: peeking, dates: 100 });
    expect(found.length).toBeGreaterThan(3);
    expect(new Set(found.map((mismatch) => mismatch.member))).toEqual(new Set([0]));
    expect(new Set(found.map((mismatch) => mismatch.column))).toEqual(new Set(["place"]));
    // Cutting the asked instrument alone would not show it: that is why all are cut together.
    const panelOf: Reevaluation["panelOf"] = (cut) => [cutPanel(THREE, cut)[0], ...THREE.slice(1)];
    expect(again(planted, { panel: THREE, compile: peeking, panelOf })).toEqual([]);
  });

  it("takes a failure for a difference", () => {
    let calls = 0;
    const planted = strategyOf(
      () => ({}),
      () => {
        if (++calls > ROWS) throw new Error("too late");
        return null;
      },
    );
    expect(again(planted)[0].message).toMatch(/recorded null, .*a failure \(.*too late\)/);
  });

  it("looks at dates the run asked on, the same ones for the same seed", () => {
    const looked = (seed: number, every: number) => {
      const dates = new Set<number>();
      const members = THREE.map(({ timesMs }) => ({
        timesMs,
        warmup: 0,
        recorded: (row: number) => (timesMs[row] % every === 0 ? null : undefined),
      }));
      const found = again(
        strategyOf(() => ({})),
        {
          seed,
          members,
          panelOf: (cut) => {
            if (cut.unchangedUntilMs !== Infinity) dates.add(cut.unchangedUntilMs);
            return cutPanel(THREE, cut);
          },
        },
      );
      expect(found).toEqual([]);
      return [...dates].sort((a, b) => a - b);
    };
    const fifth = 5 * 86_400_000;
    expect(looked(7, fifth)).toHaveLength(20);
    expect(looked(7, fifth).every((date) => date % fifth === 0)).toBe(true);
    expect(looked(7, fifth)).toEqual(looked(7, fifth));
    expect(looked(8, fifth)).not.toEqual(looked(7, fifth));
    expect(looked(7, ROWS * fifth)).toEqual([0]);
  });
});
