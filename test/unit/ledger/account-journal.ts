/**
 * Journals of an account: what its venue charged and paid, positions that were there before, and facts
 * that post nothing, between fills. Beside them what it is worth, by money and lots alone.
 */
import fc from "fast-check";
import { exactNotionalMinor, moneyScale } from "../../../src/base/money.ts";
import type { AccountPayload, TradingPayload } from "../../../src/domain/trading-entry.ts";
import type { LedgerEntry, Marks } from "../../../src/records/ledger/fold.ts";
import { daily, deposit, fill, INSTRUMENTS, split } from "./sample-journal.ts";

type Of<K extends TradingPayload["kind"]> = Extract<TradingPayload, { readonly kind: K }>;

export function venueCash(
  cause: Of<"venue_cash">["cause"],
  amount_minor: number,
  over: Partial<Of<"venue_cash">> = {},
): Of<"venue_cash"> {
  return {
    kind: "venue_cash",
    activity_id: "a",
    cause,
    date: "2020-01-02",
    instrument: null,
    currency: "USD",
    amount_minor,
    description: "as the venue says",
    ...over,
  };
}

export function adopted(id: string, lots: number, price: number): Of<"position_adopted"> {
  const { lot, multiplier } = INSTRUMENTS.find((i) => i.id === id) as (typeof INSTRUMENTS)[number];
  const notional_minor = exactNotionalMinor(lots, price, moneyScale(lot, multiplier, 2));
  return { kind: "position_adopted", instrument: id, currency: "USD", lots, price, notional_minor };
}

export const OPENED: Of<"account_opened"> = {
  kind: "account_opened",
  format_version: 1,
  mode: "paper",
  broker: "local",
  account: "acc",
  mandate_hash: "m",
  seed: 1,
  lot_method: "fifo",
  currency: "USD",
  currency_digits: 2,
  operator: "ann",
};

/** Facts that the entries after them follow from: they must not post a second time. */
export const SILENT: readonly TradingPayload[] = [
  {
    kind: "venue_fill",
    order_id: "o",
    venue_order_id: "v",
    execution_id: "x",
    instrument: "AAPL",
    qty: "3",
    price: "10",
    cumulative_qty: "3",
    executed_at: "2020-01-02T15:00:00Z",
    source: "stream",
  },
  {
    kind: "venue_split",
    activity_id: "s",
    date: "2020-01-02",
    instrument: "AAPL",
    ratio: 2,
    lots_after: 6,
  },
  {
    kind: "venue_order_ended",
    order_id: "o",
    venue_order_id: "v",
    end: "cancelled",
    filled_qty: "0",
  },
  { kind: "paused", cause: "operator", message: "lunch", operator: "ann" },
  { kind: "resumed", operator: "ann", reason: "back", forced: false },
];

export const SAMPLE_ACCOUNT: readonly LedgerEntry[] = daily([
  OPENED,
  deposit(50_000_000),
  adopted("AAPL", 40, 98.7654),
  adopted("BRK.B", -5, 201.005),
  fill("AAPL", 10, 100, 35),
  SILENT[0],
  venueCash("fee", -123),
  venueCash("interest", -77),
  venueCash("interest", 12),
  venueCash("dividend", 2_050, { instrument: "AAPL" }),
  venueCash("dividend", -310, { instrument: "BRK.B" }),
  venueCash("dividend", 99, { instrument: "SPUN-OFF" }),
  venueCash("transfer", -1_000_000),
  venueCash("other", 455),
  fill("AAPL", -50, 103.5, 35),
  venueCash("dividend", 700, { instrument: "AAPL" }),
]);

/** Side A: what the account is worth, from the entries alone. */
export function naiveWorth(entries: readonly LedgerEntry[], marks: Marks): bigint {
  let money = 0n;
  const held = new Map<string, number>();
  const hold = (id: string, lots: number) => held.set(id, (held.get(id) ?? 0) + lots);
  for (const { payload: p } of entries) {
    if (p.kind === "flow" || p.kind === "venue_cash") money += BigInt(p.amount_minor);
    if (p.kind === "position_adopted") hold(p.instrument, p.lots);
    if (p.kind === "fill") {
      money -= BigInt(p.notional_minor) + BigInt(p.fee_minor);
      hold(p.instrument, p.lots);
    }
    if (p.kind === "split") {
      money += BigInt(p.cash_in_lieu_minor);
      held.set(p.instrument, p.lots_after);
    }
  }
  for (const [id, lots] of held) {
    const { lot, multiplier } = INSTRUMENTS.find(
      (i) => i.id === id,
    ) as (typeof INSTRUMENTS)[number];
    if (lots !== 0)
      money += BigInt(exactNotionalMinor(lots, marks(id), moneyScale(lot, multiplier, 2)));
  }
  return money;
}

/** Deposits, transfers, and what was adopted at its price. */
export function naiveFlows(entries: readonly LedgerEntry[]): number {
  let sum = 0;
  for (const { payload: p } of entries) {
    if (p.kind === "flow") sum += p.amount_minor;
    if (p.kind === "venue_cash" && p.cause === "transfer") sum += p.amount_minor;
    if (p.kind === "position_adopted") sum += p.notional_minor;
  }
  return sum;
}

export const anyAccount: fc.Arbitrary<LedgerEntry[]> = fc
  .array(
    fc.record({
      what: fc.constantFrom("fill", "fill", "fill", "cash", "cash", "adopt", "split", "silent"),
      cause: fc.constantFrom("fee", "interest", "dividend", "transfer", "other"),
      id: fc.constantFrom("AAPL", "BTC", "WTI"),
      paidOn: fc.constantFrom("AAPL", "WTI", "UNKNOWN", null),
      lots: fc.integer({ min: -40, max: 40 }).filter((n) => n !== 0),
      cents: fc.integer({ min: -90_000, max: 90_000 }),
      price: fc.integer({ min: 1, max: 99_999 }),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const held = new Map<string, number>();
    const payloads = steps.flatMap((s): AccountPayload[] => {
      const lots = held.get(s.id) ?? 0;
      const add = (change: number) => held.set(s.id, lots + change);
      switch (s.what) {
        case "fill":
          add(s.lots);
          return [fill(s.id, s.lots, s.price / 1000, Math.abs(s.cents) % 300)];
        case "cash":
          return [venueCash(s.cause, s.cents, { instrument: s.paidOn })];
        case "adopt":
          add(s.lots);
          return [adopted(s.id, s.lots, s.price / 1000)];
        case "split":
          held.set(s.id, lots * 3);
          return [SILENT[1], split(s.id, 3, [lots, lots * 3], 0)];
        default:
          return [SILENT[Math.abs(s.cents) % SILENT.length]];
      }
    });
    return daily([OPENED, deposit(1_000_000), ...payloads]);
  });
