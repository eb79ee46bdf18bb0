/**
 * Wires the dry run: a broker of its own that sends nothing, on the mandate's pack. Its time is that of the
 * bars, so it trades the sessions that the pack has, the newest one where none is named. What it would have
 * sent is appended to intents.jsonl, its account is kept in dry-run.json.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDryRun, type DryRun } from "../../adapters/brokers/dry-run.ts";
import { diskFault, writeDurably } from "../../adapters/storage/durable-files.ts";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import {
  newYorkHours,
  newYorkSessions,
  type SessionHours,
} from "../../market/calendars/new-york-time.ts";
import { venueTerms } from "../venue-server/venue-terms.ts";
import { type LoadedMandate, packFor, requireBacktestPack } from "./compose.ts";

const STATE_FILE = "dry-run.json";
const INTENTS_FILE = "intents.jsonl";
const DAY_MS = 86_400_000;
/** Sessions after the pack's newest one: the next to come is asked for, and no bar of it is known. */
const AHEAD_DAYS = 30;

type Kept = { readonly first_date: string; readonly state: Json };

export async function openDryRun(
  loaded: LoadedMandate,
  folder: string,
  date: string | null,
): Promise<DryRun> {
  const request = { loaded, progress: () => undefined, nowMs: Date.now() };
  const pack = requireBacktestPack((await packFor(request)).pack);
  const dates = datesOf(pack.series.map(({ timesMs }) => timesMs));
  const newest = formatDate(dates[dates.length - 1]);
  const kept = readKept(join(folder, STATE_FILE));
  const firstDate = kept?.first_date ?? date ?? newest;
  if (date !== null && date > newest) {
    throw new Fault(
      "usage",
      `--date ${date}: a dry run trades what the data has, and its newest session is ${newest}; bring newer bars, or leave --date out`,
    );
  }
  const {
    costs,
    rules: _,
    ...terms
  } = venueTerms(loaded.mandate, pack, {
    model: "backtest",
    start: firstDate,
    cash: null,
    seed: null,
  });
  const { fees, debitRate, borrowRate } = costs;
  let state = kept?.state ?? null;
  return createDryRun({
    series: pack.series,
    actions: pack.actions,
    terms: { ...terms, fees, debitRate, borrowRate },
    firstDate,
    sessions: sessionsOf(dates, date !== null && date < firstDate ? date : firstDate),
    store: {
      load: async () => state,
      save: async (saved) => {
        state = saved;
        const text = canonicalJson({ first_date: firstDate, state: saved });
        writeDurably(join(folder, STATE_FILE), Buffer.from(`${text}\n`, "utf8"));
      },
    },
    intend: async (intent) =>
      appendIntent(join(folder, INTENTS_FILE), { mark: "DRY_RUN", ...intent } as unknown as Json),
    wall: null,
  });
}

/** With a bar of any instrument, ascending. */
function datesOf(times: readonly Float64Array[]): Float64Array {
  return Float64Array.from(new Set(times.flatMap((each) => [...each]))).sort();
}

/** From the first that is asked for: what lies before it needs no hours. Then those of the calendar to come. */
function sessionsOf(dates: Float64Array, from: string): readonly SessionHours[] {
  const last = dates[dates.length - 1];
  const ahead = newYorkSessions(last + DAY_MS, last + AHEAD_DAYS * DAY_MS);
  return [...newYorkHours(dates.filter((ms) => formatDate(ms) >= from)), ...ahead];
}

function readKept(path: string): Kept | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Kept;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    if (!(cause instanceof SyntaxError)) throw diskFault(cause, "read", path);
    throw new Fault(
      "verify",
      `${path} is not whole; restore the account's folder from a copy, or move it away to begin a new dry run`,
      { where: path },
    );
  }
}

function appendIntent(path: string, intent: Json): void {
  try {
    appendFileSync(path, `${canonicalJson(intent)}\n`);
  } catch (cause) {
    throw diskFault(cause, "write", path);
  }
}
