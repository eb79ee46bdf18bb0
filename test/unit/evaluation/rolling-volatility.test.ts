import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import {
  ROLLING_DAYS,
  rollingVolatility,
} from "../../../src/research/evaluation/rolling-volatility.ts";

const nav = (n: number): Float64Array => {
  const values = new Float64Array(n).fill(100);
  for (let i = 1; i < n; i++) values[i] = values[i - 1] * (i % 2 === 0 ? 0.99 : 1.01 + i * 1e-5);
  return values;
};
const days = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i * DAY_MS);

/** The naive twin, straight from the definition. */
function volatilityAt(values: Float64Array, day: number): number {
  const returns = Array.from({ length: ROLLING_DAYS }, (_, k) => {
    const i = day - ROLLING_DAYS + 1 + k;
    return values[i] / values[i - 1] - 1;
  });
  const mean = returns.reduce((a, b) => a + b) / returns.length;
  const squares = returns.reduce((a, r) => a + (r - mean) ** 2, 0);
  return Math.sqrt((squares / (returns.length - 1)) * 252);
}

describe("rolling volatility", () => {
  it("is the annual deviation of the last quarter's daily returns, and unknown before", () => {
    const values = nav(90);
    const rolling = rollingVolatility(days(90), values, 252);
    expect([...rolling.subarray(0, ROLLING_DAYS)].every(Number.isNaN)).toBe(true);
    for (let day = ROLLING_DAYS; day < 90; day++) {
      expect(rolling[day]).toBeCloseTo(volatilityAt(values, day), 12);
    }
  });

  it("counts days, not sessions: within a day it is the last whole day's", () => {
    const values = nav(80);
    const daily = rollingVolatility(days(80), values, 252);
    const twice = Float64Array.from(
      { length: 160 },
      (_, i) => Math.floor(i / 2) * DAY_MS + (i % 2),
    );
    const both = Float64Array.from({ length: 160 }, (_, i) => values[Math.floor(i / 2)]);
    const rolling = rollingVolatility(twice, both, 252);
    for (let day = ROLLING_DAYS; day < 79; day++) {
      expect(rolling[2 * day + 1]).toBe(daily[day]);
      expect(rolling[2 * day + 2]).toBe(daily[day]);
    }
  });

  it("is unknown from ruin on", () => {
    const values = nav(90).fill(-1, 80);
    const rolling = rollingVolatility(days(90), values, 252);
    expect(rolling[79]).not.toBeNaN();
    expect([...rolling.subarray(80)].every(Number.isNaN)).toBe(true);
  });
});
