/**
 * One trading day as a row of metrics.csv, key date. Money is decimal text with the currency's
 * digits, fractions are of net asset value; null is what was not known, an empty field.
 */
import type { ReconciliationResult } from "./reconciliation.ts";
import type { TerminalState } from "./refusal.ts";
import type { TradingDayStatus, TradingMode } from "./trading-entry.ts";
import type { DecimalText } from "./venue-report.ts";

export type MetricsRow = {
  /** YYYY-MM-DD of the session that was traded. */
  readonly date: string;
  readonly mode: TradingMode;
  readonly status: TradingDayStatus;
  readonly decided_on: string;
  readonly nav: DecimalText | null;
  readonly cash: DecimalText;
  readonly day_profit: DecimalText | null;
  readonly day_return: number | null;
  readonly drawdown: number | null;
  readonly gross: number | null;
  readonly net: number | null;
  readonly heat: number | null;
  readonly positions: number;
  readonly volatility_class: string;
  readonly brake: string;
  readonly breaker: string;
  readonly forecasts: number;
  readonly holds: number;
  readonly signals: number;
  readonly signals_open: number;
  readonly ended: { readonly [state in TerminalState]: number };
  readonly orders: number;
  readonly orders_filled: number;
  readonly orders_rejected: number;
  readonly fills: number;
  /** Sum of the absolute notionals. */
  readonly traded: DecimalText;
  readonly fees: DecimalText;
  readonly interest: DecimalText;
  readonly dividends: DecimalText;
  /** The last one of its phase; null: none was run. */
  readonly reconciliation_start: ReconciliationResult | null;
  readonly reconciliation_end: ReconciliationResult | null;
  readonly breaks: number;
  readonly incidents: number;
  readonly errors: number;
  readonly warnings: number;
  readonly runtime_s: number;
  readonly mandate_hash: string;
  readonly pack_id: string;
  readonly code_hash: string;
  readonly journal_seq: number;
};
