/** Every gate's pass, fail and not evaluated, with limits touched exactly and passed by a hair. */
import { describe, expect, it } from "vitest";
import type { Order } from "../../../src/domain/order.ts";
import { cashGate } from "../../../src/execution/gates/cash.ts";
import { duplicateGate } from "../../../src/execution/gates/duplicate.ts";
import { type ExposureView, reduces } from "../../../src/execution/gates/exposure.ts";
import { freshnessGate } from "../../../src/execution/gates/freshness.ts";
import { type Limits, limitsGate } from "../../../src/execution/gates/limits.ts";

/** NAV 1 000.00, nothing held, an order for 100.00 (10 lots at 10.00). */
function view(over: Partial<ExposureView> = {}): ExposureView {
  return {
    navMinor: 100_000,
    grossMinor: 0,
    netMinor: 0,
    positions: 0,
    beforeMinor: 0,
    afterMinor: 10_000,
    beforeLots: 0,
    afterLots: 10,
    sectorMinor: null,
    marginMinor: 0,
    afterMarginMinor: 0,
    sinceStop: null,
    ...over,
  };
}

const LIMITS: Limits = {
  gross: 1,
  net: null,
  symbol: null,
  sector: null,
  margin: null,
  positions: null,
  shorts: true,
  stopCooldownSessions: 0,
};

describe("freshness", () => {
  it.each([
    [0, 0, "pass"],
    [1, 1, "pass"],
    [2, 1, "fail"],
    [1, 0, "fail"],
    [null, 1, "not_evaluated"],
  ])("an age of %s with a limit of %d: %s", (age, limit, result) => {
    expect(freshnessGate(age, limit)).toEqual({
      gate: "freshness",
      result,
      rule: "pack_age",
      observed: age,
      limit,
      unit: "sessions",
    });
  });
});

describe("duplicate", () => {
  const order = (side: 1 | -1, lots: number, price: number | null): Order => ({
    ordinal: 0,
    instrument: 0,
    session: 0,
    purpose: "open",
    leg: 0,
    generation: 0,
    side,
    type: price === null ? "market" : "limit",
    lots,
    price,
    timeInForce: "gtc",
    working: true,
    signals: [0],
  });

  it.each([
    ["nothing works", [], 10, null, "pass"],
    ["nothing works and nothing is wanted", [], 0, null, "pass"],
    ["the same change", [order(1, 10, null)], 10, null, "fail"],
    ["the same size on the other side", [order(-1, 10, null)], 10, null, "pass"],
    ["another size", [order(1, 9, null)], 10, null, "pass"],
    ["the same limit", [order(1, 10, 95)], 10, 95, "fail"],
    ["another limit", [order(1, 10, 95)], 10, 96, "pass"],
    ["a limit instead of market", [order(1, 10, null)], 10, 95, "pass"],
    ["two legs that add up", [order(-1, 5, null), order(-1, 7, null)], -12, null, "fail"],
    ["two legs of which one is a limit", [order(-1, 5, null), order(-1, 7, 9)], -12, 9, "pass"],
  ] as [string, Order[], number, number | null, string][])(
    "%s",
    (_, working, wanted, price, result) => {
      const sameTerms = working.every((o) => o.price === price);
      const verdict = duplicateGate(working, wanted, sameTerms);
      expect(verdict).toMatchObject({ gate: "duplicate", result, rule: "working_order" });
      expect(verdict.observed).toBe(working.reduce((sum, o) => sum + o.side * o.lots, 0));
    },
  );
});

describe("reduces", () => {
  it.each([
    [10, 5, true],
    [10, 0, true],
    [-10, -5, true],
    [-10, 0, true],
    [10, 10, false],
    [10, 15, false],
    [0, 5, false],
    [0, -5, false],
    // Crossing zero is not a reduction even when less is held afterwards.
    [10, -5, false],
    [-10, 5, false],
  ])("from %d lots to %d: %s", (beforeLots, afterLots, expected) => {
    expect(reduces(view({ beforeLots, afterLots }))).toBe(expected);
  });
});

