/**
 * Futures and foreign money in a run, every amount by hand (spec market 4, portfolio of several
 * currencies): variation margin at each close, rolls that cost two trades and earn nothing from the
 * gap, initial margin, a currency without minor units, and what a change of rates did. One decision
 * on Friday 2021-01-08, filled on Monday at the open.
 */
import { describe, expect, it } from "vitest";
import { equityIdentity } from "../../../src/records/ledger/equity-identity.ts";
import {
  journalled,
  type Layered,
  type LayeredSettings,
  lotsAt,
  soundLayers,
} from "../../support/layered-fixture.ts";
import type { LayeredListing, ReferenceScript, Roll } from "../../support/layered-market.ts";
import type { Ohlc } from "../../support/market-fixture.ts";

const THURSDAY = "2021-01-07";
const FRIDAY = "2021-01-08";
const [MON, TUE, WED, THU] = ["2021-01-11", "2021-01-12", "2021-01-13", "2021-01-14"] as const;

/** Bars from Thursday on as [open, close]. */
function bars(...days: readonly (readonly [number, number])[]): { [date: string]: Ohlc } {
  const dates = [THURSDAY, FRIDAY, MON, TUE, WED, THU];
  return Object.fromEntries(
    days.map(([open, close], n) => [
      dates[n],
      [open, Math.max(open, close), Math.min(open, close), close] as const,
    ]),
  );
}

const ES = { multiplier: 50, initialMargin: 5000 };

/** 20 contracts of 50 x 100 on a million: a strength of a tenth. */
function future(
  days: readonly (readonly [number, number])[],
  over: LayeredSettings & { readonly strength?: number; readonly rolls?: readonly Roll[] } = {},
): Layered {
  const { strength = 0.1, rolls = [], ...settings } = over;
  return soundLayers(
    {
      listings: {
        ES: { bars: bars(...days), instrument: ES, contracts: { first: 202103, rolls } },
      },
      sleeves: { a: { instrument: "ES", says: { [THURSDAY]: strength } } },
    },
    { initialEquity: 1_000_000, schedule: { decide: "friday" }, ...settings },
  );
}

const quiet = [100, 100] as const;
/** Whole units of the account's currency at each close from Monday on. */
const navFromMonday = (run: Layered) => run.nav.slice(2).map((minor) => minor / 100);

describe("variation margin", () => {
  it("pays price change x lots x multiplier at each close, from the fill's price on", () => {
    const run = future([quiet, quiet, [100.5, 101], [101, 99.5], [100, 102]]);
    expect(run.fills).toEqual([{ on: MON, id: "ES", lots: 20, price: 100.5, fee: 0 }]);
    const paid = journalled(run, "settlement").flatMap(({ on, settled }) =>
      settled.map(({ price, amount_minor: amount }) => [on, price, amount]),
    );
    // 20 x 50 = 1,000 a point: +0.5, -1.5, +2.5.
    expect(paid).toEqual([
      [MON, 101, 50_000],
      [TUE, 99.5, -150_000],
      [WED, 102, 250_000],
    ]);
    expect(navFromMonday(run)).toEqual([1_000_500, 999_000, 1_001_500]);
  });

  it("leaves nothing outside cash: cash is net asset value", () => {
    const run = future([quiet, quiet, [100.5, 101], [101, 99.5], [100, 102]]);
    expect(run.cash).toEqual(run.nav);
  });

  it("pays for the notional of nothing: a short of seven times the account is no debit", () => {
    const run = future([quiet, quiet, quiet, [100, 100.1]], {
      strength: -1,
      limits: { gross: 7 },
      financing: { debit_rate: 0.05, borrow_rate: 0.05 },
    });
    expect(lotsAt(run, "ES", TUE)).toBe(-200);
    expect(journalled(run, "accrual")).toEqual([]);
    // -200 x 50 x 0.1.
    expect(navFromMonday(run)).toEqual([1_000_000, 999_000]);
  });
});

