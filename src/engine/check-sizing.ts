/**
 * The sizing stage's identity, asserted on what the journal says was decided and not on its own
 * counters: the lots a signal believes in are the most that its target pays for at the decision's
 * price and net asset value, and not one lot fewer. Exact decimals; shares no code with the stage.
 */
import { type Decimal, decimalOf, multiply } from "../base/decimal.ts";
import { formatDate } from "../base/instant.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { SignalRecord } from "../domain/journal-entry.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { Breach } from "./audit.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";
import type { World } from "./world.ts";

export function checkSizing(world: World, entries: Iterable<LedgerEntry>): Breach | null {
  for (const { seq, payload } of entries) {
    if (payload.kind !== "decision") continue;
    for (const signal of payload.signals) {
      // The fractions of a sleeve are sized on the net: layers/check-nettings.ts.
      if (signal.target_kind === "forecast") continue;
      const instrument = world.instruments[world.indexOf.get(signal.instrument) ?? -1];
      if (isSized(signal, instrument, payload.nav_minor)) continue;
      return {
        invariant: 1,
        status: "INERT_STAGE",
        message: `stage sizing was not applied: entry ${seq} believes in ${signal.belief_lots} lots of ${signal.instrument} for a ${signal.target_kind} of ${signal.target} at ${signal.price}`,
      };
    }
  }
  return null;
}

/**
 * On a rebalance session a wish is sized whether it changed or not: one that was held on to is what
 * its size comes to. Under same_close the close has the trades that it led to, and nothing is said.
 */
export function checkRebalances(k: Kernel, { forecasts }: Trace): Breach | null {
  const { plan, state, world } = k;
  if (plan.sameClose || !plan.rebalanceOn.includes(1)) return null;
  const sessions = forecasts.session.values();
  const [kinds, targets] = [forecasts.kind.values(), forecasts.target.values()];
  const [held, prices] = [forecasts.currentLots.values(), forecasts.price.values()];
  const [variants, signals] = [forecasts.variant.values(), forecasts.signal.values()];
  for (let n = 0; n < sessions.length; n++) {
    const session = sessions[n];
    // 0: no wish at all.
    if (plan.rebalanceOn[session] === 0 || signals[n] >= 0 || kinds[n] === 0) continue;
    const instrument = world.instruments[plan.variants[variants[n]].instrument];
    const wish = {
      target_kind: kinds[n] === 1 ? ("weight" as const) : ("units" as const),
      target: targets[n],
      belief_lots: held[n],
      price: prices[n],
    };
    if (isSized(wish, instrument, state.curves.nav[session])) continue;
    return {
      invariant: 1,
      status: "INERT_STAGE",
      message: `stage sizing was not applied: on ${formatDate(world.sessionsMs[session])}, a rebalance, ${held[n]} lots of ${instrument.id} were kept for a ${wish.target_kind} of ${wish.target} at ${wish.price}`,
    };
  }
  return null;
}

type Sized = Pick<SignalRecord, "target_kind" | "target" | "belief_lots" | "price">;

function isSized(signal: Sized, instrument: Instrument, navMinor: number): boolean {
  const { belief_lots: lots, target } = signal;
  // Without a size there must be a refusal; conservation has seen to that.
  if (lots === null) return true;
  // At whatever price: nothing costs nothing, also where money comes with each lot.
  if (target === 0) return lots === 0;
  if (lots !== 0 && lots > 0 !== target > 0) return false;
  const { one, all } =
    signal.target_kind === "units"
      ? inUnits(signal, instrument)
      : inMoney(signal, instrument, navMinor);
  const size = BigInt(Math.abs(lots));
  return atMost(times(one, size), all) && !atMost(times(one, size + 1n), all);
}

type Means = {
  /** What one lot takes, and all there is. */
  readonly one: Decimal;
  readonly all: Decimal;
};

function inUnits({ target }: Sized, { lot }: Instrument): Means {
  return { one: decimalOf(lot), all: decimalOf(Math.abs(target)) };
}

function inMoney(signal: Sized, instrument: Instrument, navMinor: number): Means {
  const { lot, multiplier, currencyDigits } = instrument;
  const perLot = multiply(multiply(decimalOf(lot), decimalOf(multiplier)), decimalOf(signal.price));
  const nav = { coefficient: BigInt(navMinor), scale: currencyDigits };
  return { one: perLot, all: multiply(decimalOf(Math.abs(signal.target)), nav) };
}

function times(value: Decimal, factor: bigint): Decimal {
  return { coefficient: value.coefficient * factor, scale: value.scale };
}

function atMost(a: Decimal, b: Decimal): boolean {
  const scale = BigInt(Math.max(a.scale, b.scale));
  return (
    a.coefficient * 10n ** (scale - BigInt(a.scale)) <=
    b.coefficient * 10n ** (scale - BigInt(b.scale))
  );
}
