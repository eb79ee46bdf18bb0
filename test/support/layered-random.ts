/**
 * A layered market, scripts and settings from a seed: shares and futures in three currencies (one
 * without minor units), gaps in bars and rates, splits, dividends, rolls, a volatility index with
 * holes; any stage and gate may be on. The same seed gives the same run.
 */
import { nextUniform, prngOf } from "../../src/base/prng.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { LayeredSettings } from "./layered-fixture.ts";
import {
  type LayeredListing,
  type LayeredMarket,
  nextMonth,
  type ReferenceScript,
  type SleeveScript,
  weekdays,
  type Word,
} from "./layered-market.ts";
import type { Ohlc } from "./market-fixture.ts";

type RandomLayers = { readonly market: LayeredMarket; readonly settings: LayeredSettings };

type Dice = {
  readonly unit: () => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(options: readonly T[]) => T;
};

const CURRENCIES = [
  { currency: "USD", currencyDigits: 2 },
  { currency: "USD", currencyDigits: 2 },
  { currency: "EUR", currencyDigits: 2 },
  { currency: "JPY", currencyDigits: 0 },
] as const;

export function randomLayers(seed: number): RandomLayers {
  const prng = prngOf(seed);
  const unit = () => nextUniform(prng);
  const dice: Dice = {
    unit,
    chance: (probability) => unit() < probability,
    pick: (options) => options[Math.floor(unit() * options.length)],
  };
  const dates = weekdays(dice.pick([30, 60, 90]), "2021-01-25");
  const ids = ["A", "B", "C", "D"].slice(0, dice.pick([1, 2, 3, 4]));
  const isForeign = dice.chance(0.6);
  const listings = Object.fromEntries(
    ids.map((id) => [
      id,
      randomListing(dice, dates, isForeign ? dice.pick(CURRENCIES) : CURRENCIES[0]),
    ]),
  );
  const names = ["a", "b", "c", "d", "e", "f"].slice(0, ids.length + dice.pick([0, 1, 2]));
  const sleeves = Object.fromEntries(
    names.map((name, n): [string, SleeveScript] => [
      name,
      { instrument: ids[n % ids.length], says: randomWords(dice, dates) },
    ]),
  );
  const references = {
    EURUSD: randomRate(dice, dates, { currency: "EUR", start: 1.1 }),
    JPYUSD: randomRate(dice, dates, { currency: "JPY", start: 0.0091 }),
    VIX: { index: true as const, values: randomWalk(dice, dates, 20, 0.1) },
  };
  return { market: { listings, sleeves, references }, settings: randomSettings(dice, names) };
}

function randomWords({ pick, chance }: Dice, dates: readonly string[]) {
  const words: { [date: string]: Word } = {};
  for (const date of dates) {
    if (!chance(0.2)) continue;
    const strength = pick([0, 0, 1, -1, 0.5, -0.4, 0.31, 0.02]);
    words[date] = pick([strength, strength, { strength, confidence: 0.6 }, null]);
  }
  return words;
}

function randomListing(
  dice: Dice,
  dates: readonly string[],
  money: (typeof CURRENCIES)[number],
): LayeredListing {
  const { unit, chance, pick } = dice;
  const isFuture = chance(0.4);
  const instrument: Partial<Instrument> = {
    ...money,
    lot: isFuture ? 1 : pick([1, 1, 0.01, 10]),
    multiplier: isFuture ? pick([1, 10, 50]) : 1,
    tick: pick([null, 0.01, 0.05]),
    sector: pick([null, "s", "t"]),
    initialMargin: isFuture ? pick([10, 100]) : null,
  };
  const bars: { [date: string]: Ohlc } = {};
  const actions: NonNullable<LayeredListing["actions"]>[number][] = [];
  const rolls: { on: string; into: number; at: number }[] = [];
  const holes = pick([0, 0, 0.1, 0.3]);
  let price = 20 + 100 * unit();
  let month = 202103;
  for (const [n, date] of dates.entries()) {
    if (!isFuture && n > 0 && chance(0.03)) {
      const ratio = pick([2, 3, 1.5, 0.5, 0.1]);
      actions.push({ split: ratio, on: date });
      price /= ratio;
    }
    if (!isFuture && n > 0 && chance(0.06)) {
      const paid = dates[Math.min(dates.length - 1, n + Math.floor(8 * unit()))];
      actions.push({ dividend: cents(price * 0.02 * unit()), on: date, paid });
    }
    price = Math.max(
      0.5,
      price * (1 + 0.05 * (unit() - 0.5) + (chance(0.03) ? 0.2 * (unit() - 0.5) : 0)),
    );
    if (n > 1 && chance(holes)) continue;
    bars[date] = randomBar(dice, price);
    price = bars[date][3];
    if (isFuture && chance(0.08)) {
      month = nextMonth(month);
      rolls.push({ on: date, into: month, at: cents(price * (0.98 + 0.04 * unit())) });
      price = rolls[rolls.length - 1].at;
    }
  }
  const common = { bars, actions, instrument };
  return isFuture ? { ...common, contracts: { first: 202103, rolls } } : common;
}

