/**
 * How one journal entry becomes text and how it is linked to the one before it. The body is the
 * canonical JSON (RFC 8785) of {at, kind, payload, seq}; the hash covers a versioned label, the
 * previous hash (always 64 digits, so nothing can slide between the parts) and the body.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import type { JournalEntry, JournalPayload } from "../../domain/journal-entry.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { Sha256 } from "../../ports/hash.ts";

/** Changing one byte of it is a new journal format. */
const ENTRY_LABEL = "assay/journal-entry/v1";

/** What the first entry links to. */
export const ZERO_HASH = "0".repeat(64);

/** What an entry says, its kind apart: of a run's journal or of an account's. */
export type EntryContent = { readonly kind: AccountPayload["kind"]; readonly payload: Json };

/** Canonical text of one entry. `at` is an event time as base/instant prints it. */
export function entryBody(seq: number, at: string, entry: EntryContent): string {
  // The four keys in code unit order: one sort saved per entry.
  return `{"at":${canonicalJson(at)},"kind":${canonicalJson(entry.kind)},"payload":${canonicalJson(
    entry.payload,
  )},"seq":${canonicalJson(seq)}}`;
}

/** The link of one entry to the previous one. */
export function entryHash(prev: string, body: string, sha256: Sha256): string {
  return sha256(`${ENTRY_LABEL}\n${prev}\n${body}`);
}

/** The kind is written once, beside the payload. */
export function splitPayload(payload: AccountPayload): EntryContent {
  const { kind, ...rest } = payload;
  return { kind, payload: rest as unknown as Json };
}

/** The kind of a body without reading the rest of it: `at` is a time, so the first "kind" is the key. */
export function kindOfBody(body: string): string {
  const from = body.indexOf('"kind":"') + 8;
  return body.slice(from, body.indexOf('"', from));
}

/** Reads a body of a run's journal back into the payload that was emitted. Call it on verified rows only. */
export function decodeBody(body: string): {
  readonly seq: number;
  readonly at: string;
  readonly payload: JournalPayload;
} {
  return decoded<JournalPayload>(body);
}

/** The same for an account's journal. */
export function decodeAccountBody(body: string): AccountEntry {
  return decoded<AccountPayload>(body);
}

function decoded<Payload>(body: string): {
  readonly seq: number;
  readonly at: string;
  readonly payload: Payload;
} {
  const entry = JSON.parse(body) as Omit<JournalEntry, "kind"> & { readonly kind: string };
  const payload = { kind: entry.kind, ...(entry.payload as object) } as unknown as Payload;
  return { seq: entry.seq, at: entry.at, payload };
}