describe("a roll", () => {
  // Held at Tuesday's close of 102, carried into a contract that stands three points higher.
  const days = [quiet, quiet, [100, 100], [100, 102], [105, 105.5], [105.5, 106]] as const;
  const rolls = [{ on: TUE, into: 202106, at: 105 }];

  it("earns nothing from the gap between the contracts", () => {
    // 1,000 a point: +2 on Tuesday, +0.5 from 105 on Wednesday, +0.5 on Thursday.
    expect(navFromMonday(future(days, { rolls }))).toEqual([
      1_000_000, 1_002_000, 1_002_500, 1_003_000,
    ]);
  });

  it("costs two fees and twice the slippage, and nothing else", () => {
    const run = future(days, {
      rolls,
      fees: { per_contract: 2 },
      slippage: { half_spread: 0.01 },
    });
    // In: 20 x 2 = 40 and 20 x 50 x 0.01 = 10. The roll: twice both.
    expect(navFromMonday(run)).toEqual([999_950, 1_001_850, 1_002_350, 1_002_850]);
    const [roll] = journalled(run, "roll");
    expect(roll).toMatchObject({
      on: TUE,
      from_contract: 202103,
      to_contract: 202106,
      lots: 20,
      from_price: 101.99,
      to_price: 105.01,
      fee_minor: 8000,
      slippage_minor: 2000,
    });
    expect(run.k.state.costs).toMatchObject({ fees: 12_000, slippage: 3000 });
    const [sleeve] = run.sleeves;
    expect(sleeve).toMatchObject({ microLots: 20_000_000, feesMinor: 12_000, totalMinor: 285_000 });
  });

  it("of a short costs the same", () => {
    const run = future(days, {
      strength: -0.1,
      rolls,
      fees: { per_contract: 2 },
      slippage: { half_spread: 0.01 },
    });
    expect(navFromMonday(run)).toEqual([999_950, 997_850, 997_350, 996_850]);
  });

  it("is a system intent: no signal ends by it", () => {
    const run = future(days, { rolls });
    expect(run.signals.map(({ on }) => on)).toEqual([FRIDAY]);
    expect(run.k.state.counters).toMatchObject({ rolls: 1, signals: 1 });
  });

  it("with nothing held is not one", () => {
    const run = future(days, { strength: 0, rolls });
    expect(journalled(run, "roll")).toEqual([]);
    expect(run.nav.at(-1)).toBe(100_000_000);
  });

  it("reaches every sleeve, those against the position too", () => {
    const run = soundLayers(
      {
        listings: {
          ES: { bars: bars(...days), instrument: ES, contracts: { first: 202103, rolls } },
        },
        sleeves: {
          a: { instrument: "ES", says: { [THURSDAY]: 0.3 } },
          b: { instrument: "ES", says: { [THURSDAY]: -0.1 } },
        },
      },
      {
        initialEquity: 1_000_000,
        schedule: { decide: "friday" },
        fees: { per_contract: 2 },
      },
    );
    // 30 against 10: 20 held. Points are 2 + 0.5 + 0.5 = 3; fees 40 to open, 80 to roll.
    const [a, b] = run.sleeves;
    expect([a.microLots, b.microLots]).toEqual([30_000_000, -10_000_000]);
    expect(a.realisedMinor + a.unrealisedMinor).toBe(30 * 50 * 3 * 100);
    expect(b.realisedMinor + b.unrealisedMinor).toBe(-10 * 50 * 3 * 100);
    expect(a.feesMinor + b.feesMinor).toBe(12_000);
  });
});

describe("initial margin", () => {
  const days = [quiet, quiet, quiet, quiet];

  it("admits what fits: 20 x 5,000 is a tenth of a million", () => {
    const run = future(days, { limits: { margin: 0.1 } });
    expect(lotsAt(run, "ES", MON)).toBe(20);
    expect(run.layers.daily.margin[2]).toBe(0.1);
  });

  it("refuses what does not, by its name", () => {
    const run = future(days, { strength: 0.105, limits: { margin: 0.1 } });
    expect(run.fills).toEqual([]);
    expect(
      run.signals.map(({ end }) => [end.state, ...end.cut_by, end.observed, end.limit]),
    ).toEqual([["REJECTED_BY_CASH", "cash/initial_margin", 10_500_000, 10_000_000]]);
  });

  it("is no obstacle to a reduction, however little is left", () => {
    // 20 contracts; the price halves: the account has 950,000 and may reserve 95,000.
    const run = soundLayers(
      {
        listings: {
          ES: {
            bars: {
              ...bars(quiet, quiet, quiet, quiet, [50, 50], [50, 50]),
              "2021-01-15": [50, 50, 50, 50],
              "2021-01-18": [50, 50, 50, 50],
            },
            instrument: ES,
            contracts: { first: 202103, rolls: [] },
          },
        },
        sleeves: { a: { instrument: "ES", says: { [THURSDAY]: 0.1, [WED]: 0.05 } } },
      },
      { initialEquity: 1_000_000, schedule: { decide: "friday" }, limits: { margin: 0.1 } },
    );
    // 0.05 x 950,000 / 2,500 = 19: 95,000 of margin, which is all there is; held are 100,000.
    expect(lotsAt(run, "ES", "2021-01-18")).toBe(19);
  });
});

