/** Sum of |weight| <= limit: everything shrinks in proportion. */
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Book, exceeds, grossOf, portfolioRecord, scaleAll } from "./book.ts";

export function clampGross(book: Book, limit: number, records: ClampRecord[]): void {
  const observed = grossOf(book.weights);
  if (!exceeds(observed, limit)) return;
  scaleAll(book.weights, limit / observed);
  records.push(
    portfolioRecord(book, observed, {
      constraint: "gross",
      limit,
      observed,
      reason: "gross exposure above limits.gross: every position in proportion",
      severity: "warning",
    }),
  );
}
