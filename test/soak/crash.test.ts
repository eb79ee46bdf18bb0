/**
 * Acceptance 3: a run of at least five seconds, killed at a hundred moments. Each chain starts in
 * an empty home: one kill at an even share of the whole process's time (in every fourth chain when
 * a file of the pack appears), one when a file of the later phases appears, one at a share of what is left to do, then a normal start to the end. The
 * end has the bytes of the undisturbed run, and says what it found.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  assay,
  fingerprint,
  freshFolder,
  headOf,
  killAfter,
  killWhen,
  mandateFolder,
  type Phase,
  phaseOf,
  type RunJson,
  runFolder,
  runJson,
  snapshot,
  start,
} from "../crash/workbench.ts";

const CHAINS = 36;
const KILLS = 100;
const AT_LEAST_MS = 5000;

type Undisturbed = {
  readonly run: readonly string[];
  readonly tookMs: number;
  readonly document: RunJson;
  readonly files: { readonly [file: string]: string };
};

/** Grows the mandate until this machine needs long enough for it. */
async function longRun(): Promise<Undisturbed> {
  for (let sessions = 800; ; sessions *= 2) {
    const run = ["run", mandateFolder({ instruments: 60, sessions }), "--json"];
    const home = freshFolder();
    const begun = performance.now();
    const document = runJson(await assay(home, ...run));
    const tookMs = performance.now() - begun;
    if (tookMs >= AT_LEAST_MS) return { run, tookMs, document, files: fingerprint(home) };
  }
}

/** Moments of the pack build, by the files that show them. */
const PACK_EVENTS = [".writing-", ".parquet", "provenance.json", "manifest.json", "catalog.lock"];

/** Moments around artifacts and sealing. */
const EVENTS: readonly string[] = [
  "journal.sqlite",
  "artifacts/.orders.csv.tmp",
  "artifacts/orders.csv",
  "artifacts/.fills.csv.tmp",
  "artifacts/fills.csv",
  "artifacts/.positions.csv.tmp",
  "artifacts/equity.csv",
  "artifacts/returns.csv",
  "artifacts/.signals.csv.tmp",
  "artifacts/signals.csv",
  "sealed",
  ".run.json.tmp",
  "run.json",
  ".report.html.tmp",
  "report.html",
  "finished",
  "journal.sqlite-journal",
  "closed",
];

let undisturbed: Undisturbed;

beforeAll(async () => {
  undisturbed = await longRun();
});

/** Has this process brought the folder there? What an earlier one left does not count. */
function watcher(home: string, event: string): () => boolean {
  const before = snapshot(home);
  const last = undisturbed.document.journal_entries;
  const was = headOf(home);
  const log = () => existsSync(join(runFolder(home), "journal.sqlite-wal"));
  let worked = false;
  return () => {
    const head = headOf(home);
    switch (event) {
      case "sealed":
        return head?.seq === last && was?.seq !== last;
      case "finished":
        return head?.isFinished === true && was?.isFinished !== true;
      case "closed":
        worked ||= head?.isFinished === true && log();
        return worked && !log();
      default: {
        const now = snapshot(home);
        return [...now].some(([name, stat]) => isAt(name, event) && before.get(name) !== stat);
      }
    }
  };
}

function isAt(name: string, event: string): boolean {
  return PACK_EVENTS.includes(event)
    ? name.startsWith("packs/") && name.includes(event)
    : name.startsWith("runs/") && name.endsWith(event);
}

const packLeft = (home: string) =>
  existsSync(join(home, "packs")) &&
  readdirSync(join(home, "packs")).some((name) => name.startsWith(".writing-"));

/** What the next start has to say, from what lies there before it. */
function expectedFindings(home: string): RegExp[] {
  const head = headOf(home);
  const found: RegExp[] = [];
  if (packLeft(home)) found.push(/^removed packs\/\.writing-/);
  if (head === null || head.seq === 0) return found;
  if (head.isFinished) return [...found, /^already recorded, identical$/];
  return [...found, /^(\d+ entr\w+ of an earlier start were found|the journal was \d+ entr)/];
}

async function finish(home: string): Promise<void> {
  const expected = expectedFindings(home);
  const document = runJson(await assay(home, ...undisturbed.run));
  for (const pattern of expected) {
    expect(document.findings).toContainEqual(expect.stringMatching(pattern));
  }
  expect(document.journal_head).toBe(undisturbed.document.journal_head);
  expect(fingerprint(home)).toEqual(undisturbed.files);
  const verified = await assay(home, "verify");
  expect(verified, verified.stdout).toMatchObject({ code: 0 });
  expect(readdirSync(join(home, "packs")).filter((name) => name.startsWith("."))).toEqual([]);
}

describe("SIGKILL at a hundred moments", () => {
  it("each chain of kills ends with the bytes of the undisturbed run", async () => {
    const { run, tookMs, document } = undisturbed;
    const table = new Map<Phase, number>();
    let kills = 0;
    let early = 0;
    const count = (home: string, before: ReturnType<typeof snapshot>, killed: boolean) => {
      if (!killed) early += 1;
      else {
        const phase = phaseOf(home, before, document.journal_entries);
        table.set(phase, (table.get(phase) ?? 0) + 1);
        kills += 1;
      }
    };
    for (let chain = 0; kills < KILLS; chain++) {
      const share = ((chain % CHAINS) + 0.5) / CHAINS;
      const home = freshFolder();
      let recorded = 0;
      const kill = async (end: (started: ReturnType<typeof start>) => Promise<boolean>) => {
        const before = snapshot(home);
        count(home, before, await end(start(home, run)));
        const seq = headOf(home)?.seq ?? 0;
        expect(seq, `chain ${chain} lost entries`).toBeGreaterThanOrEqual(recorded);
        recorded = seq;
      };
      const packEvent = PACK_EVENTS[Math.floor(chain / 4) % PACK_EVENTS.length];
      const isPackNow = watcher(home, packEvent);
      await kill((started) =>
        chain % 4 === 0 ? killWhen(started, isPackNow) : killAfter(started, tookMs * share),
      );
      const event = EVENTS[chain % EVENTS.length];
      const isNow = watcher(home, event);
      await kill((started) => killWhen(started, isNow));
      await kill((started) => killAfter(started, tookMs * (1 - share)));
      await finish(home);
      rmSync(home, { recursive: true });
    }
    const rows = [...table].map(([phase, n]) => `${phase.padEnd(12)} ${n}`);
    process.stdout.write(
      `${[`${kills} kills of a run of ${(tookMs / 1000).toFixed(1)} s, ${document.journal_entries} entries`, ...rows, `ended before  ${early}`].join("\n  ")}\n`,
    );
    for (const phase of ["pack build", "sessions", "comparing", "artifacts", "sealing"] as const) {
      expect(table.get(phase) ?? 0, phase).toBeGreaterThan(0);
    }
  });
});
