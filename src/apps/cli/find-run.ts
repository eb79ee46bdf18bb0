/**
 * Which run a person means: a run id or its beginning, the path of a run's folder, or the path of
 * a mandate (its newest run). Without any, the newest run of the .assay folder here.
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "../../domain/fault.ts";
import { homeOf } from "./compose.ts";
import { openRunFolders, type RunFolder } from "./compose-records.ts";

export type RunQuery = {
  readonly target: string | null;
  /** --home, if given. */
  readonly home: string | null;
  readonly environment: NodeJS.ProcessEnv;
};

export type FoundRun = { readonly home: string; readonly run: RunFolder };

export function findRun(query: RunQuery): FoundRun {
  const { target } = query;
  if (target !== null && existsSync(join(target, "HEAD"))) {
    const folder = resolve(target);
    const home = dirname(dirname(folder));
    return { home, run: openRunFolders(home).find(basename(folder)) };
  }
  const isPath = target !== null && existsSync(target);
  const home = findHome({ ...query, target: isPath ? target : null });
  return { home, run: openRunFolders(home).find(isPath ? null : target) };
}

/** The .assay folder that --home, a mandate's path, ASSAY_HOME or the current folder says. */
export function findHome({ target, home, environment }: RunQuery): string {
  if (home !== null) return existing(home, "the .assay folder that --home names");
  if (target === null) return homeOf(resolve("."), environment);
  const place = existing(target, "the path of a mandate or of its folder");
  return homeOf(statSync(place).isFile() ? dirname(place) : place, environment);
}

function existing(path: string, what: string): string {
  if (existsSync(path)) return resolve(path);
  throw new Fault("usage", `${path} does not exist; expected ${what}`);
}
