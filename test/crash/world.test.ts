/**
 * The world around a run: another process at the same records, a disk that takes no more, a home
 * that is no folder. Each ends in one line and a documented exit code, hurts nothing, and the next
 * start finishes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  assay,
  type Ended,
  freshFolder,
  headOf,
  inProcess,
  mandateFolder,
  runJson,
  start,
} from "./workbench.ts";

const mandate = mandateFolder({ instruments: 8, sessions: 260 });
const run = ["run", mandate, "--json"];

const undisturbedHead = inProcess(freshFolder(), ...run).then(
  (ended) => runJson(ended).journal_head,
);

const firstLine = ({ stderr }: Ended) => stderr.split("\n")[0];
const packsIn = (home: string) =>
  readdirSync(join(home, "packs")).filter((name) => !name.startsWith("catalog"));

describe("two processes at once", () => {
  it("of one run: the second is told so with exit 9, and the first is not hurt", async () => {
    const home = freshFolder();
    const first = start(home, run);
    while ((headOf(home)?.seq ?? 0) === 0) await pause(1);
    first.child.kill("SIGSTOP");
    const second = await inProcess(home, "run", mandate);
    const third = await inProcess(home, "verify");
    first.child.kill("SIGCONT");
    const { run_id, status } = runJson(await first.ended);
    expect(status).toBe("OK");
    expect(second).toMatchObject({ code: 9, stdout: "" });
    expect(second.stderr).toBe(
      `assay: ${join(home, "runs", run_id, "journal.sqlite")} is in use by another process; wait until it ends, or end it, and start again\n`,
    );
    expect(third.code).not.toBe(0);
    expect((await inProcess(home, "verify")).code).toBe(0);
  });

  it("of one pack build: one pack, one row, both say so", async () => {
    const home = freshFolder();
    const build = ["pack", "build", mandate, "--json"];
    const both = await Promise.all([assay(home, ...build), assay(home, ...build)]);
    const documents = both.map(
      ({ stdout }) => JSON.parse(stdout) as { pack_id: string; created: boolean },
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(documents[0].pack_id).toBe(documents[1].pack_id);
    expect(documents.filter(({ created }) => created)).toHaveLength(1);
    expect(packsIn(home)).toEqual([documents[0].pack_id]);
    expect(readFileSync(join(home, "packs/catalog.jsonl"), "utf8").split("\n")).toHaveLength(2);
  });

  it("of two mandates with one home: both finish, both verify", async () => {
    const home = freshFolder();
    const other = ["run", mandateFolder({ instruments: 5, sessions: 200 }, 8), "--json"];
    const both = await Promise.all([assay(home, ...run), assay(home, ...other)]);
    const ids = both.map((ended) => runJson(ended).run_id);
    expect(new Set(ids).size).toBe(2);
    const verified = await Promise.all(ids.map((id) => inProcess(home, "verify", id)));
    expect(verified.map(({ code }) => code)).toEqual([0, 0]);
  });
});

/** `ulimit -f` counts 512 bytes in POSIX's sh and 1024 in others: the sizes here allow for both. */
const LIMITS: readonly [string, number, RegExp][] = [
  ["the pack", 8, /^assay: cannot write a pack at .*packs: .*larger than allowed .*ulimit -f/],
  ["the journal", 1000, /^assay: cannot use .*journal\.sqlite: .*ulimit -f.* what was recorded is/],
];

const canLimit = await hasLimits();

/** A shell that sets the limit, and a Node that hears of it as an error instead of a signal. */
async function hasLimits(): Promise<boolean> {
  const path = join(freshFolder(), "big");
  const words = ["config", mandate];
  const { code } = await start(path, words, `ulimit -f 8 && [ "$(ulimit -f)" = 8 ]`).ended;
  return code === 0;
}

describe.skipIf(!canLimit)(
  `a disk that takes no more${canLimit ? "" : " [SKIPPED: this shell has no ulimit -f]"}`,
  () => {
    it.each(LIMITS)("for %s: exit 4 in one line, the next start finishes", async (...planted) => {
      const [, blocks, message] = planted;
      const home = join(freshFolder(), "home");
      const stopped = await start(home, run, `ulimit -f ${blocks}`).ended;
      expect(stopped.code, stopped.stderr).toBe(4);
      expect(firstLine(stopped)).toMatch(message);
      expect(stopped.stderr).not.toContain("mistake in Assay");
      expect(headOf(home)?.isFinished ?? false).toBe(false);
      const halves = existsSync(join(home, "packs"))
        ? packsIn(home).filter((name) => !/^[0-9a-f]{64}$/.test(name))
        : [];
      expect(halves).toEqual([]);
      const next = runJson(await inProcess(home, ...run));
      expect(next.journal_head).toBe(await undisturbedHead);
    });
  },
);

const unwritable = unwritableFolder();

/** Root may write into any folder but those of the kernel. */
function unwritableFolder(): string | null {
  if (process.getuid?.() === 0) return existsSync("/sys/kernel") ? "/sys/kernel" : null;
  const parent = join(freshFolder(), "parent");
  mkdirSync(parent, { mode: 0o555 });
  return parent;
}

describe("ASSAY_HOME", () => {
  it("that is a file, or lies in one: exit 4, and says where", async () => {
    const file = join(freshFolder(), "file");
    writeFileSync(file, "mine");
    for (const home of [file, join(file, "below")]) {
      const ended = await inProcess(home, "run", mandate);
      expect(ended).toMatchObject({ code: 4, stdout: "" });
      expect(firstLine(ended)).toMatch(/^assay: .*file\b.*a part of the path is a file/);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("with a file where the runs belong: exit 4, and the pack is kept", async () => {
    const home = freshFolder();
    writeFileSync(join(home, "runs"), "mine");
    const ended = await inProcess(home, "run", mandate);
    expect(ended).toMatchObject({ code: 4, stdout: "" });
    expect(firstLine(ended)).toMatch(/^assay: cannot .*runs.*: .*/);
    expect(packsIn(home)).toHaveLength(1);
  });

  it.skipIf(unwritable === null)(
    `where nothing may be written: exit 4, and says so${unwritable === null ? " [SKIPPED: root may write anywhere here]" : ""}`,
    async () => {
      const home = join(unwritable ?? "", "assay");
      const ended = await inProcess(home, "run", mandate);
      expect(ended).toMatchObject({ code: 4, stdout: "" });
      expect(firstLine(ended)).toContain(home);
      expect(firstLine(ended)).toMatch(/permi.*; .*ASSAY_HOME elsewhere/);
      expect(existsSync(home)).toBe(false);
    },
  );
});

function pause(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms);
  });
}
