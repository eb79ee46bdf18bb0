/**
 * Detected: every changed byte of HEAD, run.json, report.html and the artifacts; every change of a
 * journal row and of the table of terminals; a shortened journal; files missing and files too many.
 * A flipped byte of journal.sqlite that changes no row (free space inside a page, SQLite's own
 * counters) may pass: the test below shows that whatever passes left every row as it was.
 */
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { openJournalReadOnly } from "../../../src/adapters/storage/journal-reader.ts";
import { verifyRun } from "../../../src/adapters/storage/verify-run.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { Fault } from "../../../src/domain/fault.ts";
import {
  DAY,
  edit,
  freshFolder,
  openFresh,
  payloadNumber,
  recordJournal,
} from "./journal-fixture.ts";
import { VERIFY_RULES, writeRun } from "./run-fixture.ts";

const RUN = "abc123";
let original: string;

beforeAll(async () => {
  original = join(freshFolder(), RUN);
  await writeRun(original, RUN);
});

function copied(): string {
  const folder = join(freshFolder(), RUN);
  cpSync(original, folder, { recursive: true });
  return folder;
}

function findings(folder: string): readonly string[] {
  return verifyRun(folder, VERIFY_RULES).findings;
}

function flip(path: string, at: number, bit: number): void {
  const bytes = readFileSync(path);
  bytes[at] ^= 1 << bit;
  writeFileSync(path, bytes);
}

