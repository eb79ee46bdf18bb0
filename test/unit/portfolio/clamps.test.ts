/** Caps and throttle, each by itself: a case that binds with numbers by hand, one just inside, one without evidence. */
import { describe, expect, it } from "vitest";
import { known, unknown } from "../../../src/domain/evidence.ts";
import { newClampState } from "../../../src/portfolio/clamps/clamps.ts";
import { type ByName, clamp, type Hand } from "./clamps-fixture.ts";

const CAPS = { caps: { enabled: true } };
const THROTTLE = { throttle: { enabled: true } };

function expectWeights(actual: ByName<number>, expected: ByName<number>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const id of Object.keys(expected)) expect(actual[id]).toBeCloseTo(expected[id], 12);
}

describe("caps", () => {
  it("gross: everything in proportion", () => {
    const { weights, records } = clamp({
      weights: { A: 1, B: -0.5, C: 0.5 },
      settings: CAPS,
      terms: { gross: 1 },
    });
    expect(weights).toEqual({ A: 0.5, B: -0.25, C: 0.25 });
    expect(records).toEqual([
      {
        constraint: "gross",
        subject: "portfolio",
        before: 2,
        after: 1,
        limit: 1,
        observed: 2,
        reason: "gross exposure above limits.gross: every position in proportion",
        severity: "warning",
      },
    ]);
  });

  it("net: the larger side in proportion, (limit + smaller) / larger = 0.6 / 1.2", () => {
    const long = clamp({
      weights: { A: 0.8, B: 0.4, C: -0.2 },
      settings: CAPS,
      terms: { net: 0.4 },
    });
    expectWeights(long.weights, { A: 0.4, B: 0.2, C: -0.2 });
    expect(long.records).toMatchObject([{ constraint: "net", subject: "portfolio", limit: 0.4 }]);
    expect(long.records[0].observed).toBeCloseTo(1, 12);
    expect(long.records[0].after).toBeCloseTo(0.4, 12);
    const short = clamp({
      weights: { A: -0.8, B: -0.4, C: 0.2 },
      settings: CAPS,
      terms: { net: 0.4 },
    });
    expectWeights(short.weights, { A: -0.4, B: -0.2, C: 0.2 });
    expect(short.records[0].reason).toContain("the short side");
  });

  it("symbol: each to its limit, whatever its sign", () => {
    const { weights, records } = clamp({
      weights: { A: 0.5, B: -0.5, C: 0.2 },
      settings: CAPS,
      terms: { symbol: 0.3 },
    });
    expect(weights).toEqual({ A: 0.3, B: -0.3, C: 0.2 });
    expect(records.map((r) => [r.constraint, r.subject, r.before, r.after, r.severity])).toEqual([
      ["symbol", "A", 0.5, 0.3, "info"],
      ["symbol", "B", 0.5, 0.3, "info"],
    ]);
  });

  it("sector: its positions in proportion; those in no sector together, as if all were of one", () => {
    const { weights, records } = clamp({
      weights: { A: 0.5, B: -0.3, C: 0.4, D: 0.3, E: 0.3 },
      sectors: { A: "energy", B: "energy", C: "metals" },
      settings: CAPS,
      terms: { sector: 0.4 },
    });
    expectWeights(weights, { A: 0.25, B: -0.15, C: 0.4, D: 0.2, E: 0.2 });
    expect(records.map((r) => [r.constraint, r.subject, r.before, r.severity])).toEqual([
      ["sector", "energy", 0.8, "info"],
      ["sector", "unclassified", 0.6, "warning"],
    ]);
  });

  it("leaves alone what meets its limit exactly, or by the rounding the gates allow", () => {
    const hand: Hand = {
      weights: { A: 0.5, B: -0.25, C: 0.25 * (1 + 1e-10) },
      sectors: { A: "x", B: "y", C: "z" },
      settings: CAPS,
      terms: { gross: 1, net: 0.5, symbol: 0.5, sector: 0.5 },
    };
    expect(clamp(hand)).toEqual({ weights: hand.weights, records: [] });
  });

  it("records what each saw and left: net, symbol and both kinds of sector, in full", () => {
    const net = clamp({ weights: { A: 0.75, B: -0.25 }, settings: CAPS, terms: { net: 0.25 } });
    expect(net.records).toEqual([
      {
        constraint: "net",
        subject: "portfolio",
        before: 0.5,
        after: 0.25,
        limit: 0.25,
        observed: 0.5,
        reason: "net exposure above limits.net: the long side in proportion",
        severity: "warning",
      },
    ]);
    const symbol = clamp({ weights: { A: -0.5 }, settings: CAPS, terms: { symbol: 0.25 } });
    expect(symbol.records).toEqual([
      {
        constraint: "symbol",
        subject: "A",
        before: 0.5,
        after: 0.25,
        limit: 0.25,
        observed: 0.5,
        reason: "exposure in one instrument above limits.symbol",
        severity: "info",
      },
    ]);
    const sectors = clamp({
      weights: { A: 0.5, B: 0.5 },
      sectors: { A: "energy" },
      settings: CAPS,
      terms: { sector: 0.25 },
    });
    expect(sectors.records.map(({ subject, after, reason }) => [subject, after, reason])).toEqual([
      ["energy", 0.25, "exposure in one sector above limits.sector: its positions in proportion"],
      [
        "unclassified",
        0.25,
        "instruments without a sector may all be of one: together above limits.sector",
      ],
    ]);
  });

  it("come in their order: the net before the symbols, and records by id", () => {
    // Half of each meets the net of 0.6; symbols first would leave 0.5 and 0.2, and cut both again.
    const book = { weights: { B: 0.2, A: 1 }, settings: CAPS, terms: { net: 0.6, symbol: 0.5 } };
    const { weights, records } = clamp(book);
    expectWeights(weights, { B: 0.1, A: 0.5 });
    expect(records.map(({ constraint }) => constraint)).toEqual(["net"]);
    const symbols = clamp({
      weights: { C: 1, A: -1, B: 1 },
      settings: CAPS,
      terms: { symbol: 0.5 },
    });
    expect(symbols.records.map(({ subject }) => subject)).toEqual(["A", "B", "C"]);
  });

  it("count a sector's shorts with their size, and leave another sector's alone", () => {
    const { weights } = clamp({
      weights: { A: 0.25, B: -0.25, C: 0.25, D: 0 },
      sectors: { A: "x", B: "x", C: "y", D: "x" },
      settings: CAPS,
      terms: { sector: 0.25 },
    });
    expect(weights).toEqual({ A: 0.125, B: -0.125, C: 0.25, D: 0 });
  });

  it("asks the net again when the symbol limit has cut a hedge", () => {
    // 0.3 long against 1.0 short: the shorts fall to 0.3 + 0.2.
    const { weights, records } = clamp({
      weights: { A: 1, B: -0.5, C: -0.5 },
      settings: CAPS,
      terms: { net: 0.2, symbol: 0.3 },
    });
    expectWeights(weights, { A: 0.3, B: -0.25, C: -0.25 });
    expect(records.map((r) => `${r.constraint} ${r.subject}`)).toEqual([
      "symbol A",
      "symbol B",
      "symbol C",
      "net portfolio",
    ]);
  });

  it("do nothing where they are disabled", () => {
    const hand: Hand = { weights: { A: 5, B: 5 }, terms: { gross: 1, net: 1, symbol: 1 } };
    expect(clamp(hand)).toEqual({ weights: hand.weights, records: [] });
  });

  it("a limit of zero leaves plain zeros", () => {
    const { weights } = clamp({ weights: { A: -1, B: 1 }, settings: CAPS, terms: { gross: 0 } });
    expect(weights).toEqual({ A: 0, B: 0 });
  });

  it.each([
    ["a weight that is no number", { weights: { A: Number.NaN } }],
    ["a reference that is no number", { weights: { A: 1 }, reference: { A: Infinity } }],
    ["a weight beyond its reference", { weights: { A: 1.1 }, reference: { A: 1 } }],
    ["a weight on the other side", { weights: { A: -0.1 }, reference: { A: 1 } }],
  ])("refuse %s", (_, hand) => {
    expect(() => clamp(hand)).toThrow(/invariant 12: the weight of A, .* is no part of/);
  });
});

