/** The mandate's section about sizing: what keeps the netted instrument from trading a little. */
import { z } from "zod";
import type { Section } from "../../domain/section.ts";

const schema = z.strictObject({
  buffer: z.number().min(0).lt(1),
  min_notional: z.number().nonnegative(),
  stop_atr: z.number().positive().nullable(),
});
export type SizingSettings = z.infer<typeof schema>;

export const sizingSection: Section<typeof schema> = {
  name: "sizing",
  owner: "portfolio/sizing",
  schema,
  describe: {
    buffer:
      "a position within this fraction of the full-strength position around the wanted one is left alone, beyond it is traded to the edge; 0: none",
    min_notional:
      "smallest trade worth an order, in the account's currency; closing a position is never too small; 0: none",
    stop_atr:
      "protective stop at this multiple of the average true range (heat.atr_window) from the fill; null: none",
  },
  defaults: { buffer: 0.1, min_notional: 0, stop_atr: null },
  profiles: { plain: { buffer: 0 }, "equity-signals": { stop_atr: 3 } },
  tags: {},
  probes: {
    buffer: { try: [{ to: 0.5 }, { to: 0 }] },
    min_notional: {
      try: [
        { inside: "fill_notional", part: 0.9 },
        { inside: "fill_notional", part: 0.3 },
      ],
    },
    stop_atr: { needs: ["bar_ranges"], try: [{ to: 1 }, { to: null }] },
  },
  check: () => [],
};
