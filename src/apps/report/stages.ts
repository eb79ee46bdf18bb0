/**
 * What each stage and gate did (invariant 1): enabled, effective, binding, and its four counts.
 * An enabled stage that was inert stands out with its reason.
 */
import type { StageRecord } from "../../domain/stage-record.ts";
import { formatInteger } from "./format.ts";
import { type Html, html } from "./html.ts";

export function stageSection(stages: readonly StageRecord[]): Html {
  const inert = stages.filter((stage) => stage.inert_reason !== null);
  return html`<section aria-labelledby="stages"><h2 id="stages">Stages and gates</h2>
<p class="caption">Effective: its inputs were present. Binding: it changed at least one number. Reached is counted by the pipeline, the rest by the stage.</p>
<div class="scroll" role="region" aria-label="Stages and gates" tabindex="0"><table>
<thead><tr>${["Name", "Kind", "Enabled", "Effective", "Binding"].map((name) => html`<th scope="col" class="word">${name}</th>`)}${["Reached", "Evaluated", "Applied", "Bound"].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${stages.map(stageRow)}</tbody></table></div>
${inert.length === 0 ? html`<p>No enabled stage was inert.</p>` : inertList(inert)}</section>`;
}

function stageRow(stage: StageRecord): Html {
  const counts = [stage.reached, stage.evaluated, stage.applied, stage.bound];
  const tone = stage.inert_reason !== null ? "inert" : stage.enabled ? "on" : "off";
  return html`<tr class="${tone}"><th scope="row">${stage.name}</th><td class="word">${stage.kind}</td>${[stage.enabled, stage.effective, stage.binding].map(yesNo)}${counts.map((count) => html`<td>${formatInteger(count)}</td>`)}</tr>
`;
}

function yesNo(value: boolean): Html {
  return html`<td class="word ${value ? "yes" : "no"}">${value ? "yes" : "no"}</td>`;
}

function inertList(inert: readonly StageRecord[]): Html {
  return html`<ul class="notice bad">${inert.map((stage) => html`<li><strong>${stage.name}</strong> was inert: ${stage.inert_reason}</li>`)}</ul>`;
}
