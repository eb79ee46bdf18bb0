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
import { type EquityIdentity, equityIdentity } from "../records/ledger/equity-identity.ts";
import { type Ledger, type LedgerEntry, createLedger } from "../records/ledger/fold.ts";
import { checkSleeves, createSleeveBooks, type SleeveResult } from "../records/ledger/sleeves.ts";
import type { LotMethod } from "../records/ledger/lots.ts";
import type { ClosedBooks } from "./result-parts.ts";
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
  const { flattens, flattensFilled, flattensExpired } = k.state.counters;
  if (flattens !== flattensFilled + flattensExpired) {
    return leak(
      `${flattens} positions to flatten are not ${flattensFilled} flattened + ${flattensExpired} expired`,
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
): {
  readonly breach: Breach | null;
  readonly ledger: Ledger;
  readonly sleeves: readonly SleeveResult[];
  /** At the last close; null where the books broke before it. */
  readonly closed: ClosedBooks | null;
} {
  const { instruments, sessionsMs, currencies } = k.world;
  const ledger = createLedger({
    currency: currencies[0].code,
    digits: currencies[0].digits,
    lotMethod,
    instruments,
    keepTransactions: false,
  });
  const sleeves = createSleeveBooks({
    currency: currencies[0].code,
    lotMethod,
    instruments,
    sleeves: k.plan.variants.map(({ id, strategy, instrument }) => ({
      variantId: id,
      strategy,
      instrument: instruments[instrument].id,
    })),
  });
  const hasSleeves = k.state.sleeves !== null;
  const marks = createMarks(k);
  const journal = entries[Symbol.iterator]();
  let next = journal.next();
  let breach: Breach | null = null;
  for (let s = 0; s < sessionsMs.length && breach === null; s++) {
    const at = formatInstant(sessionsMs[s]);
    for (; next.done !== true && next.value.at === at; next = journal.next()) {
      ledger.apply(next.value);
      if (hasSleeves) sleeves.apply(next.value);
    }
    marks.at(s);
    breach = compareClose(k, s, ledger, marks);
    ledger.close(marks.price, marks.rate);
  }
  if (breach === null && next.done !== true) {
    breach = books(`journal entry ${next.value.seq} at ${next.value.at} belongs to no session`);
  }
  const results = hasSleeves ? sleeves.results(marks.price) : [];
  if (breach !== null) return { breach, ledger, sleeves: results, closed: null };
  const identity = equityIdentity(ledger, marks.price, marks.rate, k.plan.initialEquityMinor);
  breach = identityBreach(identity);
  const apart = breach === null && hasSleeves ? checkSleeves(sleeves, ledger, marks.price) : null;
  if (apart !== null) breach = books(`the sleeves are not the portfolio: ${apart}`);
  const closed = { ledger, identity, marks: marks.price, sleeves: results };
  return { breach, ledger, sleeves: results, closed };
}

/** Cash apart: a dividend that was never paid out moves no net asset value. */
function compareClose(k: Kernel, session: number, ledger: Ledger, marks: Market): Breach | null {
  const { nav, cash } = k.state.curves;
  const counts = [
    {
      what: "net asset value",
      ledger: ledger.navMinor(marks.price, marks.rate),
      kernel: nav[session],
    },
    { what: "cash", ledger: ledger.cashMinor(marks.rate), kernel: cash[session] },
  ];
  const off = counts.find((count) => count.ledger !== count.kernel);
  if (off === undefined) return null;
  const date = formatDate(k.world.sessionsMs[session]);
  return books(
    `on ${date} the ledger's ${off.what} is ${off.ledger} minor units, the kernel's ${off.kernel}`,
  );
}

function identityBreach(identity: EquityIdentity): Breach | null {
  if (identity.holds) return null;
  const details = identity.disagreements.join("; ");
  return books(
    `realised, unrealised, dividends, fees, interest and flows miss the change in equity by ${identity.differenceMinor} minor units${details === "" ? "" : `; ${details}`}`,
  );
}

function books(message: string): Breach {
  return { invariant: 11, status: "BREAK", message };
}

/** What the market was at one session, read from the bars and not from the kernel. */
type Market = {
  readonly at: (session: number) => void;
  /** Last raw close at or before; of the next contract from the close on at which a future rolls. */
  readonly price: (id: string) => number;
  /** Units of the account's currency for one unit. */
  readonly rate: (currency: string) => number;
};

function createMarks(k: Kernel): Market {
  const { bars, futures, indexOf, currencies } = k.world;
  const last = new Float64Array(bars.length).fill(Number.NaN);
  let now = 0;
  return {
    at: (session) => {
      now = session;
      for (let i = 0; i < last.length; i++) {
        const close = bars[i].close[session];
        if (close !== close) continue;
        const roll = futures[i];
        last[i] = roll !== null && roll.rollAt[session] === 1 ? roll.nextClose[session] : close;
      }
    },
    price: (id) => last[indexOf.get(id) ?? -1] ?? Number.NaN,
    rate: (code) => {
      const currency = currencies.find((each) => each.code === code);
      if (currency === undefined) return Number.NaN;
      return currency.rate === null ? 1 : currency.rate[now];
    },
  };
}
