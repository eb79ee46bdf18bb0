/**
 * A recorded day executed again, aside and writing nothing: from the state it was opened with and the facts
 * in its entries, on the packs they name. Enters: the account's rows; leaves: what differs, the first
 * difference of a day alone, because what comes after it follows from it. Compared byte for byte are every
 * entry, the chain over them, the state at the day's close and the one the next day was opened with.
 * Days do not lean on each other: before each, the books are folded from what is recorded (invariant 20).
 */
import { InvariantError } from "../../base/assert.ts";
import { encodeUtf8 } from "../../base/utf8.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { Head, JournalRow } from "../../ports/journal-store.ts";
import { decodeUtf8 } from "../../base/utf8.ts";
import {
  decodeAccountBody,
  entryBody,
  entryHash,
  splitPayload,
  ZERO_HASH,
} from "../../records/journal/chain.ts";
import type { JournalWriter } from "../../records/journal/writer.ts";
import { foldAccount, isFact, newAccountView } from "./account.ts";
import { stateForNext } from "./begin-day.ts";
import { closeSession, createCore, execute, openDay, stateText } from "./core.ts";
import type { Prepared } from "../prepare.ts";
import type { Core } from "./open-day.ts";
import type { TradingMarket, TradingTerms } from "./ports.ts";
import { CLOSING_STATE, takeHistory } from "./recover.ts";
import { stateDifference } from "./state-difference.ts";
import { openingState } from "./warm-up.ts";

/** What a replay reads; nothing is written through any of it. */
export type ReplayDoors = {
  readonly market: TradingMarket;
  readonly states: Pick<BlobStore, "get">;
  readonly sha256: Sha256;
};

/** Of the mandate that executes: its money and its lots. */
export type ReplayTerms = Pick<TradingTerms, "currency" | "currencyDigits" | "lotMethod">;

export type DayReplay = {
  /** YYYY-MM-DD of the session. */
  readonly date: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** What the day was recorded under. */
  readonly mandateHash: string;
  readonly codeHash: string;
  /** Entries that were compared, and those of them that follow from others. */
  readonly compared: number;
  readonly derived: number;
  /** Where the chain over the executed entries ends. */
  readonly head: Head;
  /** One sentence each; empty: the day comes out as it was recorded. */
  readonly differences: readonly string[];
};

export type RecordedAccount = {
  readonly rows: readonly JournalRow[];
  readonly entries: readonly AccountEntry[];
};

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

/** Places in the list of entries: from day_opened up to the next one. */
type Span = { readonly from: number; readonly to: number };

export function decodedRows(rows: readonly JournalRow[]): RecordedAccount {
  return { rows, entries: rows.map(({ body }) => decodeAccountBody(body)) };
}

/** Every day in its order, or the one of `date`. */
export async function* replayAccount(
  doors: ReplayDoors,
  terms: ReplayTerms,
  recorded: RecordedAccount,
  date: string | null = null,
): AsyncGenerator<DayReplay> {
  for (const span of daysOf(recorded.entries)) {
    const { payload } = recorded.entries[span.from];
    if (date !== null && (payload as Of<"day_opened">).date !== date) continue;
    yield await replayDay(doors, terms, recorded, span);
  }
}

export function daysOf(entries: readonly AccountEntry[]): readonly Span[] {
  const begins = entries.flatMap(({ payload }, at) => (payload.kind === "day_opened" ? [at] : []));
  return begins.map((from, n) => ({ from, to: begins[n + 1] ?? entries.length }));
}

