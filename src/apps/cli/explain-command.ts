/**
 * `assay explain`: the whole path of one signal, or of one instrument on one date, as the record of
 * a run has it; its first line says whether it traded, and if not why.
 */
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import { explainDay } from "../explain/explain-day.ts";
import { explainSignal } from "../explain/explain-signal.ts";
import { openRecord } from "../explain/record.ts";
import { findRun, type RunQuery } from "./find-run.ts";
import type { Paint } from "./terminal.ts";

export type ExplainQuery = {
  /** A signal's id or its beginning, or an instrument. */
  readonly what: string;
  /** With an instrument. */
  readonly date: string | null;
  readonly run: RunQuery;
  readonly paint: Paint;
};

export async function explainResult({
  what,
  date,
  run: query,
  paint,
}: ExplainQuery): Promise<{ document: Json; lines: readonly string[] }> {
  const { home, run } = findRun(query);
  const record = openRecord(run);
  try {
    if (date !== null) return await explainDay(record, { instrument: what, date, home, paint });
    if (record.document.pack.instruments.includes(what)) {
      throw new Fault("usage", `${what} is an instrument: give a date too, or a signal's id`);
    }
    return explainSignal(record, what, paint);
  } finally {
    record.close();
  }
}
