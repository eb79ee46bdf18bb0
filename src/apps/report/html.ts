/**
 * HTML that cannot forget to escape: the `html` tag escapes every value it is given, except what
 * another `html` made. What is already markup (an SVG, the style sheet) enters through `trusted`,
 * in this folder alone.
 */

export type Html = { readonly markup: string };

type Value = string | number | Html | null | readonly Value[];

/** Text and numbers are escaped, lists are joined, null is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let markup = strings[0];
  values.forEach((value, i) => {
    markup += print(value) + strings[i + 1];
  });
  return { markup };
}

/** Markup that this program made itself; never anything that came from data. */
export function trusted(markup: string): Html {
  return { markup };
}

const SPECIAL = /[&<>"']/;

export function escapeHtml(text: string): string {
  // Most values are numbers and names: one look instead of five copies.
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function print(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(print).join("");
}
