/**
 * What trading cost, by kind. Says which window the parts add up to, or that they add up to
 * neither, instead of assuming one.
 */
import type { RunDocument } from "../../domain/run-document.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatMoney, formatPercent } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Half a minor unit of a two-digit currency: sums of cents in doubles agree within it. */
const TOLERANCE = 0.005;

const KINDS = [
  ["fees", "Fees"],
  ["slippage", "Slippage"],
  ["financing", "Financing"],
  ["borrow", "Borrow"],
] as const;

export function costChapter(document: RunDocument): Chapter {
  const { costs, currency } = document;
  const total = KINDS.reduce((sum, [key]) => sum + costs[key], 0);
  return {
    id: "costs",
    title: "Costs",
    short: "Costs",
    body: html`${scope(document, total)}
${scrollTable(
  "Costs",
  html`<table class="short">
<thead><tr><th scope="col">Kind</th><th scope="col">${currency}</th><th scope="col">Share</th></tr></thead>
<tbody>
${KINDS.map(([key, name]) => costRow(name, costs[key], total))}</tbody>
<tfoot><tr><th scope="row">Sum</th><td>${formatMoney(total)}</td><td>${share(total, total)}</td></tr></tfoot></table>`,
)}`,
  };
}

function costRow(name: string, amount: number, total: number): Html {
  return html`<tr><th scope="row">${name}</th><td data-cost="${name.toLowerCase()}">${formatMoney(amount)}</td><td>${share(amount, total)}</td></tr>
`;
}

function share(amount: number, total: number): string {
  return formatPercent(total === 0 ? null : amount / total);
}

function scope({ metrics, metrics_full: full }: RunDocument, total: number): Html {
  if (Math.abs(total - metrics.costs) < TOLERANCE) {
    return html`<p class="caption">Over the evaluation window, as in the headline.</p>`;
  }
  if (Math.abs(total - full.costs) < TOLERANCE) {
    return html`<p class="caption">Over the full window; the headline counts the evaluation window.</p>`;
  }
  return html`<p class="notice bad">The kinds add up to ${formatMoney(total)}, but the metrics count ${formatMoney(metrics.costs)} (evaluation window) and ${formatMoney(full.costs)} (full window).</p>`;
}