function randomBar({ unit }: Dice, near: number): Ohlc {
  const price = () => Math.max(0.01, cents(near * (1 + 0.03 * (unit() - 0.5))));
  const [open, a, b, close] = [price(), price(), price(), price()];
  return [open, Math.max(open, a, b, close), Math.min(open, a, b, close), close];
}

function randomRate(
  dice: Dice,
  dates: readonly string[],
  { currency, start }: { readonly currency: string; readonly start: number },
): ReferenceScript {
  const values = randomWalk(dice, dates, start, 0.02);
  // Some pairs begin late: nothing of theirs can be sized before.
  if (dice.chance(0.2)) for (const date of dates.slice(0, 5)) delete values[date];
  return { currency, quote: "USD", values };
}

function randomWalk({ unit, chance }: Dice, dates: readonly string[], start: number, size: number) {
  const values: { [date: string]: number } = {};
  let value = start;
  for (const date of dates) {
    value *= 1 + size * (unit() - 0.5);
    if (Object.keys(values).length === 0 || !chance(0.1))
      values[date] = Number(value.toPrecision(5));
  }
  return values;
}

function randomSettings(dice: Dice, names: readonly string[]): LayeredSettings {
  const { pick, chance } = dice;
  const gross = pick([0.8, 1.5, 4]);
  const methods = ["equal", "equal", "atr-risk", "inverse-volatility", "erc", "hrp"] as const;
  const mapped = names.filter(() => chance(0.5));
  return {
    initialEquity: pick([20_000, 100_000, 1_000_000]),
    execution: { fill: pick(["next_open", "next_open", "next_close", "same_close"] as const) },
    slippage: { bps: pick([0, 7]), half_spread: pick([0, 0.01]) },
    fees: { bps: pick([0, 1.5]), per_share: 0.005, per_contract: 1.25, minimum: pick([0, 1]) },
    financing: { debit_rate: pick([0, 0.05]), borrow_rate: pick([0, 0.03]) },
    limits: {
      gross,
      net: pick([null, gross * 0.7]),
      symbol: pick([null, gross * 0.5]),
      sector: pick([null, gross * 0.8]),
      margin: pick([null, 0.5]),
      positions: pick([null, null, 2]),
      shorts: pick([true, true, false]),
    },
    freshness: { max_age_sessions: pick([0, 1, 3]) },
    schedule: { decide: pick(["every_session", "every_session", "friday"] as const) },
    layers: {
      allocation: {
        method: pick(methods),
        lookback_days: 20,
        min_observations: 20,
        atr: { window: 5 },
      },
      risk_targeting: { enabled: chance(0.3), lookback: 20, target_vol: 0.2 },
      overlay: {
        mode: pick(["off", "compute"] as const),
        profile: pick(["H", "L"] as const),
        during_warm_up: pick(["floor", "none"] as const),
      },
      clamps: {
        caps: { enabled: chance(0.5) },
        throttle: { enabled: chance(0.3) },
        clusters: { enabled: chance(0.2), days: 20, min_observations: 10 },
        tail: { enabled: chance(0.1), days: 20, min_observations: 10, paths: 100 },
      },
      sizing: { buffer: pick([0, 0.1]), min_notional: pick([0, 500]), stop_atr: pick([null, 2]) },
      breakers: {
        enabled: chance(0.4),
        daily_loss: 0.02,
        halt: 0.05,
        panic: 0.08,
        halt_sessions: 3,
        panic_sessions: 5,
        rampup_sessions: 2,
      },
      heat: { limit: pick([null, 0.3]), atr_window: 5, volatility_days: 5 },
      correlation: { limit: pick([null, 0.5]), days: 20, min_overlap: 5 },
      volatility_regime: { enabled: chance(0.3) },
      policy: {
        enabled: mapped.length > 0 && chance(0.3),
        map: Object.fromEntries(mapped.map((name) => [name, "trend" as const])),
        exempt: names.filter((name) => !mapped.includes(name)),
      },
    },
  };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
