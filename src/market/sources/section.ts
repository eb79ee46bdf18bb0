/**
 * The lists `data.sources` and `data.references`: which files are read, which of their columns mean
 * what, and which bars are asked from a provider. A list item has no defaults from layers, because layers do not merge lists: an
 * optional key of an item that is absent means exactly what its line in `describe` says.
 */
import { z } from "zod";
import { parseIsoDate } from "../../base/instant.ts";
import type { SectionIssue } from "../../domain/section.ts";
import { dateFormatOf } from "../date-format.ts";

const name = z.string().min(1);
const column = name.nullable().optional();
const currency = z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as USD");
const fileSchema = z
  .string()
  .regex(/\.(csv|zip|parquet)$/i, "expected a file ending in .csv, .zip or .parquet");
const dateSchema = z.strictObject({ column: name, format: name.optional() });

const columnsSchema = z.strictObject({
  open: column,
  high: column,
  low: column,
  close: name,
  volume: column,
  dividend: column,
  pay_date: column,
  split: column,
});

const fileSourceSchema = z.strictObject({
  provider: z.literal("files").optional(),
  file: fileSchema,
  member: name.nullable().optional(),
  layout: z.enum(["single", "long", "wide"]),
  instrument: name.optional(),
  instrument_column: name.optional(),
  instruments: z.array(name).min(1).nullable().optional(),
  date: dateSchema,
  columns: columnsSchema.optional(),
  rights: name,
});

const alpacaSourceSchema = z.strictObject({
  provider: z.literal("alpaca"),
  symbols: z.array(name).min(1),
  feed: z.enum(["sip", "iex"]),
  from: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date as YYYY-MM-DD"),
  rights: name,
});

export const sourceSchema = z.discriminatedUnion("provider", [
  fileSourceSchema,
  alpacaSourceSchema,
]);

export const referenceSchema = z.strictObject({
  id: name,
  kind: z.enum(["fx", "volatility_index"]),
  currency: currency.optional(),
  quote: currency.optional(),
  file: fileSchema,
  member: name.nullable().optional(),
  date: dateSchema,
  column: name,
  rights: name,
});

/** A file and what its columns mean. */
export type SourceSettings = z.infer<typeof fileSourceSchema>;
/** Bars asked from a provider, whose columns are known. */
export type ProviderSettings = z.infer<typeof alpacaSourceSchema>;
export type AnySourceSettings = SourceSettings | ProviderSettings;
export type ReferenceSettings = z.infer<typeof referenceSchema>;

export const SOURCES_DESCRIBED: { readonly [key: string]: string } = {
  "sources.*.provider":
    "files (or absent): a file of bars; alpaca: daily raw bars, dividends and splits asked from Alpaca's market data, with the keys of the environment or the secrets file",
  "sources.*.symbols": "provider alpaca: the symbols asked for, which are the instruments' ids",
  "sources.*.feed":
    "provider alpaca: sip (all exchanges; its last 15 minutes need a subscription) or iex (one exchange, free)",
  "sources.*.from": "provider alpaca: YYYY-MM-DD, the first day asked for; data.to is the last",
  "sources.*.file":
    "path relative to the mandate's folder, or absolute: .csv, .zip (with one .csv) or .parquet",
  "sources.*.member": "file name inside the zip; absent or null: the zip holds exactly one .csv",
  "sources.*.layout":
    "single: one instrument; long: an instrument column; wide: one column of closes per instrument",
  "sources.*.instrument": "layout single: the instrument's id",
  "sources.*.instrument_column": "layout long: the column that holds the instrument's id",
  "sources.*.instruments": "layouts long and wide: the ids to take; absent or null: all",
  "sources.*.date.column": "header of the date column, matched exactly",
  "sources.*.date.format":
    "YYYY MM M DD D HH H mm ss Z and literal marks (M/D/YYYY, YYYY-MM-DD HH:mm), or epoch_s, epoch_ms; absent only where a Parquet column is a DATE or TIMESTAMP; times without Z are read as UTC",
  "sources.*.columns":
    "layouts single and long: headers of the fields; absent or null: the source has none; every cell of a mapped price or volume column is required",
  "sources.*.columns.open": "header of the open",
  "sources.*.columns.high": "header of the high",
  "sources.*.columns.low": "header of the low",
  "sources.*.columns.close": "header of the close: raw, as printed on the day",
  "sources.*.columns.volume": "header of the volume",
  "sources.*.columns.dividend":
    "header of the cash dividend per unit, on its ex-date; empty or 0 is none",
  "sources.*.columns.pay_date": "header of the dividend's pay date, in the same date format",
  "sources.*.columns.split":
    "header of the split ratio (7 for 7:1), on its ex-date; empty, 0 or 1 is none",
  "sources.*.rights": "who may do what with the values, one line: a licence or the vendor's name",
  "references.*.id": "name of the series, unique: EURUSD, VIX",
  "references.*.kind":
    "fx: units of `quote` for one unit of `currency`; volatility_index: annual volatility in percentage points, as the VIX is printed",
  "references.*.currency": "kind fx: the currency that is valued; absent for any other kind",
  "references.*.quote": "kind fx: the currency that it is valued in; absent for any other kind",
  "references.*.file":
    "path relative to the mandate's folder, or absolute: .csv, .zip (with one .csv) or .parquet",
  "references.*.member": "file name inside the zip; absent or null: the zip holds exactly one .csv",
  "references.*.date.column": "header of the date column, matched exactly",
  "references.*.date.format": "as in sources.*.date.format",
  "references.*.column": "header of the values: each above zero, every cell of it required",
  "references.*.rights":
    "who may do what with the values, one line: a licence or the vendor's name",
};

