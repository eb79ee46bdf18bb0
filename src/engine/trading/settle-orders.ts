/** Every order of ours that the venue may still work, asked for by its own id; what has ended is booked. */
import { BrokerUnavailable } from "../../ports/broker.ts";
import { type Desk, incident } from "./desk.ts";
import { endsWithSession, isOpenAtVenue, type LiveOrder } from "./live-order.ts";
import { isAllBooked, settleOrder } from "./venue-sync.ts";

/**
 * From what is worst to what is well: nobody could say; the venue counts executions that have not reached
 * us; an order of one session has not ended.
 */
const SETTLEMENTS = ["unknown", "waiting", "working", "settled"] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

export async function settleOpenOrders(desk: Desk): Promise<Settlement> {
  let state: Settlement = "settled";
  for (const live of [...(desk.core.day?.state.orders.values() ?? [])]) {
    if (!isOpenAtVenue(live) || live.state === "created") continue;
    const one = await settleOne(desk, live);
    if (SETTLEMENTS.indexOf(one) < SETTLEMENTS.indexOf(state)) state = one;
  }
  return state;
}

async function settleOne(desk: Desk, live: LiveOrder): Promise<Settlement> {
  try {
    const report = await desk.ports.broker.orderByClientId(live.id);
    if (report === null) {
      if (live.venueOrderId === null) desk.fresh.add(live.id);
      return "settled";
    }
    settleOrder(desk, live, report);
    if (!isAllBooked(desk, live, report)) return "waiting";
    return isOpenAtVenue(live) && endsWithSession(live) ? "working" : "settled";
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    incident(desk, "warning", "venue_unavailable", {
      subject: live.id,
      message: `order ${live.id} could not be asked about: ${error.message}`,
    });
    return "unknown";
  }
}
