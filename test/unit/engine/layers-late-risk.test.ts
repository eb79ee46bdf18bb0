/**
 * Risk that nobody can measure any more while something is held (spec portfolio 4): nothing is added,
 * what is held was braked when it was bought and is not braked again decision after decision, and a
 * sleeve that gives up leaves only where the instrument then holds no more, on the same side.
 */
import { describe, expect, it } from "vitest";
import { nextUniform, prngOf } from "../../../src/base/prng.ts";
import {
  type Layered,
  type LayeredSettings,
  lotsAt,
  sheetOn,
  soundLayers,
} from "../../support/layered-fixture.ts";
import {
  type LayeredMarket,
  type SleeveScript,
  weekdays,
  type Word,
} from "../../support/layered-market.ts";
import type { Ohlc } from "../../support/market-fixture.ts";

const dates = weekdays(60);
const BLIND = 40;
const [start, blind] = [dates[0], dates[BLIND]];
const blindDates = dates.slice(BLIND, BLIND + 12);
/** An exponentially weighted covariance of 11 needs 22 days of returns, and it looks back on 20. */
const OTHERS = ["B", "C", "D", "E", "F", "G", "H", "I", "J", "K"];

/** Independent walks around a price that drifts; one seed one walk. */
function walk(seed: number, drift = 0): { readonly [date: string]: Ohlc } {
  const prng = prngOf(seed);
  let price = 100;
  const bars = dates.map((date): [string, Ohlc] => {
    price = Math.round(price * (1 + drift + 0.02 * (nextUniform(prng) - 0.5)) * 100) / 100;
    return [date, [price, price, price, price]];
  });
  return Object.fromEntries(bars);
}

type Says = { readonly [sleeve: string]: { readonly [date: string]: Word } };

/** Sleeves on A, and from one date on ten more instruments that are wanted too. */
function market(onA: Says, drift = 0): LayeredMarket {
  const sleeves = Object.entries(onA).map(([name, says]): [string, SleeveScript] => [
    name,
    { instrument: "A", says },
  ]);
  const others = OTHERS.map((id): [string, SleeveScript] => [
    `late${id}`,
    { instrument: id, says: { [blind]: 1 } },
  ]);
  const bars = OTHERS.map((id, n) => [id, { bars: walk(2 + n) }] as const);
  return {
    listings: { A: { bars: walk(1, drift) }, ...Object.fromEntries(bars) },
    sleeves: Object.fromEntries([...sleeves, ...others]),
  };
}

const measured = (layers: LayeredSettings["layers"] = {}): LayeredSettings => ({
  initialEquity: 1_000_000,
  execution: { fill: "next_close" },
  layers: { risk_targeting: { enabled: true, lookback: 20, target_vol: 0.04 }, ...layers },
});

const lotsOver = (run: Layered, on: readonly string[]) => on.map((date) => lotsAt(run, "A", date));

/** Nothing but the missing measurement is between the wish and the trade, and it is said. */
function expectBlind(run: Layered): void {
  const status = new Map(
    run.trace.layers.decisions.map(({ session, riskStatus }) => [session, riskStatus]),
  );
  expect(status.get(BLIND - 1)).not.toBe("unavailable");
  expect(blindDates.map((_, n) => status.get(BLIND + n))).toEqual(
    blindDates.map(() => "unavailable"),
  );
  expect(run.fills.filter(({ id }) => id !== "A")).toEqual([]);
  const late = run.signals.filter(
    ({ strategy, on }) => strategy === "lateB" && blindDates.includes(on),
  );
  expect(late.map(endOf)).toEqual(blindDates.map(() => UNAVAILABLE));
}

const UNAVAILABLE = "REJECTED_BY_RISK_LIMIT risk_targeting/unavailable";
const endOf = ({ end }: Layered["signals"][number]) => [end.state, ...end.cut_by].join(" ");

