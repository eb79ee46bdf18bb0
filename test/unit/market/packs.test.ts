import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { withDuckdb } from "../../../src/adapters/storage/pack-duckdb.ts";
import { readParquet, writeParquet } from "../../../src/adapters/storage/pack-parquet.ts";
import { openPackStore } from "../../../src/adapters/storage/pack-store.ts";
import type { Fault } from "../../../src/domain/fault.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import type { PackContent } from "../../../src/domain/pack.ts";
import { currentAt } from "../../../src/market/packs/catalog.ts";
import {
  littleEndianBytes,
  littleEndianCopy,
  packCodec,
  packId,
} from "../../../src/market/packs/content.ts";
import { resolvePack } from "../../../src/market/prepare.ts";
import { INSTRUMENT, closes, sha256 } from "./fixture.ts";

const root = mkdtempSync(join(tmpdir(), "assay-packs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let homes = 0;
const newHome = () => join(root, String(homes++));
const open = (home: string) => openPackStore({ home, codec: packCodec(sha256), sha256 });
const DAY = Date.UTC(2020, 0, 1);

function contentOf(prices: readonly number[], changes: Partial<PackContent> = {}): PackContent {
  const bars = closes(prices);
  const full = { ...bars, open: bars.close, high: bars.close, low: bars.close, volume: bars.close };
  const awkward = { ...INSTRUMENT, id: "BRK/A 'x'", tick: 0.01 };
  return {
    kind: "REAL",
    series: [full, closes(prices, awkward)],
    actions: [
      {
        kind: "dividend",
        instrument: "AAA",
        exDateMs: DAY,
        payDateMs: DAY + 86_400_000,
        amountPerUnit: 0.47,
      },
      { kind: "split", instrument: "AAA", exDateMs: DAY, ratio: 7 },
    ],
    references: [],
    rights: ["public domain"],
    ...changes,
  };
}

/** The same with a future and two reference series. */
function wholeContent(prices: readonly number[]): PackContent {
  const base = contentOf(prices);
  const future: Instrument = {
    ...INSTRUMENT,
    id: "ZZ_FUT",
    assetClass: "future",
    sector: "rates",
    calendar: "XEUR",
    initialMargin: 2500,
  };
  const bars = closes(prices, future);
  const column = (first: number) => Float64Array.from(prices, (_, i) => first + i);
  const futures = {
    contract: column(202_003),
    expiryMs: column(DAY),
    nextExpiryMs: column(DAY * 2),
    nextClose: column(0.25),
  };
  const timesMs = bars.timesMs;
  return {
    ...base,
    series: [...base.series, { ...bars, futures }],
    references: [
      { id: "EURUSD", kind: "fx", currency: "EUR", quote: "USD", timesMs, values: column(1.1) },
      { id: "VIX", kind: "volatility_index", timesMs, values: column(17.24) },
    ],
  };
}

describe("a pack's name", () => {
  it("depends on every value, the kind, the instruments, the actions and the rights", () => {
    const base = contentOf([1, 2]);
    const [first, second] = base.series;
    const dearer = { ...first, instrument: { ...INSTRUMENT, lot: 10 } };
    const ids = [
      base,
      contentOf([1, 2.0000000000000004]),
      contentOf([1, 2], { kind: "SIMULATED" }),
      contentOf([1, 2], { rights: ["nobody's"] }),
      contentOf([1, 2], { actions: [] }),
      contentOf([1, 2], { series: [dearer, second] }),
      contentOf([1, 2], { series: [{ ...first, volume: null }, second] }),
    ].map((content) => packId(content, sha256));
    expect(new Set(ids).size).toBe(ids.length);
    expect(packId(contentOf([1, 2]), sha256)).toBe(ids[0]);
  });

  it("depends on every column of a future and every part of a reference", () => {
    const base = wholeContent([1, 2]);
    const [first, second, { futures, ...bars }] = base.series;
    const [euro, index] = base.references;
    if (futures === null || euro.kind !== "fx") throw new Error("the fixture has no future");
    const other = (column: Float64Array) => column.map((value) => value + 1);
    const columns = ["contract", "expiryMs", "nextExpiryMs", "nextClose"] as const;
    const changes: readonly Partial<PackContent>[] = [
      ...columns.map((name) => ({
        series: [first, second, { ...bars, futures: { ...futures, [name]: other(futures[name]) } }],
      })),
      { series: [first, second, { ...bars, futures: null }] },
      ...(["sector", "calendar", "initialMargin"] as const).map((key) => ({
        series: [
          first,
          second,
          { ...bars, futures, instrument: { ...bars.instrument, [key]: null } },
        ],
      })),
      { references: [] },
      { references: [euro] },
      { references: [{ ...euro, id: "EUR" }, index] },
      { references: [{ ...euro, currency: "GBP" }, index] },
      { references: [{ ...euro, quote: "JPY" }, index] },
      { references: [{ ...euro, values: other(euro.values) }, index] },
      { references: [{ ...euro, timesMs: other(euro.timesMs) }, index] },
    ];
    const ids = [{}, ...changes].map((change) => packId({ ...base, ...change }, sha256));
    expect(new Set(ids).size).toBe(changes.length + 1);
    expect(packId(wholeContent([1, 2]), sha256)).toBe(ids[0]);
  });

  it("is pinned: the same content has this name on any machine", () => {
    expect(packId(contentOf([1, 2]), sha256)).toMatchInlineSnapshot(
      `"963b7cd441e98a4c93e9aba6ee6b29a8320742ce934f655a964d48d7f5497e9e"`,
    );
  });

  it("hashes the bytes that a plain little-endian writer gives", () => {
    fc.assert(
      fc.property(fc.float64Array(), (values) => {
        expect(littleEndianBytes(values)).toEqual(littleEndianCopy(values));
        expect(littleEndianBytes(values.subarray(1))).toEqual(littleEndianCopy(values.subarray(1)));
      }),
    );
  });
});

describe("columns in Parquet", () => {
  it("come back bit for bit, over the borders of DuckDB's vectors", async () => {
    const odd = [Number.NaN, -0, 0, 5e-324, -1.7976931348623157e308, Number.POSITIVE_INFINITY, 0.1];
    const values = Float64Array.from({ length: 5000 }, (_, i) => odd[i % odd.length] * (i + 1));
    const times = values.map((_, i) => DAY + i);
    const path = join(root, "it's.parquet");
    const back = await withDuckdb(async (duckdb) => {
      await writeParquet(duckdb, path, [
        { name: "time", values: times },
        { name: "close", values },
      ]);
      return readParquet(duckdb, path, ["close", "time"]);
    });
    expect(littleEndianBytes(back[0])).toEqual(littleEndianBytes(values));
    expect(littleEndianBytes(back[1])).toEqual(littleEndianBytes(times));
  });
});

describe("the pack store", () => {
  const row = { lineage: "l", knownFromMs: 1000 };

  it("gives back what was put, and puts an equal pack once", async () => {
    const home = newHome();
    const store = await open(home);
    const first = await store.put(contentOf([1, 2, 3]), { from: "test" }, row);
    const again = await store.put(
      contentOf([1, 2, 3]),
      { from: "elsewhere" },
      { ...row, knownFromMs: 2000 },
    );
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.row).toEqual(first.row);
    const pack = await (await open(home)).get(first.pack.id);
    expect(pack).toEqual({ ...contentOf([1, 2, 3]), id: first.pack.id });
    expect(await store.catalog()).toHaveLength(1);
    expect(readFileSync(join(home, "packs", pack.id, "provenance.json"), "utf8")).toContain(
      '"from":"test"',
    );
  });

  it("gives back futures columns and references, bit for bit", async () => {
    const content = wholeContent([1, 2, 3]);
    const home = newHome();
    const { pack } = await (await open(home)).put(content, {}, row);
    expect(await (await open(home)).get(pack.id)).toEqual({ ...content, id: pack.id });
    const names = readdirSync(join(home, "packs", pack.id)).filter((name) =>
      name.startsWith("reference"),
    );
    expect(names).toEqual(["reference-0000-EURUSD.parquet", "reference-0001-VIX.parquet"]);
  });

  it("reads a pack that was stored before there were references", () => {
    const { manifestOf, outlineOf, packOf, tablesOf } = packCodec(sha256);
    const content = contentOf([1, 2]);
    const { id, text } = manifestOf(content);
    expect(Object.keys(JSON.parse(text) as object)).not.toContain("references");
    const columns = tablesOf(content).map((table) => table.columns.map(({ values }) => values));
    expect(outlineOf(text)).toHaveLength(2);
    expect(packOf(id, text, columns)).toEqual({ ...content, id });
  });

  it("names what a changed pack supersedes, and finds the one current on a day", async () => {
    const store = await open(newHome());
    const noon = Date.UTC(2020, 0, 2, 12);
    const old = await store.put(contentOf([1, 2]), {}, { lineage: "l", knownFromMs: noon });
    const other = await store.put(contentOf([9, 9]), {}, { lineage: "other", knownFromMs: noon });
    const restated = await store.put(
      contentOf([1, 3]),
      {},
      { lineage: "l", knownFromMs: noon + 2 * 86_400_000 },
    );
    expect([old, other, restated].map((put) => put.row.supersedes)).toEqual([
      null,
      null,
      old.pack.id,
    ]);
    const at = async (asOf: string) => (await resolvePack({ store, lineage: "l", asOf })).id;
    expect(await at("2020-01-02")).toBe(old.pack.id);
    expect(await at("2020-01-03")).toBe(old.pack.id);
    expect(await at("2020-01-04")).toBe(restated.pack.id);
    const early = resolvePack({ store, lineage: "l", asOf: "2020-01-01" });
    await expect(early).rejects.toThrow(
      /no pack was known at the end of 2020-01-01; all of its packs became known later/,
    );
    await expect(early).rejects.toMatchObject({
      kind: "data",
      details: [
        expect.stringContaining("known from 2020-01-02T12:00:00Z"),
        expect.stringContaining(`supersedes ${old.pack.id.slice(0, 12)}`),
      ],
    });
    await expect(resolvePack({ store, lineage: "none", asOf: "2020-01-05" })).rejects.toThrow(
      /no pack of this mandate was ever built/,
    );
  });

  it("lets the order of rows decide between equal moments", () => {
    const rows = ["a", "b"].map((pack_id) => ({
      pack_id,
      lineage: "l",
      known_from_ms: 5,
      supersedes: null,
    }));
    expect(currentAt(rows, "l", 5)?.pack_id).toBe("b");
    expect(currentAt(rows, "l", 4)).toBeNull();
  });

  it("finds one changed byte in any file, and names pack and file", async () => {
    const home = newHome();
    const store = await open(home);
    const { pack } = await store.put(
      wholeContent(Array.from({ length: 300 }, (_, i) => i + 0.5)),
      { a: 1 },
      row,
    );
    const folder = join(home, "packs", pack.id);
    const files = readdirSync(folder);
    expect(files).toHaveLength(7);
    let found = 0;
    for (const file of files) {
      const bytes = readFileSync(join(folder, file));
      for (const at of [4, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)]) {
        const changed = Uint8Array.from(bytes);
        changed[at] ^= 1;
        writeFileSync(join(folder, file), changed);
        const outcome = await store.get(pack.id).catch((cause: Fault) => cause.message);
        const named = `pack ${pack.id.slice(0, 12)}: ${file} is damaged`;
        // Parquet has bytes that carry no value: where they change, the content is what it was.
        const harmless = file.endsWith(".parquet") && typeof outcome !== "string";
        const seen = typeof outcome === "string" ? outcome : packId(outcome, sha256);
        expect(seen).toContain(harmless ? pack.id : named);
        if (!harmless) found++;
      }
      writeFileSync(join(folder, file), bytes);
    }
    expect(found).toBeGreaterThanOrEqual(16);
    await expect(store.get(pack.id)).resolves.toMatchObject({ id: pack.id });
  });

  it("names the column whose values were exchanged", async () => {
    const home = newHome();
    const store = await open(home);
    const { pack } = await store.put(contentOf([1, 2]), {}, row);
    const file = readdirSync(join(home, "packs", pack.id)).find((name) =>
      name.startsWith("bars-0001"),
    );
    const path = join(home, "packs", pack.id, file ?? "");
    const { timesMs } = pack.series[1];
    const forged = [
      { name: "time", values: timesMs },
      { name: "close", values: Float64Array.of(1, 2.5) },
    ];
    await withDuckdb((duckdb) => writeParquet(duckdb, path, forged));
    await expect(store.get(pack.id)).rejects.toThrow(/column close of BRK\/A 'x' has sha256/);
    rmSync(path);
    await expect(store.get(pack.id)).rejects.toThrow(/bars-0001.* is damaged/);
    await expect(store.get("0".repeat(64))).rejects.toThrow(/is not in the store/);
  });

  it("names the reference whose values were exchanged", async () => {
    const home = newHome();
    const store = await open(home);
    const { pack } = await store.put(wholeContent([1, 2]), {}, row);
    const path = join(home, "packs", pack.id, "reference-0001-VIX.parquet");
    const forged = [
      { name: "time", values: pack.references[1].timesMs },
      { name: "value", values: Float64Array.of(17.24, 18.25) },
    ];
    await withDuckdb((duckdb) => writeParquet(duckdb, path, forged));
    await expect(store.get(pack.id)).rejects.toThrow(
      /reference-0001-VIX\.parquet is damaged: column value of VIX has sha256/,
    );
  });

  it("removes what a dead process left, and leaves a living one's folder", async () => {
    const home = newHome();
    const dead = ".writing-4194304-0-abc";
    const living = `.writing-${process.ppid}-0-abc`;
    for (const name of [dead, living]) mkdirSync(join(home, "packs", name), { recursive: true });
    const { findings } = await open(home);
    expect(findings).toEqual([
      `removed packs/${dead}: process 4194304 ended before the pack was whole`,
    ]);
    expect(existsSync(join(home, "packs", dead))).toBe(false);
    expect(existsSync(join(home, "packs", living))).toBe(true);
    // An earlier process with this very id cannot be the one that opens now.
    mkdirSync(join(home, "packs", `.writing-${process.pid}-0-abc`));
    expect((await open(home)).findings).toHaveLength(1);
  });

  it("leaves no trace when it is only asked", async () => {
    const home = newHome();
    const store = await open(home);
    expect(await store.catalog()).toEqual([]);
    await expect(store.get("ab".repeat(32))).rejects.toThrow(/is not in the store/);
    expect(existsSync(home)).toBe(false);
  });

  it("reports and ignores a torn last line, and cuts it before the next row", async () => {
    const home = newHome();
    await (await open(home)).put(contentOf([1, 2]), {}, row);
    const catalog = join(home, "packs", "catalog.jsonl");
    appendFileSync(catalog, '{"pack_id":"ab');
    const store = await open(home);
    expect(store.findings).toEqual([expect.stringContaining("14 bytes of an interrupted row")]);
    expect(await store.catalog()).toHaveLength(1);
    await store.put(contentOf([1, 3]), {}, { ...row, knownFromMs: 2000 });
    expect(await store.catalog()).toHaveLength(2);
    expect((await open(home)).findings).toEqual([]);
    writeFileSync(catalog, `garbage\n${readFileSync(catalog, "utf8")}`);
    await expect(store.catalog()).rejects.toThrow(/packs\/catalog\.jsonl:1 is not a catalog row/);
  });

  it("is not hurt by two that put the same pack at once", async () => {
    const home = newHome();
    const stores = await Promise.all([open(home), open(home)]);
    const puts = await Promise.all(stores.map((store) => store.put(contentOf([4, 5]), {}, row)));
    expect(puts.map((put) => put.created).sort((a, b) => Number(a) - Number(b))).toEqual([
      false,
      true,
    ]);
    expect(await stores[0].catalog()).toHaveLength(1);
    expect(readdirSync(join(home, "packs")).filter((name) => name.startsWith(".writing"))).toEqual(
      [],
    );
  });

  it("says what is wrong when the home is a file", async () => {
    const home = newHome();
    writeFileSync(home, "");
    await expect(open(home)).rejects.toThrow(
      /cannot open the pack store at .*a part of the path is a file/,
    );
  });
});
