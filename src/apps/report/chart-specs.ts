/**
 * The charts that every run has: equity over the brake's regimes, drawdown, exposure. Equity is
 * logarithmic when it is positive throughout and its range is more than fourfold.
 */
import { formatDate } from "../../base/instant.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import type { ChartSpec, Layer } from "../../ports/chart-renderer.ts";
import {
  canvas,
  compactTick,
  dates,
  finiteRange,
  type Frame,
  grounded,
  type Labelled,
  labelled,
  lineOf,
  padded,
  percentTick,
  ruin,
  spansByState,
  warmUp,
  zeroLine,
} from "./chart-frame.ts";
import { formatMoney, formatPercent } from "./format.ts";
import { logTicks, type Range } from "./ticks.ts";

const LOG_FROM_RATIO = 4;
/** Part of the plot's height, at its foot, in which a regime's height says how severe it is. */
const LANE = 0.08;
/** The drawdown axis reaches below the deepest point, so that its note stands clear of the curve. */
const NOTE_ROOM = 1.18;

export function isLogarithmic({ equity }: ReportInput): boolean {
  return isLogRange(finiteRange([equity]));
}

function isLogRange({ from, to }: Range): boolean {
  return from > 0 && to / from > LOG_FROM_RATIO;
}

export function equityChart(input: ReportInput, frame: Frame): ChartSpec {
  const range = finiteRange([input.equity]);
  const log = isLogRange(range);
  const { y, lane } = equityAxis(input, range);
  return {
    ...canvas(input, frame, frame.heights.equity),
    label: `Equity in ${input.document.currency} from ${formatMoney(input.equity[0])} to ${formatMoney(input.equity[input.equity.length - 1])}, ${dates(input)}`,
    y: { scale: log ? "log" : "linear", from: y.from, to: y.to, ticks: y.ticks.map(compactTick) },
    layers: [
      ...warmUp(input, y),
      ...regimeLayers(input, { y, lane }),
      ...zeroLine(y),
      lineOf("equity", input, input.equity, frame),
      ...ruin(input),
    ],
  };
}

/** A regime's share of the lane's height; UNKNOWN is treated as the worst. */
const SEVERITY = [
  ["ELEVATED", 1 / 3],
  ["STRESS", 2 / 3],
  ["CRISIS", 1],
  ["UNKNOWN", 1],
] as const;

type Axis = { readonly y: Labelled; readonly lane: (share: number) => number };

/** With room below the curve for the lane, where there is one; `lane` gives its heights as values. */
function equityAxis(input: ReportInput, range: Range): Axis {
  const log = isLogRange(range);
  const room = input.portfolio === null ? 0 : LANE;
  if (log) {
    const [from, to] = [range.from * 0.94, range.to * 1.06];
    const base = from / (to / from) ** (room / (1 - room));
    const lane = (share: number) => base * (to / base) ** (room * share);
    return { y: { from: base, to, ticks: logTicks(range, 9) }, lane };
  }
  const { from, to, ticks } = padded(range, 6);
  const base = from - ((to - from) * room) / (1 - room);
  return { y: { from: base, to, ticks }, lane: (share) => base + (to - base) * room * share };
}

/** Full height and faint, so that the eye finds what the curve did in each regime; at the foot by severity. */
function regimeLayers(input: ReportInput, { y, lane }: Axis): Layer[] {
  const { portfolio } = input;
  if (portfolio === null) return [];
  const found = spansByState(input, portfolio.regimes);
  const seen = SEVERITY.flatMap(([regime, severity]) => {
    const spans = found.get(regime);
    return spans === undefined ? [] : [{ name: regime.toLowerCase(), severity, spans }];
  });
  return [
    ...seen.map(({ name, spans }): Layer => {
      return { kind: "bands", className: `regime ${name}`, spans, low: y.from, high: y.to };
    }),
    ...seen.map(({ name, severity, spans }): Layer => {
      const high = lane(severity);
      return { kind: "bands", className: `lane ${name}`, spans, low: lane(0), high };
    }),
  ];
}

export function drawdownChart(input: ReportInput, frame: Frame): ChartSpec {
  const { from } = finiteRange([input.drawdown, Float64Array.of(0)]);
  const y = labelled({ from: from < 0 ? from * NOTE_ROOM : -0.01, to: 0 }, 4);
  const deepest = deepestSession(input);
  const depth = depthWords(input, deepest);
  return {
    ...canvas(input, frame, frame.heights.drawdown),
    label: `Drawdown from the highest equity so far, deepest ${depth}, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input, y),
      grounded(lineOf("drawdown-line", input, input.drawdown, frame)),
      ...deepestNote(input, deepest),
      ...ruin(input),
    ],
  };
}

export function exposureChart(input: ReportInput, frame: Frame): ChartSpec {
  const { grossExposure, netExposure } = input;
  const range = finiteRange([grossExposure, netExposure, Float64Array.of(0)]);
  const y = padded(range.to > range.from ? range : { from: 0, to: 1 }, 4);
  return {
    ...canvas(input, frame, frame.heights.exposure),
    label: `Gross and net exposure as a share of net asset value, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input, y),
      grounded(lineOf("gross-line", input, grossExposure, frame)),
      ...zeroLine(y),
      lineOf("net-line", input, netExposure, frame),
      ...ruin(input),
    ],
  };
}

function deepestSession({ drawdown }: ReportInput): number | null {
  let deepest: number | null = null;
  drawdown.forEach((depth, i) => {
    if (depth < (deepest === null ? 0 : drawdown[deepest])) deepest = i;
  });
  return deepest;
}

/** The curve ends before a ruin: its deepest point is not how deep the account fell. */
function depthWords({ drawdown, ruinedAt }: ReportInput, deepest: number | null): string {
  if (ruinedAt !== null) return "more than all of it";
  return deepest === null ? "none" : formatPercent(drawdown[deepest]);
}

function deepestNote(input: ReportInput, deepest: number | null): Layer[] {
  if (deepest === null || input.ruinedAt !== null) return [];
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
