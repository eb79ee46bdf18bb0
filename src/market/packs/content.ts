/**
 * What a pack is, and therefore what it is called: the canonical manifest holds the kind, the
 * instruments with the sha256 of every column over little-endian float64 bytes, the corporate
 * actions and the rights. The pack id is the sha256 of that text (spec market, section 1). Where
 * the values came from and when is provenance and stays outside.
 */
import { invariant } from "../../base/assert.ts";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import { BAR_FIELDS, type BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { AssetClass, Instrument } from "../../domain/instrument.ts";
import type { Pack, PackContent, PackKind } from "../../domain/pack.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { NamedColumn, PackCodec, PackOutline } from "../../ports/pack-codec.ts";

const FORMAT = "assay-pack-1";

export function packId(content: PackContent, sha256: Sha256): string {
  return sha256(manifestText(content, sha256));
}

export function packCodec(sha256: Sha256): PackCodec {
  return {
    manifestOf: (content) => {
      const text = manifestText(content, sha256);
      return { id: sha256(text), text };
    },
    outlineOf,
    columnsOf,
    columnHash: (values) => sha256(littleEndianBytes(values)),
    packOf,
  };
}

/** "time" and the bar fields the source has, in that order. */
function columnsOf(series: BarSeries): readonly NamedColumn[] {
  const columns: NamedColumn[] = [{ name: "time", values: series.timesMs }];
  for (const name of BAR_FIELDS) {
    const values = series[name];
    if (values !== null) columns.push({ name, values });
  }
  return columns;
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
  return canonicalJson({
    format: FORMAT,
    kind: content.kind,
    rights: content.rights,
    actions: content.actions.map(actionJson),
    series: content.series.map((series) => ({
      instrument: instrumentJson(series.instrument),
      rows: series.timesMs.length,
      columns: columnsOf(series).map(({ name, values }) => ({
        name,
        sha256: sha256(littleEndianBytes(values)),
      })),
    })),
  });
}

type ActionJson =
  | {
      readonly kind: "split";
      readonly instrument: string;
      readonly ex_date: string;
      readonly ratio: number;
    }
  | {
      readonly kind: "dividend";
      readonly instrument: string;
      readonly ex_date: string;
      readonly pay_date: string;
      readonly amount_per_unit: number;
    };

function actionJson(action: CorporateAction): ActionJson {
  const { instrument } = action;
  const ex_date = formatDate(action.exDateMs);
  if (action.kind === "split") return { kind: "split", instrument, ex_date, ratio: action.ratio };
  const pay_date = formatDate(action.payDateMs);
  return { kind: "dividend", instrument, ex_date, pay_date, amount_per_unit: action.amountPerUnit };
}

type InstrumentJson = {
  readonly id: string;
  readonly asset_class: AssetClass;
  readonly currency: string;
  readonly currency_digits: number;
  readonly lot: number;
  readonly tick: number | null;
  readonly multiplier: number;
  readonly allow_nonpositive: boolean;
  readonly sector: string | null;
  readonly calendar: string | null;
  readonly initial_margin: number | null;
};

function instrumentJson(instrument: Instrument): InstrumentJson {
  return {
    id: instrument.id,
    asset_class: instrument.assetClass,
    currency: instrument.currency,
    currency_digits: instrument.currencyDigits,
    lot: instrument.lot,
    tick: instrument.tick,
    multiplier: instrument.multiplier,
    allow_nonpositive: instrument.allowNonpositive,
    sector: instrument.sector,
    calendar: instrument.calendar,
    initial_margin: instrument.initialMargin,
  };
}

type ManifestJson = {
  readonly format: string;
  readonly kind: PackKind;
  readonly rights: readonly string[];
  readonly actions: readonly ActionJson[];
  readonly series: readonly {
    readonly instrument: InstrumentJson;
    readonly rows: number;
    readonly columns: readonly { readonly name: string; readonly sha256: string }[];
  }[];
};

function outlineOf(text: string): PackOutline {
  const manifest = JSON.parse(text) as ManifestJson & Json;
  invariant(manifest.format === FORMAT, 9, () => `pack format ${manifest.format} is not ${FORMAT}`);
  return {
    kind: manifest.kind,
    rights: manifest.rights,
    references: [],
    actions: manifest.actions.map(actionOf),
    series: manifest.series.map((series) => ({
      instrument: instrumentFrom(series.instrument),
      rows: series.rows,
      columns: series.columns,
    })),
  };
}

function actionOf(json: ActionJson): CorporateAction {
  const exDateMs = instantOf(json.ex_date);
  const { instrument } = json;
  if (json.kind === "split") return { kind: "split", instrument, exDateMs, ratio: json.ratio };
  const payDateMs = instantOf(json.pay_date);
  return { kind: "dividend", instrument, exDateMs, payDateMs, amountPerUnit: json.amount_per_unit };
}

function instantOf(date: string): number {
  const ms = parseIsoDate(date);
  invariant(ms !== null, 9, () => `a hashed manifest holds the date ${date}`);
  return ms;
}

function instrumentFrom(json: InstrumentJson): Instrument {
  return {
    id: json.id,
    assetClass: json.asset_class,
    currency: json.currency,
    currencyDigits: json.currency_digits,
    lot: json.lot,
    tick: json.tick,
    multiplier: json.multiplier,
    allowNonpositive: json.allow_nonpositive,
    sector: json.sector,
    calendar: json.calendar,
    initialMargin: json.initial_margin,
  };
}

function packOf(
  id: string,
  outline: PackOutline,
  columns: readonly (readonly Float64Array[])[],
): Pack {
  const series = outline.series.map((entry, k): BarSeries => {
    const named = (name: string) => {
      const at = entry.columns.findIndex((column) => column.name === name);
      return at < 0 ? null : columns[k][at];
    };
    const timesMs = named("time");
    const close = named("close");
    invariant(
      timesMs !== null && close !== null,
      9,
      () => `${entry.instrument.id} has no time or close`,
    );
    return {
      instrument: entry.instrument,
      timesMs,
      open: named("open"),
      high: named("high"),
      low: named("low"),
      close,
      volume: named("volume"),
      futures: null,
    };
  });
  return { ...outline, series, id };
}
