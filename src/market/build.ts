/**
 * The section `data`, raw tables and the seed -> pack content and its quality report. Pure. Throws
 * Fault("data") with the list of faults when more rows are faulty than the mandate permits to
 * drop, and when an instrument ends up without a bar.
 */
import { DAY_MS, formatDate, parseIsoDate } from "../base/instant.ts";
import type { BarField, BarSeries } from "../domain/bar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import { Fault } from "../domain/fault.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { PackContent } from "../domain/pack.ts";
import type { RawTable } from "../ports/table-source.ts";
import { compareActions, resolveActions } from "./actions/resolve-actions.ts";
import { cleanRows } from "./quality/clean.ts";
import {
  type Finding,
  type FindingBook,
  type QualityReport,
  findingLine,
  findingsOf,
  newFindingBook,
} from "./quality/findings.ts";
import { warnAbout, zeroVolumeShare } from "./quality/warnings.ts";
import type { DataSettings } from "./section.ts";
import { SIMULATED_TICK, simulateMarket, simulatedInstrumentIds } from "./simulated/market.ts";
import {
  type GatheredRows,
  type Gathering,
  type RawAction,
  gatherSource,
} from "./sources/gather.ts";

export type BuiltContent = { readonly content: PackContent; readonly quality: QualityReport };

/** `tables` are those of `data.sources`, in the same order; none for a simulated market. */
export function buildContent(
  data: DataSettings,
  input: { readonly tables: readonly RawTable[]; readonly seed: number },
): BuiltContent {
  const built =
    data.kind === "simulated" ? simulated(data, input.seed) : fromFiles(data, input.tables);
  const ids = built.series.map((entry) => entry.series.instrument.id);
  refuseUnknownOverrides(data, ids);
  warnAboutAll(built, data);
  const series = built.series.map((entry) => entry.series);
  return {
    content: {
      kind: data.kind === "simulated" ? "SIMULATED" : "REAL",
      series,
      actions: built.actions,
      references: [],
      rights: built.rights,
    },
    quality: qualityOf(built.book, series, data),
  };
}

type Built = {
  readonly book: FindingBook;
  /** Ascending by instrument id. */
  readonly series: readonly {
    readonly series: BarSeries;
    readonly where: (row: number) => string;
  }[];
  readonly actions: readonly CorporateAction[];
  readonly rights: readonly string[];
};

function fromFiles(data: DataSettings, tables: readonly RawTable[]): Built {
  const book = newFindingBook();
  const gathering: Gathering = {
    book,
    files: [],
    rows: new Map(),
    expected: new Set(),
    actions: [],
    range: rangeOf(data),
  };
  data.sources.forEach((source, i) =>
    gatherSource(gathering, source, { table: tables[i], key: `data.sources.${i}` }),
  );
  const cleaned = [...gathering.rows.values()].sort(byId).map((rows) => {
    const instrument = instrumentOf(data, rows.id);
    const { allowNonpositive } = instrument;
    const clean = cleanRows(rows, { book, files: gathering.files, allowNonpositive });
    return { rows, instrument, ...clean };
  });
  const series = cleaned.map(({ rows, instrument, order, where }) => ({
    series: seriesOf(instrument, rows, order),
    where: (row: number) => where(order[row]),
  }));
  if (book.rejected > data.quality.max_rejected_rows) {
    // The refusal lists the warnings too: one look at the file, not two.
    warnAboutAll({ book, series, actions: splitsOf(gathering.actions) }, data);
    throw refusal(book, data, gathering.files);
  }
  refuseEmpty(gathering, cleaned, data);
  const actions = resolveActions(gathering.actions, data.dividends);
  const rights = [...new Set(data.sources.map((source) => source.rights))].sort();
  return { book, series, actions, rights };
}

function simulated(data: DataSettings, seed: number): Built {
  const book = newFindingBook();
  const { fromMs, toMs } = rangeOf(data);
  const instruments = simulatedInstrumentIds(data.simulated.instruments).map((id) => {
    const instrument = instrumentOf(data, id);
    return { ...instrument, tick: instrument.tick ?? SIMULATED_TICK };
  });
  const market = simulateMarket({
    instruments,
    sessions: data.simulated.sessions,
    startMs: parseIsoDate(data.simulated.start) ?? Number.NaN,
    seed,
  });
  const series = market.series.map((whole) => {
    const first = whole.timesMs.findIndex((ms) => ms >= fromMs);
    const end = whole.timesMs.findLastIndex((ms) => ms < toMs + DAY_MS) + 1;
    if (first < 0 || end <= first) throw nothingLeft(whole.instrument.id, data);
    book.rowsRead += whole.timesMs.length;
    book.rowsOutside += whole.timesMs.length - (end - first);
    const cut = cutSeries(whole, first, end);
    const { id } = whole.instrument;
    return { series: cut, where: () => `simulated ${id}` };
  });
  const inRange = (action: CorporateAction) => action.exDateMs >= fromMs && action.exDateMs <= toMs;
  const actions = market.actions.filter(inRange).sort(compareActions);
  return { book, series, actions, rights: ["simulated"] };
}

