/** A small trading day in entries: two signals, one filled, one refused; parts are replaced by each test. */
import { known } from "../../../src/domain/evidence.ts";
import type {
  OpenedOrder,
  SignalRecord,
  TerminalRecord,
} from "../../../src/domain/journal-entry.ts";
import type { TerminalState } from "../../../src/domain/refusal.ts";
import type { AccountEntry, AccountPayload } from "../../../src/domain/trading-entry.ts";
import type { DailyInput } from "../../../src/records/daily/daily-input.ts";

export const MANDATE = "m".repeat(64);

export function entries(payloads: readonly AccountPayload[], from = 10): AccountEntry[] {
  return payloads.map((payload, i) => ({ seq: from + i, at: "2010-03-04T13:00:00Z", payload }));
}

export function terminal(
  signalId: string,
  state: TerminalState,
  rest: Partial<TerminalRecord> = {},
): TerminalRecord {
  const share = state === "EXECUTED" ? 1 : 0;
  return {
    signal_id: signalId,
    state,
    share,
    cut_by: [],
    observed: null,
    limit: null,
    unit: null,
    ...rest,
  };
}

export function signal(id: string, rest: Partial<SignalRecord> = {}): SignalRecord {
  return {
    signal_id: id,
    variant_id: "v1",
    strategy: "trend",
    instrument: "SPY",
    target_kind: "weight",
    target: 0.5,
    price: 100,
    current_lots: 0,
    belief_lots: 10,
    final_lots: 10,
    verdicts: [],
    order_ids: [],
    terminal: null,
    ...rest,
  };
}

export function order(id: string, rest: Partial<OpenedOrder> = {}): OpenedOrder {
  return {
    order_id: id,
    instrument: "SPY",
    purpose: "open",
    leg: 0,
    generation: 0,
    type: "market",
    lots: 10,
    price: null,
    time_in_force: "day",
    signal_ids: ["s1"],
    verdicts: [],
    ...rest,
  };
}

export const decided = (on_schedule = true): AccountPayload => ({
  kind: "decided",
  date: "2010-03-04",
  on_schedule,
});

export const decision = (signals: readonly SignalRecord[]): AccountPayload => ({
  kind: "decision",
  nav_minor: 100_000_00,
  verdicts: [],
  signals,
});

export const reconciled = (
  phase: "start" | "end",
  result: "PASS" | "FAIL" | "NOT_RUN" = "PASS",
): AccountPayload => ({
  kind: "reconciled",
  phase,
  result,
  breaks:
    result === "FAIL"
      ? [
          {
            code: "CASH",
            subject: "USD",
            ours: "100.00",
            theirs: "90.00",
            unit: "USD",
            message: "10 USD are missing at the venue",
          },
        ]
      : [],
  warnings: [],
  snapshot_sha256: result === "NOT_RUN" ? null : "a".repeat(64),
});

export function execution(
  orderId: string,
  { id = "x1", lots = 10, price = 101, terminals = [] as readonly TerminalRecord[] } = {},
): AccountPayload[] {
  return [
    {
      kind: "venue_fill",
      order_id: orderId,
      venue_order_id: `v-${orderId}`,
      execution_id: id,
      instrument: "SPY",
      qty: String(Math.abs(lots)),
      price: String(price),
      cumulative_qty: String(Math.abs(lots)),
      executed_at: "2010-03-04T14:30:00Z",
      source: "stream",
    },
    {
      kind: "fill",
      order_id: orderId,
      instrument: "SPY",
      currency: "USD",
      lots,
      price,
      reference_price: price,
      notional_minor: lots * price * 100,
      fee_minor: 0,
      slippage_minor: 0,
      sleeves: [],
      terminals,
    },
  ];
}

export const REFUSED = signal("s2", {
  instrument: "TLT",
  terminal: terminal("s2", "REJECTED_BY_CASH", {
    cut_by: ["cash/buying_power"],
    observed: 1.02,
    limit: 1,
    unit: "fraction",
  }),
});

/** Decided, ordered, acknowledged, filled, reconciled. */
export function tradedDay(): AccountPayload[] {
  return [
    reconciled("start"),
    decided(),
    decision([signal("s1", { order_ids: ["o1"] }), REFUSED]),
    { kind: "order", ...order("o1") },
    { kind: "order_acknowledged", order_id: "o1", venue_order_id: "v-o1" },
    ...execution("o1", { terminals: [terminal("s1", "EXECUTED")] }),
    {
      kind: "venue_cash",
      activity_id: "a1",
      cause: "fee",
      date: "2010-03-04",
      instrument: null,
      currency: "USD",
      amount_minor: -3,
      description: "TAF",
    },
    reconciled("end"),
  ];
}

export function input(
  payloads: readonly AccountPayload[],
  rest: Partial<DailyInput> = {},
): DailyInput {
  return {
    date: "2010-03-04",
    decidedOn: "2010-03-03",
    mode: "paper",
    name: "etf trend",
    account: "PA1",
    broker: "alpaca",
    currency: "USD",
    currencyDigits: 2,
    mandateHash: MANDATE,
    pack: { id: "p".repeat(64), until: "2010-03-03" },
    codeHash: "c".repeat(64),
    journalHead: "h".repeat(64),
    entries: entries(payloads),
    carried: { orders: [], signals: [], paused: null },
    forecasts: 5,
    holds: 3,
    missed: null,
    dataAgeSessions: known(0),
    trial: null,
    regime: {
      volatilityIndex: known(18.5),
      volatilityClass: "NORMAL",
      brake: "NORMAL",
      brakeScalar: known(1),
      breaker: "NORMAL",
    },
    risk: {
      navMinor: known(99_900_00),
      cashMinor: 98_890_00,
      navBeforeMinor: known(100_000_00),
      highWaterMinor: known(100_000_00),
      gross: known(0.0101),
      net: known(0.0101),
      heat: known(0.001),
    },
    positions: [
      {
        instrument: "SPY",
        lots: 10,
        mark: known(101),
        valueMinor: known(1010_00),
        costMinor: 1010_00,
      },
    ],
    health: { runtimeS: 0.41, errors: [], warnings: [] },
    stages: [
      {
        name: "sizing",
        kind: "stage",
        enabled: true,
        reached: 1,
        evaluated: 1,
        applied: 1,
        bound: 0,
      },
    ],
    ...rest,
  };
}
