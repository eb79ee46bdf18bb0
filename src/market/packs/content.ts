/**
 * What a pack is, and therefore what it is called: the canonical manifest holds the kind, the
 * instruments and reference series with the sha256 of every column over little-endian float64
 * bytes, the corporate actions and the rights. The pack id is the sha256 of that text (spec
 * market, section 1). Where the values came from and when is provenance and stays outside.
 */
import { invariant } from "../../base/assert.ts";
import { canonicalJson } from "../../base/canonical-json.ts";
import { BAR_FIELDS, type BarSeries, type FuturesColumns } from "../../domain/bar.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Pack, PackContent, ReferenceSeries } from "../../domain/pack.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { NamedColumn, PackCodec, PackTable, TableOutline } from "../../ports/pack-codec.ts";
import {
  actionFrom,
  actionJson,
  instrumentFrom,
  instrumentJson,
  type ManifestJson,
  referenceFrom,
  referenceJson,
} from "./manifest.ts";

const FORMAT = "assay-pack-1";

/** Columns of a future beside those of its bars, as they lie in a file. */
const FUTURES_COLUMNS: readonly (readonly [string, keyof FuturesColumns])[] = [
  ["contract", "contract"],
  ["expiry", "expiryMs"],
  ["next_expiry", "nextExpiryMs"],
  ["next_close", "nextClose"],
];

export function packId(content: PackContent, sha256: Sha256): string {
  return sha256(manifestText(content, sha256));
}

export function packCodec(sha256: Sha256): PackCodec {
  return {
    manifestOf: (content) => {
      const text = manifestText(content, sha256);
      return { id: sha256(text), text };
    },
    tablesOf,
    outlineOf,
    columnHash: (values) => sha256(littleEndianBytes(values)),
    packOf,
  };
}

function tablesOf({ series, references }: PackContent): readonly PackTable[] {
  return [
    ...series.map(
      (one): PackTable => ({ kind: "bars", id: one.instrument.id, columns: barColumns(one) }),
    ),
    ...references.map(
      (one): PackTable => ({ kind: "reference", id: one.id, columns: referenceColumns(one) }),
    ),
  ];
}

/** "time", the bar fields the source has, and those of a future, in that order. */
function barColumns(series: BarSeries): readonly NamedColumn[] {
  const columns: NamedColumn[] = [{ name: "time", values: series.timesMs }];
  for (const name of BAR_FIELDS) {
    const values = series[name];
    if (values !== null) columns.push({ name, values });
  }
  if (series.futures === null) return columns;
  for (const [name, key] of FUTURES_COLUMNS) columns.push({ name, values: series.futures[key] });
  return columns;
}

function referenceColumns({ timesMs, values }: ReferenceSeries): readonly NamedColumn[] {
  return [
    { name: "time", values: timesMs },
    { name: "value", values },
  ];
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes themselves where the machine writes them so, else a copy. */
export function littleEndianBytes(values: Float64Array): Uint8Array {
  if (!HOST_IS_LITTLE_ENDIAN) return littleEndianCopy(values);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The slow, obviously right twin of littleEndianBytes. */
export function littleEndianCopy(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i], true);
  return bytes;
}

function manifestText(content: PackContent, sha256: Sha256): string {
  const hashed = (columns: readonly NamedColumn[]) =>
    columns.map(({ name, values }) => ({ name, sha256: sha256(littleEndianBytes(values)) }));
  const manifest: ManifestJson = {
    format: FORMAT,
    kind: content.kind,
    rights: content.rights,
    actions: content.actions.map(actionJson),
    series: content.series.map((series) => ({
      instrument: instrumentJson(series.instrument),
      rows: series.timesMs.length,
      columns: hashed(barColumns(series)),
    })),
  };
  if (content.references.length === 0) return canonicalJson(manifest);
  const references = content.references.map((reference) => ({
    reference: referenceJson(reference),
    rows: reference.timesMs.length,
    columns: hashed(referenceColumns(reference)),
  }));
  return canonicalJson({ ...manifest, references });
}

function manifestFrom(text: string): ManifestJson {
  const manifest = JSON.parse(text) as ManifestJson;
  invariant(manifest.format === FORMAT, 9, () => `pack format ${manifest.format} is not ${FORMAT}`);
  return manifest;
}

function outlineOf(text: string): readonly TableOutline[] {
  const { series, references = [] } = manifestFrom(text);
  return [
    ...series.map(
      ({ instrument, columns }): TableOutline => ({ kind: "bars", id: instrument.id, columns }),
    ),
    ...references.map(
      ({ reference, columns }): TableOutline => ({ kind: "reference", id: reference.id, columns }),
    ),
  ];
}

function packOf(id: string, text: string, columns: readonly (readonly Float64Array[])[]): Pack {
  const { kind, rights, actions, series, references = [] } = manifestFrom(text);
  const outline = outlineOf(text);
  const tables = outline.map((table, k) => columnsByName(table, columns[k]));
  return {
    id,
    kind,
    rights,
    actions: actions.map(actionFrom),
    series: series.map(({ instrument }, k) => seriesFrom(instrumentFrom(instrument), tables[k])),
    references: references.map(({ reference }, k) => {
      const table = tables[series.length + k];
      return referenceFrom(reference, {
        timesMs: required(table, "time"),
        values: required(table, "value"),
      });
    }),
  };
}

type ColumnsByName = {
  readonly id: string;
  readonly columns: ReadonlyMap<string, Float64Array>;
};

function columnsByName({ id, columns }: TableOutline, values: readonly Float64Array[]) {
  return { id, columns: new Map(columns.map(({ name }, k) => [name, values[k]])) };
}

function required({ id, columns }: ColumnsByName, name: string): Float64Array {
  const values = columns.get(name);
  invariant(values !== undefined, 9, () => `a hashed manifest gives ${id} no column ${name}`);
  return values;
}

function seriesFrom(instrument: Instrument, table: ColumnsByName): BarSeries {
  const optional = (name: string) => table.columns.get(name) ?? null;
  return {
    instrument,
    timesMs: required(table, "time"),
    open: optional("open"),
    high: optional("high"),
    low: optional("low"),
    close: required(table, "close"),
    volume: optional("volume"),
    futures: table.columns.has("contract") ? futuresFrom(table) : null,
  };
}

function futuresFrom(table: ColumnsByName): FuturesColumns {
  const columns = FUTURES_COLUMNS.map(([name, key]) => [key, required(table, name)] as const);
  return Object.fromEntries(columns) as Record<keyof FuturesColumns, Float64Array>;
}