/** Throws for nothing that the record says: what cannot be executed is a difference. */
export async function replayDay(
  doors: ReplayDoors,
  terms: ReplayTerms,
  recorded: RecordedAccount,
  span: Span,
): Promise<DayReplay> {
  const { entries, rows } = recorded;
  const opened = entries[span.from].payload as Of<"day_opened">;
  const run: Run = {
    doors,
    terms,
    recorded,
    span,
    emitted: [],
    differences: [],
    place: span.from,
    compared: 0,
    head: span.from === 0 ? { seq: 0, hash: ZERO_HASH } : headAt(rows, span.from - 1),
  };
  try {
    await executeAgain(run);
  } catch (error) {
    if (!(error instanceof InvariantError) && !(error instanceof Fault)) throw error;
    const { seq, payload } = entries[run.place];
    run.differences.push(`entry ${seq} (${payload.kind}) cannot be executed: ${error.message}`);
  }
  const derived = entries.slice(span.from, span.from + run.compared);
  return {
    date: opened.date,
    fromSeq: span.from + 1,
    toSeq: span.to,
    mandateHash: opened.mandate_hash,
    codeHash: opened.code_hash,
    compared: run.compared,
    derived: derived.filter(({ payload }) => !isFact(payload)).length,
    head: run.head,
    differences: run.differences,
  };
}

type Run = {
  readonly doors: ReplayDoors;
  readonly terms: ReplayTerms;
  readonly recorded: RecordedAccount;
  readonly span: Span;
  /** The executed day's rows so far, chained to the recorded entry before it. */
  readonly emitted: JournalRow[];
  readonly differences: string[];
  /** Of the entry at hand, in the list of all. */
  place: number;
  /** Entries of the day that were found equal. */
  compared: number;
  head: Head;
};

async function executeAgain(run: Run): Promise<void> {
  const { recorded, span, differences } = run;
  const core = coreBefore(run);
  for (run.place = span.from; run.place < span.to; run.place++) {
    // It came out of a fact before it, and was compared then.
    if (run.place < span.from + run.compared) continue;
    const { seq, at, payload } = recorded.entries[run.place];
    if (!isFact(payload)) {
      differences.push(`entry ${seq} (${payload.kind}) does not follow from the facts before it`);
      return;
    }
    if (payload.kind === "day_closed") await compareClosing(run, core, payload);
    await perform(run, core, at, payload);
    if (!compareEmitted(run)) return;
  }
  await compareHandedOn(run, core);
}

async function perform(
  run: Run,
  core: Core,
  at: string,
  payload: Extract<AccountPayload, Parameters<typeof execute>[2]>,
): Promise<void> {
  const { doors, terms, recorded, span } = run;
  if (payload.kind === "day_opened") {
    const { pack_id: packId, pack_until: until, date: coming } = payload;
    const prepared = await doors.market.prepared({ packId, until, coming });
    if (core.view.day === null) await compareFirst(run, core, prepared, payload);
    takeHistory(core, terms, prepared, recorded.entries.slice(0, span.from));
    const state = decodeUtf8(await doors.states.get(payload.state_sha256));
    openDay(core, at, payload, { prepared, state });
  } else if (payload.kind === "bars_known") {
    const { pack_id: packId, pack_until: until, coming } = payload;
    closeSession(core, at, payload, await doors.market.prepared({ packId, until, coming }));
  } else {
    execute(core, at, payload);
  }
}

/** Each entry that the last fact led to, against the recorded one in its place. */
function compareEmitted(run: Run): boolean {
  const { recorded, span, emitted, differences } = run;
  while (run.compared < emitted.length) {
    const made = emitted[run.compared];
    const was = recorded.rows[span.from + run.compared];
    if (was === undefined || span.from + run.compared >= span.to) {
      differences.push(
        `after entry ${span.to} the day goes on when it is executed again: ${made.body.slice(0, 200)}`,
      );
      return false;
    }
    if (was.body !== made.body || was.hash !== made.hash) {
      const kind = recorded.entries[span.from + run.compared].payload.kind;
      const how =
        was.body === made.body ? parting(was.hash, made.hash) : parting(was.body, made.body);
      differences.push(`entry ${was.seq} (${kind}) differs: ${how}`);
      return false;
    }
    run.compared++;
    run.head = { seq: made.seq, hash: made.hash };
  }
  return true;
}

