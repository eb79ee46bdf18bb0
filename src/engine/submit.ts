/** The door to the venue: nothing but an approved order goes through it. */
import type { Approved, Order } from "../domain/order.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

/** `signal` is the one it serves, null for a system intent. */
export function submit(k: Kernel, order: Approved<Order>, signal: Signal | null): void {
  order.working = true;
  k.state.working.push(order);
  if (signal === null) return;
  signal.orders.push(order);
  signal.openOrders++;
  k.state.openSignals.set(signal.ordinal, signal);
}
