/**
 * A trading account on a real disk, judged from its files: sound as it was left, and every damage named with
 * its file or entry. Nothing is changed by looking.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createAccountFiles,
  createBlobStore,
} from "../../../src/adapters/storage/account-files.ts";
import { openJournalStore } from "../../../src/adapters/storage/journal-store.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { textIn, verifyAccountFolder } from "../../../src/apps/cli/compose-verify-account.ts";
import { JOURNAL_RULES } from "../../../src/apps/cli/compose-records.ts";
import { decodedRows } from "../../../src/engine/trading/replay-account.ts";
import { judgeDays } from "../../../src/records/daily/judge-days.ts";
import { terminalsInBody } from "../../../src/records/journal/verify.ts";
import { faultRule } from "../../../src/venue/faults.ts";
import { marketOf } from "../../simulation/market.ts";
import { nth } from "../../support/forged-journal.ts";
import { type SimulatedAccount, simulatedAccount } from "../../support/simulated-account.ts";

const root = mkdtempSync(join(tmpdir(), "assay-account-"));
const sound = join(root, "sound");
let account: SimulatedAccount;
let folder: string;

beforeAll(async () => {
  // In the middle of the second day the venue takes some cash: the day trades, and does not reconcile.
  const fromMs = marketOf("direct").sessions[1].openMs + 3_600_000;
  const cash = faultRule("cash_adjusted", { fromMs, times: 1, amountMinor: -4200 });
  account = await simulatedAccount("direct", 3, { faults: { seed: 1, rules: [cash] } });
  await written(account, sound);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the simulated disk holds, on the real one. */
async function written({ disk }: SimulatedAccount, into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  const journal = openJournalStore(into, JOURNAL_RULES);
  await journal.append(
    disk.rows,
    disk.rows.flatMap(({ body }) => terminalsInBody(body)),
  );
  await journal.close();
  const files = createAccountFiles(into, sha256);
  for (const [path, content] of disk.files) await files.write(path, content);
  const blobs = createBlobStore(into, sha256);
  for (const content of disk.blobs.values()) await blobs.put(content);
}

/** All that is found in a copy of the account that was damaged. */
async function found(damage: (copy: string) => void | Promise<void>) {
  folder = mkdtempSync(join(root, "damaged-"));
  cpSync(sound, folder, { recursive: true });
  await damage(folder);
  const files = await verifyAccountFolder(folder);
  const { entries, rows } = decodedRows(
    files.findings.length === 0 ? files.rows : account.disk.rows,
  );
  const days = judgeDays({
    entries,
    hashOf: (seq) => rows[seq - 1]?.hash ?? null,
    textOf: (path) => textIn(folder, path),
  });
  return {
    files: files.findings,
    days: days.findings,
    checked: days.checked,
    notes: files.notes,
    seen: files.checked,
  };
}

function edit(copy: string, path: string, change: (text: string) => string): void {
  const text = readFileSync(join(copy, path), "utf8");
  const edited = change(text);
  expect(edited).not.toBe(text);
  writeFileSync(join(copy, path), edited);
}

function query(copy: string, sql: string): void {
  const database = new Database(join(copy, "journal.sqlite"));
  database.exec(sql);
  database.close();
}

const day = (n: number) => nth(account.recorded.entries, "day_closed", n).payload.date;
const blobPath = (hash: string) => join("blobs", hash.slice(0, 2), hash);

