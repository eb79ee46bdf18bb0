/**
 * The runs under one home: `runs/<run id>/` with journal.sqlite, HEAD, run.json, report.html and
 * artifacts/. A rerun of a finished run writes aside into `<run id>.rerun` and is compared: equal,
 * the aside goes; different, it is kept as `<run id>.differs` (invariant 20). An aside whose process
 * died is reported and removed at the next start. Times are the files' own and never recorded.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { FailureDocument, RunDocument } from "../../domain/run-document.ts";
import { diskFault, makeFolder, readIfPresent, syncFolder, writeDurably } from "./durable-files.ts";
import { HEAD_FILE, readHead } from "./head-file.ts";
import { JOURNAL_FILE, openForWriting } from "./journal-database.ts";
import { openJournalReadOnly } from "./journal-reader.ts";
import { ARTIFACTS_FOLDER, RUN_DOCUMENTS } from "./verify-run.ts";

export type RunFolder = {
  /** The folder's name: a run id, or `<run id>.differs` for evidence that was kept. */
  readonly name: string;
  readonly folder: string;
  /**
   * failed: it broke, and says why; unfinished: it was stopped, or is at work; unreadable: HEAD or
   * run.json is not what this system writes.
   */
  readonly state: "finished" | "failed" | "unfinished" | "unreadable";
  /** Of a failed run: what it broke on. */
  readonly failure: string | null;
  /** Of a finished run. */
  readonly document: RunDocument | null;
  /** When HEAD last moved, milliseconds since the epoch; 0 without one. */
  readonly movedMs: number;
};

export type RunFolders = {
  readonly root: string;
  folderOf(runId: string): string;
  isFinished(runId: string): boolean;
  /** Makes a run the newest: it was asked for again. */
  touch(runId: string): void;
  /** Newest first. */
  list(): readonly RunFolder[];
  /** By the beginning of its name, or the newest; Fault("usage") when none or several fit. */
  find(prefix: string | null): RunFolder;
  /** Removes what dead reruns left; a sentence for each. */
  sweepAsides(): readonly string[];
  /** A fresh folder for a rerun. */
  createAside(runId: string): string;
  /** Names of the files in which the rerun differs; empty when it is equal. */
  compareAside(runId: string): readonly string[];
  /** Seq of the first journal entry in which the rerun differs, or null. */
  differingEntry(runId: string): number | null;
  /** Puts the rerun's copy in the place of files that are missing; null when another differs too. */
  restoreMissing(runId: string, differing: readonly string[]): string | null;
  removeAside(runId: string): void;
  /** Keeps a rerun that differs under another name, and returns its folder. */
  keepAside(runId: string): string;
};

const ASIDE = ".rerun";
const DIFFERS = ".differs";
/** A rerun that has just made its folder may not hold its journal's lock yet. */
const GRACE_MS = 10_000;

export function createRunFolders(home: string): RunFolders {
  const root = join(home, "runs");
  const folderOf = (runId: string) => join(root, runId);
  const asideOf = (runId: string) => join(root, `${runId}${ASIDE}`);
  return {
    root,
    folderOf,
    isFinished: (runId) => (readHead(folderOf(runId))?.documents ?? null) !== null,
    touch: (runId) => {
      const now = new Date();
      utimesSync(join(folderOf(runId), HEAD_FILE), now, now);
    },
    list: () => listRuns(root),
    find: (prefix) => findRun(listRuns(root), prefix, root),
    sweepAsides: () =>
      namesIn(root)
        .filter((name) => name.endsWith(ASIDE) && !isAlive(join(root, name)))
        .map((name) => {
          remove(join(root, name));
          return `runs/${name} was left by a rerun that was killed; it was removed, the recorded run is untouched`;
        }),
    createAside(runId) {
      const aside = asideOf(runId);
      if (existsSync(aside) && isAlive(aside)) {
        throw new Fault("busy", `another process is running ${runId} again; wait until it ends`, {
          where: aside,
        });
      }
      remove(aside);
      makeFolder(aside);
      return aside;
    },
    compareAside: (runId) => compareRuns(folderOf(runId), asideOf(runId)),
    differingEntry: (runId) => differingEntry(folderOf(runId), asideOf(runId)),
    restoreMissing: (runId, names) => restoreMissing(folderOf(runId), asideOf(runId), names),
    removeAside: (runId) => remove(asideOf(runId)),
    keepAside(runId) {
      const kept = freeName(folderOf(runId) + DIFFERS);
      try {
        renameSync(asideOf(runId), kept);
        syncFolder(root);
      } catch (error) {
        throw diskFault(error, "keep the rerun as", kept);
      }
      return kept;
    },
  };
}

/**
 * Names of the files in which two closed runs differ. Files are compared byte by byte; the journals
 * row by row, because the pages of a database depend on how often its process was interrupted.
 */
export function compareRuns(a: string, b: string): string[] {
  const names = new Set([HEAD_FILE, ...RUN_DOCUMENTS]);
  for (const folder of [a, b]) {
    for (const name of namesIn(join(folder, ARTIFACTS_FOLDER)))
      names.add(join(ARTIFACTS_FOLDER, name));
  }
  const differing = [...names].filter((name) => !sameBytes(join(a, name), join(b, name)));
  if (differingEntry(a, b) !== null) differing.push(JOURNAL_FILE);
  return differing.sort();
}

