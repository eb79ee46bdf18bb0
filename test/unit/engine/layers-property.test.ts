/**
 * Two hundred random layered runs: every check of the run holds, nobody's listening changes a bit,
 * and the journal, read by test-owned books alone, gives the kernel's net asset value on every day
 * and, by instrument, the sleeves' realised + unrealised to the minor unit. Planted faults are found.
 */
import { describe, expect, it } from "vitest";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import { ownLayeredBooks } from "../../support/layered-books.ts";
import { layerNumbers, type Layered, runLayered } from "../../support/layered-fixture.ts";
import { randomLayers } from "../../support/layered-random.ts";

const RUNS = 200;

/** Stops at the tenth seed that fails. */
function checkSeeds(runs: number) {
  const findings: string[] = [];
  const met = new Set<string>();
  for (let seed = 0; seed < runs && findings.length < 10; seed++) {
    const finding = checkSeed(seed, met);
    if (finding !== null) findings.push(`seed ${seed}: ${finding}`);
  }
  return { findings, met };
}

function checkSeed(seed: number, met: Set<string>): string | null {
  const { market, settings } = randomLayers(seed);
  let run: Layered;
  try {
    run = runLayered(market, settings);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  meet(run, met);
  if (run.breach !== null) return `invariant ${run.breach.invariant}: ${run.breach.message}`;
  const [heard, silent] = [layerNumbers(run.k), layerNumbers(run.silent)];
  if (heard.some((column, n) => column !== silent[n])) return "the null recorder's run differs";
  return ownLayeredBooks(run)[0] ?? conservation(run);
}

/** Counted where the trace is written and in the journal, not by the kernel's sums. */
function conservation({ k, trace, signals }: Layered): string | null {
  const made = [...trace.forecasts.signal.values()].filter((ordinal) => ordinal >= 0).length;
  const { forecasts, holds } = k.state.counters;
  if (made !== signals.length) return `${made} signals traced, ${signals.length} journalled`;
  if (trace.forecasts.signal.length !== forecasts) return `${forecasts} forecasts counted`;
  return forecasts - made === holds ? null : `${holds} holds`;
}

function meet(run: Layered, met: Set<string>): void {
  for (const { payload } of run.entries) {
    met.add(payload.kind);
    if (payload.kind === "order") met.add(`order ${payload.purpose}`);
    if (payload.kind === "breaker") met.add(`breaker ${payload.to}`);
    if (payload.kind === "cross" && payload.sleeves.length > 0) met.add("crossed");
  }
  for (const { end } of run.signals) {
    met.add(end.state);
    if (end.state === "EXECUTED" && end.share < 1) met.add("EXECUTED in part");
  }
}

describe("random layered runs", () => {
  const seen = checkSeeds(RUNS);

  it(`keep every rule, ${RUNS} of ${RUNS}`, () => {
    expect(seen.findings).toEqual([]);
  });

  it("met what they were made for", () => {
    expect([...seen.met].toSorted()).toEqual([
      "EXECUTED",
      "EXECUTED in part",
      "EXPIRED",
      "REJECTED_BY_CASH",
      "REJECTED_BY_CIRCUIT_BREAKER",
      "REJECTED_BY_CORRELATION",
      "REJECTED_BY_FRESHNESS",
      "REJECTED_BY_HEAT",
      "REJECTED_BY_POLICY",
      "REJECTED_BY_RISK_LIMIT",
      "REJECTED_BY_SIZING",
      "accrual",
      "breaker",
      "breaker HALT",
      "breaker NORMAL",
      "breaker PANIC",
      "breaker RAMPUP",
      "cross",
      "crossed",
      "decision",
      "dividend",
      "dividend_paid",
      "fill",
      "flow",
      "order",
      "order close",
      "order flatten",
      "order open",
      "order stop",
      "order_ended",
      "roll",
      "settlement",
      "split",
    ]);
  });
});

describe("the books of the tests", () => {
  /** A run with some of everything that a fault can be planted in. */
  const busy = Array.from({ length: 100 }, (_, seed) => randomLayers(seed))
    .map(({ market, settings }) => runLayered(market, settings))
    .find(({ entries }) =>
      (["fill", "settlement", "roll", "split", "dividend_paid", "cross"] as const).every((kind) =>
        entries.some(({ payload }) => payload.kind === kind),
      ),
    );
  const run = busy as Layered;

  it("find nothing in a clean run", () => {
    expect(busy).toBeDefined();
    expect(ownLayeredBooks(run)).toEqual([]);
  });

  it.each(["fill", "settlement", "roll"] as const)("find a lost %s", (kind) => {
    const n = run.entries.findIndex(({ payload }) => payload.kind === kind);
    expect(ownLayeredBooks({ ...run, entries: run.entries.toSpliced(n, 1) })).not.toEqual([]);
  });

  it("find a fee of one cent more", () => {
    const entries = [...run.entries];
    const n = entries.findIndex(({ payload }) => payload.kind === "fill");
    const payload = entries[n].payload as Extract<JournalPayload, { kind: "fill" }>;
    entries[n] = { ...entries[n], payload: { ...payload, fee_minor: payload.fee_minor + 1 } };
    expect(ownLayeredBooks({ ...run, entries })[0]).toMatch(/net asset value/);
  });

  it("find a sleeve that earned one cent more, and one that holds a millionth more", () => {
    const [first] = run.sleeves;
    const earned = { ...first, realisedMinor: first.realisedMinor + 1 };
    expect(ownLayeredBooks({ ...run, sleeves: run.sleeves.with(0, earned) })[0]).toMatch(/earned/);
    const held = { ...first, microLots: first.microLots + 1 };
    expect(ownLayeredBooks({ ...run, sleeves: run.sleeves.with(0, held) })[0]).toMatch(/hold/);
  });
});
