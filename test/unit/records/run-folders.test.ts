import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createArtifactStore } from "../../../src/adapters/storage/artifact-store.ts";
import { createRunFolders } from "../../../src/adapters/storage/run-folders.ts";
import { verifyRun } from "../../../src/adapters/storage/verify-run.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { freshFolder, openFresh, recordJournal } from "./journal-fixture.ts";
import { VERIFY_RULES, writeRun } from "./run-fixture.ts";

function touch(folder: string, seconds: number): void {
  utimesSync(join(folder, "HEAD"), seconds, seconds);
}

describe("artifact store", () => {
  it("writes whole files and reads them back", async () => {
    const folder = freshFolder();
    const store = createArtifactStore(join(folder, "deep", "artifacts"), sha256);
    const bytes = Buffer.from("a,b\n1,2\n");
    expect(await store.write("x.csv", bytes)).toBe(sha256(bytes));
    await store.write("x.csv", Buffer.from("new"));
    expect(Buffer.from(await store.read("x.csv")).toString()).toBe("new");
    expect(readdirSync(join(folder, "deep", "artifacts"))).toEqual(["x.csv"]);
  });

  it.each(["../x", "a/b", ".hidden", "", "x\0"])("refuses the name %j", async (name) => {
    const store = createArtifactStore(freshFolder(), sha256);
    await expect(store.write(name, new Uint8Array())).rejects.toThrow(/not a plain file name/);
  });

  it("says in words what the disk refused, and leaves nothing half-written", async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, "x.csv"));
    const store = createArtifactStore(folder, sha256);
    await expect(store.write("x.csv", Buffer.from("1"))).rejects.toMatchObject({
      kind: "data",
      message: expect.stringMatching(/cannot write .*x\.csv: it is a folder/),
    });
    expect(readdirSync(folder)).toEqual(["x.csv"]);
    await expect(store.read("y.csv")).rejects.toThrow(/cannot read .*y\.csv: it does not exist/);
  });
});

describe("run folders", () => {
  it("lists finished, unfinished and unreadable runs, newest first", async () => {
    const runs = createRunFolders(freshFolder());
    expect(runs.list()).toEqual([]);
    await writeRun(runs.folderOf("aaa1"), "aaa1");
    await recordJournal(runs.folderOf("aab2"), 3);
    await writeRun(runs.folderOf("ccc3"), "ccc3");
    writeFileSync(join(runs.folderOf("ccc3"), "run.json"), "{");
    await writeRun(runs.folderOf("ddd4"), "ddd4");
    rmSync(join(runs.folderOf("ddd4"), "run.json"));
    ["aaa1", "aab2", "ccc3", "ddd4"].forEach((id, i) => touch(runs.folderOf(id), 1000 + i));
    expect(runs.list().map((run) => [run.name, run.state, run.document?.status ?? null])).toEqual([
      ["ddd4", "unreadable", null],
      ["ccc3", "unreadable", null],
      ["aab2", "unfinished", null],
      ["aaa1", "finished", "OK"],
    ]);
    expect(runs.isFinished("aaa1")).toBe(true);
    expect(runs.isFinished("aab2")).toBe(false);
    expect(runs.isFinished("nobody")).toBe(false);
  });

  it("tells a run that failed from one that was stopped, and says why it failed", async () => {
    const runs = createRunFolders(freshFolder());
    const failure = { invariant: null, message: "no idea" };
    for (const [id, text] of [
      ["aaa1", JSON.stringify({ status: "ERROR", failure })],
      ["bbb2", "{"],
      ["ccc3", "null"],
    ]) {
      await recordJournal(runs.folderOf(id), 2);
      writeFileSync(join(runs.folderOf(id), "run.json"), text);
    }
    const states = runs.list().map((run) => [run.name, run.state, run.failure]);
    expect(states.sort((a, b) => (a < b ? -1 : 1))).toEqual([
      ["aaa1", "failed", "no idea"],
      ["bbb2", "unreadable", null],
      ["ccc3", "unfinished", null],
    ]);
    expect(runs.isFinished("aaa1")).toBe(false);
  });

  it("finds by prefix, by whole name, and the newest", async () => {
    const runs = createRunFolders(freshFolder());
    expect(() => runs.find(null)).toThrow(/there is no run in/);
    for (const id of ["aaa1", "aab2", "aaa"]) await recordJournal(runs.folderOf(id), 1);
    touch(runs.folderOf("aaa1"), 3000);
    touch(runs.folderOf("aab2"), 2000);
    touch(runs.folderOf("aaa"), 1000);
    expect(runs.find(null).name).toBe("aaa1");
    expect(runs.find("aab").name).toBe("aab2");
    expect(runs.find("aaa").name).toBe("aaa");
    expect(() => runs.find("aa")).toThrow(/3 runs begin with "aa": give more of the id/);
    expect(() => runs.find("x")).toThrow(/no run begins with "x"/);
    expect(() => runs.find("")).toThrow(/no run begins with ""/);
  });
});

