/**
 * The files of this checkout that the architecture checks read: as they are on disk, so that a
 * file not yet committed is judged too. Paths are relative to the root, forward slashes, sorted.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseSource, type SourceFile } from "./source-file.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const NOT_OURS = new Set([".git", "node_modules", "coverage"]);

/** Every file under a folder of the repository; a folder that does not exist yet has none. */
export function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
      if (NOT_OURS.has(entry.name) || entry.name.startsWith(".assay")) return [];
      return entry.isDirectory() ? listFiles(path) : [path];
    })
    .toSorted();
}

/** Folders of a user's strategies and planted faults are not our style to judge. */
export function readSources(folders: readonly string[]): Map<string, SourceFile> {
  const present = folders.filter((folder) => topFolders().includes(folder));
  const paths = present
    .flatMap(listFiles)
    .filter((path) => path.endsWith(".ts") && !/\/(fixtures|golden)\//.test(path));
  return new Map(paths.map((path) => [path, parseSource(path, readText(path))]));
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function topFolders(): string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
