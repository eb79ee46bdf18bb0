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
  /** High as low as the low: open and close stick out. */
  "high_cut",
  /** Open eight deviations above the high. */
  "open_stray",
  /** Low as high as the high. */
  "low_cut",
  /** Close eight deviations away and back the next session, high or low with it: still modest. */
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
  /** Standard deviation of the day, per session, and what it usually is in calm times. */
  readonly scale: Float64Array;
  readonly usual: number;
  /** The held contract per session; null for shares. */
  readonly contract: Float64Array | null;
};

/** One in each stretch of so many sessions, none in its first part: about eight in twenty years. */
const STRETCH = 630;
const QUIET = 100;
/** In daily standard deviations. */
const SPIKE = 8;
const SLIP = 10;
/**
 * A spike waits for so many sessions in a row that were no wilder than this many usual ones, as it
 * would drown in wilder ones.
 */
const QUIET_SESSIONS = 63;
const QUIET_SCALE = 1.4;

export function spoil(printed: readonly PrintedBars[], prng: Prng): readonly BadPrint[] {
  const longest = Math.max(...printed.map(({ bars }) => bars.close.length));
  const prints: BadPrint[] = [];
  for (let start = 0; start < longest; start += STRETCH) {
    const kind = BAD_PRINT_KINDS[(start / STRETCH) % BAD_PRINT_KINDS.length];
    const victim = printed[Math.floor(printed.length * nextUniform(prng))];
    const drawn = start + QUIET + Math.floor((STRETCH - QUIET) * nextUniform(prng));
    const session = kind === "close_spike" ? nextQuiet(victim, drawn) : drawn;
    const up = nextUniform(prng) < 0.5;
    if (session >= victim.bars.close.length) continue;
    const field = strike(kind, victim, { t: session, up });
    prints.push({ instrument: victim.id, session, field, kind });
  }
  return prints;
}

/** Never the eve of a roll, where the next session is another contract's. */
function nextQuiet({ scale, usual, contract }: PrintedBars, from: number): number {
  let quiet = 0;
  for (let t = from - QUIET_SESSIONS; t < scale.length; t++) {
    quiet = scale[t] > QUIET_SCALE * usual ? 0 : quiet + 1;
    const rolls = contract !== null && contract[t + 1] !== contract[t];
    if (quiet > QUIET_SESSIONS && !rolls) return t;
  }
  return scale.length;
}

function strike(
  kind: BadPrintKind,
  { bars, tick, scale, usual }: PrintedBars,
  { t, up }: { readonly t: number; readonly up: boolean },
): BadPrint["field"] {
  const { open, high, low, close } = bars;
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
      close[t] = onTick(close[t] * (1 + (up ? SPIKE : -SPIKE) * Math.max(scale[t], usual)), tick);
      high[t] = Math.max(high[t], close[t]);
      low[t] = Math.min(low[t], close[t]);
      return "close";
  }
}
