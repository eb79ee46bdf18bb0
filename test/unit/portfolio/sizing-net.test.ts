/**
 * Netted sizing: the vectors' buffer, a twin in exact integers, and what must hold for any wish.
 * Figures pinned from the shared vectors (sizing.json): `buffering`, and `pysystemtrade_sizing`,
 * whose source is robcarver17/pysystemtrade, systems/tests/test_position_sizing.py.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeSections } from "../../../src/mandate/compose.ts";
import { sizingSection } from "../../../src/portfolio/sizing/section.ts";
import { type NetInput, type NetSizing, sizeNet } from "../../../src/portfolio/sizing/size-net.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

const TERMS = { buffer: 0.1, minNotional: 0 };

function size(over: Partial<NetInput>, terms = TERMS): ReturnType<typeof sizeNet> {
  return sizeNet(terms, {
    wantedLots: 0,
    heldLots: 0,
    fullLots: 0,
    mostLots: null,
    lotNotional: 100,
    ...over,
  });
}

function sized(over: Partial<NetInput>, terms = TERMS): NetSizing {
  const result = size(over, terms);
  if (!result.ok) throw new Error(`refused: ${result.error.rule}`);
  return result.value;
}

/** Whole lots to the buffer's edge, in lots that are a thousandth of the vector's. */
function edgeOf(current: number, optimal: number, buffer: number): number {
  const input = { heldLots: current * 1000, wantedLots: optimal * 1000, fullLots: buffer * 10_000 };
  return sized(input).lots / 1000;
}

describe("the buffer", () => {
  it.each([
    // current, optimal, buffer, to_edge
    [5, 5.4, 0.5, 5],
    [5, 6.2, 0.5, 5.7],
    [5, 3.9, 0.5, 4.4],
    [0, -2.3, 0.4, -1.9],
    [-3, -2.3, 0.4, -2.7],
  ])(
    "of %d held and %d wanted, +-%d: to %d (vectors, buffering)",
    (current, optimal, buffer, edge) => {
      expect(edgeOf(current, optimal, buffer)).toBe(edge);
    },
  );

  it.skipIf(SHARED === null)(sharedName("agrees with the vector file itself"), () => {
    const vectors = JSON.parse(readFileSync(sharedFile("vectors/sizing.json"), "utf8")) as {
      buffering: { current: number; optimal: number; buffer: number; to_edge: number }[];
    };
    expect(vectors.buffering).toHaveLength(5);
    for (const { current, optimal, buffer, to_edge } of vectors.buffering) {
      expect(edgeOf(current, optimal, buffer)).toBeCloseTo(to_edge, 12);
    }
  });

  it("ends the chain from volatility to contracts (vectors, pysystemtrade_sizing)", () => {
    const price = 97.9875;
    const block = price * 2500 * 0.01;
    const volatilityOfOne = block * 0.059789159138 * 0.6607594769427981;
    const atAverageForecast = 1000 / volatilityOfOne;
    const wantedLots = (atAverageForecast * 2.462610227) / 10;
    expect(block).toBe(2449.6875);
    expect(volatilityOfOne).toBeCloseTo(96.77797541728, 9);
    expect(atAverageForecast).toBeCloseTo(10.33292952955, 8);
    // The forecast is printed to nine decimals, the result was computed from all of them.
    expect(wantedLots).toBeCloseTo(2.5445977941854627, 8);
    // Nothing held: 2.5446 less a tenth of 10.3329 is 1.5113.
    expect(sized({ wantedLots, fullLots: atAverageForecast })).toMatchObject({
      lots: 2,
      cutBy: "inside_buffer",
    });
    // Without a buffer it is the nearest.
    expect(sized({ wantedLots, fullLots: 0 })).toMatchObject({ lots: 3, cutBy: null });
  });

  it("leaves a position within it alone, its edges included", () => {
    for (const heldLots of [90, 95, 105, 110]) {
      expect(sized({ wantedLots: 100, heldLots, fullLots: 100 })).toEqual({
        lots: heldLots,
        ideal: 100,
        cutBy: "inside_buffer",
        buffer: 10,
      });
    }
    expect(sized({ wantedLots: 100, heldLots: 89, fullLots: 100 }).lots).toBe(90);
    expect(sized({ wantedLots: 100, heldLots: 111, fullLots: 100 }).lots).toBe(110);
  });

  it("is of the position at full strength, not of the weak one that is wanted", () => {
    expect(sized({ wantedLots: 20, heldLots: 29, fullLots: 100 }).lots).toBe(29);
    expect(sized({ wantedLots: 20, heldLots: 29, fullLots: 20 }).lots).toBe(22);
  });

  it("is left behind by a wish of nothing: what nobody wants is closed to the last lot", () => {
    for (const heldLots of [5, -5, 1]) {
      expect(sized({ wantedLots: 0, heldLots, fullLots: 100 })).toEqual({
        lots: 0,
        ideal: 0,
        cutBy: null,
        buffer: 0,
      });
    }
    // Sleeves that cancel each other out want nothing, in doubles as on paper.
    expect(sized({ wantedLots: 0.1 + 0.2 - 0.3, heldLots: 5, fullLots: 100 }).lots).toBe(0);
    // In the millionths that sleeves count in, a third, a third and minus two thirds are not nothing.
    const wantedLots = 0.333333 + 0.333333 - 0.666667;
    expect(sized({ wantedLots, heldLots: 5, fullLots: 100 }).lots).toBe(0);
    // Twenty sleeves, each half a millionth off at most, may be ten millionths away from nothing.
    expect(sized({ wantedLots: 10e-6, heldLots: 5, fullLots: 100 }).lots).toBe(0);
    expect(sized({ wantedLots: 11e-6, heldLots: 5, fullLots: 100 }).lots).toBe(5);
    // An exit needs neither a price nor a full strength.
    const blind = { fullLots: Number.NaN, lotNotional: Number.NaN };
    expect(sized({ wantedLots: 0, heldLots: 5, ...blind }).lots).toBe(0);
  });

  it("does not hold for a wish that is small but there", () => {
    expect(sized({ wantedLots: 0.5, heldLots: 10, fullLots: 100 })).toMatchObject({
      lots: 10,
      cutBy: "inside_buffer",
    });
  });
});

