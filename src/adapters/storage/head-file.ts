/**
 * The HEAD file beside a journal: canonical JSON of {documents?, hash, seq} and one line feed. It
 * says where the journal ends, because a chain alone cannot see a missing tail, and once a run is
 * finished it holds the hashes of the documents written after sealing. Any other byte is refused.
 */
import { join } from "node:path";
import { canonicalJson } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { Head } from "../../ports/journal-store.ts";
import { readIfPresent, writeDurably } from "./durable-files.ts";

export const HEAD_FILE = "HEAD";

/** File name -> sha256. */
export type Documents = { readonly [name: string]: string };

export type HeadRecord = Head & {
  /** Null until the documents of a finished run are recorded. */
  readonly documents: Documents | null;
};

export function writeHead(folder: string, head: HeadRecord): void {
  writeDurably(join(folder, HEAD_FILE), Buffer.from(headText(head)));
}

/** Null when there is no HEAD file; Fault("verify") when it is not what this system writes. */
export function readHead(folder: string): HeadRecord | null {
  const path = join(folder, HEAD_FILE);
  const bytes = readIfPresent(path);
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString("utf8");
  const head = parseHead(text);
  if (head === null || headText(head) !== text) {
    throw new Fault(
      "verify",
      `HEAD was changed: ${path} holds ${JSON.stringify(text.slice(0, 120))}, which is not what this system writes; restore it from a copy, or move its folder away to start afresh`,
      { where: path },
    );
  }
  return head;
}

function headText(head: HeadRecord): string {
  const { seq, hash, documents } = head;
  return `${canonicalJson(documents === null ? { seq, hash } : { seq, hash, documents })}\n`;
}

function parseHead(text: string): HeadRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== "object" || value === null) return null;
  const { seq, hash, documents } = value as { [key: string]: unknown };
  if (!Number.isSafeInteger(seq) || (seq as number) < 0 || !isHash(hash)) return null;
  if (documents !== undefined && !isDocuments(documents)) return null;
  return { seq: seq as number, hash, documents: documents ?? null };
}

function isDocuments(value: unknown): value is Documents {
  return typeof value === "object" && value !== null && Object.values(value).every(isHash);
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
