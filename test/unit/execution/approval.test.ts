/**
 * Approval: only a full set of positive verdicts makes an Approved<Order> (invariants 1 and 4), and
 * each gate's refusal ends its signal in the state the spec gives it.
 */
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../src/base/assert.ts";
import type { Order } from "../../../src/domain/order.ts";
import type { Verdict } from "../../../src/domain/refusal.ts";
import { approve, approveReduction, refusalOf } from "../../../src/execution/gates/approval.ts";

const GATES = ["freshness", "duplicate", "limits", "cash"];

const ORDER: Order = {
  ordinal: 7,
  instrument: 0,
  session: 0,
  purpose: "open",
  leg: 0,
  generation: 0,
  side: 1,
  type: "market",
  lots: 1,
  price: null,
  timeInForce: "gtc",
  working: false,
  signals: [0],
};

function verdict(gate: string, result: Verdict["result"] = "pass"): Verdict {
  return { gate, result, rule: "rule", observed: 2, limit: 1, unit: "lots" };
}

const allPass = GATES.map((gate) => verdict(gate));

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return expect.fail("nothing was thrown");
}

describe("approve", () => {
  it("hands back the very order when every gate passed it", () => {
    const result = approve(ORDER, [allPass], GATES);
    expect(result.ok && result.value === ORDER).toBe(true);
  });

  it.each(GATES)("stops with invariant 1 when %s did not judge", (gate) => {
    const verdicts = allPass.filter((v) => v.gate !== gate);
    const error = thrownBy(() => approve(ORDER, [verdicts.slice(0, 2), verdicts.slice(2)], GATES));
    expect(error).toBeInstanceOf(InvariantError);
    expect(error).toMatchObject({ invariant: 1 });
    expect(String(error)).toMatch(new RegExp(`gate ${gate} .*order 7`));
  });

  it.each(GATES.flatMap((gate) => [[gate, "fail"] as const, [gate, "not_evaluated"] as const]))(
    "does not admit what %s judged %s",
    (gate, result) => {
      const verdicts = allPass.map((v) => (v.gate === gate ? verdict(gate, result) : v));
      const outcome = approve(ORDER, [verdicts.slice(0, 2), verdicts.slice(2)], GATES);
      expect(outcome).toEqual({ ok: false, error: refusalOf(verdict(gate, result)) });
    },
  );

  it("needs no verdict of the gates behind the one that refused", () => {
    const verdicts = [verdict("freshness"), verdict("duplicate"), verdict("limits", "fail")];
    expect(approve(ORDER, [verdicts.slice(0, 2), verdicts.slice(2)], GATES)).toMatchObject({
      error: { by: "limits" },
    });
  });

  it("heeds a refusal that stands beside a pass of the same gate, or that nobody asked for", () => {
    expect(approve(ORDER, [allPass, [verdict("cash", "fail")]], GATES).ok).toBe(false);
    expect(approve(ORDER, [allPass.with(3, verdict("cash", "fail"))], GATES.slice(0, 3)).ok).toBe(
      false,
    );
  });

  it("admits nothing on an empty set of gates: nothing asked is not passed (invariant 4)", () => {
    expect(thrownBy(() => approve(ORDER, [], []))).toMatchObject({ invariant: 4 });
    const error = thrownBy(() => approve(ORDER, [allPass], []));
    expect(error).toMatchObject({ invariant: 4 });
    expect(String(error)).toContain("no gate was asked about order 7");
  });
});

describe("approveReduction", () => {
  const order = (side: 1 | -1, lots: number): Order => ({ ...ORDER, side, lots });

  it.each([
    [-1, 3, 5],
    [-1, 5, 5],
    [1, 3, -5],
    [1, 5, -5],
  ] as const)("lets side %d of %d lots through on %d held: it reduces", (side, lots, held) => {
    const stop = order(side, lots);
    expect(approveReduction(stop, held)).toBe(stop);
  });

  it.each([
    ["it adds", 1, 3, 5, "of 3 lots does not reduce 5"],
    ["it adds to a short", -1, 3, -5, "of -3 lots does not reduce -5"],
    ["it crosses zero", -1, 6, 5, "of -6 lots does not reduce 5"],
    ["it crosses zero from below", 1, 6, -5, "of 6 lots does not reduce -5"],
    ["nothing is held", -1, 1, 0, "of -1 lots does not reduce 0"],
    ["what is held is unknown", -1, 1, Number.NaN, "of -1 lots does not reduce NaN"],
  ] as const)("stops with invariant 12 where %s", (_, side, lots, held, message) => {
    const error = thrownBy(() => approveReduction(order(side, lots), held));
    expect(error).toBeInstanceOf(InvariantError);
    expect(error).toMatchObject({ invariant: 12 });
    expect(String(error)).toContain(`order 7 ${message}`);
  });
});

describe("refusalOf", () => {
  it.each([
    ["freshness", "REJECTED_BY_FRESHNESS"],
    ["duplicate", "REJECTED_BY_DUPLICATE"],
    ["limits", "REJECTED_BY_RISK_LIMIT"],
    ["cash", "REJECTED_BY_CASH"],
  ])("%s ends a signal as %s, with its evidence", (gate, state) => {
    expect(refusalOf(verdict(gate, "fail"))).toEqual({
      state,
      by: gate,
      rule: "rule",
      observed: 2,
      limit: 1,
      unit: "lots",
    });
  });

  it("tells a gate that could not say from one that said no", () => {
    const unknown = { ...verdict("freshness", "not_evaluated"), observed: null };
    expect(refusalOf(unknown)).toMatchObject({ rule: "rule:not_evaluated", observed: null });
  });

  it("does not invent an end for a gate it does not know", () => {
    expect(thrownBy(() => refusalOf(verdict("horoscope", "fail")))).toMatchObject({ invariant: 2 });
  });
});
