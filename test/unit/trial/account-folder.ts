/** An account's folder on disk, as days of trading leave it: journal, artifacts, metrics.csv. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalDaily, dailyMarkdown } from "../../../src/records/daily/markdown.ts";
import { METRICS_FILE, metricsCsv } from "../../../src/records/daily/metrics.ts";
import type { TrialRecords } from "../../../src/records/trial/trial-records.ts";
import { freshFolder, openFresh } from "../records/journal-fixture.ts";

/** Returns the home and the account's folder. */
export async function writeAccount(records: TrialRecords) {
  const home = freshFolder();
  const folder = join(home, "accounts", "paper");
  for (const format of ["json", "markdown"]) {
    mkdirSync(join(folder, "artifacts", format), { recursive: true });
  }
  const { store, writer } = openFresh(folder);
  for (const { at, payload } of records.entries) writer.emit(at, payload);
  const { rows, terminals } = writer.takeBatch();
  await store.append(rows, terminals);
  await store.close();
  for (const { date, document } of records.days) {
    if (document === null) continue;
    writeFileSync(join(folder, "artifacts", "json", `${date}.json`), canonicalDaily(document));
    writeFileSync(join(folder, "artifacts", "markdown", `${date}.md`), dailyMarkdown(document));
  }
  writeFileSync(join(folder, METRICS_FILE), metricsCsv(records.metrics.rows));
  return { home, folder };
}
