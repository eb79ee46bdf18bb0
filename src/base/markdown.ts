/**
 * Markdown that reads as well unrendered: tables whose columns stand under each other, numbers to
 * the right. Text from outside is escaped, so that a venue's message cannot make a heading or a cell.
 */

export type MarkdownColumn = {
  readonly title: string;
  /** right: numbers. */
  readonly align: "left" | "right";
};

export const left = (title: string): MarkdownColumn => ({ title, align: "left" });
export const right = (title: string): MarkdownColumn => ({ title, align: "right" });

/** One line per row, header and rule first; every row has as many cells as there are columns. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string[] {
  const cells = [columns.map((column) => column.title), ...rows].map((row) => row.map(cellText));
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => widthOf(row[i]))));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => padded(cell, widths[i], columns[i].align)).join(" | ")} |`;
  const rule = columns.map((column, i) =>
    column.align === "right" ? `${"-".repeat(widths[i] - 1)}:` : "-".repeat(widths[i]),
  );
  const [header, ...body] = cells;
  return [line(header), `| ${rule.join(" | ")} |`, ...body.map(line)];
}

/** Text for a list item or a paragraph: one line, nothing in it that formats. */
export function inlineText(text: string): string {
  const line = text.replace(/\s+/g, " ").replace(/[\\`*[\]<|]/g, "\\$&");
  return line.replace(/^ ?(?=[#+>-])/, "\\");
}

function cellText(text: string): string {
  // A single blank is left as it is: most cells need nothing.
  const line = text.replace(/\s{2,}|[^\S ]/g, " ");
  return line.includes("|") ? line.replaceAll("|", "\\|") : line;
}

function padded(cell: string, width: number, align: MarkdownColumn["align"]): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  return align === "right" ? blanks + cell : cell + blanks;
}

/** Code points: what stands outside the first plane is one sign and not two. */
function widthOf(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? Array.from(text).length : text.length;
}
