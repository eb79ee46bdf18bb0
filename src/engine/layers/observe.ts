/**
 * What is looked at on every session, whether anything is decided or not: shadow returns of the
 * sleeves, the brake on the unbraked book, the volatility regime, the circuit breakers. Runs at the
 * close, before the decision; says whether there is to be one.
 */
import { dayNumber } from "../../base/instant.ts";
import { known, unknown } from "../../domain/evidence.ts";
import { stepBreaker } from "../../execution/gates/breakers.ts";
import { positionHeat } from "../../execution/gates/heat.ts";
import { stepVolatilityRegime } from "../../execution/gates/volatility-regime.ts";
import { stepOverlay } from "../../portfolio/overlay/overlay-state.ts";
import { precomputedUpgrade } from "../../portfolio/overlay/precomputed.ts";
import { flattenAll } from "../flatten.ts";
import type { Kernel } from "../state.ts";
import { riskFraction } from "./evidence.ts";
import type { LayerState } from "./state.ts";

/** True when this close is to decide: by schedule, or because the brake went up and may trade at once. */
export function observe(k: Kernel, session: number): boolean {
  const layers = k.state.layers as LayerState;
  const { plan } = layers;
  layers.sheet.offCycle = false;
  recordShadows(layers, session);
  stepBrake(layers, session);
  stepVolatility(layers, session);
  stepBreakers(k, layers, session);
  publish(k, layers, session);
  if (k.plan.decideOn[session] === 1) return true;
  layers.sheet.offCycle = wasUpgraded(k, layers, session) && plan.overlay.trade_on_upgrade;
  return layers.sheet.offCycle;
}

/** The scalar of the session before is the one a decision uses: it is the one that must have fallen. */
function wasUpgraded(
  { world }: Kernel,
  { plan, brakeBefore }: LayerState,
  session: number,
): boolean {
  const { sessionsMs } = world;
  switch (plan.overlay.mode) {
    case "off":
      return false;
    case "compute":
      return brakeBefore !== null && brakeBefore.entered !== null;
    case "precomputed":
      return (
        session > 1 &&
        precomputedUpgrade(plan.precomputed, sessionsMs[session - 1], sessionsMs[session - 2])
      );
  }
}

/** A day on which the instrument did not trade earned nothing; before its first forecast a sleeve has no history. */
function recordShadows(
  { plan, direction, strength, shadow, active }: LayerState,
  session: number,
): void {
  const n = direction.length;
  const { returns } = plan.evidence;
  for (let v = 0; v < n; v++) {
    if (direction[v] === 0) continue;
    const r = returns[plan.instrumentOf[v]][session];
    shadow[session * n + v] = r === r ? direction[v] * r : 0;
    active[session * n + v] = strength[v] === 0 ? 0 : 1;
  }
}

/** The unbraked book earns today's returns and drifts with them, so that the brake does not feed on itself. */
function stepBrake(layers: LayerState, session: number): void {
  const { unbraked, today, plan } = layers;
  let exposed = false;
  let earned = 0;
  for (let i = 0; i < unbraked.length; i++) {
    today[i] = plan.evidence.returns[i][session];
    if (unbraked[i] === 0) continue;
    exposed = true;
    if (today[i] === today[i]) earned += unbraked[i] * today[i];
  }
  for (let i = 0; i < unbraked.length; i++) {
    if (unbraked[i] === 0 || earned <= -1) continue;
    const own = today[i] === today[i] ? today[i] : 0;
    unbraked[i] *= (1 + own) / (1 + earned);
  }
  layers.brakeBefore = layers.brake;
  layers.brake = stepOverlay(layers.overlay, {
    unbrakedReturn: exposed ? earned : Number.NaN,
    assetReturns: today,
  });
  layers.daily.brake[session] = layers.brake;
}

function stepVolatility(layers: LayerState, session: number): void {
  const { volatilityRegime, evidence } = layers.plan;
  if (volatilityRegime !== null) {
    const close = evidence.volatilityIndex?.[session] ?? Number.NaN;
    const { low, high, crisis, leave_factor: leave, leave_closes: closes } = volatilityRegime;
    const terms = { low, high, crisis, leave, closes };
    layers.volatilityRegime = stepVolatilityRegime(terms, layers.volatility, close);
  }
  layers.daily.volatilityRegime[session] = layers.volatilityRegime;
}

function stepBreakers(k: Kernel, layers: LayerState, session: number): void {
  const { state, world } = k;
  layers.highWaterMinor = Math.max(layers.highWaterMinor, state.navMinor);
  const levels = layers.plan.breakers;
  if (levels !== null) {
    const change = stepBreaker(levels, layers.breaker, {
      session,
      day: dayNumber(world.sessionsMs[session]),
      navMinor: state.navMinor,
      healthy: healthOf(k, session),
    });
    if (change !== null) {
      layers.breakerChanges.push({ session, change });
      k.recorder.breaker(session, change);
      // One mark for all: what RAMPUP leaves behind is no drawdown of the throttle either.
      if (change.to === "RAMPUP" && change.from !== "RAMPUP") {
        layers.highWaterMinor = change.highWaterMinor;
      }
      if (change.to === "PANIC" && change.from !== "PANIC") flattenAll(k);
    }
  }
  layers.daily.breaker[session] = levels === null ? "OFF" : layers.breaker.state;
}

/** Before a breaker lets trading start again: every position has a price of this or the last session. */
function healthOf(
  { state, plan }: Kernel,
  session: number,
): ReturnType<typeof known<true>> | ReturnType<typeof unknown> {
  for (let i = 0; i < state.lots.length; i++) {
    if (state.lots[i] !== 0 && session - state.lastBar[i] > plan.maxAgeSessions) {
      return unknown(`a position was last priced ${session - state.lastBar[i]} sessions ago`);
    }
  }
  return known(true as const);
}

/** Heat and reserved margin as fractions of net asset value, beside gross. */
function publish(k: Kernel, layers: LayerState, session: number): void {
  const { state, world } = k;
  let heat = 0;
  let margin = 0;
  for (let i = 0; i < state.lots.length; i++) {
    const lots = state.lots[i];
    if (lots === 0) continue;
    const rate = state.exposureRate[i];
    heat += positionHeat({
      lots,
      mark: state.mark[i],
      stop: state.stops[i]?.price ?? null,
      riskFraction: riskFraction(layers, i, session),
      factor: world.scales[i].factor * rate,
    });
    margin += Math.abs(lots) * world.marginMinor[i] * rate;
  }
  if (state.navMinor <= 0) return;
  layers.daily.heat[session] = heat / state.navMinor;
  layers.daily.margin[session] = margin / state.navMinor;
}
