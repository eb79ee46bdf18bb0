/**
 * `assay verify`: recomputes every link and hash of a run. Whether the numbers in run.json follow
 * from them is what --replay shows: it executes the mandate again on the recorded pack and compares
 * every file byte for byte.
 */
import type { Json } from "../../base/canonical-json.ts";
import { ARTIFACTS_FOLDER, verifyFolder } from "./compose-records.ts";
import { findRun, type RunQuery } from "./find-run.ts";
import { count } from "./numbers.ts";
import type { Output } from "./output.ts";
import { replayRun } from "./replay.ts";
import { progressBar } from "./terminal.ts";

export type VerifyOptions = RunQuery & {
  /** Path of the mandate to execute again; null: only recompute. */
  readonly replay: boolean;
  readonly mandate: string | null;
  readonly flags: readonly { readonly key: string; readonly value: string }[];
  readonly output: Output;
};

export async function verifyResult(
  options: VerifyOptions,
): Promise<{ document: Json; lines: string[]; holds: boolean }> {
  const { home, run } = findRun(options);
  const { checked, findings } = verifyFolder(run.folder);
  const replay =
    options.replay && findings.length === 0
      ? await replayRun({
          ...options,
          home,
          run,
          progress: progressBar(options.output.stderr, Date.now),
        })
      : null;
  const all = [...findings, ...(replay?.findings ?? [])];
  const holds = all.length === 0;
  const broken = new Set(findings.map(invariantOf));
  if (replay !== null && replay.findings.length > 0) broken.add(20);
  const { paint } = options.output;
  const lines = [
    `${holds ? paint.green("holds") : paint.red("does not hold")}  ${run.name}`,
    `  checked  ${count(checked.entries)} journal entries, ${count(checked.terminals)} terminal states, ${checked.artifacts} artifacts, ${checked.documents} documents`,
    ...(replay === null ? [] : [`  replay   ${replay.summary}`]),
    ...all.map((finding) => `  ${paint.red("finding")}  ${finding}`),
    ...(holds ? [] : [`  breaks   invariant ${[...broken].join(", ")}`]),
  ];
  const document = {
    run_id: run.name,
    holds,
    checked,
    replay: replay === null ? null : { summary: replay.summary, notes: replay.notes },
    findings: all,
    /** The numbers of what does not hold, as they are found. */
    invariants: [...broken],
  };
  return { document, lines, holds };
}

/** What a finding breaks: an artifact that is not the sealed one 21, the record itself 10. */
function invariantOf(finding: string): number {
  return finding.startsWith(ARTIFACTS_FOLDER) ? 21 : 10;
}
