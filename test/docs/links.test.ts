/** Every page: links lead to files that exist; files and functions named in the text are there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeSpans, localLinks, readDocument, ROOT } from "./markdown.ts";

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.endsWith("-changed.md"))
    .map((name) => join("docs", name)),
];

/** A span that names a file or folder of the repository, as against a pattern or a placeholder. */
const FILE = /^(?:src|test|tools|docs|bench|examples)\/[\w./-]+$/;

/** A span that names a function or a type of ours: two humps, no dots. */
const NAME = /^[a-zA-Z]+[a-z][A-Z]\w*$/;

const SOURCE = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(ROOT, "src", name), "utf8"))
  .join("\n");

function missingNames(text: string): string[] {
  return codeSpans(text).filter(
    (span) => NAME.test(span) && !new RegExp(`\\b${span}\\b`).test(SOURCE),
  );
}

function missingLinks(page: string, text: string): string[] {
  return localLinks(text).filter((target) => !existsSync(join(ROOT, dirname(page), target)));
}

function missingFiles(text: string): string[] {
  return codeSpans(text).filter((span) => FILE.test(span) && !existsSync(join(ROOT, span)));
}

describe.each(PAGES)("%s", (page) => {
  it("leads nowhere that is not there", () => {
    const text = readDocument(page);
    expect(missingLinks(page, text)).toEqual([]);
    expect(missingFiles(text)).toEqual([]);
    expect(missingNames(text)).toEqual([]);
  });
});

it("a wrong link, a lost file and a renamed function would be found", () => {
  expect(missingNames("`wasRenamed` and `placeWishes`")).toEqual(["wasRenamed"]);
  expect(missingLinks("docs/planted.md", "[a](nowhere.md) [b](../README.md#top)")).toEqual([
    "nowhere.md",
  ]);
  expect(missingFiles("`src/engine/lost.ts` and `src/engine/kernel.ts`")).toEqual([
    "src/engine/lost.ts",
  ]);
});
