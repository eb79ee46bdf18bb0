/**
 * `assay run examples/simulated` as a person meets it: fresh processes, each with an empty home, so
 * that the pack is built and stored as well. Two figures: the walk of the sessions through all
 * stages into the durable journal, and the whole process with checks, artifacts and report.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Figure } from "./figure.ts";

const ROUNDS = 9;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WALK = fileURLToPath(new URL("whole-walk.ts", import.meta.url));
/** As the launcher starts it. */
const MEMORY = ["--min-semi-space-size=16", "--max-semi-space-size=32"];

export async function wholeFigures(): Promise<readonly Figure[]> {
  // The first start of a checkout fills the compile cache: it is not counted.
  wholeMs();
  const whole: number[] = [];
  const walk: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    whole.push(wholeMs());
    walk.push(walkMs());
  }
  return [
    {
      work: "examples/simulated, pipeline",
      unit: "ms",
      values: walk,
      better: "lower",
      needed: 600,
      note: "27 sleeves over 5,204 sessions through all stages, every entry into the durable journal; one walk in each of nine fresh processes, nothing warmed up",
    },
    {
      work: "examples/simulated, whole process",
      unit: "ms",
      values: whole,
      better: "lower",
      needed: 2000,
      note: "./assay run with an empty home, from the shell to its exit: market simulated, pack stored, run, checks, artifacts written and read back, report; nine fresh processes",
    },
  ];
}

function wholeMs(): number {
  return withHome((home) => {
    const started = performance.now();
    const { status, stderr } = spawnSync(join(ROOT, "assay"), ["run", "examples/simulated"], {
      cwd: ROOT,
      env: { ...process.env, ASSAY_HOME: home },
      encoding: "utf8",
    });
    const ms = performance.now() - started;
    if (status !== 0) throw new Error(`assay run ended with ${status}: ${stderr}`);
    return ms;
  });
}

function walkMs(): number {
  return withHome((home) => {
    const output = execFileSync(process.execPath, [...MEMORY, WALK], {
      cwd: ROOT,
      env: { ...process.env, ASSAY_HOME: home },
      encoding: "utf8",
    });
    return Number(output);
  });
}

function withHome(work: (home: string) => number): number {
  const home = mkdtempSync(join(tmpdir(), "assay-whole-"));
  try {
    return work(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}
