/** One walk of examples/simulated in this process, into a journal under ASSAY_HOME; prints its milliseconds. */
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { loadMandate } from "../src/apps/cli/compose.ts";
import { openRunStores, sha256 } from "../src/apps/cli/compose-records.ts";
import { prepareJob } from "../src/apps/cli/run-command.ts";
import { walkSessions } from "../src/engine/run.ts";
import { createTrace } from "../src/engine/trace.ts";
import { createJournalWriter } from "../src/records/journal/writer.ts";

const progress = () => undefined;
const loaded = loadMandate("examples/simulated", [], process.env);
const { job } = await prepareJob({ loaded, progress, nowMs: 0 });
const { journal, artifacts } = openRunStores(join(loaded.home, "walk"));
const writer = createJournalWriter({
  recorded: journal.recorded,
  prefix: journal.rows(1),
  sha256,
});
const request = {
  prepared: job.prepared,
  dataWarnings: [],
  identity: job.identity,
  runId: job.id,
  journal,
  artifacts,
  sha256,
  progress,
  turn: setImmediate,
};
const started = performance.now();
await walkSessions(request, writer, createTrace());
const ms = performance.now() - started;
await journal.close();
console.log(String(ms));