describe("an account's folder", () => {
  it("holds as it was left, breaks and all, and is not touched by looking", async () => {
    const before = readdirSync(sound, { recursive: true });
    const { files, days, checked, notes, seen } = await found(() => undefined);
    expect([...files, ...days, ...notes]).toEqual([]);
    expect(checked.days).toBe(3);
    expect(checked.breakPacks).toBeGreaterThan(0);
    expect(seen.entries).toBe(account.disk.rows.length);
    expect(seen.states).toBeGreaterThan(2);
    expect(seen.files).toBeGreaterThan(6);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it("shows a fact that was changed, by its entry", async () => {
    const { seq } = nth(account.recorded.entries, "venue_fill");
    const { files } = await found((copy) =>
      query(
        copy,
        `UPDATE entries SET body = replace(body, '"price":"', '"price":"1') WHERE seq = ${seq}`,
      ),
    );
    expect(files).toEqual([
      `journal.sqlite: entry ${seq}: its hash does not follow from entry ${seq - 1} and its content`,
    ]);
  });

  it("shows an entry that was taken out", async () => {
    const { files } = await found((copy) => query(copy, "DELETE FROM entries WHERE seq = 7"));
    expect(files.join("\n")).toContain("entry 7 is missing");
  });

  it("shows a journal whose end was cut off", async () => {
    const { files } = await found((copy) =>
      query(copy, `DELETE FROM entries WHERE seq > ${account.disk.rows.length - 3}`),
    );
    expect(files.join("\n")).toContain("the journal is shortened");
  });

  it("shows a terminal state that was added", async () => {
    const { files } = await found((copy) =>
      query(copy, "INSERT INTO terminals SELECT 'made-up', state, seq FROM terminals LIMIT 1"),
    );
    expect(files.join("\n")).toMatch(/table of terminals says that entry \d+ ended signal made-up/);
  });

  it("shows an edited artifact, by its day and entry", async () => {
    const path = `artifacts/json/${day(0)}.json`;
    const { files, days } = await found((copy) =>
      edit(copy, path, (text) => text.replace('"TRADED"', '"NO_TRADES"')),
    );
    const { seq } = nth(account.recorded.entries, "day_closed");
    expect(files).toHaveLength(1);
    expect(files[0]).toMatch(
      new RegExp(`^${path} was changed: its sha256 is .*, entry ${seq} of ${day(0)} says`),
    );
    expect(days.join("\n")).toContain(`${path} says status NO_TRADES, the journal TRADED`);
    expect(days.join("\n")).toContain(`artifacts/markdown/${day(0)}.md is not what`);
    expect(days.join("\n")).toContain(
      `metrics.csv: the row of ${day(0)} is not what the day's document gives: status TRADED instead of NO_TRADES`,
    );
  });

  it("shows a page that is missing", async () => {
    const path = `artifacts/markdown/${day(0)}.md`;
    const { files } = await found((copy) => rmSync(join(copy, path)));
    expect(files[0]).toMatch(new RegExp(`^${path} is missing; entry \\d+ of ${day(0)} names it`));
  });

  it("shows a state in the place of another", async () => {
    const [one, two] = [0, 1].map(
      (n) => nth(account.recorded.entries, "day_opened", n).payload.state_sha256,
    );
    const { files } = await found((copy) =>
      cpSync(join(copy, blobPath(one)), join(copy, blobPath(two))),
    );
    expect(files.join("\n")).toContain(`holds bytes of sha256 ${one}`);
    expect(files.join("\n")).toContain("was opened with (entry");
  });

  it("shows a state that is gone", async () => {
    const { state_sha256: hash } = nth(account.recorded.entries, "day_opened", 2).payload;
    const { files } = await found((copy) => rmSync(join(copy, blobPath(hash))));
    expect(files.join("\n")).toMatch(
      /the state that .* was opened with \(entry \d+\): .* is missing/,
    );
  });

  it("shows a report of the venue that was cut short", async () => {
    const [name] = readdirSync(join(sound, "snapshots"));
    const { files } = await found((copy) =>
      edit(copy, join("snapshots", name), (text) => text.slice(0, text.length >> 1)),
    );
    expect(files).toHaveLength(1);
    expect(files[0]).toMatch(new RegExp(`^snapshots/${name} was changed`));
  });

  it("shows a row of metrics.csv that was altered, and one that was put in or left out", async () => {
    const altered = await found((copy) =>
      edit(copy, "metrics.csv", (text) => text.replace(/,PASS,/, ",FAIL,")),
    );
    expect(altered.days.join("\n")).toMatch(
      /metrics\.csv: the row of .*: reconciliation_\w+ FAIL instead of PASS/,
    );
    const without = await found((copy) =>
      edit(copy, "metrics.csv", (text) =>
        text
          .split("\n")
          .filter((line) => !line.startsWith(day(0)))
          .join("\n"),
      ),
    );
    expect(without.days).toEqual([expect.stringContaining(`metrics.csv has no row of ${day(0)}`)]);
    const more = await found((copy) =>
      edit(copy, "metrics.csv", (text) => {
        const lines = text.split("\n");
        return [
          ...lines.slice(0, -1),
          lines[lines.length - 2].replace(/^[^,]+/, "2030-01-02"),
          "",
        ].join("\n");
      }),
    );
    expect(more.days).toEqual(["metrics.csv has a row of 2030-01-02, a day that no entry closes"]);
    const none = await found((copy) => rmSync(join(copy, "metrics.csv")));
    expect(none.days).toEqual(["metrics.csv is missing"]);
  });

  it("shows an incident log that leaves something out, or is gone", async () => {
    const less = await found((copy) =>
      edit(copy, "incidents.csv", (text) => text.split("\n").toSpliced(1, 1).join("\n")),
    );
    expect(less.days).toEqual(["incidents.csv:2 is not what the journal tells"]);
    const none = await found((copy) => rmSync(join(copy, "incidents.csv")));
    expect(none.days).toEqual(["incidents.csv is missing"]);
  });

  it("shows a break pack that says other breaks than the journal, or is gone", async () => {
    const [name] = readdirSync(join(sound, "breaks"));
    const other = await found((copy) =>
      edit(copy, join("breaks", name), (text) =>
        text.replaceAll('"code":"CASH"', '"code":"QUANTITY"'),
      ),
    );
    expect(other.days).toEqual([
      expect.stringMatching(`breaks/${name} says other breaks than entry`),
    ]);
    const none = await found((copy) => rmSync(join(copy, "breaks", name)));
    expect(none.days).toEqual([expect.stringMatching(`breaks/${name} is missing; entry`)]);
  });

  it("notes what no entry names: a killed process may have left it", async () => {
    const { files, notes } = await found(async (copy) => {
      mkdirSync(dirname(join(copy, "snapshots/x")), { recursive: true });
      writeFileSync(join(copy, "snapshots/2000-01-03-start-999.json"), "{}\n");
      await createBlobStore(copy, sha256).put(new Uint8Array([1]));
    });
    expect(files).toEqual([]);
    expect(notes).toEqual([
      expect.stringContaining("snapshots/2000-01-03-start-999.json is named by no entry"),
      "1 kept states are named by no entry",
    ]);
  });

  it("shows a journal without HEAD", async () => {
    const { files, notes } = await found((copy) => rmSync(join(copy, "HEAD")));
    expect(files).toContain("HEAD is missing");
    expect(notes.join()).toContain("what it names was not looked at");
  });
});
