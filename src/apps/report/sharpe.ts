/**
 * What can be said of the Sharpe ratio: how many observations and trials stand behind it, the
 * smallest ratio they can tell from zero, and only then the verdict.
 */
import type { RunDocument } from "../../domain/run-document.ts";
import type { SharpeTest } from "../../domain/sharpe-test.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import {
  DASH,
  formatFixed,
  formatInteger,
  formatPercent,
  formatProbability,
  formatRatio,
} from "./format.ts";
import { type Html, html } from "./html.ts";

export function sharpeChapter({ sharpe_test: test, metrics }: RunDocument): Chapter {
  return {
    id: "sharpe",
    title: "Trials and the deflated Sharpe ratio",
    short: "Sharpe",
    body: html`${verdict(test, metrics.sharpe)}
<div class="pair">${table("What it rests on", [
      ["trials", "Trials", formatInteger(test.trials)],
      ["effective_trials", "Effective trials", formatInteger(test.effective_trials)],
      [
        "trial_sharpe_variance",
        "Variance of the trials\u2019 ratios",
        four(test.trial_sharpe_variance),
      ],
      ["mean_trial_correlation", "Mean correlation of trials", four(test.mean_trial_correlation)],
      ["observations", "Daily returns", formatInteger(test.observations)],
      ["skew", "Skew", formatRatio(test.skew)],
      ["kurtosis", "Kurtosis (normal: 3)", formatRatio(test.kurtosis)],
    ])}${table("What it says", [
      [
        "minimum_detectable_sharpe",
        "Smallest detectable Sharpe, a year",
        formatRatio(test.minimum_detectable_sharpe),
      ],
      ["sharpe_per_observation", "Sharpe per observation", four(test.sharpe_per_observation)],
      ["standard_error", "Its standard error", four(test.standard_error)],
      ["psr", "PSR: chance that the true ratio is above 0", formatProbability(test.psr)],
      ["dsr", "DSR: above what the best of the trials shows by luck", formatProbability(test.dsr)],
      [
        "minimum_track_record",
        "Daily returns this ratio needs",
        test.minimum_track_record === null ? DASH : formatInteger(test.minimum_track_record),
      ],
    ])}</div>
<p class="caption">${sentence(test.note)} At a confidence of ${formatPercent(test.confidence, 0)}; the probabilities take returns to be independent of each other. A dash: not defined for one trial, or not evaluated.</p>`,
  };
}

function verdict(test: SharpeTest, annual: number | null): Html {
  if (test.undefined_because !== null) {
    return html`<p class="notice warn">${sentence(test.undefined_because)}</p>`;
  }
  const least = test.minimum_detectable_sharpe;
  const before =
    least === null
      ? html`No Sharpe ratio can be told from zero with ${formatInteger(test.observations)} daily returns of this shape.`
      : html`With ${formatInteger(test.observations)} daily returns the smallest Sharpe ratio that can be told from zero is <b class="number">${formatRatio(least)}</b> a year.`;
  return html`<p>${before} This run has <b class="number">${formatRatio(annual)}</b>; the chance that its true ratio is above zero is <b class="number">${formatProbability(test.psr)}</b>. It says nothing about runs that were tried before and not shown.</p>`;
}

type Row = readonly [key: string, name: string, value: string];

function table(title: string, rows: readonly Row[]): Html {
  return html`<div><h3>${title}</h3>${scrollTable(
    title,
    html`<table class="figures"><tbody>
${rows.map(([key, name, value]) => html`<tr><th scope="row">${name}</th><td data-sharpe="${key}">${value}</td></tr>\n`)}</tbody></table>`,
  )}</div>`;
}

function four(value: number | null): string {
  return value === null ? DASH : formatFixed(value, 4);
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
