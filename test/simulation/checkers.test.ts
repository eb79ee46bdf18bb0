/**
 * Each checker on a day written by hand, which they all let pass, and on the same day with one thing
 * wrong, which the one in question names. What the faults of a whole day do is in planted.test.ts.
 */
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { InvariantError } from "../../src/base/assert.ts";
import type { TerminalRecord } from "../../src/domain/journal-entry.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import { entryBody, entryHash, ZERO_HASH } from "../../src/records/journal/chain.ts";
import { terminalsInBody } from "../../src/records/journal/verify.ts";
import { violationsOf } from "./checkers/all.ts";
import { emptyDisk } from "./disk.ts";
import { type BrokerCall, entriesOn, type Evidence, type TrueOrder } from "./evidence.ts";

const DATE = "2021-03-01";
const FILE = new TextEncoder().encode("{}\n");

const EXECUTED: TerminalRecord = {
  signal_id: "signal-1",
  state: "EXECUTED",
  share: 1,
  cut_by: [],
  observed: null,
  limit: null,
  unit: null,
};

const RECONCILED: Extract<AccountPayload, { kind: "reconciled" }> = {
  kind: "reconciled",
  phase: "start",
  result: "PASS",
  breaks: [],
  warnings: [],
  snapshot_sha256: "0".repeat(64),
};
const PAUSED: AccountPayload = {
  kind: "paused",
  cause: "reconciliation",
  message: "it differs",
  operator: null,
};
const CASH_BREAK = {
  code: "CASH",
  subject: "USD",
  ours: "1.00",
  theirs: "2.00",
  unit: "USD",
  message: "cash differs",
} as const;

/** Ten lots of AAA bought at 20.00 for a fee of a dollar, out of 1000.00. */
const DAY: readonly AccountPayload[] = [
  {
    kind: "account_opened",
    format_version: 1,
    mode: "paper",
    broker: "simulated",
    account: "paper:SIM-1",
    mandate_hash: "m",
    seed: 7,
    lot_method: "fifo",
    currency: "USD",
    currency_digits: 2,
    operator: null,
  },
  { kind: "flow", currency: "USD", amount_minor: 100_000, reason: "initial_deposit" },
  {
    kind: "day_opened",
    date: DATE,
    decided_on: "2021-02-26",
    mandate_hash: "m",
    pack_id: "p",
    pack_until: "2021-02-26",
    code_hash: "c",
    state_sha256: "s",
  },
  RECONCILED,
  { kind: "decided", date: DATE, on_schedule: true },
  {
    kind: "decision",
    nav_minor: 100_000,
    verdicts: [],
    signals: [
      {
        signal_id: "signal-1",
        variant_id: "v",
        strategy: "swing",
        instrument: "AAA",
        target_kind: "weight",
        target: 0.2,
        price: 20,
        current_lots: 0,
        belief_lots: 10,
        final_lots: 10,
        verdicts: [],
        order_ids: ["order-1"],
        terminal: null,
      },
    ],
  },
  {
    kind: "order",
    order_id: "order-1",
    instrument: "AAA",
    purpose: "open",
    leg: 0,
    generation: 0,
    type: "market",
    lots: 10,
    price: null,
    time_in_force: "day",
    signal_ids: ["signal-1"],
    verdicts: [],
  },
  { kind: "order_acknowledged", order_id: "order-1", venue_order_id: "venue-1" },
  {
    kind: "venue_fill",
    order_id: "order-1",
    venue_order_id: "venue-1",
    execution_id: "execution-1",
    instrument: "AAA",
    qty: "10",
    price: "20",
    cumulative_qty: "10",
    executed_at: "2021-03-01T14:30:00Z",
    source: "stream",
  },
  {
    kind: "fill",
    order_id: "order-1",
    instrument: "AAA",
    currency: "USD",
    lots: 10,
    price: 20,
    reference_price: 20,
    notional_minor: 20_000,
    fee_minor: 0,
    slippage_minor: 0,
    sleeves: [],
    terminals: [EXECUTED],
  },
  {
    kind: "venue_cash",
    activity_id: "fee-1",
    cause: "fee",
    date: DATE,
    instrument: "AAA",
    currency: "USD",
    amount_minor: -100,
    description: "commission",
  },
  { ...RECONCILED, phase: "end" },
  {
    kind: "day_closed",
    date: DATE,
    status: "TRADED",
    files: [{ name: `json/${DATE}.json`, sha256: sha256(FILE) }],
  },
];

