/** A daily series is a type of its own, made where the spacing of its dates is looked at. */
import { describe, expect, expectTypeOf, it } from "vitest";
import { type DailyReturns, dailyReturns } from "../../../src/base/frequency.ts";
import { DAY_MS } from "../../../src/base/instant.ts";

/** Every weekday from Monday 1970-01-05 on. */
function weekdays(count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => (4 + Math.floor(i / 5) * 7 + (i % 5)) * DAY_MS,
  );
}

function every(days: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i * days * DAY_MS);
}

const flat = (rows: number) => new Float64Array(rows).fill(0.01);

describe("daily returns", () => {
  it("are the same array under another type", () => {
    const values = flat(20);
    expect(dailyReturns(values, weekdays(20))).toEqual({ ok: true, value: values });
  });

  it("do not compile from a plain series, weekly or not", () => {
    expectTypeOf<Float64Array>().not.toExtend<DailyReturns>();
    expectTypeOf<DailyReturns>().toExtend<Float64Array>();
  });

  it.each([
    ["weekly", every(7, 30), 7],
    ["monthly", every(30, 30), 30],
    ["every five days", every(5, 30), 5],
  ])("refuse a %s series with what was observed", (_, dates, observedDays) => {
    const result = dailyReturns(flat(30), dates);
    expect(result).toMatchObject({ ok: false, error: { observedDays, limitDays: 4 } });
    expect(result.ok ? "" : result.error.message).toContain("not a daily series");
  });

  it("admit four days, for a market that holds long weekends", () => {
    expect(dailyReturns(flat(30), every(4, 30)).ok).toBe(true);
  });

  it("see a weekly instrument on the rows of a daily market", () => {
    const values = flat(50).map((x, i) => (i % 5 === 4 ? x : Number.NaN));
    expect(dailyReturns(values, weekdays(50))).toMatchObject({
      ok: false,
      error: { observedDays: 7 },
    });
  });

  it("keep a daily series with a hole of a year in it", () => {
    const dates = weekdays(60).map((ms, i) => (i < 30 ? ms : ms + 365 * DAY_MS));
    expect(dailyReturns(flat(60), dates).ok).toBe(true);
  });

  it.each([0, 1, 2])("refuse %i dates: they show nothing", (rows) => {
    expect(dailyReturns(flat(rows), weekdays(rows))).toMatchObject({
      ok: false,
      error: { observedDays: null },
    });
  });

  it("stop on dates that do not ascend or are not as many", () => {
    expect(() => dailyReturns(flat(3), Float64Array.of(0, DAY_MS, DAY_MS))).toThrow("invariant 21");
    expect(() => dailyReturns(flat(3), weekdays(4))).toThrow("invariant 21");
  });
});
