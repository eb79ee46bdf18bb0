/** The documents as data: fenced blocks, code spans, tables, links. Enough of Markdown for ours. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

export type Fence = { readonly language: string; readonly body: string };

export function fences(text: string): readonly Fence[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({
    language,
    body,
  }));
}

/** The only block of that language after a heading; throws when there is another number of them. */
export function fenceUnder(text: string, heading: string, language: string): string {
  const found = fences(partUnder(text, heading)).filter((fence) => fence.language === language);
  if (found.length === 1) return found[0].body;
  throw new Error(`${found.length} blocks of ${language} under "${heading}", expected one`);
}

/** The text between a heading of level 2 and the next one. */
export function partUnder(text: string, heading: string): string {
  const parts = text.split(/^## /m).filter((part) => part.startsWith(`${heading}\n`));
  if (parts.length === 1) return parts[0].slice(heading.length + 1);
  throw new Error(`${parts.length} headings "${heading}", expected one`);
}

/** What stands between single backquotes outside of fenced blocks. */
export function codeSpans(text: string): readonly string[] {
  const plain = text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, "");
  return [...plain.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
}

/** Rows of the first table in a text, header and rule left out, cells trimmed. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  if (start < 0) throw new Error("there is no table");
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  const rows = lines.slice(start + 2, length < 0 ? undefined : start + length);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** Targets of links that lie in the repository, without their fragments. */
export function localLinks(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "");
}
