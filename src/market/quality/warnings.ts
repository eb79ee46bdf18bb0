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
      value: `${formatInstant(timesMs[row])} ${value()}`.trim(),
    }));
}

function checkPrices(series: BarSeries, say: Say): void {
  const { open, high, low, close, instrument } = series;
  if (!instrument.allowNonpositive) {
    checkPositive("open", open, say);
    checkPositive("high", high, say);
    checkPositive("low", low, say);
  }
  if (high === null || low === null) return;
  const range = (t: number) => `outside ${low[t]}..${high[t]}`;
  for (let t = 0; t < close.length; t++) {
    if (open !== null && (open[t] > high[t] || open[t] < low[t])) {
      say("open_outside_range", t, () => `open ${open[t]} ${range(t)}`);
    }
    if (close[t] > high[t] || close[t] < low[t]) {
      say("close_outside_range", t, () => `close ${close[t]} ${range(t)}`);
    }
  }
}

function checkPositive(name: string, column: Float64Array | null, say: Say): void {
  if (column === null) return;
  for (let t = 0; t < column.length; t++) {
    if (column[t] <= 0) say("price_not_positive", t, () => `${name} ${column[t]}`);
  }
}

/** A low at or below zero is told by its sign; from such a price there is no percentage. */
function checkStrays({ open, high, low, close }: BarSeries, say: Say, limit: number): void {
  if (high === null || low === null) return;
  for (let t = 0; t < close.length; t++) {
    const first = open === null ? close[t] : open[t];
    const top = Math.max(first, close[t]);
    const bottom = Math.min(first, close[t]);
    if (top > 0 && high[t] > top * (1 + limit)) {
      say("high_low_stray", t, () => `high ${high[t]} over open and close at most ${top}`);
    }
    if (low[t] > 0 && low[t] < bottom * (1 - limit)) {
      say("high_low_stray", t, () => `low ${low[t]} under open and close at least ${bottom}`);
    }
  }
}

function checkVolume({ volume }: BarSeries, say: Say, maxShare: number): void {
  if (volume === null) return;
  for (let t = 0; t < volume.length; t++) {
    if (volume[t] < 0) say("volume_negative", t, () => `volume ${volume[t]}`);
  }
  if (zeroVolumeShare(volume) <= maxShare) return;
  for (let t = 0; t < volume.length; t++) {
    if (volume[t] === 0) say("volume_zero", t, () => "volume 0");
  }
}

export function zeroVolumeShare(volume: Float64Array): number {
  let zeros = 0;
  for (let t = 0; t < volume.length; t++) if (volume[t] === 0) zeros++;
  return volume.length === 0 ? 0 : zeros / volume.length;
}
