import { describe, expect, it } from "vitest";
import { monthlyReturns, shade } from "../../../src/apps/report/months.ts";
import { formatDate } from "../../../src/base/instant.ts";
import { reportFixture } from "../../support/report-fixture.ts";

describe("monthly returns", () => {
  it("link to the whole: the product of the months is the growth of equity", () => {
    const input = reportFixture({ years: 6 });
    const growth = monthlyReturns(input).reduce((product, { value }) => product * (1 + value), 1);
    expect(growth).toBeCloseTo(input.equity[input.equity.length - 1] / input.equity[0], 9);
  });

  it("each equals the ratio of month-end equities", () => {
    const input = reportFixture({ years: 3 });
    const monthOf = (i: number): string => formatDate(input.datesMs[i]).slice(0, 7);
    const ends = [...input.datesMs.keys()].filter(
      (i) => i === input.datesMs.length - 1 || monthOf(i) !== monthOf(i + 1),
    );
    const ratios = ends.map(
      (end, k) => input.equity[end] / input.equity[k === 0 ? 0 : ends[k - 1]] - 1,
    );
    const months = monthlyReturns(input);
    expect(months).toHaveLength(ends.length);
    months.forEach(({ value }, k) => expect(value).toBeCloseTo(ratios[k], 9));
    const names = months.map(({ year, month }) => `${year}-${String(month + 1).padStart(2, "0")}`);
    expect(names).toEqual(ends.map(monthOf));
  });

  it("a month with an undefined day is undefined, not zero", () => {
    const input = reportFixture({ variant: "ruined", years: 4 });
    const months = monthlyReturns(input);
    const ruin = input.ruinedAt ?? -1;
    const name = formatDate(input.datesMs[ruin]).slice(0, 7);
    const at = months.findIndex(
      ({ year, month }) => `${year}-${String(month + 1).padStart(2, "0")}` === name,
    );
    expect(at).toBeGreaterThan(0);
    expect(months.slice(at + 1).every(({ value }) => Number.isNaN(value))).toBe(true);
    expect(months.slice(0, at).some(({ value }) => Number.isNaN(value))).toBe(false);
  });

  it("shades by fixed sizes", () => {
    expect([0, 0.009, 0.01, 0.03, 0.06, 0.2, -0.2, -0.001].map(shade)).toEqual([
      "g0",
      "g0",
      "g1",
      "g2",
      "g3",
      "g4",
      "l4",
      "l0",
    ]);
  });
});
