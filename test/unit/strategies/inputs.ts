/** Series and definitions the strategy tests share. */
import type { ColumnInputs } from "../../../src/domain/column-inputs.ts";
import type { Column, Market, Strategy } from "../../../src/domain/strategy.ts";
import type { Target } from "../../../src/domain/target.ts";
import type { PanelMember } from "../../../src/research/strategies/columns.ts";

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

/** A future whose bars are given: its roll yield follows the close. */
export function withCarry(values: ArrayLike<number>): ColumnInputs {
  const inputs = withBars(values);
  return { ...inputs, carry: inputs.close.map((value, t) => Math.sin(value) / 5 + (t % 3) / 100) };
}

/** One per day from 1970-01-01 on. */
export function dailyTimes(rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, t) => t * 86_400_000);
}

/** Instruments that have a bar on the days `trades` says, from futures with `wave` as close. */
export function panelOf(
  members: number,
  rows: number,
  trades: (member: number, day: number) => boolean = () => true,
): readonly PanelMember[] {
  const days = dailyTimes(rows);
  return Array.from({ length: members }, (_, m) => {
    const mine = Array.from(days.keys()).filter((day) => trades(m, day));
    const prices = wave(rows + 50 * m).slice(50 * m);
    const inputs = withCarry(mine.map((day) => prices[day] + m));
    return { inputs, timesMs: Float64Array.from(mine, (day) => days[day]) };
  });
}

/** The part of a panel that a cut shows; later values changed, every second member's the other way. */
export function cutPanel(
  panel: readonly PanelMember[],
  cut: { readonly lastMs: number; readonly unchangedUntilMs: number },
): readonly PanelMember[] {
  return panel.map(({ inputs, timesMs }, m) => {
    const shift = m % 2 === 0 ? 1.7 : 1 / 1.7;
    const rows = timesMs.filter((time) => time <= cut.lastMs).length;
    const show = (column: Float64Array) =>
      column
        .slice(0, rows)
        .map((value, row) => (timesMs[row] <= cut.unchangedUntilMs ? value : value * shift));
    const shown = Object.fromEntries(
      Object.entries(inputs).map(([name, column]) => [
        name,
        column instanceof Float64Array ? show(column) : column,
      ]),
    );
    return { inputs: { ...(shown as ColumnInputs), rows }, timesMs: timesMs.slice(0, rows) };
  });
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