describe("what is held while risk cannot be measured", () => {
  it("is not braked again at every decision", () => {
    const overlay = { mode: "compute" as const, profile: "L" as const };
    const run = soundLayers(market({ a: { [start]: 1 } }), measured({ overlay }));
    expectBlind(run);
    const held = lotsAt(run, "A", blind);
    expect(held).toBeGreaterThan(1000);
    const { brake } = run.layers.daily;
    for (let s = BLIND; s < BLIND + 12; s++) expect(brake[s]?.scalar).toBe(0.25);
    // It was braked when it was bought: the same market without a brake holds more.
    const free = soundLayers(market({ a: { [start]: 1 } }), measured());
    expect(lotsAt(free, "A", blind)).toBeGreaterThan(held * 1.5);
    expect(lotsOver(run, blindDates)).toEqual(blindDates.map(() => held));
    expect(run.fills.filter(({ on }) => on > blind && on <= blindDates[11])).toEqual([]);
  });

  it("is not throttled again either, however far the drawdown goes", () => {
    const throttle = { enabled: true, start: 0.001, slope: 20, minimum: 0.1, recovery: 0.0005 };
    const falling = market({ a: { [start]: 1 } }, -0.004);
    const run = soundLayers(falling, measured({ clamps: { throttle } }));
    expectBlind(run);
    const held = lotsAt(run, "A", blind);
    // The throttle goes on pulling: what it leaves of the weight is less at every decision.
    const throttled = blindDates.map((date) => sheetOn(run, date)["a"].clamped);
    expect(throttled[11]).toBeLessThan(sheetOn(run, blindDates[11])["a"].braked * 0.9);
    expect(held).toBeGreaterThan(100);
    expect(lotsOver(run, blindDates)).toEqual(blindDates.map(() => held));
  });

  it("is not ramped again by a breaker on its way back", () => {
    const breakers = {
      enabled: true,
      daily_loss: 0.001,
      halt: 0.9,
      panic: 0.95,
      halt_sessions: 3,
      rampup_sessions: 10,
      rampup_scale: 0.5,
    };
    const falling = market({ a: { [start]: 1 } }, -0.001);
    const run = soundLayers(falling, measured({ breakers }));
    expectBlind(run);
    const ramping = run.layers.daily.breaker
      .slice(BLIND, BLIND + 12)
      .filter((state) => state === "RAMPUP");
    expect(ramping.length).toBeGreaterThan(5);
    const held = lotsAt(run, "A", blind);
    expect(held).toBeGreaterThan(100);
    expect(lotsOver(run, blindDates)).toEqual(blindDates.map(() => held));
  });
});

describe("a sleeve that gives up while risk cannot be measured", () => {
  const turn = blindDates[3];
  const before = blindDates[2];
  const after = blindDates[6];
  const endsAt = (run: Layered, date: string) =>
    Object.fromEntries(
      run.signals
        .filter(({ on, instrument }) => on === date && instrument === "A")
        .map((signal) => [signal.strategy, endOf(signal)]),
    );

  it("leaves where the instrument then holds less on the same side", () => {
    const run = soundLayers(
      market({ a: { [start]: 0.6 }, b: { [start]: 0.3, [turn]: 0 } }),
      measured(),
    );
    expectBlind(run);
    const held = lotsAt(run, "A", before);
    const left = lotsAt(run, "A", after);
    expect(left / held).toBeCloseTo(2 / 3, 2);
    expect(endsAt(run, turn)).toEqual({ a: UNAVAILABLE, b: "EXECUTED sizing/rounding" });
  });

  it("goes to nothing and not across, where it turns round", () => {
    const run = soundLayers(
      market({ a: { [start]: 0.6 }, b: { [start]: 0.3, [turn]: -1 } }),
      measured(),
    );
    expectBlind(run);
    expect(lotsAt(run, "A", after) / lotsAt(run, "A", before)).toBeCloseTo(2 / 3, 2);
    expect(sheetOn(run, after)["b"].currentLots).toBeCloseTo(0, 0);
  });

  it.each([
    ["the hedge: the net would rise", "b"],
    ["what it hedges: the net would turn round", "a"],
  ])("stays where it is %s", (_, leaver) => {
    const words = { a: 0.6, b: -0.2 };
    const says = Object.fromEntries(
      Object.entries(words).map(([name, word]) => [
        name,
        { [start]: word, ...(name === leaver ? { [turn]: 0 } : {}) },
      ]),
    );
    const run = soundLayers(market(says), measured());
    expectBlind(run);
    const held = lotsAt(run, "A", before);
    expect(held).toBeGreaterThan(100);
    expect(lotsOver(run, blindDates)).toEqual(blindDates.map(() => held));
    expect(endsAt(run, turn)).toEqual({ a: UNAVAILABLE, b: UNAVAILABLE });
    const [then, now] = [before, after].map((date) => sheetOn(run, date));
    for (const name of ["a", "b"]) expect(now[name].finalLots).toBe(then[name].currentLots);
  });

  it("adds nothing, on either side", () => {
    const run = soundLayers(
      market({ a: { [start]: 0.3, [turn]: 1 }, b: { [start]: 0, [turn]: -0.5 } }),
      measured(),
    );
    expectBlind(run);
    const held = lotsAt(run, "A", before);
    expect(held).toBeGreaterThan(100);
    expect(lotsOver(run, blindDates)).toEqual(blindDates.map(() => held));
    expect(endsAt(run, turn)).toEqual({ a: UNAVAILABLE, b: UNAVAILABLE });
  });
});
