/**
 * The text a trading state is kept as: whatever graph of plain values goes in comes out, bit for bit, with
 * every two ways to one object still leading to one. What has a life of its own is refused, never thinned.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeGraph, encodeGraph } from "../../../src/engine/trading/graph-codec.ts";

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 2 ** 53),
);
const scalar = fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null));
const key = fc.string().filter((text) => text !== "__proto__");
const typed = fc.oneof(
  fc.array(number).map((values) => Float64Array.from(values)),
  fc.int32Array(),
  fc.array(fc.nat(35)).map((values) => Uint8Array.from(values)),
);
type Held = { held: unknown[] };

/** Records, lists and maps that hold scalars, typed arrays and each other, by any way there is: circles too. */
const graph = fc
  .record({
    leaves: fc.array(fc.oneof(scalar, typed), { maxLength: 8 }),
    shapes: fc.array(fc.constantFrom("record", "list", "map"), { minLength: 1, maxLength: 8 }),
    names: fc.uniqueArray(key, { minLength: 8, maxLength: 8 }),
    edges: fc.array(fc.tuple(fc.nat(7), fc.nat(15)), { maxLength: 30 }),
  })
  .map(({ leaves, shapes, names, edges }) => {
    const nodes = shapes.map((shape) =>
      shape === "record" ? {} : shape === "list" ? [] : new Map<unknown, unknown>(),
    );
    const things: unknown[] = [...nodes, ...leaves];
    for (const [n, [from, to]] of edges.entries()) {
      const node = nodes[from % nodes.length];
      const thing = things[to % things.length];
      if (Array.isArray(node)) (node as unknown[]).push(thing);
      else if (node instanceof Map) node.set(n % 2 === 0 ? names[n % 8] : thing, thing);
      else (node as { [name: string]: unknown })[names[n % 8]] = thing;
    }
    return { held: nodes } as Held;
  });

const back = <T extends object>(value: T): T => decodeGraph(encodeGraph(value)) as T;

describe("the text of a state", () => {
  it("gives back every graph: values, kinds, and what is one stays one", () => {
    fc.assert(
      fc.property(graph, (value) => {
        expect(difference(value, back(value))).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  it("is the same text for the same graph, and again once it was read", () => {
    fc.assert(
      fc.property(graph, (value) => {
        const text = encodeGraph(value);
        expect(encodeGraph(value)).toBe(text);
        expect(encodeGraph(decodeGraph(text) as object)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it("is nowhere as deep as the graph", () => {
    let chain: { next: unknown } = { next: null };
    const end = chain;
    for (let n = 0; n < 100_000; n++) chain = { next: chain };
    end.next = chain;
    const read = back(chain);
    let at = read;
    for (let n = 0; n < 100_001; n++) at = at.next as { next: unknown };
    expect(at).toBe(read);
  });

  it("keeps arrays of doubles by their bits", () => {
    const values = [-0, 0, 0.1 + 0.2, Number.NaN, -Infinity, 5e-324, 1e300];
    const read = back({ column: Float64Array.from(values) }).column;
    expect(new Uint8Array(read.buffer)).toEqual(new Uint8Array(Float64Array.from(values).buffer));
  });

  const holed = [1];
  holed[2] = 3;
  class Alive {
    readonly since = 1;
  }
  it.each<[string, unknown, RegExp]>([
    ["a function", () => 1, /a function cannot be written/],
    ["an instance", new Alive(), /a Alive cannot be written/],
    ["a set", new Set([1]), /a Set cannot be written/],
    ["a date", new Date(0), /a Date cannot be written/],
    ["a bigint", 1n, /a bigint cannot be written/],
    ["a symbol", Symbol("s"), /a symbol cannot be written/],
    ["nothing at all", undefined, /a undefined cannot be written/],
    ["a list with a hole", holed, /a undefined cannot be written/],
    ["another kind of array", new Float32Array(2), /a Float32Array cannot be written/],
    ["a code beyond its digits", Uint8Array.of(36), /a code of 36 has no digit/],
    ["a key that is none", JSON.parse('{"__proto__": 1}'), /__proto__ cannot be read back/],
  ])("refuses %s, wherever it lies", (_, value, message) => {
    expect(() => encodeGraph({ held: value })).toThrow(message);
    expect(() => encodeGraph({ deep: [new Map([["in", { a: value }]])] })).toThrow(message);
  });

  it("refuses a text of another format", () => {
    expect(() => decodeGraph('{"format":2,"nodes":[]}')).toThrow(/a state of format 2/);
  });
});

/** Two graphs walked side by side: null, or where they part. Identity counts, in both directions. */
function difference(left: unknown, right: unknown): string | null {
  const paired = new Map<unknown, unknown>();
  const taken = new Map<unknown, unknown>();
  const waiting: [string, unknown, unknown][] = [["", left, right]];
  for (const [path, a, b] of waiting) {
    if (typeof a !== "object" || a === null) {
      if (!Object.is(a, b)) return `${path}: ${String(a)} and ${String(b)}`;
      continue;
    }
    if (paired.has(a) || taken.has(b)) {
      if (paired.get(a) !== b || taken.get(b) !== a)
        return `${path}: one object became two, or two one`;
      continue;
    }
    paired.set(a, b);
    taken.set(b, a);
    if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b))
      return `${path}: another kind`;
    const [parts, others] = [partsOf(a), partsOf(b as object)];
    if (parts.length !== others.length)
      return `${path}: ${parts.length} and ${others.length} parts`;
    for (const [n, part] of parts.entries()) waiting.push([`${path}.${n}`, part, others[n]]);
  }
  return null;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return Object.keys(value)
    .sort()
    .flatMap((name) => [name, (value as { [name: string]: unknown })[name]]);
}
