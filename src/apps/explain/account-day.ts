/**
 * Everything an account's record says of one instrument on one trading day: position before and
 * after, what the venue and persons did, orders at work, what was decided and what became of it,
 * whether trading was open. A day goes from its opening in the journal up to the next one's, so that
 * what was decided on the close before and filled on the date stands together.
 * Refuses (usage) a date that is none, one on which the account had no day, naming those around it, and
 * an instrument that is not known, naming those that are.
 */
import { dayNumber, parseIsoDate, weekdayOfDays } from "../../base/instant.ts";
import { nearest } from "../../base/nearest.ts";
import type { DailyDocument, DailyPosition } from "../../domain/daily-document.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry, TradingDayStatus } from "../../domain/trading-entry.ts";
import { type Booked, openBooks } from "./books.ts";
import {
  type AccountDay,
  type AccountRecord,
  bookEntries,
  pipelineEntries,
} from "./account-record.ts";
import { accountOrder } from "./account-orders.ts";
import { type AccountSignal, accountSignal } from "./account-signal.ts";
import type { OrderPath } from "./order-path.ts";
import type { EntryOf } from "./record.ts";
import { type Standing, standingAt } from "./standing.ts";
import { type Told, told } from "./told.ts";
import { isAtWork } from "./venue-words.ts";

/** What moved the position or its cash without a trade, or concerned the whole account. */
export type AccountEvent = {
  readonly entry: AccountEntry;
  readonly postings: readonly Booked[] | null;
};

export type AccountDayPath = {
  readonly instrument: string;
  readonly date: string;
  readonly decided_on: string;
  readonly pack_until: string;
  /** Null until the day is closed. */
  readonly status: TradingDayStatus | null;
  readonly from_seq: number;
  readonly until_seq: number;
  /** Signed, folded from the journal. */
  readonly lots_before: number;
  readonly lots_after: number;
  /** Of the day's document; null: flat, or the day is not closed. */
  readonly position: DailyPosition | null;
  readonly decided: Told<"decided"> | null;
  /** The day's counts over all instruments; null until it is closed. */
  readonly counts: Pick<DailyDocument["signals"], "forecasts" | "holds" | "raw"> | null;
  /** Why the whole account traded nothing, as the day's document says it. */
  readonly no_trades_because: readonly string[];
  readonly reconciled: readonly Told<"reconciled">[];
  /** As trading stood at the decision; at the day's end where none was made. */
  readonly trading: Standing;
  readonly incidents: readonly Told<"incident">[];
  /** Orders of earlier days that were at work when it began. */
  readonly earlier: readonly OrderPath[];
  readonly placed: readonly OrderPath[];
  readonly events: readonly AccountEvent[];
  readonly signals: readonly AccountSignal[];
};

export function accountDay(
  record: AccountRecord,
  asked: {
    readonly instrument: string;
    readonly date: string;
    readonly known: ReadonlySet<string>;
  },
): AccountDayPath {
  const { instrument, date, known } = asked;
  requireInstrument(instrument, known);
  const day = requireDay(record, date);
  const { opened, entries, document, closed } = day;
  const until = entries[entries.length - 1].seq;
  const ofInstrument = pipelineEntries(record, instrument);
  const books = openBooks(record, instrument, bookEntries(record, instrument));
  const orders = ofInstrument
    .filter(
      (entry): entry is EntryOf<"order"> => entry.payload.kind === "order" && entry.seq <= until,
    )
    .map((entry) => accountOrder(record, entry, ofInstrument, books));
  const [decided = null] = told(entries, "decided");
  return {
    instrument,
    date,
    decided_on: opened.decided_on,
    pack_until: opened.pack_until,
    status: closed?.status ?? null,
    from_seq: opened.seq,
    until_seq: until,
    lots_before: lotsBefore(record, instrument, opened.seq),
    lots_after: lotsBefore(record, instrument, until + 1),
    position: document?.positions.find((held) => held.instrument === instrument) ?? null,
    decided,
    counts: countsOf(document),
    no_trades_because: document?.no_trades_because ?? [],
    reconciled: told(entries, "reconciled"),
    trading: standingAt(record.entries, decided?.seq ?? until + 1),
    incidents: dayIncidents(record, entries),
    earlier: orders.filter((order) => order.seq < opened.seq && isAlive(order, opened.seq)),
    placed: orders.filter((order) => order.seq >= opened.seq),
    events: entries
      .filter((entry) => isEvent(entry, instrument))
      .map((entry) => ({ entry, postings: postingsOf(entry, books.of(entry.seq)) })),
    signals: told(entries, "decision").flatMap(({ signals }) =>
      signals
        .filter((signal) => signal.instrument === instrument)
        .map((signal) => accountSignal(record, signal.signal_id)),
    ),
  };
}

