/** Executes a recorded run again, from its own pack, and says where the bytes differ. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { Progress } from "../../domain/progress.ts";
import { type Flag, loadMandate } from "./compose.ts";
import { openRunFolders, type RunFolder } from "./compose-records.ts";
import { onlyPresentation, prepareJob, recordIn } from "./run-command.ts";

export type ReplayRequest = {
  readonly home: string;
  readonly run: RunFolder;
  /** What the person typed to find the run. */
  readonly target: string | null;
  readonly mandate: string | null;
  readonly flags: readonly Flag[];
  readonly environment: NodeJS.ProcessEnv;
  readonly progress: Progress;
};

export type Replay = {
  readonly summary: string;
  /** What differs without being a fault: the code. */
  readonly notes: readonly string[];
  readonly findings: readonly string[];
};

export async function replayRun(request: ReplayRequest): Promise<Replay> {
  const { run, home } = request;
  const recorded = run.document;
  if (recorded === null)
    throw new Fault("verify", `${run.name} is ${run.state}: only a finished run can be replayed`);
  const loaded = loadMandate(mandatePath(request), request.flags, request.environment);
  if (loaded.resolved.hash !== recorded.mandate_hash) {
    throw new Fault(
      "verify",
      `the mandate is not the recorded one: its hash is ${loaded.resolved.hash}, the run's ${recorded.mandate_hash}; give the same file and the same --set with --mandate`,
    );
  }
  const { job } = await prepareJob({
    loaded: { ...loaded, home },
    progress: request.progress,
    nowMs: Date.now(),
    packId: recorded.pack.id,
  });
  const folders = openRunFolders(home);
  const aside = folders.createAside(run.name);
  const { document } = await recordIn(aside, job);
  const sameCode = job.identity.codeHash === recorded.code_hash;
  const sameRuntime = job.identity.runtime === recorded.runtime;
  // Under other code the documents say so themselves; journal and data files must still be equal.
  const own = sameCode && sameRuntime ? ["HEAD", "report.html", "run.json"] : [];
  const differing = folders.compareAside(run.name);
  const data = onlyPresentation(differing, document, recorded)
    ? []
    : differing.filter(
        (name) => own.includes(name) || name.startsWith("artifacts") || name === "journal.sqlite",
      );
  folders.removeAside(run.name);
  const notes = [
    ...(sameCode
      ? []
      : [`code differs: recorded ${recorded.code_hash}, now ${job.identity.codeHash}`]),
    ...(sameRuntime
      ? []
      : [`runtime differs: recorded ${recorded.runtime}, now ${job.identity.runtime}`]),
  ];
  const summary = `executed again: ${data.length === 0 ? "identical" : "different"}${notes.length === 0 ? "" : `; ${notes.join("; ")}`}`;
  return {
    summary,
    notes,
    findings: data.map((name) => `${name} differs when the run is executed again`),
  };
}

/** --mandate, the path that was given to find the run, or the mandate beside the .assay folder. */
function mandatePath({ mandate, target, home }: ReplayRequest): string {
  if (mandate !== null) return mandate;
  if (target !== null && existsSync(target) && !existsSync(join(target, "HEAD"))) return target;
  const beside = join(dirname(home), "mandate.yaml");
  if (existsSync(beside)) return beside;
  throw new Fault(
    "usage",
    `--replay needs the mandate: there is none at ${beside}; give it with --mandate PATH`,
  );
}
