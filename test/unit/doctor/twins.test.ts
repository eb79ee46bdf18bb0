/**
 * The lints that walk columns cleverly against twins that look everything up: stale marks and fills
 * without a bar, the sizes of orders, each instrument's part of the result.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Evidence, EvidenceInstrument } from "../../../src/research/doctor/evidence.ts";
import { healthy, instrument, resultOf, SESSIONS, timesMs } from "./evidence.ts";

type Row = { readonly session: number; readonly instrument: number; readonly lots: number };

const bars = fc
  .uniqueArray(fc.nat(SESSIONS - 1), { minLength: 1, maxLength: 60 })
  .map((rows) => rows.toSorted((a, b) => a - b));
const row = fc.record({
  session: fc.nat(SESSIONS - 1),
  instrument: fc.nat(1),
  lots: fc.integer({ min: 1, max: 1000 }),
});
const market = fc.record({
  bars: fc.tuple(bars, bars),
  fills: fc.array(row, { minLength: 1, maxLength: 60 }),
  positions: fc.array(row, { maxLength: 200 }),
});

const columns = (rows: readonly Row[]) => ({
  session: Float64Array.from(rows, (r) => r.session),
  instrument: Float64Array.from(rows, (r) => r.instrument),
  lots: Float64Array.from(rows, (r) => r.lots),
});

const listing = (id: string, sessions: readonly number[], n: number): EvidenceInstrument =>
  instrument(id, {
    timesMs: Float64Array.from(sessions, (s) => timesMs[s]),
    volume: Float64Array.from(sessions, (s) => 1000 + s * (n + 1)),
    finalValueMinor: 100 * (n + 1),
  });

function evidenceOf(over: {
  readonly bars: readonly (readonly number[])[];
  readonly fills: readonly Row[];
  readonly positions: readonly Row[];
}): Partial<Evidence> {
  const notionalMinor = Float64Array.from(over.fills, (f) => f.lots * (f.session + 1));
  return {
    instruments: [listing("AAA", over.bars[0], 0), listing("BBB", over.bars[1], 1)],
    orders: columns(over.fills),
    positions: columns(over.positions),
    fills: {
      ...columns(over.fills),
      ordered: new Uint8Array(over.fills.length).fill(1),
      notionalMinor,
      tradedMinor: notionalMinor,
      feeMinor: Float64Array.from(over.fills, (f) => f.session % 7),
    },
  };
}

it("counts fills without a bar, and stale marks, as a search through all bars does", () => {
  fc.assert(
    fc.property(market, (drawn) => {
      const positions = drawn.positions.toSorted((a, b) => a.session - b.session);
      const hasBar = (r: Row) => drawn.bars[r.instrument].includes(r.session);
      const without = drawn.fills.filter((r) => !hasBar(r)).length;
      const stale = positions.filter((r) => !hasBar(r)).length;
      const { evidence } = resultOf("stale_fills", evidenceOf({ ...drawn, positions }));
      if (without > 0) expect(evidence).toContain(` ${without} came in a session without a bar`);
      const held = `${stale} of ${positions.length} position${positions.length === 1 ? "" : "s"} at a close`;
      expect(evidence).toContain(held);
    }),
  );
});

it("sizes orders by the bars before them as a filter of all bars does", () => {
  fc.assert(
    fc.property(market, (drawn) => {
      const shares = drawn.fills.map(({ session, instrument: i, lots }) => {
        const before = drawn.bars[i].filter((s) => s <= session).slice(-20);
        const mean = before.reduce((sum, s) => sum + 1000 + s * (i + 1), 0) / before.length;
        return lots / mean;
      });
      const { result, observed, limit } = resultOf("capacity", evidenceOf(drawn));
      if (shares.some(Number.isNaN)) {
        expect(result).toBe("not_evaluated");
        return;
      }
      const sorted = shares.toSorted((a, b) => a - b);
      const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
      expect(observed).toBeCloseTo(limit === 0.25 ? sorted[sorted.length - 1] : p95, 12);
    }),
  );
});

it("adds up each instrument's result as a sum over its own fills does", () => {
  fc.assert(
    fc.property(market, (drawn) => {
      const made = [0, 1].flatMap((i) => {
        const own = drawn.fills.filter((f) => f.instrument === i);
        const paid = own.reduce((sum, f) => sum + f.lots * (f.session + 1) + (f.session % 7), 0);
        return own.length === 0 ? [] : [100 * (i + 1) - paid];
      });
      const total = made.reduce((sum, each) => sum + each, 0);
      const { observed } = resultOf("one_instrument", evidenceOf(drawn));
      if (total === 0) {
        expect(observed).toBeNull();
        return;
      }
      expect(observed).toBeCloseTo(Math.max(...made.map((each) => each / total)), 9);
    }),
  );
});

it("judges a window by what came after its first close", () => {
  const { fills } = healthy();
  const evaluationStart = fills.session[20];
  const { observed } = resultOf("too_few_observations", { evaluationStart });
  expect(observed).toBe([...fills.session].filter((s) => s > evaluationStart).length);
});
