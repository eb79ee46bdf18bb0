/** Our books beside the venue's report: what may differ, and what came of it. */
import type { DecimalText } from "./venue-report.ts";

/** PHANTOM_POSITION is ours only, MISSING_POSITION the venue's only. */
export const BREAK_CODES = [
  "PHANTOM_POSITION",
  "MISSING_POSITION",
  "QUANTITY",
  "AVERAGE_PRICE",
  "CASH",
  "STUCK_ORDER",
  "PHANTOM_ORDER",
  "MISSED_FILL",
  "DUPLICATE_FILL",
] as const;
export type BreakCode = (typeof BREAK_CODES)[number];

/** EMPTY: there was nothing to compare; NOT_RUN: the venue did not answer. Neither opens trading. */
export type ReconciliationResult = "PASS" | "FAIL" | "EMPTY" | "NOT_RUN";

export type Break = {
  readonly code: BreakCode;
  /** What it is about: a symbol, a currency, an order, an execution. */
  readonly subject: string;
  readonly ours: DecimalText | null;
  readonly theirs: DecimalText | null;
  readonly unit: string;
  /** One sentence for a person: what differs, and what to look at. */
  readonly message: string;
};

/** start opens the day, end proves it; after a reconnect and before a resume it is run afresh. */
export type ReconciliationPhase = "start" | "end" | "reconnect" | "resume";

export type Reconciliation = {
  readonly result: ReconciliationResult;
  readonly breaks: readonly Break[];
  /** Differences that stop nothing, and what could not be compared. */
  readonly warnings: readonly string[];
  /** How many of each were compared. */
  readonly compared: {
    readonly positions: number;
    readonly currencies: number;
    readonly orders: number;
    readonly fills: number;
  };
};
