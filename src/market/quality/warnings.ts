/**
 * Checks that warn: they look at a finished series and change nothing (spec market, section 3).
 * Moves are measured on split-adjusted closes, so a recorded split is not a jump.
 */
import { DAY_MS, dayNumber, formatInstant, weekdayOfDays } from "../../base/instant.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { adjustInputs } from "../actions/adjust.ts";
import type { QualitySettings } from "../section.ts";
import { type FindingBook, type FindingKind, report } from "./findings.ts";

export type WarnContext = {
  readonly book: FindingBook;
  readonly settings: QualitySettings;
  readonly actions: readonly CorporateAction[];
  /** Last bar of any series in the pack. */
  readonly lastMs: number;
  readonly where: (row: number) => string;
};

type Say = (kind: FindingKind, row: number, value: string) => void;

/** Bars over which a jump must hold to be a break of the level. */
const LEVEL_BARS = 5;

export function warnAbout(series: BarSeries, context: WarnContext): void {
  const { book, where } = context;
  const say: Say = (kind, row, value) =>
    report(book, kind, series.instrument.id, () => ({
      where: where(row),
      value: `${formatInstant(series.timesMs[row])} ${value}`,
    }));
  checkPrices(series, say);
  checkVolume(series, say, context.settings.max_zero_volume_share);
  checkMoves(series, say, context);
  checkCalendar(series, say, context.settings.max_gap_days);
  checkStale(series, say, context);
}

function checkPrices(series: BarSeries, say: Say): void {
  const { open, high, low, close, instrument } = series;
  if (!instrument.allowNonpositive) {
    checkPositive("open", open, say);
    checkPositive("high", high, say);
    checkPositive("low", low, say);
  }
  if (high === null || low === null) return;
  for (let t = 0; t < close.length; t++) {
    const range = () => `outside ${low[t]}..${high[t]}`;
    if (open !== null && (open[t] > high[t] || open[t] < low[t])) {
      say("open_outside_range", t, `open ${open[t]} ${range()}`);
    }
    if (close[t] > high[t] || close[t] < low[t]) {
      say("close_outside_range", t, `close ${close[t]} ${range()}`);
    }
  }
}

function checkPositive(name: string, column: Float64Array | null, say: Say): void {
  if (column === null) return;
  for (let t = 0; t < column.length; t++) {
    if (column[t] <= 0) say("price_not_positive", t, `${name} ${column[t]}`);
  }
}

function checkVolume({ volume }: BarSeries, say: Say, maxShare: number): void {
  if (volume === null) return;
  for (let t = 0; t < volume.length; t++) {
    if (volume[t] < 0) say("volume_negative", t, `volume ${volume[t]}`);
  }
  if (zeroVolumeShare(volume) <= maxShare) return;
  for (let t = 0; t < volume.length; t++) if (volume[t] === 0) say("volume_zero", t, "volume 0");
}

export function zeroVolumeShare(volume: Float64Array): number {
  let zeros = 0;
  for (let t = 0; t < volume.length; t++) if (volume[t] === 0) zeros++;
  return volume.length === 0 ? 0 : zeros / volume.length;
}

function checkMoves(series: BarSeries, say: Say, { settings, actions }: WarnContext): void {
  const { close } = adjustInputs(series, actions);
  for (let t = 1; t < close.length; t++) {
    if (!isFar(close[t], close[t - 1], settings.max_jump)) continue;
    const move = `close ${series.close[t - 1]} to ${series.close[t]}`;
    say("jump", t, move);
    if (isLevelBreak(close, t, settings.max_jump)) say("level_break", t, move);
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

function checkCalendar(series: BarSeries, say: Say, maxGapDays: number): void {
  const { timesMs, instrument } = series;
  const weekdaysOnly = instrument.assetClass !== "crypto" && instrument.assetClass !== "fx";
  for (let t = 0; t < timesMs.length; t++) {
    const day = dayNumber(timesMs[t]);
    if (weekdaysOnly && weekdayOfDays(day) > 4) say("weekend_bar", t, "");
    const gap = t === 0 ? 0 : day - dayNumber(timesMs[t - 1]);
    if (gap > maxGapDays) say("gap", t, `${gap} days after ${formatInstant(timesMs[t - 1])}`);
  }
}

function checkStale(series: BarSeries, say: Say, { settings, lastMs }: WarnContext): void {
  const { close, timesMs } = series;
  const last = close.length - 1;
  let start = 0;
  for (let t = 1; t <= close.length; t++) {
    if (t <= last && close[t] === close[start]) continue;
    const length = t - start;
    if (length > settings.stale_sessions) {
      const text = `close ${close[start]} for ${length} bars`;
      say(t > last ? "stale_tail" : "stale_run", start, text);
    }
    start = t;
  }
  const behind = Math.floor((lastMs - timesMs[last]) / DAY_MS);
  // Sessions are not known without a calendar; five sessions take seven days.
  const allowedDays = Math.ceil((settings.stale_sessions * 7) / 5);
  if (behind > allowedDays) say("stale_tail", last, `ends ${behind} days before the last bar`);
}
