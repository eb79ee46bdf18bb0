/**
 * Monthly returns as a table whose cells are shaded by size. Daily returns are linked; the first
 * session has no day before it and counts nothing; any other undefined day makes its month
 * undefined, and an undefined month its year.
 */
import { civilFromDays, DAY_MS, dayNumber, daysFromCivil } from "../../base/instant.ts";
import type { ReportInput } from "../../domain/run-document.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { DASH, formatSignedPercentCell } from "./format.ts";
import { type Html, html } from "./html.ts";

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Shades change at these sizes, the same in every report, so that reports can be compared. */
const SHADES = [0.01, 0.025, 0.05, 0.1];

export type MonthReturn = {
  readonly year: number;
  /** 0-11. */
  readonly month: number;
  /** Simple return of the month; NaN when a day in it is undefined. */
  readonly value: number;
  /** All of it lies before the evaluation window. */
  readonly warmUp: boolean;
};

/** One entry per month that holds a session, ascending. */
export function monthlyReturns(input: ReportInput): MonthReturn[] {
  const months: MonthReturn[] = [];
  const { datesMs, returns, evaluationStart } = input;
  for (let i = 0; i < datesMs.length; ) {
    const { year, month } = civilFromDays(dayNumber(datesMs[i]));
    const next = daysFromCivil({ year, month: month + 1, day: 1 }) * DAY_MS;
    let growth = 1;
    for (; i < datesMs.length && datesMs[i] < next; i++) {
      growth *= i === 0 && Number.isNaN(returns[i]) ? 1 : 1 + returns[i];
    }
    const warmUp = i <= evaluationStart;
    months.push({ year, month: month - 1, value: growth - 1, warmUp });
  }
  return months;
}

export function monthChapter(input: ReportInput): Chapter | null {
  const months = monthlyReturns(input);
  if (months.length === 0) return null;
  const years = [...new Set(months.map(({ year }) => year))];
  return {
    id: "months",
    title: "Monthly returns",
    short: "Months",
    body: html`<p class="caption">Percent, linked from daily returns. Shades change at 1, 2.5, 5 and 10.${months.some(({ warmUp }) => warmUp) ? " Grey italics: before the evaluation window." : null}${months.some(({ value }) => Number.isNaN(value)) ? " A dash: a month with an undefined day." : null}</p>
${scrollTable(
  "Monthly returns",
  html`<table class="months">
<thead><tr><th scope="col">Year</th>${NAMES.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col" class="total">Year</th></tr></thead>
<tbody>
${years.map((year) => yearRow(year, months))}</tbody></table>`,
)}`,
  };
}

function yearRow(year: number, months: readonly MonthReturn[]): Html {
  const own = months.filter((month) => month.year === year);
  const total = own.reduce((growth, month) => growth * (1 + month.value), 1) - 1;
  const cells = NAMES.map((_, month) => monthCell(own.find((entry) => entry.month === month)));
  return html`<tr><th scope="row">${year}</th>${cells}<td class="total">${formatSignedPercentCell(total)}</td></tr>
`;
}

function monthCell(month: MonthReturn | undefined): Html {
  if (month === undefined) return html`<td></td>`;
  if (Number.isNaN(month.value)) return html`<td class="undefined">${DASH}</td>`;
  const name = month.warmUp ? "before" : shade(month.value);
  return html`<td class="${name}">${formatSignedPercentCell(month.value)}</td>`;
}

/** "g0".."g4" for gains, "l0".."l4" for losses. */
export function shade(value: number): string {
  const size = SHADES.filter((edge) => Math.abs(value) >= edge).length;
  return `${value < 0 ? "l" : "g"}${size}`;
}
