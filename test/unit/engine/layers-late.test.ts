/**
 * What limits, stops, the buffer and old rates do to sleeves' wishes at the edges (spec execution 1
 * to 3): a stop never moves away from the price for what adds, a limit's room goes by name, rounding
 * keeps within a limit, the band is of a position that may be, and an old rate refuses.
 */
import { describe, expect, it } from "vitest";
import {
  journalled,
  type Layered,
  type LayeredSettings,
  lotsAt,
  soundLayers,
} from "../../support/layered-fixture.ts";
import { type SleeveScript, steady, weekdays, type Word } from "../../support/layered-market.ts";
import type { Ohlc } from "../../support/market-fixture.ts";

const dates = weekdays(24);
const [d0] = dates;
type Words = { readonly [date: string]: Word };

const on = (instrument: string, says: Words): SleeveScript => ({ instrument, says });
const flat = (price: number) => ({ bars: steady(dates, price) });
const endOf = ({ end }: Layered["signals"][number]) => [end.state, ...end.cut_by].join(" ");

/** Prices of the stop orders on X, as placed, with their lots. */
function stopsOf(run: Layered): readonly (readonly [date: string, lots: number, price: number])[] {
  return journalled(run, "order")
    .filter(({ purpose }) => purpose === "stop")
    .map(({ on: date, lots, price }) => [date, Math.abs(lots), price ?? Number.NaN]);
}

describe("the stop of an instrument", () => {
  /** A range of two a day, and a close that moves by the same step each day. */
  const sloped = (step: number): { readonly [date: string]: Ohlc } =>
    Object.fromEntries(
      dates.map((date, n) => {
        const price = 100 + step * n;
        return [date, [price, price + 1, price - 1, price] as const];
      }),
    );
  const [opens, turns] = [dates[10], dates[13]];
  // Drift with the day's gain is too small to trade.
  const sizing = { stop_atr: 4, min_notional: 3000 };
  const run = (step: number, first: number, then: number): Layered =>
    soundLayers(
      {
        listings: { X: { bars: sloped(step) } },
        sleeves: { a: on("X", { [opens]: first, [turns]: then }) },
      },
      {
        initialEquity: 100_000,
        execution: { fill: "next_close" },
        layers: { sizing, heat: { atr_window: 5 } },
      },
    );

  it.each([
    ["a long one in a falling market", -0.2, 1],
    ["a short one in a rising market", 0.2, -1],
  ])("stays where it is for what adds: %s", (_, step, side) => {
    const made = run(step, side * 0.4, side * 0.8);
    const [first, added, ...more] = stopsOf(made);
    expect(more).toEqual([]);
    expect([first[0], added[0]]).toEqual([dates[11], dates[14]]);
    expect(added[1]).toBeGreaterThan(first[1] * 1.8);
    expect(added[2]).toBe(first[2]);
    // Four ranges of two behind the first fill.
    expect(first[2]).toBeCloseTo(100 + step * 11 - side * 8, 1);
  });

  it.each([
    ["a long one in a rising market", 0.2, 1],
    ["a short one in a falling market", -0.2, -1],
  ])("comes nearer with what adds: %s", (_, step, side) => {
    const [first, added] = stopsOf(run(step, side * 0.4, side * 0.8));
    expect(added[2] - first[2]).toBeCloseTo(step * 3, 1);
  });

  it.each([
    ["a long one, rising", 0.2, 1],
    ["a long one, falling", -0.2, 1],
    ["a short one, rising", 0.2, -1],
    ["a short one, falling", -0.2, -1],
  ])("stays where it is for what reduces, over less: %s", (_, step, side) => {
    const made = run(step, side * 0.8, side * 0.4);
    const [first, reduced, ...more] = stopsOf(made);
    expect(more).toEqual([]);
    expect(reduced[0]).toBe(dates[14]);
    expect(reduced[1]).toBe(Math.abs(lotsAt(made, "X", dates[14])));
    expect(reduced[1]).toBeLessThan(first[1] * 0.6);
    expect(reduced[2]).toBe(first[2]);
  });

  it("is a new one on the other side of the price, where a position turns round", () => {
    const [first, turned, ...more] = stopsOf(run(0.2, 0.4, -0.4));
    expect(more).toEqual([]);
    expect(first[2]).toBeCloseTo(102.2 - 8, 1);
    expect(turned[2]).toBeCloseTo(102.8 + 8, 1);
  });
});

