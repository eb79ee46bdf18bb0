/**
 * The brake, the volatility regime and the circuit breakers: how long each state held, what changed
 * it, and what the brake did to the size.
 */
import type { ReportInput } from "../../domain/run-document.ts";
import type { LayersDocument } from "../../domain/layers-document.ts";
import { BRAKE_REGIMES, VOLATILITY_REGIMES } from "../../domain/regime.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { type Draw, hasCurve } from "./charts.ts";
import { formatInteger, formatMeasure, formatPercent, formatRatio } from "./format.ts";
import { type Html, html } from "./html.ts";
import { brakeChart, hasPortfolio } from "./portfolio-charts.ts";

export function regimeChapter(input: ReportInput, draw: Draw): Chapter | null {
  const { layers } = input.document;
  if (layers === null) return null;
  return {
    id: "regimes",
    title: "Brake, regimes and breakers",
    short: "Regimes",
    body: html`${brakeFigure(input, draw)}${brakeText(layers)}
<div class="pair">${regimeTable("Regime of the brake", BRAKE_REGIMES, layers.overlay.regimes)}${
      layers.volatility_regime === null
        ? html`<div><h3>Volatility regime</h3><p>Off in this mandate.</p></div>`
        : regimeTable("Volatility regime", VOLATILITY_REGIMES, layers.volatility_regime)
    }</div>
${transitions("Changes of the brake\u2019s regime", layers.overlay.transitions)}${transitions("Changes of the volatility regime", layers.volatility_transitions)}
<h3>Circuit breakers</h3>
${breakerTable(layers)}`,
  };
}

function brakeFigure(input: ReportInput, draw: Draw): Html | null {
  if (!hasPortfolio(input) || !hasCurve(input)) return null;
  const states = new Set(input.portfolio.breakers);
  const key = (state: string, text: string): Html | null =>
    states.has(state)
      ? html` <span class="key swatch ${state.toLowerCase()}">${text}</span>`
      : null;
  return html`<figure><figcaption><b>Scalar</b> of the brake, as of each close: 1 leaves the weights as they are.${key("HALT", "breaker: halt")}${key("PANIC", "breaker: panic")}${key("RAMPUP", "breaker: ramp-up")}</figcaption>${draw((frame) => brakeChart(input, frame))}</figure>
`;
}

function brakeText({ overlay, decisions }: LayersDocument): Html {
  if (overlay.mode === "off") {
    return html`<p class="caption">The brake was computed and not applied: this mandate switches it off.</p>`;
  }
  const mean =
    overlay.mean_scalar === null
      ? ""
      : `, on average with a scalar of ${formatRatio(overlay.mean_scalar)}`;
  const spared =
    overlay.warm_up === 0
      ? ""
      : `; ${formatInteger(overlay.warm_up)} decisions fell into its declared warm-up`;
  return html`<p class="caption">Applied at ${formatInteger(overlay.applied)} of ${formatInteger(decisions)} decisions${mean}${spared}. It changed a weight at ${formatInteger(overlay.bound)}.</p>`;
}

function regimeTable(
  title: string,
  order: readonly string[],
  counts: { readonly [regime: string]: number | undefined },
): Html {
  const all = order.reduce((sum, regime) => sum + (counts[regime] ?? 0), 0);
  return html`<div><h3>${title}</h3><table class="bars"><thead><tr><th scope="col">Regime</th><th scope="col">Sessions</th><th scope="col">Share</th><th scope="col" class="bar"><span class="unseen">Drawn</span></th></tr></thead><tbody>
${order.map((regime) => regimeRow(regime, counts[regime] ?? 0, all))}</tbody></table></div>
`;
}

function regimeRow(regime: string, sessions: number, all: number): Html {
  const share = all === 0 ? 0 : sessions / all;
  return html`<tr class="${sessions === 0 ? "none" : "accent"}"><th scope="row">${regime}</th><td class="count">${formatInteger(sessions)}</td><td class="count">${formatPercent(share, 1)}</td><td class="bar"><span style="width:${(share * 100).toFixed(2)}%"></span></td></tr>
`;
}

type Transition = { readonly date: string; readonly from: string; readonly to: string };

function transitions(title: string, list: readonly Transition[]): Html | null {
  if (list.length === 0) return null;
  const rows = list.map(
    ({
      date,
      from,
      to,
    }) => html`<tr><th scope="row">${date}</th><td class="word">${from}</td><td class="word">${to}</td></tr>
`,
  );
  return html`<details class="long"><summary>${title}: ${formatInteger(list.length)}</summary>
${scrollTable(
  title,
  html`<table class="short"><thead><tr><th scope="col">Session</th><th scope="col" class="word">From</th><th scope="col" class="word">To</th></tr></thead><tbody>
${rows}</tbody></table>`,
)}</details>
`;
}

function breakerTable({ breakers }: LayersDocument): Html {
  const changes = breakers.filter(({ from, to }) => from !== to);
  if (changes.length === 0) return html`<p>No breaker fired.</p>`;
  const fired = changes.filter(({ to }) => to === "HALT" || to === "PANIC").length;
  const rows = changes.map(
    (
      change,
    ) => html`<tr class="${change.to === "HALT" || change.to === "PANIC" ? "stopped" : ""}"><th scope="row">${change.date}</th><td class="word">${change.from} \u2192 ${change.to}</td><td class="word">${words(change.rule)}</td><td>${formatMeasure(change.observed)}</td><td>${formatMeasure(change.limit)}</td></tr>
`,
  );
  return html`<p class="caption">A breaker stopped new positions ${fired === 1 ? "once" : `${formatInteger(fired)} times`}. Losses and drawdowns are fractions of equity, waiting times are sessions.</p>
${scrollTable(
  "Circuit breakers",
  html`<table><thead><tr><th scope="col">Session</th><th scope="col" class="word">Change</th><th scope="col" class="word">Rule</th><th scope="col">Observed</th><th scope="col">Limit</th></tr></thead><tbody>
${rows}</tbody></table>`,
)}`;
}

export function words(name: string): string {
  return name.replaceAll("_", " ");
}
