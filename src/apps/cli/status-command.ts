/** `assay status`: an account from its records alone, without asking a venue; exit code 9 while paused. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import { accountStatus } from "../../records/daily/account-status.ts";
import { METRICS_FILE } from "../../records/daily/metrics.ts";
import { accountFolder } from "./account-folder.ts";
import { newestDocument, recordedDays } from "./account-records.ts";
import {
  alertCounts,
  HEARTBEAT_FILE,
  HEARTBEAT_MAXIMUM_SECONDS,
  instanceHolder,
  readAccountJournal,
} from "./compose-account.ts";
import { type StateFile, type StatusView, statusLines } from "./status-lines.ts";
import type { Paint } from "./terminal.ts";

export type StatusRequest = {
  readonly home: string;
  readonly mode: TradingMode;
  readonly nowMs: number;
  readonly paint: Paint;
};

export type StatusResult = {
  readonly document: Json;
  readonly lines: readonly string[];
  readonly paused: boolean;
};

/** The longest an exchange is closed between two sessions, and a night: a record of each day is younger. */
const LONGEST_CLOSURE_SECONDS = 4.5 * 86_400;

export function statusResult({ home, mode, nowMs, paint }: StatusRequest): StatusResult {
  const folder = accountFolder(home, mode);
  const journal = readAccountJournal(folder);
  const status = accountStatus(journal.entries);
  if (status === null) {
    throw new Fault("data", `${folder}: the journal opens no account yet; trade once first`);
  }
  const days = recordedDays(folder, journal);
  const last = newestDocument(days);
  const names = [
    "HEAD",
    METRICS_FILE,
    ...(last === null ? [] : [`artifacts/json/${last.date}.json`]),
  ];
  const view: StatusView = {
    status,
    last,
    alerts: alertCounts(folder),
    files: [...names.map((name) => stateFile(folder, name, nowMs)), ...heartbeat(folder, nowMs)],
    findings: journal.findings,
    notes: journal.notes,
  };
  return {
    document: view as unknown as Json,
    lines: statusLines(view, paint),
    paused: status.paused !== null,
  };
}

/** Asked for while somebody trades, or where somebody did not end cleanly. */
function heartbeat(folder: string, nowMs: number): readonly StateFile[] {
  const file = stateFile(folder, HEARTBEAT_FILE, nowMs);
  if (file.ageSeconds === null && instanceHolder(folder) === null) return [];
  return [{ ...file, maximumAgeSeconds: HEARTBEAT_MAXIMUM_SECONDS }];
}

function stateFile(folder: string, name: string, nowMs: number): StateFile {
  const stat = statSync(join(folder, name), { throwIfNoEntry: false });
  const ageSeconds = stat === undefined ? null : Math.max(0, (nowMs - stat.mtimeMs) / 1000);
  return { name, ageSeconds, maximumAgeSeconds: LONGEST_CLOSURE_SECONDS };
}
