/**
 * A trading account's record as explanations read it: its journal and each day's document, never its
 * pack, its mandate or its venue. Both are verified before anything of them is read: the chain up to
 * HEAD, each document against the hash that its day's last entry names. What does not hold is refused
 * (Fault "verify"), as is an account that was never opened ("data").
 */
import { RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { Fault } from "../../domain/fault.ts";
import type { StageRecord } from "../../domain/stage-record.ts";
import type { AccountEntry, TradingMode } from "../../domain/trading-entry.ts";
import type { RecordedDay } from "../../records/trial/trial-records.ts";
import { accountFolder } from "../cli/account-folder.ts";
import { recordedDays } from "../cli/account-records.ts";
import { type AccountJournal, readAccountJournal } from "../cli/compose-account.ts";
import type { BooksSource } from "./books.ts";
import type { Entry, Row } from "./record.ts";
import { type Told, told } from "./told.ts";

export type AccountDay = {
  readonly opened: Told<"day_opened">;
  /** From its opening up to the next one's: what a person did in between belongs to it. */
  readonly entries: readonly AccountEntry[];
  readonly closed: Told<"day_closed"> | null;
  /** Null until it is closed. */
  readonly document: DailyDocument | null;
};

export type AccountRecord = BooksSource & {
  readonly mode: TradingMode;
  readonly opened: Told<"account_opened">;
  readonly entries: readonly AccountEntry[];
  /** In the order in which they were traded. */
  readonly days: readonly AccountDay[];
  readonly head: AccountJournal["head"];
  readonly notes: readonly string[];
};

export function openAccountRecord(home: string, mode: TradingMode): AccountRecord {
  const folder = accountFolder(home, mode);
  const journal = readAccountJournal(folder);
  const { entries, head, notes } = journal;
  const [first] = entries;
  if (first === undefined || first.payload.kind !== "account_opened") {
    throw new Fault("data", `${folder}: the journal opens no account yet; trade once first`);
  }
  const documents = recordedDays(folder, journal);
  const findings = [...journal.findings, ...documents.flatMap((day) => misfits(entries, day))];
  if (findings.length > 0) {
    throw new Fault(
      "verify",
      `the record of the ${mode.replace("_", "-")} account does not hold, and what does not hold is not explained; restore ${folder} from a copy`,
      { details: findings },
    );
  }
  const opened = { seq: first.seq, at: first.at, ...first.payload };
  const days = daysOf(entries, new Map(documents.map((day) => [day.date, day.document])));
  return {
    mode,
    opened,
    entries,
    days,
    head,
    notes,
    currency: opened.currency,
    digits: opened.currency_digits,
    started: { lot_method: opened.lot_method as BooksSource["started"]["lot_method"] },
    // A venue posts cash alone: whatever is traded on an account is paid for when it is filled.
    hasFutures: false,
    rows: (declaration) => (declaration === RUN_ARTIFACTS.positions ? marksOf(days) : []),
  };
}

/** What a day's file says must be what was written when the day was closed. */
function misfits(entries: readonly AccountEntry[], day: RecordedDay): readonly string[] {
  const { date, document, unreadable, jsonSha256 } = day;
  const name = `artifacts/json/${date}.json`;
  if (document === null) return [unreadable ?? `${name} is missing`];
  const named = entries.flatMap(({ payload }) =>
    payload.kind === "day_closed" && payload.date === date ? payload.files : [],
  );
  const hash = named.findLast((file) => file.name === name)?.sha256;
  return hash === jsonSha256 ? [] : [`${name} is not the file that the journal names`];
}

function daysOf(
  entries: readonly AccountEntry[],
  documents: ReadonlyMap<string, DailyDocument | null>,
): readonly AccountDay[] {
  const starts = entries.flatMap(({ payload }, n) => (payload.kind === "day_opened" ? [n] : []));
  return starts.map((from, n): AccountDay => {
    const own = entries.slice(from, starts[n + 1]);
    const [opened] = told(own, "day_opened");
    const closed = told(own, "day_closed").at(-1) ?? null;
    const document = closed === null ? null : (documents.get(closed.date) ?? null);
    return { opened, entries: own, closed, document };
  });
}

function marksOf(days: readonly AccountDay[]): readonly Row[] {
  return days.flatMap(({ document }) =>
    (document?.positions ?? []).map(({ instrument, mark }) => ({
      instrument,
      mark: mark === null ? null : Number(mark),
    })),
  );
}

/** What the pipeline made of the facts, as a run's journal holds it too, of one instrument; no decisions. */
export function pipelineEntries(
  { entries }: Pick<AccountRecord, "entries">,
  instrument: string,
): readonly Entry[] {
  return entries.filter((entry): entry is Entry => isPipeline(entry, instrument));
}

/** Those that the books of an instrument are folded from. */
export function bookEntries(
  { entries }: Pick<AccountRecord, "entries">,
  instrument: string,
): readonly AccountEntry[] {
  return entries.filter(
    (entry) =>
      isPipeline(entry, instrument) ||
      ((entry.payload.kind === "venue_cash" || entry.payload.kind === "position_adopted") &&
        entry.payload.instrument === instrument),
  );
}

function isPipeline({ payload }: AccountEntry, instrument: string): boolean {
  switch (payload.kind) {
    case "settlement":
      return payload.settled.some((each) => each.instrument === instrument);
    case "accrual":
    case "split":
    case "dividend":
    case "dividend_paid":
    case "order":
    case "fill":
    case "roll":
    case "cross":
    case "order_ended":
      return payload.instrument === instrument;
    default:
      return false;
  }
}

/** Stages and gates of the day in which an entry stands; none until the day is closed. */
export function stagesAt(
  { days }: Pick<AccountRecord, "days">,
  seq: number,
): readonly StageRecord[] {
  return (dayAt({ days }, seq)?.document?.stages ?? []) as unknown as readonly StageRecord[];
}

export function dayAt({ days }: Pick<AccountRecord, "days">, seq: number): AccountDay | null {
  return days.findLast(({ opened }) => opened.seq <= seq) ?? null;
}
