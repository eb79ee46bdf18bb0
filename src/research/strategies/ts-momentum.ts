/**
 * Time-series momentum (Moskowitz, Ooi and Pedersen 2012, Journal of Financial Economics 104): the
 * sign of an instrument's own past return, here of three lookbacks in rows, weighted .5, .3 and .2
 * from the slowest to the fastest, so that the view turns in steps. A sign and not a size: how much
 * risk a view takes is the business of later stages. Reads total return: dividends, and for a
 * future what holding it through its rolls earned. With `short` 0 a negative view is flat.
 */
import { defineStrategy } from "./define.ts";

export const tsMomentum = defineStrategy({
  name: "ts-momentum",
  version: "1",
  params: {
    slow: { default: 252, min: 1, max: 2000, integer: true },
    middle: { default: 84, min: 1, max: 2000, integer: true },
    fast: { default: 21, min: 1, max: 2000, integer: true },
    strength: { default: 1, min: 0, max: 1 },
    short: { default: 1, min: 0, max: 1, integer: true },
  },
  answers: "forecast",
  columns: (m, p) => ({
    // Differences, not ratios: their sign is right even where wealth went below zero.
    slow: m.sub(m.total_return, m.lag(m.total_return, p.slow)),
    middle: m.sub(m.total_return, m.lag(m.total_return, p.middle)),
    fast: m.sub(m.total_return, m.lag(m.total_return, p.fast)),
  }),
  decide: (row, p) => {
    const view =
      0.5 * Math.sign(row.slow) + 0.3 * Math.sign(row.middle) + 0.2 * Math.sign(row.fast);
    return { strength: p.strength * (p.short === 1 ? view : Math.max(0, view)), confidence: 1 };
  },
});
