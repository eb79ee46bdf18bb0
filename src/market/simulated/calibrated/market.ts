/**
 * The calibrated simulated market (spec market, section 4b): thirteen futures, two stocks, two
 * currencies and a volatility index, made of random numbers and not of any strategy's formula.
 * Enters: seed, start and years; leaves: bars on the exchanges' own sessions, contracts, corporate
 * actions and reference series, the same bits for the same seed wherever IEEE doubles are.
 *
 * Every instrument draws from streams of its own: one more at the end leaves the others alone, and
 * a longer market begins with the shorter one (up to a year before the calendars end).
 * Refuses dates outside the exchange calendars, and markets of less than a year.
 */
import { invariant } from "../../../base/assert.ts";
import {
  DAY_MS,
  civilFromDays,
  civilToMs,
  dayNumber,
  weekdayOfDays,
} from "../../../base/instant.ts";
import { nextUint32, prngOf } from "../../../base/prng.ts";
import type { BarSeries, FuturesColumns } from "../../../domain/bar.ts";
import type { CorporateAction } from "../../../domain/corporate-action.ts";
import type { ReferenceSeries } from "../../../domain/pack.ts";
import { type CalendarId, sessionsOf } from "../../calendars/calendar.ts";
import { type BadPrint, spoil } from "./bad-prints.ts";
import { barsOf } from "./bars.ts";
import { contractDates, heldContracts } from "./contracts.ts";
import { type LatentPath, latentPath, usualScale } from "./latent.ts";
import { shareEvents } from "./share-events.ts";
import { TERMS, type Terms } from "./terms.ts";
import { volatilityIndex } from "./volatility-index.ts";
import { type Weather, weatherOf } from "./weather.ts";

export type CalibratedOptions = {
  readonly seed: number;
  readonly startMs: number;
  readonly years: number;
};

export type SimulatedMarket = {
  /** Ascending by instrument id. */
  readonly series: readonly BarSeries[];
  /** Ascending by ex-date, then instrument, then kind. */
  readonly actions: readonly CorporateAction[];
  /** Ascending by id. */
  readonly references: readonly ReferenceSeries[];
};

/** The market with what it hides, for who judges it and never for who trades it. */
export type OpenedMarket = SimulatedMarket & {
  readonly gridMs: Float64Array;
  readonly weather: Weather;
  readonly paths: ReadonlyMap<string, LatentPath>;
  readonly badPrints: readonly BadPrint[];
};

/** Sessions asked for beyond the end, so that the last rolls do not move with it. */
const BEYOND_DAYS = 400;
const EURO_DIGITS = 100_000;
const YEN_DIGITS = 100_000_000;

export const CALIBRATED_IDS: readonly string[] = TERMS.map((terms) => terms.instrument.id).sort();

export function calibratedMarket(options: CalibratedOptions): SimulatedMarket {
  const { series, actions, references } = openedMarket(options);
  return { series, actions, references };
}

export function openedMarket({ seed, startMs, years }: CalibratedOptions): OpenedMarket {
  invariant(Number.isInteger(years) && years >= 1, 20, () => `${years} years: whole, at least 1`);
  const endMs = yearsLater(startMs, years) - DAY_MS;
  const gridMs = weekdaysOf(startMs, endMs);
  const seeds = prngOf(seed);
  const weather = weatherOf(prngOf(nextUint32(seeds)), gridMs.length);
  const indexStream = prngOf(nextUint32(seeds));
  const printStream = prngOf(nextUint32(seeds));
  const paths = new Map<string, LatentPath>();
  const actions: CorporateAction[] = [];
  const sessions = new Map<CalendarId, Sessions>();
  const made = TERMS.map((terms) => {
    const hiddenStream = prngOf(nextUint32(seeds));
    const barStream = prngOf(nextUint32(seeds));
    const { id, calendar, tick } = terms.instrument;
    const open = sessions.get(calendar) ?? sessionsIn(calendar, gridMs);
    sessions.set(calendar, open);
    const path = latentPath(terms, { weather, openDays: open.openDays, prng: hiddenStream });
    paths.set(id, path);
    const quoted = quotedLevel(terms, path, open);
    actions.push(...quoted.actions);
    const bars = barsOf(terms, { path, rows: open.rows, level: quoted.level, prng: barStream });
    const scale = new Float64Array(open.rows.length);
    for (let t = 0; t < scale.length; t++) scale[t] = path.scale[open.rows[t]];
    const contract = quoted.futures?.contract ?? null;
    const printed = { id, tick, bars, scale, usual: usualScale(terms), contract };
    const { timesMs } = open;
    return {
      printed,
      series: { instrument: terms.instrument, timesMs, ...bars, futures: quoted.futures },
    };
  });
  const badPrints = spoil(
    made.map((one) => one.printed),
    printStream,
  );
  const index = volatilityIndex(pathOf(paths, "SX_EQ_US"), indexStream);
  const equitySessions = sessions.get("XNYS") ?? sessionsIn("XNYS", gridMs);
  return {
    series: made.map((one) => one.series).sort(byInstrument),
    actions: actions.sort(byExDate),
    references: referencesOf(paths, { gridMs, index, equitySessions }),
    gridMs,
    weather,
    paths,
    badPrints,
  };
}

