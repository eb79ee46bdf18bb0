/**
 * From the mandate's values and the loaded strategies to the plan the kernel follows. Refuses,
 * before anything runs: an instrument the pack lacks or two strategies share, columns that a fill
 * model, order type or indicator needs and the data has not, and a history shorter than a warm-up.
 */
import { formatInstant } from "../base/instant.ts";
import { amountToMinor } from "../base/money.ts";
import type { BarField, BarSeries } from "../domain/bar.ts";
import type { ColumnInputs } from "../domain/column-inputs.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import { Fault } from "../domain/fault.ts";
import type { DeclaredOrder, Strategy } from "../domain/strategy.ts";
import type { FreshnessSettings, LimitSettings } from "../execution/gates/section.ts";
import { adjustInputs } from "../market/actions/adjust.ts";
import type { Sha256 } from "../ports/hash.ts";
import { type Columns, compileColumns } from "../research/strategies/columns.ts";
import { createDecider } from "../research/strategies/decider.ts";
import { variantId } from "../research/strategies/variant.ts";
import type {
  ExecutionSettings,
  FeeSettings,
  FinancingSettings,
  SlippageSettings,
} from "../venue/section.ts";
import { pickSessions } from "./schedule/rhythm.ts";
import type { ScheduleSettings } from "./schedule/section.ts";
import { REQUIRED_GATES } from "./stage-tally.ts";
import type { Plan, Variant } from "./state.ts";
import type { World } from "./world.ts";

/** One strategy of the mandate, loaded, with complete parameters. */
export type StrategyUse = {
  readonly name: string;
  readonly strategy: Strategy;
  readonly params: { readonly [name: string]: number };
  readonly codeHash: string;
  readonly instruments: readonly string[];
};

export type PlanSettings = {
  readonly initialEquity: number;
  readonly currency: string;
  readonly currencyDigits: number;
  readonly allocationMethod: "direct";
  readonly execution: ExecutionSettings;
  readonly slippage: SlippageSettings;
  readonly fees: FeeSettings;
  readonly financing: FinancingSettings;
  readonly limits: LimitSettings;
  readonly freshness: FreshnessSettings;
  readonly schedule: ScheduleSettings;
};

export type PlanInput = {
  readonly world: World;
  readonly actions: readonly CorporateAction[];
  readonly uses: readonly StrategyUse[];
  readonly settings: PlanSettings;
  readonly sha256: Sha256;
  /** Where an instrument's bars come from, for messages. */
  readonly sourceOf: (instrument: string) => string;
};

/** A variant with what the look-ahead check needs to compute it again. */
export type PlannedVariant = {
  readonly use: StrategyUse;
  readonly series: BarSeries;
  readonly warmup: number;
};

export type Planned = {
  readonly plan: Plan;
  readonly variants: readonly PlannedVariant[];
};

export function buildPlan(input: PlanInput): Planned {
  const { world, settings } = input;
  if (settings.allocationMethod === "direct") requireOneStrategyEach(input.uses);
  requireCurrency(input);
  const pairs = input.uses.flatMap((use) => use.instruments.map((id) => ({ use, id })));
  const variants = pairs.map(({ use, id }) => planVariant(input, use, id));
  const { fees, slippage, financing, limits, schedule, execution } = settings;
  const plan: Plan = {
    variants: variants.map((v) => v.variant),
    decideOn: pickSessions(schedule.decide, world.sessionsMs),
    rebalanceOn: pickSessions(schedule.rebalance, world.sessionsMs),
    sameClose: execution.fill === "same_close",
    marketPhase: execution.fill === "next_open" ? "open" : "close",
    slippage: { bps: slippage.bps, halfSpread: slippage.half_spread },
    fees: world.instruments.map(({ currencyDigits }) => ({
      bps: fees.bps,
      perShare: fees.per_share,
      minimumMinor: amountToMinor(fees.minimum, currencyDigits),
    })),
    debitRate: financing.debit_rate,
    borrowRate: financing.borrow_rate,
    limits: {
      gross: limits.gross,
      net: limits.net,
      symbol: limits.symbol,
      positions: limits.positions,
      shorts: limits.shorts,
    },
    maxAgeSessions: settings.freshness.max_age_sessions,
    initialEquityMinor: amountToMinor(settings.initialEquity, settings.currencyDigits),
    effectiveStart: variants.reduce((latest, v) => Math.max(latest, v.start), 0),
    requiredGates: REQUIRED_GATES,
  };
  return { plan, variants: variants.map((v) => v.planned) };
}

