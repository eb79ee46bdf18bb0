/**
 * What one seed leaves for the checkers: what the disk holds at the end, what was asked of the broker
 * and when, what the venue itself knows, and which lives it took. The checkers read this alone; none
 * of it is the day's own word about itself except the journal.
 */
import type { TerminalState } from "../../src/domain/refusal.ts";
import type { AccountEntry, AccountPayload } from "../../src/domain/trading-entry.ts";
import type { BreakCode } from "../../src/domain/reconciliation.ts";
import type { DecimalText, TradeSide, VenueOrderStatus } from "../../src/domain/venue-report.ts";
import type { JournalRow } from "../../src/ports/journal-store.ts";
import type { Disk } from "./disk.ts";

/** How a call to the broker came back; `died`: the process was killed before it knew. */
export type CallAnswer =
  | "acknowledged"
  | "rejected"
  | "unknown"
  | "found"
  | "none"
  | "unavailable"
  | "died";

export type BrokerCall = {
  readonly life: number;
  readonly call: "place" | "lookup";
  readonly clientOrderId: string;
  readonly answer: CallAnswer;
  /** Entries on the disk when it was made. */
  readonly durable: number;
  /** The venue's clock when it was made. */
  readonly atMs: number;
};

/** One order as the venue keeps it for ever, whoever it came from. */
export type TrueOrder = {
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly qty: DecimalText;
  readonly filledQty: DecimalText;
  readonly status: VenueOrderStatus;
};

/** The venue without network, delays and faults in between. */
export type VenueTruth = {
  readonly orders: readonly TrueOrder[];
  readonly positions: readonly { readonly symbol: string; readonly qty: DecimalText }[];
  readonly cashMinor: number;
};

export type LifeEnd =
  | { readonly kind: "done"; readonly status: string }
  | { readonly kind: "killed"; readonly at: number; readonly name: string }
  | { readonly kind: "failed"; readonly error: Error };

export type PersonsAct = "pause" | "resume" | "adopt" | "flatten";

export type LifeRecord = {
  readonly number: number;
  /** What a person started it for; null: the trading day. */
  readonly act: PersonsAct | null;
  /** YYYY-MM-DD of the session it was started for. */
  readonly date: string;
  /** Entries on the disk before and after it. */
  readonly from: number;
  readonly to: number;
  readonly end: LifeEnd;
};

/** What was done to the venue behind our back, and the breaks that may come of it. */
export type Disturbance = {
  readonly kind: string;
  readonly explains: readonly BreakCode[];
};

export type Evidence = {
  readonly disk: Disk;
  readonly entries: readonly AccountEntry[];
  readonly calls: readonly BrokerCall[];
  readonly venue: VenueTruth;
  readonly lives: readonly LifeRecord[];
  readonly disturbances: readonly Disturbance[];
  /** Sessions that were to be traded, ascending. */
  readonly dates: readonly string[];
  /** What executing the facts again came to; null where the journal has no day to repeat. */
  readonly replay: { readonly differences: readonly string[] } | null;
};

/** One sentence for each violation; empty: all is well. */
export type Checker = (evidence: Evidence) => readonly string[];

export function entriesOn(disk: Disk): readonly AccountEntry[] {
  return disk.rows.map((row) => {
    const known = read.get(row);
    if (known !== undefined && known.body === row.body) return known.entry;
    const { seq, at, kind, payload } = JSON.parse(row.body) as {
      seq: number;
      at: string;
      kind: string;
      payload: object;
    };
    const entry = { seq, at, payload: { kind, ...payload } as AccountPayload };
    read.set(row, { body: row.body, entry });
    return entry;
  });
}

/** A row is looked at before every day: read once, and again if somebody has changed what it says. */
const read = new WeakMap<JournalRow, { readonly body: string; readonly entry: AccountEntry }>();

type PayloadOf<Kind extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: Kind }>;

/** Everything of one kind in the journal, in its order. */
export function ofKind<Kind extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: Kind,
): (PayloadOf<Kind> & { readonly seq: number; readonly at: string })[] {
  return entries.flatMap(({ seq, at, payload }) =>
    payload.kind === kind ? [{ ...(payload as PayloadOf<Kind>), seq, at }] : [],
  );
}

/** Where each signal ended, by its id, in the order of the journal; twice if it ended twice. */
export function endsOf(
  entries: readonly AccountEntry[],
): readonly { readonly signalId: string; readonly state: TerminalState; readonly seq: number }[] {
  return entries.flatMap(({ seq, payload }) => {
    const told = "terminals" in payload ? [...payload.terminals] : [];
    if (payload.kind === "decision") {
      for (const { terminal } of payload.signals) if (terminal !== null) told.push(terminal);
    }
    return told.map(({ signal_id: signalId, state }) => ({ signalId, state, seq }));
  });
}