describe("reruns", () => {
  it("an equal rerun, interrupted differently, is equal and goes", async () => {
    const runs = createRunFolders(freshFolder());
    await writeRun(runs.folderOf("abc"), "abc");
    await writeRun(runs.createAside("abc"), "abc", { batch: 1 });
    expect(runs.compareAside("abc")).toEqual([]);
    runs.removeAside("abc");
    expect(readdirSync(runs.root)).toEqual(["abc"]);
  });

  it("a different rerun is named file by file, and both are kept", async () => {
    const runs = createRunFolders(freshFolder());
    await writeRun(runs.folderOf("abc"), "abc");
    for (const kept of ["abc.differs", "abc.differs-2"]) {
      await writeRun(runs.createAside("abc"), "abc", { nav: 1001 });
      writeFileSync(join(runs.folderOf("abc.rerun"), "artifacts", "more.csv"), "");
      expect(runs.compareAside("abc")).toEqual([
        "HEAD",
        "artifacts/equity.csv",
        "artifacts/more.csv",
        "journal.sqlite",
        "run.json",
      ]);
      expect(runs.keepAside("abc")).toBe(runs.folderOf(kept));
    }
    expect(runs.sweepAsides()).toEqual([]);
    expect(readdirSync(runs.root)).toEqual(["abc", "abc.differs", "abc.differs-2"]);
    expect(runs.find("abc").name).toBe("abc");
    expect(runs.find("abc.differs").name).toBe("abc.differs");
    expect(verifyRun(runs.folderOf("abc"), VERIFY_RULES).findings).toEqual([]);
  });

  it("a journal that differs in length alone is a difference", async () => {
    const runs = createRunFolders(freshFolder());
    await writeRun(runs.folderOf("abc"), "abc", { entries: 12 });
    await writeRun(runs.createAside("abc"), "abc", { entries: 11 });
    expect(runs.compareAside("abc")).toContain("journal.sqlite");
    await writeRun(runs.createAside("abc"), "abc", { entries: 13 });
    expect(runs.compareAside("abc")).toContain("journal.sqlite");
  });

  it("what a dead rerun left is reported and removed; a live one is left alone", async () => {
    const runs = createRunFolders(freshFolder());
    await writeRun(runs.folderOf("abc"), "abc");
    await recordJournal(runs.createAside("abc"), 3);
    await recordJournal(runs.createAside("old"), 3);
    rmSync(join(runs.folderOf("old.rerun"), "journal.sqlite"));
    utimesSync(runs.folderOf("old.rerun"), 1000, 1000);
    runs.createAside("new");
    const live = openFresh(runs.createAside("live"));
    expect(runs.sweepAsides()).toEqual([
      "runs/abc.rerun was left by a rerun that was killed; it was removed, the recorded run is untouched",
      "runs/old.rerun was left by a rerun that was killed; it was removed, the recorded run is untouched",
    ]);
    expect(existsSync(runs.folderOf("live.rerun"))).toBe(true);
    expect(existsSync(runs.folderOf("new.rerun"))).toBe(true);
    expect(() => runs.createAside("live")).toThrow(/another process is running live again/);
    expect(runs.list().map((run) => run.name)).toEqual(["abc"]);
    await live.store.close();
  });
});
