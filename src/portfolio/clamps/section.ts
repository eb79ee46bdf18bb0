/**
 * The mandate's section about clamps. The limits on exposure themselves stand in `limits`: each
 * has one key, the clamp enforces it and the gate asserts it.
 */
import { z } from "zod";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { CLAMP_PROBES } from "./probes.ts";

const fraction = z.number().gt(0).lt(1);
const observations = z.int().min(3);

const schema = z.strictObject({
  caps: z.strictObject({ enabled: z.boolean() }),
  throttle: z.strictObject({
    enabled: z.boolean(),
    start: fraction,
    slope: z.number().positive(),
    minimum: z.number().nonnegative().lt(1),
    recovery: fraction,
  }),
  clusters: z.strictObject({
    enabled: z.boolean(),
    days: observations,
    min_observations: observations,
    threshold: fraction,
    cap: fraction,
  }),
  tail: z.strictObject({
    enabled: z.boolean(),
    days: observations,
    min_observations: observations,
    horizon_days: z.int().positive(),
    paths: z.int().positive(),
    confidence: fraction,
    limit: fraction,
  }),
});

export type ClampSettings = z.infer<typeof schema>;

const layered = {
  caps: { enabled: true },
  throttle: { enabled: true },
  clusters: { enabled: true },
};

export const clampsSection: Section<typeof schema> = {
  name: "clamps",
  owner: "portfolio/clamps",
  schema,
  describe: {
    "caps.enabled":
      "whether weights are cut to limits.gross, net, symbol and sector, before gates refuse what is above",
    "throttle.enabled": "whether a drawdown throttles every position",
    "throttle.start": "drawdown from the high-water mark at which the throttle starts (0.1 = 10 %)",
    "throttle.slope":
      "part of a position taken away per unit of drawdown beyond the start (5: a tenth at 2 % beyond)",
    "throttle.minimum":
      "smallest part of a position the throttle leaves; also where the drawdown is unknown",
    "throttle.recovery": "drawdown below which the throttle lets go; until then it never rises",
    "clusters.enabled": "whether instruments that move together are held to a share of the risk",
    "clusters.days": "complete daily returns the correlations are measured over",
    "clusters.min_observations":
      "fewest complete daily returns; an instrument with fewer gets no exposure",
    "clusters.threshold": "absolute correlation at which two instruments belong together",
    "clusters.cap":
      "largest contribution of a cluster to volatility, as a fraction of the volatility of the book before it",
    "tail.enabled": "whether the expected shortfall of simulated paths is limited",
    "tail.days": "complete daily returns the paths are drawn from",
    "tail.min_observations":
      "fewest complete daily returns; an instrument with fewer counts as losing all it holds",
    "tail.horizon_days": "length of a simulated path, in days",
    "tail.paths": "number of simulated paths",
    "tail.confidence": "the loss is the mean of the worst 1 - confidence of the paths",
    "tail.limit": "largest such loss, as a fraction of net asset value",
  },
  defaults: {
    caps: { enabled: false },
    throttle: { enabled: false, start: 0.1, slope: 5, minimum: 0.1, recovery: 0.05 },
    clusters: { enabled: false, days: 60, min_observations: 45, threshold: 0.8, cap: 0.4 },
    tail: {
      enabled: false,
      days: 252,
      min_observations: 120,
      horizon_days: 10,
      paths: 1000,
      confidence: 0.99,
      limit: 0.05,
    },
  },
  profiles: {
    plain: {},
    "etf-trend": layered,
    "futures-layers": layered,
    // Its breakers halt at 8 and flatten at 10 %: a throttle from 10 % on would never be reached.
    "equity-signals": { caps: { enabled: true } },
  },
  tags: {},
  probes: CLAMP_PROBES,
  inapplicable: (values: ClampSettings): readonly string[] =>
    (["throttle", "clusters", "tail"] as const).flatMap((clamp) =>
      values[clamp].enabled
        ? []
        : Object.keys(values[clamp]).flatMap((key) => (key === "enabled" ? [] : `${clamp}.${key}`)),
    ),
  check: (values: ClampSettings, mandate): readonly SectionIssue[] => [
    ...(values.throttle.enabled ? checkThrottle(values.throttle, mandate) : []),
    ...(values.clusters.enabled ? checkWindow("clusters", values.clusters) : []),
    ...(values.tail.enabled ? checkWindow("tail", values.tail) : []),
    ...(values.tail.enabled ? checkPaths(values.tail) : []),
  ],
};

type Mandate = { readonly [section: string]: unknown };

function checkThrottle(
  { start, slope, minimum, recovery }: ClampSettings["throttle"],
  mandate: Mandate,
): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const add = (key: string, message: string) => issues.push({ path: ["throttle", key], message });
  if (recovery >= start) {
    add(
      "recovery",
      `recovers below ${recovery}, but starts only at ${start}: it would let go while it takes hold; set recovery below start`,
    );
  }
  const reached = start + (1 - minimum) / slope;
  if (reached >= 1) {
    add(
      "minimum",
      `${minimum} can never be reached: with slope ${slope} from ${start} on it takes a drawdown of ${reached}, and 1 is ruin; raise slope or minimum`,
    );
  }
  const panic = panicLevel(mandate);
  if (panic !== null && start >= panic) {
    add(
      "start",
      `${start} can never fire: breakers.panic flattens the book at ${panic}; start below it, or set throttle.enabled: false`,
    );
  }
  return issues;
}

/** The drawdown at which the breakers flatten, where they do and it is known. */
function panicLevel(mandate: Mandate): number | null {
  const breakers = mandate["breakers"] as
    | { readonly enabled: boolean; readonly panic: number; readonly unit: string }
    | undefined;
  if (breakers?.enabled !== true) return null;
  if (breakers.unit === "nav") return breakers.panic;
  const targeting = mandate["risk_targeting"] as { readonly target_vol: number } | undefined;
  return targeting === undefined ? null : breakers.panic * targeting.target_vol;
}

function checkWindow(
  clamp: "clusters" | "tail",
  { days, min_observations }: { readonly days: number; readonly min_observations: number },
): readonly SectionIssue[] {
  if (min_observations <= days) return [];
  const message = `${min_observations} observations can never be found within ${days} days, and nothing would ever be held; set it to at most ${clamp}.days`;
  return [{ path: [clamp, "min_observations"], message }];
}

function checkPaths({ paths, confidence }: ClampSettings["tail"]): readonly SectionIssue[] {
  const beyond = paths * (1 - confidence);
  // 100 x (1 - 0.99) is a hair below 1 in floating point.
  if (beyond >= 1 - 1e-9) return [];
  const message = `${paths} paths leave ${beyond} of one beyond a confidence of ${confidence}: no loss to average; set at least ${Math.ceil(1 / (1 - confidence) - 1e-9)}`;
  return [{ path: ["tail", "paths"], message }];
}
