/**
 * The mandate's section `data`: which bars a run sees, how files are read into them, what the
 * quality checks tolerate, and the simulated market. A list item (a source, a pay date) has no
 * defaults from layers, because layers do not merge lists: an optional key of an item that is
 * absent means exactly what its line in `describe` says.
 */
import { z } from "zod";
import { parseIsoDate } from "../base/instant.ts";
import type { Section, SectionIssue } from "../domain/section.ts";
import { dateFormatOf } from "./date-format.ts";

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date as YYYY-MM-DD");
const name = z.string().min(1);
const column = name.nullable().optional();

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

const sourceSchema = z.strictObject({
  file: z
    .string()
    .regex(/\.(csv|zip|parquet)$/i, "expected a file ending in .csv, .zip or .parquet"),
  member: name.nullable().optional(),
  layout: z.enum(["single", "long", "wide"]),
  instrument: name.optional(),
  instrument_column: name.optional(),
  instruments: z.array(name).min(1).nullable().optional(),
  date: z.strictObject({ column: name, format: name.optional() }),
  columns: columnsSchema.optional(),
  rights: name,
});

const instrumentSchema = z.strictObject({
  asset_class: z.enum(["equity", "etf", "index", "commodity", "fx", "crypto"]),
  currency: z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as USD"),
  currency_digits: z.int().min(0).max(8),
  lot: z.number().positive(),
  tick: z.number().positive().nullable(),
  multiplier: z.number().positive(),
  allow_nonpositive: z.boolean(),
});

const dividendsSchema = z.strictObject({
  pay_date: z.literal("ex_date").nullable(),
  pay_dates: z.array(z.strictObject({ instrument: name, ex_date: isoDate, pay_date: isoDate })),
});

const qualitySchema = z.strictObject({
  max_rejected_rows: z.int().nonnegative(),
  max_jump: z.number().positive(),
  stale_sessions: z.int().min(2),
  max_gap_days: z.int().positive(),
  max_zero_volume_share: z.number().min(0).max(1),
});

const simulatedSchema = z.strictObject({
  instruments: z.int().min(1).max(99),
  sessions: z.int().min(2).max(100_000),
  start: isoDate,
});

const schema = z.strictObject({
  kind: z.enum(["real", "simulated"]),
  as_of: isoDate.nullable(),
  from: isoDate.nullable(),
  to: isoDate.nullable(),
  sources: z.array(sourceSchema),
  instrument_defaults: instrumentSchema,
  instruments: z.record(name, instrumentSchema.partial()),
  dividends: dividendsSchema,
  quality: qualitySchema,
  simulated: simulatedSchema,
});

export type DataSettings = z.infer<typeof schema>;
export type SourceSettings = z.infer<typeof sourceSchema>;
export type QualitySettings = z.infer<typeof qualitySchema>;
export type DividendSettings = z.infer<typeof dividendsSchema>;

export const dataSection: Section<typeof schema> = {
  name: "data",
  owner: "market",
  schema,
  describe: {
    kind: "real: bars come from `sources`; simulated: from the seeded market, marked SIMULATED everywhere",
    as_of:
      "YYYY-MM-DD: use the pack that was current at the end of that day (UTC) instead of building one; null: build from the files now",
    from: "YYYY-MM-DD: first session taken into the pack; null: all",
    to: "YYYY-MM-DD: last session taken into the pack; null: all",
    sources: "the files, each with its layout and column mapping",
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
    "instrument_defaults.asset_class": "equity, etf, index, commodity, fx or crypto",
    "instrument_defaults.currency": "ISO 4217 code of the price",
    "instrument_defaults.currency_digits": "decimal digits of the currency's minor unit: 2 for USD",
    "instrument_defaults.lot": "smallest tradable quantity in units",
    "instrument_defaults.tick": "price grid in currency; null: the source gives none",
    "instrument_defaults.multiplier": "money per unit of price and quantity",
    "instrument_defaults.allow_nonpositive":
      "true: prices at or below zero are facts and may be traded",
    "instruments.*": "what differs from instrument_defaults for one instrument id",
    "dividends.pay_date":
      "ex_date: a dividend without a pay date of its own is paid on its ex-date; null: it is an error",
    "dividends.pay_dates":
      "pay dates by hand, {instrument, ex_date, pay_date}; they win over a column",
    "quality.max_rejected_rows": "faulty rows that may be dropped, in rows; more refuse the pack",
    "quality.max_jump":
      "warn when a close moves by more than this fraction in one bar, splits taken out",
    "quality.stale_sessions":
      "warn when more than this many closes in a row are equal, or an instrument ends that many sessions before the last",
    "quality.max_gap_days": "warn when more than this many calendar days lie between two bars",
    "quality.max_zero_volume_share": "warn when more than this share of bars has volume 0",
    "simulated.instruments": "number of simulated equities, SIM01 and on",
    "simulated.sessions": "number of weekday sessions",
    "simulated.start": "YYYY-MM-DD: the first session is this day or the next weekday",
  },
  defaults: {
    kind: "real",
    as_of: null,
    from: null,
    to: null,
    sources: [],
    instrument_defaults: {
      asset_class: "equity",
      currency: "USD",
      currency_digits: 2,
      lot: 1,
      tick: null,
      multiplier: 1,
      allow_nonpositive: false,
    },
    instruments: {},
    dividends: { pay_date: null, pay_dates: [] },
    quality: {
      max_rejected_rows: 0,
      max_jump: 0.5,
      stale_sessions: 5,
      max_gap_days: 10,
      max_zero_volume_share: 0.05,
    },
    simulated: { instruments: 5, sessions: 2520, start: "2010-01-04" },
  },
  profiles: { plain: {} },
  tags: { "sources.*.file": "location" },
  inapplicable: (data: DataSettings): readonly string[] => {
    if (data.kind === "simulated") return ["sources", "dividends"];
    const pays = data.sources.some((source) => typeof source.columns?.dividend === "string");
    return pays ? ["simulated"] : ["simulated", "dividends"];
  },
  check: checkDataSection,
};

