/** Every order of ours that the venue may still work, asked for by its own id; what has ended is booked. */
import { BrokerUnavailable } from "../../ports/broker.ts";
import { type Desk, incident } from "./desk.ts";
import { isOpenAtVenue, type LiveOrder } from "./live-order.ts";
import { isAllBooked, settleOrder } from "./venue-sync.ts";

/** `waiting`: the venue counts executions that have not reached us. */
export async function settleOpenOrders(desk: Desk): Promise<"settled" | "waiting"> {
  let state: "settled" | "waiting" = "settled";
  for (const live of [...(desk.core.day?.state.orders.values() ?? [])]) {
    if (!isOpenAtVenue(live) || live.state === "created") continue;
    if ((await settleOne(desk, live)) === "waiting") state = "waiting";
  }
  return state;
}

async function settleOne(desk: Desk, live: LiveOrder): Promise<"settled" | "waiting"> {
  try {
    const report = await desk.ports.broker.orderByClientId(live.id);
    if (report === null) return "settled";
    settleOrder(desk, live, report);
    return isAllBooked(desk, live, report) ? "settled" : "waiting";
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    incident(desk, "warning", "venue_unavailable", {
      subject: live.id,
      message: `order ${live.id} could not be asked about: ${error.message}`,
    });
    return "settled";
  }
}
