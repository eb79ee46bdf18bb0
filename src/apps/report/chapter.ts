/** The parts of the page: each has a heading that the contents link to. */
import { type Html, html } from "./html.ts";

export type Chapter = {
  readonly id: string;
  readonly title: string;
  /** As the contents name it. */
  readonly short: string;
  readonly body: Html;
};

export function chapterSection({ id, title, body }: Chapter): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}
</section>
`;
}

export function contents(chapters: readonly Chapter[]): Html {
  return html`<nav class="contents" aria-label="Contents"><ul>
${chapters.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>\n`)}</ul></nav>`;
}

/** A table that scrolls inside its own box where the page is too narrow for it. */
export function scrollTable(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}
