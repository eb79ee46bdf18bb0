/**
 * A handful of wrong prints over the years, as feeds have them: one bar each, everything around it
 * as it was. Enters: finished bars and a stream; leaves: the same bars changed in place and the
 * list of what was changed. High stays at or above low and close above zero, so a pack holding
 * them is admitted with warnings.
 */
import { type Prng, nextUniform } from "../../../base/prng.ts";
import { type Bars, onTick } from "./bars.ts";

export const BAD_PRINT_KINDS = [
  /** High ten times too high: a slipped decimal point. */
  "high_slip",
  /** Low at zero: an empty field read as a number. */
  "low_zero",
  /** High below open and close. */
  "high_cut",
  /** Open above the high. */
  "open_stray",
  /** High and low both inside open and close. */
  "low_cut",
  /** Close six deviations away and back the next session, high or low with it. */
  "close_spike",
] as const;
export type BadPrintKind = (typeof BAD_PRINT_KINDS)[number];

export type BadPrint = {
  readonly instrument: string;
  /** Row of the instrument's own sessions. */
  readonly session: number;
  readonly field: "open" | "high" | "low" | "close";
  readonly kind: BadPrintKind;
};

export type PrintedBars = {
  readonly id: string;
  readonly tick: number;
  readonly bars: Bars;
  /** Standard deviation of the day, per session. */
  readonly scale: Float64Array;
};

/** Per market of any length: every kind, two of them twice. */
const PRINTS: readonly BadPrintKind[] = [...BAD_PRINT_KINDS, "high_cut", "close_spike"];
/** None within the first and the last tenth. */
const MARGIN = 0.1;
const SPIKE = 6;
const SLIP = 10;

/** At most one per instrument, spread by the stream alone. */
export function spoil(printed: readonly PrintedBars[], prng: Prng): readonly BadPrint[] {
  const left = [...printed];
  return PRINTS.map((kind) => {
    const [victim] = left.splice(Math.floor(nextUniform(prng) * left.length), 1);
    const share = MARGIN + (1 - 2 * MARGIN) * nextUniform(prng);
    const session = Math.floor(share * victim.bars.close.length);
    const field = strike(kind, victim, session);
    return { instrument: victim.id, session, field, kind };
  });
}

function strike(
  kind: BadPrintKind,
  { bars, tick, scale }: PrintedBars,
  t: number,
): BadPrint["field"] {
  const { open, high, low, close } = bars;
  const top = Math.max(open[t], close[t]);
  const bottom = Math.min(open[t], close[t]);
  switch (kind) {
    case "high_slip":
      high[t] = onTick(high[t] * SLIP, tick);
      return "high";
    case "low_zero":
      low[t] = 0;
      return "low";
    case "high_cut":
      high[t] = low[t];
      return "high";
    case "open_stray":
      open[t] = onTick(high[t] * (1 + SPIKE * scale[t]), tick);
      return "open";
    case "low_cut":
      low[t] = high[t];
      return "low";
    case "close_spike":
      close[t] = onTick(close[t] * (1 + SPIKE * scale[t]), tick);
      high[t] = Math.max(high[t], close[t], top);
      low[t] = Math.min(low[t], bottom);
      return "close";
  }
}
