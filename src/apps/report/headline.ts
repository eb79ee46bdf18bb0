/**
 * The numbers of the evaluation window, and beside them those of the full window when the two
 * differ. An undefined number is a dash with its reason as a footnote, never 0.
 */
import type { Metrics, RunDocument, Window } from "../../domain/run-document.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { DASH, formatInteger, formatMoney, formatPercent, formatRatio } from "./format.ts";
import { type Html, html } from "./html.ts";

type MetricKey = Exclude<keyof Metrics, "undefined_because">;

type Figure = {
  readonly key: MetricKey;
  readonly name: string;
  readonly unit: string | null;
  readonly print: (value: number) => string;
};

const FIGURES: readonly Figure[] = [
  { key: "final_equity", name: "Final equity", unit: "currency", print: formatMoney },
  { key: "total_return", name: "Total return", unit: null, print: formatPercent },
  { key: "cagr", name: "CAGR", unit: "a year", print: formatPercent },
  { key: "max_drawdown", name: "Max drawdown", unit: null, print: (v) => formatPercent(0 - v) },
  { key: "annual_volatility", name: "Volatility", unit: "a year", print: formatPercent },
  { key: "sharpe", name: "Sharpe", unit: null, print: formatRatio },
  { key: "sortino", name: "Sortino", unit: null, print: formatRatio },
  { key: "calmar", name: "Calmar", unit: null, print: formatRatio },
  { key: "trades", name: "Trades", unit: "fills", print: formatInteger },
  { key: "turnover", name: "Turnover", unit: "\u00d7 equity a year", print: formatRatio },
  { key: "costs", name: "Costs", unit: "currency", print: formatMoney },
  { key: "start_equity", name: "Start equity", unit: "currency", print: formatMoney },
];

/** Reasons in the order in which the page first needs them; equal reasons share a number. */
class Footnotes {
  readonly reasons: string[] = [];
  numberOf(reason: string): number {
    const known = this.reasons.indexOf(reason);
    return known >= 0 ? known + 1 : this.reasons.push(reason);
  }
}

export function headlineChapter(document: RunDocument): Chapter {
  const notes = new Footnotes();
  const tiles = FIGURES.map((figure) => tile(figure, document, notes));
  const windows = windowTable(document, notes);
  return {
    id: "headline",
    title: "Headline",
    short: "Headline",
    body: html`<dl class="tiles">
${tiles}</dl>
${windows}${footnotes(notes.reasons)}`,
  };
}

function tile(figure: Figure, document: RunDocument, notes: Footnotes): Html {
  const unit = figure.unit === "currency" ? document.currency : figure.unit;
  const value = document.metrics[figure.key];
  const sense = figure.key === "total_return" && value !== null && value < 0 ? "loss" : "plain";
  return html`<div><dt>${figure.name}${unit === null ? null : html` <small>${unit}</small>`}</dt><dd class="${sense}" data-metric="${figure.key}">${cell(figure, document.metrics, notes)}</dd></div>
`;
}

function cell(figure: Figure, metrics: Metrics, notes: Footnotes): Html {
  const value = metrics[figure.key];
  if (value !== null) return html`${figure.print(value)}`;
  const number = notes.numberOf(metrics.undefined_because[figure.key] ?? "no reason was recorded");
  return html`${DASH}<sup><a href="#note-${number}" aria-label="undefined, see note ${number}">${number}</a></sup>`;
}

function windowTable(document: RunDocument, notes: Footnotes): Html {
  const { full, evaluation } = document.window;
  if (sameWindow(full, evaluation)) {
    return html`<p class="caption">Evaluation window and full window are the same: ${span(full)}.</p>
`;
  }
  const rows = FIGURES.map(
    (
      figure,
    ) => html`<tr><th scope="row">${figure.name}</th><td>${cell(figure, document.metrics, notes)}</td><td>${cell(figure, document.metrics_full, notes)}</td></tr>
`,
  );
  return html`<p class="caption">The numbers above count the evaluation window, ${span(evaluation)}. The sessions before it are warm-up.</p>
<details><summary>Evaluation window beside full window</summary>
${scrollTable(
  "Evaluation window beside full window",
  html`<table class="short">
<thead><tr><th scope="col">Measure</th><th scope="col">Evaluation</th><th scope="col">Full</th></tr></thead>
<tbody><tr><th scope="row">From</th><td>${evaluation.from}</td><td>${full.from}</td></tr>
<tr><th scope="row">To</th><td>${evaluation.to}</td><td>${full.to}</td></tr>
<tr><th scope="row">Sessions</th><td>${formatInteger(evaluation.sessions)}</td><td>${formatInteger(full.sessions)}</td></tr>
${rows}</tbody></table>`,
)}</details>
`;
}

function footnotes(reasons: readonly string[]): Html | null {
  if (reasons.length === 0) return null;
  return html`<ol class="notes" aria-label="Why numbers are undefined">
${reasons.map((reason, i) => html`<li id="note-${i + 1}">Undefined: ${reason}.</li>\n`)}</ol>
`;
}

function span(window: Window): Html {
  return html`<time>${window.from}</time> to <time>${window.to}</time>, ${formatInteger(window.sessions)} sessions`;
}

function sameWindow(a: Window, b: Window): boolean {
  return a.from === b.from && a.to === b.to && a.sessions === b.sessions;
}
