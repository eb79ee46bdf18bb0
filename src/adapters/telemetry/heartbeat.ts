/**
 * A sign of life on a timer of its own: a process that trades writes it whether anything happens or not, so
 * that silence means something (invariant 15). One small JSON file, replaced whole; it says how old it may
 * become. A clean end takes it away, a kill leaves it to grow old.
 */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asideName, diskFault } from "../storage/durable-files.ts";

export const HEARTBEAT_FILE = "heartbeat.json";
/** Four beats may be missed before somebody should look. */
export const HEARTBEAT_MAXIMUM_SECONDS = 60;
const EVERY_MS = 15_000;

export type Heartbeat = {
  /** Throws what kept a beat from being written, if anything did. */
  readonly stop: () => void;
};

export type HeartbeatOptions = {
  /** "assay trade --mode paper" */
  readonly what: string;
  readonly pid: number;
  readonly nowMs: () => number;
  /** Calls back again and again; returns what ends it. */
  readonly every?: (ms: number, call: () => void) => () => void;
};

export function startHeartbeat(folder: string, options: HeartbeatOptions): Heartbeat {
  const path = join(folder, HEARTBEAT_FILE);
  let beats = 0;
  let failure: Error | null = null;
  const beat = (): void => {
    try {
      writeBeat(path, options, ++beats);
    } catch (error) {
      failure ??= diskFault(error, "write", path);
    }
  };
  beat();
  const end = (options.every ?? systemTimer)(EVERY_MS, beat);
  return {
    stop: () => {
      end();
      rmSync(path, { force: true });
      if (failure !== null) throw failure;
    },
  };
}

/** Not flushed: a beat that a power cut takes is a beat that is missing. */
function writeBeat(path: string, { what, pid, nowMs }: HeartbeatOptions, beats: number): void {
  const beat = {
    format_version: 1,
    at: new Date(nowMs()).toISOString(),
    what,
    pid,
    beats,
    maximum_age_s: HEARTBEAT_MAXIMUM_SECONDS,
  };
  writeFileSync(asideName(path), `${JSON.stringify(beat)}\n`);
  renameSync(asideName(path), path);
}

function systemTimer(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  // Somebody who only waits for this would wait for ever.
  timer.unref();
  return () => clearInterval(timer);
}
