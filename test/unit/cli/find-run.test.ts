/** A home may hold the runs of several mandates: each path finds its own. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRunFolders } from "../../../src/adapters/storage/run-folders.ts";
import { findRun } from "../../../src/apps/cli/find-run.ts";
import { freshFolder, recordJournal } from "../records/journal-fixture.ts";
import { writeRun } from "../records/run-fixture.ts";

async function place() {
  const folder = freshFolder();
  const home = join(folder, ".assay");
  const runs = createRunFolders(home);
  mkdirSync(folder, { recursive: true });
  const runOf = async (id: string, name: string, seconds: number) => {
    await writeRun(runs.folderOf(id), id);
    const path = join(runs.folderOf(id), "run.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), name }));
    utimesSync(join(runs.folderOf(id), "HEAD"), seconds, seconds);
  };
  await runOf("aaa1", "mine", 1000);
  await runOf("bbb2", "theirs", 2000);
  const mandate = (file: string, name: string) => {
    writeFileSync(join(folder, file), `assay: 1\nname: ${name}\n`);
    return join(folder, file);
  };
  const found = (target: string | null, environment: NodeJS.ProcessEnv = {}) =>
    findRun({ target, home, environment }).run.name;
  return { folder, runs, mandate, found };
}

describe("the run of a mandate", () => {
  it("is the newest of its name, not the newest of the home", async () => {
    const { folder, mandate, found } = await place();
    const mine = mandate("mandate.yaml", "mine");
    expect(found(mine)).toBe("aaa1");
    expect(found(folder)).toBe("aaa1");
    expect(found(mandate("other.yaml", "theirs"))).toBe("bbb2");
    expect(found(mine, { ASSAY__NAME: "theirs" })).toBe("bbb2");
    expect(found(null)).toBe("bbb2");
  });

  it("is refused by name where only others were run", async () => {
    const { mandate, found } = await place();
    expect(() => found(mandate("mandate.yaml", "new"))).toThrow(
      /no run in .*runs has the name of .*mandate\.yaml, new: the newest there is bbb2 of theirs/,
    );
  });

  it("may be one that did not end, and any where the file has no name that reads", async () => {
    const { runs, mandate, found } = await place();
    expect(found(mandate("broken.yaml", "[1"))).toBe("bbb2");
    await recordJournal(runs.folderOf("ccc3"), 3);
    utimesSync(join(runs.folderOf("ccc3"), "HEAD"), 3000, 3000);
    expect(found(mandate("mandate.yaml", "mine"))).toBe("ccc3");
  });
});
