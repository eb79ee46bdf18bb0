import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trackReads } from "../../../src/mandate/reads.ts";
import { GOOD, resolve } from "./sections.ts";

const PLANTED = {
  name: "x",
  fees: { per_share: 1, minimum: null },
  list: [
    { file: "a", window: 2 },
    { file: "b", window: 3 },
  ],
  ids: ["A", "B"],
  ships: { "BRK.B": { lot: 1 } },
  empty: {},
  none: [],
};

describe("trackReads", () => {
  it("names a key nobody read, and nothing else", () => {
    const { values, unread } = trackReads(PLANTED);
    JSON.stringify({ ...values, fees: null });
    expect(values.fees.per_share).toBe(1);
    expect(unread()).toEqual(["fees.minimum"]);
  });

  it("starts with every leaf unread", () => {
    expect(trackReads(PLANTED).unread()).toEqual([
      "name",
      "fees.per_share",
      "fees.minimum",
      "list.0.file",
      "list.0.window",
      "list.1.file",
      "list.1.window",
      "ids.0",
      "ids.1",
      'ships["BRK.B"].lot',
      "empty",
      "none",
    ]);
  });

  const readers: [string, (values: typeof PLANTED) => unknown, readonly string[]][] = [
    ["JSON", (v) => JSON.stringify(v.list), ["list."]],
    ["Object.entries", (v) => Object.entries(v.fees), ["fees."]],
    ["destructuring", ({ fees: { per_share, minimum } }) => [per_share, minimum], ["fees."]],
    ["spread", (v) => ({ ...v.fees }), ["fees."]],
    [
      "for..of",
      (v) => {
        const seen = [];
        for (const id of v.ids) seen.push(id);
        return seen;
      },
      ["ids."],
    ],
    ["map", (v) => v.ids.map((id) => id.toLowerCase()), ["ids."]],
    ["includes", (v) => v.ids.includes("B"), ["ids."]],
    ["map of members", (v) => v.list.map((item) => item.file), ["list.0.file", "list.1.file"]],
    ["Object.values of a map", (v) => Object.values(v.ships).map((ship) => ship.lot), ["ships["]],
    ["an empty map", (v) => Object.keys(v.empty), ["empty"]],
    ["an empty list", (v) => v.none.length, ["none"]],
  ];
  it.each(readers)("counts %s as reading", (_, read, prefixes) => {
    const { values, unread } = trackReads(PLANTED);
    const before = unread();
    expect(read(values)).toEqual(read(PLANTED));
    const isRead = (key: string) => prefixes.some((prefix) => key.startsWith(prefix));
    expect(unread()).toEqual(before.filter((key) => !isRead(key)));
  });

  it("does not count names and lengths", () => {
    const { values, unread } = trackReads(PLANTED);
    expect([
      Object.keys(values.fees),
      values.list.length,
      "minimum" in values.fees,
      Array.isArray(values.ids),
    ]).toEqual([["per_share", "minimum"], 2, true, true]);
    expect(unread()).toHaveLength(12);
  });

  it("works on frozen values, equals them, and stays frozen", () => {
    const resolved = resolve(GOOD).values;
    const { values, unread } = trackReads(resolved);
    expect(values).toEqual(resolved);
    expect(unread()).toEqual([]);
    expect(() => Object.assign(values, { seed: 2 })).toThrow(TypeError);
  });

  it("leaves exactly the flat keys that were not read", () => {
    const flat = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.integer(), { maxKeys: 8 });
    fc.assert(
      fc.property(flat, fc.array(fc.nat(7)), (record, picks) => {
        const keys = Object.keys(record);
        const read = new Set(picks.filter((i) => i < keys.length).map((i) => keys[i]));
        const { values, unread } = trackReads(record);
        for (const key of read) expect(values[key]).toBe(record[key]);
        expect(unread()).toEqual(keys.filter((key) => !read.has(key)));
      }),
    );
  });
});
