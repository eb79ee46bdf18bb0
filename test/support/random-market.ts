/**
 * A market and a script from a seed: one to four instruments with gaps in their bars, splits,
 * dividends, prices that may fall below zero, and wishes of every kind; settings drawn too. The
 * same seed gives the same market, so a seed is all that a failure needs to name.
 */
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import { nextUint32, type Prng, prngOf } from "../../src/base/prng.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { ProtectiveStop, Target } from "../../src/domain/target.ts";
import { RHYTHMS } from "../../src/engine/schedule/rhythm.ts";
import { at, type Listing, type Market, type Ohlc, type Settings } from "./market-fixture.ts";

export type RandomRun = { readonly market: Market; readonly settings: Settings };

type Dice = {
  /** Uniform in [0, 1). */
  readonly unit: () => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(options: readonly T[]) => T;
};

export function randomRun(seed: number): RandomRun {
  const dice = diceOf(prngOf(seed));
  const dates = weekdays(dice.pick([12, 25, 50]));
  const ids = ["A", "B", "C", "D"].slice(0, dice.pick([1, 1, 2, 3, 4]));
  const closeOnly = dice.chance(0.1);
  const market = Object.fromEntries(ids.map((id) => [id, randomListing(dice, dates, closeOnly)]));
  return { market, settings: randomSettings(dice, closeOnly) };
}

function diceOf(prng: Prng): Dice {
  const unit = () => nextUint32(prng) / 2 ** 32;
  return {
    unit,
    chance: (probability) => unit() < probability,
    pick: (options) => options[Math.floor(unit() * options.length)],
  };
}

function weekdays(count: number): string[] {
  const dates: string[] = [];
  for (let t = at("2021-01-25"); dates.length < count; t += DAY_MS) {
    const day = new Date(t).getUTCDay();
    if (day !== 0 && day !== 6) dates.push(formatDate(t));
  }
  return dates;
}

function randomSettings(dice: Dice, closeOnly: boolean): Settings {
  const { pick } = dice;
  const gross = pick([0.5, 1, 1, 2]);
  const fills = ["next_open", "next_close", "same_close"] as const;
  return {
    initialEquity: pick([10_000, 10_000, 500, 250_000]),
    execution: { fill: closeOnly ? pick(fills.slice(1)) : pick(fills) },
    slippage: { bps: pick([0, 0, 5, 33]), half_spread: pick([0, 0, 0.01, 0.3]) },
    fees: { bps: pick([0, 1.5, 10]), per_share: 0.005, minimum: pick([0, 1]) },
    financing: { debit_rate: pick([0, 0.05]), borrow_rate: pick([0, 0.03]) },
    limits: {
      gross,
      net: pick([null, gross * 0.7]),
      symbol: pick([null, gross * 0.6]),
      positions: pick([null, null, 1, 2]),
      shorts: pick([true, true, false]),
    },
    freshness: { max_age_sessions: pick([0, 1, 3, 99]) },
    schedule: {
      decide: pick(["every_session", "every_session", "monday", "month_end"] as const),
      rebalance: pick(RHYTHMS),
    },
  };
}

function randomListing(dice: Dice, dates: readonly string[], closeOnly: boolean): Listing {
  const { chance, pick, unit } = dice;
  const allowNonpositive = chance(0.15);
  const instrument: Partial<Instrument> = {
    allowNonpositive,
    lot: pick([1, 1, 1, 0.01, 10]),
    multiplier: pick([1, 1, 1, 10]),
    tick: pick([null, 0.01, 0.05]),
  };
  const bars: { [date: string]: Ohlc | number } = {};
  const wishes: { [date: string]: Target | null } = {};
  const actions: NonNullable<Listing["actions"]>[number][] = [];
  const holes = pick([0, 0, 0.1, 0.5]);
  let price = chance(0.1) ? 0.3 : 5 + 150 * unit();
  let factor = 1;
  for (const [n, date] of dates.entries()) {
    if (!allowNonpositive && n > 0 && chance(0.04)) {
      const ratio = pick([2, 3, 1.5, 0.5, 0.1, 1 / 3]);
      actions.push({ split: ratio, on: date });
      price = Math.max(0.05, price / ratio);
      factor *= ratio;
    }
    if (n > 0 && chance(0.06)) {
      const paid = dates[Math.min(dates.length - 1, n + Math.floor(8 * unit()))];
      actions.push({ dividend: cents(price * 0.02 * unit()), on: date, paid });
    }
    const step = price * 0.06 * (unit() - 0.5) + (chance(0.05) ? price * (2.5 * unit() - 0.6) : 0);
    price = allowNonpositive ? price + step - unit() : Math.max(0.05, price + step);
    if (n > 1 && chance(holes)) continue;
    const bar = randomBar(dice, price, allowNonpositive);
    price = bar[3];
    bars[date] = closeOnly ? price : bar;
    if (chance(0.35)) wishes[date] = randomWish(dice, price, factor, closeOnly);
  }
  return { bars, wishes, actions, instrument };
}

function randomBar({ unit, chance }: Dice, near: number, allowNonpositive: boolean): Ohlc {
  const spread = Math.abs(near) * (chance(0.2) ? 0.2 : 0.02) + 0.02;
  const price = (): number => {
    const drawn = cents(near + spread * (2 * unit() - 1));
    // A close of zero has no adjusted scale that the script could read its row from.
    return drawn > 0 || (allowNonpositive && drawn !== 0) ? drawn : 0.01;
  };
  const [open, a, b, close] = [price(), price(), price(), price()];
  return [open, Math.max(open, a, b, close), Math.min(open, a, b, close), close];
}

function randomWish(dice: Dice, price: number, factor: number, closeOnly: boolean): Target | null {
  const { pick, unit, chance } = dice;
  if (chance(0.05)) return null;
  const level = () => price * factor * (0.95 + 0.1 * unit());
  const size = chance(0.6)
    ? { weight: pick([0, 0, 1, -1, 0.5, -0.5, 0.3, 0.31, -0.2, 1.8, 0.0001]) }
    : { units: pick([0, 1, -1, 7, -12, 30, 0.5]) };
  const entries = [
    "market",
    "on_open",
    "on_close",
    { limit: level() },
    { limit: level() },
  ] as const;
  const entry = pick(closeOnly ? (["market", "on_close"] as const) : entries);
  const stop = closeOnly || chance(0.5) ? null : randomStop(dice, level());
  return {
    ...size,
    ...(chance(0.4) ? {} : { entry }),
    ...(stop === null ? {} : { stop }),
    ...(chance(0.5) ? {} : { timeInForce: pick(["day", "gtc"] as const) }),
  };
}

function randomStop({ unit, chance }: Dice, level: number): ProtectiveStop {
  const size = Math.abs(level) + 0.01;
  return chance(0.5) ? { price: size } : { distance: size * 0.06 * unit() + 0.001 };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
