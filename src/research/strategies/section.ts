/**
 * The mandate's `strategies`: which strategy trades which instruments with which parameters. Reads
 * nothing itself; a file's strategy is checked where it is loaded, a built-in's parameters here.
 */
import { z } from "zod";
import { nearest } from "../../base/nearest.ts";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { BUILT_IN_NAMES, builtIn } from "./built-in.ts";
import { readsPanel } from "./columns.ts";
import { declaresTargets } from "./forecast.ts";
import { resolveParams } from "./params.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

const entrySchema = z.strictObject({
  name: z.string().regex(NAME, "expected letters, digits, '.', '_' and '-'"),
  use: z.string().min(1).nullable().optional(),
  file: z.string().min(1).nullable().optional(),
  instruments: z.union([z.literal("all"), z.array(z.string().min(1)).min(1)]),
  params: z.record(z.string(), z.number()).optional(),
});

const schema = z.array(entrySchema).min(1);

export type StrategyEntry = z.infer<typeof entrySchema>;

export const strategiesSection: Section<typeof schema> = {
  name: "strategies",
  owner: "research/strategies",
  schema,
  describe: {
    "*.name": "unique name of this use of a strategy, on every signal and order it causes",
    "*.use": `a strategy that comes with the house: ${BUILT_IN_NAMES.join(", ")}`,
    "*.file": "path of a strategy file, relative to the mandate; exactly one of use and file",
    "*.instruments": "all, or a list of instrument ids of the universe",
    "*.params": "parameter values; what is not given takes the strategy's own default",
  },
  defaults: {},
  profiles: {},
  // The file's content is hashed as code; where it lies is not identity.
  tags: { "*.file": "location" },
  probes: {
    "*.name": { moves: "records", refuses: true, try: [{ to: "probed" }] },
    "*.use": {
      // Where no other strategy has all of the parameters that are given.
      refuses: true,
      try: ["buy-and-hold", "rsi-reversion", "ts-momentum", "ma-cross"].map((use) => ({
        to: use,
        with: { "strategies.*.params": { to: {} } },
      })),
    },
    // Another instrument's name is refused: it shows only that somebody looks the name up.
    "*.instruments": { refuses: true, try: [{ drop: "last" }, { to: ["PROBED"] }] },
    "*.params": { needs: ["parameters"], try: [] },
    "*.params.*": {
      try: [
        { times: 0.5 },
        { times: 1.5 },
        { plus: 1 },
        { plus: -1 },
        { to: 0 },
        { to: 0.5 },
        { plus: 25 },
      ],
    },
  },
  check: (entries: readonly StrategyEntry[], mandate) => [
    ...repeatedNames(entries),
    ...entries.flatMap((entry, index) => [
      ...sourceIssues(entry, index, methodOf(mandate)),
      ...instrumentIssues(entry, index),
    ]),
  ],
};

/** `allocation.method`, or null where the section says none: its own matter. */
function methodOf(mandate: { readonly [section: string]: unknown }): string | null {
  const { method = null } = (mandate["allocation"] ?? {}) as { readonly method?: string };
  return method;
}

function repeatedNames(entries: readonly StrategyEntry[]): SectionIssue[] {
  return entries.flatMap((entry, index) => {
    const first = entries.findIndex((other) => other.name === entry.name);
    if (first === index) return [];
    return [
      {
        path: [index, "name"],
        message: `${entry.name} is already the name of strategies.${first}; each needs its own`,
      },
    ];
  });
}

function sourceIssues(entry: StrategyEntry, index: number, method: string | null): SectionIssue[] {
  const use = entry.use ?? null;
  const file = entry.file ?? null;
  if ((use === null) === (file === null)) {
    const found = use === null ? "neither is given" : "both are given";
    return [{ path: [index], message: `expected exactly one of use and file, ${found}` }];
  }
  if (use === null) return [];
  const strategy = builtIn(use);
  if (strategy === null) {
    const near = nearest(use, BUILT_IN_NAMES);
    const hint = near === null ? "" : `; did you mean ${near}?`;
    return [
      {
        path: [index, "use"],
        message: `${use} is no built-in strategy (there are ${BUILT_IN_NAMES.join(", ")})${hint}`,
      },
    ];
  }
  const params = resolveParams(strategy, entry.params ?? {});
  if (!params.ok) {
    return params.error.map((issue) => ({
      path: [index, "params", ...issue.path],
      message: issue.message,
    }));
  }
  const issues: SectionIssue[] = [];
  if (declaresTargets(strategy) && method !== null && method !== "direct") {
    issues.push({
      path: [index, "use"],
      message: `${use} says what to hold, and allocation.method is ${method}, which decides that itself; use a strategy that returns forecasts, or allocation.method: direct`,
    });
  }
  if (entry.instruments !== "all" && entry.instruments.length === 1) {
    if (readsPanel(strategy, params.value)) {
      issues.push({
        path: [index, "instruments"],
        message: `${use} ranks its instruments against each other: 1 is given, it needs at least 2, or it never trades`,
      });
    }
  }
  return issues;
}

function instrumentIssues(entry: StrategyEntry, index: number): SectionIssue[] {
  if (entry.instruments === "all") return [];
  const list = entry.instruments;
  return list.flatMap((id, place) =>
    list.indexOf(id) === place
      ? []
      : [{ path: [index, "instruments", place], message: `${id} is listed twice` }],
  );
}