/** Entry of the order, and of its acknowledgement. */
const ORDERED = 7;

const PLACED: BrokerCall = {
  life: 1,
  call: "place",
  clientOrderId: "order-1",
  answer: "acknowledged",
  durable: ORDERED,
  atMs: 0,
};

const AT_VENUE: TrueOrder = {
  venueOrderId: "venue-1",
  clientOrderId: "order-1",
  symbol: "AAA",
  side: "buy",
  qty: "10",
  filledQty: "10",
  status: "filled",
};

function evidence(payloads: readonly AccountPayload[], over: Partial<Evidence> = {}): Evidence {
  const disk = emptyDisk();
  let hash = ZERO_HASH;
  for (const [n, { kind, ...payload }] of payloads.entries()) {
    const seq = n + 1;
    const body = entryBody(seq, `${DATE}T12:00:00Z`, {
      kind: kind as "flow",
      payload: payload as never,
    });
    hash = entryHash(hash, body, sha256);
    disk.rows.push({ seq, body, hash });
    for (const row of terminalsInBody(body)) disk.terminals.set(row.signalId, row);
  }
  disk.head = { seq: payloads.length, hash, documents: null };
  disk.files.set(`json/${DATE}.json`, FILE);
  return {
    disk,
    entries: entriesOn(disk),
    calls: [PLACED],
    venue: {
      orders: [AT_VENUE],
      positions: [{ symbol: "AAA", qty: "10" }],
      cashMinor: 79_900,
    },
    lives: [
      {
        number: 1,
        act: null,
        date: DATE,
        from: 0,
        to: payloads.length,
        end: { kind: "done", status: "TRADED" },
      },
    ],
    disturbances: [],
    dates: [DATE],
    replay: { differences: [] },
    ...over,
  };
}

const without = (...kinds: readonly AccountPayload["kind"][]) =>
  DAY.filter(({ kind }) => !kinds.includes(kind));
const after = (kind: AccountPayload["kind"], ...more: readonly AccountPayload[]) => {
  const at = DAY.findIndex((payload) => payload.kind === kind) + 1;
  return [...DAY.slice(0, at), ...more, ...DAY.slice(at)];
};
const sound = () => evidence(DAY);

type Case = readonly [checker: string, what: string, evidence: Evidence, says: string];

const torn = (): Evidence => {
  const whole = sound();
  whole.disk.rows.splice(6, 1);
  return whole;
};
const forgotten = (): Evidence => {
  const whole = sound();
  whole.disk.terminals.clear();
  return whole;
};
const altered = (): Evidence => {
  const whole = sound();
  whole.disk.files.set(`json/${DATE}.json`, new Uint8Array([1]));
  return whole;
};
const broken = (error: Error): Evidence => {
  const [life] = sound().lives;
  return evidence(DAY, { lives: [{ ...life, end: { kind: "failed", error } }] });
};

