/**
 * Everything the record says of one instrument on one date, of all its sleeves: position before and
 * after, what happened to it, orders at work, what its strategies said at the close and what became
 * of that. Refuses (usage) an instrument the run does not know, naming the nearest, and a date that
 * is none or lies outside the run, naming its range.
 */
import { DAY_MS, dayNumber, parseIsoDate, weekdayOfDays } from "../../base/instant.ts";
import { nearest } from "../../base/nearest.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import type { SignalRecord } from "../../domain/journal-entry.ts";
import { kindOfBody } from "../../records/journal/chain.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { type Booked, openBooks } from "./books.ts";
import { type OrderPath, orderPath } from "./order-path.ts";
import {
  type Entry,
  type EntryOf,
  namesInstrument,
  onDate,
  type Row,
  type RunRecord,
} from "./record.ts";
import { pathOf, type SignalPath } from "./signal-path.ts";

export type Event = {
  readonly entry: Entry;
  readonly digits: number | null;
  readonly postings: readonly Booked[] | null;
};

export type DayPath = {
  readonly instrument: string;
  readonly date: string;
  /** The date's sessions; none on a day without. */
  readonly sessions: readonly string[];
  readonly previous: string | null;
  readonly next: string | null;
  /** 0 = Monday. */
  readonly weekday: number;
  /** Of the instrument; null where the record never names it. */
  readonly currency: string | null;
  /** Of the artifact positions at the session before and at the date's last; null: flat. */
  readonly before: Row | null;
  readonly after: Row | null;
  /** Of the artifact equity at the date's last session. */
  readonly equity: Row | null;
  /** Orders of earlier decisions that filled, ended or only worked on this date. */
  readonly earlier: readonly OrderPath[];
  /** Orders placed on this date, system intents among them. */
  readonly placed: readonly OrderPath[];
  /** Actions, dividends, accruals, settlements, rolls, crosses, and breakers of the account. */
  readonly events: readonly Event[];
  /** Of the artifact signals: the instrument's, at the date's sessions. */
  readonly forecasts: readonly Row[];
  /** Of the artifacts decisions, weights and regimes; empty and null under allocation direct. */
  readonly decisions: readonly Row[];
  readonly sleeves: readonly Row[];
  readonly regime: Row | null;
  readonly signals: readonly SignalPath[];
};

export function dayPath(record: RunRecord, instrument: string, date: string): DayPath {
  const ms = requireDate(date);
  requireInstrument(record, instrument);
  const place = placeOf(record, ms, date);
  const name = namesInstrument(instrument);
  const entries = record.entries((body) => body.includes(name) && kindOfBody(body) !== "decision");
  const books = openBooks(record, instrument, entries);
  const orders = ordersUpTo(date, entries).map((entry) => orderPath(entry, entries, books));
  const last = place.sessions.at(-1) ?? null;
  const ofInstrument = (artifact: ArtifactDeclaration) =>
    record.rows(artifact, onDate(date)).filter((row) => row["instrument"] === instrument);
  return {
    instrument,
    date,
    ...place,
    currency: books.currency,
    weekday: weekdayOfDays(dayNumber(ms)),
    before: positionAt(record, instrument, place.previous),
    after: positionAt(record, instrument, last ?? place.previous),
    equity: last === null ? null : record.rows(RUN_ARTIFACTS.equity, onDate(`${last},`))[0],
    earlier: orders.filter(({ at }) => at.slice(0, 10) < date),
    placed: orders.filter(({ at }) => at.slice(0, 10) === date),
    events: eventsOf(record, { instrument, date, entries }).map((entry) => ({
      entry,
      digits: books.digits,
      postings: books.of(entry.seq),
    })),
    forecasts: ofInstrument(RUN_ARTIFACTS.signals),
    decisions: record.rows(LAYER_ARTIFACTS.decisions, onDate(date)),
    sleeves: ofInstrument(LAYER_ARTIFACTS.weights),
    regime: record.rows(LAYER_ARTIFACTS.regimes, onDate(date)).at(-1) ?? null,
    signals: decisionsOf(record, date).flatMap((decision) =>
      decision.payload.signals
        .filter((signal: SignalRecord) => signal.instrument === instrument)
        .map((signal) => pathOf(record, { decision, signal, entries, books })),
    ),
  };
}

