/**
 * The mandate while its layers are being laid over each other: a tree whose every node knows its
 * origin. Maps merge key by key; lists and scalars of a higher layer replace the lower one whole.
 */
import { invariant } from "../base/assert.ts";
import type { KeyPath, Origin } from "./origin.ts";

export type Scalar = string | number | boolean | null;

export type MapNode = {
  readonly kind: "map";
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, Node>;
};
export type ListNode = {
  readonly kind: "list";
  readonly origin: Origin;
  readonly items: readonly Node[];
};
export type LeafNode = {
  readonly kind: "leaf";
  readonly origin: Origin;
  readonly value: Scalar;
  /** How the scalar was spelt, where that may differ from its value. */
  readonly source: string | null;
};
export type Node = MapNode | ListNode | LeafNode;

/** Plain values of our own (defaults, profiles) as a tree. */
export function nodeOf(value: unknown, origin: Origin): Node {
  if (Array.isArray(value)) {
    return { kind: "list", origin, items: value.map((item) => nodeOf(item, origin)) };
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([k, v]) => [k, nodeOf(v, origin)] as const);
    return { kind: "map", origin, entries: new Map(entries) };
  }
  const scalar = value === null || ["string", "number", "boolean"].includes(typeof value);
  invariant(scalar, 6, () => `a mandate value cannot be a ${typeof value}`);
  return { kind: "leaf", origin, value: value as Scalar, source: null };
}

/** `over` laid on `base`. */
export function merge(base: Node | undefined, over: Node): Node {
  if (base?.kind !== "map" || over.kind !== "map") return over;
  const entries = new Map(base.entries);
  for (const [key, node] of over.entries) entries.set(key, merge(entries.get(key), node));
  // A section the file wrote stays the file's: findings about it point there.
  const file = base.origin.layer === "file" && over.origin.layer !== "file";
  return { kind: "map", origin: file ? base.origin : over.origin, entries };
}

/** `over` laid on what `base` has at `path`; maps on the way are made, list entries must exist. */
export function place(base: Node | undefined, path: KeyPath, over: Node): Node {
  if (path.length === 0) return merge(base, over);
  const [head, ...rest] = path;
  if (base?.kind === "list") {
    const items = [...base.items];
    items[Number(head)] = place(items[Number(head)], rest, over);
    return { kind: "list", origin: base.origin, items };
  }
  const entries = new Map(base?.kind === "map" ? base.entries : []);
  entries.set(head, place(entries.get(head), rest, over));
  return { kind: "map", origin: base?.kind === "map" ? base.origin : over.origin, entries };
}

export function childOf(node: Node | undefined, segment: string): Node | undefined {
  if (node?.kind === "map") return node.entries.get(segment);
  if (node?.kind === "list") return node.items[Number(segment)];
  return undefined;
}

export function nodeAt(root: Node, path: KeyPath): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of path) node = childOf(node, segment);
  return node;
}

/** Where a finding about `path` is reported: the node itself, or the nearest map of the file. */
export function originAt(root: Node, path: KeyPath): Origin {
  const exact = nodeAt(root, path);
  if (exact !== undefined) return exact.origin;
  for (let length = path.length - 1; length > 0; length--) {
    const origin = nodeAt(root, path.slice(0, length))?.origin;
    if (origin?.layer === "file") return origin;
  }
  return root.origin;
}

export function valueOf(node: Node): unknown {
  switch (node.kind) {
    case "leaf":
      return node.value;
    case "list":
      return node.items.map(valueOf);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, child]) => [key, valueOf(child)]));
  }
}

/** The node's children with their segments, in order. */
export function childrenOf(node: Node): readonly (readonly [string, Node])[] {
  if (node.kind === "map") return [...node.entries];
  if (node.kind === "list") return node.items.map((item, i) => [String(i), item] as const);
  return [];
}
