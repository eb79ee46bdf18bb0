/**
 * What the mandate says is what the plan holds, value by value, before the first session. Enters: the
 * mandate's values as they were resolved (not those whose reads are counted), and what was prepared
 * from them. A value that did not arrive, or arrived as another, is our mistake: invariant 7 where it
 * is off by the factor between a fraction and a percent or basis points, 8 for a limit, 6 else.
 */
import { InvariantError } from "../base/assert.ts";
import { isFuture } from "../domain/instrument.ts";
import type { LayerPlan } from "./layers/plan.ts";
import type { Prepared } from "./prepare.ts";
import { pickSessions, type Rhythm } from "./schedule/rhythm.ts";
import type { Mandate } from "./sections.ts";
import type { Plan } from "./state.ts";

type Pair = { readonly key: string; readonly said: unknown; readonly kept: unknown };

/** Fraction, percent, basis points. */
const UNITS = [100, 10_000, 1 / 100, 1 / 10_000];
const TOLERANCE = 1e-9;
const TRADING_DAYS = 252;

export function requireMandateKept(mandate: Mandate, prepared: Prepared): void {
  const { plan } = prepared.planned;
  const pairs = [
    ...ownPairs(mandate, prepared),
    ...limitPairs(mandate, plan),
    ...costPairs(mandate, prepared),
    ...(plan.layers === null ? [] : layerPairs(mandate, plan.layers)),
  ];
  const lost = pairs.find(({ said, kept }) => !isKept(said, kept));
  if (lost === undefined) return;
  const { key, said, kept } = lost;
  throw new InvariantError(
    numberOf(lost),
    `${key} is ${JSON.stringify(said)} in the mandate and ${JSON.stringify(kept)} where the run reads it`,
  );
}

function isKept(said: unknown, kept: unknown): boolean {
  if (typeof said !== "number" || typeof kept !== "number") return Object.is(said, kept);
  return Math.abs(said - kept) <= TOLERANCE * Math.abs(said);
}

function numberOf({ key, said, kept }: Pair): number {
  if (typeof said === "number" && typeof kept === "number" && said !== 0) {
    const ratio = kept / said;
    if (UNITS.some((unit) => Math.abs(ratio / unit - 1) <= TOLERANCE)) return 7;
  }
  return key.startsWith("limits.") ? 8 : 6;
}

function ownPairs(mandate: Mandate, prepared: Prepared): Pair[] {
  const { account, execution, freshness, schedule, seed } = mandate;
  const { plan } = prepared.planned;
  const { sessionsMs } = prepared.world;
  const digits = account.currency_digits;
  return [
    { key: "seed", said: seed, kept: prepared.seed },
    { key: "account.lot_method", said: account.lot_method, kept: prepared.lotMethod },
    {
      key: "account.initial_equity",
      said: account.initial_equity,
      kept: plan.initialEquityMinor / 10 ** digits,
    },
    { key: "execution.fill", said: execution.fill, kept: fillOf(plan) },
    ...(["decide", "rebalance"] as const).map((name) => ({
      key: `schedule.${name}`,
      said: schedule[name],
      kept: isPicked(schedule[name], sessionsMs, plan[`${name}On`])
        ? schedule[name]
        : "other sessions",
    })),
    {
      key: "freshness.max_age_sessions",
      said: freshness.max_age_sessions,
      kept: plan.maxAgeSessions,
    },
  ];
}

function isPicked(rhythm: Rhythm, sessionsMs: Float64Array, kept: Uint8Array): boolean {
  return pickSessions(rhythm, sessionsMs).every((picked, s) => picked === kept[s]);
}

function fillOf({ sameClose, marketPhase }: Plan): string {
  if (sameClose) return "same_close";
  return marketPhase === "open" ? "next_open" : "next_close";
}

function limitPairs({ limits }: Mandate, { limits: kept }: Plan): Pair[] {
  const { stopCooldownSessions, ...others } = kept;
  const arrived = { ...others, stop_cooldown_sessions: stopCooldownSessions };
  return leavesOf("limits", limits, arrived);
}

