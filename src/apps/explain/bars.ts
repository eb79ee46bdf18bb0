/**
 * Whether an instrument had a bar on a date. A fill at the market or a fresh verdict says so in the
 * record; else the run's pack is asked, where it is still here. Unknown otherwise, with the reason.
 */
import { parseIsoDate } from "../../base/instant.ts";
import type { Evidence } from "../../domain/evidence.ts";
import { known, unknown } from "../../domain/evidence.ts";
import { Fault } from "../../domain/fault.ts";
import { openPacks } from "../cli/compose.ts";
import type { DayPath } from "./day-path.ts";
import type { RunRecord } from "./record.ts";

export type BarLookup = Evidence<boolean>;

export async function barOn(record: RunRecord, day: DayPath, home: string): Promise<BarLookup> {
  if (day.sessions.length === 0) return known(false);
  const filled = [...day.earlier, ...day.placed].some(({ fills }) =>
    fills.some(({ at }) => at.startsWith(day.date)),
  );
  if (filled) return known(true);
  for (const { verdicts } of day.signals) {
    const fresh = verdicts.find(({ gate }) => gate === "freshness");
    if (fresh?.observed === 0) return known(true);
  }
  try {
    const pack = await (await openPacks(home)).get(record.document.pack.id);
    const series = pack.series.find(({ instrument }) => instrument.id === day.instrument);
    const from = parseIsoDate(day.date) as number;
    return known(series?.timesMs.some((ms) => ms >= from && ms < from + 86_400_000) ?? false);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "data") throw error;
    return unknown(
      `the record alone does not tell, and the run's pack is not here: ${error.message}`,
    );
  }
}
