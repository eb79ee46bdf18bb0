/**
 * The files of an account as they lie on disk now: each day's two artifacts with the hash their bytes
 * have, and the rows of metrics.csv. What does not read is told, not thrown: a report is to say so.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { METRICS_FILE, parseMetrics } from "../../records/daily/metrics.ts";
import { readDaily } from "../../records/daily/read-daily.ts";
import type { RecordedDay, TrialRecords } from "../../records/trial/trial-records.ts";
import { type AccountJournal, sha256 } from "./compose-account.ts";

/** Of every day that the journal closes. */
export function recordedDays(folder: string, { entries }: AccountJournal): RecordedDay[] {
  const files = new Map<string, readonly { readonly name: string }[]>();
  for (const { payload } of entries) {
    if (payload.kind === "day_closed") files.set(payload.date, payload.files);
  }
  return [...files].map(([date, named]) => recordedDay(folder, date, named));
}

function recordedDay(
  folder: string,
  date: string,
  named: readonly { readonly name: string }[],
): RecordedDay {
  const bytesOf = (format: string): Uint8Array | null => {
    const file = named.find(({ name }) => name.split("/").includes(format));
    const path = file === undefined ? null : join(folder, file.name);
    return path !== null && existsSync(path) ? readFileSync(path) : null;
  };
  const json = bytesOf("json");
  const markdown = bytesOf("markdown");
  const read = json === null ? null : faultOr(() => readDaily(utf8(json), date));
  const document = read !== null && "value" in read ? read.value : null;
  return {
    date,
    jsonSha256: json === null ? null : sha256(json),
    markdownSha256: markdown === null ? null : sha256(markdown),
    document,
    unreadable: read !== null && "fault" in read ? read.fault : null,
  };
}

/** The document of the newest day that reads; null: there is none. */
export function newestDocument(days: readonly RecordedDay[]): DailyDocument | null {
  return days.findLast(({ document }) => document !== null)?.document ?? null;
}

export function recordedMetrics(folder: string): TrialRecords["metrics"] {
  const path = join(folder, METRICS_FILE);
  if (!existsSync(path)) return { rows: [], unreadable: `${METRICS_FILE} is missing` };
  const read = faultOr(() => parseMetrics(utf8(readFileSync(path))));
  return "value" in read
    ? { rows: read.value, unreadable: null }
    : { rows: [], unreadable: read.fault };
}

function faultOr<T>(read: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
