/**
 * How signals end. A signal with orders ends when its last order does: EXECUTED with the filled
 * share and who cut the rest, or EXPIRED when nothing filled. One without orders ends at the
 * decision, as its first refusal says.
 */
import { invariant } from "../base/assert.ts";
import type { Order, OrderEnd } from "../domain/order.ts";
import type { Refusal, TerminalState } from "../domain/refusal.ts";
import { HEARD } from "./quiet/state.ts";
import type { Signal } from "./signal.ts";
import type { KernelState } from "./state.ts";

const NOBODY: readonly Signal[] = [];

export type SignalEnd = {
  readonly state: TerminalState;
  readonly share: number;
  readonly cutBy: readonly string[];
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
};

/** The one terminal state of a signal whose orders have all ended. A venue's refusal outweighs an expiry. */
export function terminalState(signal: Signal): TerminalState {
  if (signal.openOrders !== 0) {
    invariant(false, 2, `signal ${signal.ordinal} still has orders at work`);
  }
  if (signal.filledLots > 0) return "EXECUTED";
  if (signal.orders.length > 0 || signal.crosses) {
    return signal.refusals.some(({ by }) => by === "broker") ? "REJECTED_BY_BROKER" : "EXPIRED";
  }
  const refusal = lastRefusal(signal);
  if (refusal === undefined) {
    invariant(false, 2, `signal ${signal.ordinal} has neither order nor refusal`);
  }
  return refusal.state;
}

/**
 * Whoever took the last of the wish: of those that refused it the last (a gate refuses what sizing
 * left of it), else the last stage that cut it.
 */
function lastRefusal({ cuts, refusals }: Signal): Refusal | undefined {
  return refusals[refusals.length - 1] ?? cuts[cuts.length - 1];
}

/** The state with its evidence: for the record, which alone has time for it. */
export function signalEnd(signal: Signal): SignalEnd {
  const state = terminalState(signal);
  const { cuts, refusals } = signal;
  const cutBy = [...cuts, ...refusals].map((r) => `${r.by}/${r.rule}`);
  const refusal = lastRefusal(signal);
  const evidence = {
    cutBy,
    observed: refusal?.observed ?? null,
    limit: refusal?.limit ?? null,
    unit: refusal?.unit ?? null,
  };
  if (state !== "EXECUTED") return { state, share: 0, ...evidence };
  // A reverse split may leave nothing of the wish: what was got is then all there was to get.
  const share = signal.wantedLots > 0 ? Math.min(1, signal.filledLots / signal.wantedLots) : 1;
  return { state, share, ...evidence };
}

/**
 * Takes an ended order off its signals; returns those of which it was the last. A wish with an
 * order that the market let expire unfilled counts as not yet tried, so the next decision sizes it
 * again (the opening leg of a crossing included); one that a newer wish replaced does not.
 */
export function settleOrder(state: KernelState, order: Order, end: OrderEnd): readonly Signal[] {
  order.working = false;
  if (order.signals.length === 0) return NOBODY;
  const untried = end === "expired" || end === "rejected" || end === "non_positive_price";
  if (order.signals.length === 1) return settleSignal(state, order, order.signals[0], untried);
  return order.signals.flatMap((ordinal) => settleSignal(state, order, ordinal, untried));
}

/** The signal, if the order was its last. */
function settleSignal(
  state: KernelState,
  order: Order,
  ordinal: number,
  untried: boolean,
): readonly Signal[] {
  const signal = state.openSignals.get(ordinal);
  if (signal === undefined) {
    invariant(false, 2, `order ${order.ordinal} serves signal ${ordinal}, which has ended`);
  }
  if (untried) {
    state.previousTarget[signal.variant] = Number.NaN;
    state.quiet.heard[signal.variant] = HEARD.other;
  }
  return releaseSignal(state, signal) ? [signal] : NOBODY;
}

/** One order or cross fewer to wait for; true when nothing is left and the signal has ended. */
export function releaseSignal(state: KernelState, signal: Signal): boolean {
  signal.openOrders--;
  if (signal.openOrders > 0) return false;
  state.openSignals.delete(signal.ordinal);
  countTerminal(state, terminalState(signal));
  return true;
}

export function countTerminal(state: KernelState, terminal: TerminalState): void {
  const { terminals } = state.counters;
  terminals.set(terminal, (terminals.get(terminal) ?? 0) + 1);
}
