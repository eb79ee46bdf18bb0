/** What a day takes over from the days before it: orders still at work, and signals that have not ended. */
import type { OpenedOrder, SignalRecord, TerminalRecord } from "../../domain/journal-entry.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";

export type Carried = {
  readonly orders: Map<string, OpenedOrder>;
  readonly signals: Map<string, { readonly decidedOn: string; readonly signal: SignalRecord }>;
};

export function newCarried(): Carried {
  return { orders: new Map(), signals: new Map() };
}

export function foldCarried(carried: Carried, { at, payload }: AccountEntry): void {
  switch (payload.kind) {
    case "decision":
      for (const signal of payload.signals) {
        if (signal.terminal !== null) continue;
        carried.signals.set(signal.signal_id, { decidedOn: at.slice(0, 10), signal });
      }
      return;
    case "order": {
      const { kind: _, ...order } = payload;
      carried.orders.set(order.order_id, order);
      return;
    }
    case "fill":
    case "cross":
      end(carried, payload.terminals);
      return;
    case "order_ended":
      carried.orders.delete(payload.order_id);
      end(carried, payload.terminals);
      return;
    default:
      return;
  }
}

function end({ signals }: Carried, terminals: readonly TerminalRecord[]): void {
  for (const { signal_id: id } of terminals) signals.delete(id);
}
