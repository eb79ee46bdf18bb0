/** Which run an explanation is about, and what is known against its result. */
import type { Paint } from "../cli/terminal.ts";
import type { RunRecord } from "./record.ts";

export function runLines({ document }: RunRecord, paint: Paint): readonly string[] {
  const { run_id: id, status, failure, marks } = document;
  const about = `run ${id}  ${[status, ...marks].join("  ")}  its record holds`;
  return [
    paint.dim(about),
    ...(failure === null
      ? []
      : [
          paint.red(`the run's own checks failed, so its numbers do not count: ${failure.message}`),
        ]),
  ];
}

export function runDocument({ document }: RunRecord): {
  readonly run: {
    readonly run_id: string;
    readonly status: string;
    readonly failure: string | null;
    readonly journal_head: string;
  };
} {
  const { run_id, status, failure, journal } = document;
  return {
    run: { run_id, status, failure: failure?.message ?? null, journal_head: journal.head },
  };
}
