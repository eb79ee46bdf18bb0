/**
 * Wires the storage adapters: run folders, journals, artifacts, verification, and what names the
 * code. Commands open records through here and know no adapter.
 */
import { join } from "node:path";
import { createArtifactStore } from "../../adapters/storage/artifact-store.ts";
import { type JournalReader, openJournalReadOnly } from "../../adapters/storage/journal-reader.ts";
import { type JournalRules, openJournalStore } from "../../adapters/storage/journal-store.ts";
import {
  createRunFolders,
  type RunFolder,
  type RunFolders,
} from "../../adapters/storage/run-folders.ts";
import {
  ARTIFACTS_FOLDER,
  type Verification,
  verifyRun,
} from "../../adapters/storage/verify-run.ts";
import { engineCodeHash, runtimeName } from "../../adapters/system/code-hash.ts";
import { sha256 } from "../../adapters/system/hash.ts";
import { Fault } from "../../domain/fault.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { ChartRenderer } from "../../ports/chart-renderer.ts";
import type { JournalStore } from "../../ports/journal-store.ts";
import { artifactFile } from "../../records/artifacts/registry.ts";
import { ZERO_HASH } from "../../records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../../records/journal/verify.ts";

export type { JournalReader, RunFolder, RunFolders, Verification };
export { ARTIFACTS_FOLDER, createRunFolders as openRunFolders, sha256 };

export const JOURNAL_RULES: JournalRules = {
  sha256,
  zeroHash: ZERO_HASH,
  verifyChain,
  terminalsInBody,
};

/** Everything of one run's folder that a run writes to. */
export type RunStores = {
  readonly journal: JournalStore;
  /** run.json and report.html. */
  readonly documents: ArtifactStore;
  readonly artifacts: ArtifactStore;
};

/** Locks the folder's journal; throws Fault("busy") when another process holds it. */
export function openRunStores(folder: string): RunStores {
  const journal = openJournalStore(folder, JOURNAL_RULES);
  return {
    journal,
    documents: createArtifactStore(folder, sha256),
    artifacts: openArtifacts(artifactsFolder(folder)),
  };
}

export function openArtifacts(folder: string): ArtifactStore {
  return createArtifactStore(folder, sha256);
}

export function artifactsFolder(folder: string): string {
  return join(folder, ARTIFACTS_FOLDER);
}

export function verifyFolder(folder: string): Verification {
  return verifyRun(folder, { ...JOURNAL_RULES, artifactFile });
}

/** A journal that holds, read without changing anything; the caller closes it. */
export function readSoundJournal(folder: string): JournalReader {
  const reader = openJournalReadOnly(folder);
  const [broken] =
    reader.head === null
      ? [{ message: "there is no HEAD file" }]
      : verifyChain(reader.rows(), reader.head, sha256);
  if (broken === undefined) return reader;
  reader.close();
  throw new Fault("verify", `${folder}: ${broken.message}; assay verify lists every finding`);
}

/** Hash of this code, and of the strategies in the order of the mandate. */
export function codeHashOf(
  uses: readonly { readonly name: string; readonly codeHash: string }[],
): string {
  const strategies = uses.map((use) => `${use.codeHash}  ${use.name}\n`).join("");
  return sha256(`${engineCodeHash(sha256)}\n${strategies}`);
}

export { runtimeName };

/** The drawing library is the slowest thing to load, and only a finished run needs it. */
export async function loadCharts(): Promise<ChartRenderer> {
  const { renderChart } = await import("../../adapters/charts/svg.ts");
  return renderChart;
}
