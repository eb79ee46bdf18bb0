/**
 * Faults between the mandate and who reads it: a key that nobody reads, one that is read and not
 * passed on, a limit of a second owner, a fraction taken for percent. And what the run must say of
 * each, before its first session.
 */
import type { Fault } from "./fault.ts";
import type { MandateName } from "./mandates.ts";
import { planted } from "./planted-code.ts";

const PLAN = "engine/plan.ts";
const LAYER_PLAN = "engine/layers/build-plan.ts";

function fault(
  title: string,
  [invariant, on]: readonly [number, MandateName],
  says: RegExp,
  [file, was, becomes]: readonly [string, string, string],
): Fault {
  return { title, on, plants: [planted(file, was, becomes)], invariant, says };
}

export const CONFIG_FAULTS: readonly Fault[] = [
  fault(
    "a key of the mandate that nobody reads any more",
    [6, "plain"],
    /no part of the run read the mandate's limits\.net/,
    [PLAN, "      net: limits.net,\n", "      net: null,\n"],
  ),
  fault(
    "a config key read and not passed on",
    [6, "plain"],
    /freshness\.max_age_sessions is 1 in the mandate and 99 where the run reads it/,
    [
      PLAN,
      "maxAgeSessions: settings.freshness.max_age_sessions,",
      "maxAgeSessions: Math.max(99, settings.freshness.max_age_sessions),",
    ],
  ),
  fault(
    "a rhythm of rebalances that nobody keeps",
    [6, "plain"],
    /schedule\.rebalance is "monday" in the mandate and "other sessions" where the run reads it/,
    [
      PLAN,
      "rebalanceOn: pickSessions(schedule.rebalance, world.sessionsMs),",
      "rebalanceOn: pickSessions(schedule.rebalance, world.sessionsMs).fill(0),",
    ],
  ),
  fault(
    "a profile of the brake other than the mandate's",
    [6, "layers"],
    /overlay\.profile is "M" in the mandate and "H" where the run reads it/,
    [LAYER_PLAN, "overlay: settings.overlay,", 'overlay: { ...settings.overlay, profile: "H" },'],
  ),
  fault(
    "a fill model other than the mandate's",
    [6, "plain"],
    /execution\.fill is "next_open" in the mandate and "next_close"/,
    [
      PLAN,
      'marketPhase: execution.fill === "next_open" ? "open" : "close",',
      'marketPhase: execution.fill === "next_close" ? "open" : "close",',
    ],
  ),
  fault(
    "a second authority for a limit",
    [8, "plain"],
    /limits\.gross is 1\.5 in the mandate and 2 where the run reads it/,
    [PLAN, "      gross: limits.gross,\n", "      gross: Math.max(2, limits.gross),\n"],
  ),
  fault(
    "a limit read from another one's key",
    [8, "layers"],
    /limits\.symbol is 0\.6 in the mandate and 1\.2 where the run reads it/,
    [
      PLAN,
      "      symbol: limits.symbol,\n",
      "      symbol: limits.symbol === null ? null : limits.net,\n",
    ],
  ),
  fault(
    "percent for fraction: an interest rate",
    [7, "plain"],
    /financing\.debit_rate is 0\.05 in the mandate and 5 where the run reads it/,
    [PLAN, "debitRate: financing.debit_rate,", "debitRate: financing.debit_rate * 100,"],
  ),
  fault(
    "percent for fraction: the volatility that is aimed at",
    [7, "layers"],
    /risk_targeting\.target_vol is 0\.12 in the mandate and 12 where the run reads it/,
    [
      LAYER_PLAN,
      "riskTargeting: targeting.enabled ? targeting : null,",
      "riskTargeting: targeting.enabled ? { ...targeting, target_vol: targeting.target_vol * 100 } : null,",
    ],
  ),
];
