/**
 * What can be done to a finished record from outside, each to one folder of a run. The chain has no
 * signature, so none of these makes the record look like another that was sealed.
 */
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

const JOURNAL = "journal.sqlite";
const RETURNS = join("artifacts", "returns.csv");

export const DAMAGES = {
  "an entry rewritten": (folder: string) =>
    inJournal(folder, (db) =>
      db.exec(`UPDATE entries SET body = replace(body, '"lots":', '"lots":1') WHERE seq = 20`),
    ),
  "its tail cut": (folder: string) =>
    inJournal(folder, (db) => db.exec("DELETE FROM entries WHERE seq > 40")),
  "a terminal more in its table": (folder: string) =>
    inJournal(folder, (db) =>
      db.exec("INSERT INTO terminals(signal_id, state, seq) VALUES ('of nobody', 'EXECUTED', 7)"),
    ),
  "an artifact changed": (folder: string) => appendFileSync(join(folder, RETURNS), "\n"),
  "the report changed": (folder: string) => appendFileSync(join(folder, "report.html"), "\n"),
  "a file more": (folder: string) =>
    copyFileSync(join(folder, RETURNS), join(folder, "artifacts", "returns-2.csv")),
  "HEAD scribbled over": (folder: string) => appendFileSync(join(folder, "HEAD"), "x"),
  "HEAD of another length": (folder: string) => {
    const file = join(folder, "HEAD");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"seq":\d+/, '"seq":7'));
  },
} as const satisfies { readonly [name: string]: (folder: string) => void };
export type DamageName = keyof typeof DAMAGES;

function inJournal(folder: string, change: (db: Database.Database) => void): void {
  const db = new Database(join(folder, JOURNAL));
  try {
    change(db);
  } finally {
    db.close();
  }
}
