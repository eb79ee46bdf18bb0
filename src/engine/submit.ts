/** The door to the venue: nothing but an approved order goes through it. */
import type { Approved, Order } from "../domain/order.ts";
import { endOrder } from "./book-fill.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

export function submit(k: Kernel, order: Approved<Order>, signal: Signal): void {
  order.working = true;
  k.state.working.push(order);
  signal.orders.push(order);
  signal.openOrders++;
  k.state.openSignals.set(signal.ordinal, signal);
}

/** The working orders of a superseded wish make room for the new one. */
export function replaceWorking(k: Kernel, instrument: number): void {
  for (const order of k.state.working) {
    if (order.working && order.instrument === instrument && order.purpose !== "stop") {
      endOrder(k, order, "replaced");
    }
  }
}
