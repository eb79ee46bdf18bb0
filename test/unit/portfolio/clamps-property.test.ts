/**
 * 1,000 random books through all clamps: none raises an exposure or turns a sign, twice is once,
 * the order of instruments does not matter, and every limit holds afterwards, by naive measures.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClampRecord } from "../../../src/domain/clamp.ts";
import { unknown } from "../../../src/domain/evidence.ts";
import { applyClamps, type ClampEvidence } from "../../../src/portfolio/clamps/clamps.ts";
import { clamp, settingsWith } from "./clamps-fixture.ts";
import {
  type Case,
  cases,
  naiveClusters,
  naiveContribution,
  naiveShortfall,
  naiveVolatility,
  seriesOf,
  shuffled,
} from "./clamps-random.ts";

const RUNS = { numRuns: 1000, seed: 20_260_101 };

type Outcome = {
  readonly weights: Float64Array;
  readonly records: readonly ClampRecord[];
  readonly throttle: number;
};

function run(c: Case, evidence: ClampEvidence = c.evidence, start = evidence.reference): Outcome {
  const weights = Float64Array.from(start);
  const state = { throttle: c.throttle };
  const records = applyClamps(c.settings, c.terms, evidence, state, weights);
  return { weights, records, throttle: state.throttle };
}

const gross = (weights: Iterable<number>) => [...weights].reduce((s, w) => s + Math.abs(w), 0);
const atMost = (observed: number, limit: number) =>
  expect(observed).toBeLessThanOrEqual(limit * (1 + 2e-9) + 2e-12);

describe("clamps on random books", () => {
  it("never raise an exposure, never turn a sign", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { weights } = run(c);
        c.evidence.reference.forEach((before, i) => {
          expect(Math.abs(weights[i])).toBeLessThanOrEqual(Math.abs(before));
          expect(weights[i] * before).toBeGreaterThanOrEqual(0);
        });
      }),
      RUNS,
    );
  });

  it("twice is once, to the last bit, and says nothing the second time", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const first = run(c);
        const second = run({ ...c, throttle: first.throttle }, c.evidence, first.weights);
        expect(second).toEqual({ ...first, records: [] });
      }),
      RUNS,
    );
  });

  it("do not depend on the order of instruments, to the last bit", () => {
    const orders = cases.chain((c) => {
      const indices = c.evidence.ids.map((_, i) => i);
      const order = fc.shuffledSubarray(indices, { minLength: indices.length });
      return fc.tuple(fc.constant(c), order);
    });
    fc.assert(
      fc.property(orders, ([c, order]) => {
        const plain = run(c);
        const mixed = run(c, shuffled(c.evidence, order));
        expect([...mixed.weights]).toEqual(order.map((i) => plain.weights[i]));
        expect(mixed.records).toEqual(plain.records);
      }),
      RUNS,
    );
  });

  it("hold every exposure limit and the throttle afterwards", () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(cases, (c) => {
        const { weights, throttle } = run(c);
        const { ids, sectors, reference, drawdown } = c.evidence;
        if (c.settings.caps.enabled) {
          const { net, symbol, sector } = c.terms;
          atMost(gross(weights), c.terms.gross);
          if (net !== null) atMost(Math.abs(weights.reduce((s, w) => s + w, 0)), net);
          if (symbol !== null) for (const w of weights) atMost(Math.abs(w), symbol);
          for (const name of sector === null ? [] : new Set(sectors)) {
            atMost(gross(ids.map((_, i) => (sectors[i] === name ? weights[i] : 0))), sector ?? 0);
          }
        }
        if (c.settings.throttle.enabled) {
          const factor = drawdown.known ? throttle : c.settings.throttle.minimum;
          weights.forEach((w, i) => atMost(Math.abs(w), Math.abs(reference[i]) * factor));
        }
      }),
      RUNS,
    );
  });

  it("hold every cluster to its share, and leave nothing unmeasured", () => {
    let bound = 0;
    fc.assert(
      fc.property(cases, (drawn) => {
        const c: Case = {
          ...drawn,
          settings: { ...drawn.settings, clusters: { ...drawn.settings.clusters, enabled: true } },
        };
        const { days, min_observations, threshold, cap } = c.settings.clusters;
        const series = seriesOf(c.evidence, days, min_observations);
        const { weights } = run(c);
        weights.forEach((w, i) => expect(series?.has(i) === true || w === 0).toBe(true));
        if (series === null) return;
        const { clusters, tail, ...rest } = c.settings;
        const caps = { ...rest, clusters: { ...clusters, enabled: false } };
        const entering = run({ ...c, settings: { ...caps, tail: { ...tail, enabled: false } } });
        const most = cap * naiveVolatility(series, entering.weights);
        for (const group of naiveClusters(series, threshold)) {
          const before = naiveContribution(series, group, entering.weights);
          if (before > most * (1 + 1e-6)) bound++;
          expect(naiveContribution(series, group, weights)).toBeLessThanOrEqual(
            most * (1 + 1e-7) + 1e-12,
          );
        }
      }),
      RUNS,
    );
    expect(bound).toBeGreaterThan(150);
  });

  it("cut a single cluster no further than its cap asks, and nothing else", () => {
    let bound = 0;
    fc.assert(
      fc.property(cases, (drawn) => {
        const { threshold, cap } = drawn.settings.clusters;
        const settings = settingsWith({ clusters: { enabled: true, threshold, cap } });
        const c: Case = { ...drawn, settings };
        const series = seriesOf(c.evidence, 60, 45);
        const { weights, records } = run(c);
        const cuts = records.filter((r) => r.observed !== null);
        if (series === null || cuts.length !== 1) return;
        bound++;
        const members = cuts[0].subject.split("+").map((id) => c.evidence.ids.indexOf(id));
        const entering = c.evidence.reference.map((w, i) => (series.has(i) ? w : 0));
        const most = cap * naiveVolatility(series, entering);
        expect(naiveContribution(series, members, weights) / most).toBeCloseTo(1, 7);
        const factor = weights[members[0]] / entering[members[0]];
        weights.forEach((w, i) => {
          expect(w).toBeCloseTo(members.includes(i) ? entering[i] * factor : entering[i], 12);
        });
      }),
      RUNS,
    );
    expect(bound).toBeGreaterThan(100);
  });

  it("hold the simulated loss to its limit, and cut no further", () => {
    let bound = 0;
    fc.assert(
      fc.property(cases, (drawn) => {
        const tail = { ...drawn.settings.tail, enabled: true };
        const c: Case = { ...drawn, settings: { ...drawn.settings, tail } };
        const { weights, records } = run(c);
        const { evidence } = c;
        const series =
          seriesOf(evidence, tail.days, tail.min_observations) ??
          new Map<number, readonly number[]>();
        const blind = gross(weights.map((w, i) => (series.has(i) ? 0 : w)));
        const loss = naiveShortfall(series, weights, tail, evidence.seed) + blind;
        atMost(loss, tail.limit);
        if (records.length === 0 || records.at(-1)?.constraint !== "tail") return;
        bound++;
        expect(loss).toBeCloseTo(tail.limit, 9);
      }),
      RUNS,
    );
    expect(bound).toBeGreaterThan(150);
  });

  it("never leave more where evidence is taken away", () => {
    const one = fc.constantFrom("throttle", "clusters", "tail");
    fc.assert(
      fc.property(cases, one, (c, clampName) => {
        const alone: Case = { ...c, settings: settingsWith({ [clampName]: { enabled: true } }) };
        const blind: ClampEvidence = {
          ...c.evidence,
          drawdown: unknown("taken away"),
          returns: unknown("taken away"),
        };
        const seen = run(alone);
        const unseen = run(alone, blind);
        unseen.weights.forEach((w, i) => {
          expect(Math.abs(w)).toBeLessThanOrEqual(Math.abs(seen.weights[i]) * (1 + 1e-9));
        });
        const changed = unseen.weights.some((w, i) => w !== c.evidence.reference[i]);
        expect(unseen.records.some((r) => r.observed === null)).toBe(changed);
      }),
      RUNS,
    );
  });

  it("record each change with what it left, and no change without one", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { weights, records } = run(c);
        const changed = weights.some((w, i) => w !== c.evidence.reference[i]);
        expect(records.length > 0).toBe(changed);
        for (const { before, after, observed, limit } of records) {
          expect(after).toBeLessThan(before);
          if (observed !== null) expect(observed).toBeGreaterThanOrEqual(limit * (1 - 1e-12));
        }
      }),
      RUNS,
    );
  });
});

describe("net cap", () => {
  /** Cuts the larger side a little at a time until it fits. */
  function naiveNet(weights: readonly number[], limit: number): number[] {
    const net = (factor: number) =>
      weights.reduce((s, w) => s + (w * total > 0 ? w * factor : w), 0);
    const total = weights.reduce((s, w) => s + w, 0);
    let [low, high] = [0, 1];
    for (let i = 0; i < 200 && Math.abs(net(1)) > limit; i++) {
      const middle = (low + high) / 2;
      if (Math.abs(net(middle)) > limit && net(middle) * total > 0) high = middle;
      else low = middle;
    }
    const factor = Math.abs(net(1)) > limit ? low : 1;
    return weights.map((w) => (w * total > 0 ? w * factor : w));
  }

  it("is the largest part of the larger side that fits, by search", () => {
    const weight = fc.integer({ min: -2000, max: 2000 }).map((x) => x / 1000);
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (weights, net) => {
          const named = Object.fromEntries(weights.map((w, i) => [`I${i}`, w]));
          const { weights: after } = clamp({
            weights: named,
            settings: { caps: { enabled: true } },
            terms: { net },
          });
          const expected = naiveNet(weights, net);
          weights.forEach((_, i) => expect(after[`I${i}`]).toBeCloseTo(expected[i], 8));
        },
      ),
      RUNS,
    );
  });
});
