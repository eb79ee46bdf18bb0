/**
 * report.html of one run: what the records say, as a page that a person would rather look at than
 * read. One file, no network (its own policy forbids it), the same bytes for the same input in any
 * time zone and locale. It computes nothing that the run did not record, except monthly returns
 * linked from the daily ones. Refuses series of unequal length.
 */
import type { ChartRenderer } from "../../ports/chart-renderer.ts";
import { invariant } from "../../base/assert.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import { chartSection } from "./charts.ts";
import { costSection } from "./costs.ts";
import { headline } from "./headline.ts";
import { type Html, html, trusted } from "./html.ts";
import { monthSection } from "./months.ts";
import { mandateSection, provenanceSection } from "./provenance.ts";
import { readOutScript, scriptSource } from "./script.ts";
import { signalSection } from "./signals.ts";
import { stageSection } from "./stages.ts";
import { STYLE } from "./style.ts";
import { titleArea } from "./title.ts";

export function renderReport(input: ReportInput, charts: ChartRenderer): string {
  checkShape(input);
  const { document } = input;
  const page = html`<!doctype html>
<html lang="en">
${head(input)}
<body>
${titleArea(document)}
<main>
${headline(document)}
${chartSection(input, charts)}
${monthSection(input)}
${signalSection(document)}
${stageSection(document.stages)}
${costSection(document)}
${mandateSection(input)}
${provenanceSection(document)}
</main>
<footer><p>Written by Assay from run <code>${document.run_id}</code>. Past and simulated results do not promise future ones.</p></footer>
${readOutScript(input)}
</body>
</html>
`;
  return page.markup;
}

function head({ document }: ReportInput): Html {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${scriptSource()}; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Assay">
<title>${document.name}: ${document.status} (Assay ${document.mode})</title>
<link rel="icon" href="data:,">
<style>
${trusted(STYLE)}
</style>
</head>`;
}

function checkShape(input: ReportInput): void {
  const { datesMs, equity, returns, drawdown, grossExposure, netExposure } = input;
  for (const series of [equity, returns, drawdown, grossExposure, netExposure]) {
    invariant(
      series.length === datesMs.length,
      21,
      `a report series has ${series.length} values for ${datesMs.length} sessions`,
    );
  }
}
