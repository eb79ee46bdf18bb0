/**
 * Alerts on disk, one row for each channel an alert is for: a small SQLite file. What was raised is
 * there before anything is sent, and a row changes in one transaction, so that a killed process loses
 * no alert. Times are milliseconds since the epoch. Two processes may have it open.
 */
import Database from "better-sqlite3";
import { dirname } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { Alert } from "../../ports/alerts.ts";
import { makeFolder } from "../storage/durable-files.ts";
import { sqliteFault } from "../storage/journal-database.ts";

export type StoredAlert = {
  readonly id: number;
  readonly channel: string;
  /** sha256 of what the alert says. */
  readonly content: string;
  readonly alert: Alert;
  readonly raisedMs: number;
  /** How often it could not be delivered. */
  readonly failures: number;
};

export type NewAlert = Omit<StoredAlert, "id" | "failures"> & { readonly nextMs: number };

/** Those not dead, raised within `windowMs` of `nowMs` on either side: a clock may be set back. */
export type AlertWindow = { readonly nowMs: number; readonly windowMs: number };

export type AlertStore = {
  /** Null: the channel has the same content within the window, delivered or waiting. */
  add(alert: NewAlert, window: AlertWindow): number | null;
  /** Waiting rows that are to be tried, longest due first. One put off further than `farthestMs` is due too. */
  due(nowMs: number, farthestMs: number): readonly StoredAlert[];
  /** Takes the row for one try; false where another process has taken it since. */
  claim(alert: StoredAlert, nextMs: number): boolean;
  delivered(id: number): void;
  failed(id: number, next: { readonly nextMs: number; readonly reason: string }): void;
  died(id: number, reason: string): void;
  counts(): { readonly waiting: number; readonly dead: number };
  /** What died, and what its last failure was. */
  dead(): readonly { readonly alert: StoredAlert; readonly reason: string }[];
  /** Forgets what was delivered and is out of the window. */
  prune(window: AlertWindow): void;
  close(): void;
};

const SCHEMA = `CREATE TABLE IF NOT EXISTS alerts(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  content TEXT NOT NULL,
  alert TEXT NOT NULL,
  raised_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
  failures INTEGER NOT NULL,
  next_ms INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_by_content ON alerts(channel, content, raised_ms);
CREATE INDEX IF NOT EXISTS alerts_by_state ON alerts(state, next_ms);`;

const COLUMNS = "id, channel, content, alert, raised_ms AS raisedMs, failures, next_ms AS nextMs";

/** Another process of ours holds the file for one row at a time. */
const PATIENCE_MS = 2000;

type Row = Omit<StoredAlert, "alert"> & { readonly alert: string; readonly nextMs: number };

export function openAlertStore(path: string): AlertStore {
  makeFolder(dirname(path));
  const database = inWords(path, () => open(path));
  const work = <T>(what: () => T): T => inWords(path, what);
  const set = (sql: string, ...values: readonly (string | number)[]): number =>
    work(() => database.prepare(`UPDATE alerts SET ${sql}`).run(...values).changes);
  return {
    add: (alert, window) => work(() => add(database, alert, window)),
    due: (nowMs, farthestMs) =>
      work(() =>
        database
          .prepare<[number, number], Row>(
            `SELECT ${COLUMNS} FROM alerts WHERE state = 'waiting' AND (next_ms <= ? OR next_ms > ?) ORDER BY next_ms, id`,
          )
          .all(nowMs, nowMs + farthestMs)
          .map(storedAlert),
      ),
    claim: ({ id, failures }, nextMs) =>
      set(
        "failures = failures + 1, next_ms = ? WHERE id = ? AND state = 'waiting' AND failures = ?",
        nextMs,
        id,
        failures,
      ) === 1,
    delivered: (id) => void set("state = 'delivered', reason = '' WHERE id = ?", id),
    failed: (id, { nextMs, reason }) =>
      void set("next_ms = ?, reason = ? WHERE id = ?", nextMs, reason, id),
    died: (id, reason) => void set("state = 'dead', reason = ? WHERE id = ?", reason, id),
    counts: () => work(() => counts(database)),
    dead: () =>
      work(() =>
        database
          .prepare<[], Row & { readonly reason: string }>(
            `SELECT ${COLUMNS}, reason FROM alerts WHERE state = 'dead' ORDER BY id`,
          )
          .all()
          .map((row) => ({ alert: storedAlert(row), reason: row.reason })),
      ),
    prune: ({ nowMs, windowMs }) =>
      work(() => {
        database
          .prepare("DELETE FROM alerts WHERE state = 'delivered' AND abs(raised_ms - ?) >= ?")
          .run(nowMs, windowMs);
      }),
    close: () => database.close(),
  };
}

function open(path: string): Database.Database {
  const database = new Database(path, { timeout: PATIENCE_MS });
  try {
    database.pragma("journal_mode = DELETE");
    database.pragma("synchronous = FULL");
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function add(database: Database.Database, alert: NewAlert, window: AlertWindow): number | null {
  const once = database.transaction(() => {
    const same = database
      .prepare<[string, string, number, number], number>(
        "SELECT id FROM alerts WHERE channel = ? AND content = ? AND state <> 'dead' AND abs(raised_ms - ?) < ? LIMIT 1",
      )
      .pluck()
      .get(alert.channel, alert.content, window.nowMs, window.windowMs);
    if (same !== undefined) return null;
    const { lastInsertRowid } = database
      .prepare(
        "INSERT INTO alerts(channel, content, alert, raised_ms, state, failures, next_ms, reason) VALUES (?, ?, ?, ?, 'waiting', 0, ?, '')",
      )
      .run(alert.channel, alert.content, JSON.stringify(alert.alert), alert.raisedMs, alert.nextMs);
    return Number(lastInsertRowid);
  });
  return once.immediate();
}

function counts(database: Database.Database): { waiting: number; dead: number } {
  const found = new Map(
    database
      .prepare<[], [string, number]>("SELECT state, count(*) FROM alerts GROUP BY state")
      .raw()
      .all(),
  );
  return { waiting: found.get("waiting") ?? 0, dead: found.get("dead") ?? 0 };
}

function storedAlert(row: Row): StoredAlert {
  const { id, channel, content, raisedMs, failures } = row;
  return { id, channel, content, alert: JSON.parse(row.alert) as Alert, raisedMs, failures };
}

/** A damaged file is no reason to move the account's folder away. */
function inWords<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const fault = sqliteFault(error, path);
    if (!(fault instanceof Fault) || fault.kind !== "verify") throw fault;
    throw new Fault(
      "verify",
      `${path} is damaged, and with it the alerts that were not delivered; restore it from a copy, or move this one file away`,
      { where: path, cause: error },
    );
  }
}
