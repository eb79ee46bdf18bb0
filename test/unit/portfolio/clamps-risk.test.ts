/** Clusters and tail, each by itself: a case that binds with numbers by hand, one just inside, one without evidence. */
import { describe, expect, it } from "vitest";
import { known } from "../../../src/domain/evidence.ts";
import {
  applyClamps,
  type ClampEvidence,
  newClampState,
} from "../../../src/portfolio/clamps/clamps.ts";
import {
  type ByName,
  clamp,
  evidenceOf,
  type Hand,
  NO_TERMS,
  repeated,
  settingsWith,
} from "./clamps-fixture.ts";

const CAPS = { caps: { enabled: true } };

function expectWeights(actual: ByName<number>, expected: ByName<number>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const id of Object.keys(expected)) expect(actual[id]).toBeCloseTo(expected[id], 12);
}

const ROWS = 60;
/** Independent of each other, of the same spread. */
const X = repeated([1, -1, 1, -1], ROWS);
const Y = repeated([1, 1, -1, -1], ROWS);
const minus = (values: readonly number[]) => values.map((value) => 0 - value);
const CLUSTERS = { clusters: { enabled: true } };

describe("clusters", () => {
  it("hold a pair that moves as one to 40 % of the book's volatility, worked by hand", () => {
    // Variance 0.8^2 + 0.6^2 = 1 in units of one column's. At scale s the pair contributes
    // u / sqrt(u + 0.36) with u = 0.64 s^2; that is 0.4 for u^2 - 0.16 u - 0.0576 = 0.
    const u = (0.16 + Math.sqrt(0.0256 + 0.2304)) / 2;
    const s = Math.sqrt(u / 0.64);
    const { weights, records } = clamp({
      weights: { A: 0.4, B: 0.4, C: 0.6 },
      returns: { A: X, B: X, C: Y },
      settings: CLUSTERS,
    });
    expectWeights(weights, { A: 0.4 * s, B: 0.4 * s, C: 0.6 });
    expect(records).toMatchObject([
      { constraint: "cluster", subject: "A+B", before: 0.8, limit: 0.4, severity: "warning" },
    ]);
    expect(records[0].observed).toBeCloseTo(0.64, 12);
    expect(records[0].after).toBeCloseTo(0.8 * s, 12);
  });

  it("leave a book that is one single cluster 40 % of its risk, not nothing", () => {
    const { weights, records } = clamp({
      weights: { A: 0.4, B: 0.4 },
      returns: { A: X, B: X },
      settings: CLUSTERS,
    });
    expectWeights(weights, { A: 0.16, B: 0.16 });
    expect(records[0].observed).toBeCloseTo(1, 12);
  });

  it("measure against the book the caps let through, not against what was first wished", () => {
    const hand: Hand = {
      weights: { A: 4, B: 4 },
      returns: { A: X, B: X },
      settings: { ...CAPS, ...CLUSTERS },
      terms: { gross: 1 },
    };
    const { weights } = clamp(hand);
    expectWeights(weights, { A: 0.2, B: 0.2 });
    const again = clamp({ ...hand, weights, reference: hand.weights });
    expect(again).toEqual({ weights, records: [] });
  });

  it.each([
    ["long and short of the same", { A: 0.4, B: -0.4, C: 0.6 }, X],
    ["long of opposites", { A: 0.4, B: 0.4, C: 0.6 }, minus(X)],
  ])("let %s offset: joined, and without risk", (_, weights, b) => {
    const returns = { A: X, B: b, C: Y };
    expect(clamp({ weights, returns, settings: CLUSTERS })).toEqual({ weights, records: [] });
  });

  it("leave a book that hedges itself away alone, exactly or but for rounding", () => {
    const pair = { A: 0.4, B: -0.4 };
    const returns = { A: X, B: X, C: X };
    expect(clamp({ weights: pair, returns, settings: CLUSTERS }).weights).toEqual(pair);
    const triple = { A: 0.1, B: 0.2, C: -0.3 };
    expect(clamp({ weights: triple, returns, settings: CLUSTERS }).weights).toEqual(triple);
  });

  it("see a pair of opposites held long and short as one bet", () => {
    const { records } = clamp({
      weights: { A: 0.4, B: -0.4, C: 0.6 },
      returns: { A: X, B: minus(X), C: Y },
      settings: CLUSTERS,
    });
    expect(records).toMatchObject([{ subject: "A+B" }]);
  });

  it("leave a single instrument to limits.symbol", () => {
    const weights = { A: 0.9, B: 0.1 };
    const returns = { A: X, B: Y };
    expect(clamp({ weights, returns, settings: CLUSTERS })).toEqual({ weights, records: [] });
  });

  it("join at the threshold exactly, not a hair below it", () => {
    // Ranks 1 2 3 4 against 1 3 2 4 correlate at 0.8.
    const returns = { A: repeated([1, 2, 3, 4], ROWS), B: repeated([1, 3, 2, 4], ROWS) };
    const at = (threshold: number) =>
      clamp({
        weights: { A: 0.4, B: 0.4 },
        returns,
        settings: { clusters: { enabled: true, threshold } },
      }).records.length;
    expect(at(0.8)).toBe(1);
    expect(at(0.8 + 1e-9)).toBe(0);
  });

  it("join through a third: A with B, B with C, and so A with C", () => {
    // B = A + C: 1 / sqrt(2) = 0.707 with each of two independent ones.
    const returns = { A: X, B: X.map((x, t) => x + Y[t]), C: Y };
    const at = (weights: ByName<number>) =>
      clamp({
        weights,
        returns,
        settings: { clusters: { enabled: true, threshold: 0.7 } },
      }).records.map((r) => r.subject);
    expect(at({ A: 0.4, B: 0.2, C: 0.4 })).toEqual(["A+B+C"]);
    // Nobody holds B: nothing joins the other two.
    expect(at({ A: 0.4, B: 0, C: 0.4 })).toEqual([]);
  });

  it("look at the newest days alone", () => {
    // Apart in the newest 60 days, as one in the 60 before.
    const returns = { A: [...Y, ...X], B: [...Y, ...Y] };
    const at = (days: number) =>
      clamp({
        weights: { A: 0.4, B: 0.4 },
        returns,
        settings: { clusters: { enabled: true, days, threshold: 0.45 } },
      }).records.length;
    expect(at(60)).toBe(0);
    expect(at(120)).toBe(1);
  });

  it("give no exposure to what nobody can measure, and say why", () => {
    const still = new Array<number>(ROWS).fill(0.01);
    const gap = X.with(7, Number.NaN);
    const halted = new Array<number>(ROWS).fill(0);
    const endless = X.with(9, Number.POSITIVE_INFINITY);
    const { weights, records } = clamp({
      weights: { A: 0.2, B: -0.2, C: 0.2, D: 0.2, E: 0, F: 0.2, G: 0.2 },
      returns: { A: X, C: still, D: gap, F: halted, G: endless },
      settings: CLUSTERS,
    });
    expect(weights).toEqual({ A: 0.2, B: 0, C: 0, D: 0, E: 0, F: 0, G: 0 });
    expect(records.map((r) => [r.constraint, r.subject, r.before, r.after, r.observed])).toEqual([
      ["cluster", "B", 0.2, 0, null],
      ["cluster", "C", 0.2, 0, null],
      ["cluster", "D", 0.2, 0, null],
      ["cluster", "F", 0.2, 0, null],
      ["cluster", "G", 0.2, 0, null],
    ]);
    expect(records.every((r) => r.severity === "critical")).toBe(true);
    expect(records[0].reason).toBe(
      "its correlations are unknown (no daily returns in common with the others): no exposure",
    );
  });

  it.each<readonly [string, Hand["returns"], RegExp]>([
    ["returns nobody has", "no prices arrived", /no prices arrived/],
    ["44 observations of 45", { A: X.slice(0, 44), B: Y.slice(0, 44) }, /44 complete .* 45 are/],
  ])("give no exposure at all on %s", (_, returns, why) => {
    const hand: Hand = { weights: { A: 0.2, B: 0.1 }, settings: CLUSTERS };
    const { weights, records } = clamp({ ...hand, ...(returns === undefined ? {} : { returns }) });
    expect(weights).toEqual({ A: 0, B: 0 });
    expect(records.map((r) => r.subject)).toEqual(["A", "B"]);
    for (const record of records) {
      expect(record).toMatchObject({ observed: null, severity: "critical", limit: 0.4 });
      expect(record.reason).toMatch(why);
    }
    const enough = { A: X.slice(0, 45), B: Y.slice(0, 45) };
    expect(clamp({ ...hand, returns: enough }).records).toEqual([]);
  });

  it("stop on returns that are fewer than their rows say, and on lists of other lengths", () => {
    const settings = settingsWith(CLUSTERS);
    const evidence = evidenceOf({ weights: { A: 0.2, B: 0.1 }, returns: { A: X, B: Y } });
    const apply = (changes: Partial<ClampEvidence>) => () =>
      applyClamps(
        settings,
        NO_TERMS,
        { ...evidence, ...changes },
        newClampState(),
        Float64Array.of(0.2, 0.1),
      );
    expect(apply({})).not.toThrow();
    const short = known({ values: new Float64Array(2 * ROWS - 1), rows: ROWS });
    expect(apply({ returns: short })).toThrow(
      "invariant 21: 60 rows of 2 columns do not fit into 119 numbers",
    );
    expect(apply({ sectors: [null] })).toThrow(
      "invariant 21: clamps got 2 instruments, but 1 of what belongs to each",
    );
    expect(apply({ reference: Float64Array.of(0.2) })).toThrow("invariant 21");
  });

  it("end a chase with the net limit by one common factor", () => {
    // Cutting the pair turns the book net short; cutting the short makes the pair's share larger.
    // The chase would end where L / sqrt(2) is about 0.4 x the entering 0.8 x sqrt(2): L = 0.64.
    const hand: Hand = {
      weights: { A: 0.4, B: 0.4, C: -0.8 },
      returns: { A: X, B: X, C: Y },
      settings: { ...CAPS, ...CLUSTERS },
      terms: { net: 0.001 },
    };
    const { weights, records } = clamp(hand);
    expect(weights["A"] + weights["B"]).toBeGreaterThan(0.62);
    expect(weights["A"] + weights["B"]).toBeLessThan(0.641);
    expect(Math.abs(weights["A"] + weights["B"] + weights["C"])).toBeLessThan(0.001 * (1 + 1e-9));
    expect(records.at(-1)).toMatchObject({ subject: "portfolio", severity: "warning" });
    expect(records.at(-1)?.reason).toContain("4 rounds of cutting one limit after the other");
    expect(clamp({ ...hand, weights, reference: hand.weights })).toEqual({ weights, records: [] });
  });

  it("have nothing to say about a flat book", () => {
    expect(clamp({ weights: { A: 0, B: 0 }, settings: CLUSTERS }).records).toEqual([]);
  });
});

