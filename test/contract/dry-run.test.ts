/** The dry-run broker plays the cards: it has no wire that could be spoilt, and pays 0.1 % away. */
import type { Json } from "../../src/base/canonical-json.ts";
import { createDryRun } from "../../src/adapters/brokers/dry-run.ts";
import { CARD_SESSIONS, CARD_TERMS } from "../support/card-market.ts";
import { playCards } from "./broker-cards.ts";

const NO_WIRE = "nothing leaves the process, so nothing is lost on the way";
const OWN_VENUE = "its venue is its own and does nothing unasked";

playCards({
  name: "dry-run",
  slippage: 0.001,
  without: {
    2: "it has no keys",
    ...Object.fromEntries([8, 9, 10, 11, 12, 33, 34, 35, 36, 45].map((n) => [n, NO_WIRE])),
    ...Object.fromEntries([32, 43, 44].map((n) => [n, OWN_VENUE])),
  },
  open: async () => {
    let saved: Json | null = null;
    const { costs, rules: _rules, series, actions, firstDate, ...terms } = CARD_TERMS;
    const { fees, debitRate, borrowRate } = costs;
    const { broker, clock } = await createDryRun({
      terms: { ...terms, fees, debitRate, borrowRate },
      series,
      actions,
      firstDate,
      sessions: CARD_SESSIONS,
      store: {
        load: async () => saved,
        save: async (state) => {
          saved = state;
        },
      },
      intend: async () => undefined,
      wall: null,
    });
    return { broker, clock, spoil: null, stranger: null, close: () => broker.close() };
  },
});
