/**
 * What a command left in its folder, in words. A whole pack with its row in the catalog and the
 * record of a failed run are facts and may stay; everything else comes out as the path it is.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSoundJournal } from "../../src/apps/cli/compose-records.ts";
import { readAccountJournal } from "../../src/apps/cli/compose-account.ts";
import type { Start } from "./bad-input.ts";

const PACKS = /^\.assay\/packs\/(?:([0-9a-f]{64})\/|catalog\.(?:jsonl|lock)$)/;
const RUNS = /^\.assay\/runs\/(?:([0-9a-f]{32})\/|$)/;

const ACCOUNT = /^\.assay\/accounts\/([a-z-]+)\//;

/** An account's folder may be there; its journal is sound and says nothing. */
function accountsIn(folder: string, paths: readonly string[]): string[] {
  const modes = new Set(paths.flatMap((path) => ACCOUNT.exec(path)?.[1] ?? []));
  return [...modes].map((mode) => {
    const { entries, findings } = readAccountJournal(join(folder, ".assay/accounts", mode));
    return entries.length + findings.length === 0
      ? "an empty account"
      : `an account of ${entries.length} entries; ${findings.join("; ")}`;
  });
}

/** `paths` are the new ones, relative to the folder. */
export async function leftovers(
  folder: string,
  paths: readonly string[],
  start: Start,
): Promise<readonly string[]> {
  const packs = new Set<string>();
  const runs = new Set<string>();
  const others = paths.filter((path) => {
    const pack = PACKS.exec(path);
    const run = RUNS.exec(path);
    if (pack?.[1] !== undefined) packs.add(pack[1]);
    if (run?.[1] !== undefined) runs.add(run[1]);
    const isPlace = path === ".assay/" || path === ".assay/packs/" || path === ".assay/accounts/";
    if (ACCOUNT.test(path)) return false;
    return (
      pack === null &&
      run === null &&
      !(isPlace && paths.some((p) => PACKS.test(p) || ACCOUNT.test(p)))
    );
  });
  const wrong: string[] = [];
  for (const id of packs) wrong.push(...packProblems(folder, id));
  for (const id of runs) wrong.push(...(await runProblems(folder, id, start)));
  return [
    ...(packs.size === 0 ? [] : ["a pack"]),
    ...(runs.size === 0 ? [] : ["a failed run"]),
    ...accountsIn(folder, paths),
    ...others,
    ...wrong,
  ];
}

/** A pack is whole: its manifest hashes to its name, and the catalog knows it. */
function packProblems(folder: string, id: string): string[] {
  const packs = join(folder, ".assay/packs");
  const manifest = join(packs, id, "manifest.json");
  if (!existsSync(manifest)) return [`pack ${id} without a manifest`];
  const hash = createHash("sha256").update(readFileSync(manifest)).digest("hex");
  const catalog = readFileSync(join(packs, "catalog.jsonl"), "utf8");
  return [
    ...(hash === id ? [] : [`pack ${id} whose manifest hashes to ${hash}`]),
    ...(catalog.includes(`"${id}"`) && catalog.endsWith("\n") ? [] : [`pack ${id} not listed`]),
  ];
}

/** A failed run says so in the list, and what its journal holds is unbroken. */
async function runProblems(folder: string, id: string, start: Start): Promise<string[]> {
  const { stdout } = await start(["runs", "--json"], folder, {});
  const { runs } = JSON.parse(stdout) as {
    runs: readonly { run_id: string; status: string | null; failure: string | null }[];
  };
  const row = runs.find((run) => run.run_id === id);
  const explained = row?.status === "ERROR" && (row.failure ?? "") !== "";
  return [
    ...(explained ? [] : [`run ${id} that assay runs does not explain: ${JSON.stringify(row)}`]),
    ...journalProblems(join(folder, ".assay/runs", id)),
  ];
}

function journalProblems(run: string): string[] {
  try {
    readSoundJournal(run).close();
    return [];
  } catch (error) {
    return [String(error)];
  }
}
