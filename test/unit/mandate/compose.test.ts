import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InvariantError } from "../../../src/base/assert.ts";
import type { Section } from "../../../src/domain/section.ts";
import { composeSections } from "../../../src/mandate/compose.ts";
import { SECTIONS, tollSection } from "./sections.ts";

const good: Section = {
  name: "pier",
  owner: "test/pier",
  schema: z.strictObject({ length: z.number(), planks: z.record(z.string(), z.number()) }),
  describe: { length: "metres", planks: "how many of each" },
  defaults: { planks: { oak: 3 } },
  profiles: { plain: { length: 2 } },
  tags: { "planks.*": "location" },
  probes: {},
  check: () => [],
};

/** A schema in place of the good one, with only its own key described. */
const withKey = (schema: z.ZodType): Partial<Section> => ({
  schema: z.strictObject({ length: schema }),
  describe: { length: "metres" },
  defaults: {},
  profiles: {},
  tags: {},
  probes: {},
});

const PLANTED: readonly [string, Partial<Section>, string][] = [
  ["no owner", { owner: " " }, "section pier has no owner"],
  ["a name of the header", { name: "seed" }, "section seed claims a key of the header"],
  [
    "a name that is not snake_case",
    { name: "Pier__x" },
    'section "Pier__x" is not named in snake_case',
  ],
  ["no schema", { schema: {} }, "section pier has no zod schema"],
  [
    "a schema that is no object",
    { schema: z.number() },
    "section pier is neither a strict object nor a list",
  ],
  [
    "an open object",
    { schema: z.object({ length: z.number() }) },
    "the schema of pier is not strict",
  ],
  [
    "an open object within",
    withKey(z.object({ a: z.number() })),
    "the schema of pier.length is not strict",
  ],
  ["a default in the schema", withKey(z.number().default(1)), "pier.length is of type default"],
  ["a transform", withKey(z.string().transform(Number)), "pier.length is of type pipe"],
  ["coercion", withKey(z.coerce.number()), "pier.length coerces its input"],
  ["trimming", withKey(z.string().trim()), "pier.length changes its input"],
  ["anything goes", withKey(z.unknown()), "pier.length is of type unknown"],
  [
    "a key in capitals",
    { schema: z.strictObject({ Length: z.number() }) },
    "key pier.Length is not snake_case",
  ],
  [
    "a key nobody describes",
    { describe: { planks: "how many" } },
    "pier.length has no line in describe",
  ],
  [
    "a description of nothing",
    { describe: { ...good.describe, depth: "?" } },
    "pier.depth is described but not in",
  ],
  [
    "a key forgotten among its siblings in a list",
    {
      schema: z.array(z.strictObject({ a: z.number(), b: z.number() })),
      describe: { "*.a": "one" },
      defaults: {},
      profiles: {},
      tags: {},
      probes: {},
    },
    "pier.*.b has no line in describe",
  ],
  [
    "defaults of a list",
    {
      schema: z.array(z.number()),
      describe: { "*": "one" },
      defaults: { length: 1 },
      profiles: {},
      tags: {},
      probes: {},
    },
    "section pier is a list and cannot have default or profile keys",
  ],
  [
    "a tag on nothing",
    { tags: { "planks.*.wood": "location" } },
    "pier.planks.*.wood is tagged but not in",
  ],
  ["a default of nothing", { defaults: { depth: 1 } }, "default for pier.depth, which is not in"],
  [
    "a profile value of nothing",
    { profiles: { plain: { depth: 1 } } },
    "value in profile plain for pier.depth",
  ],
  [
    "a default of the wrong kind",
    { defaults: { length: "2" } },
    'the default of pier.length is refused by its schema: "2"',
  ],
  [
    "a wrong default inside a map",
    { defaults: { planks: { oak: "x" } } },
    "the default of pier.planks.oak is refused",
  ],
];

describe("composeSections", () => {
  it("composes good sections", () => {
    const composed = composeSections([...SECTIONS, good]);
    expect([...composed.profiles.keys()]).toEqual(["dear", "plain"]);
    expect(composed.patterns.get("cargo.sources.*.columns.close")).toBe(true);
  });

  it("knows profile plain even when no section has values for it", () => {
    expect([...composeSections([]).profiles.keys()]).toEqual(["plain"]);
  });

  it("lets a list or map speak for members that have no line of their own", () => {
    const member = z.strictObject({ a: z.number(), b: z.number() });
    const schema = z.strictObject({ rows: z.array(member), places: z.record(z.string(), member) });
    const describe = { rows: "{a, b} in metres", "places.*": "{a, b} of one place" };
    const section = { ...good, schema, describe, defaults: {}, profiles: {}, tags: {}, probes: {} };
    expect(composeSections([section]).patterns.get("pier.places.*.b")).toBe(true);
  });

  it.each(PLANTED)("stops at %s", (_, fault, message) => {
    const compose = () => composeSections([{ ...good, ...fault }]);
    expect(compose).toThrow(InvariantError);
    expect(compose).toThrow(`invariant 6: `);
    expect(compose).toThrow(message);
  });

  it("stops at two owners of one section, and names both", () => {
    expect(() => composeSections([tollSection, { ...tollSection, owner: "test/rival" }])).toThrow(
      "invariant 6: section tolls is claimed by test/tolls and by test/rival",
    );
  });
});
