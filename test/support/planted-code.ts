/**
 * A copy of this checkout's source with a fault planted in it, run as a program: what a careless
 * edit would do, seen by the run's own checks. A place that is not there exactly once is an error,
 * so that a plant which no longer plants cannot pass for a fault that was caught.
 */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, type Finished, ROOT } from "./example-runs.ts";

export type Plant = {
  /** Path under src. */
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
};

export const planted = (file: string, was: string, becomes: string): Plant => ({
  file,
  was,
  becomes,
});

/** Makes the copy; returns how to call its command line. */
export function plantedAssay(
  folder: string,
  plants: readonly Plant[],
): (args: readonly string[], home: string) => Promise<Finished> {
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, "src"), join(folder, "src"), { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    cpSync(join(ROOT, name), join(folder, name));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const { file, was, becomes } of plants) {
    const path = join(folder, "src", file);
    const parts = readFileSync(path, "utf8").split(was);
    if (parts.length !== 2) {
      throw new Error(`src/${file} has the planted place ${parts.length - 1} times: ${was}`);
    }
    writeFileSync(path, parts.join(becomes));
  }
  const main = join(folder, "src/apps/cli/main.ts");
  // Beside the copies: the packages they all load are compiled once.
  const cache = join(dirname(folder), "compiled");
  return (args, home) =>
    command(process.execPath, [main, ...args], {
      ...process.env,
      ASSAY_HOME: home,
      NODE_COMPILE_CACHE: cache,
    });
}
