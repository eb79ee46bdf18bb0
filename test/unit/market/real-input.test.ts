/** The room against original vendor files with their defects; each says its source in ../shared/data. */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createFileTables } from "../../../src/adapters/providers/files.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";
import { Fault } from "../../../src/domain/fault.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { buildContent } from "../../../src/market/build.ts";
import type { DataSettings } from "../../../src/market/section.ts";
import type { SourceSettings } from "../../../src/market/sources/section.ts";
import { SHARED, sharedName } from "../../support/shared.ts";
import { DEFAULTS, OHLCV, settings, source } from "./fixture.ts";

const tables = createFileTables(resolve(SHARED ?? ".", "data"));

async function buildFrom(item: Partial<SourceSettings>, changes: Partial<DataSettings> = {}) {
  const bars = source(item);
  const data = settings({ sources: [bars], ...changes });
  const { table } = await tables({ file: bars.file, member: null });
  return { table, ...buildContent(data, { tables: [table], seed: 1 }) };
}

const WTI = {
  file: "macro/wti-daily.csv",
  instrument: "WTI",
  date: { column: "Date", format: "YYYY-MM-DD" },
  columns: { close: "Price" },
};
const WIKI: Partial<SourceSettings> = {
  file: "equities/wiki-2014-splits-dividends.zip",
  layout: "long",
  instrument: undefined,
  instrument_column: "ticker",
  columns: { ...OHLCV, dividend: "ex-dividend", split: "split_ratio" },
};

