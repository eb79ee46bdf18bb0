/**
 * The three charts over one time axis: equity, drawdown, exposure. Each is drawn twice, for a wide
 * and for a narrow page; the style sheet shows one. Above them a read-out that the inline script
 * moves; without a script it shows the last session.
 */
import { formatDate } from "../../base/instant.ts";
import type { ChartRenderer, ChartSpec } from "../../ports/chart-renderer.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import {
  drawdownChart,
  equityChart,
  exposureChart,
  type Frame,
  isLogarithmic,
} from "./chart-specs.ts";
import { formatMoney, formatPercent } from "./format.ts";
import { type Html, html, trusted } from "./html.ts";

const WIDE: Frame = {
  width: 960,
  heights: { equity: 340, drawdown: 190, exposure: 190 },
  left: 58,
  xTicks: 12,
};

const NARROW: Frame = {
  width: 380,
  heights: { equity: 250, drawdown: 160, exposure: 160 },
  left: 50,
  xTicks: 5,
};

type Builder = (input: ReportInput, frame: Frame) => ChartSpec;

export function chartSection(input: ReportInput, charts: ChartRenderer): Html {
  const n = input.datesMs.length;
  if (n < 2) {
    return html`<section aria-labelledby="charts"><h2 id="charts">Equity</h2><p>The run recorded ${n} ${n === 1 ? "session" : "sessions"}; a curve needs two.</p></section>`;
  }
  const draw = (build: Builder): Html => drawing(build, input, charts);
  return html`<section class="charts" aria-labelledby="charts"><h2 id="charts">Equity, drawdown, exposure</h2>
${readOut(input)}
<figure><figcaption><b>Equity</b> in ${input.document.currency}${isLogarithmic(input) ? ", logarithmic scale" : null}. ${shading(input)}</figcaption>${draw(equityChart)}</figure>
<figure><figcaption><b>Drawdown</b> from the highest equity so far.</figcaption>${draw(drawdownChart)}</figure>
<figure><figcaption><b>Exposure</b> as a share of net asset value. ${exposureKey(input)}</figcaption>${draw(exposureChart)}</figure>
</section>`;
}

function drawing(build: Builder, input: ReportInput, charts: ChartRenderer): Html {
  return html`<div class="wide">${trusted(charts(build(input, WIDE)))}</div><div class="narrow">${trusted(charts(build(input, NARROW)))}</div>`;
}

function readOut(input: ReportInput): Html {
  const last = input.datesMs.length - 1;
  return html`<div class="readout"><dl>
<div><dt>Session</dt><dd data-read="date">${formatDate(input.datesMs[last])}</dd></div>
<div><dt>Equity</dt><dd data-read="equity">${formatMoney(input.equity[last])}</dd></div>
<div><dt>Drawdown</dt><dd data-read="drawdown">${formatPercent(input.drawdown[last])}</dd></div>
<div><dt>Gross</dt><dd data-read="gross">${formatPercent(input.grossExposure[last])}</dd></div>
<div><dt>Net</dt><dd data-read="net">${formatPercent(input.netExposure[last])}</dd></div>
</dl><label hidden>Move through the sessions <input type="range" min="0" max="${last}" value="${last}" step="1"></label></div>`;
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

function exposureKey({ grossExposure, netExposure }: ReportInput): Html {
  if (grossExposure.every((gross, i) => Object.is(gross, netExposure[i]))) {
    return html`Gross and net are equal at every close: no short position was held.`;
  }
  return html`<span class="key gross">gross</span> <span class="key net">net</span>`;
}
