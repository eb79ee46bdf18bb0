/**
 * RFC 8785 vectors: section 3.2.2 (serialization sample), section 3.2.3 (sorting sample) and
 * appendix B (numbers by their IEEE 754 bits), pinned from the RFC's text.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../../src/base/canonical-json.ts";

function doubleOfBits(hex: string): number {
  return new DataView(Uint8Array.from(Buffer.from(hex, "hex")).buffer).getFloat64(0);
}

const APPENDIX_B: readonly [string, string][] = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["ffefffffffffffff", "-1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef4f", "999999999999999900000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555554", "333333333.33333325"],
  ["41b3de4355555555", "333333333.3333333"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

/** The oracle: JSON.stringify over a copy whose keys were put in order by a plain sort. */
function naive(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(naive).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const record = value as { readonly [key: string]: Json };
  const keys = Object.keys(record).sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${naive(record[key])}`).join(",")}}`;
}

/** The same content with every object's keys the other way round. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, turned(member)] as const);
  return Object.fromEntries(entries.reverse());
}

const anyJson = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }) as fc.Arbitrary<Json>,
    fc.integer() as fc.Arbitrary<Json>,
    fc.string({ unit: "binary" }) as fc.Arbitrary<Json>,
    fc.array(tie("value"), { maxLength: 5 }) as fc.Arbitrary<Json>,
    fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), {
      maxKeys: 40,
    }) as fc.Arbitrary<Json>,
    // Keys that engines order or assign in their own way, and texts that look like an escape.
    fc.dictionary(fc.constantFrom("b", "10", "9", "a", "__proto__", "toJSON"), tie("value"), {
      noNullPrototype: false,
    }) as fc.Arbitrary<Json>,
    fc.constantFrom("\\ud800", "\\\\ud", "\u{1f600}") as fc.Arbitrary<Json>,
  ),
})).value;

describe("canonical JSON by RFC 8785", () => {
  it.each(APPENDIX_B)("appendix B: %s is %s", (bits, text) => {
    expect(canonicalJson(doubleOfBits(bits))).toBe(text);
  });

  it.each(["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])(
    "appendix B: %s is an error",
    (bits) => {
      expect(() => canonicalJson(doubleOfBits(bits))).toThrow(TypeError);
    },
  );

  it("section 3.2.2: literals, numbers and strings", () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("section 3.2.3: keys in the order of their UTF-16 code units", () => {
    const sample = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const order = [...canonicalJson(sample).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });
});

describe("canonical JSON", () => {
  it("equals the naive writer, reads back to itself and does not depend on key order", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(text).toBe(naive(value));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(turned(value))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Json, string]>([
    ["plain keys", { y: 1, x: 2 }, '{"x":2,"y":1}'],
    ["numbers as keys", { x: 1, 9: 2, 10: 3 }, '{"10":3,"9":2,"x":1}'],
    ["what looks like an escape", { e: "\\ud83d", d: 1 }, '{"d":1,"e":"\\\\ud83d"}'],
  ])("orders a level deep down, leaving what it was given as it was: %s", (_, deep, text) => {
    const given = { a: [{ c: 1, b: [{ k: [0], l: deep }] }], d: 0 };
    const before = JSON.stringify(given);
    expect(canonicalJson(given)).toBe(`{"a":[{"b":[{"k":[0],"l":${text}}],"c":1}],"d":0}`);
    expect(JSON.stringify(given)).toBe(before);
  });

  it("escapes every control character, the quote and the backslash as JSON does", () => {
    for (let code = 0; code < 0x180; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      expect(canonicalJson(text)).toBe(JSON.stringify(text));
    }
    expect(canonicalJson("line\n")).toBe('"line\\n"');
  });

  it("keeps a key named __proto__ and an object without prototype", () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":2}'))).toBe('{"__proto__":2,"b":1}');
    expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  });

  const refused: readonly [string, unknown][] = [
    ["undefined", undefined],
    ["an undefined member", { a: undefined }],
    ["a hole in a list", new Array(1)],
    ["infinity, deep", { a: [{ b: Number.POSITIVE_INFINITY }] }],
    ["a lone surrogate, deep", { a: [{ b: "x\udfff" }] }],
    ["a toJSON function", { a: 1, toJSON: () => "a" }],
    ["a boxed number", [Object(1)]],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a bigint", 1n],
    ["NaN in a list", [Number.NaN]],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate as key", { "\udc00": 1 }],
    ["a Map", new Map([["a", 1]])],
    ["a Date", new Date(0)],
    ["a typed array", Float64Array.of(1)],
  ];

  it.each(refused)("refuses %s", (_name, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(TypeError);
  });
});
