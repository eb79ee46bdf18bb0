/**
 * What each stage and gate did (invariant 1): enabled, effective, binding, and its counts; then how
 * the gross exposure changed from stage to stage, what the clamps held back, what was netted. An
 * enabled stage that was inert stands out with its reason.
 */
import type { LayersDocument } from "../../domain/layers-document.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import type { StageRecord } from "../../domain/stage-record.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatInteger, formatPercent, formatRatio } from "./format.ts";
import { type Html, html } from "./html.ts";
import { words } from "./regimes.ts";

const FLAGS = ["Name", "Kind", "Enabled", "Effective", "Binding"];
const COUNTS = ["Reached", "Evaluated", "Applied", "Bound", "Warm-up", "No evidence"];

export function stageChapter({ stages, layers }: RunDocument): Chapter {
  const inert = stages.filter((stage) => stage.inert_reason !== null);
  return {
    id: "stages",
    title: "Stages and gates",
    short: "Stages",
    body: html`<p class="caption">Effective: its inputs were present. Binding: it changed at least one number. Reached is counted by the pipeline, the rest by the stage. No evidence: a gate had nothing to judge by, and refused.</p>
${inert.length === 0 ? null : inertList(inert)}${scrollTable(
  "Stages and gates",
  html`<table class="stage-table"><thead><tr>${FLAGS.map((name) => html`<th scope="col" class="word">${name}</th>`)}${COUNTS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${stages.map(stageRow)}</tbody></table>`,
)}
${inert.length === 0 ? html`<p>No enabled stage was inert.</p>` : null}${layers === null ? null : layerTables(layers)}`,
  };
}

function stageRow(stage: StageRecord): Html {
  const { reached, evaluated, applied, bound, warm_up: warmUp, not_evaluated: blind } = stage;
  const tone = stage.inert_reason !== null ? "inert" : stage.enabled ? "on" : "off";
  return html`<tr class="${tone}" data-stage="${stage.name}"><th scope="row">${words(stage.name)}</th><td class="word">${stage.kind}</td>${[stage.enabled, stage.effective, stage.binding].map(yesNo)}${[reached, evaluated, applied, bound, warmUp, blind].map((count) => html`<td class="${count === 0 ? "zero" : "some"}">${formatInteger(count)}</td>`)}</tr>
`;
}

function yesNo(value: boolean): Html {
  return html`<td class="word ${value ? "yes" : "no"}">${value ? "yes" : "no"}</td>`;
}

function inertList(inert: readonly StageRecord[]): Html {
  return html`<ul class="notice bad">${inert.map((stage) => html`<li><strong>${stage.name}</strong> was inert: ${stage.inert_reason}</li>`)}</ul>
`;
}

function layerTables(layers: LayersDocument): Html {
  return html`<div class="pair">${grossTable(layers)}${clampTable(layers)}</div>
${nettingText(layers)}`;
}

function grossTable({
  allocation,
  policy,
  risk_targeting: risk,
  overlay,
  clamps,
}: LayersDocument): Html {
  const rows: readonly (readonly [string, number])[] = [
    [`allocation (${allocation.method})`, allocation.mean_gross],
    ["policy", policy.mean_gross],
    ["risk targeting", risk.mean_gross],
    ["brake", overlay.mean_gross],
    ["clamps", clamps.mean_gross],
  ];
  const most = Math.max(...rows.map(([, gross]) => gross));
  return html`<div><h3>Mean gross exposure after each stage</h3>
<table class="bars"><thead><tr><th scope="col">After</th><th scope="col">Gross</th><th scope="col" class="bar"><span class="unseen">Drawn</span></th></tr></thead><tbody>
${rows.map(([name, gross]) => html`<tr class="accent"><th scope="row">${name}</th><td class="count">${formatPercent(gross)}</td><td class="bar"><span style="width:${(most > 0 ? (gross / most) * 100 : 0).toFixed(2)}%"></span></td></tr>\n`)}</tbody></table></div>
`;
}

function clampTable({ clamps }: LayersDocument): Html {
  const rows = Object.entries(clamps.by_constraint);
  const body =
    rows.length === 0
      ? html`<p>Nothing had to be clamped.</p>`
      : scrollTable(
          "Clamps",
          html`<table><thead><tr><th scope="col">Limit</th><th scope="col">Times</th><th scope="col">First</th><th scope="col">Last</th></tr></thead><tbody>
${rows.map(([name, { records, first, last }]) => html`<tr><th scope="row">${words(name)}</th><td data-clamp="${name}">${formatInteger(records)}</td><td>${first}</td><td>${last}</td></tr>\n`)}</tbody></table>`,
        );
  return html`<div><h3>What the clamps held back</h3>
${body}</div>`;
}

function nettingText({
  netting,
  sizing,
  sizing_unmoved: unmoved,
  decisions,
  off_cycle: extra,
}: LayersDocument): Html {
  const cuts = Object.entries(sizing).map(([cut, n]) => `${formatInteger(n)} ${words(cut)}`);
  return html`<h3>Netting and sizing</h3>
<p>${formatInteger(decisions)} decisions, ${formatInteger(extra)} of them between two scheduled ones, netted the sleeves\u2019 wishes ${formatInteger(netting.nets)} times. Wishes that met inside crossed ${formatInteger(netting.crosses)} times without going to market, ${formatRatio(netting.crossed_lots)} lots in all.${cuts.length === 0 ? " Every net was traded to the nearest lot." : ` Not traded to the wish: ${cuts.join(", ")}; ${formatInteger(unmoved)} nets stayed as they were.`}</p>`;
}
