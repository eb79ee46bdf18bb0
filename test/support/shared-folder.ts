/**
 * One folder for all test files of one vitest: runs that several of them look at are made once.
 * Vitest calls `setup` before the first file and `teardown` after the last.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Read by test files, which are started after setup and inherit the environment. */
export const SHARED_FOLDER = "EXAMPLE_RUNS_FOLDER";

export function setup(): void {
  process.env[SHARED_FOLDER] = mkdtempSync(join(tmpdir(), "assay-example-runs-"));
}

export function teardown(): void {
  const folder = process.env[SHARED_FOLDER];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