type Path = readonly (string | number)[];

function checkDataSection(data: DataSettings): readonly SectionIssue[] {
  return [
    ...checkDates(data),
    ...checkKind(data),
    ...data.sources.flatMap((source, i) => checkSource(source, ["sources", i])),
    ...checkDividends(data),
  ];
}

function checkDates(data: DataSettings): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const dates: readonly (readonly [Path, string | null])[] = [
    [["as_of"], data.as_of],
    [["from"], data.from],
    [["to"], data.to],
    [["simulated", "start"], data.simulated.start],
  ];
  for (const [path, text] of dates) {
    if (text !== null && parseIsoDate(text) === null) issues.push(noSuchDay(path, text));
  }
  if (data.from !== null && data.to !== null && data.from > data.to) {
    issues.push({ path: ["from"], message: `from ${data.from} lies after to ${data.to}` });
  }
  return issues;
}

function checkKind(data: DataSettings): readonly SectionIssue[] {
  if (data.kind === "real") {
    return data.sources.length > 0
      ? []
      : [
          {
            path: ["sources"],
            message:
              "kind is real but there are no sources; list the files, or set kind: simulated",
          },
        ];
  }
  const issues: SectionIssue[] = [];
  const unread = (key: string) =>
    `kind is simulated, so ${key} would be read by nobody; remove them, or set kind: real`;
  if (data.sources.length > 0) issues.push({ path: ["sources"], message: unread("sources") });
  if (data.dividends.pay_date !== null || data.dividends.pay_dates.length > 0) {
    issues.push({ path: ["dividends"], message: unread("dividends") });
  }
  return issues;
}

function checkSource(source: SourceSettings, path: Path): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const say = (key: Path, message: string) => issues.push({ path: [...path, ...key], message });
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
  checkLayout(source, say);
  checkColumns(source, say);
  return issues;
}

function checkLayout(source: SourceSettings, say: (key: Path, message: string) => void): void {
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
function checkColumns(source: SourceSettings, say: (key: Path, message: string) => void): void {
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

function checkDividends(data: DataSettings): readonly SectionIssue[] {
  const issues: SectionIssue[] = [];
  const seen = new Set<string>();
  data.dividends.pay_dates.forEach((row, i) => {
    const path = ["dividends", "pay_dates", i] as const;
    for (const key of ["ex_date", "pay_date"] as const) {
      if (parseIsoDate(row[key]) === null) issues.push(noSuchDay([...path, key], row[key]));
    }
    if (row.pay_date < row.ex_date) {
      issues.push({
        path: [...path, "pay_date"],
        message: `${row.pay_date} lies before ex_date ${row.ex_date}`,
      });
    }
    const key = `${row.instrument} ${row.ex_date}`;
    if (seen.has(key)) issues.push({ path: [...path], message: `${key} is listed twice` });
    seen.add(key);
  });
  return issues;
}

function noSuchDay(path: Path, text: string): SectionIssue {
  return { path, message: `there is no day ${text}` };
}
