/**
 * Moves from close to close that no market made: a jump, a spike that the next bar takes back, a
 * break of the level. Enters: closes as printed and adjusted; leaves: warnings. Measured on closes
 * with splits and rolls taken out, so neither is a jump: a move never compares two contracts.
 * Moves are fractions of the earlier close.
 */
import type { FuturesColumns } from "../../domain/bar.ts";
import type { Say } from "./findings.ts";

/** Bars over which a jump must hold to be a break of the level. */
const LEVEL_BARS = 5;
/** Bars on either side whose mean move is the usual one. */
const AROUND = 21;
/** Fewer known moves than this around a bar do not say what is usual there. */
const LEAST_KNOWN = 10;
/** Out and back leave less than this part of the greater of the two behind. */
const LEFT_BEHIND = 0.5;

type Closes = {
  /** As printed: what a message shows. */
  readonly close: Float64Array;
  /** With splits and rolls taken out: what is measured. */
  readonly adjusted: Float64Array;
  readonly futures: FuturesColumns | null;
};

export function checkMoves(
  closes: Closes,
  say: Say,
  limits: {
    /** Fraction of the earlier close; null: jumps are no news here. */
    readonly maxJump: number | null;
    /** Multiple of the mean move around it. */
    readonly maxSpike: number;
  },
): void {
  if (limits.maxJump !== null) checkJumps(closes, say, limits.maxJump);
  checkSpikes(closes, say, limits.maxSpike);
}

function checkJumps(closes: Closes, say: Say, limit: number): void {
  const { adjusted } = closes;
  const move = (t: number) => moveText(closes, t);
  for (let t = 1; t < adjusted.length; t++) {
    if (!isFar(adjusted[t], adjusted[t - 1], limit)) continue;
    say("jump", t, move);
    if (isLevelBreak(adjusted, t, limit)) say("level_break", t, move);
  }
}

/**
 * The bars after the jump all lie far from the price before it, and those before it all far from
 * the price after it: neither a spike nor the way back from one.
 */
function isLevelBreak(close: Float64Array, t: number, limit: number): boolean {
  if (t + LEVEL_BARS > close.length || close[t - 1] <= 0) return false;
  const up = close[t] > close[t - 1];
  const far = (price: number, before: number) =>
    isFar(price, before, limit) && price > before === up;
  for (let k = t; k < t + LEVEL_BARS; k++) if (!far(close[k], close[t - 1])) return false;
  for (let k = Math.max(0, t - LEVEL_BARS); k < t; k++) if (!far(close[t], close[k])) return false;
  return true;
}

/** A move from a price at or below zero has no percentage; any change of it counts as far. */
function isFar(price: number, before: number, limit: number): boolean {
  if (before <= 0) return price !== before;
  return Math.abs(price / before - 1) > limit;
}

function checkSpikes(closes: Closes, say: Say, limit: number): void {
  const { adjusted } = closes;
  const sums = sumsOfMoves(adjusted);
  const value = (t: number) => `${moveText(closes, t)} and back`;
  for (let t = 1; t < adjusted.length; t++) {
    const out = moveBetween(adjusted[t - 1], adjusted[t]);
    const size = Math.abs(out);
    const least = limit * usualMove(sums, t);
    // Nearly every bar ends here.
    if (!(size > least)) continue;
    const left = leftBehind(closes, t);
    const back = (1 + left) / (1 + out) - 1;
    const wayBack = Math.abs(back);
    if (wayBack > least && Math.abs(left) < LEFT_BEHIND * Math.max(size, wayBack)) {
      say("spike", t, value);
    }
  }
}

/**
 * The move from the bar before the spike to the bar after it. Where a future is rolled at this
 * close, or ends with it, the contract that follows says in the same session what the market did.
 */
function leftBehind({ adjusted: close, futures }: Closes, t: number): number {
  const isLast = t + 1 === close.length;
  if (futures === null) return isLast ? Number.NaN : moveBetween(close[t - 1], close[t + 1]);
  const { contract } = futures;
  if (!isLast && contract[t] === contract[t + 1]) return moveBetween(close[t - 1], close[t + 1]);
  return contract[t] === contract[t - 1] ? nextContractMove(futures, t) : Number.NaN;
}

function nextContractMove({ nextClose }: FuturesColumns, t: number): number {
  return moveBetween(nextClose[t - 1], nextClose[t]);
}

/** NaN from a price at or below zero: a move that is unknown is neither usual nor a spike. */
function moveBetween(before: number, price: number): number {
  return before > 0 ? price / before - 1 : Number.NaN;
}

type Sums = { readonly sizes: Float64Array; readonly known: Uint32Array };

/** Running sums of the known moves' sizes, and how many there are, up to but without each row. */
function sumsOfMoves(close: Float64Array): Sums {
  const sizes = new Float64Array(close.length + 1);
  const known = new Uint32Array(close.length + 1);
  for (let t = 0; t < close.length; t++) {
    const size = t === 0 ? Number.NaN : Math.abs(moveBetween(close[t - 1], close[t]));
    const isKnown = size < Number.POSITIVE_INFINITY;
    sizes[t + 1] = sizes[t] + (isKnown ? size : 0);
    known[t + 1] = known[t] + (isKnown ? 1 : 0);
  }
  return { sizes, known };
}

/** Mean size of the moves around row t, its own and the next one left out; NaN: not known. */
function usualMove({ sizes, known }: Sums, t: number): number {
  const rows = sizes.length - 1;
  const from = Math.max(0, t - AROUND);
  const after = Math.min(rows, t + 2);
  const to = Math.min(rows, t + 2 + AROUND);
  const count = known[t] - known[from] + known[to] - known[after];
  if (count < LEAST_KNOWN) return Number.NaN;
  return (sizes[t] - sizes[from] + sizes[to] - sizes[after]) / count;
}

function moveText({ close, futures }: Closes, t: number): string {
  const rolled = futures !== null && futures.contract[t] !== futures.contract[t - 1];
  const before = rolled ? futures.nextClose[t - 1] : close[t - 1];
  return `close ${before} to ${close[t]}`;
}