function sameBytes(a: string, b: string): boolean {
  const left = readIfPresent(a);
  const right = readIfPresent(b);
  if (left === null || right === null) return left === right;
  return Buffer.compare(left, right) === 0;
}

/** HEAD and the journal's last entry hold the hash of what is put back, and they do not differ. */
function restoreMissing(folder: string, aside: string, differing: readonly string[]) {
  if (!differing.every((name) => !existsSync(join(folder, name)))) return null;
  for (const name of differing) {
    const bytes = readIfPresent(join(aside, name));
    // Missing on both sides would be equal.
    invariant(bytes !== null, 20, `${name} is missing in the rerun too`);
    makeFolder(dirname(join(folder, name)));
    writeDurably(join(folder, name), bytes);
  }
  const were = differing.length === 1 ? "was missing; it was" : "were missing; they were";
  return `${differing.join(", ")} ${were} written anew, byte for byte what was recorded`;
}

function differingEntry(a: string, b: string): number | null {
  const left = openJournalReadOnly(a);
  try {
    const right = openJournalReadOnly(b);
    try {
      const others = right.rows()[Symbol.iterator]();
      for (const row of left.rows()) {
        const other = others.next();
        if (other.done === true) return row.seq;
        const { seq, body, hash } = other.value;
        if (row.seq !== seq || row.body !== body || row.hash !== hash) {
          others.return?.();
          return row.seq;
        }
      }
      const more = others.next();
      others.return?.();
      return more.done === true ? null : more.value.seq;
    } finally {
      right.close();
    }
  } finally {
    left.close();
  }
}

function listRuns(root: string): RunFolder[] {
  return namesIn(root)
    .filter((name) => !name.endsWith(ASIDE) && statSync(join(root, name)).isDirectory())
    .map((name) => readRun(root, name))
    .sort((a, b) => b.movedMs - a.movedMs || (a.name < b.name ? -1 : 1));
}

function findRun(runs: readonly RunFolder[], prefix: string | null, root: string): RunFolder {
  if (prefix === null) {
    const newest = runs.find((run) => !run.name.includes(DIFFERS));
    if (newest !== undefined) return newest;
    throw new Fault("usage", `there is no run in ${root}; start one with: assay run MANDATE`);
  }
  const fitting = runs.filter((run) => run.name.startsWith(prefix));
  const exact = fitting.find((run) => run.name === prefix);
  // A run and the evidence kept beside it share the beginning: the run is meant.
  const plain = fitting.filter((run) => !run.name.includes(DIFFERS));
  const candidates = plain.length > 0 ? plain : fitting;
  if (exact !== undefined) return exact;
  if (prefix !== "" && candidates.length === 1) return candidates[0];
  if (prefix === "" || candidates.length === 0) {
    throw new Fault("usage", `no run begins with "${prefix}"; assay runs lists them`);
  }
  throw new Fault(
    "usage",
    `${candidates.length} runs begin with "${prefix}": give more of the id`,
    {
      details: candidates.map((run) => run.name).sort(byName),
    },
  );
}

function readRun(root: string, name: string): RunFolder {
  const folder = join(root, name);
  const moved = statSync(join(folder, HEAD_FILE), { throwIfNoEntry: false });
  const found = { name, folder, movedMs: moved?.mtimeMs ?? 0, document: null, failure: null };
  try {
    const head = readHead(folder);
    const bytes = readIfPresent(join(folder, "run.json"));
    const isSealed = head !== null && head.documents !== null;
    if (!isSealed) {
      const failure = bytes === null ? null : failureIn(bytes);
      return { ...found, state: failure === null ? "unfinished" : "failed", failure };
    }
    if (bytes === null) return { ...found, state: "unreadable" };
    const document = JSON.parse(Buffer.from(bytes).toString("utf8")) as RunDocument;
    const sound = typeof document?.run_id === "string" && typeof document.status === "string";
    return {
      ...found,
      state: sound ? "finished" : "unreadable",
      document: sound ? document : null,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof Fault)) throw error;
    return { ...found, state: "unreadable" };
  }
}

/** A failed run leaves a run.json without a seal; the one of a finished run names no failure. */
function failureIn(bytes: Uint8Array): string | null {
  const document = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<FailureDocument>;
  const message = document?.status === "ERROR" ? document.failure?.message : undefined;
  return typeof message === "string" ? message : null;
}

/** Somebody holds its journal, or may be about to. What is dead is removed next, so it may be touched. */
function isAlive(folder: string): boolean {
  const journal = join(folder, JOURNAL_FILE);
  if (!existsSync(journal)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs < GRACE_MS;
  }
  try {
    openForWriting(journal).close();
    return false;
  } catch (error) {
    if (error instanceof Fault) return error.kind === "busy";
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw diskFault(error, "list", folder);
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw diskFault(error, "remove", folder);
  }
}

function freeName(wanted: string): string {
  if (!existsSync(wanted)) return wanted;
  let number = 2;
  while (existsSync(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
