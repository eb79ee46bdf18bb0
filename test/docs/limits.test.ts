/**
 * Every limit has one key (invariant 8): the table of limits in docs/conventions.md against the
 * sections of the mandate, the stages that cut, the gates that refuse; and clamp and gate against
 * each other at one value.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Section } from "../../src/domain/section.ts";
import { SECTIONS } from "../../src/engine/sections.ts";
import { ORDER_GATES, PORTFOLIO_STAGES, SIGNAL_GATES } from "../../src/engine/stage-tally.ts";
import { cashGate } from "../../src/execution/gates/cash.ts";
import type { ExposureView } from "../../src/execution/gates/exposure.ts";
import { limitsGate } from "../../src/execution/gates/limits.ts";
import { composeSections } from "../../src/mandate/compose.ts";
import { mandateJsonSchema } from "../../src/mandate/json-schema.ts";
import { applyClamps, newClampState } from "../../src/portfolio/clamps/clamps.ts";
import { clampsSection, type ClampSettings } from "../../src/portfolio/clamps/section.ts";
import { codeSpans, partUnder, readDocument, ROOT, tableRows } from "./markdown.ts";

type Row = {
  readonly bounded: string;
  readonly key: string;
  readonly terms: readonly string[];
  readonly cutBy: readonly string[];
  readonly refusedBy: readonly string[];
};

const TABLE: readonly Row[] = tableRows(
  partUnder(readDocument("docs/conventions.md"), "Limits"),
).map(([bounded, key, terms, cutBy, refusedBy]) => ({
  bounded,
  key: codeSpans(key)[0],
  terms: codeSpans(terms),
  cutBy: codeSpans(cutBy),
  refusedBy: codeSpans(refusedBy),
}));

/** Sections that are about nothing but limits: each of their numbers and switches of a rule. */
const ABOUT_LIMITS = [
  "risk_targeting",
  "clamps",
  "limits",
  "breakers",
  "heat",
  "correlation",
  "volatility_regime",
  "freshness",
];
/** Elsewhere a limit gives itself away by its name or by what is said of it. */
const BOUNDING_NAME = /[._](?:max|min|cap|limit|floor|minimum|maximum)(?:_|$)/;
const BOUNDING_WORD = /\b(?:largest|smallest|lowest|least|fewest|at most|no more than)\b/;

type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: { readonly [key: string]: JsonSchema };
};

const BOUNDED_TYPES = ["number", "integer", "boolean"];

function isNumberOrSwitch({ type = [], anyOf = [] }: JsonSchema): boolean {
  return [type].flat().some((one) => BOUNDED_TYPES.includes(one)) || anyOf.some(isNumberOrSwitch);
}

/** Dotted keys of numbers and switches; what lies in lists is about files and strategies. */
function numbersIn(schema: JsonSchema, at = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const key = at === "" ? name : `${at}.${name}`;
    return isNumberOrSwitch(inner) ? [key] : numbersIn(inner, key);
  });
}

function limitsOf(sections: readonly Section[]): string[] {
  const { describe: said } = composeSections(sections);
  return numbersIn(mandateJsonSchema(sections) as JsonSchema).filter((key) => {
    if (key.endsWith(".enabled")) return false;
    if (ABOUT_LIMITS.includes(key.split(".")[0])) return true;
    return (
      key.includes(".") && (BOUNDING_NAME.test(key) || BOUNDING_WORD.test(said.get(key) ?? ""))
    );
  });
}

/** What is wrong between a table and sections, in words; nothing where all is well. */
function findings(table: readonly Row[], sections: readonly Section[]): string[] {
  const named = table.flatMap(({ key, terms }) => [key, ...terms]);
  const bounded = table.map((row) => row.bounded);
  const all = new Set(numbersIn(mandateJsonSchema(sections) as JsonSchema));
  return [
    ...repeated(named).map((key) => `${key} stands in two places`),
    ...repeated(bounded).map((what) => `two keys bound the ${what}`),
    ...limitsOf(sections)
      .filter((key) => !named.includes(key))
      .map((key) => `${key} bounds something and is not in the table`),
    ...named.filter((key) => !all.has(key)).map((key) => `there is no key ${key}`),
  ];
}

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, i) => texts.indexOf(text) !== i);
}

