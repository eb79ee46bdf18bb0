/**
 * A question to Alpaca's market data. Enters: a request of the client; leaves: what its answer says. A 403
 * here is seldom about the keys: the newest minutes of all exchanges belong to a paid subscription.
 */
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { AlpacaClient } from "../brokers/alpaca/client.ts";

export function readData<T>(
  client: AlpacaClient,
  what: string,
  request: Parameters<AlpacaClient["ask"]>[0],
  parse: (body: Json) => T,
): Promise<T> {
  return client.read(what, request, parse, ({ status, message }) => {
    if (status !== 403 || !/subscription|sip/i.test(message)) return null;
    return new Fault(
      "data",
      `data.sources: Alpaca does not give these ${what} to this account ("${message}"); set feed: iex, or take the subscription that the feed needs`,
    );
  });
}
