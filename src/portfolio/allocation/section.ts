/**
 * The mandate's section about allocation: how much of the portfolio each sleeve speaks for.
 * `direct` trades the strategies' own targets and reads no other key of this section.
 */
import { z } from "zod";
import { COVARIANCE_ESTIMATORS } from "../../base/covariance.ts";
import { nearest } from "../../base/nearest.ts";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { ALLOCATION_PROBES } from "./probes.ts";

const METHODS = [
  "direct",
  "static",
  "equal",
  "inverse-volatility",
  "erc",
  "hrp",
  "sharpe-proportional",
  "atr-risk",
] as const;

/** Below this many daily returns neither a volatility nor a Sharpe ratio says anything. */
const LEAST_OBSERVATIONS = 20;

const observations = z.int().min(LEAST_OBSERVATIONS);
const share = z.number().min(0).max(1);

const schema = z.strictObject({
  method: z.enum(METHODS),
  update: z.enum(["every_decision", "monthly", "quarterly"]),
  lookback_days: observations,
  min_observations: observations,
  covariance: z.enum(COVARIANCE_ESTIMATORS),
  static: z.record(z.string().min(1), z.number().nonnegative()),
  sharpe: z.strictObject({
    lookback_days: observations,
    min_observations: observations,
    floor: z.number().nonnegative(),
    min_share: share,
    max_share: share.positive(),
  }),
  atr: z.strictObject({
    window: z.int().min(2),
    risk: z.number().positive().lt(1),
    cap: z.number().positive().max(1),
  }),
});
export type AllocationSettings = z.infer<typeof schema>;

export const allocationSection: Section<typeof schema> = {
  name: "allocation",
  owner: "portfolio/allocation",
  schema,
  describe: {
    method:
      "direct: the strategies' own targets are traded as they are; else how sleeve budgets are made: static, equal, inverse-volatility, erc, hrp, sharpe-proportional, atr-risk",
    update:
      "when budgets are made anew: every_decision, or the first one of each month (monthly) or third month (quarterly)",
    lookback_days:
      "inverse-volatility, erc, hrp: daily shadow returns looked back on, in trading days",
    min_observations:
      "inverse-volatility, erc, hrp: daily returns a sleeve needs within the lookback to get a budget",
    covariance:
      "erc, hrp: ewma, sample (both need two returns per sleeve) or ledoit-wolf (at least 20)",
    "static.*": "method static: weight of a strategy by its name; normalised to a sum of 1",
    "sharpe.lookback_days": "sharpe-proportional: trading days looked back on",
    "sharpe.min_observations":
      "sharpe-proportional: days with an active forecast a sleeve needs within the lookback",
    "sharpe.floor": "sharpe-proportional: a lower annualised Sharpe ratio counts as this much",
    "sharpe.min_share":
      "sharpe-proportional: least share of a sleeve; where all cannot have it, all get the same",
    "sharpe.max_share":
      "sharpe-proportional: largest share of a sleeve; with too few sleeves the rest stays unallocated",
    "atr.window": "atr-risk: bars of the average true range",
    "atr.risk": "atr-risk: fraction of capital that one average true range may cost",
    "atr.cap": "atr-risk: largest budget of one sleeve, as a fraction of capital",
  },
  defaults: {
    update: "every_decision",
    lookback_days: 252,
    min_observations: 60,
    covariance: "ledoit-wolf",
    static: {},
    sharpe: {
      lookback_days: 60,
      min_observations: 20,
      floor: 0,
      min_share: 0.1,
      max_share: 0.35,
    },
    atr: { window: 14, risk: 0.01, cap: 0.1 },
  },
  profiles: {
    plain: { method: "direct" },
    "etf-trend": { method: "erc", update: "monthly" },
    "futures-layers": { method: "erc", update: "monthly" },
    "equity-signals": { method: "atr-risk", update: "every_decision" },
  },
  tags: {},
  probes: ALLOCATION_PROBES,
  inapplicable: ({ method }: AllocationSettings): readonly string[] =>
    OPTIONAL_KEYS.filter((key) => !KEYS_OF_METHOD[method].includes(key)),
  check: (values: AllocationSettings, mandate): readonly SectionIssue[] => [
    ...historyIssues(values),
    ...staticIssues(values, mandate["strategies"] as readonly { readonly name: string }[]),
    ...shareIssues(values),
    ...atrIssues(values),
  ],
};

const OPTIONAL_KEYS = [
  "update",
  "lookback_days",
  "min_observations",
  "covariance",
  "static",
  "sharpe",
  "atr",
];

const KEYS_OF_METHOD: { readonly [Method in AllocationSettings["method"]]: readonly string[] } = {
  direct: [],
  static: ["update", "static"],
  equal: ["update"],
  "inverse-volatility": ["update", "lookback_days", "min_observations"],
  erc: ["update", "lookback_days", "min_observations", "covariance"],
  hrp: ["update", "lookback_days", "min_observations", "covariance"],
  "sharpe-proportional": ["update", "sharpe"],
  "atr-risk": ["update", "atr"],
};

/** A lookback that cannot hold the observations it asks for gives nobody a budget, ever. */
function historyIssues(values: AllocationSettings): SectionIssue[] {
  const { method, sharpe } = values;
  const issues: SectionIssue[] = [];
  const judge = (path: readonly string[], least: number, days: number): void => {
    if (least <= days) return;
    const message = `${least} observations never fit into a lookback of ${days} days, so no sleeve would ever get a budget; set it to at most ${days}, or lengthen the lookback`;
    issues.push({ path, message });
  };
  if (KEYS_OF_METHOD[method].includes("lookback_days")) {
    judge(["min_observations"], values.min_observations, values.lookback_days);
  }
  if (method === "sharpe-proportional") {
    judge(["sharpe", "min_observations"], sharpe.min_observations, sharpe.lookback_days);
  }
  return issues;
}

/** Each strategy of the mandate has a weight, 0 included, and no weight speaks of another. */
function staticIssues(
  { method, static: weights }: AllocationSettings,
  strategies: readonly { readonly name: string }[],
): SectionIssue[] {
  if (method !== "static") return [];
  const names = strategies.map((strategy) => strategy.name);
  const unknown = Object.keys(weights).filter((name) => !names.includes(name));
  const missing = names.filter((name) => !Object.hasOwn(weights, name));
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const issues = unknown.map((name): SectionIssue => {
    const near = nearest(name, names);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
    return { path: ["static", name], message: `${name} is no strategy of this mandate; ${hint}` };
  });
  for (const name of missing) {
    const message = `no weight for strategy ${name}; write "${name}: 0" if it is to get nothing`;
    issues.push({ path: ["static"], message });
  }
  if (issues.length === 0 && total === 0) {
    const message = "all weights are 0, so nothing would be traded; give a strategy a weight";
    issues.push({ path: ["static"], message });
  }
  return issues;
}

function shareIssues({ method, sharpe }: AllocationSettings): SectionIssue[] {
  const { min_share: least, max_share: most } = sharpe;
  if (method !== "sharpe-proportional" || least < most) return [];
  const message = `${least} is not below max_share ${most}, so Sharpe ratios would decide nothing; set it lower, or use method: equal`;
  return [{ path: ["sharpe", "min_share"], message }];
}

function atrIssues({ method, atr }: AllocationSettings): SectionIssue[] {
  if (method !== "atr-risk" || atr.cap > atr.risk) return [];
  const message = `${atr.cap} is not above atr.risk ${atr.risk}: every sleeve whose range is below its price would get the cap, and the risk would never matter; set it above atr.risk`;
  return [{ path: ["atr", "cap"], message }];
}