describe("limits", () => {
  it("passes, and shows the symbol's share with the gross limit it falls back to", () => {
    expect(limitsGate(view(), LIMITS)).toEqual({
      gate: "limits",
      result: "pass",
      rule: "symbol",
      observed: 0.1,
      limit: 1,
      unit: "fraction of NAV",
    });
  });

  it.each([
    // The limit itself passes, with a relative 1e-9 for what rounding carries beyond 100 %.
    ["symbol", 0.1, 10_000, "pass"],
    ["symbol", 0.1, 10_000 * (1 + 0.9e-9), "pass"],
    ["symbol", 0.1, 10_000 * (1 + 1.1e-9), "fail"],
    ["symbol", 0.1, -10_000 * (1 + 0.9e-9), "pass"],
    ["symbol", 0.1, -10_000 * (1 + 1.1e-9), "fail"],
    ["symbol", 0.1, Number.NaN, "fail"],
    ["net", 0.1, 10_000 * (1 + 0.9e-9), "pass"],
    ["net", 0.1, 10_000 * (1 + 1.1e-9), "fail"],
  ] as ["symbol" | "net", number, number, string][])(
    "%s %d with %d after: %s",
    (key, limit, afterMinor, result) => {
      const verdict = limitsGate(view({ afterMinor }), { ...LIMITS, [key]: limit });
      expect(verdict.result).toBe(result);
      if (result === "fail") expect(verdict).toMatchObject({ rule: key, limit });
    },
  );

  it("takes the net of the whole book, other instruments included", () => {
    // Short 500.00 elsewhere and long 100.00 here: |net| 400.00 after, 40 %.
    const hedged = view({ netMinor: -50_000, afterMinor: 10_000 });
    expect(limitsGate(hedged, { ...LIMITS, net: 0.4 }).result).toBe("pass");
    expect(limitsGate(hedged, { ...LIMITS, net: 0.39 })).toMatchObject({
      result: "fail",
      rule: "net",
      observed: 0.4,
    });
    // 300.00 of the net is this instrument's own, and is replaced by what it will be.
    const grown = view({ netMinor: 30_000, beforeMinor: 30_000, beforeLots: 30, afterLots: 40 });
    expect(limitsGate({ ...grown, afterMinor: 40_000 }, { ...LIMITS, net: 0.4 }).result).toBe(
      "pass",
    );
  });

  it("counts a new instrument against positions, and one that is held not", () => {
    const two: Limits = { ...LIMITS, positions: 2 };
    expect(limitsGate(view({ positions: 1 }), two).result).toBe("pass");
    expect(limitsGate(view({ positions: 2 }), two)).toMatchObject({
      result: "fail",
      rule: "positions",
      observed: 3,
      limit: 2,
      unit: "instruments",
    });
    const held = view({ positions: 2, beforeLots: 5, beforeMinor: 5000 });
    expect(limitsGate(held, two).result).toBe("pass");
  });

  it("refuses a short where none is allowed, and shows the lots", () => {
    const short = view({ afterLots: -10, afterMinor: -10_000 });
    expect(limitsGate(short, LIMITS).result).toBe("pass");
    expect(limitsGate(short, { ...LIMITS, shorts: false })).toMatchObject({
      result: "fail",
      rule: "shorts",
      observed: -10,
      limit: 0,
    });
    expect(limitsGate(view(), { ...LIMITS, shorts: false }).result, "a purchase").toBe("pass");
  });

  it("takes the whole sector, the instrument's own part replaced by what it will be", () => {
    // 250.00 in the sector, 50.00 of it this instrument's; it grows to 100.00: 300.00, 30 %.
    const grown = view({ sectorMinor: 25_000, beforeMinor: 5000, beforeLots: 5 });
    expect(limitsGate(grown, { ...LIMITS, sector: 0.3 }).result).toBe("pass");
    expect(limitsGate(grown, { ...LIMITS, sector: 0.29 })).toEqual({
      gate: "limits",
      result: "fail",
      rule: "sector",
      observed: 0.3,
      limit: 0.29,
      unit: "fraction of NAV",
    });
    // Shorts count with their size: a sector is not hedged by itself.
    const short = view({ sectorMinor: 25_000, afterMinor: -10_000, afterLots: -10 });
    expect(limitsGate(short, { ...LIMITS, sector: 0.34 }).result).toBe("fail");
  });

  it("says that it could not judge a sector it knows nothing of, where one is limited", () => {
    expect(limitsGate(view(), { ...LIMITS, sector: 0.3 })).toMatchObject({
      result: "not_evaluated",
      rule: "sector",
      observed: null,
    });
    expect(limitsGate(view(), LIMITS).result).toBe("pass");
  });

  it.each([
    [0, 1, "fail"],
    [1, 1, "pass"],
    [2, 3, "fail"],
    [3, 3, "pass"],
    [null, 3, "pass"],
    [0, 0, "pass"],
    [Number.NaN, 3, "fail"],
  ])("%s sessions after a stop with a cool-down of %d: %s", (sinceStop, cooldown, result) => {
    const verdict = limitsGate(view({ sinceStop }), { ...LIMITS, stopCooldownSessions: cooldown });
    expect(verdict.result).toBe(result);
    if (result === "fail") {
      expect(verdict).toMatchObject({ rule: "stop_cool_down", limit: cooldown, unit: "sessions" });
    }
  });

  it.each([0, -1, -50_000])("refuses increases at a net asset value of %d: ruin", (navMinor) => {
    expect(limitsGate(view({ navMinor }), LIMITS)).toMatchObject({
      result: "fail",
      rule: "ruin",
      observed: navMinor,
      limit: 0,
    });
  });

  it("lets reductions pass whatever is broken: ruin, no shorts, every limit exceeded", () => {
    const tight: Limits = {
      gross: 0.01,
      net: 0.01,
      symbol: 0.01,
      sector: 0.01,
      margin: 0.01,
      positions: 1,
      shorts: false,
      stopCooldownSessions: 9,
    };
    const closing = { beforeLots: -20, beforeMinor: -20_000, afterLots: -10, afterMinor: -10_000 };
    for (const navMinor of [100_000, 0, -100_000]) {
      const verdict = limitsGate(view({ ...closing, navMinor, positions: 9 }), tight);
      expect(verdict.result).toBe("pass");
      if (navMinor === 0) expect(verdict.observed, "nobody observed a ratio to zero").toBeNull();
    }
  });
});

