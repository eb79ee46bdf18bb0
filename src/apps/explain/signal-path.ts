/**
 * Everything the record says of one signal, gathered: what the strategy said, what each stage made
 * of it, who judged it, its orders, fills, crosses and postings, its end. Nothing is computed that
 * was recorded; what was not recorded is null or absent. Lots are signed; a sleeve's are fractions.
 */
import { Fault } from "../../domain/fault.ts";
import type { SignalRecord, SleeveShare, TerminalRecord } from "../../domain/journal-entry.ts";
import type { Verdict } from "../../domain/refusal.ts";
import { kindOfBody } from "../../records/journal/chain.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { type Books, openBooks } from "./books.ts";
import { type OrderPath, orderPath } from "./order-path.ts";
import {
  type Entry,
  type EntryOf,
  namesInstrument,
  onDate,
  type Row,
  type RunRecord,
} from "./record.ts";

export type End = TerminalRecord & { readonly seq: number; readonly at: string };

export type CrossPath = {
  readonly seq: number;
  readonly at: string;
  /** Null: the market gave none, and nothing crossed. */
  readonly price: number | null;
  readonly sleeves: readonly SleeveShare[];
};

export type SignalPath = {
  readonly seq: number;
  readonly at: string;
  readonly nav_minor: number;
  readonly signal: Omit<SignalRecord, "verdicts" | "terminal">;
  /** Of the artifact signals; null when it holds no such row. */
  readonly forecast: Row | null;
  /** Of the artifacts weights, decisions, clamps and nettings; absent under allocation direct. */
  readonly weights: Row | null;
  readonly decision: Row | null;
  readonly clamps: readonly Row[];
  readonly netting: Row | null;
  /** Of the signal gates, in their order. */
  readonly verdicts: readonly Verdict[];
  readonly orders: readonly OrderPath[];
  readonly crosses: readonly CrossPath[];
  /** Null only in a run whose own checks failed. */
  readonly end: End | null;
};

export function signalPath(record: RunRecord, id: string): SignalPath {
  const decision = decisionOf(record, id);
  const signal = decision.payload.signals.find(({ signal_id }) => signal_id === id) as SignalRecord;
  const { instrument } = signal;
  const name = namesInstrument(instrument);
  const entries = record.entries((body) => body.includes(name) && kindOfBody(body) !== "decision");
  const books = openBooks(record, instrument, entries);
  return pathOf(record, { decision, signal, entries, books });
}

type Given = {
  readonly decision: EntryOf<"decision">;
  readonly signal: SignalRecord;
  readonly entries: readonly Entry[];
  readonly books: Books;
};

/** The same with the instrument's entries, decisions left out, already at hand. */
export function pathOf(record: RunRecord, given: Given): SignalPath {
  return journalPath(given, panelsOf(record, given.decision.at, given.signal));
}

/** What the artifacts say beside the journal. */
export type Panels = Pick<SignalPath, "forecast" | "weights" | "decision" | "clamps" | "netting">;

export function journalPath(given: Given, panels: Panels): SignalPath {
  const { decision, signal, entries, books } = given;
  const { verdicts, terminal: _, ...rest } = signal;
  const end = endOf(decision, signal, entries);
  const ids = new Set(signal.order_ids);
  const orders = entries.filter(
    (entry): entry is EntryOf<"order"> =>
      entry.payload.kind === "order" && ids.has(entry.payload.order_id),
  );
  return {
    seq: decision.seq,
    at: decision.at,
    nav_minor: decision.payload.nav_minor,
    signal: rest,
    ...panels,
    verdicts: verdicts.map((place) => decision.payload.verdicts[place]),
    orders: orders.map((entry) => orderPath(entry, entries, books)),
    crosses: crossesOf(decision.seq, signal, end, entries),
    end,
  };
}

function decisionOf(record: RunRecord, id: string): EntryOf<"decision"> {
  const named = `"signal_id":"${id}"`;
  const [found] = record.entries((body) => body.includes(named) && kindOfBody(body) === "decision");
  if (found !== undefined) return found as EntryOf<"decision">;
  throw new Fault("usage", `run ${record.document.run_id} has no signal ${id}`);
}

function panelsOf(
  record: RunRecord,
  at: string,
  { variant_id: variant, instrument }: SignalRecord,
): Panels {
  const here = onDate(`${at},`);
  const ofVariant = (line: string) => here(line) && line.includes(variant);
  const others = new Set(record.document.pack.instruments.filter((id) => id !== instrument));
  const first = (rows: readonly Row[]) => rows[0] ?? null;
  return {
    forecast: first(record.rows(RUN_ARTIFACTS.signals, ofVariant)),
    weights: first(record.rows(LAYER_ARTIFACTS.weights, ofVariant)),
    decision: first(record.rows(LAYER_ARTIFACTS.decisions, here)),
    // A sector's, a cluster's and the whole book's concern it too; another instrument's do not.
    clamps: record
      .rows(LAYER_ARTIFACTS.clamps, here)
      .filter((row) => !others.has(String(row["subject"]))),
    netting: first(
      record.rows(LAYER_ARTIFACTS.nettings, here).filter((row) => row["instrument"] === instrument),
    ),
  };
}

/** At the decision itself, or with the last of its orders and crosses. */
function endOf(
  { seq, at }: EntryOf<"decision">,
  { signal_id: id, terminal }: SignalRecord,
  entries: readonly Entry[],
): End | null {
  if (terminal !== null) return { ...terminal, seq, at };
  for (const entry of entries) {
    const { payload } = entry;
    if (entry.seq <= seq || !("terminals" in payload)) continue;
    const found = payload.terminals.find(({ signal_id }) => signal_id === id);
    if (found !== undefined) return { ...found, seq: entry.seq, at: entry.at };
  }
  return null;
}

/** A newer decision takes wishes back before it wishes: until the end every cross is this one's. */
function crossesOf(
  seq: number,
  { variant_id: variant, signal_id: id }: SignalRecord,
  end: End | null,
  entries: readonly Entry[],
): readonly CrossPath[] {
  return entries.flatMap(({ seq: own, at, payload }) => {
    if (payload.kind !== "cross" || own <= seq || own > (end?.seq ?? Infinity)) return [];
    const concerns =
      payload.sleeves.some(({ variant_id }) => variant_id === variant) ||
      payload.terminals.some(({ signal_id }) => signal_id === id);
    return concerns ? [{ seq: own, at, price: payload.price, sleeves: payload.sleeves }] : [];
  });
}