describe("what a limit leaves", () => {
  /** Both want in at once; there is room for one instrument. */
  const race = (sleeves: { readonly [name: string]: string }): Layered =>
    soundLayers(
      {
        listings: { X: flat(100), Y: flat(100) },
        sleeves: Object.fromEntries(
          Object.entries(sleeves).map(([name, instrument]) => [
            name,
            on(instrument, { [d0]: 0.5 }),
          ]),
        ),
      },
      { limits: { positions: 1 }, execution: { fill: "next_close" } },
    );

  it.each([
    [
      { a: "X", z: "Y" },
      { z: "Y", a: "X" },
    ],
    [
      { a: "Y", z: "X" },
      { z: "X", a: "Y" },
    ],
  ] as const)(
    "goes to the least variant id, in whatever order the mandate has them: %o",
    (one, other) => {
      const runs = [race(one), race(other)];
      const bought = runs.map(({ fills }) => fills.map(({ id }) => id));
      const [{ k }] = runs;
      const least = k.plan.variants.reduce((a, b) => (a.id < b.id ? a : b));
      const due =
        k.world.instruments[k.world.indexOf.get(one[least.strategy as "a" | "z"]) ?? -1].id;
      expect(bought).toEqual([[due], [due]]);
      const refused = runs.map(({ signals }) => signals.filter(({ on: date }) => date === d0));
      for (const first of refused) {
        expect(first.map(endOf).toSorted()).toEqual([
          expect.stringContaining("EXECUTED"),
          expect.stringContaining("REJECTED_BY_RISK_LIMIT limits/positions"),
        ]);
      }
    },
  );
});

describe("rounding up", () => {
  const next = (limits: NonNullable<LayeredSettings["limits"]>): LayeredSettings => ({
    initialEquity: 20_000,
    execution: { fill: "next_close" },
    limits,
  });
  const states = (run: Layered) =>
    run.signals.filter(({ on: date }) => date === d0).map(({ end }) => end.state);

  it.each([1, -1])("keeps one instrument within limits.symbol, side %i", (side) => {
    // 10,000 / 6 = 1,666.67 lots, of which 1,667 are worth 10,002.
    const run = soundLayers(
      { listings: { X: flat(6) }, sleeves: { a: on("X", { [d0]: side * 0.5 }) } },
      next({ symbol: 0.5 }),
    );
    expect(run.fills.map(({ lots }) => lots)).toEqual([side * 1666]);
    expect(states(run)).toEqual(["EXECUTED"]);
  });

  it("keeps a book within limits.gross, each instrument of it", () => {
    const run = soundLayers(
      {
        listings: { X: flat(6), Y: flat(6) },
        sleeves: { a: on("X", { [d0]: 1 }), b: on("Y", { [d0]: 1 }) },
      },
      next({ gross: 1 }),
    );
    expect(run.fills.map(({ lots }) => lots)).toEqual([1666, 1666]);
    expect(states(run)).toEqual(["EXECUTED", "EXECUTED"]);
  });

  it("keeps a book within limits.net, where gross leaves room", () => {
    const run = soundLayers(
      {
        listings: { X: flat(6), Y: flat(6) },
        sleeves: { a: on("X", { [d0]: 1 }), b: on("Y", { [d0]: 1 }) },
      },
      next({ gross: 2, net: 1 }),
    );
    expect(run.fills.map(({ lots }) => lots)).toEqual([1666, 1666]);
    expect(states(run)).toEqual(["EXECUTED", "EXECUTED"]);
  });

  it("goes on where no limit is near", () => {
    const run = soundLayers(
      { listings: { X: flat(6) }, sleeves: { a: on("X", { [d0]: 0.5 }) } },
      next({ symbol: 0.6 }),
    );
    expect(run.fills.map(({ lots }) => lots)).toEqual([1667]);
  });
});

