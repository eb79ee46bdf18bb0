/** A day written by hand that every checker lets pass, and the evidence made of it or of a spoiled one. */
import { sha256 } from "../../src/adapters/system/hash.ts";
import type { TerminalRecord } from "../../src/domain/journal-entry.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import { entryBody, entryHash, ZERO_HASH } from "../../src/records/journal/chain.ts";
import { terminalsInBody } from "../../src/records/journal/verify.ts";
import { emptyDisk } from "./disk.ts";
import { type BrokerCall, entriesOn, type Evidence, type TrueOrder } from "./evidence.ts";

export const DATE = "2021-03-01";
const FILE = new TextEncoder().encode("{}\n");

export const EXECUTED: TerminalRecord = {
  signal_id: "signal-1",
  state: "EXECUTED",
  share: 1,
  cut_by: [],
  observed: null,
  limit: null,
  unit: null,
};

export const RECONCILED: Extract<AccountPayload, { kind: "reconciled" }> = {
  kind: "reconciled",
  phase: "start",
  result: "PASS",
  breaks: [],
  warnings: [],
  snapshot_sha256: "0".repeat(64),
};
export const PAUSED: AccountPayload = {
  kind: "paused",
  cause: "reconciliation",
  message: "it differs",
  operator: null,
};
export const CASH_BREAK = {
  code: "CASH",
  subject: "USD",
  ours: "1.00",
  theirs: "2.00",
  unit: "USD",
  message: "cash differs",
} as const;

/** Ten lots of AAA bought at 20.00 for a fee of a dollar, out of 1000.00. */
export const DAY: readonly AccountPayload[] = [
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
export const ORDERED = 7;

export const PLACED: BrokerCall = {
  life: 1,
  call: "place",
  clientOrderId: "order-1",
  answer: "acknowledged",
  durable: ORDERED,
  atMs: 0,
};

export const AT_VENUE: TrueOrder = {
  venueOrderId: "venue-1",
  clientOrderId: "order-1",
  symbol: "AAA",
  side: "buy",
  qty: "10",
  filledQty: "10",
  status: "filled",
};

export function evidence(
  payloads: readonly AccountPayload[],
  over: Partial<Evidence> = {},
): Evidence {
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
