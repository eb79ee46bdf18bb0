/**
 * Which pack of a lineage was current when. A row says that a pack became known at a moment and
 * which one it supersedes; rows are never changed. Rows are in the order in which they were
 * appended, and that order decides between equal moments.
 */
import { formatInstant } from "../../base/instant.ts";
import type { CatalogRow } from "../../ports/pack-store.ts";

function lineageRows(catalog: readonly CatalogRow[], lineage: string): readonly CatalogRow[] {
  return catalog.filter((row) => row.lineage === lineage);
}

/** The row that was current at an instant: the last one known at or before it. */
export function currentAt(
  catalog: readonly CatalogRow[],
  lineage: string,
  instantMs: number,
): CatalogRow | null {
  let current: CatalogRow | null = null;
  for (const row of lineageRows(catalog, lineage)) {
    if (row.known_from_ms <= instantMs) current = row;
  }
  return current;
}

/** One line per row, newest last: "ab12cd34ef56 known from 2026-01-02T10:00:00Z, supersedes ..". */
export function lineageLines(catalog: readonly CatalogRow[], lineage: string): readonly string[] {
  return lineageRows(catalog, lineage).map((row) => {
    const after = row.supersedes === null ? "" : `, supersedes ${row.supersedes.slice(0, 12)}`;
    return `${row.pack_id.slice(0, 12)} known from ${formatInstant(row.known_from_ms)}${after}`;
  });
}
