import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { sqliteFault, translated } from "../../../src/adapters/storage/journal-database.ts";
import { openJournalStore } from "../../../src/adapters/storage/journal-store.ts";
import {
  edit,
  editHead,
  faultOf,
  freshFolder,
  hashAt,
  RULES,
  recordJournal,
} from "./journal-fixture.ts";

describe("opening refuses", () => {
  const planted: readonly [string, (folder: string) => void, RegExp][] = [
    [
      "a journal behind HEAD, naming the gap",
      (folder) => edit(folder, "DELETE FROM entries WHERE seq > 17"),
      /HEAD says 20, the journal ends at 17/,
    ],
    [
      "a changed body",
      (folder) =>
        edit(folder, "UPDATE entries SET body = replace(body, 'order-9', 'order-8') WHERE seq = 9"),
      /entry 9: its hash does not follow/,
    ],
    [
      "a changed hash",
      (folder) => edit(folder, `UPDATE entries SET hash = '${"0".repeat(64)}' WHERE seq = 9`),
      /entry 9: its hash does not follow/,
    ],
    [
      "a deleted entry",
      (folder) => edit(folder, "DELETE FROM entries WHERE seq = 9"),
      /entry 9 is missing/,
    ],
    [
      "an entry turned into a blob",
      (folder) => edit(folder, "UPDATE entries SET body = CAST(body AS BLOB) WHERE seq = 9"),
      /journal entry 9: a column/,
    ],
    [
      "a changed HEAD hash",
      (folder) => editHead(folder, (head) => ({ ...head, hash: "a".repeat(64) })),
      /HEAD differs at entry 20/,
    ],
    [
      "a HEAD that fell back to another history",
      (folder) => editHead(folder, () => ({ seq: 12, hash: "a".repeat(64) })),
      /HEAD differs at entry 12/,
    ],
    [
      "a journal that goes on after a finished run",
      (folder) => {
        const hash = hashAt(folder, 18);
        editHead(folder, () => ({ seq: 18, hash, documents: { "run.json": "a".repeat(64) } }));
      },
      /finished at entry 18, but the journal goes on to 20/,
    ],
    [
      "a HEAD of other bytes",
      (folder) => writeFileSync(join(folder, "HEAD"), "{}"),
      /HEAD was changed/,
    ],
    ["a missing HEAD", (folder) => rmSync(join(folder, "HEAD")), /HEAD is missing.*20 entries/],
    [
      "a missing journal",
      (folder) => rmSync(join(folder, "journal.sqlite")),
      /journal\.sqlite is missing, HEAD says 20 entries/,
    ],
    [
      "an emptied journal",
      (folder) => writeFileSync(join(folder, "journal.sqlite"), ""),
      /journal\.sqlite is empty, HEAD says 20 entries/,
    ],
    [
      "a lost terminal",
      (folder) => edit(folder, "DELETE FROM terminals WHERE seq = 9"),
      /entry 9 ends signal signal-000009/,
    ],
    [
      "a changed terminal",
      (folder) => edit(folder, "UPDATE terminals SET state = 'EXPIRED' WHERE seq = 9"),
      /signal-000009 ended EXECUTED in entry 9, the table of terminals says EXPIRED/,
    ],
    [
      "a terminal of nobody",
      (folder) => edit(folder, "INSERT INTO terminals VALUES ('ghost', 'EXECUTED', 3)"),
      /entry 3 ended signal ghost; it did not/,
    ],
    ["another database", (folder) => edit(folder, "CREATE TABLE more(x)"), /is not a journal/],
    [
      "a file that is no database",
      (folder) => writeFileSync(join(folder, "journal.sqlite"), "x".repeat(9000)),
      /is damaged: file is not a database/,
    ],
  ];

  it.each(planted)("%s, and changes nothing", async (_name, plant, message) => {
    const folder = freshFolder();
    await recordJournal(folder, 20);
    plant(folder);
    const path = join(folder, "journal.sqlite");
    const bytes = () => (existsSync(path) ? readFileSync(path).toString("base64") : null);
    const before = bytes();
    const fault = faultOf(() => openJournalStore(folder, RULES));
    expect(fault.kind).toBe("verify");
    expect(fault.message).toMatch(message);
    // The lock is given back: the next refusal is the same, not "busy".
    expect(faultOf(() => openJournalStore(folder, RULES)).message).toBe(fault.message);
    expect(bytes()).toBe(before);
    expect(fault.message).toMatch(/move (the|its) folder away/);
  });

  it("a folder that cannot be made or written, in words", () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "file"), "");
    const below = faultOf(() => openJournalStore(join(folder, "file", "runs"), RULES));
    expect(below.kind).toBe("data");
    expect(below.message).toMatch(/cannot create the folder .*a part of the path is a file/);
    mkdirSync(join(folder, "odd", "journal.sqlite"), { recursive: true });
    const odd = faultOf(() => openJournalStore(join(folder, "odd"), RULES));
    expect(odd.kind).toBe("data");
    expect(odd.message).toMatch(
      /cannot use .*journal\.sqlite: .*check the disk, its limits .ulimit -f. and the permissions/,
    );
  });

  it("a full disk, in words", () => {
    const database = new Database(":memory:");
    database.exec("CREATE TABLE t(x)");
    database.pragma("max_page_count = 2");
    const insert = database.prepare("INSERT INTO t VALUES (zeroblob(100000))");
    const fault = faultOf(() => translated("journal.sqlite", () => insert.run()));
    expect(fault.kind).toBe("data");
    expect(fault.message).toMatch(/the disk is full; free some space/);
    database.close();
    const other = new TypeError("not of SQLite");
    expect(sqliteFault(other, "x")).toBe(other);
  });
});
