/**
 * From weights to what each sleeve would hold, in fractions of lots, and to signals: a forecast is
 * a hold only if what it wants, what all stages left of it and what the sleeve has are one and the
 * same (spec execution, section 1). A stage that took the whole wish away owns the signal's end.
 */
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { ProtectiveStop } from "../../domain/target.ts";
import type { LayerState } from "../layers/state.ts";
import type { Signal } from "../signal.ts";
import type { Kernel } from "../state.ts";
import { stageRefusals } from "./stage-refusals.ts";
import type { ClampedWeights } from "./weights.ts";

export function sleeveSignals(
  k: Kernel,
  layers: LayerState,
  session: number,
  clamped: ClampedWeights,
): readonly Signal[] {
  const { sheet } = layers;
  const signals: Signal[] = [];
  for (let v = 0; v < clamped.length; v++) sizeSleeve(k, layers, v, clamped[v]);
  if (sheet.risk?.status === "unavailable") keepUnmeasured(layers);
  for (let v = 0; v < clamped.length; v++) {
    if (layers.asked[v] === 0) continue;
    const belief = micro(sheet.beliefLots[v]);
    const final = micro(sheet.finalLots[v]);
    const current = micro(sheet.currentLots[v]);
    if (belief === final && final === current) {
      k.state.counters.holds++;
      trace(k, layers, session, v, -1);
      continue;
    }
    const signal = makeSignal(k, layers, session, v);
    trace(k, layers, session, v, signal.ordinal);
    signals.push(signal);
  }
  return signals;
}

/** The nearest millionth of a lot; NaN stays. */
function micro(lots: number): number {
  return Math.round(lots * MICRO_LOTS);
}

/** Without a price, a rate or a positive net asset value only nothing can be sized. */
function sizeSleeve(k: Kernel, layers: LayerState, v: number, weight: number): void {
  const { state, world } = k;
  const { sheet, plan } = layers;
  const i = plan.instrumentOf[v];
  const lotMinor = state.mark[i] * world.scales[i].factor * state.exposureRate[i];
  const lotsPerWeight =
    state.mark[i] > 0 && state.navMinor > 0 ? state.navMinor / lotMinor : Number.NaN;
  sheet.currentLots[v] = (state.sleeves?.microLots[v] ?? 0) / MICRO_LOTS;
  sheet.beliefLots[v] = sheet.belief[v] === 0 ? 0 : sheet.belief[v] * lotsPerWeight;
  sheet.finalLots[v] = weight === 0 ? 0 : weight * sheet.sizeScale * lotsPerWeight;
}

/**
 * Risk that nobody can measure adds nothing: a sleeve keeps what it holds on the side it wishes and
 * gives up the rest, unless that would leave the instrument with more, or on the other side, than it
 * has; then all of its sleeves stay. What is held was braked when it was bought and is not again.
 */
function keepUnmeasured({ sheet, plan }: LayerState): void {
  for (const sleeves of plan.sleevesOf) {
    let held = 0;
    let kept = 0;
    for (const v of sleeves) {
      const lots = sheet.currentLots[v];
      sheet.finalLots[v] = lots * sheet.permitted[v] > 0 ? lots : 0;
      held += lots;
      kept += sheet.finalLots[v];
    }
    if (kept * held >= 0 && Math.abs(kept) <= Math.abs(held)) continue;
    for (const v of sleeves) sheet.finalLots[v] = sheet.currentLots[v];
  }
}

function makeSignal(k: Kernel, layers: LayerState, session: number, v: number): Signal {
  const { state } = k;
  const { sheet, plan } = layers;
  const i = plan.instrumentOf[v];
  const belief = sheet.beliefLots[v];
  const final = sheet.finalLots[v];
  const current = sheet.currentLots[v];
  const stop = stopOf(layers, i, session, state.mark[i]);
  return {
    ordinal: state.counters.signals++,
    variant: v,
    instrument: i,
    session,
    kind: "forecast",
    target: layers.strength[v],
    confidence: layers.confidence[v],
    price: state.mark[i],
    currentLots: current,
    beliefLots: Number.isNaN(belief) ? null : belief,
    finalLots: Number.isNaN(final) ? null : final,
    entry: "market",
    stop,
    timeInForce: "gtc",
    verdicts: [],
    orders: [],
    cuts: stageRefusals(layers, v),
    refusals: [...unsized(k, layers, v), ...unprotected(layers, v, stop)],
    wantedLots: wantedOf(micro(belief), micro(final), micro(current)) / MICRO_LOTS,
    filledLots: 0,
    openOrders: 0,
    crosses: false,
  };
}

/** What the forecast wanted to change; or, where a stage turned it round, what was to change instead. In millionths, as fills are shared out. */
function wantedOf(belief: number, final: number, current: number): number {
  const asked = belief - current;
  const left = final - current;
  return asked * left > 0 ? Math.max(Math.abs(asked), Math.abs(left)) : Math.abs(left);
}

function stopOf(
  { plan }: LayerState,
  i: number,
  session: number,
  price: number,
): ProtectiveStop | null {
  const multiple = plan.sizing.stop_atr;
  if (multiple === null) return null;
  const range = plan.evidence.atrFraction[i][session] * price;
  return range > 0 ? { distance: multiple * range } : null;
}

/** Why no size can be said; empty where one can. */
function unsized(k: Kernel, layers: LayerState, v: number): Refusal[] {
  if (!Number.isNaN(layers.sheet.finalLots[v])) return [];
  const { navMinor, mark } = k.state;
  const price = mark[layers.plan.instrumentOf[v]];
  const state = "REJECTED_BY_SIZING" as const;
  if (navMinor <= 0) {
    const unit = "minor units of NAV";
    return [{ state, by: "sizing", rule: "ruin", observed: navMinor, limit: 0, unit }];
  }
  if (price > 0) {
    return [
      { state, by: "sizing", rule: "unknown_rate", observed: null, limit: null, unit: "rate" },
    ];
  }
  const observed = Number.isNaN(price) ? null : price;
  return [{ state, by: "sizing", rule: "non_positive_price", observed, limit: 0, unit: "price" }];
}

/** Nothing grows without the stop that the mandate asks for. */
function unprotected(
  { plan, sheet }: LayerState,
  v: number,
  stop: ProtectiveStop | null,
): Refusal[] {
  if (plan.sizing.stop_atr === null || stop !== null) return [];
  const final = sheet.finalLots[v];
  const current = sheet.currentLots[v];
  const grows = Math.abs(final) > Math.abs(current) || final * current < 0;
  if (!grows) return [];
  const refusal = { observed: null, limit: plan.sizing.stop_atr, unit: "average true ranges" };
  return [{ state: "REJECTED_BY_SIZING", by: "sizing", rule: "unknown_stop", ...refusal }];
}

function trace(k: Kernel, layers: LayerState, session: number, v: number, signal: number): void {
  if (!k.recorder.tracesForecasts) return;
  const { sheet, plan } = layers;
  k.recorder.forecast(session, {
    variant: v,
    kind: "forecast",
    target: layers.strength[v],
    confidence: layers.confidence[v],
    currentLots: sheet.currentLots[v],
    beliefLots: sheet.beliefLots[v],
    finalLots: sheet.finalLots[v],
    price: k.state.mark[plan.instrumentOf[v]],
    signal,
  });
}