describe("the table of limits", () => {
  it("names every limit of every section once, each with a meaning of its own", () => {
    expect(limitsOf(SECTIONS).length).toBeGreaterThan(50);
    expect(findings(TABLE, SECTIONS)).toEqual([]);
  });

  it("would find a second key for a limit, a limit nobody wrote down, and one that is gone", () => {
    const planted = (name: string, key: string, said: string): Section => ({
      name,
      owner: "nobody",
      schema: z.strictObject({ [key]: z.number().nullable() }),
      describe: { [key]: said },
      defaults: { [key]: null },
      profiles: {},
      tags: {},
      probes: {},
      check: () => [],
    });
    const byName = planted("planted", "gross_cap", "how much exposure");
    expect(findings(TABLE, [...SECTIONS, byName])).toEqual([
      "planted.gross_cap bounds something and is not in the table",
    ]);
    const byWords = planted("planted", "leverage", "largest exposure over net asset value");
    expect(findings(TABLE, [...SECTIONS, byWords])).toHaveLength(1);
    expect(findings([...TABLE, { ...TABLE[0], key: "planted.gross_cap" }], SECTIONS)).toContain(
      `two keys bound the ${TABLE[0].bounded}`,
    );
    expect(findings([...TABLE, TABLE[0]], SECTIONS)).toContain(
      `${TABLE[0].key} stands in two places`,
    );
    expect(findings(TABLE.slice(1), SECTIONS)).toContain(
      `${TABLE[0].key} bounds something and is not in the table`,
    );
    const withoutClamps = SECTIONS.filter(({ name }) => name !== "clamps");
    expect(findings(TABLE, withoutClamps)).toContain("there is no key clamps.tail.limit");
  });

  it("names stages, clamps and gates that there are, and each of them that has a limit", () => {
    const folder = join(ROOT, "src/portfolio/clamps");
    const source = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const constraints = new Set(
      source.flatMap((text) => [...text.matchAll(/constraint: "(\w+)"/g)].map(([, name]) => name)),
    );
    const stages: readonly string[] = PORTFOLIO_STAGES;
    const cutters = new Set(TABLE.flatMap(({ cutBy }) => cutBy));
    const clamps = [...cutters].filter((name) => !stages.includes(name));
    expect(new Set(clamps)).toEqual(constraints);
    const gates = new Set<string>([...SIGNAL_GATES, ...ORDER_GATES]);
    // These say what a stage, an order of before or a person has decided; they have no key of their own.
    for (const gate of ["policy", "duplicate", "pause"]) gates.delete(gate);
    expect(new Set(TABLE.flatMap(({ refusedBy }) => refusedBy))).toEqual(gates);
  });
});

describe("clamp and gate at one value", () => {
  const NAV = 1_000_000_00;
  const SECTORS = ["a", "a", "b"];
  const settings = {
    ...(clampsSection.defaults as unknown as ClampSettings),
    caps: { enabled: true },
  };
  const none = { gross: 10, net: null, symbol: null, sector: null };

  function clamped(terms: Partial<typeof none> | { readonly [key: string]: number }): Float64Array {
    const weights = Float64Array.of(0.9, 0.6, -0.3);
    applyClamps(
      settings,
      { ...none, ...terms },
      {
        ids: ["X", "Y", "Z"],
        sectors: SECTORS,
        reference: weights.slice(),
        drawdown: { known: true, value: 0 },
        returns: { known: false, reason: "no clamp asks for returns" },
        columns: [],
        seed: 1,
      },
      newClampState(),
      weights,
    );
    return weights;
  }

  /** The order that makes the last piece of a book: instrument `i`, from flat. */
  function lastOrder(weights: Float64Array, i: number): ExposureView {
    const others = Array.from(weights, (weight, j) => (j === i ? 0 : weight * NAV));
    const inSector = others.filter((_, j) => SECTORS[j] === SECTORS[i]);
    return {
      navMinor: NAV,
      grossMinor: others.reduce((sum, value) => sum + Math.abs(value), 0),
      netMinor: others.reduce((sum, value) => sum + value, 0),
      positions: 2,
      beforeMinor: 0,
      afterMinor: weights[i] * NAV,
      beforeLots: 0,
      afterLots: Math.round(weights[i] * 1000),
      sectorMinor: inSector.reduce((sum, value) => sum + Math.abs(value), 0),
      marginMinor: 0,
      afterMarginMinor: 0,
      sinceStop: null,
    };
  }

  const gateOf = (key: string, view: ExposureView, limit: number) => {
    if (key === "gross") return cashGate(view, limit, null);
    const limits = { margin: null, positions: null, shorts: true, stopCooldownSessions: 0 };
    return limitsGate(view, { ...none, ...limits, [key]: limit });
  };

  it.each(["gross", "net", "symbol", "sector"])(
    "what the clamp leaves of limits.%s the gate lets pass, and nothing above",
    (key) => {
      const limit = 0.5;
      const book = clamped({ [key]: limit });
      expect(book).not.toEqual(Float64Array.of(0.9, 0.6, -0.3));
      const view = lastOrder(book, 0);
      expect(gateOf(key, view, limit)).toMatchObject({ result: "pass" });
      expect(gateOf(key, view, limit * 0.999)).toMatchObject({ result: "fail" });
    },
  );
});
