/**
 * The mandate's section about policy: which strategy follows which policy, and the series the
 * features come from. Refused while enabled: a strategy that is in neither or both of map and
 * exempt, a name that no strategy has, and a policy that could never be on.
 */
import { z } from "zod";
import { nearest } from "../../base/nearest.ts";
import type { Companions } from "../../domain/probe.ts";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { POLICIES } from "./policy-flags.ts";

const name = z.string().min(1);
const schema = z.strictObject({
  enabled: z.boolean(),
  map: z.record(name, z.enum(POLICIES)),
  exempt: z.array(name),
  series: name.nullable(),
  volatility_index: name,
  term_structure: name.nullable(),
});

export type PolicySettings = z.infer<typeof schema>;

/** Any index stands for the three-month one: short volatility is then off where trend is not. */
const THREE_MONTHS: Companions = { "policy.term_structure": { copy: "policy.volatility_index" } };

export const policySection: Section<typeof schema> = {
  name: "policy",
  owner: "portfolio/policy",
  schema,
  describe: {
    enabled: "whether a strategy is kept flat while its kind of engine is not valid",
    map: "strategy name -> trend (off under stress) or short_volatility (off at the 99th percentile of stress, or under stress with backwardation)",
    exempt: "names of the strategies that follow no policy",
    series:
      "id of a reference series of the volatility of volatility; null: 21-day deviation of the volatility index's changes",
    volatility_index: "id of the reference series of the volatility index",
    term_structure:
      "id of a reference series of the three-month volatility index, for backwardation; null: not known",
  },
  defaults: {
    enabled: false,
    map: {},
    exempt: [],
    series: null,
    volatility_index: "VIX",
    term_structure: null,
  },
  profiles: {
    plain: { enabled: false },
    "etf-trend": { enabled: false },
    "futures-layers": { enabled: false },
    "equity-signals": { enabled: false },
  },
  tags: {},
  probes: {
    enabled: {
      needs: ["volatility_index", "stress"],
      try: [{ toggle: true }, { toggle: true, with: { "policy.map": { eachStrategy: "trend" } } }],
    },
    map: { needs: ["volatility_index", "stress"], try: [{ eachStrategy: "trend" }] },
    "map.*": {
      needs: ["stress"],
      try: [
        { to: "short_volatility", with: THREE_MONTHS },
        { to: "trend", with: THREE_MONTHS },
      ],
    },
    exempt: {
      refuses: true,
      try: [{ to: [], with: { "policy.map": { eachStrategy: "trend" } } }, { strategies: "all" }],
    },
    series: { needs: ["stress"], try: [{ copy: "policy.volatility_index" }, { to: null }] },
    volatility_index: { refuses: true, try: [{ to: "PROBED" }] },
    term_structure: { refuses: true, try: [{ to: "PROBED" }] },
  },
  inapplicable: ({ enabled, series, term_structure: third }: PolicySettings): readonly string[] => {
    if (!enabled) return Object.keys(schema.shape).filter((key) => key !== "enabled");
    return series !== null && third === null ? ["volatility_index"] : [];
  },
  check: (values: PolicySettings, mandate): readonly SectionIssue[] => {
    if (!values.enabled) return [];
    const strategies = mandate["strategies"] as readonly { readonly name: string }[];
    const names = strategies.map((strategy) => strategy.name);
    return [
      ...unmappedIssues(values, names),
      ...unknownIssues(values, names),
      ...idleIssues(values),
    ];
  },
};

function unmappedIssues(
  { map, exempt }: PolicySettings,
  names: readonly string[],
): readonly SectionIssue[] {
  return names.flatMap((strategy) => {
    const mapped = Object.hasOwn(map, strategy);
    const excused = exempt.includes(strategy);
    if (mapped !== excused) return [];
    const message = mapped
      ? `strategy ${strategy} is in policy.map and in policy.exempt; keep one`
      : `strategy ${strategy} is in neither policy.map nor policy.exempt; write which of ${POLICIES.join(", ")} it follows, or exempt it`;
    return [{ path: [mapped ? "exempt" : "map"], message }];
  });
}

function unknownIssues(
  { map, exempt }: PolicySettings,
  names: readonly string[],
): readonly SectionIssue[] {
  const places: readonly (readonly [string, string | number])[] = [
    ...Object.keys(map).map((key) => ["map", key] as const),
    ...exempt.map((_, index) => ["exempt", index] as const),
  ];
  return places.flatMap(([list, key]) => {
    const strategy = typeof key === "number" ? exempt[key] : key;
    if (typeof key === "number" && exempt.indexOf(strategy) < key) {
      return [{ path: [list, key], message: `${strategy} is listed twice; keep one` }];
    }
    if (names.includes(strategy)) return [];
    const near = nearest(strategy, names);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
    return [{ path: [list, key], message: `there is no strategy ${strategy}; ${hint}` }];
  });
}

function idleIssues({ map, term_structure: third }: PolicySettings): readonly SectionIssue[] {
  const mapped = Object.entries(map);
  if (mapped.length === 0) {
    const message =
      "policy is enabled and no strategy follows one, so it can never act; map a strategy, or set enabled: false";
    return [{ path: ["map"], message }];
  }
  if (third !== null) return [];
  return mapped.flatMap(([strategy, policy]) => {
    if (policy !== "short_volatility") return [];
    const message = `${strategy} would never trade: short_volatility needs backwardation, and term_structure is null; name the three-month index, or exempt it`;
    return [{ path: ["map", strategy], message }];
  });
}
