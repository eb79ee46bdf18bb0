/**
 * Moving-average cross that waits for a better price: while the fast average is above the slow one
 * it bids `offset` (fraction) below the close, good till cancelled, with a protective stop `stop`
 * (fraction of that close) below the fill; when the cross ends it leaves at market.
 */
import { defineStrategy } from "./define.ts";

export const maPullback = defineStrategy({
  name: "ma-pullback",
  version: "1",
  params: {
    fast: { default: 20, min: 1, max: 1000, integer: true },
    slow: { default: 100, min: 2, max: 2000, integer: true },
    weight: { default: 1, min: 0, max: 10 },
    offset: { default: 0.01, min: 0, max: 0.5 },
    stop: { default: 0.05, min: 0.0001, max: 0.9 },
  },
  orders: ["limit", "stop"],
  answers: "target",
  columns: (m, p) => ({
    close: m.close,
    fast: m.sma(m.close, p.fast),
    slow: m.sma(m.close, p.slow),
  }),
  decide: (row, p) => {
    if (!(row.fast > row.slow)) return { weight: 0 };
    return {
      weight: p.weight,
      entry: { limit: row.close * (1 - p.offset) },
      stop: { distance: row.close * p.stop },
      timeInForce: "gtc",
    };
  },
});
