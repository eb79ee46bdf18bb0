/** The witness of an account's orders: a sound journal is silent, each planted mistake is named by its entry. */
import { describe, expect, it } from "vitest";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { createOrderLives } from "../../../src/execution/orders/lives.ts";

type Step = readonly [at: string, payload: AccountPayload];
const DAY = "2024-01-02";

function order(
  order_id: string,
  over: Partial<Extract<AccountPayload, { kind: "order" }>> = {},
): AccountPayload {
  return {
    kind: "order",
    order_id,
    instrument: "SPY",
    purpose: "open",
    leg: 0,
    generation: 0,
    type: "market",
    lots: 10,
    price: null,
    time_in_force: "day",
    signal_ids: [],
    verdicts: [],
    ...over,
  };
}
const acknowledged = (order_id: string): AccountPayload => ({
  kind: "order_acknowledged",
  order_id,
  venue_order_id: `v-${order_id}`,
});
const filled = (order_id: string, execution_id: string, qty: string): AccountPayload => ({
  kind: "venue_fill",
  order_id,
  venue_order_id: `v-${order_id}`,
  execution_id,
  instrument: "SPY",
  qty,
  price: "10",
  cumulative_qty: qty,
  executed_at: DAY,
  source: "stream",
});
const venueEnded = (order_id: string, filled_qty: string): AccountPayload => ({
  kind: "venue_order_ended",
  order_id,
  venue_order_id: `v-${order_id}`,
  end: "expired",
  filled_qty,
});
const ended = (order_id: string): AccountPayload => ({
  kind: "order_ended",
  order_id,
  instrument: "SPY",
  end: "expired",
  observed: null,
  terminals: [],
});
const on = (...payloads: readonly AccountPayload[]): readonly Step[] =>
  payloads.map((payload) => [DAY, payload] as const);

function told(steps: readonly Step[], lotSize = 1) {
  const { apply, lives } = createOrderLives(() => lotSize);
  const findings = steps.flatMap(([at, payload], i) => apply({ seq: i + 1, at, payload }) ?? []);
  return { findings, lives };
}

const SOUND = on(
  order("a"),
  acknowledged("a"),
  filled("a", "x1", "4"),
  venueEnded("a", "4"),
  ended("a"),
  order("s0", { purpose: "stop", lots: -4, type: "stop", price: 9 }),
  { kind: "order_unknown", order_id: "s0", reason: "timeout" },
  acknowledged("s0"),
  { kind: "cancel_requested", order_id: "s0", venue_order_id: "v-s0" },
  venueEnded("s0", "0"),
  order("s1", { purpose: "stop", lots: -4, type: "stop", price: 8, generation: 1 }),
  {
    kind: "split",
    instrument: "SPY",
    ratio: 2,
    lots_before: 4,
    lots_after: 8,
    cash_in_lieu_minor: 0,
    orders: [{ order_id: "s1", lots: -8, price: 4 }],
  },
  acknowledged("s1"),
  filled("s1", "x2", "8"),
  order("b", { leg: 1 }),
  { kind: "order_refused", order_id: "b", code: "40310000", message: "no" },
  ended("b"),
  order("c", { leg: 2 }),
  { kind: "order_withdrawn", order_id: "c", reason: "late" },
  order("d", { leg: 3 }),
  ended("d"),
);

describe("a sound journal", () => {
  it("is silent, and leaves every life where it ended", () => {
    const { findings, lives } = told(SOUND);
    expect(findings).toEqual([]);
    expect(
      Object.fromEntries(
        [...lives].map(([id, life]) => [id, `${life.state} ${life.filledLots}/${life.lots}`]),
      ),
    ).toEqual({
      a: "expired 4/10",
      s0: "expired 0/4",
      s1: "filled 8/8",
      b: "rejected 0/10",
      c: "cancelled 0/10",
      d: "expired 0/10",
    });
  });

  it("counts lots of a thousandth exactly", () => {
    const { findings, lives } = told(
      on(order("a"), filled("a", "x", "0.007"), filled("a", "y", "0.003")),
      0.001,
    );
    expect([findings, lives.get("a")?.state]).toEqual([[], "filled"]);
  });

  it("begins anew with every decision", () => {
    expect(
      told([
        [DAY, order("a")],
        ["2024-01-03", order("b")],
      ]).findings,
    ).toEqual([]);
  });
});

describe("named by its entry is", () => {
  it.each<[string, readonly Step[], string]>([
    [
      "an order sent twice",
      on(order("a"), order("a")),
      "entry 2 (order): order a is there already",
    ],
    [
      "another in the place of one at work",
      on(order("a"), acknowledged("a"), order("b", { generation: 1 })),
      "entry 3 (order): order a is acknowledged: another in its place could be filled beside it",
    ],
    [
      "a number left out",
      on(order("a"), ended("a"), order("b", { generation: 2 })),
      "entry 3 (order): order b has number 2 in its place, where 1 comes next",
    ],
    [
      "a number used again",
      on(order("a"), ended("a"), order("b")),
      "entry 3 (order): order b has number 0 in its place, where 1 comes next",
    ],
    [
      "an execution booked twice",
      on(order("a"), filled("a", "x", "1"), filled("a", "x", "1")),
      "entry 3 (venue_fill): execution x of order a is booked already",
    ],
    [
      "more than was ordered",
      on(order("a"), filled("a", "x", "6"), filled("a", "y", "5")),
      "entry 3 (venue_fill): execution y fills order a to 11 of 10 lots",
    ],
    [
      "a part of a lot",
      on(order("a"), filled("a", "x", "1.5")),
      "entry 2 (venue_fill): execution x of order a is not of whole lots, at least one",
    ],
    [
      "a second end",
      on(order("a"), venueEnded("a", "0"), venueEnded("a", "0")),
      "entry 3 (venue_order_ended): order a is expired: it cannot be expired now",
    ],
    [
      "a second order at the venue",
      on(order("a"), acknowledged("a"), {
        ...acknowledged("a"),
        venue_order_id: "w",
      } as AccountPayload),
      "entry 3 (order_acknowledged): order a is acknowledged as w, after v-a: the venue has it twice",
    ],
    [
      "an order nobody opened",
      on(filled("z", "x", "1")),
      "entry 1 (venue_fill): order z was never opened",
    ],
    ["an end of one", on(ended("z")), "entry 1 (order_ended): order z was never opened"],
    [
      "a split of an ended one",
      on(order("a"), ended("a"), {
        kind: "split",
        instrument: "SPY",
        ratio: 2,
        lots_before: 0,
        lots_after: 0,
        cash_in_lieu_minor: 0,
        orders: [{ order_id: "a", lots: 20, price: null }],
      }),
      "entry 3 (split): order a is expired: it cannot be resized now",
    ],
  ])("%s", (_, steps, finding) => {
    expect(told(steps).findings).toEqual([finding]);
  });
});
