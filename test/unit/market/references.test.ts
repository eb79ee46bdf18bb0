/** Reference series: from files, with every fault of a row planted, and from real ones. */
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/adapters/providers/csv.ts";
import { createFileTables } from "../../../src/adapters/providers/files.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { RawTable } from "../../../src/ports/table-source.ts";
import { buildContent } from "../../../src/market/build.ts";
import { preparePack } from "../../../src/market/prepare.ts";
import type { DataSettings } from "../../../src/market/section.ts";
import type { ReferenceSettings } from "../../../src/market/sources/section.ts";
import { SHARED, sharedName } from "../../support/shared.ts";
import { DEFAULTS, settings, source } from "./fixture.ts";

const BARS = "date,close\n2020-01-02,10\n2020-01-03,11\n2020-01-06,12\n";
const VIX: ReferenceSettings = {
  id: "VIX",
  kind: "volatility_index",
  file: "vix.csv",
  date: { column: "day", format: "M/D/YYYY" },
  column: "last",
  rights: "vendor",
};
const EURO: ReferenceSettings = {
  ...VIX,
  id: "EURUSD",
  kind: "fx",
  currency: "EUR",
  quote: "USD",
  file: "euro.csv",
};
const VALUES = "day,last\n1/2/2020,12.5\n1/3/2020,14\n1/6/2020,13.25\n";