function instrumentOf(data: DataSettings, id: string): Instrument {
  const terms = { ...data.instrument_defaults, ...definedOf(data.instruments[id]) };
  return {
    id,
    assetClass: terms.asset_class,
    currency: terms.currency,
    currencyDigits: terms.currency_digits,
    lot: terms.lot,
    tick: terms.tick,
    multiplier: terms.multiplier,
    allowNonpositive: terms.allow_nonpositive,
    sector: null,
    calendar: null,
    initialMargin: null,
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without keys that are present and undefined: they must not hide a default. */
function definedOf<T extends object>(values: T | undefined): Defined<T> {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

function rangeOf(data: DataSettings): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = data.from === null ? null : parseIsoDate(data.from);
  const toMs = data.to === null ? null : parseIsoDate(data.to);
  return { fromMs: fromMs ?? Number.NEGATIVE_INFINITY, toMs: toMs ?? Number.POSITIVE_INFINITY };
}

function seriesOf(instrument: Instrument, rows: GatheredRows, order: readonly number[]): BarSeries {
  const pick = (list: readonly number[]) => Float64Array.from(order, (row) => list[row]);
  const column = (field: BarField) => {
    const at = rows.fields.indexOf(field);
    return at < 0 ? null : pick(rows.values[at]);
  };
  return {
    instrument,
    timesMs: pick(rows.times),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: pick(rows.values[rows.fields.indexOf("close")]),
    volume: column("volume"),
    futures: null,
  };
}

function cutSeries(series: BarSeries, start: number, end: number): BarSeries {
  if (start === 0 && end === series.timesMs.length) return series;
  const cut = (column: Float64Array | null) => column?.slice(start, end) ?? null;
  return {
    instrument: series.instrument,
    timesMs: series.timesMs.slice(start, end),
    open: cut(series.open),
    high: cut(series.high),
    low: cut(series.low),
    close: series.close.slice(start, end),
    volume: cut(series.volume),
    futures: null,
  };
}

function warnAboutAll(
  { book, series, actions }: Pick<Built, "book" | "series" | "actions">,
  data: DataSettings,
): void {
  const filled = series.filter((entry) => entry.series.timesMs.length > 0);
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const {
    series: { timesMs },
  } of filled)
    lastMs = Math.max(lastMs, timesMs[timesMs.length - 1]);
  for (const { series: bars, where } of filled) {
    warnAbout(bars, { book, actions, lastMs, where, settings: data.quality });
  }
}

/** A split is no jump, also while the pay dates of dividends are still open. */
function splitsOf(raw: readonly RawAction[]): readonly CorporateAction[] {
  return resolveActions(
    raw.filter((action) => action.kind === "split"),
    { pay_date: null, pay_dates: [] },
  );
}

function refusal(book: FindingBook, data: DataSettings, files: readonly string[]): Fault {
  const limit = data.quality.max_rejected_rows;
  const findings = findingsOf(book);
  const faults = findings.filter((finding) => finding.severity === "refuse");
  const counts = faults.map((finding) => `${finding.count} ${finding.kind}`).join(", ");
  const rows = book.rejected === 1 ? "1 row is" : `${book.rejected} rows are`;
  return new Fault(
    "data",
    `${rows} faulty (${counts}), quality.max_rejected_rows permits ${limit}; correct ${files.join(", ")}${remedy(faults)}`,
    { where: faults[0].first[0].where, details: findings.map(findingLine) },
  );
}

function remedy(faults: readonly Finding[]): string {
  const id = faults.find((finding) => finding.kind === "close_not_positive")?.instrument;
  const dropping = " or raise the limit to drop the rows";
  if (id === undefined || id === null) return dropping;
  return `${dropping}; where a price at or below zero is a fact, set data.instruments.${id}.allow_nonpositive: true`;
}

function refuseEmpty(
  gathering: Gathering,
  cleaned: readonly { readonly rows: GatheredRows; readonly order: readonly number[] }[],
  data: DataSettings,
): void {
  const alive = new Set(cleaned.filter(({ order }) => order.length > 0).map(({ rows }) => rows.id));
  for (const id of gathering.expected) if (!alive.has(id)) throw nothingLeft(id, data);
  if (alive.size === 0) {
    const files = gathering.files.join(", ");
    throw new Fault("data", `${files}: there is no row below the header; bring one with bars`);
  }
}

function nothingLeft(id: string, { from, to }: DataSettings): Fault {
  const range = `data.from (${from ?? "null: all"}) and data.to (${to ?? "null: all"})`;
  return new Fault(
    "data",
    `${id} has no usable bar between ${range}; widen them or bring its bars`,
  );
}

function refuseUnknownOverrides(data: DataSettings, ids: readonly string[]): void {
  for (const id of Object.keys(data.instruments)) {
    if (ids.includes(id)) continue;
    const shown = ids.slice(0, 20).join(", ");
    throw new Fault(
      "mandate",
      `data.instruments.${id}: no such instrument in the data; there are ${shown}`,
    );
  }
}

function qualityOf(
  book: FindingBook,
  series: readonly BarSeries[],
  data: DataSettings,
): QualityReport {
  return {
    rows_read: book.rowsRead,
    rows_outside_range: book.rowsOutside,
    rows_rejected: book.rejected,
    max_rejected_rows: data.quality.max_rejected_rows,
    series: series.map(({ instrument, timesMs, volume }) => ({
      instrument: instrument.id,
      rows: timesMs.length,
      from: formatDate(timesMs[0]),
      to: formatDate(timesMs[timesMs.length - 1]),
      zero_volume_share: volume === null ? null : zeroVolumeShare(volume),
    })),
    findings: findingsOf(book),
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
