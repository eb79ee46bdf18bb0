/** |Weight| of one instrument <= limit. */
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Book, exceeds, setSize } from "./book.ts";

export function clampSymbols(book: Book, limit: number | null, records: ClampRecord[]): void {
  if (limit === null) return;
  for (let i = 0; i < book.weights.length; i++) {
    const observed = Math.abs(book.weights[i]);
    if (!exceeds(observed, limit)) continue;
    setSize(book.weights, i, limit);
    records.push({
      constraint: "symbol",
      subject: book.ids[i],
      before: observed,
      after: limit,
      limit,
      observed,
      reason: "exposure in one instrument above limits.symbol",
      severity: "info",
    });
  }
}
