import { describe, expect, it } from "vitest";
import { type DataSettings, dataSection } from "../../../src/market/section.ts";
import { DEFAULTS, OHLCV, settings, source } from "./fixture.ts";

const real = (changes: Partial<DataSettings> = {}) => settings({ sources: [source()], ...changes });

const VIX = {
  id: "VIX",
  kind: "volatility_index" as const,
  file: "vix.csv",
  date: { column: "date", format: "YYYY-MM-DD" },
  column: "close",
  rights: "test",
};
const EURO = { ...VIX, id: "EURUSD", kind: "fx" as const, currency: "EUR", quote: "USD" };

const calibrated = (changes: Partial<DataSettings["simulated"]>) =>
  settings({
    kind: "simulated",
    simulated: { ...DEFAULTS.simulated, market: "calibrated", ...changes },
  });

const terms = (changes: Partial<DataSettings["instrument_defaults"]>) => ({
  ...DEFAULTS.instrument_defaults,
  ...changes,
});

function issues(data: DataSettings): readonly string[] {
  const check = dataSection.check as (
    values: DataSettings,
    mandate: object,
  ) => readonly {
    readonly path: readonly (string | number)[];
    readonly message: string;
  }[];
  return check(data, {}).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("section data", () => {
  it("is complete with its defaults and one source, and nothing else is needed", () => {
    expect(dataSection.schema.safeParse(real()).error).toBeUndefined();
    expect(issues(real())).toEqual([]);
    expect(issues(settings({ kind: "simulated" }))).toEqual([]);
    expect(issues(real({ references: [VIX, EURO] }))).toEqual([]);
    expect(issues(calibrated({}))).toEqual([]);
    expect(issues(calibrated({ start: "1990-01-01", years: 41 }))).toEqual([]);
  });

  it("gives every profile a complete section", () => {
    const profiles = ["plain", "etf-trend", "futures-layers", "equity-signals"];
    expect(Object.keys(dataSection.profiles)).toEqual(profiles);
    for (const profile of profiles) {
      const values = { ...real(), ...dataSection.profiles[profile] };
      expect(dataSection.schema.safeParse(values).error).toBeUndefined();
    }
  });

  it("has defaults for every key, and a line for every key", () => {
    expect(Object.keys(dataSection.defaults).sort()).toEqual(
      Object.keys(dataSection.schema.shape).sort(),
    );
    const described = Object.keys(dataSection.describe);
    for (const key of Object.keys(dataSection.schema.shape)) {
      expect(described.some((path) => path === key || path.startsWith(`${key}.`))).toBe(true);
    }
  });

  it.each<readonly [string, DataSettings, RegExp]>([
    ["no sources", DEFAULTS, /^sources: kind is real but there are no sources/],
    ["unread sources", real({ kind: "simulated" }), /^sources: kind is simulated/],
    [
      "from after to",
      real({ from: "2021-01-02", to: "2021-01-01" }),
      /^from: from 2021-01-02 lies after/,
    ],
    ["no such day", real({ as_of: "2021-02-30" }), /^as_of: there is no day 2021-02-30/],
    [
      "no instrument",
      real({ sources: [{ ...source(), instrument: undefined }] }),
      /^sources\.0\.instrument: missing/,
    ],
    [
      "wide with columns",
      real({ sources: [{ ...source(), layout: "wide", instrument: undefined }] }),
      /^sources\.0\.columns: layout wide/,
    ],
    [
      "long without ids",
      real({ sources: [{ ...source(), layout: "long", instrument: undefined }] }),
      /^sources\.0\.instrument_column: missing/,
    ],
    [
      "instruments of a single file",
      real({ sources: [source({ instruments: ["A"] })] }),
      /^sources\.0\.instruments: layout single does not read it/,
    ],
    [
      "no format",
      real({ sources: [source({ date: { column: "date" } })] }),
      /^sources\.0\.date\.format: missing/,
    ],
    [
      "bad format",
      real({ sources: [source({ date: { column: "date", format: "YYYY-MM" } })] }),
      /has no day/,
    ],
    ["member outside a zip", real({ sources: [source({ member: "a.csv" })] }), /is not a \.zip/],
    [
      "a fabricated open",
      real({ sources: [source({ columns: { open: "close", close: "close" } })] }),
      /reads "close", which columns\.open reads already/,
    ],
    [
      "high alone",
      real({ sources: [source({ columns: { high: "high", close: "close" } })] }),
      /high and low belong together/,
    ],
    [
      "pay date alone",
      real({ sources: [source({ columns: { ...OHLCV, pay_date: "paid" } })] }),
      /is read with columns\.dividend only/,
    ],
    [
      "paid before ex",
      real({
        dividends: {
          pay_date: null,
          pay_dates: [{ instrument: "AAA", ex_date: "2020-02-02", pay_date: "2020-02-01" }],
        },
      }),
      /lies before ex_date/,
    ],
    [
      "unread references",
      settings({ kind: "simulated", references: [VIX] }),
      /^references: kind is simulated/,
    ],
    [
      "a pair without its quote",
      real({ references: [{ ...EURO, quote: undefined }] }),
      /^references\.0\.quote: missing: kind fx/,
    ],
    [
      "a pair without its currency",
      real({ references: [{ ...EURO, currency: undefined }] }),
      /^references\.0\.currency: missing: kind fx/,
    ],
    [
      "a currency in itself",
      real({ references: [{ ...EURO, quote: "EUR" }] }),
      /^references\.0\.quote: EUR in itself is always 1/,
    ],
    [
      "a volatility in a currency",
      real({ references: [{ ...VIX, quote: "USD" }] }),
      /^references\.0\.quote: kind volatility_index does not read it/,
    ],
    [
      "a reference twice",
      real({ references: [VIX, VIX] }),
      /^references\.1\.id: id VIX is given by references\.0 already/,
    ],
    [
      "a pair twice",
      real({ references: [EURO, { ...EURO, id: "EUR" }] }),
      /^references\.1\.id: the pair EUR in USD is given by references\.0 already/,
    ],
    [
      "dates as values",
      real({ references: [{ ...VIX, column: "date" }] }),
      /^references\.0\.column: reads "date", which date\.column reads already/,
    ],
    [
      "a reference's text dates without a format",
      real({ references: [{ ...VIX, date: { column: "date" } }] }),
      /^references\.0\.date\.format: missing/,
    ],
    [
      "a reference's member outside a zip",
      real({ references: [{ ...VIX, member: "a.csv" }] }),
      /^references\.0\.member: vix\.csv is not a \.zip/,
    ],
    [
      "futures from a file",
      real({ instrument_defaults: terms({ asset_class: "future", initial_margin: 100 }) }),
      /^instrument_defaults\.asset_class: future: contracts and rolls cannot come from a file yet/,
    ],
    [
      "one future from a file",
      real({ instruments: { AAA: { asset_class: "future" } } }),
      /^instruments\.AAA\.asset_class: future: contracts and rolls/,
    ],
    [
      "a margin of a share",
      real({ instruments: { AAA: { initial_margin: 100 } } }),
      /^instruments\.AAA\.initial_margin: 100 is reserved by nobody: asset class equity/,
    ],
    [
      "an example that proves nothing",
      real({ instruments: { AAA: { worked_example: { move: 0, lots: 1, profit: 0 } } } }),
      /^instruments\.AAA\.worked_example: a move of 0 on 1 lots earns nothing/,
    ],
    [
      "a start before the calendars",
      calibrated({ start: "1989-12-29" }),
      /^simulated\.start: 1989-12-29: exchange calendars are known from 1990-01-01 to 2030-12-31/,
    ],
    [
      "an end after the calendars",
      calibrated({ start: "2015-01-05", years: 17 }),
      /^simulated\.years: 17 years from 2015-01-05 end after 2030-12-31/,
    ],
  ])("refuses %s", (_, data, message) => {
    expect(issues(data)).toHaveLength(1);
    expect(issues(data)[0]).toMatch(message);
  });

  it("refuses a calendar that there is not, and a margin of nothing", () => {
    const margin = { AAA: { initial_margin: 0 } };
    const calendar = { AAA: { calendar: "XNAS" } };
    for (const instruments of [margin, calendar]) {
      expect(dataSection.schema.safeParse({ ...real(), instruments }).success).toBe(false);
    }
  });

  it("keeps the place of every file out of the mandate's identity", () => {
    expect(dataSection.tags).toEqual({
      "sources.*.file": "location",
      "references.*.file": "location",
    });
  });

  it("refuses an unknown key and a file of unknown kind", () => {
    expect(dataSection.schema.safeParse({ ...real(), extra: 1 }).success).toBe(false);
    const odd = { ...real(), sources: [source({ file: "bars.xlsx" })] };
    expect(dataSection.schema.safeParse(odd).success).toBe(false);
  });
});
