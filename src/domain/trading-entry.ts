/**
 * What an account's journal holds beside the entries of the pipeline (domain/journal-entry.ts). The
 * facts of the outside come first and are written as they came; what the engine makes of them (fill,
 * order_ended, decision, order) follows. Executing the facts again gives the same entries (invariant 20).
 * Written names are snake_case; amounts are minor units, lots whole and signed, prices raw.
 */
import type { JournalPayload } from "./journal-entry.ts";
import type { Break, ReconciliationPhase, ReconciliationResult } from "./reconciliation.ts";
import type { DecimalText } from "./venue-report.ts";

export const ACCOUNT_FORMAT_VERSION = 1;

export type TradingMode = "dry_run" | "paper" | "live";

/** Why an order ended at the venue without (or after) fills. */
export type VenueOrderEnd = "cancelled" | "expired" | "rejected" | "replaced";

export type TradingPayload =
  | {
      /** The first entry: what the venue held when Assay began to keep its books. */
      readonly kind: "account_opened";
      readonly format_version: number;
      readonly mode: TradingMode;
      readonly broker: string;
      readonly account: string;
      readonly mandate_hash: string;
      readonly seed: number;
      readonly lot_method: string;
      readonly currency: string;
      readonly currency_digits: number;
      /** Who took over what was held; null where nothing was. */
      readonly operator: string | null;
    }
  | {
      /** A position that was there before (assay adopt), at the venue's average price. */
      readonly kind: "position_adopted";
      readonly instrument: string;
      readonly currency: string;
      readonly lots: number;
      readonly price: number;
      readonly notional_minor: number;
    }
  | {
      /** One trading day begins: what it is decided with. */
      readonly kind: "day_opened";
      /** YYYY-MM-DD of the session that is traded. */
      readonly date: string;
      /** The session decided on: the newest with bars. */
      readonly decided_on: string;
      readonly mandate_hash: string;
      readonly pack_id: string;
      /** The pack is read up to and with this date. */
      readonly pack_until: string;
      readonly code_hash: string;
      /** Of the state the day begins with, which is kept beside the journal. */
      readonly state_sha256: string;
    }
  /** The decision of the day's opening state is made now: everything up to the next fact follows from it. */
  | { readonly kind: "decided"; readonly date: string; readonly on_schedule: boolean }
  | {
      readonly kind: "order_acknowledged";
      readonly order_id: string;
      readonly venue_order_id: string;
    }
  | { readonly kind: "order_unknown"; readonly order_id: string; readonly reason: string }
  | {
      readonly kind: "order_refused";
      readonly order_id: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly kind: "cancel_requested";
      readonly order_id: string;
      readonly venue_order_id: string;
    }
  | {
      readonly kind: "venue_fill";
      readonly order_id: string;
      readonly venue_order_id: string;
      readonly execution_id: string;
      readonly instrument: string;
      readonly qty: DecimalText;
      readonly price: DecimalText;
      readonly cumulative_qty: DecimalText;
      readonly executed_at: string;
      /** stream: as it happened; activity: found later, with an incident. */
      readonly source: "stream" | "activity";
    }
  | {
      readonly kind: "venue_order_ended";
      readonly order_id: string;
      readonly venue_order_id: string;
      readonly end: VenueOrderEnd;
      readonly filled_qty: DecimalText;
    }
  | {
      readonly kind: "venue_cash";
      readonly activity_id: string;
      readonly cause: "fee" | "interest" | "dividend" | "transfer" | "other";
      readonly date: string;
      readonly instrument: string | null;
      readonly currency: string;
      /** Signed: positive is received. */
      readonly amount_minor: number;
      readonly description: string;
    }
  | {
      readonly kind: "venue_split";
      readonly activity_id: string;
      readonly date: string;
      readonly instrument: string;
      readonly ratio: number;
      readonly lots_after: number;
    }
  | {
      /** We gave the order up before it reached the venue, or the venue never heard of it: its hour is past. */
      readonly kind: "order_withdrawn";
      readonly order_id: string;
      readonly reason: string;
    }
  | {
      /** The bars of a session are known: its close follows. */
      readonly kind: "bars_known";
      readonly date: string;
      readonly pack_id: string;
      /** The pack is read up to and with this date. */
      readonly pack_until: string;
      /** The session that trades next. */
      readonly coming: string;
    }
  /** Of the session whose bars became known: the book is marked, the breakers were stepped. */
  | {
      readonly kind: "session_closed";
      readonly date: string;
      readonly nav_minor: number;
      readonly cash_minor: number;
    }
  | {
      readonly kind: "reconciled";
      readonly phase: ReconciliationPhase;
      readonly result: ReconciliationResult;
      readonly breaks: readonly Break[];
      readonly warnings: readonly string[];
      /** Of the venue's report, kept as a file. Null where it did not answer. */
      readonly snapshot_sha256: string | null;
      /** Where the venue's activities were read up to. */
      readonly activities_cursor?: string | null;
    }
  | {
      readonly kind: "paused";
      /** "reconciliation", "operator", "failures", "rejects". */
      readonly cause: string;
      readonly message: string;
      readonly operator: string | null;
    }
  | {
      readonly kind: "resumed";
      readonly operator: string;
      readonly reason: string;
      /** True: without a PASS. */
      readonly forced: boolean;
    }
  | {
      readonly kind: "incident";
      /** "missed_fill", "late_fill", "stream_lost", "order_unknown", "missed_day", "expected_dividend", .. */
      readonly code: string;
      readonly severity: "info" | "warning" | "critical";
      readonly message: string;
      /** What it is about: an order, an execution, a date. */
      readonly subject: string;
    }
  | {
      /** Of the venue's record, what our books cannot hold: its word is taken, and it is compared no more. */
      readonly kind: "record_adopted";
      readonly operator: string;
      readonly activity_ids: readonly string[];
    }
  /** Everything held is to be closed by order of a person. */
  | { readonly kind: "flatten_ordered"; readonly operator: string; readonly reason: string }
  | {
      readonly kind: "trial_started";
      readonly trial_id: string;
      readonly date: string;
      readonly mandate_hash: string;
      readonly days: number;
      readonly operator: string;
    }
  | {
      readonly kind: "trial_voided";
      readonly trial_id: string;
      readonly frozen_hash: string;
      readonly observed_hash: string;
    }
  | {
      /** The day's artifacts are written; the last entry of a day. */
      readonly kind: "day_closed";
      readonly date: string;
      readonly status: TradingDayStatus;
      readonly files: readonly { readonly name: string; readonly sha256: string }[];
    };

/** TRADED and NO_TRADES are both sound days; MISSED was not traded because nothing ran. */
export type TradingDayStatus = "TRADED" | "NO_TRADES" | "PAUSED" | "MISSED";

export type AccountPayload = JournalPayload | TradingPayload;

/** As read back from an account's journal. */
export type AccountEntry = {
  readonly seq: number;
  readonly at: string;
  readonly payload: AccountPayload;
};
