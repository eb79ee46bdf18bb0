/**
 * Where every forecast went (invariant 2): forecasts = holds + signals, signals = the sum of their
 * terminal states. Bars are lengths from zero on one scale per equation; both equations are
 * written out, and one that does not hold says by how much.
 */
import type { RunDocument, SignalCounts } from "../../domain/run-document.ts";
import { TERMINAL_STATES } from "../../domain/refusal.ts";
import { formatInteger } from "./format.ts";
import { type Html, html } from "./html.ts";

type Part = { readonly name: string; readonly count: number; readonly tone: string };

export function signalSection({ signals, system_intents: intents }: RunDocument): Html {
  const ends = terminalParts(signals);
  return html`<section aria-labelledby="signals"><h2 id="signals">Signals</h2>
<h3>From forecasts to signals</h3>
${bars("forecasts", signals.forecasts, [
  { name: "holds", count: signals.holds, tone: "quiet" },
  { name: "signals", count: signals.signals, tone: "accent" },
])}
<h3>How the signals ended</h3>
${bars("signals", signals.signals, ends)}
<h3>Protective stops</h3>
<p class="caption">System intents, counted apart from signals. Cancelled: the position was closed, or the stop was replaced by one for its new size.</p>
${bars("placed", intents.placed, [
  { name: "filled", count: intents.filled, tone: "accent" },
  { name: "cancelled", count: intents.cancelled, tone: "quiet" },
  { name: "expired", count: intents.expired, tone: "quiet" },
])}</section>`;
}

/** Every state, also the ones in which nothing ended: a zero is an answer. */
function terminalParts({ terminal }: SignalCounts): Part[] {
  return TERMINAL_STATES.map((state) => ({
    name: state,
    count: terminal[state] ?? 0,
    tone: state === "EXECUTED" ? "accent" : state === "EXPIRED" ? "quiet" : "refused",
  }));
}

function bars(whole: string, total: number, parts: readonly Part[]): Html {
  return html`<table class="bars"><tbody>
${barRow({ name: whole, count: total, tone: "whole" }, total)}${parts.map((part) => barRow(part, total))}</tbody></table>
${equation(whole, total, parts)}`;
}

function barRow(part: Part, total: number): Html {
  const share = total > 0 ? Math.min(Math.max(part.count / total, 0), 1) * 100 : 0;
  return html`<tr class="${part.count === 0 ? "none" : part.tone}"><th scope="row">${part.name}</th><td class="count">${formatInteger(part.count)}</td><td class="bar"><span style="width:${share.toFixed(3)}%"></span></td></tr>
`;
}

function equation(whole: string, total: number, parts: readonly Part[]): Html {
  const counted = parts.filter((part) => part.count !== 0);
  const sum = counted.reduce((running, part) => running + part.count, 0);
  const terms = counted.map((part) => `${formatInteger(part.count)} ${part.name}`);
  const right = counted.length === 0 ? "0" : terms.join(" + ");
  const left = `${formatInteger(total)} ${whole}`;
  if (sum === total) return html`<p class="sum">${left} = ${right}</p>`;
  return html`<p class="sum bad">${left} \u2260 ${right}: ${formatInteger(Math.abs(total - sum))} ${total > sum ? "missing" : "too many"}</p>`;
}
