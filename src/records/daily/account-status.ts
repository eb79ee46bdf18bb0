/**
 * Where an account stands, folded from its journal alone: paused or not and why, the last day, the last
 * reconciliations, orders at work, the breaker, the trial. Nothing is asked of a venue.
 */
import type {
  AccountEntry,
  AccountPayload,
  TradingDayStatus,
  TradingMode,
} from "../../domain/trading-entry.ts";
import { isAtWork, foldOrders, type OrderFacts } from "./order-facts.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { readonly kind: K }>;
type Dated<T> = T & { readonly at: string };

export type AccountStatus = {
  readonly mode: TradingMode;
  readonly broker: string;
  readonly account: string;
  readonly currency: string;
  /** Since the first pause that nobody ended; null: trading is open as far as the journal says. */
  readonly paused: Dated<{ readonly cause: string; readonly message: string }> | null;
  readonly lastDay: Dated<{ readonly date: string; readonly status: TradingDayStatus }> | null;
  /** A day that was opened and not closed: at work, or interrupted. */
  readonly openDay: string | null;
  readonly reconciliations: readonly Dated<Pick<Of<"reconciled">, "phase" | "result" | "breaks">>[];
  readonly ordersAtWork: readonly OrderFacts[];
  /** Of the newest change; null: it never changed. */
  readonly breaker: Dated<{ readonly state: string; readonly rule: string }> | null;
  readonly trial: {
    readonly trialId: string;
    /** Days closed since it began. */
    readonly day: number;
    readonly days: number;
    readonly frozenHash: string;
    readonly voided: boolean;
  } | null;
  readonly criticalIncidents: number;
  readonly lastSeq: number;
};

/** Null where no account was opened. */
export function accountStatus(entries: readonly AccountEntry[]): AccountStatus | null {
  const opened = find(entries, "account_opened");
  const last = entries.at(-1);
  if (opened === null || last === undefined) return null;
  const closed = findLast(entries, "day_closed");
  const begun = findLast(entries, "day_opened");
  const breaker = findLast(entries, "breaker");
  const { mode, broker, account, currency } = opened.payload;
  return {
    mode,
    broker,
    account,
    currency,
    paused: openPause(entries),
    lastDay:
      closed === null
        ? null
        : { at: closed.at, date: closed.payload.date, status: closed.payload.status },
    openDay: begun !== null && (closed?.seq ?? -1) < begun.seq ? begun.payload.date : null,
    reconciliations: lastReconciliations(entries),
    ordersAtWork: [...foldOrders(entries, []).values()].filter(isAtWork),
    breaker:
      breaker === null
        ? null
        : { at: breaker.at, state: breaker.payload.to, rule: breaker.payload.rule },
    trial: trialStatus(entries),
    criticalIncidents: entries.filter(
      ({ payload }) => payload.kind === "incident" && payload.severity === "critical",
    ).length,
    lastSeq: last.seq,
  };
}

function openPause(entries: readonly AccountEntry[]): AccountStatus["paused"] {
  let open: AccountStatus["paused"] = null;
  for (const { at, payload } of entries) {
    if (payload.kind === "resumed") open = null;
    if (payload.kind !== "paused" || open !== null) continue;
    open = { at, cause: payload.cause, message: payload.message };
  }
  return open;
}

/** The newest of each phase, oldest first. */
function lastReconciliations(entries: readonly AccountEntry[]): AccountStatus["reconciliations"] {
  const newest = new Map<string, AccountStatus["reconciliations"][number]>();
  for (const { at, payload } of entries) {
    if (payload.kind !== "reconciled") continue;
    const { phase, result, breaks } = payload;
    newest.delete(phase);
    newest.set(phase, { at, phase, result, breaks });
  }
  return [...newest.values()];
}

function trialStatus(entries: readonly AccountEntry[]): AccountStatus["trial"] {
  const started = findLast(entries, "trial_started");
  if (started === null) return null;
  const { trial_id: trialId, days, mandate_hash: frozenHash, date: first } = started.payload;
  const dates = new Set<string>();
  let voided = false;
  for (const { seq, payload } of entries) {
    if (seq < started.seq) continue;
    // What is traded after the last day is none of it.
    if (dates.size >= days) break;
    if (payload.kind === "day_closed" && payload.date >= first) dates.add(payload.date);
    if (payload.kind === "day_opened" && payload.mandate_hash !== frozenHash) voided = true;
    if (payload.kind === "trial_voided" && payload.trial_id === trialId) voided = true;
  }
  return { trialId, day: Math.min(dates.size, days), days, frozenHash, voided };
}

type Found<K extends AccountPayload["kind"]> = {
  readonly seq: number;
  readonly at: string;
  readonly payload: Of<K>;
};

function find<K extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: K,
): Found<K> | null {
  return (entries.find(({ payload }) => payload.kind === kind) as Found<K> | undefined) ?? null;
}

function findLast<K extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: K,
): Found<K> | null {
  return (entries.findLast(({ payload }) => payload.kind === kind) as Found<K> | undefined) ?? null;
}
