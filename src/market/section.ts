/**
 * The mandate's section `data`: which bars a run sees, how files are read into them, what the
 * quality checks tolerate, and the simulated markets. Its lists of files are declared in
 * sources/section.ts. A pay date is a list item and has no defaults from layers.
 */
import { z } from "zod";
import { parseIsoDate } from "../base/instant.ts";
import type { Section, SectionIssue } from "../domain/section.ts";
import { CALENDAR_IDS } from "./calendars/calendar.ts";
import { DATA_PROBES } from "./probes.ts";
import { layoutOf } from "./sources/requests.ts";
import {
  checkReferences,
  checkSource,
  referenceSchema,
  SOURCES_DESCRIBED,
  sourceSchema,
} from "./sources/section.ts";

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a date as YYYY-MM-DD");
const name = z.string().min(1);

const instrumentSchema = z.strictObject({
  asset_class: z.enum(["equity", "etf", "index", "commodity", "fx", "crypto", "future"]),
  currency: z.string().regex(/^[A-Z]{3}$/, "expected an ISO 4217 code such as USD"),
  currency_digits: z.int().min(0).max(8),
  lot: z.number().positive(),
  tick: z.number().positive().nullable(),
  multiplier: z.number().positive(),
  allow_nonpositive: z.boolean(),
  sector: name.nullable(),
  calendar: z.enum(CALENDAR_IDS).nullable(),
  initial_margin: z.number().positive().nullable(),
});

const workedExampleSchema = z.strictObject({
  move: z.number(),
  lots: z.number(),
  profit: z.number(),
});

const overrideSchema = instrumentSchema
  .partial()
  .extend({ worked_example: workedExampleSchema.optional() });

const dividendsSchema = z.strictObject({
  pay_date: z.literal("ex_date").nullable(),
  pay_dates: z.array(z.strictObject({ instrument: name, ex_date: isoDate, pay_date: isoDate })),
});

const qualitySchema = z.strictObject({
  max_rejected_rows: z.int().nonnegative(),
  max_jump: z.number().positive(),
  max_spike: z.number().positive(),
  stale_sessions: z.int().min(2),
  max_gap_days: z.int().positive(),
  max_zero_volume_share: z.number().min(0).max(1),
});

const simulatedSchema = z.strictObject({
  market: z.enum(["shares", "calibrated"]),
  instruments: z.int().min(1).max(99),
  sessions: z.int().min(2).max(100_000),
  start: isoDate,
  years: z.int().min(1).max(41),
});

const schema = z.strictObject({
  kind: z.enum(["real", "simulated"]),
  as_of: isoDate.nullable(),
  from: isoDate.nullable(),
  to: isoDate.nullable(),
  sources: z.array(sourceSchema),
  references: z.array(referenceSchema),
  instrument_defaults: instrumentSchema,
  instruments: z.record(name, overrideSchema),
  dividends: dividendsSchema,
  quality: qualitySchema,
  simulated: simulatedSchema,
});

export type DataSettings = z.infer<typeof schema>;
export type WorkedExample = z.infer<typeof workedExampleSchema>;
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
    sources:
      "where bars come from: files, each with its layout and column mapping, or a provider that is asked",
    references:
      "series that are looked at and never traded, one file and one column each; empty: none",
    ...SOURCES_DESCRIBED,
    "instrument_defaults.asset_class":
      "equity, etf, index, commodity, fx or crypto; future belongs to the simulated market alone",
    "instrument_defaults.currency": "ISO 4217 code of the price",
    "instrument_defaults.currency_digits": "decimal digits of the currency's minor unit: 2 for USD",
    "instrument_defaults.lot": "smallest tradable quantity in units",
    "instrument_defaults.tick": "price grid in currency; null: the source gives none",
    "instrument_defaults.multiplier": "money per unit of price and quantity",
    "instrument_defaults.allow_nonpositive":
      "true: prices at or below zero are facts and may be traded",
    "instrument_defaults.sector":
      "what limits and reports group by; null: the instrument is in no group",
    "instrument_defaults.calendar":
      "the exchange calendar that gaps, holidays and a stale end are judged by: XNYS, XCME, XEUR or XJPX; null: quality.max_gap_days",
    "instrument_defaults.initial_margin":
      "money reserved per unit of a future, in its currency; null: not a future",
    "instruments.*":
      "what differs from instrument_defaults for one instrument id; worked_example {move, lots, profit}: a price move, the lots held and the profit in the instrument's currency, which must come out exactly",
    "dividends.pay_date":
      "ex_date: a dividend without a pay date of its own is paid on its ex-date; null: it is an error",
    "dividends.pay_dates":
      "pay dates by hand, {instrument, ex_date, pay_date}; they win over a column",
    "quality.max_rejected_rows": "faulty rows that may be dropped, in rows; more refuse the pack",
    "quality.max_jump":
      "warn when a close moves by more than this fraction in one bar, splits and rolls taken out, or a high or low lies further than that from open and close",
    "quality.max_spike":
      "warn when a close moves by more than this many times the mean move of the bars around it and the next bar takes the move back",
    "quality.stale_sessions":
      "warn when more than this many closes in a row are equal, or an instrument ends more than that many sessions before the last",
    "quality.max_gap_days":
      "warn when more than this many calendar days lie between two bars of an instrument without a calendar; with one, any missing session is told",
    "quality.max_zero_volume_share": "warn when more than this share of bars has volume 0",
    "simulated.market":
      "shares: a few equities on weekdays; calibrated: 13 futures, two stocks, two currencies and a volatility index on exchange calendars",
    "simulated.instruments": "market shares: number of simulated equities, SIM01 and on",
    "simulated.sessions": "market shares: number of weekday sessions",
    "simulated.start": "YYYY-MM-DD: the first session is this day or the next one",
    "simulated.years": "market calibrated: how many years from the start",
  },
  defaults: {
    kind: "real",
    as_of: null,
    from: null,
    to: null,
    sources: [],
    references: [],
    instrument_defaults: {
      asset_class: "equity",
      currency: "USD",
      currency_digits: 2,
      lot: 1,
      tick: null,
      multiplier: 1,
      allow_nonpositive: false,
      sector: null,
      calendar: null,
      initial_margin: null,
    },
    instruments: {},
    dividends: { pay_date: null, pay_dates: [] },
    quality: {
      max_rejected_rows: 0,
      max_jump: 0.5,
      max_spike: 5,
      stale_sessions: 5,
      max_gap_days: 10,
      max_zero_volume_share: 0.05,
    },
    simulated: {
      market: "shares",
      instruments: 5,
      sessions: 2520,
      start: "2010-01-04",
      years: 20,
    },
  },
  profiles: { plain: {}, "etf-trend": {}, "futures-layers": {}, "equity-signals": {} },
  tags: { "sources.*.file": "location", "references.*.file": "location" },
  probes: DATA_PROBES,
  inapplicable: unreadKeys,
  check: checkDataSection,
};

