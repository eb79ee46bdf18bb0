/**
 * `assay doctor RUN`: every lint again, from the run's files, and whether each says what the run
 * recorded. Where the mandate is not at hand, or is another one, what only it can say stays as
 * recorded and is named so. Refuses runs that broke off, are unfinished or cannot be read.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { LintResult } from "../../domain/lint-result.ts";
import type { Progress } from "../../domain/progress.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { mandateEvidence } from "../../engine/doctor/run-evidence.ts";
import { diagnose } from "../../research/doctor/diagnose.ts";
import type { MandateEvidence } from "../../research/doctor/evidence.ts";
import { type Flag, loadMandate } from "./compose.ts";
import type { RunFolder } from "./compose-records.ts";
import { recordedEvidence } from "./doctor-evidence.ts";
import { lintLines } from "./doctor-lines.ts";
import { findRun, type RunQuery } from "./find-run.ts";
import type { Recorded } from "./recorded-run.ts";
import { prepareJob } from "./run-command.ts";
import type { Paint } from "./terminal.ts";

export type DoctorRequest = RunQuery & {
  /** Path of the run's mandate; null: the one beside the .assay folder, if it is there. */
  readonly mandate: string | null;
  readonly flags: readonly Flag[];
  readonly progress: Progress;
  readonly nowMs: number;
};

/** What only the mandate and its strategies can say; see MandateEvidence. */
const OF_THE_MANDATE: readonly string[] = [
  "warm_up_dependence",
  "too_many_parameters",
  "volatility_off_target",
  "margin_breach",
];

export async function doctorResult(
  request: DoctorRequest,
  paint: Paint,
): Promise<{ document: Json; lines: string[]; holds: boolean }> {
  const { home, run } = findRun(request);
  const recorded = requireReadable(home, run);
  const mandate = await mandateOf(request, recorded);
  const evidence = await recordedEvidence(recorded, mandate.evidence);
  const before = recorded.document.doctor;
  const { results, asRecorded } = takeRecorded(diagnose(evidence), before, mandate.evidence);
  const differing = differencesOf(results, before);
  const kept =
    asRecorded.length === 0 ? "" : `; as the run recorded them: ${asRecorded.join(", ")}`;
  const notes = mandate.reason === "" ? [] : [`${mandate.reason}${kept}`];
  const holds = differing.length === 0;
  const found = results.filter(({ result }) => result === "found").length;
  return {
    holds,
    document: {
      run_id: recorded.document.run_id,
      holds,
      findings: found,
      doctor: results as unknown as Json,
      as_recorded: asRecorded,
      notes,
      differing,
    },
    lines: [
      `${recorded.document.run_id}  ${found === 1 ? "1 finding" : `${found} findings`} of ${results.length} lints, ${holds ? paint.green("as recorded") : paint.red("not as recorded")}`,
      ...lintLines(results, paint),
      ...notes.map((note) => `  note  ${note}`),
      ...differing.map((text) => `  ${paint.red("differs")}  ${text}`),
    ],
  };
}

function requireReadable(
  home: string,
  { name, folder, state, failure, document }: RunFolder,
): Recorded {
  if (state === "failed") {
    throw new Fault(
      "run",
      `run ${name} broke off and left nothing to look at: ${failure ?? "no reason was kept"}`,
    );
  }
  if (state === "unfinished") {
    throw new Fault(
      "data",
      `run ${name} is not finished: it was stopped, or is at work; run its mandate again`,
    );
  }
  if (document === null) {
    throw new Fault(
      "verify",
      `run ${name} cannot be read; assay verify ${name} says what was changed`,
    );
  }
  if (!Array.isArray(document.doctor as unknown)) {
    throw new Fault(
      "data",
      `run ${name} was recorded by code that had no lints; run its mandate again`,
    );
  }
  return { home, folder, document };
}

type FromMandate = { readonly evidence: MandateEvidence | null; readonly reason: string };

/** Its strategies are asked on the recorded pack, as the run did. */
async function mandateOf(
  request: DoctorRequest,
  { home, document }: Recorded,
): Promise<FromMandate> {
  const path = mandatePath(request, home);
  if (path === null) {
    return { evidence: null, reason: "no mandate beside the record, give it with --mandate" };
  }
  const loaded = loadMandate(path, request.flags, request.environment);
  if (loaded.resolved.hash !== document.mandate_hash) {
    const reason = `${path} is not the run's mandate (its hash is ${loaded.resolved.hash.slice(0, 16)}, the run's ${document.mandate_hash.slice(0, 16)})`;
    if (request.mandate === null) return { evidence: null, reason };
    throw new Fault("verify", `${reason}; give the same file and the same --set`);
  }
  const { progress, nowMs } = request;
  const { job } = await prepareJob({
    loaded: { ...loaded, home },
    progress,
    nowMs,
    packId: document.pack.id,
  });
  if (job.identity.codeHash !== document.code_hash) {
    const reason = "the code is not the run's: its strategies may answer otherwise";
    return { evidence: null, reason };
  }
  return { evidence: mandateEvidence(job.prepared, document.failure !== null), reason: "" };
}

/** --mandate, the path that was given to find the run, or the mandate beside the .assay folder. */
function mandatePath({ mandate, target }: DoctorRequest, home: string): string | null {
  if (mandate !== null) return mandate;
  if (target !== null && existsSync(target) && !existsSync(join(target, "HEAD"))) return target;
  const beside = join(dirname(home), "mandate.yaml");
  return existsSync(beside) ? beside : null;
}

type Taken = { readonly results: readonly LintResult[]; readonly asRecorded: readonly string[] };

/** Without the mandate its lints stay what the run said of them, in their places. */
function takeRecorded(
  again: readonly LintResult[],
  before: RunDocument["doctor"],
  mandate: MandateEvidence | null,
): Taken {
  if (mandate !== null) return { results: again, asRecorded: [] };
  const byName = new Map(again.map((each) => [each.lint, each]));
  const asRecorded: string[] = [];
  const results = before.map((recorded) => {
    const now = byName.get(recorded.lint);
    // What the run could not evaluate either it says for a reason of its own.
    const isUnknown = now?.result === "not_evaluated" && textOf(now) !== textOf(recorded);
    if (!isUnknown || !OF_THE_MANDATE.includes(recorded.lint)) return now ?? recorded;
    asRecorded.push(recorded.lint);
    return recorded;
  });
  return { results, asRecorded };
}

function differencesOf(
  results: readonly LintResult[],
  before: RunDocument["doctor"],
): readonly string[] {
  const recorded = new Map(before.map((each) => [each.lint, each]));
  const differing = results.flatMap((now) => {
    const then = recorded.get(now.lint);
    if (then !== undefined && textOf(then) === textOf(now)) return [];
    const said = then === undefined ? "nothing" : `${then.result}: ${then.evidence}`;
    return [`${now.lint}: the run recorded ${said}; its files say ${now.result}: ${now.evidence}`];
  });
  const lost = before.filter(({ lint }) => results.every((each) => each.lint !== lint));
  return [
    ...differing,
    ...lost.map(({ lint }) => `${lint}: the run recorded it, and this code has no such lint`),
  ];
}

function textOf(result: LintResult): string {
  return canonicalJson(result as unknown as Json);
}
