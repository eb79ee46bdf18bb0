/**
 * A split multiplies quantities and keeps cost. The journal says how many whole lots were held
 * before and after; the fraction of a lot that vanished takes its share of every lot's cost with
 * it (what it was paid for is cash in lieu). Lots stay whole: boundaries between lots are cut at
 * whole new lots, oldest first, and a lot too small to survive a reverse split leaves its cost to
 * its neighbour. Refuses (invariant 11) counts that do not fit the book or the ratio.
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf, divideRounded } from "../../base/decimal.ts";
import { isOlder, type Lot, type LotBook, putInOrder } from "./lots.ts";

export type SplitTerms = {
  /** New units for each old one. */
  readonly ratio: number;
  readonly lotsBefore: number;
  readonly lotsAfter: number;
  /** How many make a lot that cannot be split further: 1, or the micro lots that sleeves count. */
  readonly wholeLot?: number;
};

export type SplitResult = {
  readonly before: readonly Lot[];
  readonly after: readonly Lot[];
  /** Signed cost that left with the vanished fraction. */
  readonly relievedMinor: bigint;
};

/** A ratio such as 1/3 is a rounded double; a whole result may come out this much short. */
const RATIO_NOISE = 1 + 1e-12;

export function splitLots(book: LotBook, terms: SplitTerms): SplitResult {
  const { held } = book;
  invariant(
    held === terms.lotsBefore,
    11,
    () => `a split counts ${terms.lotsBefore} lots before, the ledger holds ${held}`,
  );
  const wished = held * terms.ratio;
  invariant(
    Math.abs(wished - terms.lotsAfter) < (terms.wholeLot ?? 1) && terms.ratio > 0,
    11,
    () => `a split of ${held} lots by ${terms.ratio} cannot leave ${terms.lotsAfter}`,
  );
  const before = book.lots.toSorted((a, b) => (isOlder(a, b) ? -1 : 1));
  const kept = before.map((lot) => lot.costMinor - vanishedCost(lot, terms));
  const after = wholeLots(before, kept, terms);
  const relievedMinor = before.reduce((sum, lot, i) => sum + lot.costMinor - kept[i], 0n);
  book.lots.length = 0;
  for (const lot of after) putInOrder(book, lot);
  book.held = terms.lotsAfter;
  return { before, after, relievedMinor };
}

/** cost x (before x ratio - after) / (before x ratio), exact; nothing when no fraction vanished. */
function vanishedCost(lot: Lot, terms: SplitTerms): bigint {
  if (terms.lotsAfter === 0) return lot.costMinor;
  const ratio = decimalOf(terms.ratio);
  const unit = 10n ** BigInt(ratio.scale);
  const whole = BigInt(Math.abs(terms.lotsBefore)) * ratio.coefficient;
  const vanished = whole - BigInt(Math.abs(terms.lotsAfter)) * unit;
  return vanished <= 0n ? 0n : divideRounded(lot.costMinor * vanished, whole);
}

function wholeLots(before: readonly Lot[], costs: readonly bigint[], terms: SplitTerms): Lot[] {
  const after: Lot[] = [];
  const total = Math.abs(terms.lotsAfter);
  let old = 0;
  let given = 0;
  let orphanedCost = 0n;
  before.forEach((lot, i) => {
    old += Math.abs(lot.lots);
    const isLast = i === before.length - 1;
    const edge = isLast ? total : Math.min(total, Math.trunc(old * terms.ratio * RATIO_NOISE));
    const size = edge - given;
    given = edge;
    if (size === 0) {
      orphanedCost += costs[i];
      return;
    }
    const lots = Math.sign(lot.lots) * size;
    after.push({ ...lot, lots, costMinor: costs[i] + orphanedCost });
    orphanedCost = 0n;
  });
  const newest = after.at(-1);
  if (newest !== undefined) {
    after[after.length - 1] = { ...newest, costMinor: newest.costMinor + orphanedCost };
  }
  return after;
}
