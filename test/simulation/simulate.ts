/**
 * Many seeds, one after another: `node test/simulation/simulate.ts --seeds N --from S`. Exits with 1 when
 * a checker found something, with 2 on a word it does not know. On a terminal it shows how far it is;
 * into a pipe it writes what it found and one line at the end. `--seed X --trace` tells the whole story
 * of one seed: each moment, what was journalled, what was asked of the venue.
 */
import { parseArgs } from "node:util";
import { failureLines, judgeSeed, REPLAY } from "./judge-seed.ts";

type Asked = { readonly from: number; readonly seeds: number; readonly trace: boolean };

const MOST_FAILURES_SHOWN = 20;
const DEFAULT_SEEDS = 500;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) return 2;
  const begun = performance.now();
  let failed = 0;
  for (let n = 0; n < asked.seeds; n++) {
    const seed = asked.from + n;
    const judged = await judgeSeed(seed, asked.trace ? { tell: say } : {});
    if (judged.violations.length > 0 && ++failed <= MOST_FAILURES_SHOWN) {
      clearLine();
      for (const line of failureLines(judged)) say(line);
    }
    if (n % 50 === 49) showProgress(n + 1, asked.seeds, failed, begun);
  }
  clearLine();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage();
  const ofProcessor = (asked.seeds * 1e6) / (user + system);
  const rate = `${(asked.seeds / seconds).toFixed(0)} seeds/s, ${ofProcessor.toFixed(0)} of processor time`;
  say(`${asked.seeds} seeds from ${asked.from}: ${failed} with violations (${rate})`);
  return failed === 0 ? 0 : 1;
}

function parse(args: readonly string[]): Asked | null {
  const options = {
    seeds: { type: "string" },
    from: { type: "string" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { seed, seeds, from, trace } = values;
    if (seed !== undefined && (seeds !== undefined || from !== undefined)) {
      throw new TypeError("--seed is one; --seeds and --from are many");
    }
    if (seed !== undefined) return { from: whole("--seed", seed), seeds: 1, trace };
    return {
      from: from === undefined ? 0 : whole("--from", from),
      seeds: seeds === undefined ? DEFAULT_SEEDS : whole("--seeds", seeds),
      trace,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const usage = `${REPLAY} [--seeds N] [--from S] | --seed X [--trace]`;
    process.stderr.write(`simulate: ${error.message}\nusage: ${usage}\n`);
    return null;
  }
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new TypeError(`${option} ${text} is not a whole number`);
}

function showProgress(done: number, seeds: number, failed: number, begun: number): void {
  if (!process.stderr.isTTY) return;
  const rate = (done * 1000) / (performance.now() - begun);
  const left = Math.ceil((seeds - done) / rate);
  const line = `${done} of ${seeds} seeds, ${failed} with violations, ${rate.toFixed(0)}/s, ${left} s left`;
  process.stderr.write(`\r${line}\u001b[K`);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
