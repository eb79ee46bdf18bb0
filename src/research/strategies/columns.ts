/**
 * A strategy's declared columns, computed. In: the definition, complete parameters, the series of
 * its instruments. Out, for each instrument: names and one array each (NaN while not known), the
 * number of warm-up rows counted from the expressions, and the data fields they need. Common
 * subexpressions are computed once. Refuses: columns that are not made by the given `m` (Fault
 * "strategy"), and a field the data does not have (Fault "data").
 */
import type { Series } from "../../base/indicators/series.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import { Fault } from "../../domain/fault.ts";
import type { Market, Strategy } from "../../domain/strategy.ts";
import { createGraph, describe, foundations, type Graph, type RequiredField } from "./graph.ts";
import { createMarket } from "./market.ts";

export type Columns = {
  readonly names: readonly string[];
  /** In the order of `names`; not to be written to: an input may be among them. */
  readonly arrays: readonly Float64Array[];
  /** First row on which every column can be known. */
  readonly warmup: number;
  readonly requires: readonly RequiredField[];
};

export type Params = { readonly [name: string]: number };

/** One instrument of the strategy. */
export type PanelMember = {
  readonly inputs: ColumnInputs;
  /** Of its rows, ascending: rows of one time are compared with each other. */
  readonly timesMs: Float64Array;
  /** What a message calls its data: "prices.csv SPY". */
  readonly place?: string;
};

/** A set of parameters' columns as nodes of a graph. */
export type ColumnPlan = {
  readonly graph: Graph;
  readonly names: readonly string[];
  /** The graph node of each name. */
  readonly roots: readonly number[];
};

const FIELD_ORDER: readonly RequiredField[] = ["open", "high", "low", "volume", "carry"];
const COLUMN_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const NO_TIMES = new Float64Array(0);

/** The columns of one instrument by itself: it stands alone in every rank. */
export function compileColumns(strategy: Strategy, params: Params, inputs: ColumnInputs): Columns {
  // A member without others is compared with nobody, so its times are not read.
  return compilePanel(strategy, params, [{ inputs, timesMs: NO_TIMES }])[0];
}

/** In the order of `members`. */
export function compilePanel(
  strategy: Strategy,
  params: Params,
  members: readonly PanelMember[],
): readonly Columns[] {
  const plan = planColumns(strategy, params);
  const order = foundations(plan.graph.nodes, plan.roots);
  // Member by member, so that one's intermediate arrays are gone before the next one's are made.
  if (!comparesMembers(plan, order)) {
    return members.map((member) => {
      const results: Results = new Map();
      for (const number of order) computeOne(strategy, plan, number, { member, results });
      return columnsOf(plan, order, results);
    });
  }
  const works = members.map((member): Work => ({ member, results: new Map() }));
  for (const number of order) computeAll(strategy, plan, number, works);
  return works.map(({ results }) => columnsOf(plan, order, results));
}

/** Whether any column compares the strategy's instruments with each other. */
export function readsPanel(strategy: Strategy, params: Params): boolean {
  const plan = planColumns(strategy, params);
  return comparesMembers(plan, foundations(plan.graph.nodes, plan.roots));
}

/** Whether any column remembers all bars before it: ema, rsi, atr, adx, latch. */
export function readsRecursive(strategy: Strategy, params: Params): boolean {
  const plan = planColumns(strategy, params);
  return foundations(plan.graph.nodes, plan.roots).some((n) => plan.graph.nodes[n].recursive);
}

function comparesMembers({ graph }: ColumnPlan, order: readonly number[]): boolean {
  return order.some((number) => graph.nodes[number].across !== undefined);
}

/** What is computed already, by node. */
export type Results = Map<number, Series>;
export type Work = { readonly member: PanelMember; readonly results: Results };

/** One node for every member; what it reads is there. */
export function computeAll(
  strategy: Strategy,
  plan: ColumnPlan,
  number: number,
  works: readonly Work[],
): void {
  const { across, reads } = plan.graph.nodes[number];
  if (across === undefined) {
    for (const work of works) computeOne(strategy, plan, number, work);
    return;
  }
  const series = reads.map((read) => works.map(({ results }) => known(results, read)));
  const answers = across(
    series,
    works.map(({ member }) => member.timesMs),
  );
  works.forEach(({ results }, m) => results.set(number, answers[m]));
}

