/**
 * What came of a run, as far as a proof compares it: every fill, cash and equity at every close, how
 * signals ended, costs, what stages bound, metrics and warnings. The mandate's hash is no part of it:
 * it moves with every key, whoever reads it.
 */
import { formatDate } from "../../base/instant.ts";
import { minorToAmount } from "../../base/money.ts";
import type { Metrics } from "../../domain/run-document.ts";
import type { RunStatus } from "../../domain/run-status.ts";
import { createKernel, finishKernel, runSessions } from "../kernel.ts";
import { nullRecorder } from "../recorder.ts";
import { kernelWarnings, statusOf } from "../run-result.ts";
import type { Kernel } from "../state.ts";
import { windowMetrics } from "../window-metrics.ts";
import type { Candidate } from "./candidate.ts";

export type Outcome = {
  readonly status: RunStatus;
  readonly navMinor: Float64Array;
  readonly cashMinor: Float64Array;
  readonly finalEquity: number;
  /** One line for each, with everything that was booked. */
  readonly fills: readonly string[];
  /** Terminal states of signals, orders, stops, breakers. */
  readonly counts: ReadonlyMap<string, number>;
  /** By cost, minor units. */
  readonly costs: ReadonlyMap<string, number>;
  /** How often each stage and gate changed or refused something. */
  readonly bound: ReadonlyMap<string, number>;
  /** What is said of the run: metrics by name, warnings, whose data and which series it was. */
  readonly said: ReadonlyMap<string, string>;
};

export function outcomeOf(candidate: Candidate): Outcome {
  const k = kernelOf(candidate);
  runSessions(k, 0, k.world.sessionsMs.length);
  finishKernel(k);
  return describe(candidate, k);
}

export function kernelOf({ prepared }: Candidate): Kernel {
  return createKernel(prepared.world, prepared.planned.plan, nullRecorder);
}

/** Of a kernel that has come to its end. */
export function describe(candidate: Candidate, k: Kernel): Outcome {
  const { curves } = k.state;
  return {
    status: statusOf(k, null, k.plan.effectiveStart),
    navMinor: curves.nav,
    cashMinor: curves.cash,
    finalEquity: minorToAmount(k.state.navMinor, k.world.currencies[0].digits),
    fills: fillLines(k),
    counts: countsOf(k),
    costs: new Map(Object.entries(k.state.costs)),
    bound: boundOf(k),
    said: saidOf(candidate, k),
  };
}

function fillLines({ state, world }: Kernel): readonly string[] {
  const { fills } = state;
  const columns = [fills.lots, fills.price, fills.notional, fills.fee, fills.slippage].map(
    (column) => column.values(),
  );
  const sessions = fills.session.values();
  const instruments = fills.instrument.values();
  return Array.from(sessions, (session, n) => {
    const day = formatDate(world.sessionsMs[session]);
    const { id } = world.instruments[instruments[n]];
    return [day, id, ...columns.map((column) => column[n])].join(" ");
  });
}

function countsOf({ state }: Kernel): ReadonlyMap<string, number> {
  const { terminals, ...counters } = state.counters;
  const counts = new Map<string, number>(terminals);
  for (const [name, count] of Object.entries(counters)) counts.set(name, count);
  counts.set("breaker_changes", state.layers?.breakerChanges.length ?? 0);
  return counts;
}

function boundOf({ state }: Kernel): ReadonlyMap<string, number> {
  const { stages, gates } = state.tally;
  return new Map([
    ...Object.entries(stages).map(([name, { bound }]) => [`stage ${name}`, bound] as const),
    ...Object.entries(gates).map(([name, { bound }]) => [`gate ${name}`, bound] as const),
  ]);
}

function saidOf({ prepared, dataWarnings }: Candidate, k: Kernel): ReadonlyMap<string, string> {
  const { pack, planned } = prepared;
  const said = new Map<string, string>([
    ["warnings", kernelWarnings(k).join("\n")],
    ["data_warnings", dataWarnings.join("\n")],
    ["rights", pack.rights.join("\n")],
    ["instruments", pack.series.map(({ instrument }) => instrument.id).join(" ")],
    ["references", pack.references.map(({ id }) => id).join(" ")],
    ["strategies", planned.plan.variants.map(({ strategy }) => strategy).join(" ")],
  ]);
  const windows = { metrics: planned.plan.effectiveStart, metrics_full: 0 };
  for (const [window, from] of Object.entries(windows)) {
    const metrics: Metrics = windowMetrics(k, prepared, from);
    for (const [name, value] of Object.entries(metrics)) {
      if (typeof value !== "object") said.set(`${window}.${name}`, String(value));
    }
  }
  return said;
}
