import fc from "fast-check";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Section } from "../../../src/domain/section.ts";
import { renderOrigin } from "../../../src/mandate/origin.ts";
import type { MandateInput, Resolved } from "../../../src/mandate/resolve.ts";
import { GOOD, refusal, resolve, SECTIONS } from "./sections.ts";

function at(resolved: Resolved, key: string) {
  const origin = resolved.origins.get(key);
  return origin === undefined ? undefined : renderOrigin(origin);
}

describe("layers", () => {
  it("takes every value from the highest layer that has it, and says so", () => {
    const layer = fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined });
    fc.assert(
      fc.property(fc.boolean(), layer, layer, layer, (dear, file, environment, flag) => {
        const text = GOOD.replace("plain", dear ? "dear" : "plain").replace(
          "per_share: 0.01",
          `per_share: 0${file === undefined ? "" : `\n  bps: ${file}`}`,
        );
        const resolved = resolve(text, {
          environment: {
            ASSAY__TOLLS__BPS: environment === undefined ? undefined : String(environment),
          },
          flags: flag === undefined ? [] : [{ key: "tolls.bps", value: String(flag) }],
        });
        // The naive twin: the layers as a list, highest last.
        const layers: [string, number | undefined][] = [
          ["default", 0],
          ["profile dear", dear ? 20 : undefined],
          ["mandate.yaml:6:3", file],
          ["environment ASSAY__TOLLS__BPS", environment],
          ["flag --set tolls.bps", flag],
        ];
        const [origin, value] = layers.filter(([, value]) => value !== undefined).at(-1) ?? [];
        expect((resolved.values["tolls"] as { bps: number }).bps).toBe(value);
        expect(at(resolved, "tolls.bps")).toBe(origin);
      }),
      { numRuns: 40 },
    );
  });

  it("lets environment and flags choose the profile that lies below the file", () => {
    const environment = { ASSAY__PROFILE: "dear", ASSAY__TOLLS__PER_SHARE: "0" };
    expect(resolve(GOOD, { environment }).values["tolls"]).toMatchObject({ minimum: 5, bps: 20 });
    const flags = [{ key: "profile", value: "plain" }];
    expect(resolve(GOOD, { environment, flags }).values["tolls"]).toMatchObject({ minimum: null });
  });

  it("merges maps key by key and replaces lists whole", () => {
    const flags = [{ key: "cargo.sources", value: "[{ file: b.csv, columns: { close: C } }]" }];
    const cargo = resolve(`${GOOD}    QQQ: { lot: 3 }\n`, { flags }).values["cargo"];
    expect(cargo).toEqual({
      kind: "files",
      sources: [{ file: "b.csv", columns: { close: "C" } }],
      quality: { max_rejected_rows: 0 },
      ships: { Spy: { lot: 1 }, "BRK.B": { lot: 2 }, QQQ: { lot: 3 } },
    });
  });

  it("drops defaults of variants that were not chosen", () => {
    const text = `${GOOD.slice(0, GOOD.indexOf("cargo:"))}cargo: { kind: invented }\n`;
    expect(resolve(text).values["cargo"]).toEqual({ kind: "invented", days: 250 });
  });

  it("gives every leaf an origin and a row", () => {
    const resolved = resolve(GOOD);
    const rows = resolved.snapshot.map(({ key, value, origin, tag }) => [key, value, origin, tag]);
    expect(rows).toEqual([
      ["name", "First", "mandate.yaml:2:1", "presentation"],
      ["profile", "plain", "mandate.yaml:3:1", null],
      ["seed", "1", "default", null],
      ["tolls.per_share", "0.01", "mandate.yaml:5:3", null],
      ["tolls.bps", "0", "default", null],
      ["tolls.minimum", "null", "profile plain", null],
      ["tolls.mode", "exact", "default", null],
      ["tolls.note", "none", "default", "presentation"],
      ["cargo.kind", "files", "default", null],
      ["cargo.sources.0.file", "a.csv", "mandate.yaml:8:7", "location"],
      ["cargo.sources.0.columns.close", "Close", "mandate.yaml:9:18", null],
      ["cargo.quality.max_rejected_rows", "0", "default", null],
      ["cargo.ships.Spy.lot", "1", "mandate.yaml:11:12", null],
      ['cargo.ships["BRK.B"].lot', "2", "mandate.yaml:12:14", null],
      ["crew.members", "[]", "default", null],
      ["crew.since", "2000-01-01", "default", null],
      ["crew.aboard", "true", "default", null],
    ]);
    for (const [key, , origin] of rows) expect(at(resolved, key as string)).toBe(origin);
  });

  it("prints every value on one line that reads back as the value", () => {
    const note = "two\nlines: # and 'more' ".repeat(9);
    const harbours = Array.from({ length: 60 }, (_, i) => `H ${i}`);
    const crew = { members: [{ who: "1", harbours, params: {} }] };
    const flags = [
      { key: "tolls.note", value: JSON.stringify(note) },
      { key: "crew", value: JSON.stringify(crew) },
    ];
    const rows = new Map(resolve(GOOD, { flags }).snapshot.map(({ key, value }) => [key, value]));
    for (const value of rows.values()) expect(value).not.toContain("\n");
    expect(parse(rows.get("tolls.note") as string)).toBe(note);
    expect(parse(rows.get("crew.members.0.harbours") as string)).toEqual(harbours);
    expect(rows.get("crew.members.0.who")).toBe('"1"');
  });

  it("freezes the values to their depth", () => {
    const { values } = resolve(GOOD);
    const cargo = values["cargo"] as { sources: { columns: object }[] };
    for (const value of [values, cargo, cargo.sources, cargo.sources[0].columns]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });
});