describe("lots", () => {
  it("five sleeves that want 0.6 each trade three", () => {
    const wantedLots = 0.6 + 0.6 + 0.6 + 0.6 + 0.6;
    expect(sized({ wantedLots }, { buffer: 0, minNotional: 0 })).toMatchObject({
      lots: 3,
      cutBy: null,
    });
    expect(sized({ wantedLots: 2.9999999999999996 }).lots).toBe(3);
    expect(sized({ wantedLots: 2.9999999999999996, heldLots: 3 })).toMatchObject({
      lots: 3,
      cutBy: null,
    });
  });

  it.each([
    [2.4, 2],
    [2.5, 2],
    [2.5000000000000004, 2],
    // Six sleeves of five twelfths, each rounded to a millionth: 2.500002.
    [2.500002, 2],
    [2.5001, 3],
    [2.51, 3],
    [3.5, 3],
    [-2.5, -2],
    [-2.51, -3],
    [0.51, 1],
  ])("%d is %d: to the nearest, ties toward zero", (wantedLots, lots) => {
    expect(sized({ wantedLots }).lots).toBe(lots);
  });

  it.each([
    [0.5, 0],
    [-0.5, 0],
    [0.3, 0],
    [5.4, 5],
    [4.6, 5],
  ])("a wish of %d with %d held rounds to what is held, and says so", (wantedLots, heldLots) => {
    const result = sized({ wantedLots, heldLots });
    expect(result).toMatchObject({ lots: heldLots, cutBy: "rounding" });
    expect(Object.is(result.lots, -0)).toBe(false);
  });
});

