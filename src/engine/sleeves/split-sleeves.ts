/** A share split reaches the sleeves as it reached the position: in proportion, to the last millionth. */
import { apportion } from "../../base/apportion.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Kernel } from "../state.ts";
import type { SleeveBook } from "./book.ts";
import { sleevesOf } from "./share-fill.ts";

/**
 * Sleeves on both sides of a position each scale by the ratio; the difference that rounding makes
 * to the whole lots is shared out by size.
 */
export function splitSleeves(
  k: Kernel,
  book: SleeveBook,
  i: number,
  split: { readonly ratio: number; readonly lotsAfter: number },
): void {
  const netting = book.nettings[i];
  if (netting !== null) netting.toCross = Math.round(netting.toCross * split.ratio);
  const owners = sleevesOf(k, i);
  let total = 0;
  for (const v of owners) {
    book.microLots[v] = Math.round(book.microLots[v] * split.ratio);
    total += book.microLots[v];
  }
  const missing = split.lotsAfter * MICRO_LOTS - total;
  if (missing === 0) return;
  const sizes = Float64Array.from(owners, (v) => Math.abs(book.microLots[v]));
  const parts = new Float64Array(owners.length);
  apportion(missing, sizes, parts);
  for (const [n, v] of owners.entries()) book.microLots[v] += parts[n];
}
