/**
 * What a start says of a record that was altered or lost, run by run of the real command line: an
 * entry of the prefix changed alone or with every later hash, HEAD and documents lost or changed,
 * the journal emptied or cut. What was recorded stays, and the line says what, where and what to do.
 */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import {
  assay,
  freshFolder,
  inProcess,
  killWhen,
  mandateFolder,
  runFolder,
  runJson,
  start,
} from "./workbench.ts";

const mandate = mandateFolder({ instruments: 3, sessions: 120 });
const run = ["run", mandate, "--json"];
const finished = join(freshFolder(), "home");
const unfinished = join(freshFolder(), "home");

beforeAll(async () => {
  const hasArtifact = () => existsSync(join(runFolder(unfinished), "artifacts/orders.csv"));
  const [whole, killed] = await Promise.all([
    assay(finished, ...run),
    killWhen(start(unfinished, run), hasArtifact),
  ]);
  expect(runJson(whole).status).toBe("OK");
  expect(killed).toBe(true);
});

function copyOf(home: string): string {
  const copy = join(freshFolder(), "home");
  cpSync(home, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

type Row = { readonly seq: number; readonly body: string; readonly hash: string };

const journal = (home: string) => join(runFolder(home), "journal.sqlite");
const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function rowsOf(home: string): Row[] {
  const database = new Database(journal(home));
  const rows = database.prepare<[], Row>("SELECT * FROM entries ORDER BY seq").all();
  database.close();
  return rows;
}

/** The seq of a fill in the middle, and its body with one cent more of fee. */
function alteredFill(rows: readonly Row[]): Row {
  const fills = rows.filter((row) => row.body.includes('"kind":"fill"'));
  const fill = fills[Math.floor(fills.length / 2)];
  const body = fill.body.replace(/"fee_minor":(\d+)/, (_, fee) => `"fee_minor":${Number(fee) + 1}`);
  expect(body).not.toBe(fill.body);
  return { ...fill, body };
}

/** Changes one body; with `consistently` every later hash, HEAD and run.json follow. */
function alter(home: string, consistently: boolean): number {
  const rows = rowsOf(home);
  const altered = alteredFill(rows);
  const database = new Database(journal(home));
  const update = database.prepare("UPDATE entries SET body = ?, hash = ? WHERE seq = ?");
  let hash = rows[altered.seq - 2].hash;
  database.transaction(() => {
    for (const row of rows.slice(altered.seq - 1)) {
      const { body } = row.seq === altered.seq ? altered : row;
      // The format of the chain, stated here once more.
      hash = consistently ? sha256(`assay/journal-entry/v1\n${hash}\n${body}`) : row.hash;
      update.run(body, hash, row.seq);
    }
  })();
  database.pragma("journal_mode = DELETE");
  database.close();
  if (consistently) followHead(home, hash);
  return altered.seq;
}

function followHead(home: string, hash: string): void {
  const path = join(runFolder(home), "HEAD");
  const text = readFileSync(path, "utf8");
  const old = /"hash":"([0-9a-f]{64})"/.exec(text)?.[1] ?? "";
  const document = join(runFolder(home), "run.json");
  let head = text.replace(old, hash);
  if (existsSync(document)) {
    const before = readFileSync(document, "utf8");
    writeFileSync(document, before.replaceAll(old, hash));
    head = head.replace(sha256(before), sha256(before.replaceAll(old, hash)));
  }
  writeFileSync(path, head);
}

describe("one altered entry of the recorded prefix", () => {
  it("a body alone: refused at open by the chain, with its seq; nothing is rewritten", async () => {
    for (const home of [copyOf(unfinished), copyOf(finished)]) {
      const seq = alter(home, false);
      const before = rowsOf(home);
      const { code, stderr } = await inProcess(home, ...run);
      expect(code).toBe(6);
      expect(stderr).toContain(`entry ${seq}: its hash does not follow`);
      expect(rowsOf(home)).toEqual(before);
      expect(readdirSync(join(home, "runs"))).toHaveLength(1);
    }
  });

  it("with all later hashes, unfinished: invariant 20 with its seq, exit 5, every time", async () => {
    const home = copyOf(unfinished);
    const seq = alter(home, true);
    const before = rowsOf(home);
    for (const start of ["next", "after"]) {
      const { code, stderr } = await inProcess(home, ...run);
      expect(code, start).toBe(5);
      expect(stderr).toMatch(
        new RegExp(`invariant 20: journal entry ${seq} differs \\(fill\\): recorded .*recomputed`),
      );
      expect(rowsOf(home)).toEqual(before);
    }
  });

  it("with all later hashes, finished: it verifies, a rerun says invariant 20, both are kept", async () => {
    const home = copyOf(finished);
    const seq = alter(home, true);
    const before = rowsOf(home);
    expect((await inProcess(home, "verify")).code).toBe(0);
    const { code, stderr } = await inProcess(home, ...run);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      new RegExp(`invariant 20: .*HEAD.*journal\\.sqlite.*first in journal entry ${seq}; both are`),
    );
    expect(rowsOf(home)).toEqual(before);
    expect(readdirSync(join(home, "runs")).filter((name) => name.endsWith(".differs"))).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}\.differs$/),
    ]);
  });
});

