import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournalReadOnly } from "../../../src/adapters/storage/journal-reader.ts";
import { openJournalStore } from "../../../src/adapters/storage/journal-store.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { TerminalStateViolation } from "../../../src/ports/journal-store.ts";
import { ZERO_HASH } from "../../../src/records/journal/chain.ts";
import { createJournalWriter } from "../../../src/records/journal/writer.ts";
import {
  DAY,
  editHead,
  faultOf,
  freshFolder,
  hashAt,
  openFresh,
  payloadNumber,
  RULES,
  recordJournal,
} from "./journal-fixture.ts";

describe("journal store", () => {
  it("records, closes to a single file beside HEAD, and reopens at the same head", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 30);
    expect(readdirSync(folder).sort()).toEqual(["HEAD", "journal.sqlite"]);
    const store = openJournalStore(folder, RULES);
    expect(store.recorded).toEqual({ seq: 30, hash: firstHash(store.rows(30)) });
    expect(store.findings).toEqual([
      "30 entries of an earlier start were found, verified and kept",
    ]);
    expect([...store.rows(28)].map((row) => row.seq)).toEqual([28, 29, 30]);
    expect([...store.terminalCounts()]).toEqual([
      ["EXECUTED", 23],
      ["EXPIRED", 6],
    ]);
    await store.close();
    await store.close();
  });

  it("reads more rows than one page, appending while somebody reads", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 9000, 3000);
    const { store, writer } = openFresh(folder);
    for (let n = 1; n <= 9000; n++) writer.emit(DAY, payloadNumber(n));
    writer.finish();
    const reading = store.rows(1)[Symbol.iterator]();
    reading.next();
    writer.emit(DAY, payloadNumber(9001));
    const { rows, terminals } = writer.takeBatch();
    expect(await store.append(rows, terminals)).toEqual(writer.head());
    await store.close();
  });

  it("starts with the empty journal, and again after a kill before the first append", async () => {
    const folder = freshFolder();
    const store = openJournalStore(folder, RULES);
    expect(store.recorded).toEqual({ seq: 0, hash: ZERO_HASH });
    expect(store.findings).toEqual([]);
    expect(await store.append([], [])).toEqual({ seq: 0, hash: ZERO_HASH });
    await store.close();
    for (const missing of ["journal.sqlite", "HEAD"]) {
      rmSync(join(folder, missing));
      const again = openJournalStore(folder, RULES);
      expect(again.recorded.seq).toBe(0);
      expect(again.findings).toEqual([]);
      await again.close();
    }
  });

  it("is durable by its settings: WAL and synchronous FULL while open", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    writer.emit(DAY, payloadNumber(1));
    await store.append(writer.takeBatch().rows, []);
    expect(existsSync(join(folder, "journal.sqlite-wal"))).toBe(true);
    expect(existsSync(join(folder, "journal.sqlite-shm"))).toBe(false);
    await store.close();
  });

  it("moves HEAD with each append and puts documents into it at the end", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    writer.emit(DAY, payloadNumber(1));
    const head = await store.append(writer.takeBatch().rows, []);
    const text = () => readFileSync(join(folder, "HEAD"), "utf8");
    expect(text()).toBe(`{"hash":"${head.hash}","seq":1}\n`);
    const hash = "ab".repeat(32);
    await store.recordDocuments({ "run.json": hash });
    expect(text()).toBe(`{"documents":{"run.json":"${hash}"},"hash":"${head.hash}","seq":1}\n`);
    writer.emit(DAY, payloadNumber(2));
    await expect(store.append(writer.takeBatch().rows, [])).rejects.toThrow(/invariant 10/);
    await store.close();
  });

  it("refuses a second terminal of a signal and writes nothing of that batch", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    for (const n of [1, 2]) writer.emit(DAY, payloadNumber(n));
    const first = writer.takeBatch();
    await store.append(first.rows, first.terminals);
    writer.emit(DAY, payloadNumber(3));
    writer.emit(DAY, payloadNumber(2));
    const second = writer.takeBatch();
    await expect(store.append(second.rows, second.terminals)).rejects.toThrow(
      TerminalStateViolation,
    );
    expect([...store.rows(1)].length).toBe(2);
    expect([...store.terminalCounts()]).toEqual([["EXECUTED", 1]]);
    await store.close();
    expect(JSON.parse(readFileSync(join(folder, "HEAD"), "utf8")).seq).toBe(2);
  });

  it("refuses a batch that leaves a gap", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    for (const n of [1, 2, 3]) writer.emit(DAY, payloadNumber(n));
    const { rows } = writer.takeBatch();
    await expect(store.append(rows.slice(1), [])).rejects.toThrow(
      /invariant 10: .*entry 2 .*where 1/,
    );
    await expect(store.append([], [{ signalId: "x", state: "EXECUTED", seq: 1 }])).rejects.toThrow(
      /invariant 2/,
    );
    await store.close();
  });
});

