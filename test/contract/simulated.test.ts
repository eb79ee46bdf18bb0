/** The simulated broker plays the cards: a venue in this process, its script of faults and all. */
import { createSimulatedVenue } from "../../src/adapters/brokers/simulated.ts";
import { createExchange } from "../../src/venue/exchange/exchange.ts";
import { CARD_SESSIONS, CARD_TERMS } from "../support/card-market.ts";
import { playCards } from "./broker-cards.ts";

playCards({
  name: "simulated",
  slippage: 0,
  without: { 2: "it has no keys" },
  open: async () => {
    const exchange = createExchange({ ...CARD_TERMS, sessions: CARD_SESSIONS });
    const venue = createSimulatedVenue({ exchange });
    const broker = venue.connect();
    return {
      broker,
      clock: venue.clock,
      spoil: venue.addFault,
      stranger: null,
      close: () => broker.close(),
    };
  },
});
