/** The baseline: one strength from the first bar to the last. Needs no columns and no warm-up. */
import { defineStrategy } from "./define.ts";

export const buyAndHold = defineStrategy({
  name: "buy-and-hold",
  version: "2",
  params: { strength: { default: 1, min: 0, max: 1 } },
  answers: "forecast",
  columns: () => ({}),
  decide: (_row, p) => ({ strength: p.strength, confidence: 1 }),
});
