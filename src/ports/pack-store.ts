/** The door to stored packs: immutable folders named by their content, and a catalog of them. */
import type { Pack, PackContent } from "../domain/pack.ts";

export type CatalogRow = {
  readonly pack_id: string;
  /** Hash of the data section that asked for it: one mandate's packs form one lineage. */
  readonly lineage: string;
  /** When it became known, milliseconds since the epoch: wall time, kept outside the pack's hash. */
  readonly known_from_ms: number;
  readonly supersedes: string | null;
};

export type PackStore = {
  catalog(): Promise<readonly CatalogRow[]>;
  /** Writes aside and renames; an existing equal pack is left as it is. `provenance` is hashed apart. */
  put(
    content: PackContent,
    provenance: unknown,
    row: { readonly lineage: string; readonly knownFromMs: number },
  ): Promise<{ readonly pack: Pack; readonly created: boolean; readonly row: CatalogRow }>;
  /** Reads, recomputes the id, and throws Fault("data") when the bytes are not what the name says. */
  get(packId: string): Promise<Pack>;
  /** What was recorded when the pack was first built. */
  provenance(packId: string): Promise<unknown>;
};