/** Everything the journal holds, or null when it cannot be read. */
function content(folder: string): string | null {
  try {
    const reader = openJournalReadOnly(folder);
    try {
      return JSON.stringify([[...reader.rows()], reader.terminals()]);
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

describe("verify", () => {
  it("finds nothing in an untouched run, counts what it checked and changes nothing", () => {
    const folder = copied();
    const files = () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile())
        .map((each) => [each.name, sha256(readFileSync(join(each.parentPath, each.name)))]);
    const before = files();
    expect(verifyRun(folder, VERIFY_RULES)).toEqual({
      checked: { entries: 13, terminals: 11, artifacts: 2, documents: 2 },
      findings: [],
    });
    expect(files()).toEqual(before);
  });

  it.each(["HEAD", "run.json", "report.html", "artifacts/equity.csv", "artifacts/returns.csv"])(
    "finds and names one flipped bit at every byte of %s",
    (file) => {
      const folder = copied();
      const path = join(folder, file);
      const bytes = readFileSync(path);
      for (let at = 0; at < bytes.length; at++) {
        flip(path, at, at % 8);
        const found = findings(folder);
        expect(
          found.some((finding) => finding.includes(file)),
          `byte ${at}: ${String(found)}`,
        ).toBe(true);
        writeFileSync(path, bytes);
      }
      expect(findings(folder)).toEqual([]);
    },
  );

  it.each(["HEAD", "run.json", "report.html", "artifacts/equity.csv"])(
    "finds %s shortened, lengthened, emptied and missing, and names it",
    (file) => {
      for (const damage of [
        (path: string) => truncateSync(path, readFileSync(path).length - 1),
        (path: string) => appendFileSync(path, "\n"),
        (path: string) => writeFileSync(path, ""),
        (path: string) => rmSync(path),
      ]) {
        const folder = copied();
        damage(join(folder, file));
        expect(findings(folder).join("\n")).toContain(file);
      }
    },
  );
});

describe("verify: the journal", () => {
  it("finds a flipped bit anywhere in journal.sqlite that changes what it holds", () => {
    const folder = copied();
    const path = join(folder, "journal.sqlite");
    const bytes = readFileSync(path);
    const whole = content(folder);
    let changed = 0;
    const missed: number[] = [];
    for (let at = 0; at < bytes.length; at += 3) {
      // Free space is a run of zeros: one in 33 of its bytes is enough.
      if (bytes[at] === 0 && at % 33 !== 0) continue;
      flip(path, at, at % 8);
      const found = findings(folder);
      if (found.length > 0) changed += 1;
      else if (content(folder) !== whole) missed.push(at);
      writeFileSync(path, bytes);
    }
    expect(missed).toEqual([]);
    // At least the rows themselves: a third of the bytes of 13 bodies and hashes.
    expect(changed).toBeGreaterThan(1200);
  });

  const column = (name: string) => `SELECT ${name} FROM entries WHERE seq = 5`;

  it.each(["body", "hash"])("finds every byte of a row's %s, and names the entry", (name) => {
    const folder = copied();
    const path = join(folder, "journal.sqlite");
    const database = new Database(path, { readonly: true });
    const text = database.prepare<[], string>(column(name)).pluck().get() ?? "";
    database.close();
    const bytes = readFileSync(path);
    const whole = content(folder);
    // Moving rows between pages leaves copies in free space: only one of them is the row.
    let rows = 0;
    for (let from = bytes.indexOf(text); from >= 0; from = bytes.indexOf(text, from + 1)) {
      flip(path, from, 0);
      const isRow = content(folder) !== whole;
      writeFileSync(path, bytes);
      if (!isRow) continue;
      rows += 1;
      for (let at = from; at < from + Buffer.byteLength(text); at++) {
        flip(path, at, at % 8);
        expect(findings(folder).join("\n"), `byte ${at}`).toMatch(/entry 5\b/);
        writeFileSync(path, bytes);
      }
    }
    expect(rows).toBe(1);
  });

  const planted: readonly [string, string, RegExp][] = [
    ["a deleted row", "DELETE FROM entries WHERE seq = 5", /entry 5 is missing/],
    [
      "three deleted rows",
      "DELETE FROM entries WHERE seq BETWEEN 5 AND 7",
      /entries 5 to 7 are missing/,
    ],
    [
      "a shortened journal",
      "DELETE FROM entries WHERE seq > 10",
      /HEAD says 13, the journal ends at 10/,
    ],
    ["an emptied journal", "DELETE FROM entries", /HEAD says 13, the journal ends at 0/],
    [
      "two swapped rows",
      "UPDATE entries SET seq = -1 WHERE seq = 5; UPDATE entries SET seq = 5 WHERE seq = 6; UPDATE entries SET seq = 6 WHERE seq = -1",
      /entry 5: its content names another seq/,
    ],
    [
      "a row appended",
      `INSERT INTO entries VALUES (14, '{"at":"x","kind":"flow","payload":{},"seq":14}', '${"0".repeat(64)}')`,
      /entry 14: its hash does not follow/,
    ],
    [
      "a doubled row under another seq",
      "INSERT INTO entries SELECT 14, body, hash FROM entries WHERE seq = 13",
      /entry 14: its content names another seq/,
    ],
    ["a lost terminal", "DELETE FROM terminals WHERE seq = 5", /entry 5 ends signal signal-000005/],
    [
      "a changed terminal",
      "UPDATE terminals SET state = 'EXECUTED' WHERE seq = 5",
      /signal-000005 ended EXPIRED in entry 5/,
    ],
    ["another table", "CREATE TABLE more(x)", /journal\.sqlite is not a journal/],
    [
      "a body that is no JSON",
      "UPDATE entries SET body = '\"terminal' WHERE seq = 5",
      /entry 5: its hash/,
    ],
    [
      "a row turned into a blob",
      "UPDATE entries SET hash = CAST(hash AS BLOB) WHERE seq = 5",
      /entry 5: a column/,
    ],
  ];

  it.each(planted)("finds %s", (_name, sql, message) => {
    const folder = copied();
    edit(folder, sql);
    expect(findings(folder).join("\n")).toMatch(message);
  });

  it("finds the file cut at any page, emptied, missing, or of another format", () => {
    const length = readFileSync(join(original, "journal.sqlite")).length;
    for (let keep = 0; keep < length; keep += 4096) {
      const folder = copied();
      truncateSync(join(folder, "journal.sqlite"), keep);
      expect(findings(folder).join("\n"), `cut at ${keep}`).toContain("journal.sqlite");
    }
    const folder = copied();
    rmSync(join(folder, "journal.sqlite"));
    expect(findings(folder).join("\n")).toMatch(/there is no journal/);
  });

  it("names a changed entry alone, not those after it", () => {
    const folder = copied();
    edit(folder, "UPDATE entries SET body = replace(body, 'order-5', 'order-6') WHERE seq = 5");
    expect(findings(folder)).toEqual([
      "journal.sqlite: entry 5: its hash does not follow from entry 4 and its content",
    ]);
    edit(
      folder,
      `UPDATE entries SET body = replace(body, 'order-6', 'order-5'), hash = '${"0".repeat(64)}' WHERE seq = 5`,
    );
    expect(findings(folder)).toEqual([
      "journal.sqlite: entry 5: its hash does not follow from entry 4 and its content",
    ]);
  });
});

describe("verify: HEAD and documents against each other", () => {
  function rewriteHead(folder: string, change: (head: { [key: string]: unknown }) => object): void {
    const path = join(folder, "HEAD");
    const head = change(JSON.parse(readFileSync(path, "utf8")));
    const sorted = Object.fromEntries(Object.entries(head).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(path, `${JSON.stringify(sorted)}\n`);
  }

  it("finds a HEAD that was rewritten in form", () => {
    const hash = "ab".repeat(32);
    const cases: [(head: { [key: string]: unknown }) => object, RegExp][] = [
      [(head) => ({ ...head, seq: 12 }), /the journal ends at 13, HEAD says 12/],
      [(head) => ({ ...head, seq: 14 }), /HEAD says 14, the journal ends at 13/],
      [(head) => ({ ...head, hash }), /HEAD differs at entry 13/],
      [
        ({ documents: _dropped, ...head }) => head,
        /HEAD holds no hash of report\.html\nHEAD holds no hash of run\.json/,
      ],
      [
        (head) => ({ ...head, documents: { ...(head["documents"] as object), zzz: hash } }),
        /unknown document zzz/,
      ],
    ];
    for (const [change, message] of cases) {
      const folder = copied();
      rewriteHead(folder, change);
      expect(findings(folder).join("\n")).toMatch(message);
    }
  });

  it("finds a run.json that was changed together with its hash in HEAD", () => {
    const folder = copied();
    const changed = readFileSync(join(folder, "run.json"), "utf8")
      .replace('"entries":13', '"entries":12')
      .replace('"seed":7', '"seed":8')
      .replace('"rows":2', '"rows":3');
    writeFileSync(join(folder, "run.json"), changed);
    rewriteHead(folder, (head) => ({
      ...head,
      documents: { ...(head["documents"] as object), "run.json": sha256(changed) },
    }));
    const told = findings(folder).join("\n");
    expect(told).toMatch(/run\.json says journal\.entries 12, the other records say 13/);
    expect(told).toMatch(/run\.json says seed 8, the other records say 7/);
    expect(told).toMatch(/run\.json says artifacts .*equity\.csv\/3/);
  });

  it("finds a folder under another run's name", () => {
    const folder = join(freshFolder(), "other");
    renameSync(copied(), folder);
    expect(findings(folder)).toEqual(["run.json says run_id abc123, the other records say other"]);
  });

  it("finds files too many, in the folder and among the artifacts", () => {
    const folder = copied();
    writeFileSync(join(folder, "artifacts", "extra.csv"), "");
    writeFileSync(join(folder, ".HEAD.tmp"), "");
    expect(findings(folder)).toEqual([
      ".HEAD.tmp does not belong to the run",
      "artifacts/extra.csv does not belong to the run",
    ]);
  });
});

describe("verify: runs that are not finished", () => {
  it("says that the last entry does not seal the run", async () => {
    const folder = join(freshFolder(), RUN);
    await recordJournal(folder, 4);
    const found = findings(folder);
    expect(found).toContain(
      "journal.sqlite: the last entry, 4, does not seal the run: it is unfinished or its end is lost",
    );
    expect(found).toContain("HEAD holds no hash of run.json");
  });

  it("finds an artifact that nobody declared", async () => {
    const folder = join(freshFolder(), RUN);
    const { store, writer } = openFresh(folder);
    writer.emit(DAY, payloadNumber(1));
    writer.emit(DAY, { kind: "sealed", artifacts: [{ name: "ghost", sha256: "", rows: 0 }] });
    await store.append(writer.takeBatch().rows, []);
    await store.close();
    expect(findings(folder).join("\n")).toMatch(/lists an unknown artifact ghost/);
  });
});
