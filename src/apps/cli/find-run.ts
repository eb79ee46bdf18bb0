/**
 * Which run a person means: a run id or its beginning, the path of a run's folder, or the path of
 * a mandate (its newest run: a home may hold those of other mandates too, which have other names).
 * Without any, the newest run of the .assay folder here.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "../../domain/fault.ts";
import { parseMandateText } from "../../mandate/yaml-tree.ts";
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
  const folders = openRunFolders(home);
  const newest = folders.find(isPath ? null : target);
  const name = isPath ? nameOf(target, query.environment) : null;
  if (name === null || isOf(newest, name)) return { home, run: newest };
  const own = folders.list().find((run) => isOf(run, name) && !run.name.includes(".differs"));
  if (own !== undefined) return { home, run: own };
  throw new Fault(
    "usage",
    `no run in ${folders.root} has the name of ${target}, ${name}: the newest there is ${newest.name} of ${newest.document?.name}; run the mandate, or give a run's id`,
  );
}

/** A run that did not end has no name to tell it by, and is not passed over. */
function isOf({ document }: RunFolder, name: string): boolean {
  return document === null || document.name === name;
}

/** The name that the mandate gives its runs; null where the path is of no mandate that reads. */
function nameOf(path: string, environment: NodeJS.ProcessEnv): string | null {
  if (environment["ASSAY__NAME"] !== undefined) return environment["ASSAY__NAME"];
  const file = statSync(path).isFile() ? path : join(path, "mandate.yaml");
  if (!existsSync(file)) return null;
  const { root } = parseMandateText(readFileSync(file, "utf8"), basename(file));
  const node = root?.entries.get("name");
  return node?.kind === "leaf" && typeof node.value === "string" ? node.value : null;
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