type Path = readonly (string | number)[];
type Say = (key: Path, message: string) => void;

export function checkSource(source: AnySourceSettings, path: Path): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const say: Say = (key, message) => issues.push({ path: [...path, ...key], message });
  if (source.provider === "alpaca") {
    checkAsked(source, say);
    return issues;
  }
  checkFile(source, say);
  checkLayout(source, say);
  checkColumns(source, say);
  return issues;
}

/** Each reference by itself, then that no two claim one name or one pair of currencies. */
export function checkReferences(references: readonly ReferenceSettings[]): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const seen = new Map<string, string>();
  references.forEach((reference, i) => {
    const say: Say = (key, message) => issues.push({ path: ["references", i, ...key], message });
    checkFile(reference, say);
    checkPair(reference, say);
    if (reference.column === reference.date.column) {
      say(["column"], `reads "${reference.column}", which date.column reads already`);
    }
    const { id, kind, currency: of, quote } = reference;
    const names = kind === "fx" ? [`id ${id}`, `the pair ${of} in ${quote}`] : [`id ${id}`];
    for (const text of names) {
      const other = seen.get(text);
      if (other !== undefined) say(["id"], `${text} is given by ${other} already; keep one`);
      seen.set(text, `references.${i}`);
    }
  });
  return issues;
}

function checkAsked({ symbols, from }: ProviderSettings, say: Say): void {
  const twice = symbols.find((id, i) => symbols.indexOf(id) !== i);
  if (twice !== undefined) say(["symbols"], `${twice} is listed twice`);
  const odd = symbols.find((id) => !/^[A-Z][A-Z0-9./]*$/.test(id));
  if (odd !== undefined) {
    say(["symbols"], `${odd} is not a symbol as Alpaca writes it, for example SPY or BRK.B`);
  }
  if (parseIsoDate(from) === null) say(["from"], `there is no day ${from}`);
}

function checkPair({ kind, currency: of, quote }: ReferenceSettings, say: Say): void {
  for (const [key, value] of [
    ["currency", of],
    ["quote", quote],
  ] as const) {
    if (kind === "fx" && value === undefined) {
      say([key], "missing: kind fx says which currency is valued in which");
    } else if (kind !== "fx" && value !== undefined) {
      say([key], `kind ${kind} does not read it; it belongs to kind fx`);
    }
  }
  if (kind === "fx" && of !== undefined && of === quote) {
    say(["quote"], `${quote} in itself is always 1; name another currency`);
  }
}

function checkFile(source: SourceSettings | ReferenceSettings, say: Say): void {
  if (typeof source.member === "string" && !/\.zip$/i.test(source.file)) {
    say(["member"], `${source.file} is not a .zip, so it has no member ${source.member}`);
  }
  if (source.date.format !== undefined) {
    const format = dateFormatOf(source.date.format);
    if (!format.ok) say(["date", "format"], format.error);
  } else if (!/\.parquet$/i.test(source.file)) {
    say(
      ["date", "format"],
      "missing: a text file does not say how it writes dates, for example M/D/YYYY",
    );
  }
}

function checkLayout(source: SourceSettings, say: Say): void {
  const { layout } = source;
  const owner = {
    instrument: ["single"],
    instrument_column: ["long"],
    instruments: ["long", "wide"],
  };
  for (const key of ["instrument", "instrument_column", "instruments"] as const) {
    const given = source[key] !== undefined && source[key] !== null;
    if (given && !owner[key].includes(layout)) {
      say(
        [key],
        `layout ${layout} does not read it; it belongs to layout ${owner[key].join(" or ")}`,
      );
    }
  }
  if (layout === "single" && source.instrument === undefined) {
    say(["instrument"], "missing: layout single needs the instrument's id");
  }
  if (layout === "long" && source.instrument_column === undefined) {
    say(["instrument_column"], "missing: layout long needs the column that holds the ids");
  }
  if (layout === "wide" && source.columns !== undefined) {
    say(["columns"], "layout wide takes each column as one instrument's close; remove columns");
  }
  if (layout !== "wide" && source.columns === undefined) {
    say(["columns"], `missing: layout ${layout} needs at least columns.close`);
  }
  const ids = source.instruments ?? [];
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) say(["instruments"], `${twice} is listed twice`);
}

/** One header under two fields would fabricate a price: an open that is really the close. */
function checkColumns(source: SourceSettings, say: Say): void {
  const seen = new Map<string, string>([[source.date.column, "date.column"]]);
  for (const [field, header] of Object.entries(source.columns ?? {})) {
    if (typeof header !== "string") continue;
    const other = seen.get(header);
    if (other !== undefined) {
      say(
        ["columns", field],
        `reads "${header}", which ${other} reads already; leave out the field that the source does not have`,
      );
    }
    seen.set(header, `columns.${field}`);
  }
  const columns = source.columns;
  if (columns === undefined) return;
  if (((columns.high ?? null) === null) !== ((columns.low ?? null) === null)) {
    say(["columns"], "high and low belong together; map both or neither");
  }
  if (typeof columns.pay_date === "string" && typeof columns.dividend !== "string") {
    say(["columns", "pay_date"], "is read with columns.dividend only, which is absent");
  }
}
