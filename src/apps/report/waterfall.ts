/**
 * How one number becomes another, step by step: a table whose last column draws each step from
 * where the one before ended. Totals are marks, steps are bars, so that a scale that does not begin
 * at zero misleads nobody; the sign stands in the figure beside it.
 */
import { formatFixed } from "./format.ts";
import { type Html, html } from "./html.ts";

export type WaterfallRow = {
  readonly name: string;
  readonly key: string;
  readonly kind: "total" | "part";
  /** A total's own value, or what a part adds. */
  readonly value: number;
  /** As shown. */
  readonly text: string;
};

type Heads = { readonly name: string; readonly value: string };

export function waterfall(rows: readonly WaterfallRow[], heads: Heads): Html {
  const levels = levelsOf(rows);
  const all = levels.flatMap(({ from, to }) => [from, to]);
  const low = Math.min(...all);
  const room = Math.max(...all) - low;
  const place = (level: number): number => (room > 0 ? ((level - low) / room) * 100 : 0);
  return html`<table class="waterfall"><thead><tr><th scope="col">${heads.name}</th><th scope="col">${heads.value}</th><th scope="col" class="steps"><span class="unseen">Drawn</span></th></tr></thead><tbody>
${rows.map((row, i) => waterfallRow(row, { left: place(levels[i].from), right: place(levels[i].to) }))}</tbody></table>`;
}

/** Where each row's drawing begins and ends; a total only marks its own level. */
export function levelsOf(rows: readonly WaterfallRow[]): readonly { from: number; to: number }[] {
  let level = 0;
  return rows.map(({ kind, value }) => {
    const from = kind === "total" ? value : level;
    level = kind === "total" ? value : level + value;
    return { from, to: level };
  });
}

function waterfallRow(
  row: WaterfallRow,
  { left, right }: { readonly left: number; readonly right: number },
): Html {
  const tone = row.kind === "total" ? "total" : row.value < 0 ? "down" : "up";
  const start = formatFixed(Math.min(left, right), 3).replace("\u2212", "-");
  const width = formatFixed(Math.abs(right - left), 3);
  return html`<tr class="${tone}"><th scope="row">${row.name}</th><td data-part="${row.key}">${row.text}</td><td class="steps"><span style="margin-left:${start}%;width:${width}%"></span></td></tr>
`;
}
