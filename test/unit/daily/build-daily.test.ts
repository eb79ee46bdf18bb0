/** A day's document is what its entries say, and what does not add up has no document. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { known, unknown } from "../../../src/domain/evidence.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { TERMINAL_STATES } from "../../../src/domain/refusal.ts";
import { buildDaily } from "../../../src/records/daily/build-daily.ts";
import {
  decided,
  decision,
  execution,
  input,
  order,
  reconciled,
  REFUSED,
  signal,
  terminal,
  tradedDay,
} from "./day-fixture.ts";

describe("a traded day", () => {
  const day = buildDaily(input(tradedDay()));

  it("counts signals, orders and fills from the entries", () => {
    expect(day.status).toBe("TRADED");
    expect(day.signals).toMatchObject({ forecasts: 5, holds: 3, raw: 2, executed: 1, open: 0 });
    expect(day.signals.terminals).toEqual({ EXECUTED: 1, REJECTED_BY_CASH: 1 });
    expect(day.trades).toMatchObject({ placed: 1, filled: 1, rejected: 0 });
    expect(day.no_trades_because).toEqual([]);
    expect(day.journal).toMatchObject({ from_seq: 10, to_seq: 18 });
  });

  it("carries the venue's ids and the price that was decided at", () => {
    expect(day.trades.orders[0]).toMatchObject({ venue_order_id: "v-o1", state: "filled" });
    expect(day.trades.fills[0]).toMatchObject({
      execution_id: "x1",
      venue_order_id: "v-o1",
      lots: 10,
      price: "101",
      notional: "1010.00",
      decision_price: "100",
      source: "stream",
    });
  });

  it("computes money from what was booked", () => {
    expect(day.risk).toMatchObject({
      nav: "99900.00",
      day_profit: "-100.00",
      day_return: -0.001,
      fees: "0.03",
      drawdown: 1 - 99_900 / 100_000,
    });
    expect(day.not_known).toEqual([]);
  });

  it("takes no transfer and nothing adopted for a profit, and names what has no cause", () => {
    const transfer: AccountPayload = {
      kind: "venue_cash",
      activity_id: "t",
      cause: "transfer",
      date: "2010-03-04",
      instrument: null,
      currency: "USD",
      amount_minor: 5000,
      description: "deposit",
    };
    const moved = buildDaily(input([...tradedDay(), transfer]));
    expect(moved.risk.day_profit).toBe("-150.00");
    expect(moved.not_known.join()).toContain("50.00 USD that came in today");
    const adopted = { ...transfer, cause: "other", activity_id: "adopted-9" } as AccountPayload;
    expect(buildDaily(input([...tradedDay(), adopted])).risk.day_profit).toBe("-150.00");
    const odd = { ...transfer, cause: "other", amount_minor: -700 } as AccountPayload;
    const unnamed = buildDaily(input([...tradedDay(), odd]));
    expect(unnamed.risk.day_profit).toBe("-100.00");
    expect(unnamed.not_known.join()).toContain("cause of -7.00 USD");
  });
});

describe("refused with invariant 2 or 11", () => {
  const refused =
    (payloads: AccountPayload[], rest = {}) =>
    () =>
      buildDaily(input(payloads, rest));

  it("forecasts that are not holds and signals", () => {
    expect(refused(tradedDay(), { holds: 2 })).toThrow("invariant 2: 2010-03-04: 5 forecasts");
  });

  it("a second terminal state, and one of a signal nobody knows", () => {
    const twice = { kind: "cross", instrument: "SPY", price: null, sleeves: [] } as const;
    const again = { ...twice, terminals: [terminal("s1", "EXPIRED")] };
    expect(refused([...tradedDay(), again])).toThrow("has a second terminal state");
    const stranger = { ...twice, terminals: [terminal("s9", "EXPIRED")] };
    expect(refused([...tradedDay(), stranger])).toThrow("was never decided");
  });

  it("a signal whose orders have all ended without it", () => {
    const lost: AccountPayload[] = [
      decided(),
      decision([signal("s1", { order_ids: ["o1"] })]),
      { kind: "order", ...order("o1") },
      {
        kind: "venue_order_ended",
        order_id: "o1",
        venue_order_id: "v",
        end: "expired",
        filled_qty: "0",
      },
    ];
    expect(refused(lost, { forecasts: 1, holds: 0 })).toThrow("no terminal state and no order");
  });

  it("an execution that no entry booked, and a booking without an execution", () => {
    const [reported, booked] = execution("o1", { id: "x2" });
    expect(refused([...tradedDay(), reported])).toThrow("execution x2 is booked by no entry");
    expect(refused([...tradedDay(), booked])).toThrow("no venue reported it");
  });
});

describe("the state of an order comes from the facts", () => {
  const ended = (end: "cancelled" | "expired" | "rejected" | "replaced"): AccountPayload => ({
    kind: "venue_order_ended",
    order_id: "o1",
    venue_order_id: "v-o1",
    end,
    filled_qty: "0",
  });
  const acknowledged: AccountPayload = {
    kind: "order_acknowledged",
    order_id: "o1",
    venue_order_id: "v-o1",
  };
  const unknownOutcome: AccountPayload = {
    kind: "order_unknown",
    order_id: "o1",
    reason: "timeout",
  };
  const cases: [string, AccountPayload[]][] = [
    ["created", []],
    ["unknown", [unknownOutcome]],
    ["acknowledged", [unknownOutcome, acknowledged]],
    ["rejected", [{ kind: "order_refused", order_id: "o1", code: "403", message: "no" }]],
    ["partially_filled", [acknowledged, ...execution("o1", { lots: 4 })]],
    ["filled", [acknowledged, ...execution("o1"), ended("cancelled")]],
    ["cancelled", [ended("cancelled")]],
    ["cancelled", [ended("replaced")]],
    ["cancelled", [{ kind: "order_withdrawn", order_id: "o1", reason: "its hour is past" }]],
    ["expired", [ended("expired")]],
    ["rejected", [ended("rejected")]],
  ];
  it("a split re-sizes what is left, and what was filled counts in the new lots", () => {
    const split: AccountPayload = {
      kind: "split",
      instrument: "SPY",
      ratio: 2,
      lots_before: 4,
      lots_after: 8,
      cash_in_lieu_minor: 0,
      orders: [{ order_id: "o1", lots: 12, price: null }],
    };
    const made = { kind: "order", ...order("o1", { signal_ids: [] }) } as const;
    const facts = [...execution("o1", { lots: 4 }), split];
    const none = { forecasts: 0, holds: 0 };
    const half = buildDaily(input([decided(false), made, ...facts], none)).trades.orders[0];
    expect(half).toMatchObject({ state: "partially_filled", lots: 20, filled_lots: 8 });
    const rest = execution("o1", { id: "x2", lots: 12, price: 50 });
    const whole = buildDaily(input([decided(false), made, ...facts, ...rest], none));
    expect(whole.trades.orders[0]).toMatchObject({ state: "filled", filled_lots: 20 });
  });

  it.each(cases)("%s", (state, facts) => {
    const flatten = { kind: "order", ...order("o1", { signal_ids: [] }) } as const;
    const day = buildDaily(input([decided(false), flatten, ...facts], { forecasts: 0, holds: 0 }));
    expect(day.trades.orders[0].state).toBe(state);
  });
});

describe("a day without trades says why", () => {
  const none = { forecasts: 0, holds: 0 };
  const reasons = (payloads: AccountPayload[], rest = {}) =>
    buildDaily(input(payloads, { ...none, ...rest })).no_trades_because;

  it.each([
    ["Not a decision day", [decided(false)], {}],
    ["4 forecasts, all held", [decided()], { forecasts: 4, holds: 4 }],
    ["No strategy gave a forecast", [decided()], {}],
    [
      "REJECTED_BY_CASH (cash/buying_power): TLT; observed 1.02, limit 1 fraction",
      [decided(), decision([REFUSED])],
      { forecasts: 1 },
    ],
    ["The reconciliation at the start was FAIL", [reconciled("start", "FAIL")], {}],
    [
      "Trading was paused when the day began: operator: holiday.",
      [reconciled("start")],
      { carried: { orders: [], signals: [], paused: "operator: holiday" } },
    ],
    [
      "The day was missed: the machine was off.",
      [reconciled("start")],
      { missed: "the machine was off" },
    ],
    [
      "The data were not fresh: the newest bars are 3 sessions old.",
      [decided(false)],
      { dataAgeSessions: unknown("the newest bars are 3 sessions old") },
    ],
  ] as [string, AccountPayload[], object][])("%s", (sentence, payloads, rest) => {
    expect(reasons(payloads, rest).join(" ")).toContain(sentence);
  });

  it("names the orders that did not fill, and the venue's refusal", () => {
    const why = reasons(
      [
        decided(),
        decision([signal("s1", { order_ids: ["o1"] })]),
        { kind: "order", ...order("o1") },
        { kind: "order_refused", order_id: "o1", code: "40310000", message: "insufficient funds" },
        {
          kind: "order_ended",
          order_id: "o1",
          instrument: "SPY",
          end: "cancelled",
          observed: null,
          terminals: [terminal("s1", "REJECTED_BY_BROKER")],
        },
      ],
      { forecasts: 1 },
    );
    expect(why.join(" ")).toContain(
      "1 order without a fill, rejected: buy 10 SPY (40310000 insufficient funds)",
    );
  });

  it("whatever happened, something is said", () => {
    const state = fc.constantFrom(...TERMINAL_STATES);
    const day = fc.record({
      states: fc.array(state, { maxLength: 4 }),
      scheduled: fc.boolean(),
      asked: fc.boolean(),
      paused: fc.option(fc.constant("operator: test"), { nil: null }),
      fresh: fc.boolean(),
    });
    fc.assert(
      fc.property(day, ({ states, scheduled, asked, paused, fresh }) => {
        const signals = states.map((s, i) => signal(`s${i}`, { terminal: terminal(`s${i}`, s) }));
        const payloads = [
          reconciled("start"),
          ...(asked ? [decided(scheduled), decision(signals)] : []),
        ];
        const raw = asked ? signals.length : 0;
        const built = buildDaily(
          input(payloads, {
            forecasts: raw,
            holds: 0,
            carried: { orders: [], signals: [], paused },
            dataAgeSessions: fresh ? known(0) : unknown("old"),
          }),
        );
        expect(built.no_trades_because.length).toBeGreaterThan(0);
        expect(built.signals.raw).toBe(raw);
      }),
      { numRuns: 100 },
    );
  });
});

describe("other days", () => {
  it("a pause at the end makes a paused day, whatever was traded; a resumption ends it", () => {
    const paused: AccountPayload = {
      kind: "paused",
      cause: "reconciliation",
      message: "CASH USD",
      operator: null,
    };
    const day = buildDaily(input([...tradedDay(), reconciled("end", "FAIL"), paused]));
    expect(day).toMatchObject({ status: "PAUSED", no_trades_because: [] });
    expect(day.health.paused).toBe("reconciliation: CASH USD");
    const resumed: AccountPayload = {
      kind: "resumed",
      operator: "ann",
      reason: "found",
      forced: false,
    };
    const open = buildDaily(input([...tradedDay(), paused, resumed]));
    expect(open).toMatchObject({ status: "TRADED", health: { paused: null } });
  });

  it("an order and a signal of yesterday end today, and are told today", () => {
    const carried = {
      orders: [{ order: order("o0", { signal_ids: ["s0"] }), venueOrderId: "v-o0", filledLots: 4 }],
      signals: [
        { decidedOn: "2010-03-02", signal: signal("s0", { order_ids: ["o0"], price: 50 }) },
      ],
      paused: null,
    };
    const facts = execution("o0", { lots: 6, terminals: [terminal("s0", "EXECUTED")] });
    const day = buildDaily(input([decided(false), ...facts], { carried, forecasts: 0, holds: 0 }));
    expect(day.signals).toMatchObject({ raw: 0, open: 0, terminals: {} });
    expect(day.signals.list).toMatchObject([{ decided_on: "2010-03-02", terminal: "EXECUTED" }]);
    expect(day.trades.orders).toMatchObject([{ state: "filled", filled_lots: 10 }]);
    expect(day.trades).toMatchObject({ placed: 0, filled: 1 });
    expect(day.trades.fills[0].decision_price).toBe("50");
  });

  it("what is not known is null with its reason, ruin included", () => {
    const risk = {
      ...input([]).risk,
      navMinor: known(-5_00),
      navBeforeMinor: known(-1_00),
      heat: unknown("TLT has no stop and no volatility"),
    };
    const day = buildDaily(input(tradedDay(), { risk }));
    expect(day.risk).toMatchObject({ day_return: null, heat: null, day_profit: "-4.00" });
    expect(day.risk.drawdown).toBeGreaterThan(1);
    expect(day.positions[0].weight).toBeNull();
    expect(day.not_known).toEqual([
      "return of the day: net asset value was zero or below at the close before: no return is defined on it",
      "heat: TLT has no stop and no volatility",
      "weights: net asset value is zero or below",
    ]);
  });
});
