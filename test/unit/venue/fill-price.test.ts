/**
 * The venue's table: every order type, both sides, each phase. Prices that gap past an order trade
 * at the open; slippage goes against us, then away from us to the tick grid.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OrderType, Side } from "../../../src/domain/order.ts";
import { atClose, atOpen, intraday, slipped } from "../../../src/venue/fill-price.ts";

const NONE = Number.NaN;
const BUY: Side = 1;
const SELL: Side = -1;

describe("atOpen, a bar that opens at 100", () => {
  const rows: [OrderType, Side, number | null, number, number][] = [
    // type, side, price, at phase open, at phase close
    ["market", BUY, null, 100, NONE],
    ["market", SELL, null, 100, NONE],
    ["on_open", BUY, null, 100, 100],
    ["on_open", SELL, null, 100, 100],
    ["on_close", BUY, null, NONE, NONE],
    ["on_close", SELL, null, NONE, NONE],
    ["limit", BUY, 100, 100, 100],
    ["limit", BUY, 101, 100, 100],
    ["limit", BUY, 99, NONE, NONE],
    ["limit", SELL, 100, 100, 100],
    ["limit", SELL, 99, 100, 100],
    ["limit", SELL, 101, NONE, NONE],
    ["stop", BUY, 100, 100, 100],
    ["stop", BUY, 99, 100, 100],
    ["stop", BUY, 101, NONE, NONE],
    ["stop", SELL, 100, 100, 100],
    ["stop", SELL, 101, 100, 100],
    ["stop", SELL, 99, NONE, NONE],
  ];
  it.each(rows)("%s, side %d, price %s", (type, side, price, open, close) => {
    expect(atOpen(type, side, price, 100, "open")).toBe(open);
    expect(atOpen(type, side, price, 100, "close")).toBe(close);
    expect(atOpen(type, side, price, NONE, "open"), "no bar, no fill").toBe(NONE);
  });

  it("takes negative prices as they are", () => {
    expect(atOpen("limit", BUY, -36, -40, "open")).toBe(-40);
    expect(atOpen("limit", SELL, -36, -40, "open")).toBe(NONE);
    expect(atOpen("stop", SELL, -36, -40, "open")).toBe(-40);
    expect(atOpen("stop", BUY, -36, -40, "open")).toBe(NONE);
  });
});

describe("intraday, a bar from 90 to 110", () => {
  const rows: [OrderType, Side, number | null, number, number][] = [
    // type, side, price, reached from, expected
    ["market", BUY, null, 100, NONE],
    ["on_open", SELL, null, 100, NONE],
    ["on_close", BUY, null, 100, NONE],
    ["limit", BUY, 90, 100, 90],
    ["limit", BUY, 95, 100, 95],
    ["limit", BUY, 89.99, 100, NONE],
    ["limit", SELL, 110, 100, 110],
    ["limit", SELL, 105, 100, 105],
    ["limit", SELL, 110.01, 100, NONE],
    ["stop", SELL, 90, 100, 90],
    ["stop", SELL, 95, 100, 95],
    ["stop", SELL, 89.99, 100, NONE],
    ["stop", BUY, 110, 100, 110],
    ["stop", BUY, 105, 100, 105],
    ["stop", BUY, 110.01, 100, NONE],
    // A stop is never better than the price the position came from.
    ["stop", SELL, 98, 96, 96],
    ["stop", BUY, 102, 104, 104],
    ["stop", SELL, 96, 96, 96],
  ];
  it.each(rows)("%s, side %d, price %s, reached from %d", (type, side, price, from, expected) => {
    expect(intraday(type, side, price, 110, 90, from)).toBe(expected);
  });

  it("takes negative prices as they are", () => {
    expect(intraday("limit", BUY, -38, -30, -40, -35)).toBe(-38);
    expect(intraday("stop", SELL, -38, -30, -40, -35)).toBe(-38);
    expect(intraday("stop", BUY, -29, -30, -40, -35)).toBe(NONE);
  });
});

describe("atClose, a bar that closes at 100", () => {
  const rows: [OrderType, number, number][] = [
    ["market", NONE, 100],
    ["on_close", 100, 100],
    ["on_open", NONE, NONE],
    ["limit", NONE, NONE],
    ["stop", NONE, NONE],
  ];
  it.each(rows)("%s", (type, open, close) => {
    expect(atClose(type, 100, "open")).toBe(open);
    expect(atClose(type, 100, "close")).toBe(close);
    expect(atClose(type, NONE, "close")).toBe(NONE);
  });
});

describe("slipped", () => {
  const cent = { coefficient: 1, divisor: 100 };
  it.each([
    // 10 bp of 100 is 0.10; with a half-spread of 0.02 it is 0.12.
    [100, BUY, 10, 0, 100.1],
    [100, SELL, 10, 0, 99.9],
    [100, BUY, 10, 0.02, 100.12],
    [100, SELL, 10, 0.02, 99.88],
    // 3 bp of 33.33 is 0.009999: a buyer pays 33.339999 -> 33.34, a seller gets 33.320001 -> 33.32.
    [33.33, BUY, 3, 0, 33.34],
    [33.33, SELL, 3, 0, 33.32],
    // At a negative price "against us" is still up for a buyer: -40 + 0.40.
    [-40, BUY, 100, 0, -39.6],
    [-40, SELL, 100, 0, -40.4],
    [-40.001, BUY, 0, 0.01, -39.99],
    [-40.001, SELL, 0, 0.01, -40.02],
  ] as [number, Side, number, number, number][])(
    "%d, side %d, %d bp and half a spread of %d",
    (reference, side, bps, halfSpread, expected) => {
      expect(slipped(reference, side, { bps, halfSpread, ticks: 0 }, cent)).toBe(expected);
    },
  );

  it("leaves the reference alone where nothing slips, on the grid or off it", () => {
    expect(slipped(33.333, BUY, { bps: 0, halfSpread: 0, ticks: 0 }, cent)).toBe(33.333);
    expect(slipped(33.333, SELL, { bps: 0, halfSpread: 0, ticks: 0 }, null)).toBe(33.333);
  });

  it("has no grid to go to where the instrument has no tick", () => {
    expect(slipped(100, BUY, { bps: 1, halfSpread: 0, ticks: 0 }, null)).toBe(100.01);
  });

  it("works on a grid of quarters: 1 bp of 4000 is 0.40, a buyer pays 4000.50", () => {
    const quarter = { coefficient: 25, divisor: 100 };
    expect(slipped(4000, BUY, { bps: 1, halfSpread: 0, ticks: 0 }, quarter)).toBe(4000.5);
    expect(slipped(4000, SELL, { bps: 1, halfSpread: 0, ticks: 0 }, quarter)).toBe(3999.5);
  });

  it("equals the grid computed in integers, from a cent to a million", () => {
    const ticks = fc.integer({ min: 1, max: 100_000_000 });
    const side = fc.constantFrom(BUY, SELL);
    const spread = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(ticks, side, spread, (reference, s, tenths) => {
        // Everything in tenths of a cent: what lies on the grid stays, the rest goes away from us.
        const exact = reference * 10 + s * tenths;
        const cents = s > 0 ? Math.ceil(exact / 10) : Math.floor(exact / 10);
        const price = slipped(
          reference / 100,
          s,
          { bps: 0, halfSpread: tenths / 1000, ticks: 0 },
          cent,
        );
        expect(price).toBe(cents / 100);
      }),
      { numRuns: 5000, seed: 6 },
    );
  });
});
