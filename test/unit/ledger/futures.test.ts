/** Futures: fills against settlement, variation margin in cash, rolls, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import { equityIdentity } from "../../../src/records/ledger/equity-identity.ts";
import { createLedger, foldLedger, type Ledger } from "../../../src/records/ledger/fold.ts";
import type { LotMethod } from "../../../src/records/ledger/lots.ts";
import { flow, MIXED, mixedJournal, mixedOptions } from "./mixed-journal.ts";
import { daily, instrument, NO_RATES } from "./sample-journal.ts";

type Payload<K extends JournalPayload["kind"]> = Extract<JournalPayload, { readonly kind: K }>;

/** ES: 50 dollars a point. */
function traded(lots: number, price: number, fee_minor = 0): Payload<"fill"> {
  return {
    kind: "fill",
    order_id: "o",
    instrument: "ES",
    currency: "USD",
    lots,
    price,
    reference_price: price,
    notional_minor: lots * price * 5000,
    fee_minor,
    slippage_minor: 0,
    sleeves: [],
    terminals: [],
  };
}

function settlement(price: number, amount_minor: number, id = "ES"): Payload<"settlement"> {
  return {
    kind: "settlement",
    settled: [{ instrument: id, currency: "USD", price, amount_minor }],
  };
}

function rolled(lots: number, from: number, to: number, fee_minor = 0): Payload<"roll"> {
  return {
    kind: "roll",
    instrument: "ES",
    currency: "USD",
    from_contract: 202003,
    to_contract: 202006,
    lots,
    from_price: from,
    to_price: to,
    from_reference: from,
    to_reference: to,
    from_notional_minor: 0 - lots * from * 5000,
    to_notional_minor: lots * to * 5000,
    fee_minor,
    slippage_minor: 0,
    orders: [],
  };
}

function folded(...payloads: readonly JournalPayload[]): Ledger {
  return foldLedger(daily([flow(10_000_000), ...payloads]), mixedOptions("fifo", true));
}

const at = (price: number) => () => price;

describe("a future", () => {
  it("pays no notional: the fill stands against its settlement account, the fee is cash", () => {
    const ledger = folded(traded(2, 3000, 500));
    expect(Object.fromEntries(ledger.balances)).toEqual({
      "Assets:Cash": 10_000_000n - 500n,
      "Equity:Flows": -10_000_000n,
      "Assets:Settlement:ES": -30_000_000n,
      "Assets:Positions:ES": 30_000_000n,
      "Expenses:Fees": 500n,
    });
    // Bought and marked at one price: only the fee is gone, and nothing had to be there to pay.
    expect(ledger.navMinor(at(3000), NO_RATES)).toBe(10_000_000 - 500);
  });

  it("gains in cash: worked by hand over three closes", () => {
    // Two contracts at 3000; closes 3010, 2990; one sold at 2995 and closed at 2996.
    const ledger = folded(
      traded(2, 3000),
      settlement(3010, 100_000),
      settlement(2990, -200_000),
      traded(-1, 2995),
      settlement(2996, 25_000 + 30_000),
    );
    ledger.close(at(2996), NO_RATES);
    expect(ledger.cashMinor(NO_RATES)).toBe(10_000_000 - 45_000);
    expect(ledger.balances.get("Assets:Settlement:ES")).toBe(-2996n * 5000n);
    expect(ledger.navMinor(at(2996), NO_RATES)).toBe(ledger.cashMinor(NO_RATES));
    const { explained, equity, holds } = equityIdentity(ledger, at(2996), NO_RATES, 10_000_000);
    expect(holds).toBe(true);
    expect(explained).toMatchObject({ realisedMinor: -25_000n, unrealisedMinor: -20_000n });
    expect(equity.positionsMinor).toBe(0n);
  });

  it("is not taken for another whose name ends like its own", () => {
    // Sixteen letters and a colon before MES, seventeen and one before ES.
    const future = (id: string) => instrument(id, { assetClass: "future", multiplier: 50 });
    const instruments = [future("ES"), future("MES")];
    const buys = ["ES", "MES"].map((instrument) => ({ ...traded(2, 3000), instrument }));
    const ledger = foldLedger(
      daily([
        flow(10_000_000),
        ...buys,
        settlement(3010, 100_000),
        settlement(3010, 100_000, "MES"),
      ]),
      { ...mixedOptions("fifo"), instruments },
    );
    ledger.close(at(3010), NO_RATES);
    expect(equityIdentity(ledger, at(3010), NO_RATES, 10_000_000)).toMatchObject({
      holds: true,
      equity: { sumMinor: 10_200_000n, positionsMinor: 0n },
    });
  });

  it("that is flat again has nothing left to settle", () => {
    const ledger = folded(traded(-1, 3000), settlement(3010, -50_000), traded(1, 3020));
    ledger.apply({ seq: 9, at: "2020-02-01", payload: settlement(3020, -50_000) });
    ledger.close(at(Number.NaN), NO_RATES);
    expect(ledger.balances.get("Assets:Settlement:ES")).toBe(0n);
    expect(ledger.cashMinor(NO_RATES)).toBe(10_000_000 - 100_000);
  });

  it("names price and side in its postings", () => {
    const words = folded(traded(2, 3000), settlement(3010.25, 102_500), rolled(2, 3010.25, 3002));
    expect(words.transactions.slice(1).map((t) => t.narration)).toEqual([
      "Buy 2 lots ES at 3000, opening",
      "Variation margin ES at 3010.25",
      "Roll 2 lots ES out of 202003 at 3010.25",
      "Roll 2 lots ES into 202006 at 3002",
    ]);
  });
});

