/**
 * The kill switch (spec execution, sections 2 and 5): whether trading is open at all. Safety is plain
 * data that survives a crash (invariant 14): it is folded from the account's journal, one fact after
 * another, and never kept anywhere else. The gate reads it. Nothing in it heals by itself: a person's
 * resume, a PASS, an answer of the venue or a new day does, each of what it is about.
 *
 *   closed while                              until
 *   the last reconciliation is not a PASS     a PASS of this day; a forced resume waives the one it saw
 *   a pause stands                            resumed
 *   >= 3 consecutive failures                 the venue answers (anything), or resumed
 *   >= 5 rejects of a day, > half of orders   the next day, or resumed
 *   the strategy is disabled                  it is enabled
 *
 * Refuses to resume without a PASS unless forced (invariant 14).
 */
import { invariant, unreachable } from "../../base/assert.ts";
import type { ReconciliationPhase, ReconciliationResult } from "../../domain/reconciliation.ts";
import type { Verdict } from "../../domain/refusal.ts";

/** From this many on. */
export const FAILURE_LIMIT = 3;
export const REJECT_LIMIT = 5;
/** Above this part of what was sent, rejects close trading. */
export const REJECT_RATE_LIMIT = 0.5;

export type Safety = {
  /** The last one; null: none that counts for this day. */
  readonly reconciliation: {
    readonly result: ReconciliationResult;
    readonly phase: ReconciliationPhase;
    /** When the venue reported; only a PASS with its time opens trading. */
    readonly at: string | null;
    /** A person opened trading in spite of it. */
    readonly waived: boolean;
  } | null;
  readonly pause: {
    readonly cause: string;
    readonly message: string;
    readonly operator: string | null;
  } | null;
  /** Calls to the venue without an answer since the last one that had one. */
  readonly failures: number;
  /** Of this day: orders the venue answered, and those it rejected. */
  readonly answeredOrders: number;
  readonly rejectedOrders: number;
  /** Names of strategies, ascending. */
  readonly disabled: readonly string[];
};

/** Nothing is known: closed. */
export const UNKNOWN_SAFETY: Safety = {
  reconciliation: null,
  pause: null,
  failures: 0,
  answeredOrders: 0,
  rejectedOrders: 0,
  disabled: [],
};

export type SafetyFact =
  | {
      readonly kind: "reconciled";
      readonly result: ReconciliationResult;
      readonly phase: ReconciliationPhase;
      readonly at: string | null;
    }
  /** The proof of the day before opens nothing; what was rejected then counts no more. */
  | { readonly kind: "day_opened" }
  /** Events may have been missed: trading waits for a fresh reconciliation. */
  | { readonly kind: "stream_lost" }
  | { readonly kind: "venue_failed" }
  | { readonly kind: "venue_answered" }
  | { readonly kind: "order_accepted" }
  | { readonly kind: "order_rejected" }
  /** After it had been accepted: one order, one answer. */
  | { readonly kind: "accepted_order_rejected" }
  | {
      readonly kind: "paused";
      readonly cause: string;
      readonly message: string;
      readonly operator: string | null;
    }
  | { readonly kind: "resumed"; readonly forced: boolean }
  | { readonly kind: "strategy_disabled"; readonly strategy: string }
  | { readonly kind: "strategy_enabled"; readonly strategy: string };

/** Whether trading is open to one strategy; null asks for trading as such. */
export function pauseGate(safety: Safety, strategy: string | null): Verdict {
  return (
    pausedVerdict(safety) ??
    reconciliationVerdict(safety) ??
    countedVerdict(safety) ??
    disabledVerdict(safety, strategy) ??
    verdict("pass", "open", null, null, "trading")
  );
}

