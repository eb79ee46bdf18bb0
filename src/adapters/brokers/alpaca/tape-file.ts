/**
 * The tape as files: one line of JSON for each exchange with the venue and each frame, in a file per day.
 * Enters: records without keys; leaves: FOLDER/YYYY-MM-DD.jsonl, readable by its owner alone. It is kept for
 * whoever has to ask the venue what it said; nothing is read back from it, so lines are not flushed one by
 * one. A disk that refuses does not stop a trading day: it is told when the tape is closed.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../../base/figures.ts";
import { formatDate } from "../../../base/instant.ts";
import { Fault } from "../../../domain/fault.ts";
import type { Tape } from "./tape.ts";

export type TapeFile = {
  readonly tape: Tape;
  /** Throws the Fault of the first line that could not be written. */
  readonly close: () => void;
};

/** `nowMs`: the wall's time, by which lines are dated. */
export function openTapeFile(folder: string, nowMs: () => number): TapeFile {
  let failure: unknown = null;
  let lost = 0;
  const tape: Tape = (record) => {
    const ms = nowMs();
    const { requestId: request_id, ...rest } = record;
    const line = JSON.stringify({ at: new Date(ms).toISOString(), ...rest, request_id });
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      appendFileSync(join(folder, `${formatDate(ms)}.jsonl`), `${line}\n`, { mode: 0o600 });
    } catch (error) {
      failure ??= error;
      lost++;
    }
  };
  const close = () => {
    if (failure === null) return;
    const code = (failure as NodeJS.ErrnoException).code ?? "unknown";
    throw new Fault(
      "run",
      `${counted(lost, "line")} of what the venue said could not be kept in ${folder} (${code}); the journal is not touched by it; make room or give this user write permission`,
      { cause: failure },
    );
  };
  return { tape, close };
}
