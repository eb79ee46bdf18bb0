/**
 * Stage netting: the sleeves' wishes of one instrument become one. What a gate refused counts as
 * what the sleeve holds. Wishes on opposite sides meet inside as far as they reach.
 */
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Signal } from "../signal.ts";
import type { Netting, SleeveBook } from "../sleeves/book.ts";
import { awaitCross } from "../sleeves/cross.ts";
import type { Kernel } from "../state.ts";

export type NettedWish = {
  readonly instrument: number;
  readonly netting: Netting;
  /** What all sleeves together would hold, in fractions of lots. */
  readonly wantedLots: number;
};

export function nettingStage(k: Kernel, live: readonly Signal[]): readonly NettedWish[] {
  const book = k.state.sleeves as SleeveBook;
  const counts = k.state.tally.stages.netting;
  const byInstrument = new Map<number, Signal[]>();
  for (const signal of live) {
    const list = byInstrument.get(signal.instrument);
    if (list === undefined) byInstrument.set(signal.instrument, [signal]);
    else list.push(signal);
  }
  const netted: NettedWish[] = [];
  // Whoever comes first takes what a limit leaves: by name, not by place in the mandate.
  const ordered = [...byInstrument].sort(([, a], [, b]) =>
    firstId(k, a) < firstId(k, b) ? -1 : 1,
  );
  for (const [instrument, signals] of ordered) {
    netted.push(netOf(k, book, instrument, signals));
    k.state.tally.stages.sizing.reached++;
  }
  counts.evaluated++;
  counts.applied++;
  if (netted.some(({ netting }) => netting.signals.length > 1)) counts.bound++;
  return netted;
}

/** The least variant id among the signals of one instrument. */
function firstId({ plan }: Kernel, signals: readonly Signal[]): string {
  return signals.map(({ variant }) => plan.variants[variant].id).reduce((a, b) => (a < b ? a : b));
}

function netOf(
  k: Kernel,
  book: SleeveBook,
  instrument: number,
  signals: readonly Signal[],
): NettedWish {
  const wanted = Float64Array.from(
    signals,
    (signal) =>
      Math.round((signal.finalLots as number) * MICRO_LOTS) -
      Math.round(signal.currentLots * MICRO_LOTS),
  );
  let buys = 0;
  let sells = 0;
  for (const change of wanted) {
    if (change > 0) buys += change;
    else sells -= change;
  }
  const netting: Netting = {
    instrument,
    session: k.state.session,
    signals,
    wanted,
    toCross: Math.min(buys, sells),
  };
  book.nettings[instrument] = netting;
  awaitCross(k, netting);
  const wantedLots = k.state.lots[instrument] + (buys - sells) / MICRO_LOTS;
  return { instrument, netting, wantedLots };
}
