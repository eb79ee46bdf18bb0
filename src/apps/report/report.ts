/**
 * report.html of one run: what the records say, as a page that a person would rather look at than
 * read. One file, no network (its own policy forbids it), the same bytes for the same input in any
 * time zone and locale. It computes nothing that the run did not record, except monthly returns
 * linked from the daily ones. Refuses series of unequal length.
 */
import { invariant } from "../../base/assert.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import type { ChartRenderer } from "../../ports/chart-renderer.ts";
import { type Chapter, chapterSection, contents } from "./chapter.ts";
import { chartChapter, drawWith, hasCurve, readOut } from "./charts.ts";
import { costChapter } from "./costs.ts";
import { doctorChapter } from "./doctor.ts";
import { headlineChapter } from "./headline.ts";
import { type Html, html, trusted } from "./html.ts";
import { monthChapter } from "./months.ts";
import { mandateChapter, provenanceChapter } from "./provenance.ts";
import { regimeChapter } from "./regimes.ts";
import { resultChapter } from "./result.ts";
import { readOutScript, scriptSource } from "./script.ts";
import { sharpeChapter } from "./sharpe.ts";
import { signalChapter } from "./signals.ts";
import { stageChapter } from "./stages.ts";
import { STYLE } from "./style.ts";
import { titleArea } from "./title.ts";
import { volatilityChapter } from "./volatility.ts";

export function renderReport(input: ReportInput, charts: ChartRenderer): string {
  checkShape(input);
  const { document } = input;
  const draw = drawWith(charts);
  const headline = headlineChapter(document);
  const timeline = known([
    chartChapter(input, draw),
    volatilityChapter(input, draw),
    regimeChapter(input, draw),
  ]);
  const others = chaptersOf(input);
  const page = html`<!doctype html>
<html lang="en">
${head(input)}
<body>
<a class="skip" href="#headline">Skip to the numbers</a>
${titleArea(document)}
${contents([headline, ...timeline, ...others])}
<main>
${chapterSection(headline)}<div class="timeline">
${hasCurve(input) ? readOut(input) : null}
${timeline.map(chapterSection)}</div>
${others.map(chapterSection)}</main>
<footer><p>Written by Assay from run <code>${document.run_id}</code>. Past and simulated results do not promise future ones.</p></footer>
${readOutScript(input)}
</body>
</html>
`;
  return page.markup;
}

/** What follows the charts, in the order of the page. */
function chaptersOf(input: ReportInput): readonly Chapter[] {
  const { document } = input;
  return known([
    monthChapter(input),
    sharpeChapter(document),
    resultChapter(document),
    costChapter(document),
    signalChapter(document),
    stageChapter(document),
    doctorChapter(document.doctor),
    mandateChapter(input),
    provenanceChapter(document),
  ]);
}

/** Null where a run has nothing to say. */
function known(chapters: readonly (Chapter | null)[]): readonly Chapter[] {
  return chapters.filter((chapter) => chapter !== null);
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
  const { datesMs, equity, returns, drawdown, grossExposure, netExposure, portfolio } = input;
  const every: readonly ArrayLike<unknown>[] = [
    equity,
    returns,
    drawdown,
    grossExposure,
    netExposure,
    input.rollingVolatility,
    ...(portfolio === null ? [] : Object.values(portfolio)),
  ];
  for (const series of every) {
    invariant(
      series.length === datesMs.length,
      21,
      `a report series has ${series.length} values for ${datesMs.length} sessions`,
    );
  }
}
