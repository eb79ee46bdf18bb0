/**
 * Where the reference data and vectors lie when this checkout has them beside it. A fresh clone
 * does not; tests that need them then say so in their own name and are skipped, and with
 * ASSAY_REQUIRE_ALL=1 a skip is a failure of the whole run.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const beside = resolve(import.meta.dirname, "../../../shared");

/** Absolute path of the shared folder, or null when it is not there. */
export const SHARED: string | null = existsSync(resolve(beside, "data")) ? beside : null;

/** A test title that says why it is skipped. */
export function sharedName(title: string): string {
  return SHARED === null ? `${title} [SKIPPED: ../shared is not here]` : title;
}

/** Path of one shared file; call it only inside a test that SHARED allowed to run. */
export function sharedFile(path: string): string {
  if (SHARED === null) throw new Error("../shared is not here");
  return resolve(SHARED, path);
}
