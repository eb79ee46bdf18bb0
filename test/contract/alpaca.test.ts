/**
 * The Alpaca adapter plays the cards against a local venue over real sockets: its requests are those of
 * the official client, its frames those of the stream, and the rules that spoil them go in by the control
 * door, as a rehearsal's do.
 */
import { createAlpacaBroker } from "../../src/adapters/brokers/alpaca/broker.ts";
import { Secret } from "../../src/adapters/system/secret.ts";
import { createVenueClock } from "../../src/adapters/system/venue-clock.ts";
import { startVenue } from "../../src/apps/venue-server/start-venue.ts";
import type { FaultRule } from "../../src/venue/faults.ts";
import { CARD_TERMS } from "../support/card-market.ts";
import { ask, CREDENTIALS } from "../support/venue-fixture.ts";
import { playCards } from "./broker-cards.ts";

/** Long enough for a machine that is busy; one card waits for it. */
const TIMEOUT_MS = 1_500;

/** As a fault script writes a rule. */
function written({ kind, call, nth, times, symbol, durationMs, share }: FaultRule): object {
  const all = { kind, call, nth, times, symbol, duration_ms: durationMs, share };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

playCards({
  name: "alpaca",
  slippage: 0,
  without: {},
  open: async () => {
    const { keyId, secret } = CREDENTIALS;
    const venue = await startVenue({ credentials: CREDENTIALS, terms: CARD_TERMS });
    const connect = (key: string) =>
      createAlpacaBroker({
        keyId: key,
        secret,
        environment: "paper",
        venueUrl: venue.url,
        requestsPerMinute: "unlimited",
        tape: () => undefined,
        timeoutMs: TIMEOUT_MS,
      });
    const broker = await connect(keyId);
    return {
      broker,
      clock: createVenueClock({
        url: venue.url,
        keyId: new Secret(keyId),
        secret: new Secret(secret),
      }),
      spoil: async (rule) => {
        const { status, body } = await ask(venue, "POST", "/assay/v1/faults", {
          faults: [written(rule)],
        });
        if (status !== 200) throw new Error(`the rule was not taken: ${JSON.stringify(body)}`);
      },
      stranger: () => connect("PKSTRANGER"),
      close: async () => {
        await broker.close();
        await venue.close();
      },
    };
  },
});
