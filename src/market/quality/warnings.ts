/**
 * Checks that warn: they look at a finished series and change nothing (spec market, section 3).
 * This file: prices, volumes, and the order of all; moves.ts: jumps, spikes and breaks of the
 * level; sessions.ts: gaps, holidays and stale ends.
 */
import { formatInstant } from "../../base/instant.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { ReferenceSeries } from "../../domain/pack.ts";
import { adjustInputs } from "../actions/adjust.ts";
import type { QualitySettings } from "../section.ts";
import { type FindingBook, report, type Say } from "./findings.ts";
import { checkMoves } from "./moves.ts";
import { calendarOf, checkSessions, checkStale } from "./sessions.ts";

export type WarnContext = {
  readonly book: FindingBook;
  readonly settings: QualitySettings;
  readonly actions: readonly CorporateAction[];
  /** Last bar of any series in the pack. */
  readonly lastMs: number;
  readonly where: (row: number) => string;
};

export function warnAbout(series: BarSeries, context: WarnContext): void {
  const { settings, lastMs, actions } = context;
  const { instrument, timesMs, close, futures } = series;
  const say = sayOf(instrument.id, timesMs, context);
  checkPrices(series, say);
  checkStrays(series, say, settings.max_jump);
  checkVolume(series, say, settings.max_zero_volume_share);
  const adjusted = adjustInputs(series, actions).close;
  checkMoves({ close, adjusted, futures }, say, {
    maxJump: settings.max_jump,
    maxSpike: settings.max_spike,
  });
  const { assetClass, calendar } = instrument;
  const onWeekends = assetClass === "crypto" || assetClass === "fx";
  const days = { timesMs, calendar: calendarOf(calendar), onWeekends };
  checkSessions(days, say, settings.max_gap_days);
  checkStale({ ...days, close }, say, { staleSessions: settings.stale_sessions, lastMs });
}

/** Nobody trades it on an exchange: moves, gaps of many days and a stale end can be told. */
export function warnAboutReference(reference: ReferenceSeries, context: WarnContext): void {
  const { settings, lastMs } = context;
  const { id, kind, timesMs, values } = reference;
  const say = sayOf(id, timesMs, context);
  checkMoves({ close: values, adjusted: values, futures: null }, say, {
    // A volatility doubles in a day as a price never does; only what comes back at once is odd.
    maxJump: kind === "volatility_index" ? null : settings.max_jump,
    maxSpike: settings.max_spike,
  });
  const days = { timesMs, calendar: null, onWeekends: kind === "fx" };
  checkSessions(days, say, settings.max_gap_days);
  checkStale({ ...days, close: values }, say, {
    staleSessions: settings.stale_sessions,
    lastMs,
  });
}

function sayOf(id: string, timesMs: Float64Array, { book, where }: WarnContext): Say {
  return (kind, row, value) =>
    report(book, kind, id, () => ({
      where: where(row),
      value: `${formatInstant(timesMs[row])} ${value(row)}`.trim(),
    }));
}

function checkPrices({ open, high, low, close, instrument }: BarSeries, say: Say): void {
  if (!instrument.allowNonpositive) {
    checkPositive("open", open, say);
    checkPositive("high", high, say);
    checkPositive("low", low, say);
  }
  if (high === null || low === null) return;
  checkInside("open", open, { high, low, say });
  checkInside("close", close, { high, low, say });
}

function checkPositive(name: string, column: Float64Array | null, say: Say): void {
  if (column === null) return;
  const value = (t: number) => `${name} ${column[t]}`;
  for (let t = 0; t < column.length; t++) {
    if (column[t] <= 0) say("price_not_positive", t, value);
  }
}

function checkInside(
  name: "open" | "close",
  column: Float64Array | null,
  bars: { readonly high: Float64Array; readonly low: Float64Array; readonly say: Say },
): void {
  if (column === null) return;
  const { high, low, say } = bars;
  const kind = name === "open" ? "open_outside_range" : "close_outside_range";
  const value = (t: number) => `${name} ${column[t]} outside ${low[t]}..${high[t]}`;
  for (let t = 0; t < column.length; t++) {
    if (column[t] > high[t] || column[t] < low[t]) say(kind, t, value);
  }
}

/** A low at or below zero is told by its sign; from such a price there is no percentage. */
function checkStrays({ open, high, low, close }: BarSeries, say: Say, limit: number): void {
  if (high === null || low === null) return;
  const first = open ?? close;
  const beside = (t: number) => `beside open and close ${first[t]} and ${close[t]}`;
  const highText = (t: number) => `high ${high[t]} ${beside(t)}`;
  const lowText = (t: number) => `low ${low[t]} ${beside(t)}`;
  for (let t = 0; t < close.length; t++) {
    const top = Math.max(first[t], close[t]);
    const bottom = Math.min(first[t], close[t]);
    if (top > 0 && high[t] > top * (1 + limit)) say("high_low_stray", t, highText);
    if (low[t] > 0 && low[t] < bottom * (1 - limit)) say("high_low_stray", t, lowText);
  }
}

function checkVolume({ volume }: BarSeries, say: Say, maxShare: number): void {
  if (volume === null) return;
  const value = (t: number) => `volume ${volume[t]}`;
  for (let t = 0; t < volume.length; t++) if (volume[t] < 0) say("volume_negative", t, value);
  if (zeroVolumeShare(volume) <= maxShare) return;
  for (let t = 0; t < volume.length; t++) if (volume[t] === 0) say("volume_zero", t, value);
}

export function zeroVolumeShare(volume: Float64Array): number {
  let zeros = 0;
  for (let t = 0; t < volume.length; t++) if (volume[t] === 0) zeros++;
  return volume.length === 0 ? 0 : zeros / volume.length;
}
