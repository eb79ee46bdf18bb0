/** What trading holds in memory: an account at work, and the day that is open on it. */
import type { StageRecord } from "../../domain/stage-record.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { AveragingMethod } from "../../domain/venue-report.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { DailyInput } from "../../records/daily/daily-input.ts";
import type { JournalWriter } from "../../records/journal/writer.ts";
import type { Ledger } from "../../records/ledger/fold.ts";
import type { Prepared } from "../prepare.ts";
import type { Kernel } from "../state.ts";
import type { Trace } from "../trace.ts";
import type { AccountView } from "./account.ts";
import type { Carried } from "./carried.ts";
import type { Bookings } from "./our-books.ts";
import type { TradingState } from "./snapshot.ts";

/** What one decision came to, for the day's document. */
export type DayDecision = {
  readonly forecasts: number;
  readonly holds: number;
  readonly stages: readonly StageRecord[];
};

export type Core = {
  readonly sha256: Sha256;
  readonly account: { readonly name: string; readonly operator: string };
  readonly averaging: AveragingMethod;
  readonly journal: JournalWriter;
  readonly view: AccountView;
  /** Null until an account was opened. */
  ledger: Ledger | null;
  /** Null until a day was opened. */
  day: OpenDay | null;
  /** Entries since the newest day_opened. */
  entries: AccountEntry[];
  /** Of all entries: what the ledger does not keep, and what days hand on. */
  readonly bookings: Bookings;
  readonly carried: Carried;
  /** As the open day began. */
  carriedIn: CarriedIn;
  decision: DayDecision | null;
};

export type OpenDay = {
  prepared: Prepared;
  kernel: Kernel;
  state: TradingState;
  trace: Trace;
};

export type CarriedIn = {
  readonly orders: DailyInput["carried"]["orders"];
  readonly signals: DailyInput["carried"]["signals"];
  readonly paused: string | null;
};
