/**
 * Many seeds, one after another: `node test/simulation/simulate.ts --seeds N --from S`. Exits with 1 when
 * a checker found something, with 2 on a word it does not know. On a terminal it shows how far it is;
 * into a pipe it writes what it found and one line at the end. `--seed X --trace` tells the whole story
 * of one seed: each moment, what was journalled, what was asked of the venue. `--plant NAME` runs with a bug
 * put into one of the day's doors, to see that it is found.
 */
import { failureLines, judgeSeed } from "./judge-seed.ts";
import { askedFor } from "./simulate-options.ts";

const MOST_FAILURES_SHOWN = 20;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = askedFor(args, say);
  if (!asked.ok) {
    process.stderr.write(`simulate: ${asked.error}\n`);
    return 2;
  }
  const { from, seeds, options } = asked.value;
  const begun = performance.now();
  let failed = 0;
  for (let n = 0; n < seeds; n++) {
    const seed = from + n;
    const judged = await judgeSeed(seed, options);
    if (judged.violations.length > 0 && ++failed <= MOST_FAILURES_SHOWN) {
      clearLine();
      for (const line of failureLines(judged)) say(line);
    }
    if (n % 50 === 49) showProgress(n + 1, seeds, failed, begun);
  }
  clearLine();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage();
  const ofProcessor = (seeds * 1e6) / (user + system);
  const rate = `${(seeds / seconds).toFixed(0)} seeds/s, ${ofProcessor.toFixed(0)} of processor time`;
  say(`${seeds} seeds from ${from}: ${failed} with violations (${rate})`);
  return failed === 0 ? 0 : 1;
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
