/**
 * The simulated disk against the real one: the same calls, drawn at random, end alike, and so do
 * openings of what was damaged alike. Then what only the simulated one can show: each moment at which
 * a process may be killed, and what is left after it.
 */
import { rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournalStore } from "../../src/adapters/storage/journal-store.ts";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { nextUint32, type Prng, prngOf } from "../../src/base/prng.ts";
import type { JournalRow, JournalStore, TerminalRow } from "../../src/ports/journal-store.ts";
import { createJournalWriter } from "../../src/records/journal/writer.ts";
import {
  DAY,
  edit,
  editHead,
  freshFolder,
  payloadNumber,
  RULES,
} from "../unit/records/journal-fixture.ts";
import { type Disk, emptyDisk } from "./disk.ts";
import { openBlobs, openFiles } from "./files.ts";
import { openJournal } from "./journal-store.ts";
import { createLife, type Life } from "./life.ts";

const immortal = (): Life => createLife({ number: 1, dieAt: null, tell: null });

type Batch = { readonly rows: readonly JournalRow[]; readonly terminals: readonly TerminalRow[] };

/** Batches as a writer makes them, some of them spoiled: a gap, a terminal said twice. */
function drawnBatches(prng: Prng): readonly Batch[] {
  const writer = createJournalWriter({
    recorded: { seq: 0, hash: "0".repeat(64) },
    prefix: [],
    sha256,
  });
  const batches: Batch[] = [];
  let n = 0;
  for (let b = 0; b < 6; b++) {
    const size = nextUint32(prng) % 4;
    for (let i = 0; i < size; i++) writer.emit(DAY, payloadNumber(++n));
    const batch = writer.takeBatch();
    const dice = nextUint32(prng) % 6;
    if (dice === 0) batches.push({ rows: batch.rows.slice(1), terminals: [] });
    if (dice === 1) {
      batches.push({ rows: batch.rows, terminals: [...batch.terminals, ...batch.terminals] });
    }
    batches.push(batch);
  }
  return batches;
}

/** What a store says to each call, in comparable words; paths are left out. */
async function conversation(open: () => JournalStore, batches: readonly Batch[]) {
  const said: unknown[] = [];
  const store = open();
  said.push(store.recorded, store.findings);
  for (const { rows, terminals } of batches) {
    said.push(await store.append(rows, terminals).catch(wordsOf));
    said.push([...store.terminalCounts()], [...store.rows(2)].length);
  }
  await store.close();
  said.push(opening(open));
  return said;
}

function opening(open: () => JournalStore): unknown {
  try {
    const store = open();
    const said = [store.recorded, store.findings, [...store.rows(1)], [...store.terminalCounts()]];
    // Closing the real one is synchronous work behind a promise.
    void store.close();
    return said;
  } catch (error) {
    return wordsOf(error);
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) throw new Error("something that is no error was thrown");
  return `${error.name}: ${error.message}`;
}

/** The same journal on both, twelve entries in four batches. */
async function twins(): Promise<{ readonly folder: string; readonly disk: Disk }> {
  const folder = freshFolder();
  const disk = emptyDisk();
  for (const store of [openJournalStore(folder, RULES), openJournal(disk, immortal(), sha256)]) {
    const writer = createJournalWriter({ recorded: store.recorded, prefix: [], sha256 });
    for (let n = 1; n <= 12; n++) {
      writer.emit(DAY, payloadNumber(n));
      if (n % 3 > 0) continue;
      const { rows, terminals } = writer.takeBatch();
      await store.append(rows, terminals);
    }
    await store.close();
  }
  return { folder, disk };
}

