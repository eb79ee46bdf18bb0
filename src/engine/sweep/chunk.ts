/**
 * A run of consecutive trials, on whichever thread: reads their parameters from the job's table and
 * writes their rows. Enters: the task and the lane of its terms; leaves: how many trials are done
 * and, where one failed, which and why, as plain data. The first that fails ends the chunk.
 */
import { InvariantError } from "../../base/assert.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Sha256 } from "../../ports/hash.ts";
import { createTrialLane, type TrialLane } from "../trial.ts";
import { buildWorld } from "../world.ts";
import { paramsOf, type SweepJob, type SweepTerms } from "./job.ts";
import { writeRow } from "./trial-row.ts";

/** Trials `from` (inclusive) to `to` (exclusive). */
export type ChunkTask = { readonly job: SweepJob; readonly from: number; readonly to: number };

/** An error as it crosses a thread. */
export type Failure = {
  /** Null: not a fault of the world. */
  readonly kind: FaultKind | null;
  /** Null: no invariant. */
  readonly invariant: number | null;
  readonly message: string;
  readonly where: string | null;
  readonly details: readonly string[];
};

export type ChunkAnswer = {
  readonly done: number;
  /** `trial` is null where no trial could begin. */
  readonly failure: { readonly trial: number | null; readonly failure: Failure } | null;
};

/** The lane of a sweep's terms: only what is traded makes sessions, as in a run. */
export function createLane(terms: SweepTerms, strategy: Strategy, sha256: Sha256): TrialLane {
  const { pack, use, settings, seed, precomputed, sources, conventions } = terms;
  const traded = new Set(use.instruments);
  const world = buildWorld(
    { ...pack, series: pack.series.filter((s) => traded.has(s.instrument.id)) },
    { currency: settings.currency, digits: settings.currencyDigits },
  );
  return createTrialLane(
    {
      world,
      actions: pack.actions,
      uses: [{ ...use, strategy, params: {} }],
      settings,
      seed,
      precomputed,
      sha256,
      sourceOf: (instrument) => sources[instrument] ?? instrument,
    },
    conventions,
  );
}

export function runTrials({ job, from, to }: ChunkTask, lane: TrialLane): ChunkAnswer {
  for (let trial = from; trial < to; trial++) {
    try {
      writeRow(job.rows, trial, lane.run(paramsOf(job, trial)));
    } catch (error) {
      return { done: trial - from, failure: { trial, failure: failureOf(error) } };
    }
  }
  return { done: to - from, failure: null };
}

/** Nothing ran: the strategy or the market could not be brought in. */
export function couldNotBegin(error: unknown): ChunkAnswer {
  return { done: 0, failure: { trial: null, failure: failureOf(error) } };
}

function failureOf(error: unknown): Failure {
  return {
    kind: error instanceof Fault ? error.kind : null,
    invariant: error instanceof InvariantError ? error.invariant : null,
    // The class puts its number before the message again.
    message: messageOf(error).replace(/^invariant \d+: /, ""),
    where: error instanceof Fault ? error.where : null,
    details: error instanceof Fault ? error.details : [],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same failure as an error again, of the same class. */
export function errorOf(failure: Failure, addition: string): Error {
  const { kind, invariant, message, where, details } = failure;
  const text = `${message}${addition}`;
  if (kind !== null) return new Fault(kind, text, { where, details });
  return invariant === null ? new Error(text) : new InvariantError(invariant, text);
}