function built(
  references: readonly (readonly [ReferenceSettings, string | RawTable])[],
  changes: Partial<DataSettings> = {},
) {
  const data = settings({
    sources: [source()],
    references: references.map(([item]) => item),
    ...changes,
  });
  const tables = references.map(([item, table]) =>
    typeof table === "string" ? parseCsv(table, item.file) : table,
  );
  return buildContent(data, { tables: [parseCsv(BARS, "bars.csv"), ...tables], seed: 1 });
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

const permitting = (rows: number) => ({
  quality: { ...DEFAULTS.quality, max_rejected_rows: rows },
});

describe("reference series of files", () => {
  it("come in by id, with their kind, their days and their rights", () => {
    const { content, quality } = built([
      [VIX, VALUES],
      [EURO, "day,last\n1/2/2020,1.1\n1/6/2020,1.25\n"],
    ]);
    const [euro, vix] = content.references;
    expect(euro).toMatchObject({ id: "EURUSD", kind: "fx", currency: "EUR", quote: "USD" });
    expect([...euro.values]).toEqual([1.1, 1.25]);
    expect([...euro.timesMs]).toEqual(["2020-01-02", "2020-01-06"].map(parseIsoDate));
    expect(Object.keys(vix)).toEqual(["id", "kind", "timesMs", "values"]);
    expect([...vix.values]).toEqual([12.5, 14, 13.25]);
    expect(content.rights).toEqual(["test", "vendor"]);
    expect(quality.references).toEqual([
      { reference: "EURUSD", rows: 2, from: "2020-01-02", to: "2020-01-06" },
      { reference: "VIX", rows: 3, from: "2020-01-02", to: "2020-01-06" },
    ]);
    expect(quality).toMatchObject({ rows_read: 8, rows_rejected: 0, findings: [] });
  });

  it.each([
    ["bad_date", "2020-01-07,15", '"2020-01-07"'],
    ["missing_value", "1/7/2020,", '2020-01-07 last ""'],
    ["bad_number", "1/7/2020,n/a", '2020-01-07 last "n/a"'],
    ["duplicate", "1/3/2020,15", "2020-01-03"],
    ["value_not_positive", "1/7/2020,0", "2020-01-07 last 0"],
  ])("%s refuses with file and line, or is dropped within the limit", (kind, row, value) => {
    const text = `${VALUES}${row}\n`;
    const fault = faultOf(() => built([[VIX, text]]));
    expect(fault).toMatchObject({ kind: "data", where: "vix.csv:5" });
    expect(fault.message).toMatch(
      new RegExp(`^1 row is faulty \\(1 ${kind}\\), quality.max_rejected_rows permits 0`),
    );
    expect(fault.message).not.toContain("allow_nonpositive");
    expect(fault.details[0]).toMatch(new RegExp(`^${kind}: 1 row of VIX .*vix\\.csv:5`));
    const { content, quality } = built([[VIX, text]], permitting(1));
    expect([...content.references[0].values]).toEqual([12.5, 14, 13.25]);
    expect(quality.rows_rejected).toBe(1);
    expect(quality.findings[0].first).toEqual([{ where: "vix.csv:5", value }]);
  });

  it("counts faulty rows of bars and references together, and names both files", () => {
    const data = settings({ sources: [source()], references: [VIX] });
    const tables = [parseCsv(`${BARS}x,1\n`, "bars.csv"), parseCsv(`${VALUES}x,1\n`, "vix.csv")];
    const fault = faultOf(() => buildContent(data, { tables, seed: 1 }));
    expect(fault.message).toMatch(/^2 rows are faulty \(1 bad_date, 1 bad_date\)/);
    expect(fault.message).toContain("correct bars.csv, vix.csv");
  });

  it("are sorted with a note, cut by from and to, and refused when nothing is left", () => {
    const { content, quality } = built([[VIX, "day,last\n1/6/2020,3\n1/3/2020,2\n1/2/2020,1\n"]], {
      from: "2020-01-03",
      to: "2020-01-05",
    });
    expect([...content.references[0].values]).toEqual([2]);
    expect(quality.rows_outside_range).toBe(4);
    const sorted = built([[VIX, "day,last\n1/3/2020,2\n1/2/2020,1\n"]]);
    expect([...sorted.content.references[0].values]).toEqual([1, 2]);
    expect(sorted.quality.findings).toMatchObject([{ kind: "descending", instrument: "VIX" }]);
    expect(() => built([[VIX, "day,last\n1/8/2021,3\n"]], { to: "2020-02-01" })).toThrow(
      /^reference VIX has no usable value between data\.from \(null: all\) and data\.to \(2020-02-01\)/,
    );
  });

  it("name the columns that are there when one is missing", () => {
    expect(() => built([[{ ...VIX, column: "CLOSE" }, VALUES]])).toThrow(
      'data.references.0.column: vix.csv has no column "CLOSE"; its columns are "day", "last"',
    );
    const date = { column: "date", format: "M/D/YYYY" };
    expect(() => built([[{ ...VIX, date }, VALUES]])).toThrow(
      /^data\.references\.0\.date\.column: /,
    );
  });

  it("warn of a stale end, a hole, a spike; a volatility that doubles is none of these", () => {
    const day = (n: number) => new Date(Date.UTC(2020, 0, n)).toISOString().slice(0, 10);
    const iso = { ...VIX, date: { column: "day", format: "YYYY-MM-DD" } };
    const days = Array.from({ length: 60 }, (_, n) => n + 1);
    const text = (value: (n: number) => number) =>
      `day,last\n${days.map((n) => `${day(n)},${value(n)}`).join("\n")}\n`;
    const kindsOf = (item: ReferenceSettings, values: string) =>
      built([[item, values]]).quality.findings.map(({ kind }) => kind);
    const calm = (n: number) => 20 + Math.sin(n * 2.1) / 10;
    const rate = { ...EURO, date: iso.date };
    expect(kindsOf(rate, text(calm))).toEqual([]);
    expect(
      kindsOf(
        rate,
        text((n) => (n === 30 ? 22 : calm(n))),
      ),
    ).toEqual(["spike"]);
    expect(
      kindsOf(
        rate,
        text((n) => (n < 30 ? 10 : 20) + calm(n)),
      ),
    ).toEqual([]);
    expect(
      kindsOf(
        rate,
        text((n) => (n < 30 ? 0 : 20) + calm(n)),
      ),
    ).toEqual(["jump", "level_break"]);
    expect(
      kindsOf(
        rate,
        text((n) => (n < 30 ? calm(n) : 20)),
      ),
    ).toEqual(["stale_tail"]);
    const doubled = text((n) => (n < 30 ? 0 : 20) + calm(n));
    expect(kindsOf(iso, doubled)).toEqual(["weekend_bar"]);
    expect(kindsOf(rate, "day,last\n2019-12-01,1\n2019-12-02,1.1\n")).toEqual(["stale_tail"]);
    expect(kindsOf(rate, "day,last\n2019-12-20,1\n2020-01-02,1.1\n")).toEqual(["gap"]);
  });

  it("are read after the bars, and what was read is recorded", async () => {
    const read: string[] = [];
    const data = settings({ sources: [source()], references: [{ ...VIX, member: "v.csv" }] });
    let recorded: unknown = null;
    await preparePack({
      data,
      seed: 1,
      lineage: "l",
      nowMs: 0,
      progress: () => {},
      tables: (request) => {
        if ("provider" in request) throw new Error("no provider was named");
        const { file, member } = request;
        read.push(`${file} ${member}`);
        const table = parseCsv(file === "vix.csv" ? VALUES : BARS, file);
        const facts = { file, member, sha256: file, bytes: 1, encoding: "utf-8" };
        return Promise.resolve({ table, facts });
      },
      store: {
        catalog: () => Promise.resolve([]),
        get: () => Promise.reject(new Error("unused")),
        provenance: () => Promise.reject(new Error("unused")),
        put: (content, provenance, { lineage, knownFromMs }) => {
          recorded = provenance;
          const row = { pack_id: "p", lineage, known_from_ms: knownFromMs, supersedes: null };
          return Promise.resolve({ pack: { ...content, id: "p" }, created: true, row });
        },
      },
    });
    expect(read).toEqual(["bars.csv null", "vix.csv v.csv"]);
    expect(recorded).toMatchObject({ sources: [{ file: "bars.csv" }, { file: "vix.csv" }] });
  });
});

describe.skipIf(SHARED === null)(sharedName("real reference files"), () => {
  const tables = createFileTables(resolve(SHARED ?? ".", "data"));

  it("VIX 1990-2026", async () => {
    const item: ReferenceSettings = {
      ...VIX,
      file: "macro/vix-daily.csv",
      date: { column: "DATE", format: "YYYY-MM-DD" },
      column: "CLOSE",
    };
    const { table } = await tables({ file: item.file, member: null });
    const { content, quality } = built([[item, table]]);
    const [vix] = content.references;
    expect(quality.references).toEqual([
      { reference: "VIX", rows: 9235, from: "1990-01-02", to: "2026-07-23" },
    ]);
    expect(vix.values[0]).toBe(17.24);
    // 2008-11-20 and 2020-03-16: the two highest closes of the index, as CBOE printed them.
    const on = (date: string) => vix.values[vix.timesMs.indexOf(parseIsoDate(date) ?? 0)];
    expect([on("2008-11-20"), on("2020-03-16")]).toEqual([80.86, 82.69]);
    expect(quality.findings.map(({ kind, instrument }) => [kind, instrument])).toEqual([
      ["spike", "VIX"],
    ]);
  });

  it("EURUSD 2007-2018, the bid's close; its hole of December 2016 is told", async () => {
    const item: ReferenceSettings = {
      ...EURO,
      file: "fx/eurusd-daily-bidask.zip",
      date: { column: "time", format: "YYYYMMDD HH:mm" },
      column: "bid_close",
    };
    // The file has no header line, and its first row names two columns "0": one is put before it.
    const table = await withHeader(item.file);
    const { content, quality } = built([[item, table]]);
    const [euro] = content.references;
    expect(euro).toMatchObject({ id: "EURUSD", kind: "fx", currency: "EUR", quote: "USD" });
    expect([...euro.values.subarray(0, 2)]).toEqual([1.32095, 1.32736]);
    expect(quality.references[0]).toMatchObject({ rows: euro.values.length, from: "2007-01-01" });
    expect(quality.findings.map(({ kind }) => kind)).not.toContain("weekend_bar");
  });
});

async function withHeader(file: string): Promise<RawTable> {
  const { readFileSync } = await import("node:fs");
  const { unzipSync } = await import("fflate");
  const entries = unzipSync(readFileSync(resolve(SHARED ?? ".", "data", file)));
  const text = new TextDecoder().decode(entries["eurusd.csv"]);
  const sides = ["bid", "ask"].map((side) =>
    ["open", "high", "low", "close", "size"].map((field) => `${side}_${field}`).join(","),
  );
  return parseCsv(`time,${sides.join(",")}\n${text}`, file);
}
