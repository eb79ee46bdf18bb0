/**
 * Sleeves as plain arithmetic: fractions of lots and money in doubles, with no lots, no cost and no
 * class of income. Counts how often the books may have rounded.
 */
import { MICRO_LOTS, type SleeveShare } from "../../../src/domain/journal-entry.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import type { LedgerEntry } from "../../../src/records/ledger/fold.ts";
import { MIXED, mixedSleeves } from "./mixed-journal.ts";

export type Naive = { lots: number; money: number; total: number; roundings: number };
type Parts = readonly (readonly [Naive, number])[];

/** Every share unrounded, at the marks. */
export function naiveSleeves(
  entries: readonly LedgerEntry[],
  marks: (id: string) => number,
): ReadonlyMap<string, Naive> {
  const { sleeves } = mixedSleeves("fifo");
  const all = new Map(
    sleeves.map((s) => [s.variantId, { lots: 0, money: 0, total: 0, roundings: 0 } as Naive]),
  );
  const find = (variant: string) => all.get(variant) as Naive;
  for (const { payload } of entries) {
    if (!("instrument" in payload) || payload.instrument === null) continue;
    const id = payload.instrument;
    const owners = sleeves.filter((s) => s.instrument === id).map((s) => find(s.variantId));
    enter(payload, { owners, find, unit: unitOf(id) });
  }
  for (const { variantId, instrument } of sleeves) {
    const own = find(variantId);
    const value = own.lots === 0 ? 0 : own.lots * marks(instrument) * unitOf(instrument);
    own.total = own.money + value;
  }
  return all;
}

function unitOf(id: string): number {
  const { lot, multiplier, currencyDigits } = MIXED.find((i) => i.id === id) as (typeof MIXED)[0];
  return lot * multiplier * 10 ** currencyDigits;
}

function enter(
  p: AccountPayload,
  books: {
    readonly owners: readonly Naive[];
    readonly find: (variant: string) => Naive;
    readonly unit: number;
  },
): void {
  const { owners, find, unit } = books;
  const held: Parts = owners.map((own) => [own, own.lots]);
  const shares = (given: readonly SleeveShare[]): Parts =>
    given.map((s) => [find(s.variant_id), s.micro_lots / MICRO_LOTS]);
  switch (p.kind) {
    case "fill": {
      const named: Parts = p.sleeves.length === 0 ? [[owners[0], p.lots]] : shares(p.sleeves);
      trade(named, -p.notional_minor / p.lots);
      return pay(named, -p.fee_minor);
    }
    case "cross":
      return trade(shares(p.sleeves), -(p.price as number) * unit);
    case "roll": {
      const inside = (p.to_reference - p.from_reference) * unit;
      const cost = p.lots === 0 ? inside : (p.from_notional_minor + p.to_notional_minor) / p.lots;
      for (const [own, lots] of held) own.money -= lots * cost;
      return pay(held, -p.fee_minor);
    }
    case "split": {
      pay(held, p.cash_in_lieu_minor);
      const vanished = p.lots_before * p.ratio - p.lots_after;
      for (const [own, part] of bySize(held)) own.lots = own.lots * p.ratio - vanished * part;
      return;
    }
    case "dividend":
      for (const [own, lots] of held) {
        own.money += (p.amount_minor * lots) / (p.lots || 1);
        own.roundings += 1;
      }
      return;
    case "accrual":
      return pay(
        held.filter(([own]) => own.lots < 0),
        -p.amount_minor,
      );
    default:
      return;
  }
}

function trade(parts: Parts, moneyPerLot: number): void {
  for (const [own, lots] of parts) {
    own.lots += lots;
    own.money += lots * moneyPerLot;
    own.roundings += 1;
  }
}

/** An amount by size; the books round it, and the trade it goes with in up to two legs. */
function pay(parts: Parts, amount: number): void {
  for (const [own, part] of bySize(parts)) own.money += amount * part;
  for (const [own] of parts) own.roundings += 3;
}

function bySize(parts: Parts): Parts {
  const size = parts.reduce((sum, [, lots]) => sum + Math.abs(lots), 0);
  return parts.map(([own, lots]) => [own, size === 0 ? 0 : Math.abs(lots) / size]);
}
