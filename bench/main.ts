/**
 * `npm run bench`: what the project claims of its speed, measured on this machine. Each suite runs
 * in a process of its own, so that none is slowed by what the compiler learnt from another, and one
 * after the other. All of them together write bench/RESULTS.md; `--only NAME` runs and prints one.
 * Timings decide no test.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Figure } from "./figure.ts";
import { comparePeers } from "./peers/peers.ts";
import { figureLine, type Machine, resultsPage } from "./results.ts";

const SUITES: { readonly [name: string]: () => Promise<readonly Figure[]> } = {
  kernel: async () => (await import("./kernel.ts")).kernelFigures(),
  sweep: async () => (await import("./sweep.ts")).sweepFigures(),
  whole: async () => (await import("./whole.ts")).wholeFigures(),
  journal: async () => (await import("./journal.ts")).journalFigures(),
  trading: async () => (await import("./trading.ts")).tradingFigures(),
};
const PEERS = "peers";
const NAMES = [...Object.keys(SUITES), PEERS];

const { values } = parseArgs({
  options: { only: { type: "string" }, json: { type: "boolean", default: false } },
});
if (values.only !== undefined && !NAMES.includes(values.only)) {
  process.stderr.write(`bench: no suite ${values.only}; the suites are ${NAMES.join(", ")}\n`);
  process.exitCode = 64;
} else if (values.json && values.only !== undefined && values.only !== PEERS) {
  process.stdout.write(JSON.stringify(await SUITES[values.only]()));
} else {
  await measure(values.only);
}

async function measure(only: string | undefined): Promise<void> {
  const machine = thisMachine();
  say(`${machine.runtime}, ${machine.processors}`);
  const figures: Figure[] = [];
  for (const name of Object.keys(SUITES)) {
    if (only !== undefined && only !== name) continue;
    const measured = inOwnProcess(name);
    for (const figure of measured) say(figureLine(figure));
    figures.push(...measured);
  }
  const peers = only === undefined || only === PEERS ? await comparePeers(say) : [];
  if (only !== undefined) return;
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), resultsPage(machine, figures, peers));
  say("wrote bench/RESULTS.md");
}

function inOwnProcess(name: string): readonly Figure[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, import.meta.filename, "--only", name, "--json"],
    { encoding: "utf8", maxBuffer: 1e8 },
  );
  if (status !== 0) throw new Error(`the suite ${name} failed: ${stderr}`);
  return JSON.parse(stdout) as readonly Figure[];
}

function thisMachine(): Machine {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    runtime: `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
    processors: `${cpus().length} x ${cpu?.model ?? "unknown processor"}, ${memory} GiB`,
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
