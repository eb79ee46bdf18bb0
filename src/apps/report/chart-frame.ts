/**
 * What all charts share: the frame over the run's time axis, lines reduced to the extremes of each
 * pixel column, ranges of values with round ticks, and the marks of the warm-up and of ruin.
 */
import { formatDate } from "../../base/instant.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import type { ChartSpec, Layer, Span, Tick } from "../../ports/chart-renderer.ts";
import { pixelExtremes, withoutLevel } from "./downsample.ts";
import { formatCompact, formatPercent } from "./format.ts";
import { linearTicks, type Range, timeTicks } from "./ticks.ts";

export type ChartName = "equity" | "drawdown" | "exposure" | "leverage" | "volatility" | "brake";

export type Frame = {
  readonly width: number;
  readonly heights: { readonly [name in ChartName]: number };
  /** Room for the value labels. */
  readonly left: number;
  /** At most so many labels on the time axis. */
  readonly xTicks: number;
};

export type Line = Extract<Layer, { kind: "line" }>;

/** The same above and below every plot, so that the page's script knows where its hair line goes. */
export const MARGIN = { top: 12, right: 14, bottom: 26 };

export function lineOf(
  className: string,
  input: ReportInput,
  values: Float64Array,
  frame: Frame,
): Line {
  const columns = frame.width - frame.left - MARGIN.right;
  const kept = withoutLevel(pixelExtremes({ x: input.datesMs, y: values }, columns), values);
  return {
    kind: "line",
    className,
    x: kept.map((i) => input.datesMs[i]),
    y: kept.map((i) => values[i]),
  };
}

/**
 * The line with both ends of every stretch brought down to zero, so that one path can be both the
 * curve and the area under it: the style sheet fills it.
 */
export function grounded({ className, x, y }: Line): Line {
  const groundedX: number[] = [];
  const groundedY: number[] = [];
  y.forEach((value, i) => {
    const known = !Number.isNaN(value);
    const starts = known && (i === 0 || Number.isNaN(y[i - 1]));
    const ends = known && (i + 1 === y.length || Number.isNaN(y[i + 1]));
    if (starts) groundedX.push(x[i]);
    if (starts) groundedY.push(0);
    groundedX.push(x[i]);
    groundedY.push(value);
    if (ends) groundedX.push(x[i]);
    if (ends) groundedY.push(0);
  });
  return { kind: "line", className, x: groundedX, y: groundedY };
}

export function canvas(
  { datesMs }: ReportInput,
  frame: Frame,
  height: number,
): Pick<ChartSpec, "width" | "height" | "margin" | "x"> {
  const time = { from: datesMs[0], to: datesMs[datesMs.length - 1] };
  return {
    width: frame.width,
    height,
    margin: { ...MARGIN, left: frame.left },
    x: { ...time, ticks: timeTicks(time, frame.xTicks) },
  };
}

export function warmUp({ datesMs, evaluationStart }: ReportInput, { from, to }: Range): Layer[] {
  if (evaluationStart === 0) return [];
  const spans = [{ from: datesMs[0], to: datesMs[evaluationStart] }];
  return [{ kind: "bands", className: "warm-up", spans, low: from, high: to }];
}

export function ruin({ datesMs, ruinedAt }: ReportInput): Layer[] {
  return ruinedAt === null ? [] : [{ kind: "moments", className: "ruin", x: [datesMs[ruinedAt]] }];
}

export function zeroLine({ from, to }: Range): Layer[] {
  return from < 0 && to > 0 ? [{ kind: "level", className: "zero", y: 0 }] : [];
}

/** Each state's stretches of sessions, from its first session to the first of the next state. */
export function spansByState(
  { datesMs }: ReportInput,
  states: readonly string[],
): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, Span[]>();
  const last = states.length - 1;
  for (let s = 0; s <= last; s++) {
    const state = states[s];
    const start = s;
    while (s < last && states[s + 1] === state) s++;
    const spans = found.get(state) ?? [];
    spans.push({ from: datesMs[start], to: datesMs[Math.min(s + 1, last)] });
    found.set(state, spans);
  }
  return found;
}

/** Lowest and highest value; 0 to 0 where none is known. */
export function finiteRange(lines: readonly Float64Array[]): Range {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const values of lines) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}

/** The last value that is known; null where none is. */
export function lastKnown(values: Float64Array): number | null {
  const at = values.findLastIndex((value) => !Number.isNaN(value));
  return at < 0 ? null : values[at];
}

export type Labelled = Range & { readonly ticks: readonly number[] };

/** The range with a little air above and below; a flat line gets room to be drawn in. */
export function padded({ from, to }: Range, count: number): Labelled {
  const room = to > from ? (to - from) * 0.04 : Math.max(Math.abs(to) * 0.1, 1);
  const base = from >= 0 && from - room < 0 ? from : from - room;
  return labelled({ from: base, to: to + room }, count);
}

export function labelled({ from, to }: Range, count: number): Labelled {
  const ticks = linearTicks({ from, to }, count).filter((at) => at >= from && at <= to);
  return { from, to, ticks };
}

export function compactTick(at: number): Tick {
  return { at, label: formatCompact(at) };
}

export function percentTick(at: number): Tick {
  const digits = Math.abs(at * 100 - Math.round(at * 100)) < 1e-9 ? 0 : 1;
  return { at, label: formatPercent(at, digits) };
}

export function dates({ datesMs }: ReportInput): string {
  return `${formatDate(datesMs[0])} to ${formatDate(datesMs[datesMs.length - 1])}`;
}
