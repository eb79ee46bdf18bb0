/**
 * The sizing stage's identity, asserted on what the journal says was decided and not on its own
 * counters: the lots a signal believes in are the most that its target pays for at the decision's
 * price and net asset value, and not one lot fewer. Exact decimals; shares no code with the stage.
 */
import { type Decimal, decimalOf, multiply } from "../base/decimal.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { SignalRecord } from "../domain/journal-entry.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { Breach } from "./audit.ts";
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

function isSized(signal: SignalRecord, instrument: Instrument, navMinor: number): boolean {
  const { belief_lots: lots, target } = signal;
  // Without a size there must be a refusal; conservation has seen to that.
  if (lots === null) return true;
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

function inUnits({ target }: SignalRecord, { lot }: Instrument): Means {
  return { one: decimalOf(lot), all: decimalOf(Math.abs(target)) };
}

function inMoney(signal: SignalRecord, instrument: Instrument, navMinor: number): Means {
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
