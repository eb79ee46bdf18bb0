/**
 * Sum of |weight| within one sector <= limit: the sector's positions shrink in proportion.
 * Instruments that nobody put in a sector may all be of one: they are held to the limit together.
 */
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Book, exceeds, setSize } from "./book.ts";

const UNCLASSIFIED = "unclassified";

export function clampSectors(book: Book, limit: number | null, records: ClampRecord[]): void {
  if (limit === null) return;
  const { weights, sectors } = book;
  const sums = new Map<string | null, number>();
  for (let i = 0; i < weights.length; i++) {
    sums.set(sectors[i], (sums.get(sectors[i]) ?? 0) + Math.abs(weights[i]));
  }
  // Sectors share no instrument, so it does not matter which comes first; records follow the ids.
  for (const [sector, observed] of sums) {
    if (!exceeds(observed, limit)) continue;
    const factor = limit / observed;
    for (let i = 0; i < weights.length; i++) {
      if (sectors[i] === sector) setSize(weights, i, Math.abs(weights[i]) * factor);
    }
    records.push({
      constraint: "sector",
      subject: sector ?? UNCLASSIFIED,
      before: observed,
      after: limit,
      limit,
      observed,
      reason:
        sector === null
          ? "instruments without a sector may all be of one: together above limits.sector"
          : "exposure in one sector above limits.sector: its positions in proportion",
      severity: sector === null ? "warning" : "info",
    });
  }
}
