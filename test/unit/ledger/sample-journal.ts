/**
 * Handwritten and generated journals for the ledger's tests, and side A of the equity identity:
 * account value computed from the entries alone, by code that shares nothing with the ledger but
 * exact multiplication.
 */
import fc from "fast-check";
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import { exactNotionalMinor, moneyScale } from "../../../src/base/money.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import type { LedgerEntry, LedgerOptions, Marks } from "../../../src/records/ledger/fold.ts";
import type { Rates } from "../../../src/records/ledger/foreign.ts";
import type { LotMethod } from "../../../src/records/ledger/lots.ts";

export function instrument(id: string, over: Partial<Instrument> = {}): Instrument {
  return {
    id,
    assetClass: "equity",
    currency: "USD",
    currencyDigits: 2,
    lot: 1,
    tick: null,
    multiplier: 1,
    allowNonpositive: false,
    sector: null,
    calendar: null,
    initialMargin: null,
    ...over,
  };
}

/** Awkward names and sizes on purpose: a dot, a caret, a digit first, one letter, a keyword. */
export const INSTRUMENTS: readonly Instrument[] = [
  instrument("AAPL"),
  instrument("BRK.B"),
  instrument("^SPX", { assetClass: "index" }),
  instrument("3M"),
  instrument("F"),
  instrument("TRUE"),
  instrument("BTC", { assetClass: "crypto", lot: 0.001 }),
  instrument("WTI", { assetClass: "commodity", multiplier: 1000, allowNonpositive: true }),
  instrument("BRK-B"),
];

export function optionsFor(lotMethod: LotMethod, keepTransactions = true): LedgerOptions {
  return { currency: "USD", digits: 2, lotMethod, instruments: INSTRUMENTS, keepTransactions };
}

export function fill(id: string, lots: number, price: number, fee_minor = 0): JournalPayload {
  const { lot, multiplier } = INSTRUMENTS.find((i) => i.id === id) ?? instrument(id);
  return {
    kind: "fill",
    order_id: "o",
    instrument: id,
    currency: "USD",
    lots,
    price,
    reference_price: price,
    notional_minor: exactNotionalMinor(lots, price, moneyScale(lot, multiplier, 2)),
    fee_minor,
    slippage_minor: 0,
    sleeves: [],
    terminals: [],
  };
}

export function deposit(amount_minor: number): JournalPayload {
  return { kind: "flow", currency: "USD", amount_minor, reason: "initial_deposit" };
}

export function accrual(
  kind: "financing" | "borrow",
  id: string | null,
  days: number,
  per_day_minor: number,
): JournalPayload {
  return {
    kind: "accrual",
    accrual: kind,
    instrument: id,
    currency: "USD",
    days,
    base_minor: 100_000,
    rate: 0.05,
    per_day_minor,
    amount_minor: days * per_day_minor,
  };
}

export function dividend(id: string, lots: number, perUnit: number): JournalPayload {
  return {
    kind: "dividend",
    instrument: id,
    currency: "USD",
    lots,
    amount_per_unit: perUnit,
    amount_minor: Math.round(lots * perUnit * 100),
    pay_date: "2020-03-01",
  };
}

export function dividendPaid(id: string, amount_minor: number): JournalPayload {
  return {
    kind: "dividend_paid",
    instrument: id,
    currency: "USD",
    amount_minor,
    ex_date: "2020-01-09",
  };
}

export function split(
  id: string,
  ratio: number,
  [lots_before, lots_after]: readonly [number, number],
  cash_in_lieu_minor: number,
): JournalPayload {
  return {
    kind: "split",
    instrument: id,
    ratio,
    lots_before,
    lots_after,
    cash_in_lieu_minor,
    orders: [],
  };
}

/** For books of one currency: no rate is ever asked for. */
export const NO_RATES: Rates = (currency) => {
  throw new Error(`books of one currency asked for the rate of ${currency}`);
};

/** One payload a day from 2020-01-02 on. */
export function daily(payloads: readonly AccountPayload[]): LedgerEntry[] {
  const first = parseIsoDate("2020-01-02") ?? Number.NaN;
  return payloads.map((payload, i) => ({
    seq: i + 1,
    at: formatDate(first + i * DAY_MS),
    payload,
  }));
}

