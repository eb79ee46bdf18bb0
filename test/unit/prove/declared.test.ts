/**
 * Invariant 6: every leaf key of every section declares a probe or is exempt by its tag, no probe is
 * declared of a key that is not there, and what a probe names exists.
 */
import { z } from "zod";
import { describe, expect, it } from "vitest";
import { PROBE_NEEDS, type Probe } from "../../../src/domain/probe.ts";
import type { Section } from "../../../src/domain/section.ts";
import { probesOf } from "../../../src/engine/prove/keys.ts";
import { SECTIONS } from "../../../src/engine/sections.ts";
import { patternsOf, type Schema } from "../../../src/mandate/schema.ts";

const covers = (keys: Iterable<string>, pattern: string): boolean =>
  [...keys].some((key) => pattern === key);

/** A list of scalars is one key: its own probe speaks for its members. */
const listOf = (pattern: string): string => pattern.replace(/\.\*$/, "");

function problemsOf(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ name, schema, probes, tags }) => {
    const patterns = patternsOf(schema as Schema);
    const declared = Object.keys(probes);
    const missing = [...patterns]
      .filter(([pattern, isLeaf]) => isLeaf && tags[pattern] === undefined)
      .filter(([pattern]) => !covers(declared, pattern) && !covers(declared, listOf(pattern)))
      .map(([pattern]) => `${name}.${pattern} has no probe`);
    const unknown = declared
      .filter((key) => !patterns.has(key))
      .map((key) => `${name}.${key} is probed and not in the schema`);
    return [...missing, ...unknown];
  });
}

const all = [...probesOf(SECTIONS)];
const attempts = all.flatMap(([key, { try: tried }]) => tried.map((one) => [key, one] as const));

describe("probes of the mandate's keys", () => {
  it("every leaf has one, and no other key", () => {
    expect(problemsOf(SECTIONS)).toEqual([]);
  });

  it("a key without a probe is found, and a probe without a key", () => {
    const [fees] = SECTIONS.filter(({ name }) => name === "fees");
    const { bps, ...others } = fees.probes;
    expect(bps).toBeDefined();
    expect(problemsOf([{ ...fees, probes: { ...others, bp: bps } }])).toEqual([
      "fees.bps has no probe",
      "fees.bp is probed and not in the schema",
    ]);
  });

  it("a probe of a list speaks for its members, one of a map does not", () => {
    const section = (schema: z.ZodType): Section => ({
      ...SECTIONS[0],
      schema,
      tags: {},
      probes: { list: { try: [] } },
    });
    const map = z.strictObject({ list: z.strictObject({ a: z.number() }) });
    expect(problemsOf([section(z.strictObject({ list: z.array(z.string()) }))])).toEqual([]);
    expect(problemsOf([section(map)])).toEqual(["account.list.a has no probe"]);
  });

  it("nothing that changes what is traded is tagged away", () => {
    const tagged = SECTIONS.flatMap(({ name, tags }) =>
      Object.entries(tags).map(([key, tag]) => `${name}.${key} ${tag}`),
    );
    expect(tagged).toEqual([
      "data.sources.*.file location",
      "data.references.*.file location",
      "strategies.*.file location",
    ]);
  });

  it("a probe that tries nothing says what it would need", () => {
    const silent = all.filter(
      ([, { try: tried, needs = [] }]) => tried.length === 0 && needs.length === 0,
    );
    expect(silent).toEqual([]);
  });

  it("companions and copied keys are keys", () => {
    const patterns = new Set(
      SECTIONS.flatMap(({ name, schema }) =>
        [...patternsOf(schema as Schema).keys()].map((key) => `${name}.${key}`),
      ),
    );
    const isKey = (key: string) =>
      patterns.has(key) ||
      patterns.has(key.replace(/^strategies\.\d+\.params\..*/, "strategies.*.params.*"));
    const named = attempts.flatMap(([, one]) => [
      ...Object.keys(one.with ?? {}),
      ...("copy" in one ? [one.copy] : []),
    ]);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((key) => !isKey(key))).toEqual([]);
  });

  it("every need is some probe's", () => {
    const needed = new Set(all.flatMap(([, { needs = [] }]: readonly [string, Probe]) => needs));
    const idle = (Object.keys(PROBE_NEEDS) as (keyof typeof PROBE_NEEDS)[]).filter(
      (need) => !needed.has(need),
    );
    expect(idle).toEqual([]);
  });
});