function firstHash(rows: Iterable<{ readonly hash: string }>): string {
  for (const row of rows) return row.hash;
  throw new Error("no row");
}

describe("one writer", () => {
  it("tells a second opener in the same process and in another one at once", async () => {
    const folder = freshFolder();
    const { store } = openFresh(folder);
    const fault = faultOf(() => openJournalStore(folder, RULES));
    expect(fault.kind).toBe("busy");
    expect(fault.message).toMatch(/in use by another process; wait until it ends/);
    const script = `
      import { openForWriting } from ${JSON.stringify(join(import.meta.dirname, "../../../src/adapters/storage/journal-database.ts"))};
      const start = performance.now();
      try { openForWriting(process.argv[1]); console.log("opened"); }
      catch (error) { console.log(error.kind, performance.now() - start < 1000); }`;
    const other = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", script, join(folder, "journal.sqlite")],
      { encoding: "utf8" },
    );
    expect(other.stdout.trim()).toBe("busy true");
    await store.close();
    await openJournalStore(folder, RULES).close();
  });
});

describe("opening after a crash", () => {
  it("continues from a journal ahead of HEAD, moves HEAD and says so", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 20);
    const end = hashAt(folder, 20);
    const hash = hashAt(folder, 17);
    editHead(folder, () => ({ seq: 17, hash }));
    const store = openJournalStore(folder, RULES);
    expect(store.recorded).toEqual({ seq: 20, hash: end });
    expect(store.findings).toEqual([
      "the journal was 3 entries ahead of HEAD (20 against 17): the process was killed between the two; every link was verified and HEAD moved",
    ]);
    await store.close();
    expect(JSON.parse(readFileSync(join(folder, "HEAD"), "utf8"))).toEqual({ seq: 20, hash: end });
  });

  it("keeps the appends of a process that was killed, and finishes with the same head", async () => {
    const whole = freshFolder();
    await recordJournal(whole, 40);
    const folder = freshFolder();
    const script = `
      import { openFresh, payloadNumber, DAY } from ${JSON.stringify(join(import.meta.dirname, "journal-fixture.ts"))};
      const { store, writer } = openFresh(process.argv[1]);
      for (let n = 1; n <= 25; n++) {
        writer.emit(DAY, payloadNumber(n));
        const { rows, terminals } = writer.takeBatch();
        await store.append(rows, terminals);
      }
      process.kill(process.pid, "SIGKILL");`;
    const killed = spawnSync(process.execPath, ["--input-type=module", "-e", script, folder]);
    expect(killed.signal).toBe("SIGKILL");
    expect(existsSync(join(folder, "journal.sqlite-wal"))).toBe(true);

    const before = readdirSync(folder).map((name) => [
      name,
      sha256(readFileSync(join(folder, name))),
    ]);
    const reader = openJournalReadOnly(folder);
    expect(reader.findings[0]).toMatch(/was not closed: \d+ bytes of its log/);
    expect([...reader.rows()].length).toBe(25);
    reader.close();
    expect(
      readdirSync(folder).map((name) => [name, sha256(readFileSync(join(folder, name)))]),
    ).toEqual(before);

    await recordJournal(folder, 40);
    expect(hashAt(folder, 40)).toBe(hashAt(whole, 40));
  });

  it("killed at any moment, again and again, it finishes with the head of an unbroken run", async () => {
    const whole = freshFolder();
    await recordJournal(whole, 400, 1);
    const folder = freshFolder();
    const script = `
      import { recordJournal } from ${JSON.stringify(join(import.meta.dirname, "journal-fixture.ts"))};
      console.log("ready");
      await recordJournal(process.argv[1], 400, 1);`;
    let kills = 0;
    for (let delayMs = 0; delayMs < 160; delayMs += 8) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      const ended = once(child, "exit");
      setTimeout(() => child.kill("SIGKILL"), delayMs);
      const [, signal] = await ended;
      if (signal === "SIGKILL") kills += 1;
    }
    expect(kills).toBeGreaterThan(3);
    await recordJournal(folder, 400);
    expect(hashAt(folder, 400)).toBe(hashAt(whole, 400));
    expect(readdirSync(folder).sort()).toEqual(["HEAD", "journal.sqlite"]);
  });

  it("a HEAD that cannot be written stops the run; the next start finds the journal ahead", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    writer.emit(DAY, payloadNumber(1));
    await store.append(writer.takeBatch().rows, []);
    const path = join(folder, "HEAD");
    const head = readFileSync(path);
    rmSync(path);
    mkdirSync(path);
    writer.emit(DAY, payloadNumber(2));
    const { rows, terminals } = writer.takeBatch();
    await expect(store.append(rows, terminals)).rejects.toThrow(
      /cannot write .*HEAD: it is a folder/,
    );
    await store.close();
    expect(faultOf(() => openJournalStore(folder, RULES)).message).toMatch(/HEAD: it is a folder/);
    rmdirSync(path);
    writeFileSync(path, head);
    const again = openJournalStore(folder, RULES);
    expect(again.recorded).toEqual(writer.head());
    expect(again.findings[0]).toMatch(/1 entry ahead of HEAD \(2 against 1\)/);
    await again.close();
  });

  it("clears a half-written HEAD of a killed process", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 3);
    writeFileSync(join(folder, ".HEAD.tmp"), '{"ha');
    await openJournalStore(folder, RULES).close();
    expect(readdirSync(folder).sort()).toEqual(["HEAD", "journal.sqlite"]);
  });
});