describe("the position buffer", () => {
  const settings = (layers: LayeredSettings["layers"]): LayeredSettings => ({
    initialEquity: 100_000,
    execution: { fill: "next_close" },
    limits: { symbol: 0.1 },
    layers: {
      allocation: { method: "static", static: { a: 1 } },
      sizing: { buffer: 0.1 },
      ...layers,
    },
  });
  const market = (word: number) => ({
    listings: { X: flat(100) },
    sleeves: { a: on("X", { [d0]: word }) },
  });

  it("is a tenth of what limits.symbol lets a position be, so that its wish trades", () => {
    // Full strength is 1,000 lots, of which 100 may be: the band is 10, not 100.
    const asked = soundLayers(market(0.1), settings({}));
    expect(asked.fills.map(({ lots }) => lots)).toEqual([90]);
    const clamped = soundLayers(market(1), settings({ clamps: { caps: { enabled: true } } }));
    expect(clamped.fills.map(({ lots }) => lots)).toEqual([90]);
  });

  it("is a tenth of the budget at the measured gross, where that is the less", () => {
    const prices = steady(dates, (n) => 100 + (n % 2));
    const run = soundLayers(
      { listings: { X: { bars: prices } }, sleeves: { a: on("X", { [d0]: 1 }) } },
      {
        ...settings({ risk_targeting: { enabled: true, lookback: 20 } }),
        limits: { symbol: 0.9 },
      },
    );
    const { decisions, nettings } = run.trace.layers;
    const [{ session, netting }] = nettings;
    const risk = decisions.find((decision) => decision.session === session);
    expect(risk?.riskStatus).toBe("measured");
    const gross = risk?.grossTarget ?? Number.NaN;
    expect(gross).toBeGreaterThan(0.3);
    expect(gross).toBeLessThan(0.9);
    const full = (gross * 100_000) / (100 + (session % 2));
    expect(netting.fullLots).toBeCloseTo(full, 6);
    expect(run.fills[0].lots).toBe(Math.round(0.9 * full));
  });
});

describe("a foreign instrument", () => {
  /** A rate until the sixth session and no more; one price all the time. */
  const rates = Object.fromEntries(dates.slice(0, 6).map((date) => [date, 1.25]));
  const run = (turn: number, maxAge: number): Layered =>
    soundLayers(
      {
        listings: { X: { ...flat(100), instrument: { currency: "EUR" } } },
        sleeves: { a: on("X", { [d0]: 0.25, [dates[turn]]: 0.5 }) },
        references: { EURUSD: { currency: "EUR", quote: "USD", values: rates } },
      },
      {
        initialEquity: 100_000,
        execution: { fill: "next_close" },
        freshness: { max_age_sessions: maxAge },
      },
    );
  const endsOn = (made: Layered, date: string) =>
    made.signals.filter((signal) => signal.on === date).map(({ end }) => end);

  it.each([
    ["of this session", 5, 0],
    ["as old as freshness lets it be", 7, 2],
  ])("trades at a rate %s", (_, turn, maxAge) => {
    const made = run(turn, maxAge);
    expect(made.fills.map(({ lots }) => lots)).toEqual([200, 200]);
    expect(endsOn(made, dates[turn]).map(({ state }) => state)).toEqual(["EXECUTED"]);
  });

  it("is refused at an older one, though its own bar is of today", () => {
    const made = run(8, 2);
    expect(made.fills.map(({ lots }) => lots)).toEqual([200]);
    for (const [age, date] of dates.slice(8).entries()) {
      expect(endsOn(made, date)).toEqual([
        expect.objectContaining({ state: "REJECTED_BY_FRESHNESS", observed: age + 3, limit: 2 }),
      ]);
    }
  });
});