function costPairs({ slippage, financing, fees }: Mandate, { planned, world }: Prepared): Pair[] {
  const { plan } = planned;
  return [
    { key: "slippage.bps", said: slippage.bps, kept: plan.slippage.bps },
    { key: "slippage.half_spread", said: slippage.half_spread, kept: plan.slippage.halfSpread },
    { key: "slippage.ticks", said: slippage.ticks, kept: plan.slippage.ticks },
    { key: "financing.debit_rate", said: financing.debit_rate, kept: plan.debitRate },
    { key: "financing.borrow_rate", said: financing.borrow_rate, kept: plan.borrowRate },
    ...world.instruments.flatMap((instrument, i) => {
      const { bps, perShare, minimumMinor } = plan.fees[i];
      const isContract = isFuture(instrument);
      return [
        { key: "fees.bps", said: fees.bps, kept: bps },
        isContract
          ? { key: "fees.per_contract", said: fees.per_contract, kept: perShare }
          : { key: "fees.per_share", said: fees.per_share, kept: perShare },
        {
          key: "fees.minimum",
          said: isContract ? 0 : fees.minimum,
          kept: minimumMinor / 10 ** instrument.currencyDigits,
        },
      ];
    }),
  ];
}

function layerPairs(mandate: Mandate, plan: LayerPlan): Pair[] {
  const { policy, risk_targeting: targeting, volatility_regime: regime } = mandate;
  return [
    ...leavesOf("allocation", mandate.allocation, plan.allocation),
    ...leavesOf("overlay", mandate.overlay, plan.overlay),
    ...leavesOf("clamps", mandate.clamps, plan.clamps),
    ...leavesOf("sizing", mandate.sizing, plan.sizing),
    ...leavesOf("heat", mandate.heat, plan.heat),
    ...leavesOf("correlation", mandate.correlation, plan.correlation),
    ...sectionLeaves("risk_targeting", targeting, plan.riskTargeting),
    ...sectionLeaves("volatility_regime", regime, plan.volatilityRegime),
    ...breakerPairs(mandate, plan),
    ...plan.strategies.map((name, v) => ({
      key: `policy.map.${name}`,
      said: policy.enabled ? (policy.map[name] ?? null) : null,
      kept: plan.policy?.policyOf[v] ?? null,
    })),
    { key: "seed", said: mandate.seed, kept: plan.seed },
  ];
}

/** A section with a switch: null where it is off. */
function sectionLeaves(
  name: string,
  said: { readonly enabled: boolean },
  kept: object | null,
): Pair[] {
  if (!said.enabled || kept === null) {
    return [{ key: `${name}.enabled`, said: said.enabled, kept: kept !== null }];
  }
  return leavesOf(name, said, kept);
}

/** Losses are fractions of net asset value, or parts of the volatility that is aimed at. */
function breakerPairs({ breakers, risk_targeting: targeting }: Mandate, plan: LayerPlan): Pair[] {
  const kept = plan.breakers;
  if (!breakers.enabled || kept === null) return sectionLeaves("breakers", breakers, kept);
  const year = breakers.unit === "target_vol" ? targeting.target_vol : 1;
  const day = breakers.unit === "target_vol" ? year / Math.sqrt(TRADING_DAYS) : 1;
  return [
    { key: "breakers.daily_loss", said: breakers.daily_loss, kept: kept.dailyLoss / day },
    { key: "breakers.halt", said: breakers.halt, kept: kept.halt / year },
    { key: "breakers.panic", said: breakers.panic, kept: kept.panic / year },
    { key: "breakers.halt_sessions", said: breakers.halt_sessions, kept: kept.haltSessions },
    { key: "breakers.panic_sessions", said: breakers.panic_sessions, kept: kept.panicSessions },
    { key: "breakers.rampup_scale", said: breakers.rampup_scale, kept: kept.rampupScale },
    { key: "breakers.rampup_sessions", said: breakers.rampup_sessions, kept: kept.rampupSessions },
  ];
}

/** Every scalar of `said`, with what `kept` has in its place. */
function leavesOf(key: string, said: object, kept: object): Pair[] {
  return Object.entries(said).flatMap(([name, value]: [string, unknown]): Pair[] => {
    const at = `${key}.${name}`;
    const there = (kept as { readonly [key: string]: unknown })[name];
    const isBranch = typeof value === "object" && value !== null;
    if (!isBranch) return [{ key: at, said: value, kept: there }];
    if (typeof there !== "object" || there === null) return [{ key: at, said: value, kept: there }];
    return leavesOf(at, value, there);
  });
}
