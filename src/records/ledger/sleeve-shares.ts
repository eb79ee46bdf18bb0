/**
 * Who owns what of an instrument, and how an amount is shared out among them. Sleeves hold micro
 * lots (millionths of a lot), which add up to the portfolio's whole lots exactly; every amount is an
 * integer of the minor unit and is shared by largest remainder. Refuses shares that do not add up,
 * and trades that name no owner where there are several (invariant 11).
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf } from "../../base/decimal.ts";
import { type MoneyScale, moneyScale, notionalMinor } from "../../base/money.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { MICRO_LOTS, type SleeveShare } from "../../domain/journal-entry.ts";
import { apportion } from "./apportion.ts";
import type { Marks } from "./fold.ts";
import { createLotBook, type LotBook, type LotMethod } from "./lots.ts";

export type SleeveOptions = {
  /** ISO 4217 code of the account. */
  readonly currency: string;
  readonly lotMethod: LotMethod;
  readonly instruments: readonly Instrument[];
  readonly sleeves: readonly {
    readonly variantId: string;
    readonly strategy: string;
    readonly instrument: string;
  }[];
};

export type Sleeve = {
  readonly variantId: string;
  readonly strategy: string;
  /** Its lots are micro lots. */
  readonly book: LotBook;
  realisedMinor: bigint;
  dividendsMinor: bigint;
  feesMinor: bigint;
  borrowMinor: bigint;
};

/** All sleeves of one instrument, in the order of the options. */
export type Group = {
  readonly instrument: Instrument;
  readonly scale: MoneyScale;
  readonly sleeves: Sleeve[];
  /** A venue's dividends that came when no sleeve held any more. */
  unownedDividendsMinor: bigint;
};

/** Where in the journal. */
export type Moment = { readonly seq: number; readonly at: string };

export function groupsOf({
  instruments,
  sleeves,
  lotMethod,
}: SleeveOptions): ReadonlyMap<string, Group> {
  const method = lotMethod.startsWith("strict") ? "fifo" : lotMethod;
  const groups = new Map<string, Group>();
  for (const instrument of instruments) {
    const { id, lot, multiplier, currencyDigits } = instrument;
    const scale = moneyScale(lot, multiplier, currencyDigits);
    groups.set(id, { instrument, scale, sleeves: [], unownedDividendsMinor: 0n });
  }
  for (const { variantId, strategy, instrument } of sleeves) {
    const group = groups.get(instrument);
    invariant(group !== undefined, 11, () => `${variantId} trades ${instrument}, unknown here`);
    group.sleeves.push({
      variantId,
      strategy,
      book: createLotBook(method),
      realisedMinor: 0n,
      dividendsMinor: 0n,
      feesMinor: 0n,
      borrowMinor: 0n,
    });
  }
  return groups;
}

/** Micro lots of each sleeve of the group, from an entry's shares of `whole` lots. */
export function sharesOf(
  { instrument, sleeves }: Group,
  shares: readonly SleeveShare[],
  { whole, at }: { readonly whole: number; readonly at: Moment },
): readonly number[] {
  if (shares.length === 0 && whole !== 0) {
    invariant(
      sleeves.length === 1,
      11,
      () => `entry ${at.seq}: ${sleeves.length} sleeves trade ${instrument.id}, none is named`,
    );
    return [whole * MICRO_LOTS];
  }
  const microLots = sleeves.map(() => 0);
  for (const { variant_id, micro_lots } of shares) {
    const i = sleeves.findIndex((sleeve) => sleeve.variantId === variant_id);
    invariant(
      i >= 0 && Number.isSafeInteger(micro_lots),
      11,
      () => `entry ${at.seq}: ${micro_lots} micro lots of ${instrument.id} for ${variant_id}`,
    );
    microLots[i] += micro_lots;
  }
  checkSum({ instrument, microLots, whole, at });
  return microLots;
}

