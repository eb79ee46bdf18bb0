/**
 * Alpaca behind the broker's door: paper, live, or a venue on this machine that speaks its protocol.
 * Enters: keys, environment, where to put the tape; leaves: the port (ports/broker.ts). Quantities, prices
 * and money stay the exact text that the venue printed. Refuses missing keys, an address that is neither
 * Alpaca's nor this machine's, a limiter beyond what Alpaca permits, and another version of the client.
 */
import { settled } from "../../../base/result.ts";
import type { Broker, BrokerStream } from "../../../ports/broker.ts";
import { readAccount, readClock, readSessions, readSnapshot } from "./account.ts";
import { activitiesSince } from "./activities.ts";
import { type AlpacaOptions, openClient } from "./client.ts";
import { cancelOrder, orderByClientId, placeOrder } from "./orders.ts";
import { openStream } from "./stream.ts";

export async function createAlpacaBroker(options: AlpacaOptions): Promise<Broker> {
  const client = await openClient(options);
  /** Those that are still being opened as well: closing must leave no socket behind. */
  const streams = new Set<Promise<BrokerStream>>();
  return {
    // A rehearsal must not read like the broker's own account.
    name: options.venueUrl === undefined ? "alpaca" : "a local venue",
    averaging: "weighted_average",
    account: () => readAccount(client),
    clock: () => readClock(client),
    sessions: (fromDate, toDate) => readSessions(client, fromDate, toDate),
    place: (order) => placeOrder(client, order),
    cancel: (venueOrderId) => cancelOrder(client, venueOrderId),
    orderByClientId: (clientOrderId) => orderByClientId(client, clientOrderId),
    snapshot: () => readSnapshot(client),
    activitiesSince: (cursor) => activitiesSince(client, cursor),
    stream: (listener) => {
      const opening = openStream(client, listener);
      streams.add(opening);
      return opening;
    },
    close: async () => {
      // One that was refused has closed itself, and told whoever asked for it.
      const opened = await Promise.all([...streams].map(settled));
      streams.clear();
      await Promise.all(opened.flatMap((one) => (one.ok ? [one.value.close()] : [])));
    },
  };
}