/** Long, short, crossing, partial closes, splits with cash in lieu, dividends both ways, accruals. */
export const SAMPLE: readonly LedgerEntry[] = daily([
  {
    kind: "run_started",
    format_version: 2,
    mandate_hash: "m",
    pack_id: "p",
    seed: 1,
    mode: "backtest",
    lot_method: "fifo",
  },
  deposit(100_000_000),
  fill("AAPL", 101, 79.0193, 101),
  fill("AAPL", 50, 80.333, 100),
  fill("AAPL", 37, 75.1, 100),
  dividend("AAPL", 188, 0.11),
  fill("AAPL", -60, 82.77, 101),
  dividendPaid("AAPL", 2068),
  fill("BRK.B", -25, 220.505, 99),
  fill("BRK.B", -10, 231.2, 99),
  dividend("BRK.B", -35, 1.234),
  accrual("borrow", "BRK.B", 3, 77),
  fill("BRK.B", 12, 218.31, 99),
  dividendPaid("BRK.B", -4319),
  split("AAPL", 1.5, [128, 192], 0),
  fill("AAPL", -3, 55.5),
  split("AAPL", 1.5, [189, 283], 2755),
  fill("BRK.B", 40, 215.005, 120),
  fill("BTC", 1234, 9123.45, 55),
  fill("BTC", -2000, 9200.01, 55),
  accrual("financing", null, 1, 1390),
  fill("^SPX", 7, 3333.33),
  fill("^SPX", -7, 3300.01),
  fill("3M", 11, 150.25, 1),
  fill("F", 1000, 5.005, 1),
  fill("F", -333, 6.015, 1),
  fill("TRUE", 3, 33.335),
  fill("WTI", 2, -36.98, 500),
  fill("WTI", 1, 12.5, 500),
  fill("WTI", -2, 20.01, 500),
  fill("WTI", -3, -1.5, 500),
  fill("BRK-B", 5, 10),
  split("3M", 0.1, [11, 1], 3050),
  { kind: "sealed", artifacts: [] },
]);

const LAST_PRICE = new Map([
  ["AAPL", 56.105],
  ["BRK.B", 214.305],
  ["BTC", 9333.335],
  ["3M", 1499.995],
  ["F", 5.555],
  ["TRUE", 35],
  ["WTI", -0.01],
  ["BRK-B", 11.5],
]);
export const SAMPLE_MARKS: Marks = (id) => LAST_PRICE.get(id) ?? Number.NaN;

/** Side A: what the account is worth, from the entries alone. */
export function naiveNavMinor(entries: readonly LedgerEntry[], marks: Marks): bigint {
  let money = 0n;
  const held = new Map<string, number>();
  for (const { payload: p } of entries) {
    if (p.kind === "flow") money += BigInt(p.amount_minor);
    // Owed from the ex-date on, so the day it is paid changes nothing.
    if (p.kind === "dividend") money += BigInt(p.amount_minor);
    if (p.kind === "accrual") money -= BigInt(p.amount_minor);
    if (p.kind === "split") {
      money += BigInt(p.cash_in_lieu_minor);
      held.set(p.instrument, p.lots_after);
    }
    if (p.kind === "fill") {
      money -= BigInt(p.notional_minor) + BigInt(p.fee_minor);
      held.set(p.instrument, (held.get(p.instrument) ?? 0) + p.lots);
    }
  }
  for (const [id, lots] of held) {
    const { lot, multiplier } = INSTRUMENTS.find((i) => i.id === id) ?? instrument(id);
    if (lots !== 0)
      money += BigInt(exactNotionalMinor(lots, marks(id), moneyScale(lot, multiplier, 2)));
  }
  return money;
}

export function flowsMinor(entries: readonly LedgerEntry[]): number {
  return entries.reduce((n, { payload: p }) => (p.kind === "flow" ? n + p.amount_minor : n), 0);
}

/** Journals of any mixture, over a handful of instruments. */
export const anyJournal: fc.Arbitrary<LedgerEntry[]> = fc
  .array(
    fc.record({
      what: fc.constantFrom("fill", "fill", "fill", "fill", "dividend", "split", "accrual", "flow"),
      id: fc.constantFrom("AAPL", "BTC", "WTI"),
      lots: fc.integer({ min: -40, max: 40 }).filter((n) => n !== 0),
      cents: fc.integer({ min: 1, max: 900_000 }),
      thousandths: fc.integer({ min: -2000, max: 90_000 }),
      ratio: fc.constantFrom(7, 2, 1.5, 0.1, 1 / 3),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const held = new Map<string, number>();
    const payloads = steps.flatMap((s): JournalPayload[] => {
      const lots = held.get(s.id) ?? 0;
      switch (s.what) {
        case "fill":
          held.set(s.id, lots + s.lots);
          return [fill(s.id, s.lots, s.thousandths / 1000, s.cents % 300)];
        case "dividend":
          return [dividend(s.id, lots, s.cents / 1000)];
        case "split": {
          const after = Math.trunc(lots * s.ratio * (1 + 1e-12)) + 0;
          held.set(s.id, after);
          const inLieu = after === lots * s.ratio ? 0 : Math.sign(lots) * (s.cents % 500);
          return [split(s.id, s.ratio, [lots, after], inLieu)];
        }
        case "accrual":
          return [
            accrual(
              s.cents % 2 === 0 ? "financing" : "borrow",
              null,
              1 + (s.cents % 3),
              s.cents % 700,
            ),
          ];
        default:
          return [deposit(s.lots * s.cents)];
      }
    });
    return daily(payloads);
  });