describe("a roll", () => {
  const METHODS: readonly LotMethod[] = [
    "fifo",
    "lifo",
    "hifo",
    "average",
    "strict",
    "strict_with_size",
  ];

  it.each(METHODS)("%s: closes every lot and opens one, at no gain in value but its cost", (m) => {
    const entries = daily([
      flow(10_000_000),
      traded(2, 3000),
      traded(1, 3004),
      settlement(3010, 130_000),
      rolled(3, 3009.75, 2990.25, 900),
      // Both legs slipped by a quarter: 3 x 50 x 0.50 = 75.00 is due beside the fee.
      settlement(2990, -7500),
    ]);
    const ledger = foldLedger(entries, mixedOptions(m, true));
    ledger.close(at(2990), NO_RATES);
    // The fee is paid once, on the way out.
    const legs = ledger.transactions.filter(({ seq }) => seq === 5);
    expect(legs.map((leg) => leg.postings.filter((p) => p.account === "fees").length)).toEqual([
      1, 0,
    ]);
    expect(ledger.cashMinor(NO_RATES)).toBe(10_000_000 + 130_000 - 900 - 7500);
    expect(ledger.positions.get("ES")).toMatchObject({
      lots: 3,
      openLots: [{ lots: 3, costMinor: 3n * 299_025n * 50n, openedSeq: 5 }],
    });
    expect(ledger.totals.realisedMinor).toBe(2n * 975n * 50n + 575n * 50n);
    expect(equityIdentity(ledger, at(2990), NO_RATES, 10_000_000).holds).toBe(true);
  });

  it("of nothing posts nothing", () => {
    const none = folded(rolled(0, 3000, 2990));
    expect(none.transactions).toHaveLength(1);
  });

  it("is refused for other lots than are held, for what is no future, and for costs of nothing", () => {
    expect(() => folded(traded(2, 3000), rolled(1, 3000, 2990))).toThrow(
      /invariant 11: entry 3: a roll of 1 lots of ES, of which 2 are held/,
    );
    const spy = { ...rolled(0, 10, 11), instrument: "SPY" };
    expect(() => folded(spy)).toThrow("held as etf; only a future");
    expect(() => folded(rolled(0, 3000, 2990, 5))).toThrow("a roll of no lots of ES costs 0, 0, 5");
    const from = { ...rolled(0, 3000, 2990), from_notional_minor: 5 };
    expect(() => folded(from)).toThrow("a roll of no lots of ES costs 5, 0, 0");
    const to = { ...rolled(0, 3000, 2990), to_notional_minor: 5 };
    expect(() => folded(to)).toThrow("a roll of no lots of ES costs 0, 5, 0");
  });
});

describe("planted faults", () => {
  it("a settlement forgotten: its close says so, with the numbers", () => {
    const ledger = folded(traded(2, 3000));
    expect(() => ledger.close(at(3010), NO_RATES)).toThrow(
      /invariant 11: ES closes unsettled: 2 lots are worth 30100000 minor units at 3010, its settlement account holds -30000000, which should be -30100000/,
    );
  });

  it("a settlement forgotten on a position that is gone", () => {
    const ledger = folded(traded(2, 3000), traded(-2, 3001));
    expect(() => ledger.close(at(3001), NO_RATES)).toThrow("ES closes unsettled: 0 lots");
  });

  it("a settlement of a wrong amount, twice, or of what is no future", () => {
    expect(() => folded(traded(2, 3000), settlement(3010, 100_001))).toThrow(
      /entry 3: ES \(future\) settles 100001 minor units.*2 lots are worth 30100000 at 3010.*holds -30000000: 100000 are due/,
    );
    const once = settlement(3010, 100_000);
    expect(() => folded(traded(2, 3000), once, once)).toThrow("0 are due");
    expect(() => folded(settlement(10, 0, "SPY"))).toThrow("SPY (etf) settles 0");
  });

  it("a settlement in another currency than the instrument's", () => {
    const euros = settlement(100, 0, "FGBL");
    expect(() => folded(euros)).toThrow("entry 2 is in USD, but FGBL is in EUR");
  });

  it("variation margin booked to cash alone: the identity misses it", () => {
    const ledger = folded(traded(2, 3000), settlement(3010, 100_000));
    const balances = new Map(ledger.balances);
    balances.set("Assets:Settlement:ES", -30_000_000n);
    const books = { ...ledger, balances };
    expect(equityIdentity(books, at(3010), NO_RATES, 10_000_000)).toMatchObject({
      holds: false,
      differenceMinor: 100_000n,
    });
  });
});

describe("any journal", () => {
  it("leaves minus the marked value in every settlement account after every close", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const ledger = createLedger(mixedOptions("fifo"));
        for (const { entries, marks, rates } of mixedJournal(seed, 20)) {
          for (const entry of entries) ledger.apply(entry);
          ledger.close(marks, rates);
          for (const { id, assetClass } of MIXED) {
            const position = ledger.positions.get(id);
            if (assetClass !== "future" || position === undefined || position.lots === 0) continue;
            const { multiplier, currencyDigits } = position.instrument;
            const value = position.lots * marks(id) * multiplier * 10 ** currencyDigits;
            const owed = Number(ledger.balances.get(`Assets:Settlement:${id}`));
            expect(Math.abs(owed + value)).toBeLessThan(0.51);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