const CASES: readonly Case[] = [
  [
    "noInvariantBroken",
    "a life that broke a rule of ours",
    broken(new InvariantError(12, "sold more than held")),
    "life 1 broke: invariant 12",
  ],
  ["chainHolds", "an entry is gone", torn(), "entry 7 is missing"],
  [
    "replaysTheSame",
    "the facts give something else",
    evidence(DAY, { replay: { differences: ["entry 9 differs"] } }),
    "entry 9 differs",
  ],
  [
    "noOrderDoubled",
    "the venue has it twice",
    evidence(DAY, {
      venue: { ...sound().venue, orders: [AT_VENUE, { ...AT_VENUE, venueOrderId: "venue-2" }] },
    }),
    "order order-1 is twice at the venue",
  ],
  [
    "noOrderDoubled",
    "an id with the run in it",
    evidence(DAY, {
      venue: {
        ...sound().venue,
        orders: [AT_VENUE, { ...AT_VENUE, clientOrderId: "order-1-of-run-2" }],
      },
    }),
    "an order that the journal does not know",
  ],
  [
    "noOrderDoubled",
    "one intent under two ids",
    evidence(after("order", { ...(DAY[ORDERED - 1] as object), order_id: "order-2" } as never)),
    "are one: AAA",
  ],
  [
    "noOrderLost",
    "it never came to the venue",
    evidence(DAY, { venue: { ...sound().venue, orders: [] } }),
    "order order-1 is lost",
  ],
  [
    "noOrderLost",
    "nobody saw it there",
    evidence(without("order_acknowledged", "venue_fill")),
    "the journal never saw it there",
  ],
  [
    "persistedBeforeSent",
    "sent before it was written",
    evidence(DAY, { calls: [{ ...PLACED, durable: ORDERED - 1 }] }),
    "it was written as entry 7",
  ],
  [
    "noBlindRetry",
    "sent again after no answer",
    evidence(DAY, { calls: [{ ...PLACED, answer: "unknown" }, PLACED] }),
    "place had answered unknown",
  ],
  [
    "noBlindRetry",
    "sent again after a lookup without an answer",
    evidence(DAY, {
      calls: [
        { ...PLACED, answer: "unknown" },
        { ...PLACED, call: "lookup", answer: "unavailable" },
        PLACED,
      ],
    }),
    "sent order order-1 again",
  ],
  [
    "signalsEndOnce",
    "a signal that ends twice",
    evidence(
      after("fill", {
        kind: "order_ended",
        order_id: "order-1",
        instrument: "AAA",
        end: "expired",
        observed: null,
        terminals: [{ ...EXECUTED, state: "EXPIRED" }],
      }),
    ),
    "ended EXECUTED, and in entry 11 EXPIRED",
  ],
  ["signalsEndOnce", "a signal that never ends", evidence(without("fill")), "never ended"],
  ["signalsEndOnce", "the table forgot it", forgotten(), "the table of terminals holds 0"],
  [
    "ledgerIsVenueOrPaused",
    "the venue holds something else",
    evidence(DAY, { venue: { ...sound().venue, positions: [{ symbol: "AAA", qty: "9" }] } }),
    "we hold 10, the venue says 9; and trading is open",
  ],
  [
    "ledgerIsVenueOrPaused",
    "a cent",
    evidence(DAY, { venue: { ...sound().venue, cashMinor: 79_901 } }),
    "cash: ours is 79900 cents, the venue's 79901",
  ],
  [
    "ledgerIsVenueOrPaused",
    "a break that nothing explains",
    evidence(after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED)),
    "finds the break CASH of USD",
  ],
  [
    "ledgerIsVenueOrPaused",
    "paused for another break",
    evidence(after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED), {
      venue: { ...sound().venue, positions: [{ symbol: "AAA", qty: "9" }] },
      disturbances: [{ kind: "cash_adjusted", explains: ["CASH"] }],
    }),
    "paused, but not for it",
  ],
  [
    "nothingSentWhilePaused",
    "sent while a person had paused",
    evidence(after("decided", PAUSED), { calls: [{ ...PLACED, durable: ORDERED + 1 }] }),
    "while trading was paused",
  ],
  [
    "nothingSentWhilePaused",
    "sent before anything was reconciled",
    evidence(without("reconciled"), { calls: [{ ...PLACED, durable: ORDERED - 1 }] }),
    "the last reconciliation before was none",
  ],
  [
    "failurePauses",
    "it failed, and went on",
    evidence([
      ...DAY.slice(0, 3),
      { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] },
      ...DAY.slice(3),
    ]),
    "entry 6 decides, and nothing paused",
  ],
  ["eachDayOnce", "decided twice", evidence([...DAY, DAY[4]]), "is a second decided of 2021-03-01"],
  ["eachDayOnce", "left open", evidence(without("day_closed")), "2021-03-01 was never closed"],
  ["filesAsSaid", "a day's file was altered", altered(), "is not what the journal says"],
];

describe("the checkers", () => {
  it("let a sound day pass, and a pause for a break that was planted", () => {
    expect(violationsOf(sound())).toEqual([]);
    const paused = evidence(
      after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED),
      {
        venue: { ...sound().venue, cashMinor: 70_000 },
        disturbances: [{ kind: "cash_adjusted", explains: ["CASH"] }],
      },
    );
    expect(violationsOf(paused)).toEqual([]);
  });

  it("let a second sending pass after the venue said that it knows no such order", () => {
    const calls: readonly BrokerCall[] = [
      { ...PLACED, answer: "unknown" },
      { ...PLACED, call: "lookup", answer: "none" },
      PLACED,
    ];
    expect(violationsOf(evidence(DAY, { calls }))).toEqual([]);
  });

  it.each(CASES)("%s names it: %s", (checker, _, given, says) => {
    const found = violationsOf(given).filter((violation) => violation.checker === checker);
    expect(found.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining(says)]),
    );
  });
});
