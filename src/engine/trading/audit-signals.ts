/**
 * Every signal of an account ends once, or its orders are still at work (invariant 2): counted in the entries
 * alone. A signal may also wait for another sleeve to meet it, until the next decision takes its wish back.
 */
import type { SignalRecord, TerminalRecord } from "../../domain/journal-entry.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";

type Raised = {
  readonly signal: SignalRecord;
  readonly seq: number;
  /** Another of the same decision wants the opposite of this one. */
  readonly canCross: boolean;
};

type Tally = {
  readonly raised: Map<string, Raised>;
  readonly ended: Map<string, number>;
  /** Orders at work. */
  readonly working: Map<string, { left: number }>;
  /** Of the newest decision that was asked for by schedule. */
  decidedAt: number;
  readonly findings: string[];
};

export function auditSignals(entries: readonly AccountEntry[]): {
  readonly signals: number;
  readonly findings: readonly string[];
} {
  const tally: Tally = {
    raised: new Map(),
    ended: new Map(),
    working: new Map(),
    decidedAt: 0,
    findings: [],
  };
  for (const entry of entries) fold(tally, entry);
  for (const [id, raised] of tally.raised) {
    if (tally.ended.has(id) || isOpen(tally, raised)) continue;
    tally.findings.push(
      `entry ${raised.seq} raises signal ${id}, which never ended, and nothing of it is at work`,
    );
  }
  return { signals: tally.raised.size, findings: tally.findings };
}

function fold(tally: Tally, { seq, payload }: AccountEntry): void {
  switch (payload.kind) {
    case "decided":
      if (payload.on_schedule) tally.decidedAt = seq;
      return;
    case "decision":
      for (const signal of payload.signals) raise(tally, seq, signal, payload.signals);
      return;
    case "order":
      tally.working.set(payload.order_id, { left: Math.abs(payload.lots) });
      for (const id of payload.signal_ids) {
        if (tally.raised.has(id)) continue;
        tally.findings.push(
          `entry ${seq}: order ${payload.order_id} serves signal ${id}, which nothing raised`,
        );
      }
      return;
    case "fill": {
      const order = tally.working.get(payload.order_id);
      if (order !== undefined) {
        order.left -= Math.abs(payload.lots);
        if (order.left <= 0) tally.working.delete(payload.order_id);
      }
      for (const terminal of payload.terminals) end(tally, seq, terminal);
      return;
    }
    case "split":
      for (const { order_id: id, lots } of payload.orders) {
        if (tally.working.has(id)) tally.working.set(id, { left: Math.abs(lots) });
      }
      return;
    case "order_ended":
      tally.working.delete(payload.order_id);
      for (const terminal of payload.terminals) end(tally, seq, terminal);
      return;
    case "cross":
      for (const terminal of payload.terminals) end(tally, seq, terminal);
      return;
    default:
  }
}

function raise(
  tally: Tally,
  seq: number,
  signal: SignalRecord,
  decision: readonly SignalRecord[],
): void {
  const { signal_id: id, instrument } = signal;
  const before = tally.raised.get(id);
  if (before !== undefined) {
    tally.findings.push(`entry ${seq} raises signal ${id} again, entry ${before.seq} had`);
    return;
  }
  const canCross = decision.some(
    (other) => other.instrument === instrument && wish(other) * wish(signal) < 0,
  );
  tally.raised.set(id, { signal, seq, canCross });
  if (signal.terminal !== null) end(tally, seq, signal.terminal);
}

function wish({ final_lots: final, current_lots: current }: SignalRecord): number {
  return final === null ? 0 : final - current;
}

function end(tally: Tally, seq: number, { signal_id: id, state }: TerminalRecord): void {
  const before = tally.ended.get(id);
  if (!tally.raised.has(id)) {
    tally.findings.push(`entry ${seq} ends signal ${id} as ${state}, and nothing raised it`);
  } else if (before !== undefined) {
    tally.findings.push(
      `entry ${seq} ends signal ${id} as ${state}; it had ended in entry ${before}`,
    );
  }
  if (before === undefined) tally.ended.set(id, seq);
}

function isOpen({ working, decidedAt }: Tally, { signal, seq, canCross }: Raised): boolean {
  if (signal.order_ids.some((id) => working.has(id))) return true;
  return canCross && decidedAt < seq;
}
