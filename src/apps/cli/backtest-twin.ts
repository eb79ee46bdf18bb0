/**
 * A recorded backtest as the twin of a trial: its orders by the session decided on and its fills by
 * the session filled in, from its journal, whose chain must hold.
 */
import type { BacktestTwin } from "../../records/trial/trial-records.ts";
import { decodeBody } from "../../records/journal/chain.ts";
import { Fault } from "../../domain/fault.ts";
import { readSoundJournal } from "./compose-records.ts";
import { findRun, type RunQuery } from "./find-run.ts";

export function readTwin(query: RunQuery): BacktestTwin {
  const { run } = findRun(query);
  const reader = readSoundJournal(run.folder);
  const intents: BacktestTwin["intents"][number][] = [];
  const fills: BacktestTwin["fills"][number][] = [];
  const decisions: BacktestTwin["decisions"][number][] = [];
  let mandateHash: string | null = null;
  try {
    for (const { body } of reader.rows()) {
      const { at, payload } = decodeBody(body);
      const date = at.slice(0, ISO_DATE);
      if (payload.kind === "run_started") mandateHash = payload.mandate_hash;
      if (payload.kind === "decision") decisions.push({ date, navMinor: payload.nav_minor });
      if (payload.kind === "order") {
        intents.push({ date, instrument: payload.instrument, lots: payload.lots });
      }
      if (payload.kind === "fill") {
        const { instrument, lots, price } = payload;
        fills.push({ date, instrument, lots, price });
      }
    }
  } finally {
    reader.close();
  }
  if (mandateHash === null) {
    throw new Fault("data", `run ${run.name} has no entry yet; wait until it ends`);
  }
  return { runId: run.name, mandateHash, decisions, intents, fills };
}

/** YYYY-MM-DD at the beginning of an instant. */
const ISO_DATE = 10;
