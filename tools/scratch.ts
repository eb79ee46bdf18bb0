/**
 * Where tests keep what they write: in memory, on a machine that has the room. Thousands of journals
 * and data files are made durable on the way, and a disk takes milliseconds for each.
 */
import { accessSync, constants, statfsSync } from "node:fs";

const MEMORY = "/dev/shm";
/** A real installation, the largest thing a test makes, takes less than half of it. */
const NEEDED_BYTES = 4 * 2 ** 30;

/** What a test process is told: nothing where the caller chose a place, or memory is short. */
export function scratchEnvironment(
  environment: NodeJS.ProcessEnv,
  memory: string = MEMORY,
  neededBytes: number = NEEDED_BYTES,
): { readonly [name: string]: string } {
  if (environment["TMPDIR"] !== undefined) return {};
  return hasRoom(memory, neededBytes) ? { TMPDIR: memory } : {};
}

function hasRoom(folder: string, neededBytes: number): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= neededBytes;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