type Path = readonly (string | number)[];

const UNREAD_BY_SIMULATED = ["sources", "references", "dividends"];

function unreadKeys(data: DataSettings): readonly string[] {
  if (data.kind === "real") {
    const pays = data.sources.some(
      (source) => typeof layoutOf(source).columns?.dividend === "string",
    );
    return pays ? ["simulated"] : ["simulated", "dividends"];
  }
  if (data.simulated.market === "shares") return [...UNREAD_BY_SIMULATED, "simulated.years"];
  // The calibrated market brings its instruments with it: an override can only check them.
  const overrides = Object.entries(data.instruments).flatMap(([id, terms]) =>
    Object.keys(terms)
      .filter((key) => key !== "worked_example")
      .map((key) => `instruments.${id}.${key}`),
  );
  return [
    ...UNREAD_BY_SIMULATED,
    "simulated.instruments",
    "simulated.sessions",
    "instrument_defaults",
    ...overrides,
  ];
}

function checkDataSection(data: DataSettings): readonly SectionIssue[] {
  return [
    ...checkDates(data),
    ...checkKind(data),
    ...data.sources.flatMap((source, i) => checkSource(source, ["sources", i])),
    ...checkReferences(data.references),
    ...checkInstruments(data),
    ...checkCalibrated(data),
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
  for (const key of ["sources", "references"] as const) {
    if (data[key].length > 0) issues.push({ path: [key], message: unread(key) });
  }
  if (data.dividends.pay_date !== null || data.dividends.pay_dates.length > 0) {
    issues.push({ path: ["dividends"], message: unread("dividends") });
  }
  return issues;
}

/** Terms of the defaults, then of each instrument that differs from them. */
function checkInstruments(data: DataSettings): readonly SectionIssue[] {
  const { instrument_defaults: defaults } = data;
  const issues: SectionIssue[] = [...checkTerms(defaults, ["instrument_defaults"])];
  for (const [id, terms] of Object.entries(data.instruments)) {
    const path = ["instruments", id];
    const { asset_class = defaults.asset_class, initial_margin = defaults.initial_margin } = terms;
    const own = "asset_class" in terms || "initial_margin" in terms;
    if (own) issues.push(...checkTerms({ asset_class, initial_margin }, path));
    const example = terms.worked_example;
    if (example !== undefined && (example.move === 0 || example.lots === 0)) {
      issues.push({
        path: [...path, "worked_example"],
        message: `a move of ${example.move} on ${example.lots} lots earns nothing and proves nothing; give numbers other than 0`,
      });
    }
  }
  return issues;
}

function checkTerms(
  terms: Pick<DataSettings["instrument_defaults"], "asset_class" | "initial_margin">,
  path: Path,
): readonly SectionIssue[] {
  if (terms.asset_class === "future") {
    return [
      {
        path: [...path, "asset_class"],
        message:
          "future: contracts and rolls cannot come from a file yet, and a future without them is none; take the class of what the file holds (commodity, index), or data.simulated.market: calibrated",
      },
    ];
  }
  if (terms.initial_margin === null) return [];
  return [
    {
      path: [...path, "initial_margin"],
      message: `${terms.initial_margin} is reserved by nobody: asset class ${terms.asset_class} is paid in full; set null`,
    },
  ];
}

const CALENDARS = { from: "1990-01-01", to: "2030-12-31" };

/** The calibrated market lies on exchange calendars, which are known for some years only. */
function checkCalibrated({ kind, simulated }: DataSettings): readonly SectionIssue[] {
  const { market, start, years } = simulated;
  if (kind !== "simulated" || market !== "calibrated") return [];
  const known = `exchange calendars are known from ${CALENDARS.from} to ${CALENDARS.to}`;
  if (start < CALENDARS.from || start > CALENDARS.to) {
    return [{ path: ["simulated", "start"], message: `${start}: ${known}; start within them` }];
  }
  const after = `${Number(start.slice(0, 4)) + years}${start.slice(4)}`;
  if (after <= "2031-01-01") return [];
  const message = `${years} years from ${start} end after ${CALENDARS.to}: ${known}; take fewer years or an earlier start`;
  return [{ path: ["simulated", "years"], message }];
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