describe("a section that is a list", () => {
  const posts: Section = {
    name: "posts",
    owner: "test/posts",
    schema: z.array(z.strictObject({ file: z.string(), height: z.number() })).min(1),
    describe: { "*.file": "where it is drawn", "*.height": "metres" },
    defaults: {},
    profiles: {},
    tags: { "*.file": "location" },
    probes: {},
    check: (all: readonly { height: number }[]) =>
      all.flatMap(({ height }, i) =>
        height > 9 ? [{ path: [i, "height"], message: "taller than the crane" }] : [],
      ),
  };
  const sections = [...SECTIONS, posts];
  const twoPosts = (height: number) =>
    `${GOOD}posts:\n  - { file: a, height: 1 }\n  - { file: b, height: ${height} }\n`;

  it("resolves, with origins, tags and flags", () => {
    const flags = [{ key: "posts.0.height", value: "3" }];
    const resolved = resolve(twoPosts(2), { sections, flags });
    expect(resolved.values["posts"]).toEqual([
      { file: "a", height: 3 },
      { file: "b", height: 2 },
    ]);
    expect(at(resolved, "posts.0.height")).toBe("flag --set posts.0.height");
    expect(at(resolved, "posts.1.height")).toBe("mandate.yaml:15:16");
    const moved = resolve(twoPosts(2).replace("file: b", "file: c"), { sections });
    expect(moved.hash).toBe(resolve(twoPosts(2), { sections }).hash);
  });

  it("is missing when nobody wrote it, and checked where it is written", () => {
    expect(refusal(GOOD, { sections })).toEqual([
      'mandate.yaml:1:1 posts: expected a list of at least 1, each a map with file, height, got nothing; write "posts: [<values>]" at the top level',
    ]);
    expect(refusal(twoPosts(10), { sections })).toEqual([
      "mandate.yaml:15:16 posts.1.height: taller than the crane",
    ]);
  });
});

