/**
 * Orders and executions of an account: what fills or ends was ordered, an execution is booked once and at the
 * venue's price and size, and nothing is booked that no venue told of (invariants 10 and 12).
 */
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

type Tally = {
  readonly orders: Map<string, Of<"order">>;
  readonly ended: Map<string, number>;
  readonly executions: Map<string, number>;
  /** The execution that the next fill is to book. */
  told: { readonly seq: number; readonly fill: Of<"venue_fill"> } | null;
  readonly findings: string[];
};

export function auditOrders(entries: readonly AccountEntry[]): {
  readonly orders: number;
  readonly executions: number;
  readonly findings: readonly string[];
} {
  const tally: Tally = {
    orders: new Map(),
    ended: new Map(),
    executions: new Map(),
    told: null,
    findings: [],
  };
  for (const entry of entries) fold(tally, entry);
  requireBooked(tally);
  const { orders, executions, findings } = tally;
  return { orders: orders.size, executions: executions.size, findings };
}

function fold(tally: Tally, { seq, payload }: AccountEntry): void {
  const { findings } = tally;
  switch (payload.kind) {
    case "order":
      if (tally.orders.has(payload.order_id)) {
        findings.push(`entry ${seq}: order ${payload.order_id} was ordered before`);
      }
      tally.orders.set(payload.order_id, payload);
      return;
    case "venue_fill":
      tell(tally, seq, payload);
      return;
    case "fill":
      book(tally, seq, payload);
      return;
    case "order_ended": {
      const id = payload.order_id;
      const before = tally.ended.get(id);
      if (!tally.orders.has(id)) findings.push(`entry ${seq} ends order ${id}, which nothing made`);
      if (before !== undefined) {
        findings.push(`entry ${seq} ends order ${id}, which had ended in entry ${before}`);
      }
      tally.ended.set(id, seq);
      return;
    }
    default:
  }
}

function tell(tally: Tally, seq: number, fill: Of<"venue_fill">): void {
  requireBooked(tally);
  const { execution_id: id, order_id: order } = fill;
  const before = tally.executions.get(id);
  if (before !== undefined) {
    tally.findings.push(`entry ${seq} books execution ${id} again, entry ${before} had`);
  }
  if (!tally.orders.has(order)) {
    tally.findings.push(`entry ${seq}: execution ${id} is of order ${order}, which nothing made`);
  }
  tally.executions.set(id, seq);
  tally.told = { seq, fill };
}

function book(tally: Tally, seq: number, fill: Of<"fill">): void {
  const { told, findings, orders } = tally;
  tally.told = null;
  if (told === null) {
    findings.push(`entry ${seq} books a fill of order ${fill.order_id} that no venue told of`);
    return;
  }
  const { order_id: order, price, execution_id: id } = told.fill;
  if (fill.order_id !== order || fill.price !== Number(price)) {
    findings.push(
      `entry ${seq} books a fill of order ${fill.order_id} at ${fill.price}; execution ${id} (entry ${told.seq}) is of order ${order} at ${price}`,
    );
  }
  const side = Math.sign(orders.get(order)?.lots ?? 0);
  if (Math.sign(fill.lots) !== side) {
    findings.push(
      `entry ${seq} books ${fill.lots} lots for order ${order} of ${orders.get(order)?.lots ?? 0}`,
    );
  }
}

function requireBooked(tally: Tally): void {
  if (tally.told === null) return;
  const { seq, fill } = tally.told;
  tally.findings.push(`entry ${seq}: execution ${fill.execution_id} was never booked`);
  tally.told = null;
}
