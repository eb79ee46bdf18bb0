/** A finished run for tests, written the way the engine does: journal, artifacts, seal, documents. */
import { join } from "node:path";
import { createArtifactStore } from "../../../src/adapters/storage/artifact-store.ts";
import type { VerifyRules } from "../../../src/adapters/storage/verify-run.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { TableData, WrittenArtifact } from "../../../src/domain/artifact.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { artifactFile, RUN_ARTIFACTS } from "../../../src/records/artifacts/registry.ts";
import { DAY, openFresh, payloadNumber, RULES } from "./journal-fixture.ts";

export const VERIFY_RULES: VerifyRules = { ...RULES, artifactFile };

export type RunContent = {
  readonly entries?: number;
  readonly nav?: number;
  readonly batch?: number;
};

/** The id is the folder's name up to the first dot. */
export async function writeRun(
  folder: string,
  runId: string,
  content: RunContent = {},
): Promise<void> {
  const { entries = 12, nav = 1000, batch = 5 } = content;
  const { store, writer } = openFresh(folder);
  const flush = async () => {
    const { rows, terminals } = writer.takeBatch();
    await store.append(rows, terminals);
  };
  for (let n = 1; n <= entries; n++) {
    writer.emit(DAY, payloadNumber(n));
    if (writer.buffered() >= batch) await flush();
  }
  const written = await writeArtifacts(folder, nav);
  writer.emit(DAY, {
    kind: "sealed",
    artifacts: written.map(({ name, sha256: hash, rows }) => ({ name, sha256: hash, rows })),
  });
  writer.finish();
  await flush();
  const documents = createArtifactStore(folder, sha256);
  const run = JSON.stringify({
    run_id: runId,
    status: "OK",
    mandate_hash: "m".repeat(64),
    pack: { id: "p".repeat(64) },
    seed: 7,
    mode: "backtest",
    journal: { entries: writer.head().seq, head: writer.head().hash },
    artifacts: written,
  });
  await store.recordDocuments({
    "run.json": await documents.write("run.json", Buffer.from(run)),
    "report.html": await documents.write("report.html", Buffer.from("<p>report</p>")),
  });
  await store.close();
}

async function writeArtifacts(folder: string, nav: number): Promise<WrittenArtifact[]> {
  const artifacts = createArtifactStore(join(folder, "artifacts"), sha256);
  const written: WrittenArtifact[] = [];
  for (const [declaration, data] of [
    [RUN_ARTIFACTS.equity, equity(nav)],
    [
      RUN_ARTIFACTS.returns,
      {
        rows: 2,
        columns: [
          [0, DAY_MS],
          [null, 0.01],
        ],
      },
    ],
  ] as const) {
    const hash = await artifacts.write(declaration.file, encodeCsv(declaration, data));
    written.push({ name: declaration.name, file: declaration.file, sha256: hash, rows: data.rows });
  }
  return written;
}

function equity(nav: number): TableData {
  const same = (value: number) => [value, value];
  return {
    rows: 2,
    columns: [[0, DAY_MS], same(nav), same(nav), same(0), same(0), same(0), same(0), same(0)],
  };
}