describe("drawdown throttle", () => {
  const at = (drawdown: number, state = newClampState()) =>
    clamp({
      weights: { A: 1, B: -0.5 },
      settings: THROTTLE,
      drawdown: known(drawdown),
      state,
    });

  it.each([
    [0, 1],
    [0.1, 1],
    [0.12, 0.9],
    [0.2, 0.5],
    [0.28, 0.1],
    [0.5, 0.1],
    [1.2, 0.1],
  ])("leaves at a drawdown of %f the part %f of every position", (drawdown, factor) => {
    const { weights } = at(drawdown);
    expect(weights["A"]).toBeCloseTo(factor, 12);
    expect(weights["B"]).toBeCloseTo(-0.5 * factor, 12);
  });

  it("says what it saw, and what it did", () => {
    expect(at(0.2).records).toMatchObject([
      {
        constraint: "drawdown_throttle",
        subject: "portfolio",
        before: 1.5,
        limit: 0.1,
        observed: 0.2,
        severity: "warning",
      },
    ]);
    expect(at(0.2).records[0].after).toBeCloseTo(0.75, 12);
  });

  it("never rises until the drawdown is below recovery, and then lets go at once", () => {
    const state = newClampState();
    const factors = [0.02, 0.12, 0.2, 0.12, 0.06, 0.05, 0.049, 0.09, 0.11].map(
      (drawdown) => at(drawdown, state).weights["A"],
    );
    const expected = [1, 0.9, 0.5, 0.5, 0.5, 0.5, 1, 1, 0.95];
    factors.forEach((factor, i) => expect(factor).toBeCloseTo(expected[i], 12));
    expect(state.throttle).toBeCloseTo(0.95, 12);
    // What it waits for is the limit it is measured against.
    expect(at(0.2, state).records[0].limit).toBe(0.1);
    expect(at(0.07, state).records[0].limit).toBe(0.05);
  });

  it("holds to the reference: a book the caps have cut further already is not cut again", () => {
    const hand: Hand = {
      weights: { A: 2 },
      settings: { ...CAPS, ...THROTTLE },
      terms: { gross: 0.5 },
      drawdown: known(0.2),
    };
    expect(clamp(hand).weights).toEqual({ A: 0.5 });
    expect(clamp({ ...hand, terms: { gross: 1.5 } }).weights["A"]).toBeCloseTo(1, 12);
  });

  it.each([
    ["unknown", unknown("no high-water mark yet"), "no high-water mark yet"],
    ["not a number", known(Number.NaN), "it is not a number"],
  ])("takes the minimum where the drawdown is %s, and does not remember it", (_, drawdown, why) => {
    const state = newClampState();
    const { weights, records } = clamp({
      weights: { A: 1, B: -0.5 },
      settings: THROTTLE,
      drawdown,
      state,
    });
    expectWeights(weights, { A: 0.1, B: -0.05 });
    expect(records).toMatchObject([{ observed: null, severity: "critical", limit: 0.1 }]);
    expect(records[0].reason).toBe(
      `drawdown unknown (${why}): every position held to 0.1 of what it asked for`,
    );
    expect(state).toEqual({ throttle: 1 });
  });
});
