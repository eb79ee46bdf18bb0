/** The baseline: one weight from the first bar to the last. Needs no columns and no warm-up. */
import { defineStrategy } from "./define.ts";

export const buyAndHold = defineStrategy({
  name: "buy-and-hold",
  version: "1",
  params: { weight: { default: 1, min: -10, max: 10 } },
  columns: () => ({}),
  decide: (_row, p) => ({ weight: p.weight }),
});