type Sessions = {
  readonly timesMs: Float64Array;
  /** Row of the grid that each session is. */
  readonly rows: Int32Array;
  /** 1 in the rows of the grid that are sessions. */
  readonly openDays: Uint8Array;
  /** The sessions and those of the year after them. */
  readonly beyond: Float64Array;
};

type Quoted = {
  readonly level: Float64Array;
  readonly futures: FuturesColumns | null;
  readonly actions: readonly CorporateAction[];
};

function quotedLevel(terms: Terms, path: LatentPath, { timesMs, rows, beyond }: Sessions): Quoted {
  const { id, tick } = terms.instrument;
  if (terms.carry === null) {
    return { ...shareEvents(id, { path, rows, timesMs }), futures: null };
  }
  const dates = contractDates(terms.carry.roll, beyond, timesMs.length);
  const source = { path, rows, timesMs, dates };
  const { level, columns } = heldContracts({ carry: terms.carry, tick }, source);
  return { level, futures: columns, actions: [] };
}

function referencesOf(
  paths: ReadonlyMap<string, LatentPath>,
  source: {
    readonly gridMs: Float64Array;
    readonly index: Float64Array;
    readonly equitySessions: Sessions;
  },
): readonly ReferenceSeries[] {
  const { gridMs, index, equitySessions } = source;
  const euro = pathOf(paths, "SX_FX_EUR").spot;
  const yen = pathOf(paths, "SX_FX_JPY").spot;
  return [
    { ...fx("EUR"), timesMs: gridMs, values: rounded(euro, EURO_DIGITS) },
    { ...fx("JPY"), timesMs: gridMs, values: rounded(yen, YEN_DIGITS) },
    {
      id: "VIX",
      kind: "volatility_index",
      timesMs: equitySessions.timesMs,
      values: Float64Array.from(equitySessions.rows, (row) => index[row]),
    },
  ];
}

function fx(currency: string): {
  readonly id: string;
  readonly kind: "fx";
  readonly currency: string;
  readonly quote: string;
} {
  return { id: `${currency}USD`, kind: "fx", currency, quote: "USD" };
}

function rounded(values: Float64Array, perUnit: number): Float64Array {
  return values.map((value) => Math.round(value * perUnit) / perUnit);
}

function pathOf(paths: ReadonlyMap<string, LatentPath>, id: string): LatentPath {
  const path = paths.get(id);
  invariant(path !== undefined, 22, () => `the calibrated market has no path of ${id}`);
  return path;
}

function sessionsIn(calendar: CalendarId, gridMs: Float64Array): Sessions {
  const fromMs = gridMs[0];
  const toMs = gridMs[gridMs.length - 1];
  const lastKnown = civilToMs({ year: 2030, month: 12, day: 31 }) ?? Number.NaN;
  const beyond = sessionsOf(calendar, fromMs, Math.min(toMs + BEYOND_DAYS * DAY_MS, lastKnown));
  const timesMs = sessionsOf(calendar, fromMs, toMs);
  const rows = new Int32Array(timesMs.length);
  const openDays = new Uint8Array(gridMs.length);
  let row = 0;
  for (let t = 0; t < timesMs.length; t++) {
    while (gridMs[row] < timesMs[t]) row++;
    invariant(gridMs[row] === timesMs[t], 20, "a session lies on a weekday");
    rows[t] = row;
    openDays[row] = 1;
  }
  return { timesMs, rows, openDays, beyond };
}

/** 29 February becomes 1 March. */
function yearsLater(ms: number, years: number): number {
  const { year, month, day } = civilFromDays(dayNumber(ms));
  const later = civilToMs({ year: year + years, month, day });
  return later ?? civilToMs({ year: year + years, month: 3, day: 1 }) ?? Number.NaN;
}

function weekdaysOf(fromMs: number, toMs: number): Float64Array {
  const days: number[] = [];
  const last = dayNumber(toMs);
  for (let day = dayNumber(fromMs); day <= last; day++) {
    if (weekdayOfDays(day) < 5) days.push(day * DAY_MS);
  }
  return Float64Array.from(days);
}

function byInstrument(a: BarSeries, b: BarSeries): number {
  return compareText(a.instrument.id, b.instrument.id);
}

function byExDate(a: CorporateAction, b: CorporateAction): number {
  return (
    a.exDateMs - b.exDateMs ||
    compareText(a.instrument, b.instrument) ||
    compareText(a.kind, b.kind)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
