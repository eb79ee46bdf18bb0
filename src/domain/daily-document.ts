/**
 * What one trading day leaves behind (spec execution, section 6): artifacts/json/YYYY-MM-DD.json, and
 * the same as Markdown. Money is decimal text with the currency's digits; fractions are of net asset
 * value; null is always explained by a sentence beside it or in `not_known`.
 */
import type { Json } from "../base/canonical-json.ts";
import type { Break, ReconciliationPhase, ReconciliationResult } from "./reconciliation.ts";
import type { TerminalState } from "./refusal.ts";
import type { TradingDayStatus, TradingMode } from "./trading-entry.ts";
import type { DecimalText } from "./venue-report.ts";

export const DAILY_FORMAT_VERSION = 1;

export type DailySignal = {
  readonly signal_id: string;
  /** Session on whose close it was decided: an earlier one where its orders worked over night. */
  readonly decided_on: string;
  readonly strategy: string;
  readonly instrument: string;
  readonly current_lots: number;
  readonly belief_lots: number | null;
  readonly final_lots: number | null;
  /** Null only while its orders work into a later day. */
  readonly terminal: TerminalState | null;
  /** Filled part of the wanted change, 0..1. */
  readonly share: number | null;
  readonly cut_by: readonly string[];
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
  readonly order_ids: readonly string[];
};

export type DailyOrder = {
  readonly order_id: string;
  readonly venue_order_id: string | null;
  readonly instrument: string;
  readonly purpose: string;
  readonly type: string;
  /** Signed, as placed. */
  readonly lots: number;
  readonly price: DecimalText | null;
  /** created, submitted, acknowledged, partially_filled, filled, cancelled, rejected, expired, unknown. */
  readonly state: string;
  readonly filled_lots: number;
  readonly refusal: string | null;
};

export type DailyFill = {
  readonly order_id: string;
  readonly venue_order_id: string;
  readonly execution_id: string;
  readonly instrument: string;
  readonly lots: number;
  readonly price: DecimalText;
  readonly notional: DecimalText;
  readonly fee: DecimalText;
  /** Raw price its signals were sized at; null where no signal stands behind it. */
  readonly decision_price: DecimalText | null;
  readonly executed_at: string;
  readonly source: "stream" | "activity";
};

export type DailyPosition = {
  readonly instrument: string;
  readonly lots: number;
  readonly mark: DecimalText | null;
  readonly value: DecimalText | null;
  readonly cost: DecimalText;
  readonly unrealised: DecimalText | null;
  /** Value / net asset value. */
  readonly weight: number | null;
};

export type DailyDocument = {
  readonly format_version: number;
  readonly date: string;
  readonly mode: TradingMode;
  /** "DRY_RUN" on everything a dry run leaves; else null. */
  readonly mark: "DRY_RUN" | null;
  readonly status: TradingDayStatus;
  readonly name: string;
  readonly account: string;
  readonly broker: string;
  readonly currency: string;
  readonly mandate_hash: string;
  readonly pack: { readonly id: string; readonly until: string };
  readonly code_hash: string;
  readonly decided_on: string;
  /** Entries of the account's journal that this day wrote, and the hash of the last before this file. */
  readonly journal: { readonly from_seq: number; readonly to_seq: number; readonly head: string };
  readonly trial: {
    readonly trial_id: string;
    readonly day: number;
    readonly days: number;
    readonly voided: boolean;
  } | null;
  readonly regime: {
    readonly volatility_index: number | null;
    readonly volatility_class: string;
    readonly brake: string;
    readonly brake_scalar: number | null;
    readonly breaker: string;
  };
  readonly signals: {
    readonly forecasts: number;
    readonly holds: number;
    readonly raw: number;
    readonly executed: number;
    /** Of today's signals: their sum and `open` are `raw`. */
    readonly terminals: { readonly [state: string]: number };
    /** Today's signals whose orders work into a later day. */
    readonly open: number;
    /** Today's signals, then those of earlier days whose orders ended today. */
    readonly list: readonly DailySignal[];
  };
  readonly trades: {
    readonly placed: number;
    readonly filled: number;
    readonly rejected: number;
    readonly orders: readonly DailyOrder[];
    readonly fills: readonly DailyFill[];
  };
  /** Why nothing was traded, one sentence each; empty where something was. */
  readonly no_trades_because: readonly string[];
  readonly risk: {
    readonly nav: DecimalText | null;
    readonly cash: DecimalText;
    readonly day_profit: DecimalText | null;
    readonly day_return: number | null;
    readonly drawdown: number | null;
    readonly gross: number | null;
    readonly net: number | null;
    readonly heat: number | null;
    readonly breaker: string;
    readonly high_water: DecimalText | null;
    readonly fees: DecimalText;
    readonly interest: DecimalText;
    readonly dividends: DecimalText;
  };
  readonly positions: readonly DailyPosition[];
  readonly health: {
    /** Seconds of work, without waiting for the market. */
    readonly runtime_s: number;
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
    readonly incidents: readonly {
      readonly code: string;
      readonly severity: string;
      readonly message: string;
      readonly subject: string;
    }[];
    readonly reconciliation: readonly {
      readonly phase: ReconciliationPhase;
      readonly result: ReconciliationResult;
      readonly at: string;
      readonly breaks: readonly Break[];
      readonly warnings: readonly string[];
      readonly snapshot_sha256: string | null;
    }[];
    readonly paused: string | null;
    readonly data_age_sessions: number | null;
  };
  /** What could not be said, and why. */
  readonly not_known: readonly string[];
  /** Stage and gate counts of this day alone, as in run.json. */
  readonly stages: Json;
};
