/**
 * Acceptance in small: one run killed at moments of each phase, each time taken up by a normal
 * start that says what it found and ends with the bytes of an undisturbed run. The hundred kills
 * of a longer run are in test/soak.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  fingerprint,
  freshFolder,
  headOf,
  inProcess,
  killAfter,
  killWhen,
  mandateFolder,
  type RunJson,
  runFolder,
  runJson,
  start,
} from "./workbench.ts";

const mandate = mandateFolder({ instruments: 8, sessions: 200 });
const run = ["run", mandate, "--json"];

let undisturbed: {
  readonly document: RunJson;
  readonly files: { readonly [file: string]: string };
};

beforeAll(async () => {
  const home = freshFolder();
  undisturbed = { document: runJson(await inProcess(home, ...run)), files: fingerprint(home) };
});

/** The next start ends as if nothing had happened; what it found is handed back. */
async function finish(home: string): Promise<readonly string[]> {
  const document = runJson(await inProcess(home, ...run));
  expect(document.journal_head).toBe(undisturbed.document.journal_head);
  expect(document.run_id).toBe(undisturbed.document.run_id);
  expect(fingerprint(home)).toEqual(undisturbed.files);
  const verified = await inProcess(home, "verify");
  expect(verified, verified.stdout).toMatchObject({ code: 0 });
  return document.findings;
}

const packs = (home: string) =>
  existsSync(join(home, "packs")) ? readdirSync(join(home, "packs")) : [];
const has = (home: string, file: string) => existsSync(join(runFolder(home), file));

describe("SIGKILL", () => {
  it("while the pack is written: the half is removed, and said so", async () => {
    const home = freshFolder();
    const isNow = () => packs(home).some((name) => name.startsWith(".writing-"));
    expect(await killWhen(start(home, run), isNow)).toBe(true);
    expect(await finish(home)).toEqual([
      expect.stringMatching(/^removed packs\/\.writing-.*ended before the pack was whole$/),
    ]);
  });

  it("between pack and first entry, then among the artifacts, then while sealing: one run", async () => {
    const home = freshFolder();
    expect(await killWhen(start(home, run), () => has(home, "HEAD"))).toBe(true);
    const moments = ["artifacts/.orders.csv.tmp", "artifacts/returns.csv", "run.json"];
    let recorded = 0;
    for (const file of moments) {
      expect(await killWhen(start(home, run), () => has(home, file)), file).toBe(true);
      const seq = headOf(home)?.seq ?? 0;
      expect(seq, file).toBeGreaterThanOrEqual(recorded);
      recorded = seq;
    }
    expect(recorded).toBe(undisturbed.document.journal_entries);
    expect(await finish(home)).toEqual([
      `${recorded} entries of an earlier start were found, verified and kept`,
    ]);
  });

  it("after HEAD says that the run is finished and before its journal is closed", async () => {
    const home = freshFolder();
    const isNow = () => headOf(home)?.isFinished === true;
    expect(await killWhen(start(home, run), isNow)).toBe(true);
    expect(await finish(home)).toEqual([
      "the process that finished this run ended before it closed the journal: closed now",
      "already recorded, identical",
    ]);
  });

  it("at any time of a second start of a finished run", async () => {
    const home = freshFolder();
    await finish(home);
    const again = start(home, run);
    const isNow = () => existsSync(`${runFolder(home)}.rerun/artifacts/orders.csv`);
    expect(await killWhen(again, isNow)).toBe(true);
    expect(fingerprint(home)).toEqual(undisturbed.files);
    expect(await finish(home)).toEqual([
      expect.stringMatching(/\.rerun was left by a rerun that was killed; it was removed/),
      "already recorded, identical",
    ]);
  });

  it("at moments nobody chose", async () => {
    const home = freshFolder();
    let killed = 0;
    for (const afterMs of [350, 600]) {
      if (await killAfter(start(home, run), afterMs)) killed += 1;
    }
    expect(killed).toBeGreaterThan(0);
    await finish(home);
  });
});
