/**
 * The checks at the end of every run. Each compares two things that were made apart: terminals
 * counted by the store against forecasts counted where the strategy is called, books folded from
 * the journal against the kernel's equity on every day, and what each stage was handed against what
 * it judged. The first that fails names its invariant and becomes the run's status.
 */
import { formatDate, formatInstant } from "../base/instant.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { StageRecord } from "../domain/stage-record.ts";
import type { TerminalState } from "../domain/refusal.ts";
import { equityIdentity } from "../records/ledger/equity-identity.ts";
import { type Ledger, type LedgerEntry, createLedger } from "../records/ledger/fold.ts";
import type { LotMethod } from "../records/ledger/lots.ts";
import type { Kernel } from "./state.ts";

export type Breach = {
  readonly invariant: number;
  readonly status: Extract<RunStatus, "INERT_STAGE" | "SIGNAL_LEAK" | "BREAK" | "ERROR">;
  readonly message: string;
};

/** Invariant 1: a stage that was reached and did not judge, or judged and was not heeded. */
export function checkStages(records: readonly StageRecord[]): Breach | null {
  const inert = records.find((r) => r.enabled && r.inert_reason !== null);
  if (inert === undefined) return null;
  return {
    invariant: 1,
    status: "INERT_STAGE",
    message: `${inert.kind} ${inert.name} is enabled and inert: ${inert.inert_reason}`,
  };
}

/** Invariant 2, with terminals as the store's unique constraint let them in. */
export function checkConservation(
  k: Kernel,
  stored: ReadonlyMap<TerminalState, number>,
): Breach | null {
  const { forecasts, holds, signals, stopsPlaced, stopsFilled, stopsCancelled, stopsExpired } =
    k.state.counters;
  const ended = [...stored.values()].reduce((sum, count) => sum + count, 0);
  const leak = (message: string): Breach => ({ invariant: 2, status: "SIGNAL_LEAK", message });
  if (forecasts !== holds + signals) {
    return leak(`${forecasts} forecasts are not ${holds} holds + ${signals} signals`);
  }
  if (signals !== ended) {
    return leak(`${signals} signals, but the journal holds ${ended} terminal states`);
  }
  if (stopsPlaced !== stopsFilled + stopsCancelled + stopsExpired) {
    return leak(
      `${stopsPlaced} stops placed are not ${stopsFilled} filled + ${stopsCancelled} cancelled + ${stopsExpired} expired`,
    );
  }
  return null;
}

/**
 * Invariant 11: the ledger, folded from the recorded journal alone, has the kernel's equity to the
 * cent at every close, and its two sides agree at the end.
 */
export function checkBooks(
  k: Kernel,
  entries: Iterable<LedgerEntry>,
  lotMethod: LotMethod,
): { readonly breach: Breach | null; readonly ledger: Ledger } {
  const { instruments, sessionsMs } = k.world;
  const { currency, currencyDigits } = instruments[0];
  const ledger = createLedger({
    currency,
    digits: currencyDigits,
    lotMethod,
    instruments,
    keepTransactions: false,
  });
  const marks = createMarks(k);
  const journal = entries[Symbol.iterator]();
  let next = journal.next();
  let breach: Breach | null = null;
  for (let s = 0; s < sessionsMs.length && breach === null; s++) {
    const at = formatInstant(sessionsMs[s]);
    for (; next.done !== true && next.value.at === at; next = journal.next()) {
      ledger.apply(next.value);
    }
    marks.at(s);
    breach = compareClose(k, s, ledger, marks.price);
  }
  if (breach === null && next.done !== true) {
    breach = books(`journal entry ${next.value.seq} at ${next.value.at} belongs to no session`);
  }
  return { breach: breach ?? checkIdentity(k, ledger, marks.price), ledger };
}

/** Cash apart: a dividend that was never paid out moves no net asset value. */
function compareClose(
  k: Kernel,
  session: number,
  ledger: Ledger,
  marks: (id: string) => number,
): Breach | null {
  const { nav, cash } = k.state.curves;
  const counts = [
    { what: "net asset value", ledger: ledger.navMinor(marks), kernel: nav[session] },
    { what: "cash", ledger: ledger.cashMinor(), kernel: cash[session] },
  ];
  const off = counts.find((count) => count.ledger !== count.kernel);
  if (off === undefined) return null;
  const date = formatDate(k.world.sessionsMs[session]);
  return books(
    `on ${date} the ledger's ${off.what} is ${off.ledger} minor units, the kernel's ${off.kernel}`,
  );
}

function checkIdentity(k: Kernel, ledger: Ledger, marks: (id: string) => number): Breach | null {
  const identity = equityIdentity(ledger, marks, k.plan.initialEquityMinor);
  if (identity.holds) return null;
  const details = identity.disagreements.join("; ");
  return books(
    `realised, unrealised, dividends, fees, interest and flows miss the change in equity by ${identity.differenceMinor} minor units${details === "" ? "" : `; ${details}`}`,
  );
}

function books(message: string): Breach {
  return { invariant: 11, status: "BREAK", message };
}

/** Last raw close at or before a session, read from the bars and not from the kernel. */
function createMarks(k: Kernel): { at: (session: number) => void; price: (id: string) => number } {
  const last = new Float64Array(k.world.instruments.length).fill(Number.NaN);
  return {
    at: (session) => {
      for (let i = 0; i < last.length; i++) {
        const close = k.world.bars[i].close[session];
        if (close === close) last[i] = close;
      }
    },
    price: (id) => last[k.world.indexOf.get(id) ?? -1] ?? Number.NaN,
  };
}
