/**
 * A recorded account whose record somebody changed who knows how it is chained: entries are edited, left out or
 * put in, numbered and linked anew. What is wrong then is only what they say.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import type { AccountEntry, AccountPayload } from "../../src/domain/trading-entry.ts";
import { decodedRows, type RecordedAccount } from "../../src/engine/trading/replay-account.ts";
import type { JournalRow } from "../../src/ports/journal-store.ts";
import { entryBody, entryHash, splitPayload, ZERO_HASH } from "../../src/records/journal/chain.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

export function forged(
  { entries }: Pick<RecordedAccount, "entries">,
  edit: (entries: AccountEntry[]) => readonly AccountEntry[],
): RecordedAccount {
  const edited = edit(structuredClone([...entries]) as AccountEntry[]);
  const rows: JournalRow[] = [];
  let hash = ZERO_HASH;
  for (const [n, { at, payload }] of edited.entries()) {
    const body = entryBody(n + 1, at, splitPayload(payload));
    hash = entryHash(hash, body, sha256);
    rows.push({ seq: n + 1, body, hash });
  }
  return decodedRows(rows);
}

/** The nth entry of a kind, and where it stands. */
export function nth<K extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: K,
  n = 0,
): { readonly at: number; readonly seq: number; readonly payload: Of<K> } {
  const found = entries.flatMap(({ seq, payload }, at) =>
    payload.kind === kind ? [{ at, seq, payload: payload as Of<K> }] : [],
  )[n];
  if (found === undefined) throw new TypeError(`the record has no ${kind} number ${n}`);
  return found;
}

/** The same with some fields of one entry changed. */
export function changed<K extends AccountPayload["kind"]>(
  entries: AccountEntry[],
  kind: K,
  { n = 0, ...fields }: Partial<Of<K>> & { readonly n?: number },
): AccountEntry[] {
  const { at, payload } = nth(entries, kind, n);
  return entries.with(at, { ...entries[at], payload: { ...payload, ...fields } as AccountPayload });
}

export function without<K extends AccountPayload["kind"]>(
  entries: AccountEntry[],
  kind: K,
  n = 0,
): AccountEntry[] {
  return entries.toSpliced(nth(entries, kind, n).at, 1);
}