function planVariant(
  input: PlanInput,
  use: StrategyUse,
  id: string,
): { variant: Variant; planned: PlannedVariant; start: number } {
  const i = input.world.indexOf.get(id);
  if (i === undefined) {
    const known = [...input.world.indexOf.keys()].join(", ");
    throw new Fault(
      "data",
      `strategy ${use.name} trades ${id}, which the pack does not hold; it holds ${known}`,
    );
  }
  const series = input.world.series[i];
  requireColumns(input, use, series);
  const actions = actionsOf(input.actions, id);
  const inputs: ColumnInputs = adjustInputs(series, actions);
  const columns = columnsOf(input, use, { id, inputs });
  const rows = series.timesMs.length;
  if (columns.warmup >= rows) {
    throw new Fault(
      "data",
      `${input.sourceOf(id)} ${id}: strategy ${use.name} needs ${columns.warmup + 1} bars before its first forecast, the data has ${rows}; shorten its windows or bring more history`,
    );
  }
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
    instrument: i,
    rowAt: input.world.rowAt[i],
    decide: createDecider(use.strategy, use.params, { ...columns, placeOf: placeIn(use, series) }),
    warmup: columns.warmup,
    ready: readyRows(columns.arrays, columns.warmup, rows),
    splitFactor: actions.some((action) => action.kind === "split") ? inputs.splitFactor : null,
  };
  const start = input.world.sessionOfRow[i]?.[columns.warmup] ?? columns.warmup;
  return { variant, planned: { use, series, warmup: columns.warmup }, start };
}

/** A field that the data does not have is named together with the file that could have it. */
function columnsOf(
  { sourceOf }: PlanInput,
  use: StrategyUse,
  of: { readonly id: string; readonly inputs: ColumnInputs },
): Columns {
  try {
    return compileColumns(use.strategy, use.params, of.inputs);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.kind !== "data") throw cause;
    throw new Fault("data", `${sourceOf(of.id)} ${of.id}: ${cause.message}`, { cause });
  }
}

function placeIn(use: StrategyUse, { instrument, timesMs }: BarSeries): (row: number) => string {
  return (row) => `strategy ${use.name} on ${instrument.id} at ${formatInstant(timesMs[row])}`;
}

export function actionsOf(
  actions: readonly CorporateAction[],
  instrument: string,
): readonly CorporateAction[] {
  return actions.filter((action) => action.instrument === instrument);
}

/** Null when every column is known from the end of warm-up on: the common case, found by a sum. */
function readyRows(
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
  let [a, b, c, d] = [0, 0, 0, 0];
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

/** Direct targets are whole positions: two strategies on one instrument would undo each other. */
function requireOneStrategyEach(uses: readonly StrategyUse[]): void {
  const owner = new Map<string, string>();
  for (const use of uses) {
    for (const id of use.instruments) {
      const other = owner.get(id);
      if (other !== undefined) {
        throw new Fault(
          "mandate",
          `strategies: ${other} and ${use.name} both trade ${id}; with allocation.method direct an instrument belongs to one strategy`,
        );
      }
      owner.set(id, use.name);
    }
  }
}

function requireCurrency({ world, settings, sourceOf }: PlanInput): void {
  for (const { id, currency, currencyDigits } of world.instruments) {
    if (currency === settings.currency && currencyDigits === settings.currencyDigits) continue;
    throw new Fault(
      "mandate",
      `${sourceOf(id)} ${id} is priced in ${currency} (${currencyDigits} digits), the account is in ${settings.currency} (${settings.currencyDigits} digits); set account.currency: ${currency} or correct data.instruments.${id}`,
    );
  }
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
