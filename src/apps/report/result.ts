/**
 * Where the result came from, since the deposit: by kind as the books have it, then by strategy, by
 * instrument and by sleeve. Every table ends with its sum beside the change in equity; cents that
 * rounding the lines left over stand on a line of their own.
 */
import type { RunDocument } from "../../domain/run-document.ts";
import type { ResultLine, ResultParts } from "../../domain/result-parts.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatInteger, formatMoney, formatSignedMoney } from "./format.ts";
import { type Html, html } from "./html.ts";
import { waterfall, type WaterfallRow } from "./waterfall.ts";

/** Half a minor unit of a two-digit currency. */
const HALF_A_CENT = 0.005;

export function resultChapter({ result, currency }: RunDocument): Chapter {
  const chapter = { id: "result", title: "Where the result came from", short: "Result" };
  if (result === null) {
    return {
      ...chapter,
      body: html`<p class="notice bad">The books were not closed: a check failed before them, so nothing is said about the parts of this result.</p>`,
    };
  }
  return {
    ...chapter,
    body: html`<p class="caption">The whole run in ${currency}, warm-up included, as the books have it that were folded from the journal. What was earned in another currency counts at the last close\u2019s rate.</p>
${scrollTable("From deposit to final equity", waterfall(kindRows(result), { name: "Kind", value: currency }))}
${lineTables(result)}`,
  };
}

function kindRows({ deposit, final, kinds }: ResultParts): WaterfallRow[] {
  const part = (key: string, name: string, value: number): WaterfallRow => {
    // Never minus zero.
    const signed = value === 0 ? 0 : value;
    return {
      kind: "part",
      key: `result-${key}`,
      name,
      value: signed,
      text: formatSignedMoney(signed),
    };
  };
  const total = (key: string, name: string, value: number): WaterfallRow => ({
    kind: "total",
    key: `result-${key}`,
    name,
    value,
    text: formatMoney(value),
  });
  return [
    total("deposit", "Deposit", deposit),
    part("realised", "Realised gains, slippage included", kinds.realised),
    part("unrealised", "Unrealised gains", kinds.unrealised),
    part("dividends", "Dividends", kinds.dividends),
    part("fees", "Fees", 0 - kinds.fees),
    part("financing", "Financing", 0 - kinds.financing),
    part("borrow", "Borrow", 0 - kinds.borrow),
    part("fx", "Exchange rates", kinds.fx),
    total("final", "Final equity", final),
  ];
}

function lineTables(result: ResultParts): Html {
  const { lines } = result;
  const name = ({ strategy, instrument, currency }: ResultLine): string =>
    instrument === "" ? ownLine(result, currency) : `${strategy} ${instrument}`;
  const strategies = grouped(lines, (line) =>
    line.strategy === "" ? ownLine(result, line.currency) : line.strategy,
  );
  const instruments = grouped(lines, (line) =>
    line.instrument === "" ? ownLine(result, line.currency) : line.instrument,
  );
  const each = lines.map((line) => ({ name: name(line), value: line.result }));
  const sleeves =
    result.by === "sleeve"
      ? html`<details><summary>By sleeve: ${formatInteger(each.length)}</summary>
${lineTable("By sleeve", each, result)}</details>`
      : null;
  return html`<div class="pair">${titled("By strategy", strategies, result)}${titled("By instrument", instruments, result)}</div>
${sleeves}`;
}

/** What belongs to nobody: under allocation direct the costs, else the account's interest. */
function ownLine({ by }: ResultParts, currency: string): string {
  return by === "sleeve" ? `Interest in ${currency}` : `Costs in ${currency}`;
}

type Amount = { readonly name: string; readonly value: number };

function grouped(lines: readonly ResultLine[], nameOf: (line: ResultLine) => string): Amount[] {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const name = nameOf(line);
    sums.set(name, (sums.get(name) ?? 0) + line.result);
  }
  return [...sums].map(([name, value]) => ({ name, value }));
}

function titled(title: string, amounts: readonly Amount[], result: ResultParts): Html {
  return html`<div><h3>${title}</h3>
${lineTable(title, amounts, result)}</div>`;
}

function lineTable(label: string, amounts: readonly Amount[], { change }: ResultParts): Html {
  const ordered = amounts.toSorted((a, b) => b.value - a.value);
  const sum = amounts.reduce((total, { value }) => total + value, 0);
  const low = Math.min(0, ...amounts.map(({ value }) => value));
  const high = Math.max(0, ...amounts.map(({ value }) => value));
  const rest = change - sum;
  const remainder =
    Math.abs(rest) < HALF_A_CENT
      ? null
      : html`<tr><th scope="row">Rounding of the lines</th><td>${formatSignedMoney(rest)}</td><td class="steps"></td></tr>
`;
  return scrollTable(
    label,
    html`<table class="waterfall lines"><tbody>
${ordered.map((amount) => lineRow(amount, { low, high }))}${remainder}</tbody>
<tfoot><tr><th scope="row">Change in equity</th><td>${formatSignedMoney(change)}</td><td class="steps"></td></tr></tfoot></table>`,
  );
}

function lineRow(
  { name, value }: Amount,
  { low, high }: { readonly low: number; readonly high: number },
): Html {
  const room = high - low;
  const start = room > 0 ? ((Math.min(0, value) - low) / room) * 100 : 0;
  const width = room > 0 ? (Math.abs(value) / room) * 100 : 0;
  return html`<tr class="${value < 0 ? "down" : "up"}"><th scope="row">${name}</th><td data-line="${name}">${formatSignedMoney(value)}</td><td class="steps"><span style="margin-left:${start.toFixed(3)}%;width:${width.toFixed(3)}%"></span></td></tr>
`;
}
