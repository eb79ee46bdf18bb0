/** Refusals are data: a closed code, what was observed, and the limit it broke. */

/** Every way a signal can end; exactly one per signal (invariant 2). */
export const TERMINAL_STATES = [
  "EXECUTED",
  "EXPIRED",
  "REJECTED_BY_FRESHNESS",
  "REJECTED_BY_DUPLICATE",
  "REJECTED_BY_SIZING",
  "REJECTED_BY_RISK_LIMIT",
  "REJECTED_BY_CASH",
  "REJECTED_BY_POLICY",
  "REJECTED_BY_OVERLAY",
  "REJECTED_BY_CORRELATION",
  "REJECTED_BY_HEAT",
  "REJECTED_BY_CIRCUIT_BREAKER",
  "REJECTED_BY_PAUSE",
  "REJECTED_BY_BROKER",
] as const;
export type TerminalState = (typeof TERMINAL_STATES)[number];

export type Refusal = {
  readonly state: Exclude<TerminalState, "EXECUTED" | "EXPIRED">;
  /** The stage or gate that refused. */
  readonly by: string;
  /** The rule within it: "symbol", "rounding", "non_positive_price". */
  readonly rule: string;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string;
};

/** How a gate judged; only `pass` admits, `not_evaluated` never does (invariant 4). */
export type Verdict = {
  readonly gate: string;
  readonly result: "pass" | "fail" | "not_evaluated";
  readonly rule: string;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string;
};
