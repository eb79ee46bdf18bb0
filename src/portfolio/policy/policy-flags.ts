/**
 * Whether a kind of strategy's engine is valid now (spec portfolio 3). Enters: features as
 * evidence; leaves: on or off for each policy, with the reason in words. Binary, and never a
 * weight. A feature that a policy needs and that is not known turns it off. The lag of one
 * decision is the caller's.
 */
import type { Evidence } from "../../domain/evidence.ts";

export const POLICIES = ["trend", "short_volatility"] as const;
export type Policy = (typeof POLICIES)[number];

export type PolicyFlag = { readonly on: boolean; readonly reason: string };
export type PolicyFlags = { readonly [policy in Policy]: PolicyFlag };

export type PolicyFeatures = {
  /** The volatility of volatility above its rolling 95th and 99th percentile. */
  readonly stress: Evidence<boolean>;
  readonly stress99: Evidence<boolean>;
  /** The volatility index above its three-month sibling. */
  readonly backwardation: Evidence<boolean>;
};

export function policyFlags(features: PolicyFeatures): PolicyFlags {
  return { trend: trend(features), short_volatility: shortVolatility(features) };
}

function trend({ stress }: PolicyFeatures): PolicyFlag {
  if (!stress.known) return off(`stress is unknown: ${stress.reason}`);
  return stress.value ? off("volatility-of-volatility stress") : on("no stress");
}

/** Asked for its three features whatever each says: a missing one is not a quiet one. */
function shortVolatility({ stress, stress99, backwardation }: PolicyFeatures): PolicyFlag {
  if (!stress99.known) return off(`stress at the 99th percentile is unknown: ${stress99.reason}`);
  if (stress99.value) return off("volatility of volatility above its 99th percentile");
  if (!stress.known) return off(`stress is unknown: ${stress.reason}`);
  if (!backwardation.known) return off(`backwardation is unknown: ${backwardation.reason}`);
  if (stress.value && backwardation.value) return off("stress with backwardation");
  return on(stress.value ? "stress without backwardation" : "no stress");
}

function on(reason: string): PolicyFlag {
  return { on: true, reason };
}

function off(reason: string): PolicyFlag {
  return { on: false, reason };
}
