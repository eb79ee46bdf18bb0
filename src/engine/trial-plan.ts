/**
 * The plan of one strategy that trades targets, for one set of parameters after another. Enters: what
 * a plan is made of; leaves: the plan that buildPlan would make of the same parameters, in the same
 * objects each time. Parameters reach columns, warm-up and answers; terms, gates and the
 * instruments' series are made once. A variant's id, a hash, is made where somebody asks for it:
 * only the order of several instruments' wishes does. Refuses what buildPlan refuses.
 */
import type { Params } from "../research/strategies/columns.ts";
import {
  type CachedColumns,
  type ColumnCache,
  createColumnCache,
} from "../research/strategies/column-cache.ts";
import { createTargetDecider } from "../research/strategies/decider.ts";
import { variantId } from "../research/strategies/variant.ts";
import { planTerms } from "./plan.ts";
import type { PlanInput, StrategyUse } from "./plan-input.ts";
import {
  forecasterOf,
  type Member,
  memberOf,
  placeIn,
  readyRows,
  requireRows,
} from "./plan-variant.ts";
import type { Plan, Variant } from "./state.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type TrialPlanner = {
  /** The same object each time, for the parameters given last. */
  readonly planFor: (params: Params) => Plan;
};

export function createTrialPlanner(input: PlanInput, cacheBytes?: number): TrialPlanner {
  const [use] = input.uses;
  const members = use.instruments.map((id) => memberOf(input, use, id));
  const cache: ColumnCache = createColumnCache(
    use.strategy,
    members,
    cacheBytes === undefined ? {} : { limitBytes: cacheBytes },
  );
  const terms = planTerms(input);
  let slots: readonly VariantSlot[] | null = null;
  let plan: Mutable<Plan> | null = null;
  const planFor = (params: Params): Plan => {
    const columns = cache.compile(params);
    if (slots === null || !sameNames(slots[0].names, columns[0].names)) {
      slots = members.map((member, n) => createSlot(input, { use, member, columns: columns[n] }));
    }
    let start = 0;
    for (let n = 0; n < slots.length; n++) {
      slots[n].bind(params, columns[n]);
      start = Math.max(start, slots[n].variant.start);
    }
    plan ??= { variants: [], ...terms, effectiveStart: 0, layers: null };
    if (plan.variants[0] !== slots[0].variant) plan.variants = slots.map((slot) => slot.variant);
    plan.effectiveStart = start;
    return plan;
  };
  return { planFor };
}

type VariantSlot = {
  /** Of its columns: parameters may choose which there are. */
  readonly names: readonly string[];
  readonly variant: Variant;
  readonly bind: (params: Params, columns: CachedColumns) => void;
};

function createSlot(
  input: PlanInput,
  of: { readonly use: StrategyUse; readonly member: Member; readonly columns: CachedColumns },
): VariantSlot {
  const { use, member } = of;
  const { id: instrument, index, series } = member;
  const { strategy, codeHash } = use;
  const placeOf = placeIn(use, series);
  const sessionOfRow = input.world.sessionOfRow[index];
  const rows = series.timesMs.length;
  let params: Params = {};
  let id: string | null = null;
  let decided = { ...of.columns, placeOf };
  const { bind: bindDecider, ...decider } = createTargetDecider(strategy, params, decided);
  const variant: Mutable<Variant> = {
    get id() {
      const { name: strategyName, version } = strategy;
      id ??= variantId({ strategyName, codeHash, version, params, instrument }, input.sha256);
      return id;
    },
    strategy: use.name,
    instrument: index,
    rowAt: input.world.rowAt[index],
    ...decider,
    forecast: (row) => forecasterOf({ ...use, params }, decided)(row),
    warmup: 0,
    start: 0,
    ready: null,
    splitFactor: member.isAdjusted ? member.inputs.splitFactor : null,
  };
  const bind = (next: Params, columns: CachedColumns): void => {
    const { arrays, warmup, lastUnknown } = columns;
    requireRows(use, member, warmup);
    params = next;
    id = null;
    decided = { ...columns, placeOf };
    bindDecider(next, arrays);
    variant.warmup = warmup;
    variant.start = sessionOfRow === null ? warmup : sessionOfRow[warmup];
    variant.ready = lastUnknown < warmup ? null : readyRows(arrays, warmup, rows);
  };
  return { names: of.columns.names, variant, bind };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, n) => name === b[n]);
}