const halve = (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2));

/** What was planted, the exit code, and what the line has to say. */
const PLANTED: readonly [string, (folder: string) => void, number, RegExp][] = [
  ["HEAD missing", (f) => rmSync(join(f, "HEAD")), 6, /HEAD is missing; .*move the folder away/],
  [
    "HEAD empty",
    (f) => writeFileSync(join(f, "HEAD"), ""),
    6,
    /HEAD was changed: .*HEAD holds "",/,
  ],
  [
    "HEAD garbage",
    (f) => writeFileSync(join(f, "HEAD"), "hello\n"),
    6,
    /HEAD was changed: .*holds "hello\\n", .*restore it from a copy/,
  ],
  [
    "an emptied journal",
    (f) => writeFileSync(join(f, "journal.sqlite"), ""),
    6,
    /journal\.sqlite is not a journal: it is empty, .*restore its folder/,
  ],
  [
    "half a journal",
    (f) => halve(join(f, "journal.sqlite")),
    6,
    /journal\.sqlite is damaged: .*restore its folder/,
  ],
  [
    "a lost journal",
    (f) => rmSync(join(f, "journal.sqlite")),
    4,
    /journal\.sqlite does not exist: .*restore its folder/,
  ],
  [
    "a changed run.json",
    (f) => writeFileSync(join(f, "run.json"), "{}"),
    5,
    /invariant 20: .*other bytes in run\.json; both are kept/,
  ],
  [
    "a changed artifact",
    (f) => writeFileSync(join(f, "artifacts/equity.csv"), ""),
    5,
    /invariant 20: .*other bytes in artifacts\/equity\.csv; both are kept/,
  ],
];

describe("a finished run with", () => {
  it.each(PLANTED)("%s stops in one clear line", async (_name, plant, code, message) => {
    const home = copyOf(finished);
    plant(runFolder(home));
    const ended = await inProcess(home, "run", mandate);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr.split("\n")[0]).toMatch(message);
    expect(ended.stderr).not.toMatch(/mistake in Assay|at .*\.ts:\d/);
    const verified = await inProcess(home, "verify", runFolder(home));
    expect(verified.stdout + verified.stderr).not.toMatch(/undefined|null/);
  });

  it("missing documents and artifacts gets them back, byte for byte, and says so", async () => {
    const home = copyOf(finished);
    const lost = ["artifacts/fills.csv", "report.html", "run.json"];
    for (const name of lost) rmSync(join(runFolder(home), name));
    const { findings } = runJson(await inProcess(home, ...run));
    expect(findings).toEqual([
      `${lost.join(", ")} were missing; they were written anew, byte for byte what was recorded`,
      "already recorded, identical",
    ]);
    expect((await inProcess(home, "verify")).code).toBe(0);
  });

  it("leftovers around it starts all the same, and names each", async () => {
    const home = copyOf(finished);
    const [id] = readdirSync(join(home, "runs"));
    // No process has this id: the kernel's largest is 4194304.
    mkdirSync(join(home, "packs/.writing-4194305-0-x"));
    writeFileSync(join(home, "packs/catalog.jsonl"), '{"pack_id":"', { flag: "a" });
    cpSync(runFolder(unfinished), join(home, "runs", `${id}.rerun`), { recursive: true });
    const { findings } = runJson(await inProcess(home, ...run));
    expect(findings).toEqual([
      "removed packs/.writing-4194305-0-x: process 4194305 ended before the pack was whole",
      "packs/catalog.jsonl ends in 12 bytes of an interrupted row; they are ignored",
      `runs/${id}.rerun was left by a rerun that was killed; it was removed, the recorded run is untouched`,
      "already recorded, identical",
    ]);
    expect(readdirSync(join(home, "runs"))).toEqual([id]);
  });
});
