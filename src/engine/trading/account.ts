/**
 * What an account's journal says up to now, folded entry by entry: whether it is paused, what was seen of
 * the venue, which day is open and how far it came, the trial. It is made from the journal at every start
 * and never written: a pause that was journalled cannot be forgotten (invariant 14).
 */
import { dayNumber, parseIsoDate } from "../../base/instant.ts";
import { invariant } from "../../base/assert.ts";
import {
  type SafetyFact,
  type Safety,
  stepSafety,
  UNKNOWN_SAFETY,
} from "../../execution/gates/pause.ts";
import type { Break } from "../../domain/reconciliation.ts";
import type { AccountEntry, AccountPayload, TradingPayload } from "../../domain/trading-entry.ts";

export type Fact = TradingPayload | Extract<AccountPayload, { kind: "flow" }>;
type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

/** A day of the account, and what of it is journalled. */
export type DayProgress = {
  readonly opened: Of<"day_opened">;
  readonly fromSeq: number;
  startReconciled: boolean;
  decided: boolean;
  endReconciled: boolean;
  barsKnown: Of<"bars_known"> | null;
  closed: Of<"day_closed"> | null;
};

export type Trial = {
  readonly started: Of<"trial_started">;
  voided: Of<"trial_voided"> | null;
};

export type AccountView = {
  opened: Of<"account_opened"> | null;
  openingMinor: number;
  /** Highest net asset value at a close since the account was opened, moved with deposits and withdrawals. */
  peakMinor: number;
  readonly adopted: Of<"position_adopted">[];
  safety: Safety;
  /** Execution and activity ids that are booked. */
  readonly executions: Set<string>;
  readonly activities: Set<string>;
  /** Activities whose word a person has taken: they are compared no more. */
  readonly adoptedActivities: Set<string>;
  /** "CASH USD": what differed at the reconciliations since the last PASS. */
  readonly openBreaks: Set<string>;
  /** "dividend KO" -> day number of the newest that the venue posted; the same for splits. */
  readonly seen: Map<string, number>;
  /** Where the venue's activities were read up to at the last PASS. */
  cursor: string | null;
  day: DayProgress | null;
  /** Dates of days that are closed. */
  readonly closedDays: Set<string>;
  trial: Trial | null;
  /** Mandate that the newest day was opened with. */
  mandateHash: string | null;
  lastSeq: number;
};

export function newAccountView(): AccountView {
  return {
    opened: null,
    openingMinor: 0,
    peakMinor: 0,
    adopted: [],
    safety: UNKNOWN_SAFETY,
    executions: new Set(),
    activities: new Set(),
    adoptedActivities: new Set(),
    openBreaks: new Set(),
    seen: new Map(),
    cursor: null,
    day: null,
    closedDays: new Set(),
    trial: null,
    mandateHash: null,
    lastSeq: 0,
  };
}

/** Facts come from outside and are executed; everything else follows from them. */
export function isFact(payload: AccountPayload): payload is Fact {
  switch (payload.kind) {
    case "run_started":
    case "accrual":
    case "split":
    case "dividend":
    case "dividend_paid":
    case "decision":
    case "order":
    case "fill":
    case "settlement":
    case "roll":
    case "cross":
    case "breaker":
    case "order_ended":
    case "sealed":
    case "session_closed":
      return false;
    default:
      return true;
  }
}

export function foldAccount(view: AccountView, { seq, at, payload }: AccountEntry): void {
  invariant(seq === view.lastSeq + 1, 10, () => `entry ${seq} comes after ${view.lastSeq}`);
  view.lastSeq = seq;
  const safety = safetyFact(payload, at);
  if (safety !== null) view.safety = stepSafety(view.safety, safety);
  switch (payload.kind) {
    case "account_opened":
      view.opened = payload;
      view.mandateHash = payload.mandate_hash;
      return;
    case "flow":
      view.openingMinor += payload.amount_minor;
      view.peakMinor += payload.amount_minor;
      return;
    case "position_adopted":
      if (view.day === null) view.adopted.push(payload);
      view.peakMinor += payload.notional_minor;
      return;
    case "venue_fill":
      view.executions.add(payload.execution_id);
      return;
    case "venue_cash":
    case "venue_split":
      view.activities.add(payload.activity_id);
      noteAction(view, payload);
      if (payload.kind === "venue_cash" && payload.cause === "transfer") {
        view.peakMinor += payload.amount_minor;
      }
      return;
    case "session_closed":
      view.peakMinor = Math.max(view.peakMinor, payload.nav_minor);
      return;
    case "record_adopted":
      for (const id of payload.activity_ids) view.adoptedActivities.add(id);
      return;
    case "trial_started":
      view.trial = { started: payload, voided: null };
      return;
    case "trial_voided":
      if (view.trial !== null) view.trial.voided = payload;
      return;
    default:
      foldDay(view, payload, seq);
  }
}

function noteAction(view: AccountView, payload: Of<"venue_cash"> | Of<"venue_split">): void {
  const what = payload.kind === "venue_split" ? "split" : payload.cause;
  const ms = parseIsoDate(payload.date);
  if (ms !== null) view.seen.set(`${what} ${payload.instrument ?? ""}`, dayNumber(ms));
}

function foldDay(view: AccountView, payload: AccountPayload, seq: number): void {
  if (payload.kind === "reconciled") foldReconciled(view, payload);
  if (payload.kind === "day_opened") {
    view.day = {
      opened: payload,
      fromSeq: seq,
      startReconciled: false,
      decided: false,
      endReconciled: false,
      barsKnown: null,
      closed: null,
    };
    view.mandateHash = payload.mandate_hash;
    return;
  }
  const { day } = view;
  if (day === null) return;
  if (payload.kind === "decided") day.decided = true;
  if (payload.kind === "bars_known") day.barsKnown = payload;
  if (payload.kind === "reconciled") {
    if (payload.phase === "start") day.startReconciled = true;
    if (payload.phase === "end") day.endReconciled = true;
  }
  if (payload.kind === "day_closed") {
    day.closed = payload;
    view.closedDays.add(payload.date);
  }
}

function foldReconciled(view: AccountView, reconciled: Of<"reconciled">): void {
  if (reconciled.result === "PASS") {
    view.cursor = reconciled.activities_cursor ?? view.cursor;
    view.openBreaks.clear();
  }
  for (const found of reconciled.breaks) view.openBreaks.add(breakName(found));
}

/** By what two reports of it are the same one. */
export function breakName({ code, subject }: Break): string {
  return `${code} ${subject}`;
}

/** What an entry says about whether trading is open. */
function safetyFact(payload: AccountPayload, at: string): SafetyFact | null {
  switch (payload.kind) {
    case "reconciled": {
      const { result, phase, snapshot_sha256: snapshot } = payload;
      return { kind: "reconciled", result, phase, at: snapshot === null ? null : at };
    }
    case "paused": {
      const { cause, message, operator } = payload;
      return { kind: "paused", cause, message, operator };
    }
    case "resumed":
      return { kind: "resumed", forced: payload.forced };
    case "day_opened":
      return { kind: "day_opened" };
    case "order_acknowledged":
      return { kind: "order_accepted" };
    case "order_refused":
      return { kind: "order_rejected" };
    case "venue_order_ended":
      return payload.end === "rejected" ? { kind: "accepted_order_rejected" } : null;
    case "order_unknown":
      return { kind: "venue_failed" };
    case "incident":
      if (payload.code === "stream_lost") return { kind: "stream_lost" };
      return payload.code === "venue_unavailable" ? { kind: "venue_failed" } : null;
    default:
      return null;
  }
}
