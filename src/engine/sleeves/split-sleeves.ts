/** A share split reaches the sleeves as it reaches the position, by the very sum that the ledger makes. */
import { splitShares } from "../../records/ledger/sleeve-shares.ts";
import type { Kernel } from "../state.ts";
import type { SleeveBook } from "./book.ts";
import { sleevesOf } from "./share-fill.ts";

/** False where no sleeve held anything: then nothing has to be told of it. */
export function splitSleeves(
  k: Kernel,
  book: SleeveBook,
  i: number,
  split: { readonly ratio: number; readonly lotsBefore: number; readonly lotsAfter: number },
): boolean {
  const netting = book.nettings[i];
  // Something stays to be crossed: its signals wait for that, and would never end with nothing.
  if (netting !== null && netting.toCross > 0) {
    netting.toCross = Math.max(1, Math.round(netting.toCross * split.ratio));
  }
  const owners = sleevesOf(k, i);
  const held = owners.map((v) => book.microLots[v]);
  const after = splitShares(held, split);
  for (const [n, v] of owners.entries()) book.microLots[v] = after[n];
  return held.some((lots) => lots !== 0);
}
