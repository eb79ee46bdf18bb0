/**
 * What each chart shows, as a specification a renderer can draw: ranges, ticks, lines reduced to
 * the extremes of each pixel column, the warm-up and the day of ruin. Equity is logarithmic when
 * it is positive throughout and its range is more than fourfold.
 */
import type { ChartSpec, Layer, Tick } from "../../ports/chart-renderer.ts";
import { formatDate } from "../../base/instant.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import { pixelExtremes } from "./downsample.ts";
import { formatCompact, formatMoney, formatPercent } from "./format.ts";
import { linearTicks, logTicks, type Range, timeTicks } from "./ticks.ts";

export type Frame = {
  readonly width: number;
  readonly heights: {
    readonly equity: number;
    readonly drawdown: number;
    readonly exposure: number;
  };
  /** Room for the value labels. */
  readonly left: number;
  /** At most so many labels on the time axis. */
  readonly xTicks: number;
};

const MARGIN = { top: 12, right: 14, bottom: 26 };
const LOG_FROM_RATIO = 4;
/** The drawdown axis reaches below the deepest point, so that its note stands clear of the curve. */
const NOTE_ROOM = 1.18;

export function isLogarithmic({ equity }: ReportInput): boolean {
  const { from, to } = finiteRange([equity]);
  return from > 0 && to / from > LOG_FROM_RATIO;
}

export function equityChart(input: ReportInput, frame: Frame): ChartSpec {
  const range = finiteRange([input.equity]);
  const log = isLogarithmic(input);
  const y = log
    ? { from: range.from * 0.94, to: range.to * 1.06, ticks: logTicks(range, 9) }
    : padded(range, 6);
  return {
    ...canvas(input, frame, frame.heights.equity),
    label: `Equity in ${input.document.currency} from ${formatMoney(input.equity[0])} to ${formatMoney(input.equity[input.equity.length - 1])}, ${dates(input)}`,
    y: { scale: log ? "log" : "linear", from: y.from, to: y.to, ticks: y.ticks.map(compactTick) },
    layers: [
      ...warmUp(input),
      ...zeroLine(y),
      line("equity", input, input.equity, frame),
      ...ruin(input),
    ],
  };
}

export function drawdownChart(input: ReportInput, frame: Frame): ChartSpec {
  const { from } = finiteRange([input.drawdown, Float64Array.of(0)]);
  const y = labelled({ from: from < 0 ? from * NOTE_ROOM : -0.01, to: 0 }, 4);
  const { x, y: values } = line("drawdown-line", input, input.drawdown, frame);
  const deepest = deepestSession(input);
  const depth = deepest === null ? "none" : formatPercent(input.drawdown[deepest]);
  return {
    ...canvas(input, frame, frame.heights.drawdown),
    label: `Drawdown from the highest equity so far, deepest ${depth}, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input),
      { kind: "area", className: "drawdown-area", x, y: values, base: 0 },
      { kind: "line", className: "drawdown-line", x, y: values },
      ...deepestNote(input, deepest),
      ...ruin(input),
    ],
  };
}

export function exposureChart(input: ReportInput, frame: Frame): ChartSpec {
  const { grossExposure, netExposure } = input;
  const range = finiteRange([grossExposure, netExposure, Float64Array.of(0)]);
  const y = padded(range.to > range.from ? range : { from: 0, to: 1 }, 4);
  const gross = line("gross-line", input, grossExposure, frame);
  return {
    ...canvas(input, frame, frame.heights.exposure),
    label: `Gross and net exposure as a share of net asset value, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input),
      { kind: "area", className: "gross-area", x: gross.x, y: gross.y, base: 0 },
      gross,
      ...zeroLine(y),
      line("net-line", input, netExposure, frame),
      ...ruin(input),
    ],
  };
}

type Labelled = Range & { readonly ticks: readonly number[] };

type Line = Extract<Layer, { kind: "line" }>;

function line(className: string, input: ReportInput, values: Float64Array, frame: Frame): Line {
  const columns = frame.width - frame.left - MARGIN.right;
  const kept = pixelExtremes({ x: input.datesMs, y: values }, columns);
  return {
    kind: "line",
    className,
    x: kept.map((i) => input.datesMs[i]),
    y: kept.map((i) => values[i]),
  };
}

function canvas(
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

function warmUp({ datesMs, evaluationStart }: ReportInput): Layer[] {
  if (evaluationStart === 0) return [];
  return [{ kind: "band", className: "warm-up", from: datesMs[0], to: datesMs[evaluationStart] }];
}

function ruin({ datesMs, ruinedAt }: ReportInput): Layer[] {
  return ruinedAt === null ? [] : [{ kind: "moment", className: "ruin", x: datesMs[ruinedAt] }];
}

function zeroLine({ from, to }: Range): Layer[] {
  return from < 0 && to > 0 ? [{ kind: "level", className: "zero", y: 0 }] : [];
}

function deepestSession({ drawdown }: ReportInput): number | null {
  let deepest: number | null = null;
  drawdown.forEach((depth, i) => {
    if (depth < (deepest === null ? 0 : drawdown[deepest])) deepest = i;
  });
  return deepest;
}

function deepestNote(input: ReportInput, deepest: number | null): Layer[] {
  if (deepest === null) return [];
  const n = input.datesMs.length;
  const x = input.datesMs[deepest];
  const y = input.drawdown[deepest];
  const left = x < (input.datesMs[0] + input.datesMs[n - 1]) / 2;
  const text = `${formatPercent(y)} on ${formatDate(x)}`;
  return [
    { kind: "dot", className: "deepest", x, y },
    {
      kind: "note",
      className: "annotation",
      x,
      y,
      text,
      anchor: left ? "start" : "end",
      dx: left ? 9 : -9,
      dy: 12,
    },
  ];
}

/** Lowest and highest value; 0 to 0 where none is known. */
function finiteRange(lines: readonly Float64Array[]): Range {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const values of lines) {
    for (const value of values) {
      if (value < from) from = value;
      if (value > to) to = value;
    }
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}

/** The range with a little air above and below; a flat line gets room to be drawn in. */
function padded({ from, to }: Range, count: number): Labelled {
  const room = to > from ? (to - from) * 0.04 : Math.max(Math.abs(to) * 0.1, 1);
  const base = from >= 0 && from - room < 0 ? from : from - room;
  return labelled({ from: base, to: to + room }, count);
}

function labelled({ from, to }: Range, count: number): Labelled {
  const ticks = linearTicks({ from, to }, count).filter((at) => at >= from && at <= to);
  return { from, to, ticks };
}

function compactTick(at: number): Tick {
  return { at, label: formatCompact(at) };
}

function percentTick(at: number): Tick {
  const digits = Math.abs(at * 100 - Math.round(at * 100)) < 1e-9 ? 0 : 1;
  return { at, label: formatPercent(at, digits) };
}

function dates({ datesMs }: ReportInput): string {
  return `${formatDate(datesMs[0])} to ${formatDate(datesMs[datesMs.length - 1])}`;
}
