/** The life of an order: the whole table of states and facts, and what no order of facts can bring about. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isEnded,
  newOrder,
  nextGeneration,
  ORDER_STATES,
  type OrderFact,
  type OrderLife,
  type OrderState,
  stepOrder,
} from "../../../src/execution/orders/life.ts";
import { valueOf } from "../../../src/base/result.ts";

const ACK: OrderFact = { kind: "acknowledged", venueOrderId: "v" };
const fill = (executionId: string, lots: number): OrderFact => ({
  kind: "fill",
  executionId,
  lots,
});
const ended = (
  end: "cancelled" | "expired" | "rejected" | "replaced",
  filledLots: number,
): OrderFact => ({ kind: "ended", end, filledLots });

/** An order of ten lots, three of them filled where a state means that. */
const IN: { readonly [state in OrderState]: readonly OrderFact[] } = {
  created: [],
  submitted: [{ kind: "submitted" }],
  unknown: [{ kind: "submitted" }, { kind: "unknown" }],
  acknowledged: [ACK],
  partially_filled: [ACK, fill("x0", 3)],
  filled: [ACK, fill("x0", 10)],
  cancelled: [ACK, fill("x0", 3), ended("cancelled", 3)],
  expired: [ACK, fill("x0", 3), ended("expired", 3)],
  rejected: [{ kind: "submitted" }, { kind: "refused" }],
};

const after = (facts: readonly OrderFact[]): OrderLife =>
  facts.reduce((life, fact) => valueOf(stepOrder(life, fact)), newOrder("o", 10, 0));

/** What comes of a fact in a state: the next state, or in capitals why it cannot be. */
function outcome(state: OrderState, fact: OrderFact): string {
  const step = stepOrder(after(IN[state]), fact);
  return step.ok ? step.value.state : step.error.code.toUpperCase();
}

describe("the table", () => {
  it("reaches every state", () => {
    expect(ORDER_STATES.map((state) => after(IN[state]).state)).toEqual(ORDER_STATES);
  });

  const END = "ALREADY_ENDED";
  const NO = "WRONG_STATE";
  // created, submitted, acknowledged, partially_filled, filled, cancelled, rejected, expired, unknown
  it.each<[string, OrderFact, readonly string[]]>([
    ["submitted", { kind: "submitted" }, ["submitted", NO, NO, NO, END, END, END, END, NO]],
    [
      "acknowledged",
      ACK,
      [
        "acknowledged",
        "acknowledged",
        "acknowledged",
        "partially_filled",
        "filled",
        "cancelled",
        END,
        "expired",
        "acknowledged",
      ],
    ],
    [
      "acknowledged as another",
      { ...ACK, venueOrderId: "w" },
      [
        "acknowledged",
        "acknowledged",
        ...Array.from({ length: 4 }, () => "OTHER_VENUE_ORDER"),
        END,
        "OTHER_VENUE_ORDER",
        "acknowledged",
      ],
    ],
    [
      "an unknown outcome",
      { kind: "unknown" },
      [
        "unknown",
        "unknown",
        "acknowledged",
        "partially_filled",
        "filled",
        "cancelled",
        "rejected",
        "expired",
        "unknown",
      ],
    ],
    ["absent", { kind: "absent" }, [NO, NO, NO, NO, END, END, END, END, "created"]],
    [
      "refused",
      { kind: "refused" },
      ["rejected", "rejected", NO, NO, END, END, END, END, "rejected"],
    ],
    [
      "withdrawn",
      { kind: "withdrawn" },
      ["cancelled", "cancelled", NO, NO, END, END, END, END, "cancelled"],
    ],
    [
      "a cancel asked for",
      { kind: "cancel_requested" },
      [NO, NO, "acknowledged", "partially_filled", END, END, END, END, NO],
    ],
    [
      "a part filled",
      fill("x", 4),
      [
        "partially_filled",
        "partially_filled",
        "partially_filled",
        "partially_filled",
        "OVERFILLED",
        "cancelled",
        "rejected",
        "expired",
        "partially_filled",
      ],
    ],
    [
      "the rest of seven filled",
      fill("x", 7),
      [
        "partially_filled",
        "partially_filled",
        "partially_filled",
        "filled",
        "OVERFILLED",
        "cancelled",
        "rejected",
        "expired",
        "partially_filled",
      ],
    ],
    [
      "all of ten filled",
      fill("x", 10),
      [
        "filled",
        "filled",
        "filled",
        "OVERFILLED",
        "OVERFILLED",
        "OVERFILLED",
        "rejected",
        "OVERFILLED",
        "filled",
      ],
    ],
    ["more than ordered filled", fill("x", 11), Array.from({ length: 9 }, () => "OVERFILLED")],
    ["no lots filled", fill("x", 0), Array.from({ length: 9 }, () => "NOT_WHOLE_LOTS")],
    ["a fraction filled", fill("x", 1.5), Array.from({ length: 9 }, () => "NOT_WHOLE_LOTS")],
    [
      "cancelled with three filled",
      ended("cancelled", 3),
      ["cancelled", "cancelled", "cancelled", "cancelled", END, END, END, END, "cancelled"],
    ],
    [
      "replaced",
      ended("replaced", 3),
      ["cancelled", "cancelled", "cancelled", "cancelled", END, END, END, END, "cancelled"],
    ],
    [
      "expired with none filled",
      ended("expired", 0),
      ["expired", "expired", "expired", "FEWER_FILLED_THAN_BOOKED", END, END, END, END, "expired"],
    ],
    [
      "rejected by the venue later",
      ended("rejected", 3),
      ["rejected", "rejected", "rejected", "rejected", END, END, END, END, "rejected"],
    ],
    [
      "ended with more than ordered",
      ended("cancelled", 11),
      ["OVERFILLED", "OVERFILLED", "OVERFILLED", "OVERFILLED", END, END, END, END, "OVERFILLED"],
    ],
  ])("%s", (_, fact, outcomes) => {
    expect(ORDER_STATES.map((state) => outcome(state, fact))).toEqual(outcomes);
  });

  it("books one execution once, in any state that has it", () => {
    for (const state of ["partially_filled", "filled", "cancelled", "expired"] as const) {
      expect(outcome(state, fill("x0", 1))).toBe("DUPLICATE_EXECUTION");
    }
  });
});