/** Every day loses 1 or 3 %: blocks of five lose 9 or 11, by the day they begin on. */
const LOSING = repeated([-1, -3], 120);
const TAIL = { tail: { enabled: true } };

describe("tail", () => {
  it("holds the worst paths to the limit, worked by hand", () => {
    // Ten days are two blocks; a quarter of the paths has both on the odd day: 22 %.
    const { weights, records } = clamp({
      weights: { A: 1 },
      returns: { A: LOSING },
      settings: TAIL,
    });
    expectWeights(weights, { A: 0.05 / 0.22 });
    expect(records).toMatchObject([
      { constraint: "tail", subject: "portfolio", before: 1, limit: 0.05, severity: "warning" },
    ]);
    expect(records[0].observed).toBeCloseTo(0.22, 12);
  });

  it.each([
    [1, 0.03],
    [2, 0.04],
    [7, 0.15],
    [8, 0.18],
    [15, 0.33],
  ])("cuts the last block where %d days are not a multiple of five: a loss of %f", (days, loss) => {
    const { records } = clamp({
      weights: { A: 1 },
      returns: { A: LOSING },
      settings: { tail: { enabled: true, horizon_days: days, limit: 0.01 } },
    });
    expect(records[0].observed).toBeCloseTo(loss, 12);
  });

  it("averages the worst 1 - confidence of the paths: half of them, on one day, lose 3 %", () => {
    const at = (confidence: number) =>
      clamp({
        weights: { A: 1 },
        returns: { A: LOSING },
        settings: { tail: { enabled: true, confidence, horizon_days: 1, limit: 0.001 } },
      }).records[0].observed;
    expect(at(0.9)).toBeCloseTo(0.03, 12);
    // All paths: about the mean of the days, and never more than the worst.
    expect(at(0.001)).toBeGreaterThan(0.0185);
    expect(at(0.001)).toBeLessThan(0.0215);
  });

  it("does not bind on what gains, nor on a hedged book", () => {
    const gains = { weights: { A: -1 }, returns: { A: LOSING }, settings: TAIL };
    expect(clamp(gains)).toEqual({ weights: gains.weights, records: [] });
    const hedged = {
      weights: { A: 1, B: -1 },
      returns: { A: LOSING, B: LOSING },
      settings: TAIL,
    };
    expect(clamp(hedged)).toEqual({ weights: hedged.weights, records: [] });
  });

  it("takes what it cannot measure to lose all it holds", () => {
    // 0.22 x 0.5 + 0.2 = 0.31
    const { weights, records } = clamp({
      weights: { A: 0.5, B: -0.2 },
      returns: { A: LOSING },
      settings: TAIL,
    });
    const factor = 0.05 / 0.31;
    expectWeights(weights, { A: 0.5 * factor, B: -0.2 * factor });
    expect(records).toMatchObject([{ constraint: "tail", observed: null, severity: "critical" }]);
    expect(records[0].reason).toContain("B: no daily returns in common");
  });

  it.each<readonly [string, ByName<readonly number[]> | string, RegExp]>([
    ["returns nobody has", "no prices arrived", /A: no prices arrived; B: no prices arrived/],
    ["119 observations of 120", { A: LOSING.slice(1), B: LOSING.slice(1) }, /119 .* 120 are/],
  ])("leaves gross at the limit on %s", (_, returns, why) => {
    const { weights, records } = clamp({
      weights: { A: 0.75, B: -0.25 },
      returns,
      settings: TAIL,
    });
    expectWeights(weights, { A: 0.0375, B: -0.0125 });
    expect(records).toMatchObject([{ observed: null, severity: "critical", limit: 0.05 }]);
    expect(records[0].reason).toMatch(why);
  });

  it("is the same for the same seed, and another for another", () => {
    const wild = Array.from({ length: 200 }, (_, t) => Math.sin(t * t) / 20);
    const at = (seed: number) =>
      clamp({ weights: { A: 1 }, returns: { A: wild }, settings: TAIL, seed }).weights["A"];
    expect(at(7)).toBe(at(7));
    expect(at(7)).not.toBe(at(8));
    expect(at(7) / at(8)).toBeGreaterThan(0.9);
    expect(at(7) / at(8)).toBeLessThan(1.1);
  });

  it("looks at the newest days alone", () => {
    const returns = { A: [...LOSING, ...LOSING.map((loss) => loss / 10)] };
    const at = (days: number) =>
      clamp({ weights: { A: 1 }, returns, settings: { tail: { enabled: true, days } } }).records;
    expect(at(120)).toEqual([]);
    expect(at(240)).toHaveLength(1);
  });

  it("is held to its limit too when the net limit takes a gaining short away last", () => {
    // The short earns 1 % a day on average and the longs lose 2: cutting it costs what it earned.
    const hand: Hand = {
      weights: { A: 0.4, B: 0.4, C: -0.8 },
      returns: { A: LOSING, B: LOSING, C: repeated([0, 0, -2, -2], 120) },
      settings: { ...CAPS, ...CLUSTERS, tail: { enabled: true, limit: 0.0895 } },
      terms: { net: 0.001 },
    };
    const { weights, records } = clamp(hand);
    expect(records.at(-2)).toMatchObject({ constraint: "net" });
    const last = records.at(-1);
    expect(last).toMatchObject({ constraint: "tail", limit: 0.0895, subject: "portfolio" });
    expect(last?.observed).toBeGreaterThan(0.0895);
    const { before = 0, after = 0, observed } = last ?? {};
    expect(after).toBeCloseTo((before * 0.0895) / (observed ?? 0), 12);
    expect(last?.reason).toContain("4 rounds");
    expect(clamp({ ...hand, weights, reference: hand.weights })).toEqual({ weights, records: [] });
  });
});
