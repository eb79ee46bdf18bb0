/** How an order's status moves, and the event that tells of it. */
import type { Exchange, ExchangeOrder, OrderEventName } from "./state.ts";

export function isEnded({ status }: Pick<ExchangeOrder, "status">): boolean {
  switch (status) {
    case "filled":
    case "canceled":
    case "expired":
    case "replaced":
    case "rejected":
      return true;
    case "accepted":
    case "new":
    case "partially_filled":
    case "held":
    case "pending_cancel":
      return false;
  }
}

/** It may trade now. */
export function isLive(order: ExchangeOrder): boolean {
  return !order.isStuck && (order.status === "new" || order.status === "partially_filled");
}

export function tell(x: Exchange, order: ExchangeOrder, event: OrderEventName): void {
  x.events.push({ kind: "order", event, atMs: x.state.nowMs, order: { ...order } });
}

/** Ends an order that has not filled to the end; one that is stuck stays. */
export function endOrder(
  x: Exchange,
  order: ExchangeOrder,
  end: "canceled" | "expired" | "rejected",
  reason: string | null,
): void {
  if (isEnded(order) || order.isStuck) return;
  order.status = end;
  order.reason = reason;
  order.updatedMs = x.state.nowMs;
  if (end === "canceled") order.canceledMs = x.state.nowMs;
  if (end === "expired") order.expiredMs = x.state.nowMs;
  tell(x, order, end);
  // Legs of an entry that never filled have nothing to protect.
  for (const id of order.legIds) {
    const leg = x.orderById.get(id);
    if (leg?.status === "held") endOrder(x, leg, "canceled", "entry_ended");
  }
}

/** Keeps `working` to what may still fill. */
export function dropEnded({ working }: Exchange): void {
  let kept = 0;
  for (const order of working) if (!isEnded(order)) working[kept++] = order;
  working.length = kept;
}

/** Its symbol does not trade now; null: it does. */
export function haltOf(
  { state }: Exchange,
  symbol: string,
): Exchange["state"]["halted"][number] | null {
  const halt = state.halted.find((one) => one.symbol === symbol);
  if (halt === undefined || (halt.untilMs !== null && halt.untilMs <= state.nowMs)) return null;
  return halt;
}
