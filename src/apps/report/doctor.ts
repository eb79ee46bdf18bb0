/**
 * What the lints say of the result: those that found something stand at the top of the page, all of
 * them, also the clear ones and those that had nothing to judge by, in a chapter of their own.
 */
import type { LintResult } from "../../domain/lint-result.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatInteger, formatMeasure, formatRatio } from "./format.ts";
import { type Html, html } from "./html.ts";
import { words } from "./regimes.ts";

/** Heaviest first. */
function foundIn(lints: readonly LintResult[]): readonly LintResult[] {
  return lints.filter(({ result }) => result === "found").toSorted((a, b) => b.weight - a.weight);
}

export function doctorNotice(lints: readonly LintResult[]): Html | null {
  const found = foundIn(lints);
  if (found.length === 0) return null;
  return html`<section class="notice warn" aria-labelledby="findings"><h2 id="findings">Doctor: ${formatInteger(found.length)} of ${formatInteger(lints.length)} checks found something</h2>
<ul>${found.map(({ lint, evidence, weight }) => html`<li><strong>${words(lint)}</strong> <span class="weight">weight ${formatRatio(weight)}</span> ${evidence}</li>\n`)}</ul></section>
`;
}

const ORDER: readonly LintResult["result"][] = ["found", "not_evaluated", "clear"];

export function doctorChapter(lints: readonly LintResult[]): Chapter | null {
  if (lints.length === 0) return null;
  const counts = ORDER.map(
    (result) =>
      `${formatInteger(lints.filter((lint) => lint.result === result).length)} ${words(result)}`,
  );
  const rows = ORDER.flatMap((result) =>
    result === "found" ? foundIn(lints) : lints.filter((lint) => lint.result === result),
  );
  return {
    id: "doctor",
    title: "Doctor",
    short: "Doctor",
    body: html`<p class="caption">Lints on the result: not whether the record is true, but how far it may be relied on. ${counts.join(", ")}. The weight is what a finding takes from that trust, from 0 to 1.</p>
${scrollTable(
  "Doctor",
  html`<table class="lints"><thead><tr><th scope="col">Check</th><th scope="col" class="word">Result</th><th scope="col" class="word">Evidence</th><th scope="col">Weight</th><th scope="col">Observed</th><th scope="col">Limit</th><th scope="col" class="word">Unit</th></tr></thead><tbody>
${rows.map(lintRow)}</tbody></table>`,
)}`,
  };
}

function lintRow(lint: LintResult): Html {
  const unit = lint.unit === null || lint.observed === null ? "" : words(lint.unit);
  const mark = lint.result === "found" ? "\u25b2 " : "";
  return html`<tr class="${lint.result}"><th scope="row">${words(lint.lint)}</th><td class="word" data-lint="${lint.lint}">${mark}${words(lint.result)}</td><td class="word evidence">${lint.evidence}</td><td>${formatRatio(lint.result === "found" ? lint.weight : null)}</td><td>${formatMeasure(lint.observed)}</td><td>${formatMeasure(lint.limit)}</td><td class="word unit">${unit}</td></tr>
`;
}
