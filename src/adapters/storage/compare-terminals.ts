/**
 * Compares the table of terminals with what the journal's entries say. Both enter as rows, every
 * difference leaves as a sentence that names the entry. The table exists for its unique constraint;
 * the entries are the fact.
 */
import type { TerminalRow } from "../../ports/journal-store.ts";

/** How the stored terminals differ from those the entries tell. */
export function compareTerminals(
  told: readonly TerminalRow[],
  stored: readonly TerminalRow[],
): string[] {
  const faults: string[] = [];
  const left = new Map(stored.map((row) => [row.signalId, row]));
  for (const row of told) {
    const found = left.get(row.signalId);
    left.delete(row.signalId);
    if (found === undefined) {
      faults.push(
        `entry ${row.seq} ends signal ${row.signalId} once more or unknown to the table of terminals`,
      );
    } else if (found.state !== row.state || found.seq !== row.seq) {
      faults.push(
        `signal ${row.signalId} ended ${row.state} in entry ${row.seq}, the table of terminals says ${found.state} in ${found.seq}`,
      );
    }
  }
  for (const row of left.values()) {
    faults.push(
      `the table of terminals says that entry ${row.seq} ended signal ${row.signalId}; it did not`,
    );
  }
  return faults;
}
