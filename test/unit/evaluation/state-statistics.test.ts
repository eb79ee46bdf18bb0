/** Days in each state and how often they change, by hand and against a naive count. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatDate } from "../../../src/base/instant.ts";
import {
  scalarStatistics,
  stateStatistics,
} from "../../../src/research/evaluation/state-statistics.ts";

const daysMs = (n: number) => Float64Array.from({ length: n }, (_, day) => day * DAY_MS);
const span = (from: number, to: number) => ({
  from: formatDate(from * DAY_MS),
  to: formatDate(to * DAY_MS),
});

describe("states", () => {
  it("by hand: counted inside the window, changes into it left out", () => {
    const states = ["CRISIS", "NORMAL", "NORMAL", "STRESS", "NORMAL", "CRISIS"];
    expect(stateStatistics(daysMs(6), states, span(1, 4))).toEqual({
      sessions: { NORMAL: 3, STRESS: 1 },
      transitions: 2,
      transitions_per_year: 2 / (3 / 365.25),
    });
  });

  it("have no rate on a single day, and nothing outside", () => {
    expect(stateStatistics(daysMs(3), ["A", "B", "C"], span(1, 1))).toEqual({
      sessions: { B: 1 },
      transitions: 0,
      transitions_per_year: null,
    });
    expect(stateStatistics(daysMs(3), ["A", "B", "C"], span(9, 9)).sessions).toEqual({});
  });

  it("add up to the days, and change as often as a naive walk says", () => {
    const list = fc.array(fc.constantFrom("A", "B", "C"), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(list, (states) => {
        const whole = stateStatistics(daysMs(states.length), states, span(0, states.length));
        const total = Object.values(whole.sessions).reduce((a, b) => a + b, 0);
        expect(total).toBe(states.length);
        const changes = states.slice(1).filter((state, n) => state !== states[n]);
        expect(whole.transitions).toBe(changes.length);
      }),
    );
  });
});

describe("the scalar", () => {
  it("by hand: mean, least, share below 1; days without one are none", () => {
    const scalars = Float64Array.of(0.1, 1, 0.5, Number.NaN, 1, 1);
    expect(scalarStatistics(daysMs(6), scalars, span(1, 5))).toEqual({
      mean: 3.5 / 4,
      min: 0.5,
      below_one: 0.25,
      sessions: 4,
    });
  });

  it("of no day is null, never 1", () => {
    const nothing = { mean: null, min: null, below_one: null, sessions: 0 };
    const scalars = Float64Array.of(Number.NaN, Number.NaN);
    expect(scalarStatistics(daysMs(2), scalars, span(0, 1))).toEqual(nothing);
    expect(scalarStatistics(daysMs(2), scalars, span(7, 8))).toEqual(nothing);
  });
});
