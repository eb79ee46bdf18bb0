/** What a run is asked to do, with the doors it may use. */
import type { Progress } from "../domain/progress.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Sha256 } from "../ports/hash.ts";
import type { JournalStore } from "../ports/journal-store.ts";
import type { RunIdentity } from "./identity.ts";
import type { Prepared } from "./prepare.ts";
import type { Witness } from "./witness.ts";

export type RunRequest = {
  readonly prepared: Prepared;
  readonly dataWarnings: readonly string[];
  readonly identity: RunIdentity;
  readonly runId: string;
  readonly journal: JournalStore;
  readonly artifacts: ArtifactStore;
  readonly sha256: Sha256;
  readonly progress: Progress;
  /** Waited for between steps of work, so that the process can hear a signal. */
  readonly turn: () => Promise<unknown>;
  /** Who looks again; left out, the run itself does. */
  readonly witness?: Witness;
};
