/** `assay runs`: what is recorded under one home, newest first. */
import type { Json } from "../../base/canonical-json.ts";
import { openRunFolders, type RunFolder } from "./compose-records.ts";
import { percent, ratio } from "./numbers.ts";
import type { Paint } from "./terminal.ts";

export function listRunsResult(home: string, paint: Paint): { document: Json; lines: string[] } {
  const runs = openRunFolders(home).list();
  const document = {
    home,
    runs: runs.map(({ name, folder, state, failure, document: run }) => ({
      run_id: name,
      state,
      status: run?.status ?? (state === "failed" ? "ERROR" : null),
      failure: failure ?? run?.failure?.message ?? null,
      name: run?.name ?? null,
      pack_id: run?.pack.id ?? null,
      mandate_hash: run?.mandate_hash ?? null,
      journal_head: run?.journal?.head ?? null,
      total_return: run?.metrics?.total_return ?? null,
      sharpe: run?.metrics?.sharpe ?? null,
      folder,
    })),
  };
  if (runs.length === 0) {
    return { document, lines: [`no runs in ${home}; start one with: assay run MANDATE`] };
  }
  const header = ["run", "name", "status", "return", "Sharpe", "window"];
  const rows = runs.map(cells);
  const widths = header.map((title, c) =>
    Math.max(title.length, ...rows.map((row) => row[c].length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]))
      .join("  ")
      .trimEnd();
  const listed = rows.flatMap((row, n) => {
    const { failure } = runs[n];
    return failure === null ? [line(row)] : [line(row), `  ${paint.red("failed")}  ${failure}`];
  });
  return { document, lines: [paint.dim(line(header)), ...listed] };
}

function cells({ name, state, document }: RunFolder): string[] {
  if (document === null || state !== "finished") {
    return [name, document?.name ?? "-", document?.status ?? state, "-", "-", "-"];
  }
  const { metrics, window } = document;
  return [
    name,
    document.name,
    document.status,
    percent(metrics.total_return),
    ratio(metrics.sharpe),
    `${window.evaluation.from} to ${window.evaluation.to}`,
  ];
}
