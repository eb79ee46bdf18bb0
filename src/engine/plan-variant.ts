/**
 * One strategy of the mandate on its instruments: columns computed, warm-up and readiness known,
 * the strategy ready to be asked at any row for a target or a forecast.
 */
import { formatInstant } from "../base/instant.ts";
import type { BarField, BarSeries } from "../domain/bar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import { Fault } from "../domain/fault.ts";
import type { Forecast } from "../domain/forecast.ts";
import type { DeclaredOrder } from "../domain/strategy.ts";
import { adjustInputs } from "../market/actions/adjust.ts";
import { type Columns, compilePanel } from "../research/strategies/columns.ts";
import {
  createDecider,
  createTargetDecider,
  type DecidedColumns,
} from "../research/strategies/decider.ts";
import { declaresTargets, isForecast } from "../research/strategies/forecast.ts";
import { variantId } from "../research/strategies/variant.ts";
import type { PlanInput, PlannedVariant, StrategyUse } from "./plan-input.ts";
import type { Variant } from "./state.ts";

export type VariantPlan = {
  readonly variant: Variant;
  readonly planned: PlannedVariant;
};

/** In the order of the use's instruments. */
export function planUse(input: PlanInput, use: StrategyUse): readonly VariantPlan[] {
  if (input.settings.layers !== null && declaresTargets(use.strategy)) {
    throw new Fault(
      "mandate",
      `strategies: ${use.name} (${use.strategy.name}) answers with targets, which only allocation.method direct trades; use a strategy that returns forecasts, or set allocation.method: direct`,
    );
  }
  const members = use.instruments.map((id) => memberOf(input, use, id));
  const columns = compilePanel(use.strategy, use.params, members);
  return members.map((member, n) => planVariant(input, use, { ...member, columns: columns[n] }));
}

export type Member = {
  readonly id: string;
  readonly index: number;
  readonly series: BarSeries;
  readonly isAdjusted: boolean;
  readonly inputs: ReturnType<typeof adjustInputs>;
  readonly timesMs: Float64Array;
  readonly place: string;
};

export function memberOf(input: PlanInput, use: StrategyUse, id: string): Member {
  const index = input.world.indexOf.get(id);
  if (index === undefined) {
    const known = [...input.world.indexOf.keys()].join(", ");
    throw new Fault(
      "data",
      `strategy ${use.name} trades ${id}, which the pack does not hold; it holds ${known}`,
    );
  }
  const series = input.world.series[index];
  requireColumns(input, use, series);
  const actions = actionsOf(input.actions, id);
  return {
    id,
    index,
    series,
    isAdjusted: series.futures !== null || actions.some((action) => action.kind === "split"),
    inputs: adjustInputs(series, actions),
    timesMs: series.timesMs,
    place: `${input.sourceOf(id)} ${id}`,
  };
}

function planVariant(
  input: PlanInput,
  use: StrategyUse,
  member: Member & { readonly columns: Columns },
): VariantPlan {
  const { id, index, series, columns, inputs } = member;
  const rows = series.timesMs.length;
  requireRows(use, member, columns.warmup);
  const placeOf = placeIn(use, series);
  const decided = { ...columns, placeOf };
  const decider = createTargetDecider(use.strategy, use.params, decided);
  const start = input.world.sessionOfRow[index]?.[columns.warmup] ?? columns.warmup;
  const variant: Variant = {
    id: variantId(
      {
        strategyName: use.strategy.name,
        codeHash: use.codeHash,
        version: use.strategy.version,
        params: use.params,
        instrument: id,
      },
      input.sha256,
    ),
    strategy: use.name,
    instrument: index,
    rowAt: input.world.rowAt[index],
    decide: decider.decide,
    repeatsUntil: decider.repeatsUntil,
    forecast: forecasterOf(use, decided),
    warmup: columns.warmup,
    start,
    ready: readyRows(columns.arrays, columns.warmup, rows),
    splitFactor: member.isAdjusted ? inputs.splitFactor : null,
  };
  return { variant, planned: { use, series, warmup: columns.warmup } };
}

export function requireRows(use: StrategyUse, { place, series }: Member, warmup: number): void {
  const rows = series.timesMs.length;
  if (warmup < rows) return;
  throw new Fault(
    "data",
    `${place}: strategy ${use.name} needs ${warmup + 1} bars before its first forecast, the data has ${rows}; shorten its windows or bring more history`,
  );
}

export function forecasterOf(
  use: StrategyUse,
  decided: DecidedColumns & Required<Pick<DecidedColumns, "placeOf">>,
): Variant["forecast"] {
  const decider = createDecider(use.strategy, use.params, decided);
  return (row): Forecast | null => {
    const answer = decider(row);
    if (answer === null || isForecast(answer)) return answer;
    throw new Fault(
      "strategy",
      `${decided.placeOf(row)}: ${use.strategy.name} returned a target, which only allocation.method direct trades; return { strength, confidence }`,
    );
  };
}

export function placeIn(
  use: StrategyUse,
  { instrument, timesMs }: BarSeries,
): (row: number) => string {
  return (row) => `strategy ${use.name} on ${instrument.id} at ${formatInstant(timesMs[row])}`;
}

export function actionsOf(
  actions: readonly CorporateAction[],
  instrument: string,
): readonly CorporateAction[] {
  return actions.filter((action) => action.instrument === instrument);
}

/** Null when every column is known from the end of warm-up on: the common case, found by a sum. */
export function readyRows(
  columns: readonly Float64Array[],
  warmup: number,
  rows: number,
): Uint8Array | null {
  if (columns.every((column) => Number.isFinite(sumFrom(column, warmup)))) return null;
  const ready = new Uint8Array(rows).fill(1, warmup);
  for (const column of columns) {
    for (let row = warmup; row < rows; row++) if (!Number.isFinite(column[row])) ready[row] = 0;
  }
  return ready;
}

/** Not finite if any value is not; four accumulators, because one would wait for each addition. */
function sumFrom(column: Float64Array, from: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let row = from;
  for (; row + 3 < column.length; row += 4) {
    a += column[row];
    b += column[row + 1];
    c += column[row + 2];
    d += column[row + 3];
  }
  for (; row < column.length; row++) a += column[row];
  return a + b + c + d;
}

const COLUMNS_OF_ORDER: { readonly [order in DeclaredOrder]: readonly BarField[] } = {
  limit: ["open", "high", "low"],
  stop: ["open", "high", "low"],
  on_open: ["open"],
  on_close: [],
};

const OPEN_FILLS = "execution.fill: next_open";

function requireColumns(input: PlanInput, use: StrategyUse, series: BarSeries): void {
  const { fill } = input.settings.execution;
  const needs: { by: string; field: BarField }[] = [];
  if (fill === "next_open") needs.push({ by: OPEN_FILLS, field: "open" });
  for (const order of use.strategy.orders ?? []) {
    for (const field of COLUMNS_OF_ORDER[order]) {
      needs.push({ by: `strategy ${use.name} (${order} orders)`, field });
    }
  }
  for (const { by, field } of needs) {
    if (series[field] !== null) continue;
    const id = series.instrument.id;
    const hint = by === OPEN_FILLS ? ", or set execution.fill: next_close" : "";
    throw new Fault(
      "data",
      `${input.sourceOf(id)} ${id}: ${by} needs the column ${field}, which the data does not have; map it in data.sources${hint}`,
    );
  }
}
