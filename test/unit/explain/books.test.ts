/**
 * Postings without the pack: the fold that had to work out the contract's size against the ledger's
 * own, which is told it, on random trades of random contracts.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyScale, notionalMinor } from "../../../src/base/money.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import { openBooks } from "../../../src/apps/explain/books.ts";
import type { Entry, RunRecord } from "../../../src/apps/explain/record.ts";
import { accountName } from "../../../src/records/ledger/accounts.ts";
import { foldLedger } from "../../../src/records/ledger/fold.ts";

const ID = "FUT";

const RECORD: RunRecord = {
  document: {} as RunRecord["document"],
  started: { lot_method: "fifo" } as RunRecord["started"],
  currency: "USD",
  digits: 2,
  entries: () => [],
  bodies: () => undefined,
  rows: () => [],
  dates: () => [],
  close: () => undefined,
};

const fill = (lots: number, price: number, notional: number): JournalPayload => ({
  kind: "fill",
  order_id: "o",
  instrument: ID,
  currency: "USD",
  lots,
  price,
  reference_price: price,
  notional_minor: notional,
  fee_minor: 250,
  slippage_minor: 0,
  sleeves: [],
  terminals: [],
});

const settlement = (price: number, amount: number): JournalPayload => ({
  kind: "settlement",
  settled: [
    { instrument: "OTHER", currency: "USD", price: 1, amount_minor: 77 },
    { instrument: ID, currency: "USD", price, amount_minor: amount },
  ],
});

const entriesOf = (payloads: readonly JournalPayload[]): readonly Entry[] =>
  payloads.map((payload, n) => ({ seq: n + 1, at: "2020-01-02", payload }));

type Trade = { readonly lots: number; readonly cents: number };

/** Each trade at its price, then a settlement to it. */
function journalOf(size: number, trades: readonly Trade[]): readonly Entry[] {
  const scale = moneyScale(1, size, 2);
  let held = 0;
  let owed = 0;
  return entriesOf(
    trades.flatMap(({ lots, cents }) => {
      const price = cents / 100;
      const notional = notionalMinor(lots, price, scale);
      held += lots;
      const marked = held === 0 ? 0 : notionalMinor(held, price, scale);
      const due = marked - owed - notional;
      owed = marked;
      const traded = fill(lots, price, notional);
      return due === 0 ? [traded] : [traded, settlement(price, due)];
    }),
  );
}

const instrument = (multiplier: number): Instrument => ({
  id: ID,
  assetClass: "future",
  currency: "USD",
  currencyDigits: 2,
  lot: 1,
  tick: null,
  multiplier,
  allowNonpositive: true,
  sector: null,
  calendar: null,
  initialMargin: null,
});

describe("a fill's postings", () => {
  it("are those of the ledger that is told the contract's size", () => {
    const sizes = fc.constantFrom(1, 5, 50, 1000, 12.5, 0.1, 125000, 62.5, 100, 25);
    const trade = fc.record({
      lots: fc.integer({ min: -40, max: 40 }).filter((lots) => lots !== 0),
      cents: fc.integer({ min: 50, max: 500_000 }),
    });
    fc.assert(
      fc.property(sizes, fc.array(trade, { minLength: 1, maxLength: 12 }), (size, trades) => {
        const entries = journalOf(size, trades);
        fc.pre(entries.some(({ payload: { kind } }) => kind === "settlement"));
        const books = openBooks(RECORD, ID, entries);
        const own = entries.map(({ seq, at, payload }) =>
          payload.kind === "settlement"
            ? { seq, at, payload: { ...payload, settled: payload.settled.slice(1) } }
            : { seq, at, payload },
        );
        const told = foldLedger(own, {
          currency: "USD",
          digits: 2,
          lotMethod: "fifo",
          instruments: [instrument(size)],
          keepTransactions: true,
        });
        const theirs = told.transactions.map(({ seq, narration, postings }) => ({
          seq,
          narration,
          postings: postings.map(({ account, instrument: of, amountMinor, lots, currency }) => ({
            account: accountName(account, of),
            amount_minor: Number(amountMinor),
            currency,
            lots,
          })),
        }));
        expect(entries.flatMap(({ seq }) => books.of(seq))).toEqual(theirs);
      }),
    );
  });

  it("are not shown where no size gives what was paid", () => {
    // The same lots at the same price for two different sums.
    const entries = entriesOf([fill(10, 100, 100_000), fill(10, 100, 100_100)]);
    expect(openBooks(RECORD, ID, entries).of(1)).toBeNull();
  });

  it("are not guessed where no price ever moved: a future would have settled nothing either", () => {
    expect(openBooks(RECORD, ID, entriesOf([fill(10, 100, 100_000)])).of(1)).toBeNull();
    const moved = entriesOf([fill(10, 100, 100_000), fill(10, 101, 101_000)]);
    const [first] = openBooks(RECORD, ID, moved).of(1) ?? [];
    expect(first.postings[0]).toMatchObject({ account: "Assets:Cash", amount_minor: -100_000 });
  });

  it("are none for an instrument that never cost anything", () => {
    const books = openBooks(RECORD, ID, []);
    expect({ of: books.of(1), currency: books.currency }).toEqual({ of: [], currency: null });
  });
});