describe("cash", () => {
  it("says what is needed and what is there", () => {
    // Gross limit 100 % of 1 000.00, 700.00 taken: 300.00 left for an order of 100.00.
    expect(cashGate(view({ grossMinor: 70_000 }), 1, null)).toEqual({
      gate: "cash",
      result: "pass",
      rule: "buying_power",
      observed: 10_000,
      limit: 30_000,
      unit: "minor units",
    });
    expect(cashGate(view({ grossMinor: 95_000 }), 1, null)).toMatchObject({
      result: "fail",
      limit: 5000,
    });
    expect(cashGate(view({ grossMinor: 95_000 }), 1.5, null)).toMatchObject({ result: "pass" });
  });

  it.each([
    // The tolerance is 1e-9 of 1 000 000 000.00: one currency unit.
    [100, "pass"],
    [99, "pass"],
    [101, "fail"],
    [0, "pass"],
  ])("%d cents above the whole of 1 000 000 000.00: %s", (over, result) => {
    const navMinor = 100_000_000_000;
    for (const sign of [1, -1]) {
      const full = view({ navMinor, afterMinor: sign * (navMinor + over), afterLots: sign });
      expect(cashGate(full, 1, null).result).toBe(result);
    }
  });

  it.each([
    // The tolerance is 1e-9 of what may be held: two currency units at 200 %, a half at 50 %.
    [2, 200, "pass"],
    [2, 201, "fail"],
    [0.5, 50, "pass"],
    [0.5, 51, "fail"],
  ])("a limit of %d is forgiven %d cents on 1 000 000 000.00: %s", (limit, over, result) => {
    const navMinor = 100_000_000_000;
    const full = view({ navMinor, afterMinor: limit * navMinor + over });
    expect(cashGate(full, limit, null).result).toBe(result);
    // The margin's own limit, with one of exposure that is far away.
    const margin = view({ navMinor, afterMarginMinor: limit * navMinor + over });
    expect(cashGate(margin, 9, limit).result).toBe(result);
  });

  it("counts what the order adds to its own instrument, not what was there", () => {
    const grown = view({ grossMinor: 90_000, beforeMinor: 90_000, beforeLots: 90 });
    expect(cashGate({ ...grown, afterMinor: 100_000, afterLots: 100 }, 1, null).result).toBe(
      "pass",
    );
    expect(cashGate({ ...grown, afterMinor: 101_000, afterLots: 101 }, 1, null).result).toBe(
      "fail",
    );
  });

  it("lets a reduction pass without buying power, and nothing whose need is unknown", () => {
    const closing = view({ navMinor: -1, grossMinor: 90_000, beforeLots: 20, beforeMinor: 20_000 });
    expect(cashGate(closing, 1, null).result).toBe("pass");
    expect(cashGate(view({ afterMinor: Number.NaN }), 1, null).result).toBe("fail");
  });

  it("takes the initial margin beside buying power", () => {
    // NAV 1 000.00, 600.00 reserved, 400.00 free; the order reserves 100.00.
    const future = view({ marginMinor: 60_000, afterMarginMinor: 70_000 });
    expect(cashGate(future, 7, null)).toMatchObject({ result: "pass", rule: "buying_power" });
    expect(cashGate(future, 7, 0.7)).toMatchObject({ result: "pass", rule: "buying_power" });
    expect(cashGate(future, 7, 0.69)).toEqual({
      gate: "cash",
      result: "fail",
      rule: "initial_margin",
      observed: 10_000,
      limit: 0.69 * 100_000 - 60_000,
      unit: "minor units",
    });
    // No limit of its own is the whole net asset value, not none.
    expect(cashGate({ ...future, afterMarginMinor: 100_001 }, 7, null)).toMatchObject({
      result: "fail",
      rule: "initial_margin",
    });
    expect(cashGate({ ...future, afterMarginMinor: 100_000 }, 7, null).result).toBe("pass");
  });

  it("adds nothing to a book whose margin is exceeded, be it paid in full", () => {
    const over = view({ marginMinor: 110_000, afterMarginMinor: 110_000 });
    expect(cashGate(over, 7, null)).toMatchObject({ rule: "initial_margin", observed: 0 });
    const closing = { ...over, beforeLots: 20, beforeMinor: 20_000 };
    expect(cashGate(closing, 7, null).result).toBe("pass");
  });
});
