/** What the checks of market and trades say where evidence is missing or off: never that all is well. */
import { describe, expect, it } from "vitest";
import { checkTrades } from "../../../src/engine/check-trades.ts";
import { checkWorld } from "../../../src/engine/check-world.ts";
import { createTrace } from "../../../src/engine/trace.ts";
import { type Market, packOf, runMarket } from "../../support/market-fixture.ts";

const DAY_MS = 86_400_000;
const bars = {
  "2021-03-01": [100, 101, 99, 100],
  "2021-03-02": [100, 104, 96, 102],
  "2021-03-03": [102, 103, 101, 102],
} as const;
const bought: Market = {
  A: { bars, wishes: { "2021-03-01": { units: 10, entry: { limit: 98 } } } },
};

describe("the market that is walked", () => {
  const { k } = runMarket(bought);
  const pack = packOf(bought);
  const { world } = k;

  it("is the pack's", () => {
    expect(checkWorld(pack, world)).toBeNull();
  });

  it("is not when its sessions lie on other days, though every price is there", () => {
    const sessionsMs = world.sessionsMs.map((ms) => ms + DAY_MS);
    expect(checkWorld(pack, { ...world, sessionsMs })).toMatchObject({
      invariant: 22,
      message: "A has a bar at 2021-03-01 in the pack, and no session is held then",
    });
  });

  it("is not when it ends before the pack does", () => {
    const sessionsMs = world.sessionsMs.subarray(0, 2);
    expect(checkWorld(pack, { ...world, sessionsMs })?.message).toMatch(
      /^A has a bar at 2021-03-03/,
    );
  });
});

describe("a trade", () => {
  it("that no order is written down for is a finding, and not passed over", () => {
    const { k, trace, fills } = runMarket(bought);
    expect(fills).toMatchObject([{ price: 98, lots: 10 }]);
    expect(checkTrades(k, trace)).toBeNull();
    const message = "10 lots of A were traded on 2021-03-02, and no order is written down for them";
    expect(checkTrades(k, createTrace())).toMatchObject({ invariant: 22, message });
    expect(checkTrades(k, { ...trace, fillOrders: [null] })).toMatchObject({ message });
  });

  it("at a limit is at its price, not at the best of the bar", () => {
    const { k, trace } = runMarket(bought);
    k.state.fills.price.values()[0] = 96;
    trace.fillReferences.values()[0] = 96;
    expect(checkTrades(k, trace)).toMatchObject({
      invariant: 22,
      message: expect.stringContaining("is said to trade at 96 (limit)"),
    });
  });
});

it("a position without a bar is one stale mark, also where another trades at the same close", () => {
  const { "2021-03-02": _, ...holed } = bars;
  const market: Market = {
    A: { bars: holed, wishes: { "2021-03-01": { units: 1 } } },
    B: { bars, wishes: { "2021-03-02": { units: 1 } } },
  };
  const { k } = runMarket(market, { execution: { fill: "same_close" } });
  expect(k.state.counters.staleMarks).toBe(1);
});
