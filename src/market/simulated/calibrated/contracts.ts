/**
 * Spot and carry -> prices of the held contract and of the one that follows, per session. Both
 * stand on one term structure, spot x season / (1 + carry x years to expiry): where the contract
 * changes the price steps, and nobody has earned the step.
 */
import { DAY_MS, civilFromDays, dayNumber } from "../../../base/instant.ts";
import type { FuturesColumns } from "../../../domain/bar.ts";
import { type RollRule, rollCalendar } from "../../futures/roll-calendar.ts";
import { onTick } from "./bars.ts";
import type { LatentPath } from "./latent.ts";
import type { CarryTerms } from "./terms.ts";

const YEAR_MS = 365 * DAY_MS;

export type HeldContracts = {
  /** Unrounded close of the held contract. */
  readonly level: Float64Array;
  readonly columns: FuturesColumns;
};

type Dates = Omit<FuturesColumns, "nextClose">;

export function heldContracts(
  { carry: terms, tick }: { readonly carry: CarryTerms; readonly tick: number },
  source: {
    readonly path: LatentPath;
    readonly rows: Int32Array;
    readonly timesMs: Float64Array;
    readonly dates: Dates;
  },
): HeldContracts {
  const { path, rows, timesMs, dates } = source;
  const level = new Float64Array(rows.length);
  const nextClose = new Float64Array(rows.length);
  const season = seasonOf(terms, dates.expiryMs);
  const nextSeason = seasonOf(terms, dates.nextExpiryMs);
  for (let t = 0; t < rows.length; t++) {
    const spot = path.spot[rows[t]];
    const carry = path.carry[rows[t]] / YEAR_MS;
    level[t] = (spot * season[t]) / (1 + carry * (dates.expiryMs[t] - timesMs[t]));
    const next = (spot * nextSeason[t]) / (1 + carry * (dates.nextExpiryMs[t] - timesMs[t]));
    nextClose[t] = onTick(next, tick);
  }
  return { level, columns: { ...dates, nextClose } };
}

/** The factor of the month in which the contract expires, per session. */
function seasonOf({ season }: CarryTerms, expiryMs: Float64Array): Float64Array {
  const factors = new Float64Array(expiryMs.length).fill(1);
  if (season === null) return factors;
  for (let t = 0; t < factors.length; t++) {
    const known = t > 0 && expiryMs[t] === expiryMs[t - 1];
    const month = () => civilFromDays(dayNumber(expiryMs[t])).month;
    factors[t] = known ? factors[t - 1] : season[month() - 1];
  }
  return factors;
}

/**
 * Roll dates of the first `count` sessions. `beyond` reaches past them, so that the last rolls do
 * not depend on where the market ends.
 */
export function contractDates(rule: RollRule, beyond: Float64Array, count: number): Dates {
  const { contract, expiryMs, nextExpiryMs } = rollCalendar(rule, beyond);
  return {
    contract: contract.slice(0, count),
    expiryMs: expiryMs.slice(0, count),
    nextExpiryMs: nextExpiryMs.slice(0, count),
  };
}
