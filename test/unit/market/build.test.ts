import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/adapters/providers/csv.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";
import { Fault } from "../../../src/domain/fault.ts";
import { trackReads } from "../../../src/mandate/reads.ts";
import { resolveActions } from "../../../src/market/actions/resolve-actions.ts";
import { buildContent } from "../../../src/market/build.ts";
import type { FindingKind } from "../../../src/market/quality/findings.ts";
import { DEFAULTS, OHLCV, build, settings, source } from "./fixture.ts";

const TWO_DAYS =
  "date,open,high,low,close,volume\n2020-01-02,10,12,9,11,100\n2020-01-03,11,13,10,12,200\n";
const ALL = { columns: OHLCV };

/** Weekdays of 2020 from January 2 on, one close each. */
function weekdays(values: readonly number[]): string {
  const rows: string[] = [];
  for (let ms = Date.UTC(2020, 0, 2), i = 0; i < values.length; ms += 86_400_000) {
    const day = new Date(ms);
    if (day.getUTCDay() === 0 || day.getUTCDay() === 6) continue;
    rows.push(`${day.toISOString().slice(0, 10)},${values[i++]}`);
  }
  return `date,close\n${rows.join("\n")}\n`;
}

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
  throw new Error("nothing was refused");
}

const kindsOf = (built: ReturnType<typeof build>): readonly FindingKind[] =>
  built.quality.findings.map((finding) => finding.kind);

