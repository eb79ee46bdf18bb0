/**
 * What somebody else needs to check the run: who it is (hashes), what it read, what it left
 * behind, and the resolved mandate with the origin of each value.
 */
import type { ReportInput, RunDocument } from "../../domain/run-document.ts";
import { type Chapter, scrollTable } from "./chapter.ts";
import { formatInteger } from "./format.ts";
import { type Html, html } from "./html.ts";

export function mandateChapter({ mandate, document }: ReportInput): Chapter {
  const rows = mandate.map(
    ({ key, value, origin }) =>
      html`<tr><th scope="row"><code>${key}</code></th><td><code>${value}</code></td><td>${origin}</td></tr>
`,
  );
  return {
    id: "mandate",
    title: "Mandate",
    short: "Mandate",
    body: html`<p class="caption">The one configuration this run obeyed. Its hash is <code>${document.mandate_hash}</code>.</p>
<details><summary>${formatInteger(mandate.length)} resolved values and their origins</summary>
${scrollTable(
  "Resolved mandate",
  html`<table class="text">
<thead><tr><th scope="col">Key</th><th scope="col">Value</th><th scope="col">Origin</th></tr></thead>
<tbody>
${rows}</tbody></table>`,
)}</details>`,
  };
}

export function provenanceChapter(document: RunDocument): Chapter {
  const { pack, journal } = document;
  return {
    id: "provenance",
    title: "Provenance",
    short: "Provenance",
    body: html`<dl class="provenance">
${hash("Run", document.run_id)}${hash("Mandate", document.mandate_hash)}${hash("Pack", pack.id)}${row("Pack kind", html`${pack.kind}, ${formatInteger(pack.sessions)} sessions from <time>${pack.from}</time> to <time>${pack.to}</time>`)}${row("Instruments", pack.instruments.join(", "))}${row("Rights", pack.rights.length === 0 ? "none declared" : pack.rights.join("; "))}${hash("Code", document.code_hash)}${row("Runtime", document.runtime)}${row("Mode and seed", `${document.mode}, ${document.seed}`)}${hash("Journal head", journal.head)}${row("Journal entries", formatInteger(journal.entries))}</dl>
<p>To check every link and every hash again: <code>assay verify ${document.run_id}</code></p>
<h3>Files of this run</h3>
${scrollTable(
  "Files of this run",
  html`<table class="text">
<thead><tr><th scope="col">Artifact</th><th scope="col">File</th><th scope="col" class="right">Rows</th><th scope="col">SHA-256</th></tr></thead>
<tbody>
${document.artifacts.map(({ name, file, rows, sha256 }) => html`<tr><th scope="row">${name}</th><td><code>${file}</code></td><td class="right">${formatInteger(rows)}</td><td><code class="hash">${sha256}</code></td></tr>\n`)}</tbody></table>`,
)}`,
  };
}

function hash(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd><code class="hash">${value}</code></dd></div>
`;
}

function row(name: string, value: string | Html): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>
`;
}
