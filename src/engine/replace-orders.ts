/** The working orders of a superseded wish make room for the new one; system intents stay. */
import { endOrder } from "./book-fill.ts";
import type { Kernel } from "./state.ts";

export function replaceWorking(k: Kernel, instrument: number): void {
  for (const order of k.state.working) {
    if (!order.working || order.instrument !== instrument) continue;
    if (order.purpose === "close" || order.purpose === "open") endOrder(k, order, "replaced");
  }
}
