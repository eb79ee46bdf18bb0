/**
 * Where every forecast went (invariant 2), as one funnel: forecasts = holds + signals, signals = the
 * sum of their terminal states. Bars are lengths on the forecasts' scale; the equations are written
 * out, and one that does not hold says by how much. Orders of the system itself are counted apart.
 */
import type { LayersDocument } from "../../domain/layers-document.ts";
import { TERMINAL_STATES, type TerminalState } from "../../domain/refusal.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatInteger, formatPercent } from "./format.ts";
import { type Html, html } from "./html.ts";

type Part = {
  readonly name: string;
  readonly count: number;
  readonly tone: string;
  readonly days?: string | null;
};

export function signalChapter({ signals, layers, system_intents: intents }: RunDocument): Chapter {
  const { forecasts, holds, terminal } = signals;
  const ends = TERMINAL_STATES.map(
    (state): Part => ({
      name: state,
      // Every state, also the ones in which nothing ended: a zero is an answer.
      count: terminal[state] ?? 0,
      tone: state === "EXECUTED" ? "accent" : state === "EXPIRED" ? "quiet" : "refused",
      days: daysOf(layers, state),
    }),
  );
  const firsts: readonly Part[] = [
    { name: "holds", count: holds, tone: "quiet" },
    { name: "signals", count: signals.signals, tone: "accent" },
  ];
  return {
    id: "signals",
    title: "Signals, from forecast to end",
    short: "Signals",
    body: html`${funnel(forecasts, firsts, ends)}
${equation("forecasts", forecasts, firsts)}${equation("signals", signals.signals, ends)}${equation("forecasts", forecasts, [firsts[0], endedIn(ends)])}
<h3>Protective stops</h3>
<p class="caption">System intents, counted apart from signals. Cancelled: the position was closed, or the stop was replaced by one for its new size.</p>
${equation("placed", intents.placed, [
  { name: "filled", count: intents.filled, tone: "accent" },
  { name: "cancelled", count: intents.cancelled, tone: "quiet" },
  { name: "expired", count: intents.expired, tone: "quiet" },
])}${equation("positions to flatten after a breaker", intents.flattens, [
  { name: "flattened", count: intents.flattened, tone: "accent" },
  { name: "expired", count: intents.flattens_expired, tone: "quiet" },
])}<p class="sum">${formatInteger(intents.rolls)} positions carried into the next contract</p>`,
  };
}

function endedIn(ends: readonly Part[]): Part {
  const count = ends.reduce((sum, end) => sum + end.count, 0);
  return { name: "ended signals", count, tone: "accent" };
}

function daysOf(layers: LayersDocument | null, state: TerminalState): string | null {
  const refused = layers?.refused[state];
  if (refused === undefined) return null;
  const { days, first, last } = refused;
  return days === 1 ? first : `${formatInteger(days)} days, ${first} to ${last}`;
}

function funnel(total: number, firsts: readonly Part[], ends: readonly Part[]): Html {
  const [holds, signals] = firsts;
  const when = ends.some(({ days }) => days !== undefined && days !== null);
  return scrollTable(
    "Signal funnel",
    html`<table class="bars funnel"><thead><tr><th scope="col">State</th><th scope="col">Count</th><th scope="col">Of forecasts</th><th scope="col" class="bar"><span class="unseen">Drawn</span></th>${when ? html`<th scope="col" class="word">Days</th>` : null}</tr></thead><tbody>
${[
  barRow({ name: "forecasts", count: total, tone: "whole" }, { total, level: 0, when }),
  barRow(holds, { total, level: 1, when }),
  barRow(signals, { total, level: 1, when }),
  ...ends.map((part) => barRow(part, { total, level: 2, when })),
]}</tbody></table>`,
  );
}

type Place = { readonly total: number; readonly level: number; readonly when: boolean };

function barRow(part: Part, { total, level, when }: Place): Html {
  const share = total > 0 ? Math.min(Math.max(part.count / total, 0), 1) : 0;
  const days = when ? html`<td class="word days">${part.days ?? ""}</td>` : null;
  return html`<tr class="${part.count === 0 ? "none" : part.tone} level-${level}"><th scope="row">${part.name}</th><td class="count" data-signals="${part.name}">${formatInteger(part.count)}</td><td class="count">${formatPercent(total > 0 ? part.count / total : null, 1)}</td><td class="bar"><span style="width:${(share * 100).toFixed(3)}%"></span></td>${days}</tr>
`;
}

function equation(whole: string, total: number, parts: readonly Part[]): Html {
  const counted = parts.filter((part) => part.count !== 0);
  const sum = counted.reduce((running, part) => running + part.count, 0);
  const terms = counted.map((part) => `${formatInteger(part.count)} ${part.name}`);
  const right = counted.length === 0 ? "0" : terms.join(" + ");
  const left = `${formatInteger(total)} ${whole}`;
  if (sum === total)
    return html`<p class="sum">${left} = ${right}</p>
`;
  return html`<p class="sum bad">${left} \u2260 ${right}: ${formatInteger(Math.abs(total - sum))} ${total > sum ? "missing" : "too many"}</p>
`;
}
