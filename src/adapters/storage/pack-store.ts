/**
 * Packs on disk: <home>/packs/<pack id>/ with manifest.json (whose sha256 is the id), one Parquet
 * file per instrument and reference series, and provenance.json (hashed by itself). A pack is written into a folder
 * beside its place, flushed and renamed, so it is there whole or not at all; folders that a dead
 * process left half-written are removed and reported at the next open. Reading recomputes every
 * hash and refuses bytes that are not what the name says.
 */
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { Pack, PackContent } from "../../domain/pack.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { PackCodec, TableOutline } from "../../ports/pack-codec.ts";
import type { CatalogRow, PackStore } from "../../ports/pack-store.ts";
import { makeFolder } from "./durable-files.ts";
import { readCatalog, recordRow } from "./pack-catalog.ts";
import { type Duckdb, withDuckdb } from "./pack-duckdb.ts";
import { claim, flush, isInUse, onDisk, release, writeDurably } from "./pack-files.ts";
import { readParquet, writeParquet } from "./pack-parquet.ts";

export type FilePackStore = PackStore & {
  /** What opening found and did, one line each: leftovers removed, a torn catalog line. */
  readonly findings: readonly string[];
};

type Context = { readonly folder: string; readonly codec: PackCodec; readonly sha256: Sha256 };

const MANIFEST = "manifest.json";
const PROVENANCE = "provenance.json";
const LEFTOVER = /^\.writing-(\d+)-/;

/** Nothing is made until a pack is stored: asking leaves no trace. */
export async function openPackStore(options: {
  readonly home: string;
  readonly codec: PackCodec;
  readonly sha256: Sha256;
}): Promise<FilePackStore> {
  const { codec, sha256 } = options;
  const folder = join(options.home, "packs");
  const context: Context = { folder, codec, sha256 };
  const findings = await onDisk("open the pack store", folder, async () => {
    return [...(await removeLeftovers(folder)), ...tornLine(folder)];
  });
  return {
    findings,
    catalog: () => onDisk("read the catalog", folder, async () => readCatalog(folder).rows),
    put: (content, provenance, row) => putPack(context, { content, provenance, ...row }),
    provenance: (packId) => onDisk("read a pack", folder, () => readProvenance(context, packId)),
    get: (packId) => onDisk("read a pack", folder, () => getPack(context, packId)),
  };
}

async function removeLeftovers(folder: string): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const name of await namesIn(folder)) {
    const match = LEFTOVER.exec(name);
    if (match === null || isInUse(join(folder, name), Number(match[1]))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
    findings.push(`removed packs/${name}: process ${match[1]} ended before the pack was whole`);
  }
  return findings;
}

function tornLine(folder: string): readonly string[] {
  const { tornBytes } = readCatalog(folder);
  if (tornBytes === 0) return [];
  return [`packs/catalog.jsonl ends in ${tornBytes} bytes of an interrupted row; they are ignored`];
}

type PutRequest = {
  readonly content: PackContent;
  readonly provenance: unknown;
  readonly lineage: string;
  readonly knownFromMs: number;
};

async function putPack(context: Context, request: PutRequest) {
  const { folder, codec } = context;
  const { content, lineage, knownFromMs } = request;
  const { id, text } = codec.manifestOf(content);
  const created = await onDisk("write a pack", folder, () =>
    writeOnce(context, { id, text, ...request }),
  );
  const row = await onDisk("record a pack", folder, async () => {
    const recorded = recordRow(folder, (rows) => rowAfter(rows, { id, lineage, knownFromMs }));
    await flush(folder);
    return recorded;
  });
  const pack: Pack = { ...content, id };
  return { pack, created, row };
}

/** A row for each change of a lineage's current pack; building the same again adds none. */
function rowAfter(
  rows: readonly CatalogRow[],
  {
    id,
    lineage,
    knownFromMs,
  }: { readonly id: string; readonly lineage: string; readonly knownFromMs: number },
): CatalogRow {
  const current = rows.findLast((row) => row.lineage === lineage) ?? null;
  if (current !== null && current.pack_id === id) return current;
  const supersedes = current?.pack_id ?? null;
  return { pack_id: id, lineage, known_from_ms: knownFromMs, supersedes };
}

let writings = 0;

