/**
 * Invariant 11 for what happens to a book without trading: dividends, their payment and splits as the
 * pack's actions and the positions of the close before lead to them, each once; interest and the loan
 * of shorts for the calendar days between two closes, on the debit and the shorts of the earlier one.
 * Read from the pack, the positions and the cash as written down; uses nothing of the kernel's code.
 */
import { dayNumber, formatDate, formatInstant } from "../base/instant.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { JournalPayload } from "../domain/journal-entry.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { Breach } from "./audit.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";

const DAYS_IN_YEAR = 360;
/** Rounding of one amount, minor units. */
const ROUNDING = 1;

export type CarriedBy = {
  /** Of the pack. */
  readonly actions: readonly CorporateAction[];
  readonly entries: Iterable<LedgerEntry>;
};

export function checkCarry(k: Kernel, trace: Trace, by: CarriedBy): Breach | null {
  const message = wrongActions(k, trace, by) ?? wrongAccruals(k, trace);
  return message === null ? null : { invariant: 11, status: "BREAK", message };
}

type Carried = Extract<
  JournalPayload,
  { readonly kind: "dividend" | "dividend_paid" | "split" }
>["kind"];

/** One booking that is due, or was made. */
type Booking = {
  readonly kind: Carried;
  /** As the journal writes it. */
  readonly at: string;
  readonly instrument: string;
  readonly amountMinor: number;
  /** Of a split: what it left. */
  readonly lotsAfter: number;
};

function wrongActions(k: Kernel, trace: Trace, { actions, entries }: CarriedBy): string | null {
  const left = new Map<string, Booking[]>();
  for (const due of bookingsDue(k, trace, actions)) {
    const key = keyOf(due);
    left.set(key, [...(left.get(key) ?? []), due]);
  }
  for (const entry of entries) {
    const made = bookingOf(entry);
    if (made === null) continue;
    const due = left.get(keyOf(made)) ?? [];
    const place = due.findIndex((one) => isSame(one, made));
    if (place >= 0) due.splice(place, 1);
    else if (!isEmptySplit(entry)) return `${told(made)} was booked; due is ${dueText(due)}`;
  }
  const [missing] = [...left.values()].flat();
  return missing === undefined ? null : `${told(missing)} is due and was not booked`;
}

function bookingOf({ at, payload }: LedgerEntry): Booking | null {
  switch (payload.kind) {
    case "dividend":
    case "dividend_paid": {
      const { kind, instrument, amount_minor: amountMinor } = payload;
      return { kind, at, instrument, amountMinor, lotsAfter: 0 };
    }
    case "split": {
      const { kind, instrument, lots_after: lotsAfter, cash_in_lieu_minor: amountMinor } = payload;
      return { kind, at, instrument, amountMinor, lotsAfter };
    }
    default:
      return null;
  }
}

/** Orders and sleeves of an instrument that nobody holds are split all the same. */
function isEmptySplit({ payload }: LedgerEntry): boolean {
  return payload.kind === "split" && payload.lots_before === 0 && payload.lots_after === 0;
}

function keyOf({ kind, at, instrument }: Booking): string {
  return `${kind} ${at} ${instrument}`;
}

function isSame(due: Booking, made: Booking): boolean {
  return (
    due.lotsAfter === made.lotsAfter && Math.abs(due.amountMinor - made.amountMinor) <= ROUNDING
  );
}

function dueText(due: readonly Booking[]): string {
  return due.length === 0 ? "nothing more" : due.map(told).join(", ");
}

function told({ kind, at, instrument, amountMinor, lotsAfter }: Booking): string {
  const what =
    kind === "split"
      ? `to ${lotsAfter} lots with ${amountMinor} minor units in lieu`
      : `of ${amountMinor} minor units`;
  return `a ${kind} of ${instrument} at ${at} ${what}`;
}

/** In the order of sessions; of one session by ex-date, dividends before splits of one day. */
function bookingsDue(
  k: Kernel,
  trace: Trace,
  known: readonly CorporateAction[],
): readonly Booking[] {
  const { sessionsMs, series, indexOf } = k.world;
  const due: Booking[] = [];
  const held = holdings(k, trace);
  for (const [session, actions] of actionsDue(k, known)) {
    const at = formatInstant(sessionsMs[session]);
    const lots = held(session - 1);
    // What a gap in the bars brings together: the later split finds a price that the earlier one cut.
    const splitBefore = new Map<number, number>();
    for (const action of actions) {
      const i = indexOf.get(action.instrument) as number;
      const { id } = series[i].instrument;
      if (lots[i] === 0) continue;
      if (action.kind === "split") {
        const { ratio } = action;
        const before = splitBefore.get(i) ?? 1;
        splitBefore.set(i, before * ratio);
        due.push(splitDue(k, i, { at, session, ratio, before, lots: lots[i] }));
        lots[i] = due[due.length - 1].lotsAfter;
        continue;
      }
      const { lot, currencyDigits } = series[i].instrument;
      const amountMinor = lots[i] * lot * action.amountPerUnit * 10 ** currencyDigits;
      due.push({ kind: "dividend", at, instrument: id, amountMinor, lotsAfter: 0 });
      const paid = sessionFrom(sessionsMs, action.payDateMs, session);
      if (paid >= sessionsMs.length) continue;
      const then = formatInstant(sessionsMs[paid]);
      due.push({ kind: "dividend_paid", at: then, instrument: id, amountMinor, lotsAfter: 0 });
    }
  }
  return due;
}

