/** The fault script's decider: what strikes, when, how often; the same script fails in the same places. */
import { describe, expect, it } from "vitest";
import { addRule, createFaultDesk, nextDueMs, strikes } from "../../../src/venue/fault-desk.ts";
import {
  FAULT_KINDS,
  FAULT_POINTS,
  faultFor,
  type FaultMoment,
  faultRule,
  type FaultRule,
  freshFaultState,
  withFired,
} from "../../../src/venue/faults.ts";

const moment = (over: Partial<FaultMoment>): FaultMoment => ({
  point: "call",
  call: "place",
  symbol: null,
  count: 1,
  atMs: 0,
  ...over,
});

const script = (...rules: FaultRule[]) => ({ seed: 5, rules });

/** Counts (from 1) of a hundred placings that are struck. */
function struck(rule: FaultRule, seed = 5, of: Partial<FaultMoment> = {}): readonly number[] {
  const rules = { seed, rules: [rule] };
  let state = freshFaultState(rules);
  const found: number[] = [];
  for (let count = 1; count <= 100; count++) {
    const due = faultFor(rules, state, moment({ count, ...of }));
    if (due === null) continue;
    found.push(count);
    state = withFired(state, due);
  }
  return found;
}

describe("a rule", () => {
  it("strikes once, as soon as it can, where nothing else is said", () => {
    expect(struck(faultRule("lost_ack"))).toEqual([1]);
  });

  it("strikes at the n-th moment, at its call, from its instant on, as often as it says", () => {
    expect(struck(faultRule("lost_ack", { nth: 7 }))).toEqual([7]);
    expect(struck(faultRule("timeout", { call: "cancel" }))).toEqual([]);
    expect(struck(faultRule("timeout", { fromMs: 1 }))).toEqual([]);
    expect(struck(faultRule("timeout", { fromMs: 1 }), 5, { atMs: 1 })).toEqual([1]);
    expect(struck(faultRule("timeout", { times: 3 }))).toEqual([1, 2, 3]);
  });

  it("strikes by chance, in the same places for the same seed", () => {
    const rule = faultRule("lost_ack", { probability: 0.3, times: 100 });
    const places = struck(rule);
    expect(struck(rule)).toEqual(places);
    expect(struck(rule, 6)).not.toEqual(places);
    expect(places.length).toBeGreaterThan(15);
    expect(places.length).toBeLessThan(45);
    expect(struck(faultRule("lost_ack", { probability: 0, times: 100 }))).toEqual([]);
  });

  it("strikes at its own point alone", () => {
    for (const kind of FAULT_KINDS) {
      const points = new Set(Object.values(FAULT_POINTS));
      const strikesAt = [...points].filter(
        (point) => struck(faultRule(kind), 5, { point, call: "replace" }).length > 0,
      );
      expect(strikesAt, kind).toEqual([FAULT_POINTS[kind]]);
    }
  });

  it("rejects replacements and nothing else where that is its kind", () => {
    expect(struck(faultRule("replace_rejected"))).toEqual([]);
    expect(struck(faultRule("replace_rejected"), 5, { call: "replace" })).toEqual([1]);
  });

  it("is narrowed by its symbol where the moment has one", () => {
    const rule = faultRule("partial_fill", { symbol: "A" });
    expect(struck(rule, 5, { point: "order", call: null, symbol: "B" })).toEqual([]);
    expect(struck(rule, 5, { point: "order", call: null, symbol: "A" })).toEqual([1]);
    const halt = faultRule("halt", { symbol: "A" });
    expect(struck(halt, 5, { point: "time", call: null })).toEqual([1]);
  });
});

describe("a desk", () => {
  it("counts calls by call and hands out each rule once a moment", () => {
    const rules = script(
      faultRule("lost_ack", { nth: 2, call: "place" }),
      faultRule("timeout", { nth: 2, call: "place" }),
      faultRule("error_after", { times: 5 }),
    );
    const desk = createFaultDesk(rules);
    const kinds = (call: "place" | "cancel") =>
      strikes(desk, { point: "call", call, atMs: 0 }).map(({ kind }) => kind);
    expect(kinds("place")).toEqual(["error_after"]);
    expect(kinds("cancel")).toEqual(["error_after"]);
    expect(kinds("place")).toEqual(["lost_ack", "timeout", "error_after"]);
    expect(kinds("place")).toEqual(["error_after"]);
  });

  it("takes rules while it works, and knows when time is next to strike", () => {
    const desk = createFaultDesk(script());
    expect(nextDueMs(desk, 0)).toBe(Number.POSITIVE_INFINITY);
    addRule(desk, faultRule("cash_adjusted", { fromMs: 50, amountMinor: 1 }));
    addRule(desk, faultRule("halt", { fromMs: 20, symbol: "A" }));
    expect([nextDueMs(desk, 0), nextDueMs(desk, 20)]).toEqual([20, 50]);
    expect(strikes(desk, { point: "time", atMs: 60 }).map(({ kind }) => kind)).toEqual([
      "cash_adjusted",
      "halt",
    ]);
    expect(nextDueMs(desk, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
