/**
 * Files named by a mandate -> raw tables: .csv, .zip (one CSV), .parquet. Paths are relative to the
 * mandate's folder. Text is UTF-8, a byte order mark is taken off. What cannot be read is a
 * Fault("data") with the path as the mandate writes it.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { unzipSync } from "fflate";
import { Fault } from "../../domain/fault.ts";
import type { FileRequest, SourceFacts, TableSource } from "../../ports/table-source.ts";
import { parseCsv } from "./csv.ts";
import { readParquetTable } from "./parquet-table.ts";

export function createFileTables(mandateDirectory: string): TableSource {
  return async (request) => {
    if ("provider" in request) throw notInFiles(request.provider);
    const path = resolve(mandateDirectory, request.file);
    const bytes = await readBytes(path, request.file);
    // The name that is recorded, rows' places included, never holds a path of this machine.
    const file = isAbsolute(request.file) ? basename(request.file) : request.file;
    const facts = (encoding: string): SourceFacts => ({
      file,
      member: request.member,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      encoding,
    });
    if (/\.parquet$/i.test(request.file)) {
      return { table: await readParquetTable(path, file), facts: facts("parquet") };
    }
    const csv = /\.zip$/i.test(request.file) ? memberOf(bytes, request) : bytes;
    const { text, encoding } = decode(csv, request.file);
    return { table: parseCsv(text, file), facts: facts(encoding) };
  };
}

function notInFiles(provider: string): Fault {
  return new Fault("data", `bars of ${provider} are asked for where only files are read`);
}

async function readBytes(path: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT"
        ? "does not exist; paths are relative to the mandate's folder"
        : code === "EISDIR"
          ? "is a folder, expected a file"
          : `cannot be read (${code ?? String(cause)})`;
    throw new Fault("data", `${file} ${reason}`, { where: file, cause });
  }
}

function memberOf(bytes: Uint8Array, { file, member }: FileRequest): Uint8Array {
  const entries = unzip(bytes, file);
  const names = Object.keys(entries).filter((name) => !name.endsWith("/"));
  const csvs = names.filter((name) => /\.csv$/i.test(name));
  const wanted = member ?? (csvs.length === 1 ? csvs[0] : null);
  if (wanted !== null && names.includes(wanted)) return entries[wanted];
  const lead =
    member === null ? `${file} holds ${csvs.length} CSV files` : `${file} has no member ${member}`;
  throw new Fault("data", `${lead}; name one in member: ${names.join(", ") || "(it is empty)"}`, {
    where: file,
  });
}

function unzip(bytes: Uint8Array, file: string): { readonly [name: string]: Uint8Array } {
  try {
    return unzipSync(bytes);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("data", `${file} does not read as a zip: ${said}`, { where: file, cause });
  }
}

function decode(
  bytes: Uint8Array,
  file: string,
): { readonly text: string; readonly encoding: string } {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, encoding: marked ? "utf-8 with byte order mark" : "utf-8" };
  } catch (cause) {
    throw new Fault("data", `${file} is not UTF-8 text; save it as UTF-8`, { where: file, cause });
  }
}
