/**
 * Moving-average cross: long while the fast average is above the slow one; else flat, or short
 * where `short` is 1. Weight is a fraction of net asset value.
 */
import { defineStrategy } from "./define.ts";

export const maCross = defineStrategy({
  name: "ma-cross",
  version: "1",
  params: {
    fast: { default: 20, min: 1, max: 1000, integer: true },
    slow: { default: 100, min: 2, max: 2000, integer: true },
    weight: { default: 1, min: 0, max: 10 },
    short: { default: 0, min: 0, max: 1, integer: true },
  },
  columns: (m, p) => ({ fast: m.sma(m.close, p.fast), slow: m.sma(m.close, p.slow) }),
  decide: (row, p) => {
    if (row.fast > row.slow) return { weight: p.weight };
    return { weight: p.short === 1 ? -p.weight : 0 };
  },
});
