/** Series and definitions the strategy tests share. */
import type { ColumnInputs } from "../../../src/domain/column-inputs.ts";
import type { Column, Market, Strategy } from "../../../src/domain/strategy.ts";
import type { Target } from "../../../src/domain/target.ts";

export function closeOnly(values: ArrayLike<number>): ColumnInputs {
  const close = Float64Array.from(values);
  return {
    rows: close.length,
    open: null,
    high: null,
    low: null,
    close,
    volume: null,
    rawOpen: null,
    rawHigh: null,
    rawLow: null,
    rawClose: close,
    totalReturn: close.map((value) => value / close[0]),
    splitFactor: new Float64Array(close.length).fill(1),
    carry: null,
  };
}

export function withBars(values: ArrayLike<number>): ColumnInputs {
  const inputs = closeOnly(values);
  const open = inputs.close.map((value) => value * 0.99);
  const high = inputs.close.map((value) => value * 1.02);
  const low = inputs.close.map((value) => value * 0.97);
  const volume = inputs.close.map((_, i) => 1000 + i);
  return { ...inputs, open, high, low, volume, rawOpen: open, rawHigh: high, rawLow: low };
}

/** A wavy series that crosses its averages and is never flat. */
export function wave(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => 100 + 10 * Math.sin(i / 7) + 3 * Math.sin(i * 1.7));
}

/** What tests read; `clsoe` and `slwo` are misspelt on purpose. */
export type TestRow = Readonly<Record<"close" | "slow" | "clsoe" | "slwo", number>>;

export function strategyOf(
  columns: (m: Market) => Record<string, unknown>,
  decide: (row: TestRow) => unknown = () => null,
): Strategy {
  return {
    name: "planted",
    version: "1",
    params: {},
    columns: (m) => columns(m) as Record<string, Column>,
    decide: decide as unknown as () => Target | null,
  };
}