describe("building pack content", () => {
  it("takes a clean file without a finding", () => {
    const { content, quality } = build(TWO_DAYS, ALL);
    expect(quality.findings).toEqual([]);
    expect(content.kind).toBe("REAL");
    expect(content.rights).toEqual(["test"]);
    const [series] = content.series;
    expect([...series.timesMs]).toEqual(["2020-01-02", "2020-01-03"].map(parseIsoDate));
    expect([...(series.open ?? [])]).toEqual([10, 11]);
    expect([...(series.volume ?? [])]).toEqual([100, 200]);
  });

  it("leaves a column that is not mapped out, and never invents it", () => {
    const [series] = build(TWO_DAYS).content.series;
    expect(series).toMatchObject({ open: null, high: null, low: null, volume: null });
  });

  it("takes instrument terms from the defaults and the overrides", () => {
    const terms = { instruments: { AAA: { tick: 0.01, asset_class: "etf" as const } } };
    const [{ instrument }] = build(TWO_DAYS, {}, terms).content.series;
    expect(instrument).toMatchObject({ id: "AAA", assetClass: "etf", tick: 0.01, lot: 1 });
    const unknown = { instruments: { BBB: { tick: 0.01 } } };
    expect(() => build(TWO_DAYS, {}, unknown)).toThrow(
      /data\.instruments\.BBB: no such instrument.*AAA/,
    );
  });

  it("sorts a descending file and says so", () => {
    const built = build("date,close\n2020-01-03,12\n2020-01-02,11\n");
    expect([...built.content.series[0].close]).toEqual([11, 12]);
    expect(kindsOf(built)).toEqual(["descending"]);
    expect(built.quality.findings[0].first[0]).toEqual({
      where: "bars.csv:3",
      value: "2020-01-02 after 2020-01-03",
    });
    expect(kindsOf(build("date,close\n2020-01-06,1\n2020-01-02,1\n2020-01-03,1\n"))).toEqual([
      "unordered",
    ]);
  });

  it("cuts by from and to, both included, and counts what is outside", () => {
    const { content, quality } = build(
      weekdays([1, 2, 3, 4]),
      {},
      { from: "2020-01-03", to: "2020-01-06" },
    );
    expect([...content.series[0].close]).toEqual([2, 3]);
    expect(quality).toMatchObject({ rows_read: 4, rows_outside_range: 2, rows_rejected: 0 });
    expect(() => build(TWO_DAYS, {}, { from: "2021-01-01" })).toThrow(
      /AAA has no usable bar between/,
    );
  });

  it("names the columns that are there when one is missing", () => {
    expect(() => build(TWO_DAYS, { columns: { close: "Close" } })).toThrow(
      'data.sources.0.columns.close: bars.csv has no column "Close"; its columns are "date", "open", "high", "low", "close", "volume" (matched exactly)',
    );
  });

  it("reads 1e3 and refuses what only looks like a number", () => {
    expect([...build("date,close\n2020-01-02, 1e3 \n").content.series[0].close]).toEqual([1000]);
    for (const text of ["1,5", "1.5%", "NaN", "Infinity", "0x10", "1 000", "n/a"]) {
      expect(faultOf(() => build(`date,close\n2020-01-02,"${text}"\n`)).message).toMatch(
        /1 bad_number/,
      );
    }
  });

  it.each<readonly [FindingKind, string, string]>([
    ["bad_date", "2020-02-30,10,12,9,11,1", '"2020-02-30"'],
    ["missing_value", "2020-01-06,10,12,9,,1", '2020-01-06 close ""'],
    ["missing_value", "2020-01-06,10,12,9,11,", '2020-01-06 volume ""'],
    ["bad_number", "2020-01-06,10,12,9,x,1", '2020-01-06 close "x"'],
    ["duplicate", "2020-01-03,10,12,9,11,1", "2020-01-03"],
    ["high_below_low", "2020-01-06,10,8,9,11,1", "2020-01-06 high 8 low 9"],
    ["close_not_positive", "2020-01-06,10,12,-2,0,1", "2020-01-06 close 0"],
  ])("refuses %s, and drops it where the mandate permits", (kind, row, value) => {
    const text = `${TWO_DAYS}${row}\n`;
    const fault = faultOf(() => build(text, ALL));
    expect(fault.kind).toBe("data");
    expect(fault.message).toMatch(
      new RegExp(`^1 row is faulty \\(1 ${kind}\\), quality.max_rejected_rows permits 0`),
    );
    expect(fault.where).toBe("bars.csv:4");
    expect(fault.details[0]).toContain(`${kind}: 1 row of AAA`);
    const dropped = build(text, ALL, { quality: { ...DEFAULTS.quality, max_rejected_rows: 1 } });
    expect(dropped.quality.rows_rejected).toBe(1);
    expect(dropped.quality.findings[0]).toMatchObject({ kind, severity: "refuse", count: 1 });
    expect(dropped.quality.findings[0].first).toEqual([{ where: "bars.csv:4", value }]);
    expect([...dropped.content.series[0].close]).toEqual([11, 12]);
  });

  it("admits a price at or below zero where it is a fact", () => {
    const fact = { instruments: { AAA: { allow_nonpositive: true } } };
    expect([...build("date,close\n2020-04-20,-36.98\n", {}, fact).content.series[0].close]).toEqual(
      [-36.98],
    );
    expect(() => build("date,close\n2020-04-20,-36.98\n")).toThrow(
      /data\.instruments\.AAA\.allow_nonpositive: true/,
    );
  });

  it.each<readonly [FindingKind, string]>([
    ["open_outside_range", "2020-01-06,14,13,10,12,1"],
    ["close_outside_range", "2020-01-06,12,13,10,14,1"],
    ["price_not_positive", "2020-01-06,12,13,0,12,1"],
    ["volume_negative", "2020-01-06,12,13,10,12,-1"],
    ["volume_zero", "2020-01-06,12,13,10,12,0"],
    ["jump", "2020-01-06,20,20,19,20,1"],
    ["gap", "2020-01-14,12,13,10,12,1"],
    ["weekend_bar", "2020-01-04,12,13,10,12,1"],
  ])("warns of %s alone and keeps the row", (kind, row) => {
    const built = build(`${TWO_DAYS}${row}\n`, ALL);
    expect(kindsOf(built)).toEqual([kind]);
    expect(built.quality.findings[0]).toMatchObject({ severity: "warn", count: 1 });
    expect(built.content.series[0].close).toHaveLength(3);
  });

  it("tells a jump that stayed from one that came back, and a split from both", () => {
    const spike = weekdays([10, 11, 30, 11, 10, 11, 10, 11]);
    expect(kindsOf(build(spike))).toEqual(["jump"]);
    const broken = weekdays([30, 31, 10, 11, 10, 11, 10, 11]);
    expect(kindsOf(build(broken))).toEqual(["jump", "level_break"]);
    const recorded = broken
      .replace("close\n", "close,split\n")
      .replaceAll(/(\d)\n(?=2020|$)/g, "$1,1\n");
    const split = recorded.replace("2020-01-06,10,1", "2020-01-06,10,3");
    const { content, quality } = build(split, { columns: { close: "close", split: "split" } });
    expect(quality.findings).toEqual([]);
    expect(content.actions).toEqual([
      { kind: "split", instrument: "AAA", exDateMs: parseIsoDate("2020-01-06"), ratio: 3 },
    ]);
  });

  it("warns of closes that repeat, in the middle and at the end", () => {
    expect(kindsOf(build(weekdays([1.1, 1, 1, 1, 1, 1, 1.1])))).toEqual([]);
    expect(kindsOf(build(weekdays([1.1, 1, 1, 1, 1, 1, 1, 1.1])))).toEqual(["stale_run"]);
    expect(kindsOf(build(weekdays([1.1, 1, 1, 1, 1, 1, 1])))).toEqual(["stale_tail"]);
  });
});