export function stepSafety(safety: Safety, fact: SafetyFact): Safety {
  switch (fact.kind) {
    case "reconciled": {
      const { result, phase, at } = fact;
      const reconciliation = { result, phase, at, waived: false };
      return { ...(result === "NOT_RUN" ? safety : answered(safety)), reconciliation };
    }
    case "day_opened": {
      const isOld = safety.reconciliation?.phase === "end";
      const reconciliation = isOld ? null : safety.reconciliation;
      return { ...safety, reconciliation, answeredOrders: 0, rejectedOrders: 0 };
    }
    case "stream_lost":
      return { ...safety, reconciliation: null };
    case "venue_failed":
      return { ...safety, failures: safety.failures + 1 };
    case "venue_answered":
      return answered(safety);
    case "order_accepted":
      return { ...answered(safety), answeredOrders: safety.answeredOrders + 1 };
    case "order_rejected": {
      const { answeredOrders, rejectedOrders } = safety;
      return {
        ...answered(safety),
        answeredOrders: answeredOrders + 1,
        rejectedOrders: rejectedOrders + 1,
      };
    }
    case "accepted_order_rejected":
      return { ...answered(safety), rejectedOrders: safety.rejectedOrders + 1 };
    case "paused": {
      // The first cause is the one to look into; a second pause must not hide it.
      const { cause, message, operator } = fact;
      return safety.pause === null ? { ...safety, pause: { cause, message, operator } } : safety;
    }
    case "resumed":
      return resumed(safety, fact.forced);
    case "strategy_disabled":
      return { ...safety, disabled: [...without(safety, fact.strategy), fact.strategy].sort() };
    case "strategy_enabled":
      return { ...safety, disabled: without(safety, fact.strategy) };
    default:
      return unreachable(fact);
  }
}

/** Failures count while they follow one another: whatever the venue answers ends the row. */
function answered(safety: Safety): Safety {
  return safety.failures === 0 ? safety : { ...safety, failures: 0 };
}

function resumed(safety: Safety, forced: boolean): Safety {
  const { reconciliation } = safety;
  invariant(
    forced || (reconciliation?.result === "PASS" && reconciliation.at !== null),
    14,
    () => `resumed while the last reconciliation is ${reconciliation?.result ?? "NOT_RUN"}`,
  );
  const seen = reconciliation ?? { result: "NOT_RUN", phase: "resume", at: null, waived: false };
  return {
    ...safety,
    reconciliation: { ...seen, waived: forced },
    pause: null,
    failures: 0,
    answeredOrders: 0,
    rejectedOrders: 0,
  };
}

function without({ disabled }: Safety, strategy: string): readonly string[] {
  return disabled.filter((name) => name !== strategy);
}

function pausedVerdict({ pause }: Safety): Verdict | null {
  return pause === null ? null : verdict("fail", `paused_by_${pause.cause}`, null, null, "trading");
}

function reconciliationVerdict({ reconciliation }: Safety): Verdict | null {
  if (reconciliation?.waived === true) return null;
  const result = reconciliation?.result ?? "NOT_RUN";
  if (result !== "PASS") {
    return verdict("fail", `reconciliation_${result.toLowerCase()}`, null, null, "trading");
  }
  if (reconciliation?.at !== null) return null;
  return verdict("fail", "reconciliation_without_time", null, null, "trading");
}

function countedVerdict(safety: Safety): Verdict | null {
  const { failures, answeredOrders, rejectedOrders } = safety;
  if (failures >= FAILURE_LIMIT) {
    return verdict("fail", "consecutive_failures", failures, FAILURE_LIMIT, "failures");
  }
  if (rejectedOrders < REJECT_LIMIT) return null;
  const rate = rejectedOrders / answeredOrders;
  if (rate <= REJECT_RATE_LIMIT) return null;
  return verdict("fail", "reject_rate", rate, REJECT_RATE_LIMIT, "fraction of orders");
}

function disabledVerdict({ disabled }: Safety, strategy: string | null): Verdict | null {
  if (strategy === null || !disabled.includes(strategy)) return null;
  return verdict("fail", "strategy_disabled", null, null, "trading");
}

function verdict(
  result: Verdict["result"],
  rule: string,
  observed: number | null,
  limit: number | null,
  unit: string,
): Verdict {
  return { gate: "pause", result, rule, observed, limit, unit };
}
