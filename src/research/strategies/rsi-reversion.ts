/**
 * RSI mean reversion, long only: enter when the RSI is below `enter` and rising, leave when it is
 * above `exit` or after `max_bars` rows. The memory is a column of the wish (m.latch), never of
 * fills (spec definitions, "Memory in strategies").
 */
import { defineStrategy } from "./define.ts";

export const rsiReversion = defineStrategy({
  name: "rsi-reversion",
  version: "2",
  params: {
    window: { default: 14, min: 2, max: 500, integer: true },
    enter: { default: 35, min: 0, max: 100 },
    exit: { default: 50, min: 0, max: 100 },
    max_bars: { default: 20, min: 1, max: 1000, integer: true },
    strength: { default: 1, min: 0, max: 1 },
  },
  answers: "forecast",
  columns: (m, p) => {
    const rsi = m.rsi(m.close, p.window);
    const enter = m.and(m.lt(rsi, p.enter), m.rising(rsi));
    return { rsi, wish: m.latch({ enter, exit: m.gt(rsi, p.exit), max_bars: p.max_bars }) };
  },
  decide: (row, p) => ({ strength: row.wish * p.strength, confidence: 1 }),
});
