import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { createFileTables } from "../../../src/adapters/providers/files.ts";
import { withDuckdb } from "../../../src/adapters/storage/pack-duckdb.ts";
import { openPackStore } from "../../../src/adapters/storage/pack-store.ts";
import { packCodec } from "../../../src/market/packs/content.ts";
import { lineageOf, preparePack } from "../../../src/market/prepare.ts";
import { buildContent } from "../../../src/market/build.ts";
import { settings, sha256, source } from "./fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tables = createFileTables(folder);
const bytes = (text: string) => new TextEncoder().encode(text);
const put = (name: string, content: Uint8Array | string) =>
  writeFileSync(join(folder, name), content);
const CSV = "date,close\n2020-01-02,1\n";

describe("files as tables", () => {
  it("takes a byte order mark off and says so", async () => {
    put("mark.csv", `\uFEFF${CSV}`);
    const { table, facts } = await tables({ file: "mark.csv", member: null });
    expect([...table.columns.keys()]).toEqual(["date", "close"]);
    expect(facts).toEqual({
      file: "mark.csv",
      member: null,
      sha256: sha256(bytes(`\uFEFF${CSV}`)),
      bytes: 27,
      encoding: "utf-8 with byte order mark",
    });
  });

  it("reads the one CSV of a zip, or the one that is named", async () => {
    put("one.zip", zipSync({ "a.csv": bytes(CSV), "read.me": bytes("hello") }));
    expect((await tables({ file: "one.zip", member: null })).table.rows).toBe(1);
    put("two.zip", zipSync({ "a.csv": bytes(CSV), "b.csv": bytes(`${CSV}2020-01-03,2\n`) }));
    expect((await tables({ file: "two.zip", member: "b.csv" })).table.rows).toBe(2);
    await expect(tables({ file: "two.zip", member: null })).rejects.toThrow(
      "two.zip holds 2 CSV files; name one in member: a.csv, b.csv",
    );
    await expect(tables({ file: "two.zip", member: "c.csv" })).rejects.toThrow(
      "two.zip has no member c.csv; name one in member: a.csv, b.csv",
    );
  });

  it("reads Parquet: typed dates, numbers, text and nulls, and the pack is that of the same CSV", async () => {
    const path = join(folder, "bars.parquet");
    await withDuckdb(async ({ connection }) => {
      await connection.run(`COPY (SELECT * FROM (VALUES
        (DATE '2020-01-02', 1.5::DECIMAL(9,2), 'x'), (DATE '2020-01-03', NULL, NULL)) t("d", "price", "note"))
        TO '${path}' (FORMAT parquet)`);
    });
    const { table } = await tables({ file: "bars.parquet", member: null });
    expect(table.columns.get("d")).toEqual({
      kind: "time",
      values: Float64Array.of(Date.UTC(2020, 0, 2), Date.UTC(2020, 0, 3)),
    });
    expect(table.columns.get("price")).toEqual({
      kind: "number",
      values: Float64Array.of(1.5, Number.NaN),
    });
    expect(table.columns.get("note")).toEqual({ kind: "text", values: ["x", ""] });
    const item = source({
      file: "bars.parquet",
      date: { column: "d" },
      columns: { close: "price" },
    });
    const quality = { ...settings({}).quality, max_rejected_rows: 1 };
    const built = buildContent(settings({ sources: [item], quality }), {
      tables: [table],
      seed: 1,
    });
    expect([...built.content.series[0].close]).toEqual([1.5]);
    expect(built.quality.findings[0]).toMatchObject({
      kind: "missing_value",
      first: [{ where: "bars.parquet:2", value: '2020-01-03 close ""' }],
    });
  });

  it.each<readonly [string, Uint8Array | string | null, RegExp]>([
    [
      "absent.csv",
      null,
      /^absent\.csv does not exist; paths are relative to the mandate's folder$/,
    ],
    ["latin.csv", Uint8Array.of(97, 233, 10), /^latin\.csv is not UTF-8 text/],
    ["not.zip", "hello", /^not\.zip does not read as a zip/],
    ["not.parquet", "hello", /^not\.parquet does not read as Parquet: /],
  ])("refuses %s in words", async (file, content, message) => {
    if (content !== null) put(file, content);
    const refused = tables({ file, member: null });
    await expect(refused).rejects.toMatchObject({ kind: "data", where: file });
    await expect(refused).rejects.toThrow(message);
  });

  it("records no path of this machine", async () => {
    put("abs.csv", "date,close\n2020-01-02,1\n2020-01-03,0\n");
    const { table, facts } = await tables({ file: join(folder, "abs.csv"), member: null });
    expect([table.file, facts.file]).toEqual(["abs.csv", "abs.csv"]);
  });
});

describe("preparing a pack", () => {
  it("goes from the mandate's settings to a stored pack, and a changed file supersedes it", async () => {
    const store = await openPackStore({
      home: join(folder, "home"),
      codec: packCodec(sha256),
      sha256,
    });
    const data = settings({ sources: [source({ file: "spx.csv" })] });
    const lineage = lineageOf(data, 1, sha256);
    expect(lineageOf({ ...data, as_of: "2020-01-01" }, 2, sha256)).toBe(lineage);
    expect(lineageOf({ ...data, from: "2020-01-01" }, 1, sha256)).not.toBe(lineage);
    const steps: string[] = [];
    const prepare = (nowMs: number) =>
      preparePack({
        data,
        seed: 1,
        lineage,
        tables,
        store,
        nowMs,
        progress: (done, total, label) => steps.push(`${done}/${total} ${label}`),
      });
    put("spx.csv", CSV);
    const first = await prepare(1000);
    expect(first).toMatchObject({ created: true, supersedes: null, pack: { kind: "REAL" } });
    expect(steps.slice(0, 3)).toEqual([
      "0/3 read spx.csv",
      "1/3 check the bars",
      "2/3 store the pack",
    ]);
    expect(await prepare(2000)).toMatchObject({ created: false, pack: { id: first.pack.id } });
    put("spx.csv", `${CSV}2020-01-03,2\n`);
    expect(await prepare(3000)).toMatchObject({ created: true, supersedes: first.pack.id });
    await expect(store.get(first.pack.id)).resolves.toEqual(first.pack);
  });

  it("keeps nothing of a refused file", async () => {
    const store = await openPackStore({
      home: join(folder, "empty"),
      codec: packCodec(sha256),
      sha256,
    });
    put("bad.csv", "date,close\nnever,1\n");
    const data = settings({ sources: [source({ file: "bad.csv" })] });
    const refused = preparePack({
      data,
      seed: 1,
      lineage: "l",
      tables,
      store,
      nowMs: 1,
      progress: () => {},
    });
    await expect(refused).rejects.toThrow(/1 bad_date/);
    expect(await store.catalog()).toEqual([]);
  });
});
