/**
 * Leverage and volatility: what was held against what the stages asked for, what came against what
 * was aimed at, and the difference layer by layer with what no layer explains.
 */
import type { ReportInput } from "../../domain/run-document.ts";
import type { VolatilityGap, VolatilityParts } from "../../domain/volatility-gap.ts";
import { ROLLING_DAYS } from "../../research/evaluation/rolling-volatility.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { type Draw, hasCurve } from "./charts.ts";
import { formatPercent, formatSignedPercentCell } from "./format.ts";
import { type Html, html } from "./html.ts";
import { hasPortfolio, leverageChart, volatilityChart } from "./portfolio-charts.ts";
import { waterfall, type WaterfallRow } from "./waterfall.ts";

const PART_NAMES: { readonly [part in keyof VolatilityParts]: string } = {
  estimator_and_rebalance_lag: "Estimate and rebalance lag",
  unexposed: "Sessions with nothing wanted or measured",
  target_bounds: "Floors and caps of the risk target",
  policy: "Policy",
  overlay: "Brake",
  clamps: "Clamps",
  gates: "Gates, breakers and stops",
  buffer_and_rounding: "Buffer and whole lots",
  costs: "Costs",
};

export function volatilityChapter(input: ReportInput, draw: Draw): Chapter | null {
  if (!hasCurve(input)) return null;
  const { volatility_gap: gap } = input.document;
  return {
    id: "volatility",
    title: hasPortfolio(input) ? "Leverage and volatility against target" : "Volatility over time",
    short: "Volatility",
    body: html`${leverageFigure(input, draw)}<figure><figcaption><b>Volatility</b> a year, of the last ${ROLLING_DAYS} daily returns. <span class="key volatility">realised</span>${gap === null ? " No volatility was aimed at." : html` <span class="key target">target ${formatPercent(gap.target)}</span>`}</figcaption>${draw((frame) => volatilityChart(input, frame))}</figure>
${gap === null ? null : gapTable(gap)}`,
  };
}

function leverageFigure(input: ReportInput, draw: Draw): Html | null {
  if (!hasPortfolio(input)) return null;
  return html`<figure><figcaption><b>Leverage</b>, gross exposure as a share of net asset value. <span class="key held">held</span> <span class="key asked">asked for after all stages</span> <span class="key targeted">asked for by the risk target</span></figcaption>${draw((frame) => leverageChart(input, frame))}</figure>
`;
}

function gapTable(gap: VolatilityGap): Html {
  const { parts, realised, residual } = gap;
  if (parts === null || realised === null || residual === null) {
    return html`<h3>From target to realised volatility</h3>
<p class="notice warn">The target of ${formatPercent(gap.target)} cannot be compared with what came: ${gap.undefined_because}.</p>`;
  }
  const rows: WaterfallRow[] = [
    total("target", "Target", gap.target),
    ...Object.entries(parts).map(([key, value]) =>
      part(key, PART_NAMES[key as keyof VolatilityParts] ?? key.replaceAll("_", " "), value),
    ),
    part("residual", "Residual: explained by none of these", residual),
    total("realised", "Realised", realised),
  ];
  return html`<h3>From target to realised volatility</h3>
<p class="caption">What each layer added to the annual volatility over the evaluation window, in percentage points. The gap of ${formatSignedPercentCell(gap.gap ?? Number.NaN)} points is the sum of the parts and the residual, which is assigned to no layer.</p>
${scrollTable("From target to realised volatility", waterfall(rows, { name: "Layer", value: "Points" }))}`;
}

function total(key: string, name: string, value: number): WaterfallRow {
  return { kind: "total", key, name, value, text: formatPercent(value) };
}

function part(key: string, name: string, value: number): WaterfallRow {
  return { kind: "part", key, name, value, text: formatSignedPercentCell(value) };
}
