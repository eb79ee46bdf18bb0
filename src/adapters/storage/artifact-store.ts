/**
 * One folder of files that are whole or absent. A name must be a plain file name, so that nothing
 * is written outside the folder.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../../base/assert.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Sha256 } from "../../ports/hash.ts";
import { diskFault, makeFolder, writeDurablyMeanwhile } from "./durable-files.ts";

export function createArtifactStore(folder: string, sha256: Sha256): ArtifactStore {
  makeFolder(folder);
  return {
    async write(file, content) {
      const path = pathOf(folder, file);
      const writing = writeDurablyMeanwhile(path, content);
      const hash = sha256(content);
      await writing;
      return hash;
    },
    async read(file) {
      const path = pathOf(folder, file);
      try {
        return readFileSync(path);
      } catch (error) {
        throw diskFault(error, "read", path);
      }
    },
  };
}

function pathOf(folder: string, file: string): string {
  invariant(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(file), 21, `${file} is not a plain file name`);
  return join(folder, file);
}