describe("the simulated disk", () => {
  it("says what the real one says, call by call", async () => {
    for (let seed = 0; seed < 12; seed++) {
      const batches = drawnBatches(prngOf(seed));
      const folder = freshFolder();
      const disk = emptyDisk();
      const real = await conversation(() => openJournalStore(folder, RULES), batches);
      expect(await conversation(() => openJournal(disk, immortal(), sha256), batches)).toEqual(
        real,
      );
      rmSync(folder, { recursive: true });
    }
  });

  const DAMAGES: readonly (readonly [string, (folder: string) => void, (disk: Disk) => void])[] = [
    [
      "HEAD behind",
      (folder) => editHead(folder, () => headAt(9)),
      (disk) => (disk.head = { ...headAt(9), documents: null }),
    ],
    [
      "HEAD behind, and of another journal",
      (folder) => editHead(folder, () => ({ seq: 9, hash: "a".repeat(64) })),
      (disk) => (disk.head = { seq: 9, hash: "a".repeat(64), documents: null }),
    ],
    [
      "a lost tail",
      (folder) => edit(folder, "DELETE FROM entries WHERE seq > 9"),
      (disk) => (disk.rows.length = 9),
    ],
    ["no HEAD", (folder) => unlinkSync(join(folder, "HEAD")), (disk) => (disk.head = null)],
    [
      "a changed entry",
      (folder) =>
        edit(folder, "UPDATE entries SET body = replace(body, 'SPY', 'QQQ') WHERE seq = 4"),
      (disk) => {
        disk.rows[3] = { ...disk.rows[3], body: disk.rows[3].body.replace("SPY", "QQQ") };
      },
    ],
    [
      "a forgotten terminal",
      (folder) => edit(folder, "DELETE FROM terminals WHERE seq = 5"),
      (disk) => disk.terminals.delete("signal-000005"),
    ],
  ];
  const headAt = (seq: number) => ({ seq, hash: HASHES[seq] });
  const HASHES: { [seq: number]: string } = {};

  it.each(DAMAGES)("opens %s as the real one does", async (_, hurtFolder, hurtDisk) => {
    const { folder, disk } = await twins();
    for (const row of disk.rows) HASHES[row.seq] = row.hash;
    hurtFolder(folder);
    hurtDisk(disk);
    const real = opening(() => openJournalStore(folder, RULES));
    expect(opening(() => openJournal(disk, immortal(), sha256))).toEqual(real);
    rmSync(folder, { recursive: true });
  });

  it("keeps nothing of a write that found no room, and says so", async () => {
    const disk = emptyDisk([[0, 1]]);
    const store = openJournal(disk, immortal(), sha256);
    await expect(store.append(oneRow(), [])).rejects.toThrow(
      "cannot write journal.sqlite: the disk is full; free some space and start again: what was recorded is kept",
    );
    expect(disk.rows).toEqual([]);
    expect(await store.append(oneRow(), [])).toMatchObject({ seq: 1 });
  });
});

function oneRow(): readonly JournalRow[] {
  const writer = createJournalWriter({
    recorded: { seq: 0, hash: "0".repeat(64) },
    prefix: [],
    sha256,
  });
  writer.emit(DAY, payloadNumber(1));
  return writer.takeBatch().rows;
}

/** Works on the disk until it is killed at this moment; says at which, or null when it was not. */
async function killedAt(
  dieAt: number,
  work: (life: Life) => Promise<unknown>,
): Promise<string | null> {
  const life = createLife({ number: 1, dieAt, tell: null });
  const death = await Promise.race([work(life).then(() => null), life.died]);
  return death === null ? null : death.name;
}

describe("a kill", () => {
  it.each([
    [1, "before the journal's entries 1 to 1", 0, 0],
    [2, "between the journal's entries 1 to 1 and HEAD", 1, 0],
    [3, "after the journal's entries 1 to 1", 1, 1],
  ])("at moment %i of an append leaves a journal that opens", async (at, name, rows, head) => {
    const disk = emptyDisk();
    const died = await killedAt(at, (life) => openJournal(disk, life, sha256).append(oneRow(), []));
    expect(died).toBe(name);
    expect(disk.rows.length).toBe(rows);
    expect(disk.head?.seq).toBe(head);
    expect(openJournal(disk, immortal(), sha256).recorded.seq).toBe(rows);
    expect(disk.head?.seq).toBe(rows);
  });

  it("leaves the old file or the new one, never half of one", async () => {
    const old = new TextEncoder().encode("old content");
    const fresh = new TextEncoder().encode("new content, longer");
    for (let at = 1; at <= 4; at++) {
      const disk = emptyDisk();
      await openFiles(disk, immortal(), sha256).write("json/a.json", old);
      const died = await killedAt(at, (life) =>
        openFiles(disk, life, sha256).write("json/a.json", fresh),
      );
      expect(died === null).toBe(at === 4);
      const read = await openFiles(disk, immortal(), sha256).read("json/a.json");
      expect(read).toEqual(at < 3 ? old : fresh);
      expect(disk.asides.has("json/a.json")).toBe(at === 2);
      expect(await openFiles(disk, immortal(), sha256).list("json")).toEqual(["a.json"]);
    }
  });

  it("is final: nothing that the process does afterwards happens", async () => {
    const disk = emptyDisk();
    const life = createLife({ number: 1, dieAt: 1, tell: null });
    const blobs = openBlobs(disk, life, sha256);
    let came = false;
    const put = async (content: Uint8Array) => {
      await blobs.put(content);
      came = true;
    };
    void put(new Uint8Array([1]));
    void put(new Uint8Array([2]));
    await life.died;
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(came).toBe(false);
    expect(disk.blobs.size).toBe(0);
    expect(life.death()).toEqual({ at: 1, name: expect.stringMatching(/^before writing blobs/) });
  });
});

describe("a blob", () => {
  it("is found by what it is, and missed in words", async () => {
    const blobs = openBlobs(emptyDisk(), immortal(), sha256);
    const name = await blobs.put(new Uint8Array([1, 2, 3]));
    expect(await blobs.get(name)).toEqual(new Uint8Array([1, 2, 3]));
    await expect(blobs.get("f".repeat(64))).rejects.toThrow("is missing");
  });
});