describe.skipIf(SHARED === null)(sharedName("real files"), () => {
  it("S&P 500 1990-2022: M/D/YYYY, byte order mark, zero volumes told", async () => {
    const { content, quality } = await buildFrom({
      file: "equities/spx-daily.csv",
      instrument: "SPX",
      date: { column: "date", format: "M/D/YYYY" },
      columns: OHLCV,
    });
    expect(quality.series).toMatchObject([{ rows: 8111, from: "1990-01-02", to: "2022-03-10" }]);
    expect(quality.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ["volume_zero", 2215],
      // 1997-10-27: -6.9 %, trading halted; +5.1 % the next day. Real, and a person should look.
      ["spike", 1],
    ]);
    expect(content.series[0].close[0]).toBe(359.69);
  });

  it("S&P 500 from 1950, newest first: sorted with a note", async () => {
    const columns = { open: "Open", high: "High", low: "Low", close: "Close", volume: "Volume" };
    const { content, quality } = await buildFrom({
      file: "equities/spx-1950-daily-descending.csv",
      date: { column: "Timestamp", format: "YYYY-MM-DD" },
      columns,
    });
    expect(quality.series).toMatchObject([{ rows: 15_821, from: "1950-01-03", to: "2012-11-15" }]);
    expect(quality.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ["spike", 3],
      ["descending", 1],
    ]);
    expect(quality.findings[0].first.map(({ value }) => value)).toEqual([
      "1961-04-17 close 66.37 to 68.68 and back",
      "1963-11-22 close 71.62 to 69.61 and back",
      "1997-10-27 close 941.64 to 876.99 and back",
    ]);
    expect(content.series[0].close[0]).toBe(16.66);
  });

  it("23 ETFs in one wide file of closes", async () => {
    const { content, quality } = await buildFrom({
      file: "equities/etf23-daily-close.csv",
      layout: "wide",
      instrument: undefined,
      columns: undefined,
      date: { column: "Date", format: "YYYY-MM-DD" },
    });
    expect(content.series).toHaveLength(23);
    expect(content.series.every(({ open, close }) => open === null && close.length === 2141)).toBe(
      true,
    );
    expect(content.series.map(({ instrument }) => instrument.id)).toEqual(
      content.series.map(({ instrument }) => instrument.id).sort(),
    );
    expect(quality.rows_rejected).toBe(0);
  });

  it("WTI: refused by 2020-04-20 at -36.98, taken where that is a fact", async () => {
    const refused = await buildFrom(WTI).catch((cause: Fault) => cause);
    expect(refused).toBeInstanceOf(Fault);
    expect((refused as Fault).details[0]).toBe(
      "close_not_positive: 1 row of WTI (close at or below zero), macro/wti-daily.csv:8645 2020-04-20 close -36.98",
    );
    expect((refused as Fault).message).toContain("data.instruments.WTI.allow_nonpositive: true");
    const { content } = await buildFrom(WTI, { instruments: { WTI: { allow_nonpositive: true } } });
    const [{ timesMs, close }] = content.series;
    expect(close).toHaveLength(10_226);
    expect(close[timesMs.indexOf(parseIsoDate("2020-04-20") ?? 0)]).toBe(-36.98);
  });

  it("S&P 500 against the New York calendar: no session missing, no bar on a holiday", async () => {
    const { quality } = await buildFrom(
      {
        file: "equities/spx-daily.csv",
        instrument: "SPX",
        date: { column: "date", format: "M/D/YYYY" },
        columns: OHLCV,
      },
      { instruments: { SPX: { calendar: "XNYS" } } },
    );
    expect(quality.findings.map(({ kind }) => kind)).toEqual(["volume_zero", "spike"]);
  });

  it("VIX: 47 rows with open or close outside high and low are warned of and kept", async () => {
    const columns = { open: "OPEN", high: "HIGH", low: "LOW", close: "CLOSE" };
    const { quality } = await buildFrom({
      file: "macro/vix-daily.csv",
      date: { column: "DATE", format: "YYYY-MM-DD" },
      columns,
    });
    const outside = quality.findings.filter(({ kind }) => kind.endsWith("outside_range"));
    expect(outside.map(({ kind, count }) => [kind, count])).toEqual([["open_outside_range", 47]]);
    expect(quality.series[0].rows).toBe(9235);
  });

  it("natural gas: one empty price refuses; the 15-day hole is told", async () => {
    const gas = {
      file: "macro/henry-hub-daily.csv",
      date: { column: "Date", format: "YYYY-MM-DD" },
      columns: { close: "Price" },
    };
    await expect(buildFrom(gas)).rejects.toThrow(/1 row is faulty \(1 missing_value\)/);
    const { quality } = await buildFrom(gas, {
      quality: { ...DEFAULTS.quality, max_rejected_rows: 1 },
    });
    expect(quality.findings.find(({ kind }) => kind === "gap")?.first).toEqual([
      { where: "macro/henry-hub-daily.csv:2183", value: "2005-10-07 15 days after 2005-09-22" },
    ]);
  });

  it("WIKI 2014: dividends need a pay date; declared as ex_date they are actions beside the 7:1 split", async () => {
    await expect(buildFrom({ ...WIKI, instruments: ["AAPL"] })).rejects.toThrow(
      /^4 dividends have no pay date/,
    );
    const { content } = await buildFrom(
      { ...WIKI, instruments: ["AAPL"] },
      { dividends: { pay_date: "ex_date", pay_dates: [] } },
    );
    expect(
      content.actions.map((action) => [
        action.kind,
        action.exDateMs,
        action.kind === "split" ? action.ratio : action.amountPerUnit,
      ]),
    ).toEqual([
      ["dividend", parseIsoDate("2014-02-06"), 3.05],
      ["dividend", parseIsoDate("2014-05-08"), 3.29],
      ["split", parseIsoDate("2014-06-09"), 7],
      ["dividend", parseIsoDate("2014-08-07"), 0.47],
      ["dividend", parseIsoDate("2014-11-06"), 0.47],
    ]);
  });

  it.each(["AAPL", "MSFT"])(
    "WIKI 2014 %s: total return equals the ratio of the file's adjusted closes within 1e-12 each day",
    async (id) => {
      const { content, table } = await buildFrom(
        { ...WIKI, instruments: [id] },
        { dividends: { pay_date: "ex_date", pay_dates: [] } },
      );
      const [series] = content.series;
      const { totalReturn } = adjustInputs(series, content.actions);
      const tickers = table.columns.get("ticker")?.values ?? [];
      const adjusted = Array.from(table.columns.get("adj_close")?.values ?? [], Number).filter(
        (_, row) => tickers[row] === id,
      );
      expect(adjusted).toHaveLength(series.close.length);
      for (let t = 1; t < adjusted.length; t++) {
        const expected = adjusted[t] / adjusted[t - 1];
        expect(Math.abs(totalReturn[t] / totalReturn[t - 1] / expected - 1)).toBeLessThan(1e-12);
      }
    },
  );

  it("the corrupt file: refused with every fault and warning in one list", async () => {
    const bad = {
      file: "equities/bad-quotes.csv",
      instrument: "BAD",
      date: { column: "date", format: "MM/DD/YYYY" },
      columns: OHLCV,
    };
    const fault = await buildFrom(bad).catch((cause: Fault) => cause);
    if (!(fault instanceof Fault)) throw new Error("it was not refused");
    expect(fault.message).toMatch(
      /^156 rows are faulty \(50 bad_date, 51 missing_value, 3 high_below_low, 52 close_not_positive\)/,
    );
    expect(fault.where).toBe("equities/bad-quotes.csv:202");
    const line = (kind: string) => fault.details.find((text) => text.startsWith(kind)) ?? "";
    expect(line("bad_date")).toContain('first equities/bad-quotes.csv:202 ""');
    expect(line("missing_value")).toContain('first equities/bad-quotes.csv:451 2018-10-15 open ""');
    expect(line("high_below_low")).toContain(
      "equities/bad-quotes.csv:358 2018-06-04 high -266.1 low 265.2",
    );
    expect(line("jump")).toContain(
      "equities/bad-quotes.csv:152 2017-08-08 close 0.00023634 to 23576000",
    );
    expect(line("volume_negative")).toContain("equities/bad-quotes.csv:360");
    expect(line("stale_run")).toContain(
      "equities/bad-quotes.csv:52 2017-03-16 close 225 for 50 bars",
    );
  });
});
