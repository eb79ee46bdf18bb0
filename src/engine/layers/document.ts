/** What the portfolio's stages did, summed up for run.json from their own records. */
import { formatDate } from "../../base/instant.ts";
import type { LayersDocument } from "../../domain/layers-document.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace, SheetColumn, Trace } from "../trace.ts";
import { grossOfDecisions } from "./tables.ts";
import type { LayerState } from "./state.ts";

const MS_PER_YEAR = 365.25 * 86_400_000;

export function layersDocument(k: Kernel, layers: LayerState, whole: Trace): LayersDocument {
  const trace = whole.layers;
  const gross = (name: SheetColumn) => mean(grossOfDecisions(layers, trace, name)) ?? 0;
  const { plan } = layers;
  const { stages } = k.state.tally;
  return {
    decisions: trace.decisions.length,
    off_cycle: trace.decisions.filter((d) => d.offCycle).length,
    sleeves: plan.instrumentOf.length,
    allocation: {
      method: plan.allocation.method,
      mean_gross: gross("allocated"),
      notes: tally(layers.budgetNotes.map(({ note }) => note)),
      without_budget: withoutBudget(k, layers),
    },
    policy: {
      enabled: plan.policy !== null,
      mean_gross: gross("permitted"),
      bound: stages.policy.bound,
    },
    risk_targeting: {
      enabled: plan.riskTargeting !== null,
      mean_gross: gross("targeted"),
      target_vol: plan.riskTargeting?.target_vol ?? null,
      status: tally(trace.decisions.flatMap((d) => (d.riskStatus === null ? [] : [d.riskStatus]))),
      mean_sigma: mean(trace.decisions.map((d) => d.sigma).filter(Number.isFinite)),
    },
    overlay: overlayOf(k, layers, trace, gross("braked")),
    clamps: { mean_gross: gross("clamped"), by_constraint: clampsOf(k, layers) },
    volatility_regime: plan.volatilityRegime === null ? null : tally(layers.daily.volatilityRegime),
    volatility_transitions: changesOf(k, layers.daily.volatilityRegime),
    breakers: layers.breakerChanges.map(({ session, change }) => ({
      date: dateOf(k, session),
      from: change.from,
      to: change.to,
      rule: change.rule,
      observed: change.observed,
      limit: change.limit,
    })),
    netting: {
      nets: trace.nettings.length,
      crosses: k.state.counters.crosses,
      crossed_lots: k.state.counters.crossedLots,
    },
    refused: refusedOf(k, whole),
    sizing: tally(trace.nettings.flatMap(({ netting }) => netting.cutBy ?? [])),
    sizing_unmoved: trace.nettings.filter(
      ({ netting }) => netting.cutBy !== null && netting.targetLots === netting.heldLots,
    ).length,
  };
}

function withoutBudget(
  k: Kernel,
  { plan, sheet }: LayerState,
): LayersDocument["allocation"]["without_budget"] {
  return sheet.reasons.flatMap((reason, v) => {
    if (reason === null) return [];
    const { id } = k.world.instruments[plan.instrumentOf[v]];
    return [{ sleeve: `${plan.strategies[v]} ${id}`, reason }];
  });
}

function overlayOf(
  k: Kernel,
  layers: LayerState,
  trace: LayerTrace,
  meanGross: number,
): LayersDocument["overlay"] {
  const { overlay } = layers.plan;
  const { applied, warmUp, bound } = k.state.tally.stages.overlay;
  const used = trace.decisions.filter((d) => overlay.mode !== "off" && !d.warmUp);
  const transitions = changesOf<BrakeRegime>(
    k,
    layers.daily.brake.map((day) => day?.regime ?? "UNKNOWN"),
  );
  const { sessionsMs } = k.world;
  const years = (sessionsMs[sessionsMs.length - 1] - sessionsMs[0]) / MS_PER_YEAR;
  return {
    mode: overlay.mode,
    profile: overlay.profile,
    mean_gross: meanGross,
    applied,
    warm_up: warmUp,
    bound,
    bound_on: layers.boundSessions.map((session) => dateOf(k, session)),
    mean_scalar: mean(used.map((d) => d.scalar)),
    regimes: tally(layers.daily.brake.map((day) => day?.regime ?? "UNKNOWN")),
    transitions,
    transitions_per_year: years > 0 ? transitions.length / years : 0,
  };
}

/** Sessions at which a state was not that of the session before; it starts as UNKNOWN. */
function changesOf<State extends string>(
  k: Kernel,
  states: readonly (State | "UNKNOWN")[],
): { date: string; from: State | "UNKNOWN"; to: State | "UNKNOWN" }[] {
  const found: { date: string; from: State | "UNKNOWN"; to: State | "UNKNOWN" }[] = [];
  let before: State | "UNKNOWN" = "UNKNOWN";
  for (const [session, now] of states.entries()) {
    if (now !== before) found.push({ date: dateOf(k, session), from: before, to: now });
    before = now;
  }
  return found;
}

/** From the end that the recorder noted of each signal, on the day it was decided. */
function refusedOf(k: Kernel, { forecasts, signals }: Trace): LayersDocument["refused"] {
  type Group = { signals: number; days: number; first: string; last: string };
  const found: { [state: string]: Group } = {};
  const sessions = forecasts.session.values();
  for (const [n, ordinal] of forecasts.signal.values().entries()) {
    const end = ordinal < 0 ? null : (signals[ordinal]?.end ?? null);
    if (end === null || end.state === "EXECUTED") continue;
    const date = dateOf(k, sessions[n]);
    const group = (found[end.state] ??= { signals: 0, days: 0, first: date, last: "" });
    group.signals++;
    if (group.last !== date) group.days++;
    group.last = date;
  }
  return found;
}

function clampsOf(k: Kernel, { clampLog }: LayerState): LayersDocument["clamps"]["by_constraint"] {
  const found: { [constraint: string]: { records: number; first: string; last: string } } = {};
  for (const { session, record } of clampLog) {
    const date = dateOf(k, session);
    const row = (found[record.constraint] ??= { records: 0, first: date, last: date });
    row.records++;
    row.last = date;
  }
  return found;
}

function tally(values: readonly string[]): { [value: string]: number } {
  const counts: { [value: string]: number } = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n];
  return sum / values.length;
}

function dateOf(k: Kernel, session: number): string {
  return formatDate(k.world.sessionsMs[session]);
}