/** The first day begins with what its history comes to and what the venue held. */
async function compareFirst(
  run: Run,
  { view }: Core,
  prepared: Prepared,
  { state_sha256: sha256, date }: Of<"day_opened">,
): Promise<void> {
  const book = { cashMinor: view.openingMinor, positions: view.adopted };
  const what = `the state that ${date}, the first day, was opened with`;
  await compareState(run, openingState(prepared, book), { sha256, what });
}

/** The state that a closed day names among its files. */
async function compareClosing(
  run: Run,
  core: Core,
  { files, date }: Of<"day_closed">,
): Promise<void> {
  const kept = files.find(({ name }) => name === CLOSING_STATE);
  if (kept === undefined) return;
  await compareState(run, stateText(core), {
    sha256: kept.sha256,
    what: `the state at the close of ${date}, named by day_closed,`,
  });
}

/** A day begins with the state that the one before it left. */
async function compareHandedOn(run: Run, core: Core): Promise<void> {
  const { recorded, span, doors } = run;
  const next = recorded.entries[span.to]?.payload;
  if (next?.kind !== "day_opened") return;
  const { pack_id: packId, pack_until: until, date: coming } = next;
  const prepared = await doors.market.prepared({ packId, until, coming });
  await compareState(run, stateForNext(core, prepared), {
    sha256: next.state_sha256,
    what: `the state that ${coming} was opened with (entry ${span.to + 1})`,
  });
}

async function compareState(
  { doors, differences }: Run,
  text: string,
  kept: { readonly sha256: string; readonly what: string },
): Promise<void> {
  const made = doors.sha256(encodeUtf8(text));
  if (made === kept.sha256) return;
  const was = decodeUtf8(await doors.states.get(kept.sha256));
  const how = stateDifference(was, text) ?? "both hold the same, written down differently";
  differences.push(`${kept.what} is ${kept.sha256}, executed again it is ${made}: ${how}`);
}

/** The account as it stood before the day, folded from what is recorded. */
function coreBefore(run: Run): Core {
  const { doors, recorded, span, emitted } = run;
  const view = newAccountView();
  for (const entry of recorded.entries.slice(0, span.from)) foldAccount(view, entry);
  return createCore({
    sha256: doors.sha256,
    account: { name: view.opened?.account ?? "", operator: "assay" },
    // Average prices are compared with a venue's; no entry follows from them.
    averaging: "weighted_average",
    journal: collecting(run.head, emitted, doors.sha256),
    view,
    ledger: null,
  });
}

/** Chains what is executed and keeps it. */
function collecting(from: Head, into: JournalRow[], sha256: Sha256): JournalWriter {
  let { seq, hash } = from;
  return {
    emit(at, payload) {
      seq += 1;
      const body = entryBody(seq, at, splitPayload(payload));
      hash = entryHash(hash, body, sha256);
      into.push({ seq, body, hash });
      return seq;
    },
    buffered: () => 0,
    takeBatch: () => ({ rows: [], terminals: [] }),
    head: () => ({ seq, hash }),
    comparing: () => true,
    finish: () => undefined,
  };
}

function headAt(rows: readonly JournalRow[], at: number): Head {
  const { seq, hash } = rows[at];
  return { seq, hash };
}

const SHOWN = 60;

/** Both texts around the first character in which they part. */
function parting(recorded: string, executed: string): string {
  const shorter = Math.min(recorded.length, executed.length);
  let at = 0;
  while (at < shorter && recorded.charCodeAt(at) === executed.charCodeAt(at)) at++;
  const excerpt = (text: string) => {
    const from = Math.max(0, at - SHOWN);
    const to = Math.min(text.length, at + SHOWN);
    return `${from > 0 ? "..." : ""}${text.slice(from, to)}${to < text.length ? "..." : ""}`;
  };
  return `recorded ${excerpt(recorded)}, executed again ${excerpt(executed)}`;
}
