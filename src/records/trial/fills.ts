/**
 * Fills of a trial against the price they were decided at (A. Perold 1988, "implementation
 * shortfall"): positive is worse than decided. In money it is signed lots times the difference, taken
 * as the notional's share; in basis points it is weighted by notional. A fill without a decision price,
 * and one of an instrument that split on the day, is counted and not compared.
 */
import { minorOfText, minorText } from "../../base/figures.ts";
import type { DailyDocument, DailyFill } from "../../domain/daily-document.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { DecimalText } from "../../domain/venue-report.ts";
import { entriesOf, type TrialDay } from "./period.ts";

export type InstrumentFills = {
  readonly instrument: string;
  readonly fills: number;
  readonly traded: DecimalText;
  /** Null where none could be compared. */
  readonly shortfall: DecimalText | null;
  readonly shortfall_bps: number | null;
  readonly worst_bps: number | null;
};

export type TrialFills = {
  readonly orders: number;
  readonly orders_filled: number;
  readonly orders_rejected: number;
  readonly fills: number;
  readonly compared: number;
  /** Found by activity and not by stream. */
  readonly late: number;
  readonly traded: DecimalText;
  readonly shortfall: DecimalText | null;
  readonly shortfall_bps: number | null;
  readonly by_instrument: readonly InstrumentFills[];
  readonly not_compared: readonly string[];
  /** Of them those of ordinary orders, whose price of decision should be known. */
  readonly unpriced: number;
  /** Where documents and journal differ, one sentence each. */
  readonly differences: readonly string[];
};

type Sum = {
  fills: number;
  compared: number;
  tradedMinor: number;
  /** What was compared, at the prices of the decisions: the base of the basis points. */
  decidedMinor: number;
  shortMinor: number;
  worst: number | null;
};

export function trialFills(
  days: readonly TrialDay[],
  entries: readonly AccountEntry[],
): TrialFills {
  const documents = days.flatMap(({ document }) => document ?? []);
  const splits = splitDates(days, entries);
  const sums = new Map<string, Sum>();
  const notCompared: string[] = [];
  const digits = documents.length === 0 ? 0 : digitsOf(documents[0]);
  for (const document of documents) {
    for (const fill of document.trades.fills) {
      const why = notComparable(fill, splits.has(`${document.date} ${fill.instrument}`));
      if (why !== null) notCompared.push(`${document.date} ${fill.execution_id}: ${why}`);
      addFill(sums, fill, { digits, isCompared: why === null });
    }
  }
  const total = emptySum();
  for (const sum of sums.values()) merge(total, sum);
  const count = (of: (document: DailyDocument) => number) =>
    documents.reduce((all, document) => all + of(document), 0);
  return {
    orders: count(({ trades }) => trades.placed),
    orders_filled: count(({ trades }) => trades.filled),
    orders_rejected: count(({ trades }) => trades.rejected),
    fills: total.fills,
    compared: total.compared,
    late: count(({ trades }) => trades.fills.filter((f) => f.source === "activity").length),
    traded: minorText(total.tradedMinor, digits),
    ...shortfallOf(total, digits),
    by_instrument: [...sums]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([instrument, sum]) => ({
        instrument,
        fills: sum.fills,
        traded: minorText(sum.tradedMinor, digits),
        ...shortfallOf(sum, digits),
        worst_bps: sum.worst,
      })),
    not_compared: notCompared,
    unpriced: documents.reduce((sum, document) => sum + unpricedIn(document), 0),
    differences: executionDifferences(documents, entries),
  };
}

function emptySum(): Sum {
  return {
    fills: 0,
    compared: 0,
    tradedMinor: 0,
    decidedMinor: 0,
    shortMinor: 0,
    worst: null,
  };
}

function addFill(
  sums: Map<string, Sum>,
  fill: DailyFill,
  { digits, isCompared }: { readonly digits: number; readonly isCompared: boolean },
): void {
  const sum = sums.get(fill.instrument) ?? emptySum();
  sums.set(fill.instrument, sum);
  const size = Math.abs(minorOfText(fill.notional, digits) ?? 0);
  sum.fills += 1;
  sum.tradedMinor += size;
  if (!isCompared || fill.decision_price === null) return;
  const decided = Number(fill.decision_price);
  const worse = Math.sign(fill.lots) * (Number(fill.price) - decided);
  const bps = (worse * 10_000) / decided;
  sum.compared += 1;
  sum.decidedMinor += (size * decided) / Number(fill.price);
  sum.shortMinor += (size * worse) / Number(fill.price);
  sum.worst = sum.worst === null ? bps : Math.max(sum.worst, bps);
}

function merge(into: Sum, sum: Sum): void {
  into.fills += sum.fills;
  into.compared += sum.compared;
  into.tradedMinor += sum.tradedMinor;
  into.decidedMinor += sum.decidedMinor;
  into.shortMinor += sum.shortMinor;
}

function shortfallOf(sum: Sum, digits: number) {
  const isKnown = sum.compared > 0;
  return {
    shortfall: isKnown ? minorText(Math.round(sum.shortMinor), digits) : null,
    shortfall_bps: isKnown ? (sum.shortMinor / sum.decidedMinor) * 10_000 : null,
  };
}

function notComparable(fill: DailyFill, hasSplit: boolean): string | null {
  if (fill.decision_price === null) return "no signal stands behind it, so no price was decided on";
  if (!(Number(fill.decision_price) > 0) || !(Number(fill.price) > 0)) {
    return "a price is zero or below";
  }
  return hasSplit ? `${fill.instrument} split on this day, its prices before do not compare` : null;
}

/** A stop and a flattening are decided by nobody's forecast; every other order has its price. */
function unpricedIn({ trades }: DailyDocument): number {
  const system = trades.orders.filter(({ purpose }) => SYSTEM_PURPOSES.includes(purpose));
  const ids = new Set(system.map((order) => order.order_id));
  return trades.fills.filter((fill) => fill.decision_price === null && !ids.has(fill.order_id))
    .length;
}

const SYSTEM_PURPOSES: readonly string[] = ["stop", "flatten"];

/** "2010-03-04 SPY" of every split the journal holds. */
function splitDates(
  days: readonly TrialDay[],
  entries: readonly AccountEntry[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { payload } of entriesOf(entries, "venue_split")) {
    found.add(`${payload.date} ${payload.instrument}`);
  }
  for (const { opened, closed, date } of days) {
    if (opened === null || closed === null) continue;
    for (const { seq, payload } of entriesOf(entries, "split")) {
      if (seq > opened.seq && seq < closed.seq) found.add(`${date} ${payload.instrument}`);
    }
  }
  return found;
}

/** Every execution of the journal stands once in the documents, and no other does. */
function executionDifferences(
  documents: readonly DailyDocument[],
  entries: readonly AccountEntry[],
): string[] {
  const inJournal = entriesOf(entries, "venue_fill").map(({ payload }) => payload.execution_id);
  const told = documents.flatMap(({ trades }) => trades.fills.map((fill) => fill.execution_id));
  return [
    ...repeated(inJournal).map((id) => `execution ${id} stands twice in the journal`),
    ...repeated(told).map((id) => `execution ${id} stands twice in the documents`),
    ...without(inJournal, told).map((id) => `execution ${id} stands in no document`),
    ...without(told, inJournal).map((id) => `execution ${id} stands in no entry of the journal`),
  ];
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of ids) (seen.has(id) ? twice : seen).add(id);
  return [...twice];
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(ids)].filter((id) => !known.has(id));
}

function digitsOf({ risk }: DailyDocument): number {
  return (risk.cash.split(".")[1] ?? "").length;
}