describe("environment and flags", () => {
  const value = (more: Partial<MandateInput>, section: string) =>
    resolve(GOOD, more).values[section];

  it("reads values as YAML, except where only text is wanted", () => {
    const environment = {
      ASSAY__TOLLS__PER_SHARE: "0.1",
      ASSAY__TOLLS__MINIMUM: "null",
      ASSAY__TOLLS__NOTE: "2024",
      ASSAY__CREW__ABOARD: "false",
      ASSAY__NAME: "true",
    };
    expect(value({ environment }, "tolls")).toMatchObject({
      per_share: 0.1,
      minimum: null,
      note: "2024",
    });
    expect(value({ environment }, "crew")).toMatchObject({ aboard: false });
    expect(value({ environment }, "name")).toBe("true");
    const members = "[{ who: a, harbours: [A, B], params: {} }]";
    expect(value({ flags: [{ key: "crew.members", value: members }] }, "crew")).toMatchObject({
      members: [{ who: "a", harbours: ["A", "B"], params: {} }],
    });
  });

  it("finds map keys whatever their case, dots in them, and list entries", () => {
    const environment = {
      ASSAY__CARGO__SHIPS__SPY__LOT: "10",
      "ASSAY__CARGO__SHIPS__BRK.B__LOT": "20",
      ASSAY__CARGO__SOURCES__0__FILE: "b.csv",
      ASSAY__CARGO__QUALITY__MAX_REJECTED_ROWS: "7",
    };
    expect(value({ environment }, "cargo")).toMatchObject({
      ships: { Spy: { lot: 10 }, "BRK.B": { lot: 20 } },
      sources: [{ file: "b.csv" }],
      quality: { max_rejected_rows: 7 },
    });
    for (const key of ["cargo.ships.BRK.B.lot", 'cargo.ships["BRK.B"].lot']) {
      expect(value({ flags: [{ key, value: "9" }] }, "cargo")).toMatchObject({
        ships: { "BRK.B": { lot: 9 } },
      });
    }
  });

  it("lets a flag add a map key, as it is spelt", () => {
    const flags = [{ key: "cargo.ships.Qqq.lot", value: "4" }];
    expect(value({ flags }, "cargo")).toMatchObject({
      ships: { Qqq: { lot: 4 }, Spy: { lot: 1 } },
    });
  });

  it("ignores names that are not Assay's and settings that are", () => {
    const environment = {
      PATH: "/bin",
      ASSAY: "x",
      ASSAY_HOME: "/x",
      ASSAY_REQUIRE_ALL: "1",
      ASSAY_OLD: undefined,
    };
    expect(resolve(GOOD, { environment }).hash).toBe(resolve(GOOD).hash);
  });

  it("lets later flags win", () => {
    const flags = [1, 2].map((seed) => ({ key: "seed", value: String(seed) }));
    expect(value({ flags }, "seed")).toBe(2);
  });
});

describe("YAML", () => {
  it("takes anchors, aliases and merge keys", () => {
    const text = GOOD.replace(
      "Spy: { lot: 1 }",
      "Spy: &small { lot: 1 }\n    Qqq: *small\n    Dia: { <<: *small }",
    );
    expect(resolve(text).values["cargo"]).toMatchObject({
      ships: { Spy: { lot: 1 }, Qqq: { lot: 1 }, Dia: { lot: 1 } },
    });
  });

  it("keeps keys as they are spelt", () => {
    expect(resolve(GOOD.replace("Spy:", "0050:")).values["cargo"]).toMatchObject({
      ships: { "0050": { lot: 1 } },
    });
  });

  it("stops aliases that contain themselves or explode", () => {
    expect(refusal(`${GOOD}crew: &me { members: *me }\n`)[0]).toBe(
      "mandate.yaml:13:13 crew.members.members: *me contains itself",
    );
    const layers = Array.from(
      { length: 7 },
      (_, i) => `  l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`,
    );
    const bomb = `${GOOD}crew:\n  l0: &l0 [1]\n${layers.join("\n")}\n`;
    expect(refusal(bomb).some((line) => line.includes("more than 20000 values"))).toBe(true);
  });

  it("refuses a key that would reach into the prototype", () => {
    expect(refusal(GOOD.replace("Spy:", "__proto__:"))[0]).toContain("expected text as a key");
  });
});

describe("hash", () => {
  const hash = (text: string, more: Partial<MandateInput> = {}) => resolve(text, more).hash;

  it("does not depend on the order of keys, on layers, or on location and presentation", () => {
    const lines = GOOD.split("\n");
    const swapped = [
      lines[0],
      lines[2],
      lines[1],
      ...lines.slice(5, 12),
      ...lines.slice(3, 5),
      "",
    ].join("\n");
    expect(hash(swapped)).toBe(hash(GOOD));
    expect(hash(GOOD.replace("First", "Second").replace("a.csv", "b.csv"))).toBe(hash(GOOD));
    expect(hash(GOOD, { environment: { ASSAY__TOLLS__NOTE: "hello", ASSAY__SEED: "1" } })).toBe(
      hash(GOOD),
    );
  });

  it("depends on every other value and on the order of lists", () => {
    const crew = (names: readonly string[]) =>
      `${GOOD}crew: { members: [${names.map((who) => `{ who: ${who}, harbours: all, params: {} }`).join(", ")}] }\n`;
    const different = [
      hash(GOOD),
      hash(GOOD.replace("0.01", "0.02")),
      hash(GOOD.replace("Close", "close")),
      hash(GOOD, { flags: [{ key: "seed", value: "2" }] }),
      hash(GOOD, { flags: [{ key: "crew.aboard", value: "false" }] }),
      hash(crew(["a", "b"])),
      hash(crew(["b", "a"])),
    ];
    expect(new Set(different).size).toBe(different.length);
  });
});