function requireInstrument(instrument: string, known: ReadonlySet<string>): void {
  if (known.has(instrument)) return;
  const names = [...known].sort();
  const near = nearest(instrument, names);
  throw new Fault(
    "usage",
    `the account knows no instrument ${instrument}${near === null ? "." : `; did you mean ${near}?`} It knows ${names.length === 0 ? "none: nothing was ever decided or held on it" : names.join(", ")}`,
  );
}

const WEEKDAYS = [
  "a Monday",
  "a Tuesday",
  "a Wednesday",
  "a Thursday",
  "a Friday",
  "a Saturday",
  "a Sunday",
] as const;

function requireDay({ days }: AccountRecord, date: string): AccountDay {
  const ms = parseIsoDate(date);
  if (ms === null) {
    throw new Fault("usage", `${date} is no date; expected YYYY-MM-DD, such as 2020-02-28`);
  }
  const found = days.findLast(({ opened }) => opened.date === date);
  if (found !== undefined) return found;
  const before = days.findLast(({ opened }) => opened.date < date)?.opened.date;
  const after = days.find(({ opened }) => opened.date > date)?.opened.date;
  const around = [
    ...(before === undefined ? [] : [`the one before was ${before}`]),
    ...(after === undefined ? [] : [`the next was ${after}`]),
  ];
  const said = around.length === 0 ? "it has had none yet" : around.join(", ");
  throw new Fault(
    "usage",
    `the account had no trading day on ${date}, ${WEEKDAYS[weekdayOfDays(dayNumber(ms))]}: ${said}`,
  );
}

/** What was held before entry `seq`. */
function lotsBefore({ entries }: AccountRecord, instrument: string, seq: number): number {
  let lots = 0;
  for (const { seq: own, payload } of entries) {
    if (own >= seq) break;
    if (!("instrument" in payload) || payload.instrument !== instrument) continue;
    if (payload.kind === "fill" || payload.kind === "position_adopted") lots += payload.lots;
    if (payload.kind === "split") lots = payload.lots_after;
  }
  return lots;
}

function countsOf(document: DailyDocument | null): AccountDayPath["counts"] {
  if (document === null) return null;
  const { forecasts, holds, raw } = document.signals;
  return { forecasts, holds, raw };
}

/** Whether it could still trade when entry `seq` was written. */
function isAlive(order: OrderPath, seq: number): boolean {
  if (isAtWork(order)) return true;
  const last = Math.max(order.end?.seq ?? 0, ...order.fills.map((fill) => fill.seq));
  return last > seq;
}

/** About the day or the account: what is about an order or an execution is told with it. */
function dayIncidents(
  { entries: all }: AccountRecord,
  entries: readonly AccountEntry[],
): readonly Told<"incident">[] {
  const ofOrders = new Set(
    all.flatMap(({ payload }) => {
      if (payload.kind === "venue_fill") return [payload.execution_id];
      return payload.kind === "order" ? [payload.order_id] : [];
    }),
  );
  return told(entries, "incident").filter(({ subject }) => !ofOrders.has(subject));
}

const ACCOUNT_EVENTS: ReadonlySet<string> = new Set([
  "breaker",
  "paused",
  "resumed",
  "flatten_ordered",
]);
const OWN_EVENTS: ReadonlySet<string> = new Set([
  "split",
  "dividend",
  "dividend_paid",
  "accrual",
  "cross",
  "venue_cash",
  "venue_split",
  "position_adopted",
]);

function isEvent({ payload }: AccountEntry, instrument: string): boolean {
  if (ACCOUNT_EVENTS.has(payload.kind)) return true;
  if (!OWN_EVENTS.has(payload.kind)) return false;
  return "instrument" in payload && payload.instrument === instrument;
}

/** What moves no cash and no lots has none; null: they cannot be worked out. */
function postingsOf(
  { payload }: AccountEntry,
  postings: readonly Booked[] | null,
): readonly Booked[] | null {
  const posts = OWN_EVENTS.has(payload.kind) && payload.kind !== "cross";
  return posts && payload.kind !== "venue_split" ? postings : [];
}
