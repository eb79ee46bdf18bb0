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

/** Printed as it is walked, not built and printed after: every day of an account writes its state. */
export function encodeGraph(root: object): string {
  const ids = new Map<object, number>([[root, 0]]);
  // Grows while it is walked: what is found has its place before it is written, so that a part may point
  // back at it, and nothing is as deep as the graph is.
  const found: object[] = [root];
  const cell = (value: unknown): string => {
    if (typeof value !== "object" || value === null) return scalarText(value);
    let id = ids.get(value);
    if (id === undefined) {
      id = found.length;
      ids.set(value, id);
      found.push(value);
    }
    return `{"r":${id}}`;
  };
  let nodes = "";
  for (const value of found) nodes += `${nodes === "" ? "" : ","}${nodeText(value, cell)}`;
  return `{"format":${FORMAT},"nodes":[${nodes}]}`;
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

function nodeText(value: object, cell: (value: unknown) => string): string {
  if (Array.isArray(value)) return `{"a":[${Array.from(value, cell).join()}]}`;
  if (value instanceof Float64Array) return `{"f":[${numbersText(value)}]}`;
  if (value instanceof Int32Array) return `{"i":[${value.join()}]}`;
  if (value instanceof Uint8Array) return `{"b":"${digitsOf(value)}"}`;
  if (value instanceof Map) {
    const pairs = Array.from(value, ([key, held]) => `[${cell(key)},${cell(held)}]`);
    return `{"m":[${pairs.join()}]}`;
  }
  return recordText(value, cell);
}

function recordText(value: object, cell: (value: unknown) => string): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  invariant(
    prototype === Object.prototype || prototype === null,
    20,
    () => `a ${value.constructor.name} cannot be written down`,
  );
  invariant(
    !Object.hasOwn(value, "__proto__"),
    20,
    "a record with a key __proto__ cannot be read back",
  );
  const record = value as { readonly [key: string]: unknown };
  // In the order in which they are printed: the text does not tell which key was set first.
  const keys = Object.keys(record).sort();
  let parts = "";
  for (const key of keys) {
    parts += `${parts === "" ? "" : ","}${canonicalJson(key)}:${cell(record[key])}`;
  }
  return `{"o":{${parts}}}`;
}

function scalarText(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  invariant(
    value === null || typeof value === "string" || typeof value === "boolean",
    20,
    () => `a ${typeof value} cannot be written down`,
  );
  return canonicalJson(value);
}

function numberText(value: number): string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return `${value}`;
  return `{"n":"${Object.is(value, -0) ? "-0" : value}"}`;
}

function numbersText(values: Float64Array): string {
  let text = "";
  for (let at = 0; at < values.length; at++) {
    text += at === 0 ? numberText(values[at]) : `,${numberText(values[at])}`;
  }
  return text;
}

/** Flags and codes: one character each, so that a panel of them costs its length. */
function digitsOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    invariant(byte < DIGITS.length, 20, () => `a code of ${byte} has no digit`);
    text += DIGITS[byte];
  }
  return text;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** The codes that digits stand for, by their character. */
const CODES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const code = DIGITS.indexOf(String.fromCharCode(unit));
  return Math.max(0, code);
});

function bytesOf(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = CODES[digits.charCodeAt(at)];
  return bytes;
}

function emptyOf(node: Node): unknown {
  if ("a" in node) return [];
  if ("f" in node) return new Float64Array(node.f.length);
  if ("i" in node) return Int32Array.from(node.i);
  if ("b" in node) return bytesOf(node.b);
  return "m" in node ? new Map() : {};
}

function fill(into: unknown, node: Node, valueOf: (cell: Json) => unknown): void {
  if ("o" in node) {
    const record = into as { [key: string]: unknown };
    for (const key of Object.keys(node.o)) record[key] = valueOf(node.o[key]);
  } else if ("a" in node) {
    for (const held of node.a) (into as unknown[]).push(valueOf(held));
  } else if ("f" in node) {
    const values = into as Float64Array;
    for (let at = 0; at < values.length; at++) values[at] = valueOf(node.f[at]) as number;
  } else if ("m" in node) {
    for (const [key, held] of node.m)
      (into as Map<unknown, unknown>).set(valueOf(key), valueOf(held));
  }
}