describe("layouts", () => {
  const WIDE =
    "Date,B,A\n2020-01-02,,4\n2020-01-03,5,5\n2020-01-06,,6\n2020-01-07,6,7\n2020-01-08,7,\n";
  const wide = {
    layout: "wide" as const,
    instrument: undefined,
    columns: undefined,
    date: { column: "Date", format: "YYYY-MM-DD" },
  };

  it("takes a column per instrument; an empty cell is no bar, a hole is told", () => {
    const { content, quality } = build(WIDE, wide);
    expect(content.series.map(({ instrument, close }) => [instrument.id, ...close])).toEqual([
      ["A", 4, 5, 6, 7],
      ["B", 5, 6, 7],
    ]);
    expect(quality.findings).toMatchObject([
      { kind: "absent_in_panel", instrument: "B", count: 1, first: [{ where: "bars.csv:4" }] },
    ]);
  });

  it("takes the listed instruments alone, and names those that are there", () => {
    expect(build(WIDE, { ...wide, instruments: ["A"] }).content.series).toHaveLength(1);
    expect(() => build(WIDE, { ...wide, instruments: ["C"] })).toThrow(/no column "C".*"B", "A"/);
  });

  const LONG = "id,date,close\nB,2020-01-02,5\nA,2020-01-02,1\nB,2020-01-03,6\n,2020-01-03,7\n";
  const long = { layout: "long" as const, instrument: undefined, instrument_column: "id" };

  it("splits a long file by its ids; a row without one is faulty", () => {
    expect(faultOf(() => build(LONG, long)).details[0]).toMatch(
      /missing_value: 1 row \(.*bars\.csv:5/,
    );
    const { content } = build(LONG, { ...long, instruments: ["B", "A"] });
    expect(content.series.map(({ instrument, close }) => [instrument.id, ...close])).toEqual([
      ["A", 1],
      ["B", 5, 6],
    ]);
    expect(() => build(LONG, { ...long, instruments: ["C"] })).toThrow(
      /has no rows of C; it has B, A/,
    );
  });

  it("joins two files of one instrument, and refuses an overlap or other fields", () => {
    const data = settings({ sources: [source(), source({ file: "more.csv" })] });
    const first = parseCsv("date,close\n2020-01-02,1\n", "bars.csv");
    const second = parseCsv("date,close\n2020-01-03,2\n", "more.csv");
    const { content } = buildContent(data, { tables: [first, second], seed: 1 });
    expect([...content.series[0].close]).toEqual([1, 2]);
    const overlap = parseCsv("date,close\n2020-01-02,2\n", "more.csv");
    expect(faultOf(() => buildContent(data, { tables: [first, overlap], seed: 1 })).where).toBe(
      "more.csv:2",
    );
    const other = settings({ sources: [source(), source({ columns: OHLCV })] });
    expect(() =>
      buildContent(other, { tables: [first, parseCsv(TWO_DAYS, "more.csv")], seed: 1 }),
    ).toThrow(
      /data\.sources\.1\.columns: gives AAA the fields open, high, low, close, volume, an earlier source close/,
    );
  });
});

describe("dividends", () => {
  const TEXT =
    "date,close,div,paid\n2020-01-02,10,,\n2020-01-03,11,0.5,2020-01-10\n2020-01-06,12,0.6,\n";
  const columns = { close: "close", dividend: "div", pay_date: "paid" };
  const paid = (built: ReturnType<typeof build>) =>
    built.content.actions.map((action) => (action.kind === "dividend" ? action.payDateMs : null));

  it("refuses one without a pay date, naming the row and the three ways out", () => {
    const fault = faultOf(() => build(TEXT, { columns }));
    expect(fault.message).toBe(
      "1 dividend has no pay date; map columns.pay_date of the source, or list them in data.dividends.pay_dates, or declare data.dividends.pay_date: ex_date",
    );
    expect(fault.details).toEqual(["bars.csv:4 AAA ex-date 2020-01-06, 0.6 per unit"]);
  });

  it("takes the mandate's list before the column before the declared ex-date", () => {
    const declared = build(
      TEXT,
      { columns },
      { dividends: { pay_date: "ex_date", pay_dates: [] } },
    );
    expect(paid(declared)).toEqual(["2020-01-10", "2020-01-06"].map(parseIsoDate));
    const list = ["2020-01-03", "2020-01-06"].map((ex_date) => ({
      instrument: "AAA",
      ex_date,
      pay_date: "2020-01-20",
    }));
    const listed = build(TEXT, { columns }, { dividends: { pay_date: null, pay_dates: list } });
    expect(paid(listed)).toEqual(["2020-01-20", "2020-01-20"].map(parseIsoDate));
  });

  it("asks for the declared pay date where no dividend falls into the data: the key has its reader", () => {
    const { values, unread } = trackReads({ pay_date: "ex_date" as const, pay_dates: [] });
    expect(resolveActions([], values)).toEqual([]);
    expect(unread()).toEqual([]);
  });

  it("refuses a listed date on which no dividend falls", () => {
    const pay_dates = [{ instrument: "AAA", ex_date: "2020-01-02", pay_date: "2020-01-20" }];
    expect(() =>
      build(TEXT, { columns }, { dividends: { pay_date: "ex_date", pay_dates } }),
    ).toThrow(/no dividend falls on AAA 2020-01-02/);
  });

  it.each([
    ["2020-01-03,11,-0.5,", /1 bad_action/],
    ["2020-01-03,11,0.5,2020-01-02", /1 bad_action/],
    ["2020-01-03,11,0.5,soon", /1 bad_action/],
    ["2020-01-03,11,x,", /1 bad_action/],
  ])("refuses %s", (row, message) => {
    expect(() => build(`date,close,div,paid\n2020-01-02,10,,\n${row}\n`, { columns })).toThrow(
      message,
    );
  });
});
