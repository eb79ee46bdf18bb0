/**
 * Charts over one time axis: equity, drawdown, exposure, then what the portfolio's stages steered.
 * Each is drawn twice, for a wide and for a narrow page; the style sheet shows one. Above the first
 * a read-out that the inline script moves; without a script it shows the last session.
 */
import { formatDate } from "../../base/instant.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
import type { ChartRenderer, ChartSpec } from "../../ports/chart-renderer.ts";
import type { Chapter } from "./chapter.ts";
import type { Frame } from "./chart-frame.ts";
import { drawdownChart, equityChart, exposureChart, isLogarithmic } from "./chart-specs.ts";
import { formatMoney, formatPercent, formatRatio } from "./format.ts";
import { type Html, html, trusted } from "./html.ts";

const WIDE: Frame = {
  width: 960,
  heights: {
    equity: 360,
    drawdown: 180,
    exposure: 180,
    leverage: 220,
    volatility: 220,
    brake: 150,
  },
  left: 58,
  xTicks: 12,
};

const NARROW: Frame = {
  width: 380,
  heights: {
    equity: 260,
    drawdown: 150,
    exposure: 150,
    leverage: 190,
    volatility: 190,
    brake: 140,
  },
  left: 50,
  xTicks: 5,
};

/** Draws one chart for both widths. */
export type Draw = (build: (frame: Frame) => ChartSpec) => Html;

export function drawWith(charts: ChartRenderer): Draw {
  return (build) =>
    html`<div class="wide">${trusted(charts(build(WIDE)))}</div><div class="narrow">${trusted(charts(build(NARROW)))}</div>`;
}

/** A curve needs two sessions. */
export function hasCurve({ datesMs }: ReportInput): boolean {
  return datesMs.length >= 2;
}

export function chartChapter(input: ReportInput, draw: Draw): Chapter {
  const n = input.datesMs.length;
  const chapter = { id: "charts", title: "Equity, drawdown, exposure", short: "Equity" };
  if (!hasCurve(input)) {
    return {
      ...chapter,
      body: html`<p>The run recorded ${n} ${n === 1 ? "session" : "sessions"}; a curve needs two.</p>`,
    };
  }
  const log = isLogarithmic(input) ? ", logarithmic scale" : null;
  return {
    ...chapter,
    body: html`<figure><figcaption><b>Equity</b> in ${input.document.currency}${log}. ${shading(input)}${regimeKey(input)}</figcaption>${draw((frame) => equityChart(input, frame))}</figure>
<figure><figcaption><b>Drawdown</b> from the highest equity so far.</figcaption>${draw((frame) => drawdownChart(input, frame))}</figure>
<figure><figcaption><b>Exposure</b> as a share of net asset value. ${exposureKey(input)}</figcaption>${draw((frame) => exposureChart(input, frame))}</figure>`,
  };
}

/** Follows the reader down the page while it is open. */
export function readOut(input: ReportInput): Html {
  const last = input.datesMs.length - 1;
  const { portfolio } = input;
  const share = (name: string, label: string, values: Float64Array): Html =>
    field(name, label, formatPercent(values[last]));
  const steered =
    portfolio === null
      ? null
      : html`${share("asked", "Asked", portfolio.clampedGross)}${field("regime", "Brake", portfolio.regimes[last])}${field("scalar", "Scalar", formatRatio(portfolio.scalar[last]))}`;
  return html`<div class="readout" role="group" aria-label="One session's values"><dl>
${field("date", "Session", formatDate(input.datesMs[last]))}${field("equity", "Equity", formatMoney(input.equity[last]))}${share("drawdown", "Drawdown", input.drawdown)}${share("gross", "Gross", input.grossExposure)}${share("net", "Net", input.netExposure)}${share("volatility", "Volatility", input.rollingVolatility)}${steered}</dl><label hidden>Move through the sessions <input type="range" min="0" max="${last}" value="${last}" step="1"></label></div>`;
}

function field(name: string, label: string, value: string): Html {
  return html`<div><dt>${label}</dt><dd data-read="${name}">${value}</dd></div>
`;
}

function shading(input: ReportInput): Html | null {
  const start = input.evaluationStart;
  const warm =
    start > 0
      ? html`Shaded: before the evaluation window, which starts on ${formatDate(input.datesMs[start])}. `
      : null;
  const ruin =
    input.ruinedAt === null
      ? null
      : html`The marked day, ${formatDate(input.datesMs[input.ruinedAt])}, ended with net asset value at or below zero. `;
  return html`${warm}${ruin}`;
}

const REGIMES: readonly BrakeRegime[] = ["ELEVATED", "STRESS", "CRISIS", "UNKNOWN"];

/** The steps at the foot of the chart say by their height what the tints say by colour. */
function regimeKey({ portfolio }: ReportInput): Html | null {
  if (portfolio === null) return null;
  const seen = REGIMES.filter((regime) => portfolio.regimes.includes(regime));
  if (seen.length === 0) return html`<br>The brake saw a normal market throughout.`;
  return html`<br>The brake\u2019s regime, by tint and by the height of the step at the foot: ${seen.map((regime) => html`<span class="key swatch ${regime.toLowerCase()}">${regime}</span> `)}`;
}

function exposureKey({ grossExposure, netExposure }: ReportInput): Html {
  if (grossExposure.every((gross, i) => Object.is(gross, netExposure[i]))) {
    return html`Gross and net are equal at every close: no short position was held.`;
  }
  return html`<span class="key gross">gross</span> <span class="key net">net</span>`;
}