describe("a limit that binds", () => {
  it.each([
    // wanted, held, most, lots: 3.6 would round to 4, and 4 breaks the limit.
    [3.6, 0, 3, 3],
    [-3.6, 0, 3, -3],
    [3.6, 2, 3, 3],
    // Held above it already: nothing is added, and selling is the wish's business.
    [5.9, 4, 3, 4],
    [3.6, 5, 3, 4],
    // To the other side it is an increase from zero.
    [-3.6, 2, 3, -3],
    [-3.6, 5, 3, -3],
    [3.6, -5, 3, 3],
    [-3.6, 0, 0, 0],
    [2.4, 0, 3, 2],
  ])("wanted %d, held %d, at most %d: %d", (wantedLots, heldLots, mostLots, lots) => {
    const result = sized({ wantedLots, heldLots, mostLots }, { buffer: 0, minNotional: 0 });
    expect(result.lots).toBe(lots);
    expect(result.cutBy).toBe(Math.abs(Math.round(wantedLots)) === Math.abs(lots) ? null : "limit");
  });
});

describe("the minimum notional", () => {
  const terms = { buffer: 0, minNotional: 500 };

  it.each([
    // A lot is worth 100.
    [{ wantedLots: 4 }, 0, "minimum_notional"],
    [{ wantedLots: 5 }, 5, null],
    [{ wantedLots: -4 }, 0, "minimum_notional"],
    [{ wantedLots: 14, heldLots: 10 }, 10, "minimum_notional"],
    [{ wantedLots: 6, heldLots: 10 }, 10, "minimum_notional"],
    [{ wantedLots: 15, heldLots: 10 }, 15, null],
    // No close is too small, be it wished for or rounded to.
    [{ wantedLots: 0, heldLots: 3 }, 0, null],
    [{ wantedLots: 0.2, heldLots: 3 }, 0, null],
    // Nothing to trade is cut by what left nothing.
    [{ wantedLots: 10.3, heldLots: 10 }, 10, "rounding"],
  ])("%o: %d, %s", (input, lots, cutBy) => {
    expect(sized(input, terms)).toMatchObject({ lots, cutBy });
  });
});

describe("what cannot be sized is refused", () => {
  it.each([
    [{ wantedLots: Number.NaN }, "unknown_wish", null],
    [{ wantedLots: Number.POSITIVE_INFINITY }, "unknown_wish", null],
    [{ wantedLots: -1e16 }, "too_many_lots", 1e16],
    [{ wantedLots: Number.MAX_SAFE_INTEGER }, "too_many_lots", Number.MAX_SAFE_INTEGER],
    [{ fullLots: Number.NaN }, "unknown_full_strength", null],
    [{ fullLots: -1 }, "unknown_full_strength", -1],
    [{ lotNotional: Number.NaN }, "non_positive_price", null],
    [{ lotNotional: 0 }, "non_positive_price", 0],
    [{ lotNotional: -37.63 }, "non_positive_price", -37.63],
  ])("%o: %s", (over, rule, observed) => {
    expect(size({ wantedLots: 5, ...over })).toMatchObject({
      ok: false,
      error: { state: "REJECTED_BY_SIZING", by: "sizing", rule, observed },
    });
  });

  it("stops on a held position that is not whole: sleeves hold fractions, the account does not", () => {
    const said = /invariant 12: 0\.5 held lots are not whole/;
    expect(() => size({ wantedLots: 5, heldLots: 0.5 })).toThrow(said);
  });
});

/** In 400ths of a lot, exactly: wished and full are 20ths, the buffer a tenth. */
function naive(wanted20: number, held: number, full20: number): number {
  const unit = 20;
  const ideal = wanted20 * unit;
  const buffer = (full20 * unit) / 10;
  if (ideal === 0) return 0;
  const position = held * 400;
  const edge = Math.min(Math.max(position, ideal - buffer), ideal + buffer);
  if (edge === position) return held;
  let best = 0;
  for (let lots = -80; lots <= 80; lots++) {
    const distance = Math.abs(lots * 400 - edge);
    const least = Math.abs(best * 400 - edge);
    if (distance < least || (distance === least && Math.abs(lots) < Math.abs(best))) best = lots;
  }
  return best;
}

