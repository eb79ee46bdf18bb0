/**
 * How signals end. A signal with orders ends when its last order does: EXECUTED with the filled
 * share and who cut the rest, or EXPIRED when nothing filled. One without orders ends at the
 * decision, as its first refusal says.
 */
import { invariant } from "../base/assert.ts";
import type { Order, OrderEnd } from "../domain/order.ts";
import type { TerminalState } from "../domain/refusal.ts";
import type { Signal } from "./signal.ts";
import type { KernelState } from "./state.ts";

export type SignalEnd = {
  readonly state: TerminalState;
  readonly share: number;
  readonly cutBy: readonly string[];
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
};

/** The one terminal state of a signal whose orders have all ended. */
export function signalEnd(signal: Signal): SignalEnd {
  invariant(signal.openOrders === 0, 2, `signal ${signal.ordinal} still has orders at work`);
  const cutBy = signal.refusals.map((r) => `${r.by}/${r.rule}`);
  const refusal = signal.refusals[0];
  const evidence = {
    cutBy,
    observed: refusal?.observed ?? null,
    limit: refusal?.limit ?? null,
    unit: refusal?.unit ?? null,
  };
  if (signal.filledLots > 0) {
    // A reverse split may leave nothing of the wish: what was got is then all there was to get.
    const share = signal.wantedLots > 0 ? signal.filledLots / signal.wantedLots : 1;
    return { state: "EXECUTED", share, ...evidence };
  }
  if (signal.orders.length > 0) return { state: "EXPIRED", share: 0, ...evidence };
  invariant(refusal !== undefined, 2, `signal ${signal.ordinal} has neither order nor refusal`);
  return { state: refusal.state, share: 0, ...evidence };
}

/**
 * Takes an ended order off its signal; returns the signal when that was its last order. A wish
 * with an order that the market let expire unfilled counts as not yet tried, so the next decision
 * sizes it again (the opening leg of a crossing included); one that a newer wish replaced does not.
 */
export function settleOrder(
  state: KernelState,
  order: Order,
  outcome: { readonly filledLots: number; readonly end: OrderEnd },
): Signal | null {
  order.working = false;
  if (order.signal === null) return null;
  const signal = state.openSignals.get(order.signal);
  invariant(
    signal !== undefined,
    2,
    () => `order ${order.ordinal} serves signal ${order.signal}, which has ended`,
  );
  signal.filledLots += outcome.filledLots;
  const untried = outcome.end === "expired" || outcome.end === "non_positive_price";
  if (untried) state.previousTarget[signal.variant] = Number.NaN;
  signal.openOrders--;
  if (signal.openOrders > 0) return null;
  state.openSignals.delete(signal.ordinal);
  countTerminal(state, signalEnd(signal).state);
  return signal;
}

export function countTerminal(state: KernelState, terminal: TerminalState): void {
  const { terminals } = state.counters;
  terminals.set(terminal, (terminals.get(terminal) ?? 0) + 1);
}
