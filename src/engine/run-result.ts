/** What a run says of itself: run.json and the report's series, from the kernel's own numbers. */
import { formatDate } from "../base/instant.ts";
import { minorToAmount } from "../base/money.ts";
import type { WrittenArtifact } from "../domain/artifact.ts";
import type { LintResult } from "../domain/lint-result.ts";
import type { RunDocument, SignalCounts } from "../domain/run-document.ts";
import type { RunStatus } from "../domain/run-status.ts";
import { sharpeTest } from "../research/evaluation/sharpe-probability.ts";
import type { Breach } from "./audit.ts";
import { layersDocument } from "./layers/document.ts";
import { runVolatilityGap } from "./layers/volatility-gap.ts";
import type { Prepared } from "./prepare.ts";
import { type ClosedBooks, resultParts } from "./result-parts.ts";
import type { NamedBreach } from "./run-audit.ts";
import type { RunRequest } from "./run-request.ts";
import { stageRecords } from "./stage-tally.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";
import { windowMetrics, windowReturns } from "./window-metrics.ts";

type ResultInput = {
  readonly request: RunRequest;
  readonly k: Kernel;
  readonly trace: Trace;
  readonly breach: NamedBreach | null;
  readonly closed: ClosedBooks | null;
  readonly doctor: readonly LintResult[];
  readonly artifacts: readonly WrittenArtifact[];
  readonly journal: { readonly entries: number; readonly head: string };
};

export function runDocument(input: ResultInput): RunDocument {
  const { request, k, breach } = input;
  const { prepared, identity } = request;
  const { pack, planned } = prepared;
  const { counters } = k.state;
  const digits = k.world.currencies[0].digits;
  return {
    format_version: 1,
    run_id: request.runId,
    status: statusOf(k, breach, planned.plan.effectiveStart),
    failure: breach === null ? null : failureOf(breach),
    mode: identity.mode,
    name: prepared.name,
    seed: identity.seed,
    mandate_hash: identity.mandateHash,
    pack: {
      id: pack.id,
      kind: pack.kind,
      rights: pack.rights,
      instruments: k.world.instruments.map((i) => i.id),
      ...datesOf(k, 0),
    },
    code_hash: identity.codeHash,
    runtime: identity.runtime,
    currency: k.world.currencies[0].code,
    journal: input.journal,
    window: { full: datesOf(k, 0), evaluation: datesOf(k, planned.plan.effectiveStart) },
    metrics: windowMetrics(k, prepared, planned.plan.effectiveStart),
    metrics_full: windowMetrics(k, prepared, 0),
    sharpe_test: sharpeTest(windowReturns(k, planned.plan.effectiveStart), prepared),
    result: input.closed === null ? null : resultParts(k, input.closed),
    costs: {
      fees: minorToAmount(k.state.costs.fees, digits),
      slippage: minorToAmount(k.state.costs.slippage, digits),
      financing: minorToAmount(k.state.costs.financing, digits),
      borrow: minorToAmount(k.state.costs.borrow, digits),
    },
    stages: stageRecords(k.state.tally, k.plan.wiring),
    layers: k.state.layers === null ? null : layersDocument(k, k.state.layers, input.trace),
    volatility_gap: runVolatilityGap(k, input.trace, planned.plan.effectiveStart),
    signals: signalCounts(k),
    system_intents: {
      placed: counters.stopsPlaced,
      filled: counters.stopsFilled,
      cancelled: counters.stopsCancelled,
      expired: counters.stopsExpired,
      flattens: counters.flattens,
      flattened: counters.flattensFilled,
      flattens_expired: counters.flattensExpired,
      rolls: counters.rolls,
    },
    marks: marksOf(prepared, k),
    warnings: kernelWarnings(k),
    data_warnings: request.dataWarnings,
    doctor: input.doctor,
    artifacts: input.artifacts,
  };
}

function failureOf({ invariant, message, check }: NamedBreach): RunDocument["failure"] {
  return { invariant, message, check };
}

/** A broken invariant outranks ruin, ruin outranks idleness (invariant 18). */
export function statusOf(k: Kernel, breach: Breach | null, from: number): RunStatus {
  if (breach !== null) return breach.status;
  if (k.state.ruinedAt !== null) return "RUINED";
  if (k.state.fills.lots.length === 0) return "ZERO_TRADES";
  const nav = k.state.curves.nav.subarray(from);
  return nav.every((value) => value === nav[0]) ? "ZERO_VARIANCE" : "OK";
}

function signalCounts(k: Kernel): SignalCounts {
  const { forecasts, holds, signals, terminals } = k.state.counters;
  const sorted = [...terminals].sort(([a], [b]) => (a < b ? -1 : 1));
  return { forecasts, holds, signals, terminal: Object.fromEntries(sorted) };
}

function marksOf({ pack }: Prepared, k: Kernel): readonly string[] {
  return [
    ...(pack.kind === "SIMULATED" ? ["SIMULATED"] : []),
    ...(k.plan.sameClose ? ["LOOKAHEAD"] : []),
  ];
}

export function kernelWarnings(k: Kernel): readonly string[] {
  const { unknownRows, staleMarks } = k.state.counters;
  const warnings: string[] = [];
  if (k.plan.sameClose) {
    warnings.push(
      "execution.fill same_close: orders fill on the close that decided them; the result cannot be promoted",
    );
  }
  if (unknownRows > 0) {
    warnings.push(
      `${unknownRows} rows past warm-up had an unknown column; no forecast was issued on them`,
    );
  }
  if (staleMarks > 0) {
    warnings.push(
      `${staleMarks} positions were marked at an earlier close because their instrument had no bar that session`,
    );
  }
  warnings.push(...layerWarnings(k));
  const early = k.state.fills.session.values().findIndex((s) => s > k.plan.effectiveStart);
  const before = early < 0 ? k.state.fills.session.length : early;
  if (before > 0 && k.plan.effectiveStart > 0) {
    warnings.push(
      `${before} fills came before the evaluation window, which starts when the last strategy is past its warm-up; metrics_full has them`,
    );
  }
  return warnings;
}

/** Evidence that a stage asked for and did not have: it restricted there, and here it says so. */
function layerWarnings({ state }: Kernel): readonly string[] {
  const { layers } = state;
  if (layers === null) return [];
  const { policyBlind, plan, daily } = layers;
  const warnings: string[] = [];
  if (policyBlind > 0) {
    warnings.push(
      `policy had nothing to judge by at ${policyBlind} of ${state.counters.decisions} decisions (volatility of volatility unknown): what it maps was kept flat after each`,
    );
  }
  const unseen = daily.volatilityRegime.filter((regime) => regime === "UNKNOWN").length;
  if (plan.volatilityRegime !== null && unseen > 0) {
    warnings.push(
      `the volatility index ${plan.volatilityRegime.reference} has no close on ${unseen} of ${daily.volatilityRegime.length} sessions: the tightest limits held there`,
    );
  }
  return warnings;
}

function datesOf(k: Kernel, from: number): { from: string; to: string; sessions: number } {
  const { sessionsMs } = k.world;
  return {
    from: formatDate(sessionsMs[from]),
    to: formatDate(sessionsMs[sessionsMs.length - 1]),
    sessions: sessionsMs.length - from,
  };
}
