/**
 * The section `data`, raw tables and the seed -> pack content and its quality report. Pure. Throws
 * Fault("data") with the list of faults when more rows are faulty than the mandate permits to
 * drop, and when an instrument ends up without a bar.
 */
import { formatDate, parseIsoDate } from "../base/instant.ts";
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
import { warnAbout, warnAboutReference, zeroVolumeShare } from "./quality/warnings.ts";
import type { DataSettings } from "./section.ts";
import {
  type GatheredRows,
  type Gathering,
  type RawAction,
  gatherSource,
} from "./sources/gather.ts";
import {
  type DayRange,
  gatherReference,
  nothingOf,
  type PlacedReference,
} from "./sources/references.ts";
import { layoutOf } from "./sources/requests.ts";
import { cutContent, simulatedContent, type SimulatedContent } from "./sources/simulated.ts";
import { checkWorkedExamples, instrumentOf } from "./sources/terms.ts";

export type BuiltContent = { readonly content: PackContent; readonly quality: QualityReport };

/**
 * `tables` are those of `data.sources` and then of `data.references`, in the order of these lists;
 * none for a simulated market.
 */
export function buildContent(
  data: DataSettings,
  input: { readonly tables: readonly RawTable[]; readonly seed: number },
): BuiltContent {
  const built =
    data.kind === "simulated" ? simulated(data, input.seed) : fromFiles(data, input.tables);
  const instruments = built.series.map((entry) => entry.series.instrument);
  refuseUnknownOverrides(
    data,
    instruments.map(({ id }) => id),
  );
  checkWorkedExamples(data, instruments);
  warnAboutAll(built, data);
  const series = built.series.map((entry) => entry.series);
  const references = built.references.map((entry) => entry.reference);
  return {
    content: {
      kind: data.kind === "simulated" ? "SIMULATED" : "REAL",
      series,
      actions: built.actions,
      references,
      rights: built.rights,
    },
    quality: qualityOf(built.book, { series, references }, data),
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
  /** Ascending by id. */
  readonly references: readonly PlacedReference[];
  readonly rights: readonly string[];
};

function fromFiles(data: DataSettings, tables: readonly RawTable[]): Built {
  const book = newFindingBook();
  const range = rangeOf(data);
  const gathering: Gathering = {
    book,
    files: [],
    rows: new Map(),
    expected: new Set(),
    actions: [],
    range,
  };
  data.sources.forEach((source, i) =>
    gatherSource(gathering, layoutOf(source), { table: tables[i], key: `data.sources.${i}` }),
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
  const references = data.references
    .map((settings, i) => {
      const table = tables[data.sources.length + i];
      return gatherReference(settings, { table, key: `data.references.${i}`, book, range });
    })
    .sort((a, b) => byId(a.reference, b.reference));
  if (book.rejected > data.quality.max_rejected_rows) {
    // The refusal lists the warnings too: one look at the file, not two.
    warnAboutAll({ book, series, references, actions: splitsOf(gathering.actions) }, data);
    throw refusal(book, data, [...new Set(tables.map(({ file }) => file))]);
  }
  refuseEmpty(gathering, cleaned, data);
  refuseNothing(series, references, data);
  const actions = resolveActions(gathering.actions, data.dividends);
  const lists = [data.sources, data.references];
  const rights = [...new Set(lists.flatMap((list) => list.map((item) => item.rights)))].sort();
  return { book, series, references, actions, rights };
}

function simulated(data: DataSettings, seed: number): Built {
  const book = newFindingBook();
  const whole = simulatedContent(data, seed);
  const cut = cutContent(whole, rangeOf(data));
  const rowsOf = ({ series, references }: SimulatedContent) =>
    [...series, ...references].reduce((sum, { timesMs }) => sum + timesMs.length, 0);
  book.rowsRead = rowsOf(whole);
  book.rowsOutside = rowsOf(whole) - rowsOf(cut);
  const series = cut.series.map((bars) => {
    const { id } = bars.instrument;
    return { series: bars, where: () => `simulated ${id}` };
  });
  const references = cut.references.map((reference) => {
    return { reference, where: () => `simulated ${reference.id}` };
  });
  refuseNothing(series, references, data);
  const actions = [...cut.actions].sort(compareActions);
  return { book, series, references, actions, rights: ["simulated"] };
}

function rangeOf(data: DataSettings): DayRange {
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

function warnAboutAll(
  { book, series, references, actions }: Omit<Built, "rights">,
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
  for (const { reference, where } of references) {
    if (reference.timesMs.length === 0) continue;
    warnAboutReference(reference, { book, actions: [], lastMs, where, settings: data.quality });
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

function refuseNothing(
  series: Built["series"],
  references: Built["references"],
  data: DataSettings,
): void {
  for (const { series: bars } of series) {
    if (bars.timesMs.length === 0) throw nothingLeft(bars.instrument.id, data);
  }
  for (const { reference } of references) {
    if (reference.timesMs.length === 0) throw nothingOf(reference.id, rangeText(data));
  }
}

function nothingLeft(id: string, data: DataSettings): Fault {
  return new Fault(
    "data",
    `${id} has no usable bar between ${rangeText(data)}; widen them or bring its bars`,
  );
}

function rangeText({ from, to }: DataSettings): string {
  return `data.from (${from ?? "null: all"}) and data.to (${to ?? "null: all"})`;
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
  { series, references }: Pick<PackContent, "series" | "references">,
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
    references: references.map(({ id, timesMs }) => ({
      reference: id,
      rows: timesMs.length,
      from: formatDate(timesMs[0]),
      to: formatDate(timesMs[timesMs.length - 1]),
    })),
    findings: findingsOf(book),
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
