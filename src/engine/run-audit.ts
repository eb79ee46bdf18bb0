/**
 * What every run is asked at its end, in the order of what a failure would explain: the first check
 * that finds something gives the run its status and its number. Each has a name, which the failure
 * carries, and at least one fault planted in test/faults that it finds (invariant 17).
 */
import { type Result, settled, valueOf } from "../base/result.ts";
import { Fault } from "../domain/fault.ts";
import type { TerminalState } from "../domain/refusal.ts";
import type { JournalStore } from "../ports/journal-store.ts";
import { decodeBody, kindOfBody } from "../records/journal/chain.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { SleeveResult } from "../records/ledger/sleeves.ts";
import { type Breach, checkBooks, checkConservation, checkStages } from "./audit.ts";
import { checkCarry } from "./check-carry.ts";
import { checkMoney } from "./check-money.ts";
import { checkPositions } from "./check-positions.ts";
import { checkRebalances, checkSizing } from "./check-sizing.ts";
import { checkTrades } from "./check-trades.ts";
import { checkWorld } from "./check-world.ts";
import { checkDaily } from "./layers/check-daily.ts";
import { checkGates } from "./layers/check-gates.ts";
import { checkLayers } from "./layers/check-layers.ts";
import { checkNettings } from "./layers/check-nettings.ts";
import type { Prepared } from "./prepare.ts";
import type { ClosedBooks } from "./result-parts.ts";
import type { RunRequest } from "./run-request.ts";
import { checkHeld, checkShares } from "./sleeves/check-shares.ts";
import { stageRecords } from "./stage-tally.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";
import { witnessOf } from "./witness.ts";

/** All that the checks look at, and what the books leave for the artifacts. */
type Evidence = {
  readonly prepared: Prepared;
  readonly k: Kernel;
  readonly trace: Trace;
  /** As the store has them, without the orders. */
  readonly entries: readonly LedgerEntry[];
  readonly decisions: readonly LedgerEntry[];
  /** How many orders the store has. */
  readonly orders: number;
  readonly terminals: ReadonlyMap<TerminalState, number>;
  /** Asked for before the first check: a witness may be at it on another thread. */
  readonly lookAhead: Promise<Result<Breach | null, unknown>>;
  sleeves: readonly SleeveResult[];
  closed: ClosedBooks | null;
};

type RunCheck = {
  readonly name: string;
  readonly check: (evidence: Evidence) => Breach | null | Promise<Breach | null>;
};

export const RUN_CHECKS: readonly RunCheck[] = [
  { name: "stages", check: ({ k }) => checkStages(stageRecords(k.state.tally, k.plan.wiring)) },
  { name: "world", check: ({ prepared }) => checkWorld(prepared.pack, prepared.world) },
  { name: "money", check: ({ k, trace }) => checkMoney(k, trace) },
  { name: "trades", check: ({ k, trace }) => checkTrades(k, trace) },
  {
    name: "carry",
    check: ({ prepared, k, trace, entries }) =>
      checkCarry(k, trace, { actions: prepared.pack.actions, entries }),
  },
  { name: "daily", check: ({ k, trace }) => checkDaily(k, trace) },
  { name: "layers", check: ({ k, trace, decisions }) => checkLayers(k, trace.layers, decisions) },
  { name: "conservation", check: ({ k, terminals }) => checkConservation(k, terminals) },
  {
    name: "nettings",
    check: ({ k, trace, decisions }) => checkNettings(k, trace.layers, decisions),
  },
  { name: "gates", check: ({ k, trace, decisions }) => checkGates(k, trace, decisions) },
  { name: "shares", check: ({ k, trace, entries }) => checkShares(k, trace, entries) },
  {
    name: "sizing",
    // The fractions of sleeves are sized on the net, which checkNettings has looked at.
    check: ({ prepared, k, trace, decisions }) =>
      k.state.layers === null
        ? (checkSizing(prepared.world, decisions) ?? checkRebalances(k, trace))
        : null,
  },
  { name: "books", check: (evidence) => foldable(() => checkLedger(evidence)) },
  {
    name: "positions",
    check: ({ prepared, trace, entries }) => checkPositions(prepared.world, trace, entries),
  },
  { name: "orders", check: ({ trace, orders }) => unwrittenOrders(trace, orders) },
  {
    name: "look_ahead",
    check: async ({ k, trace, lookAhead }) => valueOf(await lookAhead) ?? unasked(k, trace),
  },
];

/** What a check found, with its name. */
export type NamedBreach = Breach & { readonly check: string };

export type Audited = {
  readonly breach: NamedBreach | null;
  readonly sleeves: readonly SleeveResult[];
  /** Null where a check before the books had failed. */
  readonly closed: ClosedBooks | null;
  /** What the journal holds, without the orders. */
  readonly entries: readonly LedgerEntry[];
};

export async function auditRun(request: RunRequest, k: Kernel, trace: Trace): Promise<Audited> {
  const { prepared, journal, progress, turn } = request;
  const { entries, orders } = recordedEntries(journal);
  const decisions = entries.filter(({ payload }) => payload.kind === "decision");
  const terminals = journal.terminalCounts();
  const evidence: Evidence = {
    prepared,
    k,
    trace,
    entries,
    decisions,
    orders,
    terminals,
    lookAhead: settled(witnessOf(request).lookAhead(trace.forecasts)),
    sleeves: [],
    closed: null,
  };
  const auditedWith = (breach: NamedBreach | null): Audited => {
    const { sleeves, closed } = evidence;
    return { breach, sleeves, closed, entries };
  };
  for (const [n, { name, check }] of RUN_CHECKS.entries()) {
    progress(n, RUN_CHECKS.length, "check the run");
    await turn();
    const breach = await check(evidence);
    if (breach !== null) return auditedWith({ ...breach, check: name });
  }
  progress(RUN_CHECKS.length, RUN_CHECKS.length, "check the run");
  return auditedWith(null);
}

/** Invariant 4: an answer that was not written down was not asked again, and nothing speaks for it. */
function unasked({ state }: Kernel, { forecasts }: Trace): Breach | null {
  const given = state.counters.forecasts;
  const written = forecasts.session.length;
  if (given === written) return null;
  const message = `${given} forecasts were given and ${written} are written down: the others were not asked again`;
  return { invariant: 4, status: "ERROR", message };
}

function checkLedger(evidence: Evidence): Breach | null {
  const { k, entries, prepared } = evidence;
  const books = checkBooks(k, entries, prepared.lotMethod);
  evidence.sleeves = books.sleeves;
  evidence.closed = books.closed;
  return books.breach ?? checkHeld(k, books.sleeves);
}

/** Invariant 10: what was submitted is in the store, each once. */
function unwrittenOrders({ orders }: Trace, stored: number): Breach | null {
  if (orders.length === stored) return null;
  const message = `${orders.length} orders were submitted, and the journal holds ${stored}`;
  return { invariant: 10, status: "BREAK", message };
}

/** What the store holds and a check reads: orders were noted when they were made, and are counted. */
function recordedEntries(journal: JournalStore): {
  readonly entries: readonly LedgerEntry[];
  readonly orders: number;
} {
  const entries: LedgerEntry[] = [];
  let orders = 0;
  for (const { body } of journal.rows(1)) {
    if (kindOfBody(body) === "order") orders++;
    else entries.push(decodeBody(body));
  }
  return { entries, orders };
}

/** A lot method that cannot choose (strict) is the mandate's, and the run's failure all the same. */
function foldable(check: () => Breach | null): Breach | null {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { invariant: 11, status: "BREAK", message: error.message };
  }
}