function requireDate(date: string): number {
  const ms = parseIsoDate(date);
  if (ms !== null) return ms;
  throw new Fault("usage", `${date} is no date; expected YYYY-MM-DD, such as 2020-02-28`);
}

function requireInstrument({ document }: RunRecord, instrument: string): void {
  const known = document.pack.instruments;
  if (known.includes(instrument)) return;
  const near = nearest(instrument, known);
  throw new Fault(
    "usage",
    `run ${document.run_id} has no instrument ${instrument}${near === null ? "." : `; did you mean ${near}?`} It has ${known.join(", ")}`,
  );
}

function placeOf(
  record: RunRecord,
  ms: number,
  date: string,
): Pick<DayPath, "sessions" | "previous" | "next"> {
  const all = record.dates(RUN_ARTIFACTS.equity);
  const [first, last] = [all[0].slice(0, 10), all[all.length - 1].slice(0, 10)];
  if (date < first || date > last) {
    const days = Math.round(
      (date < first ? requireDate(first) - ms : ms - requireDate(last)) / DAY_MS,
    );
    throw new Fault(
      "usage",
      `nothing happened on ${date}: run ${record.document.run_id} covers ${first} to ${last}, and that is ${days === 1 ? "1 day" : `${days} days`} ${date < first ? "before its first" : "after its last"} session`,
    );
  }
  return {
    sessions: all.filter((at) => at.startsWith(date)),
    previous: all.findLast((at) => at.slice(0, 10) < date) ?? null,
    next: all.find((at) => at.slice(0, 10) > date) ?? null,
  };
}

function positionAt(record: RunRecord, instrument: string, at: string | null): Row | null {
  if (at === null) return null;
  const rows = record.rows(RUN_ARTIFACTS.positions, onDate(`${at},`));
  return rows.find((row) => row["instrument"] === instrument) ?? null;
}

/** Those placed by then that were not over before: with thousands, only a day's are followed up. */
function ordersUpTo(date: string, entries: readonly Entry[]): readonly EntryOf<"order">[] {
  const opened: EntryOf<"order">[] = [];
  const overBefore = new Set<string>();
  for (const { seq, at, payload } of entries) {
    const day = at.slice(0, 10);
    if (payload.kind === "order" && day <= date) opened.push({ seq, at, payload });
    const isOver = payload.kind === "fill" || payload.kind === "order_ended";
    if (isOver && day < date) overBefore.add(payload.order_id);
  }
  return opened.filter(({ payload }) => !overBefore.has(payload.order_id));
}

function decisionsOf(record: RunRecord, date: string): readonly EntryOf<"decision">[] {
  const here = `{"at":"${date}`;
  return record.entries(
    (body) => body.startsWith(here) && kindOfBody(body) === "decision",
  ) as readonly EntryOf<"decision">[];
}

/** Fills, orders and their ends are told with their orders. */
function eventsOf(
  record: RunRecord,
  {
    instrument,
    date,
    entries,
  }: { readonly instrument: string; readonly date: string; readonly entries: readonly Entry[] },
): readonly Entry[] {
  const here = `{"at":"${date}`;
  const ofAccount = record
    .entries((body) => body.startsWith(here) && ACCOUNT_KINDS.has(kindOfBody(body)))
    .filter(({ payload }) => payload.kind !== "accrual" || payload.instrument === null);
  const own = entries.filter(
    ({ at, payload: { kind } }) =>
      at.startsWith(date) && kind !== "fill" && kind !== "order" && kind !== "order_ended",
  );
  return [...ofAccount, ...own.map((entry) => onlyOwn(entry, instrument))].sort(
    (a, b) => a.seq - b.seq,
  );
}

const ACCOUNT_KINDS: ReadonlySet<string> = new Set(["breaker", "accrual", "flow"]);

/** A settlement tells of several instruments. */
function onlyOwn(entry: Entry, instrument: string): Entry {
  const { payload } = entry;
  if (payload.kind !== "settlement") return entry;
  const settled = payload.settled.filter((each) => each.instrument === instrument);
  return { ...entry, payload: { ...payload, settled } };
}
