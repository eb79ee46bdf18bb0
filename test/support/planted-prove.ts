/**
 * A program: `assay prove` on source with faults planted in it. Arguments: the plants as JSON (path
 * under src, what was there exactly once, what becomes of it) and the command line. A place that is
 * not there exactly once is an error.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export type ProvePlant = readonly [file: string, was: string, becomes: string];

const SRC = resolve(import.meta.dirname, "../../src");
const [, , plants, ...argv] = process.argv;

const sources = new Map<string, string>();
for (const [file, was, becomes] of JSON.parse(plants) as readonly ProvePlant[]) {
  const url = pathToFileURL(join(SRC, file)).href;
  const parts = (sources.get(url) ?? readFileSync(join(SRC, file), "utf8")).split(was);
  if (parts.length !== 2) throw new Error(`src/${file} has it ${parts.length - 1} times: ${was}`);
  sources.set(url, parts.join(becomes));
}

registerHooks({
  load(url, context, next) {
    const source = sources.get(url);
    if (source === undefined) return next(url, context);
    return { format: "module-typescript", source, shortCircuit: true };
  },
});

const { runCommandLine } = await import("../../src/apps/cli/command-line.ts");
process.exitCode = await runCommandLine(argv, {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
});
