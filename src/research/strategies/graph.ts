/**
 * The expression graph behind a strategy's columns. A node is named by what it computes over which
 * nodes, so the same expression exists once. Handles are empty frozen objects: the map from handle
 * to node stays in here, and a handle of another graph, a number or an array is not in it.
 * Nodes are numbered in the order they are made, so every node comes after what it reads.
 */
import type { Series } from "../../base/indicators/series.ts";
import { Fault } from "../../domain/fault.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import type { Column, Condition } from "../../domain/strategy.ts";

/** Data a source may lack. */
export type RequiredField = "open" | "high" | "low" | "volume" | "carry";

export type NodeKind = "number" | "condition";

/** For one instrument; null only where the data has no such field. */
type Compute = (reads: readonly Series[], inputs: ColumnInputs) => Series | null;

/** For all instruments of the strategy at once: per read and instrument in, per instrument out. */
type Across = (
  reads: readonly (readonly Series[])[],
  timesMs: readonly Float64Array[],
) => readonly Series[];

type Work =
  | { readonly compute: Compute; readonly across?: never }
  | { readonly across: Across; readonly compute?: never };

export type GraphNode = Work & {
  readonly kind: NodeKind;
  readonly reads: readonly number[];
  /** The field a leaf needs from the data; null for everything computed or always present. */
  readonly field: RequiredField | null;
  /** A value depends on all bars before it, not on a window of them: it never quite forgets its start. */
  readonly recursive: boolean;
};

export type NodeSpec = Work & {
  readonly name: string;
  readonly kind: NodeKind;
  readonly reads?: readonly number[];
  /** Numbers that belong to the operation: windows, levels. */
  readonly settings?: readonly number[];
  readonly field?: RequiredField | null;
  readonly recursive?: boolean;
};

export type Graph = {
  readonly owner: string;
  readonly nodes: readonly GraphNode[];
  readonly make: (spec: NodeSpec) => Column & Condition;
  /** The node's number; throws Fault("strategy") unless the handle is of this graph and kind. */
  readonly numberOf: (handle: unknown, kind: NodeKind | null, where: string) => number;
};

export function createGraph(owner: string): Graph {
  const nodes: GraphNode[] = [];
  const byKey = new Map<string, Column & Condition>();
  const numbers = new Map<unknown, number>();
  const make = (spec: NodeSpec): Column & Condition => {
    const reads = spec.reads ?? [];
    const key = `${spec.name}(${reads.join(",")};${(spec.settings ?? []).join(",")})`;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const handle = createHandle(owner);
    byKey.set(key, handle);
    numbers.set(handle, nodes.length);
    const { kind, field = null, recursive = false } = spec;
    const work: Work =
      spec.across === undefined ? { compute: spec.compute } : { across: spec.across };
    nodes.push({ kind, reads, field, recursive, ...work });
    return handle;
  };
  const numberOf = (handle: unknown, kind: NodeKind | null, where: string): number => {
    const found = numbers.get(handle);
    if (found === undefined) {
      throw new Fault(
        "strategy",
        `strategy ${owner}: ${where} is ${describe(handle)}, not a column made by this m; use m.close, m.sma(...), m.constant(1) and the like`,
      );
    }
    if (kind !== null && nodes[found].kind !== kind) {
      const need =
        kind === "condition" ? "a condition (m.gt, m.rising, ...)" : "a column of numbers";
      throw new Fault("strategy", `strategy ${owner}: ${where} needs ${need}`);
    }
    return found;
  };
  return { owner, nodes, make, numberOf };
}

/** The nodes a node stands on, itself included, in the order in which they can be computed. */
export function foundations(nodes: readonly GraphNode[], roots: readonly number[]): number[] {
  const wanted = new Set<number>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (wanted.has(next)) continue;
    wanted.add(next);
    open.push(...nodes[next].reads);
  }
  return [...wanted].sort((a, b) => a - b);
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean")
    return `the ${typeof value} ${value}`;
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "an array";
  return typeof value === "function" ? "a function" : "an object";
}

/** An opaque column: using it as a number (`m.close + 1`) fails loudly. */
function createHandle(owner: string): Column & Condition {
  const refuse = (): never => {
    throw new Fault(
      "strategy",
      `strategy ${owner}: a column is not a number; compute with m.add, m.sub, m.mul, m.div, or do it in decide`,
    );
  };
  const handle = Object.create(null) as Record<symbol, unknown>;
  Object.defineProperty(handle, Symbol.toPrimitive, { value: refuse });
  return Object.freeze(handle) as unknown as Column & Condition;
}
