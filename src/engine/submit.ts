/** The door to the venue: nothing but an approved order goes through it. */
import type { Approved, Order } from "../domain/order.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

/** `signals` are those it serves, none for a system intent. */
export function submit(k: Kernel, order: Approved<Order>, signals: readonly Signal[]): void {
  order.working = true;
  k.state.working.push(order);
  for (const signal of signals) {
    signal.orders = signal.orders.length === 0 ? [order] : [...signal.orders, order];
    signal.openOrders++;
    k.state.openSignals.add(signal);
  }
}