describe("a currency of its own", () => {
  function foreign(
    id: string,
    listing: Pick<LayeredListing, "bars" | "instrument" | "contracts">,
    terms: {
      readonly strength: number;
      readonly reference: ReferenceScript;
      readonly over?: LayeredSettings;
    },
  ): Layered {
    return soundLayers(
      {
        listings: { [id]: listing },
        sleeves: { a: { instrument: id, says: { [THURSDAY]: terms.strength } } },
        references: { RATE: terms.reference },
      },
      { initialEquity: 100_000, schedule: { decide: "friday" }, ...terms.over },
    );
  }

  /** At the last close. */
  function explainedOf(run: Layered, price: number, rate: number) {
    const { holds, explained } = equityIdentity(
      run.ledger,
      () => price,
      (currency) => (currency === "USD" ? 1 : rate),
      10_000_000,
    );
    expect(holds).toBe(true);
    return explained;
  }

  it("euros: shares are a debit in euros, and only their gain meets the rate", () => {
    const run = foreign(
      "SAP",
      {
        bars: bars([50, 50], [50, 50], [50, 50], [50, 52], [52, 51]),
        instrument: { currency: "EUR", currencyDigits: 2 },
      },
      {
        strength: 0.11,
        reference: {
          currency: "EUR",
          quote: "USD",
          values: { [THURSDAY]: 1.1, [TUE]: 1.2, [WED]: 1.15 },
        },
      },
    );
    // 11,000 USD at 55 are 200 shares: -10,000 EUR of cash against 200 x 50, 52, 51 EUR.
    expect(run.fills).toEqual([{ on: MON, id: "SAP", lots: 200, price: 50, fee: 0 }]);
    expect(navFromMonday(run)).toEqual([100_000, 100_480, 100_230]);
    // 400 EUR at 1.20, -200 at 1.15; the 400 held overnight lost 0.05 each.
    expect(explainedOf(run, 51, 1.15)).toMatchObject({
      unrealisedMinor: 25_000n,
      realisedMinor: 0n,
      fxMinor: -2000n,
      flowsMinor: 10_000_000n,
      sumMinor: 10_023_000n,
    });
  });

  it("yen: amounts are whole, fees round to them, and the balance follows the rate", () => {
    const run = foreign(
      "NK",
      {
        bars: bars([150.5, 150.5], [150.5, 150.5], [151, 152.35], [152, 151.2]),
        instrument: { currency: "JPY", currencyDigits: 0, multiplier: 1000, initialMargin: 100 },
        contracts: { first: 202103, rolls: [] },
      },
      {
        strength: 0.2,
        reference: {
          currency: "JPY",
          quote: "USD",
          values: { [THURSDAY]: 0.009, [MON]: 0.0091, [TUE]: 0.0092 },
        },
        over: { fees: { per_contract: 33.5 } },
      },
    );
    // 20,000 USD / (150.5 x 1000 x 0.009) = 14.77: 15 contracts. 15 x 33.5 = 502.5, away from zero.
    expect(run.fills).toEqual([{ on: MON, id: "NK", lots: 15, price: 151, fee: 503 }]);
    const paid = journalled(run, "settlement").flatMap(({ settled }) =>
      settled.map(({ currency, amount_minor: amount }) => [currency, amount]),
    );
    expect(paid).toEqual([
      ["JPY", 20_250],
      ["JPY", -17_250],
    ]);
    // 19,747 x 0.0091 = 179.6977; 2,497 x 0.0092 = 22.9724.
    expect(navFromMonday(run)).toEqual([100_179.7, 100_022.97]);
    // 19,747 held overnight earned 0.0001 each: 1.9747.
    const { fxMinor, feesMinor, sumMinor } = explainedOf(run, 151.2, 0.0092);
    expect([fxMinor, feesMinor, sumMinor]).toEqual([197n, 458n, 10_002_297n]);
  });

  it("an account in yen holds whole yen", () => {
    const run = soundLayers(
      {
        listings: {
          T: {
            bars: bars([150, 150], [150, 150], [150, 151.4], [151, 152]),
            instrument: { currency: "JPY", currencyDigits: 0 },
          },
        },
        sleeves: { a: { instrument: "T", says: { [THURSDAY]: 0.5 } } },
      },
      {
        currency: "JPY",
        currencyDigits: 0,
        initialEquity: 10_000,
        schedule: { decide: "friday" },
        fees: { bps: 10 },
      },
    );
    // 33 shares are 4,950 and 4.95 of fee: 5. At 151.4 they are 4,996.2: 4,996.
    expect(run.nav.slice(2)).toEqual([10_041, 10_061]);
  });
});
