/** One entry of an account's journal, of a known kind, laid flat. */
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";

export type Told<K extends AccountPayload["kind"]> = Extract<
  AccountPayload,
  { readonly kind: K }
> & { readonly seq: number; readonly at: string };

/** All of a kind, in their order. */
export function told<K extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: K,
): readonly Told<K>[] {
  return entries.flatMap(({ seq, at, payload }) =>
    payload.kind === kind ? [{ seq, at, ...payload } as unknown as Told<K>] : [],
  );
}