function splitDue(
  { world }: Kernel,
  i: number,
  split: {
    readonly at: string;
    readonly session: number;
    readonly ratio: number;
    /** Of earlier splits since the last bar. */
    readonly before: number;
    readonly lots: number;
  },
): Booking {
  const { at, ratio, before, lots } = split;
  const exact = lots * ratio;
  const nearest = Math.round(exact);
  const lotsAfter =
    Math.abs(exact - nearest) <= Math.abs(exact) * 1e-12 ? nearest : Math.trunc(exact);
  let s = split.session - 1;
  while (s > 0 && Number.isNaN(world.closes[i][s])) s--;
  const amountMinor =
    ((exact - lotsAfter) * world.closes[i][s] * world.scales[i].factor) / (before * ratio);
  const { id } = world.instruments[i];
  return {
    kind: "split",
    at,
    instrument: id,
    amountMinor: amountMinor || 0,
    lotsAfter: lotsAfter || 0,
  };
}

/** From the first bar on or after its ex-date an action has happened. */
function actionsDue(
  { world }: Kernel,
  known: readonly CorporateAction[],
): readonly (readonly [number, readonly CorporateAction[]])[] {
  const { series, sessionsMs, indexOf } = world;
  const found = new Map<number, CorporateAction[]>();
  for (const action of known) {
    const i = indexOf.get(action.instrument);
    const ms = i === undefined ? undefined : series[i].timesMs.find((t) => t >= action.exDateMs);
    if (ms === undefined) continue;
    const session = sessionFrom(sessionsMs, ms, 0);
    found.set(session, [...(found.get(session) ?? []), action]);
  }
  const rank = ({ kind }: CorporateAction) => Number(kind === "split");
  for (const list of found.values()) {
    list.sort((a, b) => a.exDateMs - b.exDateMs || rank(a) - rank(b));
  }
  return [...found].sort(([a], [b]) => a - b);
}

/** The first session at or after `ms`, not before `from`. */
function sessionFrom(sessionsMs: Float64Array, ms: number, from: number): number {
  let s = from;
  while (s < sessionsMs.length && sessionsMs[s] < ms) s++;
  return s;
}

/** Lots by instrument at the close of a session; asked in the order of sessions. */
function holdings({ world }: Kernel, { positions }: Trace): (session: number) => Float64Array {
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  const lots = positions.lots.values();
  let next = 0;
  return (session) => {
    const held = new Float64Array(world.instruments.length);
    while (next < sessions.length && sessions[next] < session) next++;
    for (let n = next; n < sessions.length && sessions[n] === session; n++) {
      held[instruments[n]] = lots[n];
    }
    return held;
  };
}

type Accrued = Trace["accruals"][number];

function wrongAccruals(k: Kernel, trace: Trace): string | null {
  const { sessionsMs, instruments } = k.world;
  const name = ({ session, instrument, amountMinor }: Accrued) =>
    `${instrument === null ? "interest" : `the loan of ${instruments[instrument].id}`} of ${amountMinor} minor units on ${formatDate(sessionsMs[session])}`;
  let next = 0;
  for (const due of accrualsDue(k, trace)) {
    const made = trace.accruals[next];
    // Every day is rounded by itself.
    const rounding = ROUNDING * due.days;
    const isMade =
      made?.session === due.session &&
      made.instrument === due.instrument &&
      Math.abs(due.amountMinor - made.amountMinor) <= rounding;
    if (isMade) next++;
    else if (due.amountMinor > rounding) {
      return `${name(due)} is due, and ${made === undefined ? "nothing" : name(made)} was charged`;
    }
  }
  const more = trace.accruals[next];
  return more === undefined ? null : `${name(more)} was charged and is not due`;
}

type AccrualDue = Accrued & { readonly days: number };

/** In the order of sessions; shorts before the debit. What rounds to nothing need not be charged. */
function* accrualsDue(k: Kernel, trace: Trace): Generator<AccrualDue> {
  const { plan, world, state } = k;
  const { debitRate, borrowRate } = plan;
  if (debitRate === 0 && borrowRate === 0) return;
  const { sessionsMs } = world;
  const { cash } = state.curves;
  const shorts = shortValues(k, trace);
  for (let session = 1; session < sessionsMs.length; session++) {
    const debit = -cash[session - 1];
    const owed = borrowRate > 0 ? shorts(session - 1) : NOTHING;
    if (owed.length === 0 && !(debit > 0)) continue;
    const days = dayNumber(sessionsMs[session]) - dayNumber(sessionsMs[session - 1]);
    if (days === 0) continue;
    for (const { instrument, valueMinor } of owed) {
      yield { session, instrument, amountMinor: perDay(valueMinor, borrowRate) * days, days };
    }
    if (!(debit > 0 && debitRate > 0)) continue;
    yield { session, instrument: null, amountMinor: perDay(debit, debitRate) * days, days };
  }
}

function perDay(baseMinor: number, rate: number): number {
  return Math.round((baseMinor * rate) / DAYS_IN_YEAR);
}

type Short = { readonly instrument: number; readonly valueMinor: number };
const NOTHING: readonly Short[] = [];

/** What is borrowed at a close, in each instrument's currency; a future borrows nothing. */
function shortValues(
  { world }: Kernel,
  { positions }: Trace,
): (session: number) => readonly Short[] {
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  const lots = positions.lots.values();
  const marks = positions.mark.values();
  let next = 0;
  return (session) => {
    while (next < sessions.length && sessions[next] < session) next++;
    let found: Short[] | null = null;
    for (let n = next; n < sessions.length && sessions[n] === session; n++) {
      const instrument = instruments[n];
      if (lots[n] >= 0 || world.futures[instrument] !== null) continue;
      const valueMinor = Math.round(-lots[n] * marks[n] * world.scales[instrument].factor);
      if (valueMinor <= 0) continue;
      found ??= [];
      found.push({ instrument, valueMinor });
    }
    return found ?? NOTHING;
  };
}
