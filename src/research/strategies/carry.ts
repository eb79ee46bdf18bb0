/**
 * Carry (Koijen, Moskowitz, Pedersen and Vrugt 2018, Journal of Financial Economics 127): hold what
 * earns by the passing of time alone. A future's annualised roll yield, averaged over `window` rows
 * against the noise of two prices, asks for full strength at `full` and proportionally less below,
 * so that a yield that wavers around zero turns nothing over; with `full` 0 its sign decides. With
 * `short` 0 a negative yield is flat. Needs futures: nothing else has a roll yield.
 */
import { defineStrategy } from "./define.ts";

export const carry = defineStrategy({
  name: "carry",
  version: "1",
  params: {
    window: { default: 21, min: 1, max: 1000, integer: true },
    full: { default: 0.05, min: 0, max: 10 },
    strength: { default: 1, min: 0, max: 1 },
    short: { default: 1, min: 0, max: 1, integer: true },
  },
  answers: "forecast",
  columns: (m, p) => ({ yield: m.sma(m.carry, p.window) }),
  decide: (row, p) => {
    const view =
      p.full === 0 ? Math.sign(row.yield) : Math.max(-1, Math.min(1, row.yield / p.full));
    return { strength: p.strength * (p.short === 1 ? view : Math.max(0, view)), confidence: 1 };
  },
});
