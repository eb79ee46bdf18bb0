/**
 * Invariant 22 for the market that the kernel walks: at every session each instrument has the prices
 * that the pack has for that time, and none where the pack has none; and every bar has its session. A
 * price that was filled in, or carried from one day to another, is found here whatever was traded on it.
 */
import { formatDate, formatInstant } from "../base/instant.ts";
import { BAR_FIELDS, type BarSeries } from "../domain/bar.ts";
import type { Pack } from "../domain/pack.ts";
import type { Breach } from "./audit.ts";
import type { InstrumentBars, World } from "./world.ts";

export function checkWorld(pack: Pick<Pack, "series">, world: World): Breach | null {
  const { instruments, bars, sessionsMs } = world;
  for (const series of pack.series) {
    const i = instruments.findIndex(({ id }) => id === series.instrument.id);
    // What no strategy trades is not in the world.
    const message = i < 0 ? null : inventedPrice(series, bars[i], sessionsMs);
    if (message !== null) return { invariant: 22, status: "ERROR", message };
  }
  return null;
}

function inventedPrice(
  series: BarSeries,
  bars: InstrumentBars,
  sessionsMs: Float64Array,
): string | null {
  const { timesMs } = series;
  const lost = timeWithoutSession(timesMs, sessionsMs);
  if (lost !== null) {
    return `${series.instrument.id} has a bar at ${formatInstant(lost)} in the pack, and no session is held then`;
  }
  const isOwnTime = timesMs.length === sessionsMs.length;
  for (const field of BAR_FIELDS) {
    if (field === "volume") continue;
    const [printed, walked] = [series[field], bars[field]];
    // The very column of the pack at its own times, or none in either.
    if (printed === walked && (printed === null || isOwnTime)) continue;
    if (printed === null || walked === null) {
      return `${series.instrument.id} has ${walked === null ? "no" : "a"} column ${field}, the pack has ${printed === null ? "none" : "one"}`;
    }
    const at = firstDifference({ timesMs, printed }, walked, sessionsMs);
    if (at === null) continue;
    return `${series.instrument.id} is taken to have a ${field} of ${walked[at.session]} on ${formatDate(sessionsMs[at.session])}, the pack has ${at.printed}`;
  }
  return null;
}

/** Null where every bar of the pack has its session. */
function timeWithoutSession(timesMs: Float64Array, sessionsMs: Float64Array): number | null {
  let s = 0;
  for (const ms of timesMs) {
    while (s < sessionsMs.length && sessionsMs[s] < ms) s++;
    if (sessionsMs[s] !== ms) return ms;
  }
  return null;
}

function firstDifference(
  { timesMs, printed }: { readonly timesMs: Float64Array; readonly printed: Float64Array },
  walked: Float64Array,
  sessionsMs: Float64Array,
): { readonly session: number; readonly printed: number | "none" } | null {
  let row = 0;
  for (let s = 0; s < sessionsMs.length; s++) {
    const isThere = row < timesMs.length && timesMs[row] === sessionsMs[s];
    const due = isThere ? printed[row++] : Number.NaN;
    const found = walked[s];
    if (found === due || (found !== found && due !== due)) continue;
    return { session: s, printed: due === due ? due : "none" };
  }
  return null;
}
