/**
 * Which two runs a person means by `assay compare`. A target is a run's folder, a run's id or its
 * beginning, or a mandate: its run is taken as recorded, or run first. With --without the mandate
 * is the first, and the same mandate with one stage switched off the second, on the same pack.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { Progress } from "../../domain/progress.ts";
import { type Flag, type LoadedMandate, loadMandate } from "./compose.ts";
import { openRunFolders } from "./compose-records.ts";
import { findHome, findRun } from "./find-run.ts";
import { type Recorded, recordedRun } from "./recorded-run.ts";
import { prepareJob, recordIn } from "./run-command.ts";
import { withoutStage } from "./without-stage.ts";

export type CompareRequest = {
  readonly a: string;
  readonly b: string | null;
  readonly without: string | null;
  readonly home: string | null;
  readonly flags: readonly Flag[];
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly nowMs: () => number;
};

export type Side = Recorded & {
  /** It was run for this comparison; false: found as recorded. */
  readonly isNew: boolean;
};

export type Pair = {
  readonly a: Side;
  readonly b: Side;
  /** The keys that --without set, as KEY=VALUE. */
  readonly overrides: readonly string[];
};

export async function findPair(request: CompareRequest): Promise<Pair> {
  const { a, b, without, flags } = request;
  if ((b === null) === (without === null)) {
    const given = b === null ? "one run" : "two runs and a stage";
    throw new Fault(
      "usage",
      `${given} to compare: give two runs (assay compare A B), or a mandate and a stage (assay compare MANDATE --without STAGE)`,
    );
  }
  const kinds = b === null ? [kindOf(a)] : [kindOf(a), kindOf(b)];
  if (flags.length > 0 && !kinds.includes("mandate")) {
    throw new Fault(
      "usage",
      `--set ${flags[0].key}: what is recorded cannot be changed; --set is for mandates, and ${a}${b === null ? "" : ` and ${b}`} name runs`,
    );
  }
  if (without !== null) return unpluggedPair(request, without);
  const other = b as string;
  return {
    a: await sideOf(request, a, other),
    b: await sideOf(request, other, a),
    overrides: [],
  };
}

function kindOf(target: string): "run" | "mandate" {
  return existsSync(target) && !existsSync(join(target, "HEAD")) ? "mandate" : "run";
}

async function sideOf(request: CompareRequest, target: string, beside: string): Promise<Side> {
  const { home, environment, flags } = request;
  if (kindOf(target) === "mandate") {
    const { side } = await runOf(request, atHome(loadMandate(target, flags, environment), home));
    return side;
  }
  // An id is sought where the other one lies, when that is a path.
  const near = home ?? (existsSync(target) ? null : homeNear(request, beside));
  const found = findRun({ target, home: near, environment });
  return { ...recordedRun(found.home, found.run), isNew: false };
}

function homeNear({ environment }: CompareRequest, beside: string): string | null {
  if (!existsSync(beside)) return null;
  return existsSync(join(beside, "HEAD"))
    ? findRun({ target: beside, home: null, environment }).home
    : findHome({ target: beside, home: null, environment });
}

async function unpluggedPair(request: CompareRequest, stage: string): Promise<Pair> {
  const { a: path, home, flags, environment } = request;
  if (kindOf(path) === "run") {
    throw new Fault(
      "usage",
      `--without ${stage}: ${path} is not the path of a mandate, and a recorded run cannot be run without a stage; give its mandate`,
    );
  }
  const whole = atHome(loadMandate(path, flags, environment), home);
  const { loaded, overrides } = withoutStage(path, stage, { whole, flags, environment });
  const a = await runOf(request, whole);
  const b = await runOf(request, loaded, a.packId);
  return { a: a.side, b: b.side, overrides };
}

function atHome(loaded: LoadedMandate, home: string | null): LoadedMandate {
  return home === null ? loaded : { ...loaded, home };
}

/** The mandate's run as recorded, else run now. */
async function runOf(
  { progress, nowMs }: CompareRequest,
  loaded: LoadedMandate,
  packId?: string,
): Promise<{ readonly side: Side; readonly packId: string }> {
  const { job, found } = await prepareJob({
    loaded,
    progress,
    nowMs: nowMs(),
    ...(packId === undefined ? {} : { packId }),
  });
  const folders = openRunFolders(loaded.home);
  const isNew = !folders.isFinished(job.id);
  if (isNew) await recordIn(folders.folderOf(job.id), job);
  const recorded = recordedRun(loaded.home, folders.find(job.id));
  return { side: { ...recorded, isNew }, packId: found.pack.id };
}
