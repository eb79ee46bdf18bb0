/** `assay pack build` and `assay pack list`. */
import type { Json } from "../../base/canonical-json.ts";
import { formatInstant } from "../../base/instant.ts";
import type { Progress } from "../../domain/progress.ts";
import { findingLine } from "../../market/quality/findings.ts";
import { type LoadedMandate, openPacks, packFor } from "./compose.ts";
import { count } from "./numbers.ts";
import type { Paint } from "./terminal.ts";

type Result = { readonly document: Json; readonly lines: readonly string[] };

export async function buildPackResult(options: {
  readonly loaded: LoadedMandate;
  readonly progress: Progress;
  readonly nowMs: number;
  readonly paint: Paint;
}): Promise<Result> {
  const { pack, quality, created, supersedes, findings } = await packFor(options);
  const document = {
    pack_id: pack.id,
    kind: pack.kind,
    created,
    supersedes,
    instruments: pack.series.map((s) => ({ id: s.instrument.id, bars: s.timesMs.length })),
    actions: pack.actions.length,
    quality: quality as unknown as Json,
    findings,
  };
  const bars = pack.series.reduce((sum, s) => sum + s.timesMs.length, 0);
  const lines = [
    `pack         ${pack.id}${created ? "" : "  (was there already)"}`,
    `kind         ${pack.kind === "REAL" ? pack.kind : options.paint.yellow(pack.kind)}`,
    `instruments  ${count(pack.series.length)}, ${count(bars)} bars, ${count(pack.actions.length)} corporate actions`,
    ...(supersedes === null ? [] : [`supersedes   ${supersedes}`]),
    ...quality.findings.map((finding) => `${finding.severity.padEnd(11)}  ${findingLine(finding)}`),
    ...findings.map((finding) => `found        ${finding}`),
  ];
  return { document, lines };
}

export async function listPacksResult(home: string): Promise<Result> {
  const store = await openPacks(home);
  const rows = await store.catalog();
  const document = rows.map((row) => ({ ...row, known_from: formatInstant(row.known_from_ms) }));
  const lines = document.map(
    (row) =>
      `${row.pack_id}  known from ${row.known_from}${row.supersedes === null ? "" : `  supersedes ${row.supersedes.slice(0, 12)}`}`,
  );
  return {
    document: { home, packs: document, findings: store.findings },
    lines:
      lines.length === 0
        ? [`no packs in ${home}; build one with: assay pack build MANDATE`]
        : lines,
  };
}