const wish = fc.record({
  wanted20: fc.integer({ min: -1000, max: 1000 }),
  heldLots: fc.integer({ min: -60, max: 60 }),
  full20: fc.integer({ min: 0, max: 1400 }),
});

function inputOf({
  wanted20,
  heldLots,
  full20,
}: {
  wanted20: number;
  heldLots: number;
  full20: number;
}) {
  return { wantedLots: wanted20 / 20, heldLots, fullLots: full20 / 20 };
}

describe("any wish", () => {
  it("is sized like the twin in exact integers", () => {
    fc.assert(
      fc.property(wish, (w) => {
        expect(sized(inputOf(w)).lots).toBe(naive(w.wanted20, w.heldLots, w.full20));
      }),
      { numRuns: 500 },
    );
  });

  it("is never exceeded by more than rounding, and never traded past or away from", () => {
    fc.assert(
      fc.property(wish, fc.constantFrom(0, 300, 2000), (w, minNotional) => {
        const input = inputOf(w);
        const { lots, ideal } = sized(input, { buffer: 0.1, minNotional });
        const { heldLots } = input;
        if (lots === heldLots) return;
        expect(Math.sign(lots - heldLots)).toBe(Math.sign(ideal - heldLots));
        expect(Math.abs(lots - heldLots)).toBeLessThanOrEqual(Math.abs(ideal - heldLots) + 0.5);
        if (Math.abs(lots) > Math.abs(heldLots)) {
          expect(Math.abs(lots)).toBeLessThanOrEqual(Math.abs(ideal) + 0.5);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("sized again from what came out trades nothing more", () => {
    fc.assert(
      fc.property(wish, (w) => {
        const input = inputOf(w);
        const first = sized(input).lots;
        expect(sized({ ...input, heldLots: first }).lots).toBe(first);
      }),
    );
  });

  it("mirrored is sized as the mirror image", () => {
    fc.assert(
      fc.property(wish, (w) => {
        const input = inputOf(w);
        const mirrored = { ...input, wantedLots: -input.wantedLots, heldLots: -input.heldLots };
        expect(sized(mirrored).lots + sized(input).lots).toBe(0);
      }),
    );
  });

  it("has an owner for a change that was wanted and is not traded", () => {
    fc.assert(
      fc.property(wish, fc.constantFrom(0, 300), (w, minNotional) => {
        const input = inputOf(w);
        const { lots, ideal, cutBy } = sized(input, { buffer: 0.1, minNotional });
        if (lots === input.heldLots) expect(cutBy === null).toBe(ideal === input.heldLots);
        else expect(["inside_buffer", null]).toContain(cutBy);
      }),
      { numRuns: 500 },
    );
  });
});

describe("section", () => {
  it("is accepted by the mandate's machinery; plain has no buffer", () => {
    expect(composeSections([sizingSection]).defaults).toMatchObject({
      sizing: { buffer: 0.1, min_notional: 0 },
    });
    expect(sizingSection.profiles["plain"]).toEqual({ buffer: 0 });
  });

  it("holds the spec's stop of equity-signals (execution 2), three average true ranges", () => {
    const { defaults, profiles } = sizingSection;
    const stops = ["etf-trend", "futures-layers", "equity-signals"].map(
      (profile) => ({ ...defaults, ...profiles[profile] })["stop_atr"],
    );
    expect(stops).toEqual([null, null, 3]);
  });

  it("has nothing to say against any combination of its values", () => {
    const check = sizingSection.check as (...given: unknown[]) => unknown;
    expect(check({ buffer: 0.5, min_notional: 100, stop_atr: 3 }, {})).toEqual([]);
  });

  it.each([{ buffer: 1 }, { buffer: -0.1 }, { min_notional: -1 }, { lots: 1 }])(
    "refuses %o by schema",
    (over) => {
      const values = { ...sizingSection.defaults, ...over };
      expect(sizingSection.schema.safeParse(values).success).toBe(false);
    },
  );
});
