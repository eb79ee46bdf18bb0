/** What an instrument is: worked examples, and what the calibrated market brings with it. */
import { describe, expect, it } from "vitest";
import { notionalMinor, moneyScale } from "../../../src/base/money.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { DataSettings, WorkedExample } from "../../../src/market/section.ts";
import { checkWorkedExamples } from "../../../src/market/sources/terms.ts";
import { CALIBRATED_IDS } from "../../../src/market/simulated/calibrated/market.ts";
import { INSTRUMENT, build, calibrated, settings } from "./fixture.ts";

const BARS = "date,close\n2020-01-02,1\n";

/** By hand: one tick or one round move, and the money that one contract of it is. */
const CALIBRATED: { readonly [id: string]: WorkedExample & { readonly currency: string } } = {
  // A quarter point of an index at 50 dollars a point, three contracts.
  SX_EQ_US: { move: 0.25, lots: 3, profit: 37.5, currency: "USD" },
  SX_EQ_EU: { move: -1, lots: 2, profit: -40, currency: "EUR" },
  SX_EQ_JP: { move: 5, lots: 1, profit: 2500, currency: "JPY" },
  // 1/64 of a point of a bond of 100,000 nominal.
  SX_RT_US: { move: 0.015625, lots: 1, profit: 15.625, currency: "USD" },
  SX_RT_EU: { move: 0.01, lots: 1, profit: 10, currency: "EUR" },
  SX_RT_JP: { move: 0.01, lots: 1, profit: 1000, currency: "JPY" },
  SX_FX_EUR: { move: 0.00005, lots: 1, profit: 6.25, currency: "USD" },
  SX_FX_JPY: { move: 0.0000005, lots: 1, profit: 6.25, currency: "USD" },
  SX_EN_OIL: { move: 0.01, lots: -1, profit: -10, currency: "USD" },
  SX_EN_GAS: { move: 0.001, lots: 1, profit: 10, currency: "USD" },
  SX_ME_GOLD: { move: 0.1, lots: 1, profit: 10, currency: "USD" },
  SX_ME_SILV: { move: 0.005, lots: 1, profit: 25, currency: "USD" },
  SX_ME_COPP: { move: 0.0005, lots: 1, profit: 12.5, currency: "USD" },
  SX_ST_ONE: { move: 0.01, lots: 100, profit: 1, currency: "USD" },
  SX_ST_TWO: { move: -2.5, lots: 10, profit: -25, currency: "USD" },
};

function withExamples(profits: (id: string) => number): Partial<DataSettings> {
  const entries = Object.entries(CALIBRATED).map(([id, { move, lots }]) => {
    return [id, { worked_example: { move, lots, profit: profits(id) } }];
  });
  return { instruments: Object.fromEntries(entries) as DataSettings["instruments"] };
}

describe("worked examples", () => {
  it("every calibrated instrument has one, in its own currency, and it comes out", () => {
    expect(Object.keys(CALIBRATED).sort()).toEqual(CALIBRATED_IDS);
    const data = withExamples((id) => CALIBRATED[id].profit);
    const { content } = calibrated(7, { data, years: 1 });
    for (const { instrument } of content.series) {
      const { id, lot, multiplier, currencyDigits } = instrument;
      const { move, lots, profit, currency } = CALIBRATED[id];
      expect(instrument.currency).toBe(currency);
      // The books' own arithmetic says the same, to the minor unit.
      const minor = notionalMinor(lots, move, moneyScale(lot, multiplier, currencyDigits));
      expect(minor).toBe(Math.sign(profit) * Math.round(Math.abs(profit) * 10 ** currencyDigits));
    }
  });

  it.each(CALIBRATED_IDS)("%s: one cent beside it is refused with what it should be", (id) => {
    const { profit, currency } = CALIBRATED[id];
    const data = withExamples((other) => CALIBRATED[other].profit + (other === id ? 0.01 : 0));
    expect(() => calibrated(7, { data, years: 1 })).toThrow(
      new RegExp(
        `^data\\.instruments\\.${id}\\.worked_example\\.profit: .* is ${String(profit).replace(".", "\\.")} ${currency}; correct the example, or the lot or multiplier of ${id}$`,
      ),
    );
  });

  it("is exact where doubles are not, and counts the lot", () => {
    const instrument = { ...INSTRUMENT, lot: 10, multiplier: 0.1 };
    const check = (worked_example: WorkedExample) =>
      checkWorkedExamples(settings({ instruments: { AAA: { worked_example } } }), [instrument]);
    expect(0.1 * 3 * 10 * 0.1).not.toBe(0.3);
    expect(() => check({ move: 0.1, lots: 3, profit: 0.3 })).not.toThrow();
    expect(() => check({ move: 0.1, lots: 3, profit: 0.30000000000000004 })).toThrow(Fault);
    expect(() => check({ move: 0.1, lots: 3, profit: 0.03 })).toThrow(/is 0\.3 USD/);
  });

  it("is checked for instruments of files too", () => {
    const worked_example = { move: 1, lots: 2, profit: 20 };
    expect(() => build(BARS, {}, { instruments: { AAA: { worked_example } } })).toThrow(
      "data.instruments.AAA.worked_example.profit: 20 USD, but a move of 1 on 2 lots of 1 with multiplier 1 is 2 USD",
    );
    const right = { AAA: { worked_example, multiplier: 10 } };
    expect(build(BARS, {}, { instruments: right }).content.series).toHaveLength(1);
  });
});

describe("terms", () => {
  it("sector and calendar come from the mandate", () => {
    const { content } = build(
      BARS,
      {},
      { instruments: { AAA: { sector: "tech", calendar: "XNYS" } } },
    );
    expect(content.series[0].instrument).toMatchObject({
      sector: "tech",
      calendar: "XNYS",
      initialMargin: null,
    });
  });

  it("every calibrated future reserves a margin, every stock none; all name sector and calendar", () => {
    const { content } = calibrated(7, { years: 1 });
    for (const { instrument, futures } of content.series) {
      expect(instrument.assetClass === "future").toBe(futures !== null);
      expect((instrument.initialMargin ?? 0) > 0).toBe(futures !== null);
      expect(instrument.sector).not.toBeNull();
      expect(instrument.calendar).not.toBeNull();
    }
  });
});
