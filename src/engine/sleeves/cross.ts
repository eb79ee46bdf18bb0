/**
 * Sleeves that want opposite things of one instrument meet inside: no order, no cost, at the price
 * at which a market order of that decision would have traded, before slippage. Both sides get the
 * same share of what they wanted. What never finds a price ends with its wish.
 */
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { atClose, atOpen } from "../../venue/fill-price.ts";
import type { Share } from "../recorder.ts";
import { releaseSignal } from "../signal-end.ts";
import type { Kernel } from "../state.ts";
import type { Netting, SleeveBook } from "./book.ts";
import { shareAmong } from "./share-fill.ts";

/** Before the session's first fill: crosses at its open, or with close-only data at its close. */
export function crossAtSession(k: Kernel, book: SleeveBook, session: number): void {
  for (const netting of book.nettings) {
    if (netting === null || netting.toCross === 0 || netting.session >= session) continue;
    const bars = k.world.bars[netting.instrument];
    const { marketPhase } = k.plan;
    const price =
      marketPhase === "open"
        ? atOpen("market", 1, null, bars.open?.[session] ?? Number.NaN, marketPhase)
        : atClose("market", bars.close[session], marketPhase);
    if (price === price) cross(k, book, netting, price);
  }
}

/** `same_close`: wishes of this close meet at it. */
export function crossAtSameClose(k: Kernel, book: SleeveBook, session: number): void {
  for (const netting of book.nettings) {
    if (netting === null || netting.toCross === 0 || netting.session !== session) continue;
    if (k.state.lastBar[netting.instrument] === session) {
      cross(k, book, netting, k.state.mark[netting.instrument]);
    }
  }
}

/** The signals of a netting with something to cross wait for it as for an order. */
export function awaitCross(k: Kernel, netting: Netting): void {
  if (netting.toCross === 0) return;
  for (const signal of netting.signals) {
    signal.openOrders++;
    signal.crosses = true;
    k.state.openSignals.add(signal);
  }
}

/** A newer decision, a flattening or the end of the data took the wishes back before they met. */
export function dropCross(k: Kernel, book: SleeveBook, instrument: number): void {
  const netting = book.nettings[instrument];
  if (netting === null) return;
  if (netting.toCross > 0) finish(k, netting, Number.NaN, []);
  book.nettings[instrument] = null;
}

export function expireCrosses(k: Kernel, book: SleeveBook): void {
  for (const netting of book.nettings) {
    if (netting !== null && netting.toCross > 0) finish(k, netting, Number.NaN, []);
  }
}

function cross(k: Kernel, book: SleeveBook, netting: Netting, price: number): void {
  const { toCross } = netting;
  const shares = [...shareAmong(book, netting, toCross), ...shareAmong(book, netting, -toCross)];
  k.state.counters.crosses++;
  k.state.counters.crossedLots += toCross / MICRO_LOTS;
  finish(k, netting, price, shares);
}

function finish(k: Kernel, netting: Netting, price: number, shares: readonly Share[]): void {
  netting.toCross = 0;
  const ended = netting.signals.filter((signal) => releaseSignal(k.state, signal));
  k.recorder.cross(k.state.session, { instrument: netting.instrument, price, shares, ended });
}
