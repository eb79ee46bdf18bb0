import { describe, expect, it } from "vitest";
import { type DataSettings, dataSection } from "../../../src/market/section.ts";
import { DEFAULTS, OHLCV, settings, source } from "./fixture.ts";

const real = (changes: Partial<DataSettings> = {}) => settings({ sources: [source()], ...changes });

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
  ])("refuses %s", (_, data, message) => {
    expect(issues(data)).toHaveLength(1);
    expect(issues(data)[0]).toMatch(message);
  });

  it("refuses an unknown key and a file of unknown kind", () => {
    expect(dataSection.schema.safeParse({ ...real(), extra: 1 }).success).toBe(false);
    const odd = { ...real(), sources: [source({ file: "bars.xlsx" })] };
    expect(dataSection.schema.safeParse(odd).success).toBe(false);
  });
});