/** False when an equal pack is there already, also when another process was faster. */
async function writeOnce(
  context: Context,
  pack: { readonly id: string; readonly text: string } & PutRequest,
): Promise<boolean> {
  const { folder } = context;
  const place = join(folder, pack.id);
  if (await isThere(folder, pack.id)) return false;
  makeFolder(folder);
  const aside = join(folder, `.writing-${process.pid}-${writings++}-${pack.id.slice(0, 12)}`);
  claim(aside);
  try {
    await writePack(context, aside, pack);
    await rename(aside, place);
    await flush(folder);
    return true;
  } catch (cause) {
    await rm(aside, { recursive: true, force: true });
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw cause;
  } finally {
    release(aside);
  }
}

async function writePack(
  { codec, sha256 }: Context,
  aside: string,
  pack: { readonly text: string } & PutRequest,
): Promise<void> {
  await mkdir(aside);
  const tables = codec.tablesOf(pack.content);
  const files = tableFiles(tables);
  await withDuckdb(async (duckdb) => {
    for (const [k, { columns }] of tables.entries()) {
      await writeParquet(duckdb, join(aside, files[k]), columns);
    }
  });
  // All at once: the disk is as long about one as about many.
  await Promise.all(files.map((file) => flush(join(aside, file))));
  const body = canonicalJson(JSON.parse(JSON.stringify(pack.provenance)) as Json);
  await writeDurably(
    join(aside, PROVENANCE),
    `{"provenance":${body},"sha256":"${sha256(body)}"}\n`,
  );
  await writeDurably(join(aside, MANIFEST), pack.text);
  await flush(aside);
}

async function isThere(folder: string, id: string): Promise<boolean> {
  return (await namesIn(folder)).includes(id);
}

/** None where no pack was ever stored. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
}

async function getPack(context: Context, id: string): Promise<Pack> {
  const { folder, codec, sha256 } = context;
  if (!(await isThere(folder, id))) {
    throw new Fault("data", `pack ${short(id)} is not in the store; build it again`, { where: id });
  }
  const text = await readPart(folder, id, MANIFEST);
  const seen = sha256(text);
  if (seen !== id)
    throw damaged(id, MANIFEST, `its sha256 is ${short(seen)}, the pack's name says ${short(id)}`);
  await readProvenance(context, id);
  const tables = codec.outlineOf(text);
  const files = tableFiles(tables);
  const columns = await withDuckdb(async (duckdb) => {
    const all: (readonly Float64Array[])[] = [];
    for (const [k, table] of tables.entries()) {
      all.push(await readTable(context, duckdb, { id, file: files[k], table }));
    }
    return all;
  });
  return codec.packOf(id, text, columns);
}

async function readTable(
  { folder, codec }: Context,
  duckdb: Duckdb,
  at: { readonly id: string; readonly file: string; readonly table: TableOutline },
): Promise<readonly Float64Array[]> {
  const { id, file, table } = at;
  const names = table.columns.map(({ name }) => name);
  const path = join(folder, id, file);
  const columns = await readParquet(duckdb, path, names).catch((cause: unknown) => {
    const said =
      cause instanceof Error ? cause.message.split("\n")[0].replaceAll(path, file) : String(cause);
    throw damaged(id, file, said, cause);
  });
  table.columns.forEach(({ name, sha256 }, k) => {
    const seen = codec.columnHash(columns[k]);
    if (seen === sha256) return;
    const what = `column ${name} of ${table.id} has sha256 ${short(seen)}, the manifest says ${short(sha256)}`;
    throw damaged(id, file, what);
  });
  return columns;
}

async function readProvenance({ folder, sha256 }: Context, id: string): Promise<unknown> {
  const text = await readPart(folder, id, PROVENANCE);
  const match = /^\{"provenance":(.*),"sha256":"([0-9a-f]{64})"\}\n$/s.exec(text);
  if (match !== null && sha256(match[1]) === match[2]) return JSON.parse(match[1]);
  throw damaged(id, PROVENANCE, "it does not have the sha256 that it names");
}

async function readPart(folder: string, id: string, file: string): Promise<string> {
  try {
    return await readFile(join(folder, id, file), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw damaged(id, file, "it is missing", cause);
  }
}

function damaged(id: string, file: string, what: string, cause?: unknown): Fault {
  return new Fault(
    "data",
    `pack ${short(id)}: ${file} is damaged: ${what}; remove packs/${short(id)}.. and build the pack again`,
    { where: `packs/${id}/${file}`, cause },
  );
}

/** bars-0000-SPX.parquet: numbers keep names apart that differ in what a file name cannot hold. */
function tableFiles(tables: readonly Pick<TableOutline, "kind" | "id">[]): readonly string[] {
  const counts = { bars: 0, reference: 0 };
  return tables.map(({ kind, id }) => {
    const safe = id.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 60);
    return `${kind}-${String(counts[kind]++).padStart(4, "0")}-${safe}.parquet`;
  });
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
