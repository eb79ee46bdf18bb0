/** Every file and state that an account's journal names by its hash, in the order of the entries. */
import type { NamedFile } from "../../domain/account-file.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { readonly kind: K }>;

/** A break pack's name is in its entry, its hash is not: see breakFiles. */
export function namedFiles(entries: readonly AccountEntry[]): NamedFile[] {
  return entries.flatMap((entry): NamedFile[] => {
    const { seq, payload } = entry;
    switch (payload.kind) {
      case "day_opened": {
        const { date, state_sha256: sha256 } = payload;
        const what = `the state that ${date} was opened with`;
        return [{ path: null, sha256, seq, date, what }];
      }
      case "reconciled": {
        const sha256 = payload.snapshot_sha256;
        if (sha256 === null) return [];
        const date = entry.at.slice(0, 10);
        const what = `the venue's report at the ${payload.phase} reconciliation of ${date}`;
        return [{ path: `snapshots/${nameOf(entry, payload)}.json`, sha256, seq, date, what }];
      }
      case "day_closed":
        return payload.files.map(({ name, sha256 }) => dayFile(seq, payload.date, name, sha256));
      default:
        return [];
    }
  });
}

/** Written whenever a reconciliation failed. */
export function breakFiles(entries: readonly AccountEntry[]): {
  readonly path: string;
  readonly at: string;
  readonly seq: number;
  readonly entry: Of<"reconciled">;
}[] {
  return entries.flatMap((entry) => {
    const { payload, at, seq } = entry;
    if (payload.kind !== "reconciled" || payload.result !== "FAIL") return [];
    return [{ path: `breaks/${nameOf(entry, payload)}.json`, at, seq, entry: payload }];
  });
}

function nameOf({ seq, at }: AccountEntry, { phase }: Of<"reconciled">): string {
  return `${at.slice(0, 10)}-${phase}-${seq}`;
}

/** A name without a folder is a state's. */
function dayFile(seq: number, date: string, name: string, sha256: string): NamedFile {
  const isFile = name.includes("/");
  const what = isFile ? name : `the ${name} at the close of ${date}`;
  return { path: isFile ? name : null, sha256, seq, date, what };
}
