/**
 * Cross-sectional momentum (Jegadeesh and Titman 1993; across asset classes Asness, Moskowitz and
 * Pedersen 2013): past total returns over three lookbacks in rows, weighted .4, .35 and .25 from the
 * fastest to the slowest, ranked among the strategy's instruments. The strength is the rank: 1 for
 * the strongest, -1 for the weakest, so long and short sides balance. With `short` 0 the weaker half
 * is flat. A strategy with a single instrument has nothing to rank.
 */
import { defineStrategy } from "./define.ts";

export const xsMomentum = defineStrategy({
  name: "xs-momentum",
  version: "1",
  params: {
    fast: { default: 63, min: 1, max: 2000, integer: true },
    middle: { default: 126, min: 1, max: 2000, integer: true },
    slow: { default: 252, min: 1, max: 2000, integer: true },
    strength: { default: 1, min: 0, max: 1 },
    short: { default: 1, min: 0, max: 1, integer: true },
  },
  answers: "forecast",
  columns: (m, p) => {
    const part = (share: number, bars: number) =>
      m.mul(m.constant(share), m.change(m.total_return, bars));
    const recent = m.add(part(0.4, p.fast), part(0.35, p.middle));
    return { rank: m.rank(m.add(recent, part(0.25, p.slow))) };
  },
  decide: (row, p) => ({
    strength: p.strength * (p.short === 1 ? row.rank : Math.max(0, row.rank)),
    confidence: 1,
  }),
});
