import { describe, expect, it } from "vitest";
import type { ColumnInputs } from "../../../src/domain/column-inputs.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import { builtIn } from "../../../src/research/strategies/built-in.ts";
import { compileColumns } from "../../../src/research/strategies/columns.ts";
import { createDecider } from "../../../src/research/strategies/decider.ts";
import {
  type Mismatch,
  type Recorded,
  type Reevaluation,
  reevaluate,
} from "../../../src/research/strategies/reevaluate.ts";
import { closeOnly, strategyOf, wave } from "./inputs.ts";

const ROWS = 400;
const close = wave(ROWS);

function inputsOf(rows: number, shiftedFrom: number | null): ColumnInputs {
  const from = shiftedFrom ?? rows;
  return closeOnly(close.slice(0, rows).map((value, t) => (t >= from ? value * 1.7 : value)));
}

/** Runs a strategy as a run would, then asks again. */
function again(strategy: Strategy, extra: Partial<Reevaluation> = {}): readonly Mismatch[] {
  const params = Object.fromEntries(
    Object.entries(strategy.params).map(([name, spec]) => [name, spec.default]),
  );
  const compile = extra.compile ?? compileColumns;
  const columns = compile(strategy, params, inputsOf(ROWS, null));
  const decide = createDecider(strategy, params, columns);
  const run = new Map<number, Recorded>();
  for (let t = columns.warmup; t < ROWS; t++) {
    const target = decide(t);
    if (target === null) run.set(t, null);
    else if ("weight" in target) run.set(t, { kind: "weight", value: target.weight });
    else run.set(t, { kind: "units", value: target.units });
  }
  return reevaluate({
    strategy,
    params,
    inputsOf,
    recorded: (row) => run.get(row),
    rows: ROWS,
    warmup: columns.warmup,
    seed: 7,
    dates: 20,
    ...extra,
  });
}

describe("asking again", () => {
  it.each(["buy-and-hold", "ma-cross", "ma-pullback", "rsi-reversion"])(
    "finds nothing in %s",
    (name) => {
      expect(again(builtIn(name) as Strategy)).toEqual([]);
    },
  );

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

  it("finds a column that peeks one row ahead, even when no decision shows it", () => {
    const peeking: typeof compileColumns = (strategy, params, inputs) => {
      const columns = compileColumns(strategy, params, inputs);
      const ahead = inputs.close.map((_, t) => inputs.close[t + 1] ?? inputs.close[t]);
      return { ...columns, arrays: [ahead] };
    };
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
    const scaled: typeof compileColumns = (strategy, params, inputs) => {
      const columns = compileColumns(strategy, params, inputs);
      const top = Math.max(...inputs.close);
      return { ...columns, arrays: [inputs.close.map((value) => value / top)] };
    };
    expect(
      again(
        strategyOf((m) => ({ close: m.close })),
        { compile: scaled },
      ).length,
    ).toBeGreaterThan(5);
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

  it("looks at rows the run asked on, the same ones for the same seed", () => {
    const looked = (seed: number) => {
      const rows = new Set<number>();
      again(
        strategyOf(() => ({})),
        {
          seed,
          recorded: (row) => (row % 5 === 0 ? null : undefined),
          inputsOf: (count, from) => {
            if (from !== null) rows.add(from - 1);
            return inputsOf(count, from);
          },
        },
      );
      return [...rows].sort((a, b) => a - b);
    };
    expect(looked(7)).toHaveLength(20);
    expect(looked(7).every((row) => row % 5 === 0)).toBe(true);
    expect(looked(7)).toEqual(looked(7));
    expect(looked(8)).not.toEqual(looked(7));
    expect(
      again(
        strategyOf(() => ({})),
        { recorded: () => undefined },
      ),
    ).toEqual([]);
  });
});
