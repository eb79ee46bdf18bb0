/**
 * A fill goes back to the sleeves that wanted it, in proportion to what each wanted; one that
 * closes the position (a stop, a flatten) takes each sleeve to zero. Whole millionths of a lot, by
 * largest remainder, so that nothing is lost and nothing appears.
 */
import { apportion } from "../../base/apportion.ts";
import { invariant } from "../../base/assert.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Order } from "../../domain/order.ts";
import type { Share } from "../recorder.ts";
import type { Kernel } from "../state.ts";
import type { Netting, SleeveBook } from "./book.ts";

/** `lots` signed. Moves the sleeves and tells the signals what they got. */
export function shareFill(
  k: Kernel,
  book: SleeveBook,
  order: Order,
  lots: number,
): readonly Share[] {
  const micro = lots * MICRO_LOTS;
  const netting = book.nettings[order.instrument];
  if (order.purpose === "stop" || order.purpose === "flatten") {
    return shareClosing(k, book, order.instrument, micro);
  }
  invariant(
    netting !== null,
    2,
    () => `order ${order.ordinal} fills and no sleeve waits for instrument ${order.instrument}`,
  );
  return shareAmong(book, netting, micro);
}

/** Among the signals on the side of the fill. */
export function shareAmong(book: SleeveBook, netting: Netting, micro: number): readonly Share[] {
  const { signals, wanted } = netting;
  const weights = wanted.map((w) => (w * micro > 0 ? Math.abs(w) : 0));
  const parts = new Float64Array(wanted.length);
  apportion(micro, weights, parts);
  const shares: Share[] = [];
  for (const [n, signal] of signals.entries()) {
    if (parts[n] === 0) continue;
    book.microLots[signal.variant] += parts[n];
    signal.filledLots += Math.abs(parts[n]) / MICRO_LOTS;
    shares.push({ variant: signal.variant, microLots: parts[n] });
  }
  return shares;
}

/**
 * What closes all of a position closes every sleeve of it, those that stood against it included;
 * what closes a part takes it from the sleeves on its side.
 */
function shareClosing(k: Kernel, book: SleeveBook, i: number, micro: number): readonly Share[] {
  const owners = sleevesOf(k, i);
  const held = Float64Array.from(owners, (v) => book.microLots[v]);
  const total = held.reduce((sum, value) => sum + value, 0);
  const parts = new Float64Array(owners.length);
  if (total === -micro) parts.set(held.map((value) => 0 - value));
  else {
    apportion(
      micro,
      held.map((value) => (value * micro < 0 ? Math.abs(value) : 0)),
      parts,
    );
  }
  return owners.flatMap((variant, n) => {
    if (parts[n] === 0) return [];
    book.microLots[variant] += parts[n];
    return [{ variant, microLots: parts[n] }];
  });
}

/** Variants of an instrument, in the plan's order. */
export function sleevesOf(k: Kernel, i: number): readonly number[] {
  return k.plan.layers === null ? [] : k.plan.layers.sleevesOf[i];
}
