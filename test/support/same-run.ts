/**
 * Two runs of one example in two homes are one run: the printed document, every journal entry, and
 * every byte of every file but SQLite's own pages (acceptance 2).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExampleRun } from "./example-runs.ts";
import { readJournal } from "./run-files.ts";

const ARTIFACTS = ["equity", "fills", "orders", "positions", "returns", "signals"];
const OF_LAYERS = ["clamps", "decisions", "leverage", "nettings", "regimes", "sleeves", "weights"];
const DOCUMENTS = ["HEAD", "report.html", "run.json"];

/** What differs, by name; nothing when both are one run. */
export function differencesOf(a: ExampleRun, b: ExampleRun): readonly string[] {
  const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);
  const files = expectedFiles(a);
  const filesAreThere = same(filesOf(a.folder), files) && same(filesOf(b.folder), files);
  const bytes = (run: ExampleRun, file: string) => readFileSync(join(run.folder, file));
  return [
    ...(same(b.json, { ...a.json, ...placesOf(b) }) ? [] : ["printed document"]),
    ...(same(readJournal(a.folder), readJournal(b.folder)) ? [] : ["journal"]),
    ...(filesAreThere ? [] : [`files: ${filesOf(a.folder).join(" ")}`]),
    ...files.filter((file) => !bytes(a, file).equals(bytes(b, file))),
  ];
}

/** The portfolio's stages leave artifacts of their own. */
function expectedFiles({ json }: ExampleRun): readonly string[] {
  const artifacts = json.layers !== null ? [...ARTIFACTS, ...OF_LAYERS].toSorted() : ARTIFACTS;
  return [...artifacts.map((artifact) => `artifacts/${artifact}.csv`), ...DOCUMENTS];
}

/** Folders are where the run is, not what it was. */
function placesOf({ json }: ExampleRun): object {
  const printed = json as object as { [key: string]: unknown };
  const places = ["artifacts_dir", "report_path", "findings"];
  return Object.fromEntries(
    places.filter((key) => key in printed).map((key) => [key, printed[key]]),
  );
}

/** Every file but the journal's SQLite pages, which are compared row by row. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "journal.sqlite")
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted((a, b) => a.localeCompare(b, "en"));
}