function computeOne(
  strategy: Strategy,
  plan: ColumnPlan,
  number: number,
  { member, results }: Work,
): void {
  const node = plan.graph.nodes[number];
  if (node.compute === undefined) throw new TypeError(`node ${number} needs all members`);
  const reads = node.reads.map((read) => known(results, read));
  const result = node.compute(reads, member.inputs);
  if (result === null) throw missingField(strategy, plan, number, member);
  results.set(number, result);
}

function columnsOf(plan: ColumnPlan, order: readonly number[], results: Results): Columns {
  return { ...outputsOf(plan, results), requires: requiredFields(plan.graph, order) };
}

/** Everything but the fields they need. */
export function outputsOf(plan: ColumnPlan, results: Results): Omit<Columns, "requires"> {
  const outputs = plan.roots.map((root) => known(results, root));
  return {
    names: plan.names,
    arrays: outputs.map((output) => output.values),
    warmup: outputs.reduce((most, output) => Math.max(most, output.warmup), 0),
  };
}

/** Refuses, without any data, what a strategy declares wrongly. */
export function checkColumns(strategy: Strategy, params: Params): void {
  planColumns(strategy, params);
}

function planColumns(strategy: Strategy, params: Params): ColumnPlan {
  const graph = createGraph(strategy.name);
  return planOn(graph, createMarket(graph), { strategy, params });
}

/** On a graph that may hold the nodes of other parameters already, and its market. */
export function planOn(
  graph: Graph,
  market: Market,
  { strategy, params }: { readonly strategy: Strategy; readonly params: Params },
): ColumnPlan {
  const declared = callColumns(strategy, market, params);
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) {
    throw new Fault(
      "strategy",
      `strategy ${strategy.name}: columns(m, p) returned ${describe(declared)}, expected an object of columns such as { close: m.close }`,
    );
  }
  const names = Object.keys(declared);
  for (const name of names) {
    if (COLUMN_NAME.test(name) && name !== "constructor") continue;
    throw new Fault(
      "strategy",
      `strategy ${strategy.name}: ${JSON.stringify(name)} cannot name a column; use letters, digits and _`,
    );
  }
  const roots = names.map((name) => graph.numberOf(declared[name], null, `column ${name}`));
  return { graph, names: Object.freeze(names), roots };
}

function callColumns(
  strategy: Strategy,
  market: Market,
  params: Params,
): { readonly [name: string]: unknown } {
  try {
    return strategy.columns(market, params) as { readonly [name: string]: unknown };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("strategy", `strategy ${strategy.name}: columns(m, p) failed: ${reason}`, {
      cause,
    });
  }
}

function requiredFields(graph: Graph, numbers: readonly number[]): readonly RequiredField[] {
  const fields = new Set(numbers.map((number) => graph.nodes[number].field));
  return FIELD_ORDER.filter((field) => fields.has(field));
}

function missingField(
  strategy: Strategy,
  plan: ColumnPlan,
  leaf: number,
  member: PanelMember,
): Fault {
  const { field } = plan.graph.nodes[leaf];
  const index = plan.roots.findIndex((root) =>
    foundations(plan.graph.nodes, [root]).includes(leaf),
  );
  const remedy =
    field === "carry"
      ? "only a future with the contract that follows it has a carry: trade this strategy on futures"
      : `map a ${field} column in the data section, or use close alone`;
  const where = member.place === undefined ? "" : `${member.place}: `;
  return new Fault(
    "data",
    `${where}strategy ${strategy.name}: column ${plan.names[index]} reads ${field}, which the data does not have; ${remedy}`,
  );
}

function known(results: ReadonlyMap<number, Series>, number: number): Series {
  const result = results.get(number);
  if (result === undefined) throw new TypeError(`node ${number} is read before it is computed`);
  return result;
}
