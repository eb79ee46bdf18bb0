/**
 * docs/mandate.md against the sections it is made from: a golden file. Where it differs the right
 * text is written beside it as docs/mandate-changed.md; UPDATE_GOLDEN=1 accepts it.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import type { Section } from "../../src/domain/section.ts";
import { SECTIONS } from "../../src/engine/sections.ts";
import { composeSections } from "../../src/mandate/compose.ts";
import { compareGolden } from "../support/golden.ts";
import { mandateReference } from "./mandate-reference.ts";
import { ROOT } from "./markdown.ts";

it("docs/mandate.md lists the sections as they are", () => {
  expect(compareGolden("mandate.md", mandateReference(SECTIONS), join(ROOT, "docs"))).toBeNull();
});

it("has a line for every key that can be written", () => {
  const made = mandateReference(SECTIONS);
  const { patterns, describe } = composeSections(SECTIONS);
  const lines = [...patterns.keys()].filter((key) => describe.has(key));
  expect(lines.length).toBeGreaterThan(60);
  for (const key of lines) expect(made).toContain(`| \`${key}\` |`);
});

it("changes with a meaning, a bound, a default, a profile and a tag", () => {
  const section = (change: Partial<Section>): Section => ({
    name: "planted",
    owner: "nobody",
    schema: z.strictObject({ level: z.number().positive() }),
    describe: { level: "a level" },
    defaults: {},
    profiles: {},
    tags: {},
    probes: {},
    check: () => [],
    ...change,
  });
  const row = (change: Partial<Section>) =>
    mandateReference([section(change)])
      .split("\n")
      .find((line) => line.includes("`planted.level`"));
  expect(row({})).toBe("| `planted.level` | a level | number > 0 | **required** |");
  expect(row({ describe: { level: "a height" } })).toContain("a height");
  expect(row({ schema: z.strictObject({ level: z.number().max(3) }) })).toContain("number <= 3");
  expect(row({ defaults: { level: 2 } })).toContain("| `2` |");
  expect(row({ profiles: { plain: { level: 4 } } })).toContain("| plain: `4` |");
  const both = { plain: { level: 4 }, other: { level: 5 } };
  expect(row({ profiles: both })).toContain("| other: `5`; plain: `4` |");
  expect(row({ defaults: { level: 5 }, profiles: both })).toContain("| `5`; plain: `4` |");
  const same = { plain: { level: 4 }, other: { level: 4 } };
  expect(row({ profiles: same })).toContain("| every profile: `4` |");
  expect(row({ tags: { level: "location" } })).toContain("*(location)*");
});