export function heldBy(
  { instrument, sleeves }: Group,
  { whole, at }: { readonly whole: number; readonly at: Moment },
): readonly number[] {
  const microLots = sleeves.map(({ book }) => book.held);
  checkSum({ instrument, microLots, whole, at });
  return microLots;
}

function checkSum(given: {
  readonly instrument: Instrument;
  readonly microLots: readonly number[];
  readonly whole: number;
  readonly at: Moment;
}): void {
  const { instrument, microLots, whole, at } = given;
  const sum = microLots.reduce((a, b) => a + b, 0);
  invariant(
    sum === whole * MICRO_LOTS,
    11,
    () =>
      `entry ${at.seq}: sleeves of ${instrument.id} add up to ${sum} micro lots, the portfolio has ${whole * MICRO_LOTS}`,
  );
}

/** An amount on `whole` lots, shared by signed micro lots. */
export function inProportion(
  amount: number,
  microLots: readonly number[],
  whole: number,
): bigint[] {
  const total = microLotsIn(whole);
  const sign = total < 0n ? -1n : 1n;
  const numerators = microLots.map((lots) => sign * BigInt(amount) * BigInt(lots));
  return apportion(numerators, sign * total, BigInt(amount));
}

/**
 * Micro lots after a split: each sleeve's times the ratio, less its part, by size, of the fraction of
 * a lot that vanished. The kernel keeps its sleeves by the same sum.
 */
export function splitShares(
  held: readonly number[],
  split: { readonly ratio: number; readonly lotsBefore: number; readonly lotsAfter: number },
): readonly number[] {
  const sizes = held.map((lots) => BigInt(Math.abs(lots)));
  const size = sizes.reduce((sum, each) => sum + each, 0n);
  if (size === 0n) return held;
  const ratio = decimalOf(split.ratio);
  const unit = 10n ** BigInt(ratio.scale);
  const after = microLotsIn(split.lotsAfter);
  const vanished = microLotsIn(split.lotsBefore) * ratio.coefficient - after * unit;
  const numerators = held.map(
    (lots, i) => BigInt(lots) * ratio.coefficient * size - vanished * sizes[i],
  );
  return apportion(numerators, unit * size, after).map(Number);
}

/** An amount shared by the sizes of the parts; nothing where there are none. */
export function bySize(amount: number, microLots: readonly number[]): bigint[] {
  const sizes = microLots.map((lots) => BigInt(Math.abs(lots)));
  const size = sizes.reduce((sum, each) => sum + each, 0n);
  if (size === 0n) return sizes;
  return apportion(
    sizes.map((each) => BigInt(amount) * each),
    size,
    BigInt(amount),
  );
}

/** Micro lots at a price, in minor units that add up to `total`. */
export function valuesOf(
  { scale }: Group,
  microLots: readonly number[],
  [price, total]: readonly [number, number],
): bigint[] {
  const exact = decimalOf(price);
  const unit = exact.coefficient * scale.exact.coefficient * 10n ** BigInt(scale.digits);
  const denominator = microLotsIn(1) * 10n ** BigInt(exact.scale + scale.exact.scale);
  return apportion(
    microLots.map((lots) => BigInt(lots) * unit),
    denominator,
    BigInt(total),
  );
}

/** What every sleeve's holding is worth; together the portfolio's marked and rounded value. */
export function markedValues(group: Group, marks: Marks): bigint[] {
  const { instrument, scale } = group;
  const microLots = group.sleeves.map(({ book }) => book.held);
  if (microLots.every((lots) => lots === 0)) return microLots.map(() => 0n);
  const price = marks(instrument.id);
  invariant(
    Number.isFinite(price),
    22,
    () => `sleeves hold ${microLots.join(", ")} micro lots of ${instrument.id} without a mark`,
  );
  const lots = microLots.reduce((sum, each) => sum + each, 0) / MICRO_LOTS;
  return valuesOf(group, microLots, [price, lots === 0 ? 0 : notionalMinor(lots, price, scale)]);
}

export function microLotsIn(lots: number): bigint {
  return BigInt(lots) * BigInt(MICRO_LOTS);
}
