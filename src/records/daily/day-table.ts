/** Tables of a day's Markdown; a dry run is marked in the first column of each, so that no cut-out loses the mark. */
import { type MarkdownColumn, markdownTable } from "../../base/markdown.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";

export function dayTable(
  { mark }: DailyDocument,
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  if (mark === null) return markdownTable(columns, rows);
  const [first, ...others] = columns;
  return markdownTable([{ ...first, title: `${first.title} (${mark})`.trim() }, ...others], rows);
}
