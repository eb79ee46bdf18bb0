/** One netted order for all sleeves: sums of fractions, one buffer, crosses inside. */
import { describe, expect, it } from "vitest";
import { soundLayers } from "../../support/layered-fixture.ts";
import { steady, weekdays } from "../../support/layered-market.ts";

describe("five sleeves", () => {
  it("that want 0.6 contracts each trade 3", () => {
    const dates = weekdays(6);
    const run = soundLayers({
      listings: { ES: { bars: steady(dates, 1000) } },
      sleeves: Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((name) => [
          name,
          { instrument: "ES", says: { [dates[1]]: 0.3 } },
        ]),
      ),
    });
    expect(run.fills).toEqual([{ on: dates[2], id: "ES", lots: 3, price: 1000, fee: 0 }]);
    expect(run.signals.map(({ end }) => [end.state, end.share])).toEqual(
      run.signals.map(() => ["EXECUTED", 1]),
    );
    expect(run.signals).toHaveLength(5);
  });
});