describe("reading only", () => {
  it("changes nothing and gives rows, terminals and HEAD", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 5);
    const before = readFileSync(join(folder, "journal.sqlite"));
    const reader = openJournalReadOnly(folder);
    expect(reader.findings).toEqual([]);
    expect(reader.head).toMatchObject({ seq: 5, documents: null });
    expect([...reader.rows()].map((row) => row.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(reader.terminals().length).toBe(4);
    expect(reader.integrityFaults()).toEqual([]);
    reader.close();
    expect(readFileSync(join(folder, "journal.sqlite")).equals(before)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["HEAD", "journal.sqlite"]);
  });

  it("takes back a change that SQLite had half written when its process was killed", async () => {
    const folder = freshFolder();
    await recordJournal(folder, 3000);
    const path = join(folder, "journal.sqlite");
    const script = `
      import Database from "better-sqlite3";
      const database = new Database(process.argv[1]);
      database.pragma("cache_size = 2");
      database.exec("BEGIN; UPDATE entries SET body = 'torn'");
      process.kill(process.pid, "SIGKILL");
    `;
    spawnSync(process.execPath, ["--input-type=module", "-e", script, path]);
    const torn = readFileSync(path);
    expect(readdirSync(folder)).toContain("journal.sqlite-journal");
    expect(torn.includes("torn")).toBe(true);
    const reader = openJournalReadOnly(folder);
    expect(reader.findings).toEqual([
      expect.stringMatching(/was not closed: \d+ bytes of its log/),
    ]);
    expect([...reader.rows()].filter((row) => row.body === "torn")).toEqual([]);
    reader.close();
    expect(readFileSync(path).equals(torn)).toBe(true);
    const { store } = openFresh(folder);
    expect(store.recorded.seq).toBe(3000);
    await store.close();
  });

  it("says when there is no journal", () => {
    expect(faultOf(() => openJournalReadOnly(freshFolder())).message).toMatch(
      /there is no journal/,
    );
  });

  it("reads a consistent copy while a run is writing, and says that it is not closed", async () => {
    const folder = freshFolder();
    const { store, writer } = openFresh(folder);
    writer.emit(DAY, payloadNumber(1));
    await store.append(writer.takeBatch().rows, []);
    // From another process: here it would give the writer's lock away.
    const script = `
      import { openJournalReadOnly } from ${JSON.stringify(join(import.meta.dirname, "../../../src/adapters/storage/journal-reader.ts"))};
      const reader = openJournalReadOnly(process.argv[1]);
      console.log([...reader.rows()].length, reader.findings[0]);
      reader.close();`;
    const other = spawnSync(process.execPath, ["--input-type=module", "-e", script, folder], {
      encoding: "utf8",
    });
    expect(other.stdout).toMatch(/^1 journal\.sqlite was not closed: .*killed or still runs/);
    expect(faultOf(() => openJournalStore(folder, RULES)).kind).toBe("busy");
    writer.emit(DAY, payloadNumber(2));
    const { rows, terminals } = writer.takeBatch();
    await store.append(rows, terminals);
    await store.close();
  });
});

it("a writer over a store of another history stops at its first entry", async () => {
  const folder = freshFolder();
  await recordJournal(folder, 3);
  const store = openJournalStore(folder, RULES);
  const writer = createJournalWriter({ recorded: store.recorded, prefix: store.rows(1), sha256 });
  expect(() => writer.emit("2001-01-03", payloadNumber(1))).toThrow(
    /entry 1 differs \(run_started\)/,
  );
  await store.close();
});