describe("a split", () => {
  it("re-sizes what is left and what was filled, and nothing that has ended", () => {
    const resize: OrderFact = { kind: "resized", restLots: 14, ratio: 2 };
    const life = valueOf(stepOrder(after(IN.partially_filled), resize));
    expect([life.filledLots, life.lots]).toEqual([6, 20]);
    expect(valueOf(stepOrder(life, fill("x", 14))).state).toBe("filled");
    expect(stepOrder(life, fill("x", 15))).toMatchObject({ error: { code: "overfilled" } });
    expect(outcome("filled", resize)).toBe("ALREADY_ENDED");
    const third = valueOf(
      stepOrder(after(IN.partially_filled), { kind: "resized", restLots: 2, ratio: 1 / 3 }),
    );
    expect([third.filledLots, third.lots]).toEqual([1, 3]);
  });
});

describe("a life", () => {
  it("says what was filled by the venue's word while executions are missing", () => {
    const life = after([ACK, fill("a", 2), ended("cancelled", 5)]);
    expect([life.filledLots, life.endedLots, life.state]).toEqual([2, 5, "cancelled"]);
    const late = valueOf(stepOrder(life, fill("b", 3)));
    expect([late.filledLots, late.endedLots, late.state]).toEqual([5, 5, "cancelled"]);
  });

  it("learns the venue's id after a fill", () => {
    const life = after([fill("a", 10), ACK]);
    expect([life.state, life.venueOrderId]).toEqual(["filled", "v"]);
  });

  it("remembers that a cancel was asked for", () => {
    expect(after([ACK, { kind: "cancel_requested" }, fill("a", 1)]).cancelRequested).toBe(true);
  });

  it("names the order and the fact that cannot be", () => {
    const step = stepOrder(after(IN.filled), ended("cancelled", 10));
    expect(step).toEqual({
      ok: false,
      error: { code: "already_ended", message: "order o is filled: it cannot be cancelled now" },
    });
    const words = (fact: OrderFact) => {
      const refused = stepOrder(after(IN.filled), fact);
      return refused.ok ? "" : refused.error.message;
    };
    expect(words({ kind: "absent" })).toMatch(/cannot be unknown to the venue now/);
    expect(words({ kind: "cancel_requested" })).toMatch(/cannot be asked to be cancelled now/);
    expect(words({ kind: "submitted" })).toMatch(/cannot be submitted now/);
  });
});

describe("the number of the next order", () => {
  it("is 0 for the first and rises only after an end", () => {
    expect(valueOf(nextGeneration(null))).toBe(0);
    for (const state of ORDER_STATES) {
      const life = { ...after(IN[state]), generation: 4 };
      const next = nextGeneration(life);
      if (isEnded(life)) expect(valueOf(next)).toBe(5);
      else expect(next).toMatchObject({ ok: false, error: { code: "wrong_state" } });
    }
  });
});

const anyFact: fc.Arbitrary<OrderFact> = fc.oneof(
  fc.constantFrom<OrderFact>(
    { kind: "submitted" },
    { kind: "unknown" },
    { kind: "absent" },
    { kind: "refused" },
    { kind: "withdrawn" },
    { kind: "cancel_requested" },
    ACK,
    { ...ACK, venueOrderId: "w" },
  ),
  fc
    .tuple(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: 1, max: 6 }))
    .map(([id, lots]) => fill(id, lots)),
  fc
    .tuple(
      fc.constantFrom("cancelled", "expired", "rejected", "replaced"),
      fc.integer({ min: 0, max: 10 }),
    )
    .map(([end, lots]) => ended(end as "expired", lots)),
);

it("whatever facts come, one end, no more than ordered, each execution once", () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
      let life = newOrder("o", 10, 0);
      const booked = new Map<string, number>();
      let end: OrderState | null = null;
      for (const fact of facts) {
        const step = stepOrder(life, fact);
        if (!step.ok) continue;
        if (fact.kind === "fill") {
          expect(booked.has(fact.executionId)).toBe(false);
          booked.set(fact.executionId, fact.lots);
        }
        life = step.value;
        if (end !== null) expect(life.state).toBe(end);
        if (isEnded(life)) end = life.state;
        expect(life.filledLots).toBe([...booked.values()].reduce((a, b) => a + b, 0));
        expect(life.filledLots).toBeLessThanOrEqual(10);
        if (life.state === "filled") expect(life.filledLots).toBe(10);
      }
    }),
    { numRuns: 400 },
  );
});
