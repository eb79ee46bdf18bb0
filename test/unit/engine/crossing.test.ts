/**
 * Crossing zero is two orders, the closing one first (spec execution, section 2), whenever the
 * market lets each of them trade. NAV starts at 10 000.00.
 */
import { describe, expect, it } from "vitest";
import { entriesOf, soundRun } from "../../support/market-fixture.ts";

const MON = "2021-03-01";
const TUE = "2021-03-02";
const WED = "2021-03-03";
const THU = "2021-03-04";

const bars = {
  [MON]: [100, 100, 100, 100],
  [TUE]: [100, 101, 99, 100],
  [WED]: [101, 103, 100, 102],
  [THU]: [102, 104, 101, 103],
} as const;

const longThen = (second: object) => ({ [MON]: { units: 10 }, [TUE]: { units: -15, ...second } });

describe("crossing zero", () => {
  it("closes ten and opens fifteen, both at the next open", () => {
    const run = soundRun({ A: { bars, wishes: longThen({}) } });
    expect(run.fills).toMatchObject([
      { on: TUE, lots: 10, price: 100 },
      { on: WED, lots: -10, price: 101 },
      { on: WED, lots: -15, price: 101 },
    ]);
    const orders = entriesOf(run, "order").map(({ purpose, leg, lots }) => [purpose, leg, lots]);
    expect(orders).toEqual([
      ["open", 0, 10],
      ["close", 0, -10],
      ["open", 1, -15],
    ]);
    // One signal, one end: 25 lots wanted, 25 filled.
    expect(run.terminals).toEqual(["EXECUTED", "EXECUTED"]);
    expect(run.trace.signals[1].end?.share).toBe(1);
  });

  it("with a limit closes at market and opens at the limit", () => {
    const run = soundRun({ A: { bars, wishes: longThen({ entry: { limit: 102.5 } }) } });
    expect(run.fills.slice(1)).toMatchObject([
      { on: WED, lots: -10, price: 101 },
      { on: WED, lots: -15, price: 102.5 },
    ]);
  });

  it("with a limit that is not reached is closed, and ends with its share of 10 in 25", () => {
    const run = soundRun({ A: { bars, wishes: longThen({ entry: { limit: 105 } }) } });
    expect(run.fills.slice(1)).toMatchObject([{ on: WED, lots: -10, price: 101 }]);
    expect(run.terminals).toEqual(["EXECUTED", "EXECUTED"]);
    expect(run.trace.signals[1].end).toMatchObject({ state: "EXECUTED", share: 0.4 });
  });

  it.each([
    ["a limit", { entry: { limit: 102.5 }, timeInForce: "gtc" }, 102.5],
    ["the open", { entry: "on_open" }, 102],
  ])("opens at %s only after the close of next_close has closed", (_, terms, price) => {
    const run = soundRun(
      { A: { bars, wishes: longThen(terms) } },
      { execution: { fill: "next_close" } },
    );
    // Closed at Wednesday's close although its range and Thursday's open reach the opening leg.
    expect(run.fills).toMatchObject([
      { on: TUE, lots: 10, price: 100 },
      { on: WED, lots: -10, price: 102 },
      { on: THU, lots: -15, price },
    ]);
  });

  it("never holds the other side before the position is closed", () => {
    const day = { entry: { limit: 102.5 } };
    const run = soundRun(
      { A: { bars, wishes: longThen(day) } },
      { execution: { fill: "next_close" } },
    );
    let held = 0;
    for (const { lots } of run.fills) {
      const after = held + lots;
      expect(held * after, "one fill crossed zero").toBeGreaterThanOrEqual(0);
      held = after;
    }
  });

  it("that may not open is still a close", () => {
    const run = soundRun({ A: { bars, wishes: longThen({}) } }, { limits: { shorts: false } });
    expect(run.fills.slice(1)).toMatchObject([{ on: WED, lots: -10 }]);
    expect(run.trace.signals[1].end).toMatchObject({
      state: "EXECUTED",
      share: 0.4,
      cutBy: ["limits/shorts"],
      observed: -15,
    });
  });

  it("opens from flat when a stop has closed already", () => {
    const gap = { ...bars, [WED]: [94, 96, 93, 95], [THU]: [95, 96, 94, 95] } as const;
    const wishes = {
      [MON]: { units: 10, stop: { price: 98 } },
      [TUE]: { units: -15, entry: "on_open" as const },
    };
    const run = soundRun({ A: { bars: gap, wishes } }, { execution: { fill: "next_close" } });
    expect(run.fills.slice(1)).toMatchObject([
      { on: WED, lots: -10, price: 94 },
      { on: WED, lots: -15, price: 94 },
    ]);
  });
});
