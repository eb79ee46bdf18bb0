/**
 * A strategy's declared columns, computed. In: the definition, complete parameters, the series of
 * one instrument. Out: names and one array each (NaN while not known), the number of warm-up rows
 * counted from the expressions, and the data fields they need. Common subexpressions are computed
 * once. Refuses: columns that are not made by the given `m` (Fault "strategy"), and a field the
 * data does not have (Fault "data").
 */
import type { Series } from "../../base/indicators/series.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
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

type Plan = {
  readonly graph: Graph;
  readonly names: readonly string[];
  /** The graph node of each name. */
  readonly roots: readonly number[];
};

const FIELD_ORDER: readonly RequiredField[] = ["open", "high", "low", "volume"];
const COLUMN_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

export function compileColumns(strategy: Strategy, params: Params, inputs: ColumnInputs): Columns {
  const plan = planColumns(strategy, params);
  const order = foundations(plan.graph.nodes, plan.roots);
  const results = new Map<number, Series>();
  for (const number of order) {
    const node = plan.graph.nodes[number];
    const reads = node.reads.map((read) => known(results, read));
    const result = node.compute(reads, inputs);
    if (result === null) throw missingField(strategy, plan, number);
    results.set(number, result);
  }
  const outputs = plan.roots.map((root) => known(results, root));
  return {
    names: plan.names,
    arrays: outputs.map((output) => output.values),
    warmup: outputs.reduce((most, output) => Math.max(most, output.warmup), 0),
    requires: requiredFields(plan.graph, order),
  };
}

/** Refuses, without any data, what a strategy declares wrongly. */
export function checkColumns(strategy: Strategy, params: Params): void {
  planColumns(strategy, params);
}

function planColumns(strategy: Strategy, params: Params): Plan {
  const graph = createGraph(strategy.name);
  const declared = callColumns(strategy, graph, params);
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
  graph: Graph,
  params: Params,
): { readonly [name: string]: unknown } {
  try {
    return strategy.columns(createMarket(graph), params) as { readonly [name: string]: unknown };
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

function missingField(strategy: Strategy, plan: Plan, leaf: number): Fault {
  const { field } = plan.graph.nodes[leaf];
  const index = plan.roots.findIndex((root) =>
    foundations(plan.graph.nodes, [root]).includes(leaf),
  );
  return new Fault(
    "data",
    `strategy ${strategy.name}: column ${plan.names[index]} reads ${field}, which the data does not have; map a ${field} column in the data section, or use close alone`,
  );
}

function known(results: ReadonlyMap<number, Series>, number: number): Series {
  const result = results.get(number);
  if (result === undefined) throw new TypeError(`node ${number} is read before it is computed`);
  return result;
}
