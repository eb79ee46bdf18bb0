/**
 * Plain values as text and back, with everything JSON loses: objects that are reached by two ways stay
 * one, typed arrays keep their kind and every bit, maps stay maps, NaN stays NaN. Enters: records, lists,
 * typed arrays, maps, strings, numbers, booleans, null; leaves: canonical JSON. What has a life of its own
 * (functions, class instances) is refused: a state that cannot be written down cannot be taken up again.
 */
import { invariant } from "../../base/assert.ts";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";

const FORMAT = 1;

type Node =
  | { readonly o: { readonly [key: string]: Json } }
  | { readonly a: readonly Json[] }
  | { readonly m: readonly (readonly [Json, Json])[] }
  | { readonly f: readonly Json[] }
  | { readonly i: readonly number[] }
  | { readonly b: string };

/** Written as {"n": "NaN"}: what JSON has no word for. */
const SPECIAL: { readonly [text: string]: number } = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

export function encodeGraph(root: object): string {
  const ids = new Map<object, number>();
  const nodes: Node[] = [];
  const idOf = (value: object): number => {
    const known = ids.get(value);
    if (known !== undefined) return known;
    const id = ids.size;
    ids.set(value, id);
    // Its place is taken before its parts are walked: a part may point back at it.
    nodes.push({ a: [] });
    nodes[id] = nodeOf(value, cell);
    return id;
  };
  const cell = (value: unknown): Json => {
    if (typeof value === "object" && value !== null) return { r: idOf(value) };
    return scalar(value);
  };
  idOf(root);
  return canonicalJson({ format: FORMAT, nodes } as unknown as Json);
}

/** Only for text whose hash was checked: it is trusted to be ours. */
export function decodeGraph(text: string): unknown {
  const { format, nodes } = JSON.parse(text) as { format: number; nodes: readonly Node[] };
  invariant(format === FORMAT, 20, `a state of format ${format}; this build reads ${FORMAT}`);
  const made = nodes.map(emptyOf);
  const valueOf = (cell: Json): unknown => {
    if (typeof cell !== "object" || cell === null) return cell;
    const { r, n } = cell as { readonly r?: number; readonly n?: string };
    return r === undefined ? SPECIAL[n as string] : made[r];
  };
  for (const [id, node] of nodes.entries()) fill(made[id], node, valueOf);
  return made[0];
}

function nodeOf(value: object, cell: (value: unknown) => Json): Node {
  if (Array.isArray(value)) return { a: value.map(cell) };
  if (value instanceof Float64Array) return { f: Array.from(value, scalar) };
  if (value instanceof Int32Array) return { i: Array.from(value) };
  if (value instanceof Uint8Array) return { b: digitsOf(value) };
  if (value instanceof Map) return { m: [...value].map(([key, held]) => [cell(key), cell(held)]) };
  const prototype: unknown = Object.getPrototypeOf(value);
  invariant(
    prototype === Object.prototype || prototype === null,
    20,
    `a ${value.constructor.name} cannot be written down`,
  );
  return { o: Object.fromEntries(Object.entries(value).map(([key, held]) => [key, cell(held)])) };
}

function scalar(value: unknown): Json {
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { n: Object.is(value, -0) ? "-0" : String(value) };
  }
  invariant(
    value === null || typeof value === "string" || typeof value === "boolean",
    20,
    `a ${typeof value} cannot be written down`,
  );
  return value;
}

/** Flags and codes: one character each, so that a panel of them costs its length. */
function digitsOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    invariant(byte < 36, 20, `a code of ${byte} has no digit`);
    text += byte.toString(36);
  }
  return text;
}

function emptyOf(node: Node): unknown {
  if ("a" in node) return [];
  if ("f" in node) return new Float64Array(node.f.length);
  if ("i" in node) return Int32Array.from(node.i);
  if ("b" in node) return Uint8Array.from(node.b, (digit) => Number.parseInt(digit, 36));
  return "m" in node ? new Map() : {};
}

function fill(into: unknown, node: Node, valueOf: (cell: Json) => unknown): void {
  if ("o" in node) {
    for (const [key, held] of Object.entries(node.o)) {
      (into as { [key: string]: unknown })[key] = valueOf(held);
    }
  } else if ("a" in node) {
    for (const held of node.a) (into as unknown[]).push(valueOf(held));
  } else if ("f" in node) {
    for (let at = 0; at < node.f.length; at++) {
      (into as Float64Array)[at] = valueOf(node.f[at]) as number;
    }
  } else if ("m" in node) {
    for (const [key, held] of node.m)
      (into as Map<unknown, unknown>).set(valueOf(key), valueOf(held));
  }
}
