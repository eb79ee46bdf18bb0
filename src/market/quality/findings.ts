/**
 * What the quality checks found: a closed list of kinds, how many rows, and the first of them as
 * file:line with the value seen. Kinds that refuse come from spec definitions, "Sessions and
 * quality"; every other kind warns or notes. Names are snake_case because the report is written.
 */

export const FINDING_KINDS = {
  bad_date: {
    severity: "refuse",
    meaning: "dates that do not read as date.format, or not in whole seconds",
  },
  missing_value: { severity: "refuse", meaning: "empty cells in a required column" },
  bad_number: { severity: "refuse", meaning: "cells that are not plain decimal numbers" },
  duplicate: { severity: "refuse", meaning: "a second bar at the same time" },
  high_below_low: { severity: "refuse", meaning: "high below low" },
  close_not_positive: { severity: "refuse", meaning: "close at or below zero" },
  value_not_positive: {
    severity: "refuse",
    meaning: "values of a reference series at or below zero",
  },
  bad_action: { severity: "refuse", meaning: "impossible dividend, split or pay date" },
  open_outside_range: { severity: "warn", meaning: "open outside high and low" },
  close_outside_range: { severity: "warn", meaning: "close outside high and low" },
  price_not_positive: { severity: "warn", meaning: "open, high or low at or below zero" },
  volume_negative: { severity: "warn", meaning: "volume below zero" },
  volume_zero: {
    severity: "warn",
    meaning: "bars with volume 0 beyond quality.max_zero_volume_share",
  },
  high_low_stray: {
    severity: "warn",
    meaning: "high or low beyond quality.max_jump from open and close",
  },
  jump: { severity: "warn", meaning: "one-bar move beyond quality.max_jump" },
  spike: {
    severity: "warn",
    meaning: "a move beyond quality.max_spike that the next bar took back",
  },
  level_break: { severity: "warn", meaning: "a jump that stayed, without a corporate action" },
  gap: {
    severity: "warn",
    meaning: "sessions of the calendar without a bar, or days beyond quality.max_gap_days",
  },
  holiday_bar: {
    severity: "warn",
    meaning: "bars on weekdays that the calendar has no session on",
  },
  calendar_unknown: { severity: "warn", meaning: "bars on dates that the calendar does not know" },
  absent_in_panel: { severity: "warn", meaning: "empty cells between two bars of a wide file" },
  weekend_bar: { severity: "warn", meaning: "bars on a Saturday or Sunday" },
  stale_run: { severity: "warn", meaning: "closes that repeat beyond quality.stale_sessions" },
  stale_tail: { severity: "warn", meaning: "the series ends early, or in a repeated close" },
  descending: { severity: "note", meaning: "the file runs backwards; sorted" },
  unordered: { severity: "note", meaning: "rows not in order of time; sorted" },
} as const;

export type FindingKind = keyof typeof FINDING_KINDS;
export type Severity = "refuse" | "warn" | "note";

export type FindingRow = { readonly where: string; readonly value: string };

export type Finding = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Null when the row's instrument could not be told. */
  readonly instrument: string | null;
  readonly count: number;
  /** At most the first five in file order. */
  readonly first: readonly FindingRow[];
};

export type QualityReport = {
  readonly rows_read: number;
  readonly rows_outside_range: number;
  readonly rows_rejected: number;
  readonly max_rejected_rows: number;
  readonly series: readonly {
    readonly instrument: string;
    readonly rows: number;
    readonly from: string;
    readonly to: string;
    /** Bars with volume 0 over all bars; null without a volume column. */
    readonly zero_volume_share: number | null;
  }[];
  readonly references: readonly {
    readonly reference: string;
    readonly rows: number;
    readonly from: string;
    readonly to: string;
  }[];
  readonly findings: readonly Finding[];
};

const KEPT_ROWS = 5;

type Entry = { count: number; first: FindingRow[]; kind: FindingKind; instrument: string | null };

/** Collects while a pack is built; `rejected` counts rows, each once. */
export type FindingBook = {
  readonly entries: Map<string, Entry>;
  rowsRead: number;
  rowsOutside: number;
  rejected: number;
};

export function newFindingBook(): FindingBook {
  return { entries: new Map(), rowsRead: 0, rowsOutside: 0, rejected: 0 };
}

/** `row` is a function, because only the first few of many are ever worded. */
export function report(
  book: FindingBook,
  kind: FindingKind,
  instrument: string | null,
  row: () => FindingRow,
): void {
  const key = `${kind}\n${instrument ?? ""}`;
  let entry = book.entries.get(key);
  if (entry === undefined) {
    entry = { count: 0, first: [], kind, instrument };
    book.entries.set(key, entry);
  }
  entry.count++;
  if (entry.first.length < KEPT_ROWS) entry.first.push(row());
}

/**
 * Tells one row of a finished series; `value` words it, for the first few of many alone. It takes
 * the row so that one function serves a whole column: none is made per bar.
 */
export type Say = (kind: FindingKind, row: number, value: (row: number) => string) => void;

/** Reports a row that cannot enter the pack, and counts it. */
export function reject(
  book: FindingBook,
  kind: FindingKind,
  instrument: string | null,
  row: () => FindingRow,
): void {
  report(book, kind, instrument, row);
  book.rejected++;
}

/** Refusals first, then warnings, then notes; within them by kind and instrument. */
export function findingsOf(book: FindingBook): readonly Finding[] {
  const rank: Record<Severity, number> = { refuse: 0, warn: 1, note: 2 };
  const order = Object.keys(FINDING_KINDS);
  return [...book.entries.values()]
    .map((entry) => ({ ...entry, severity: FINDING_KINDS[entry.kind].severity }))
    .sort(
      (a, b) =>
        rank[a.severity] - rank[b.severity] ||
        order.indexOf(a.kind) - order.indexOf(b.kind) ||
        compareText(a.instrument ?? "", b.instrument ?? ""),
    )
    .map(({ kind, severity, instrument, count, first }) => ({
      kind,
      severity,
      instrument,
      count,
      first,
    }));
}

/** One line for a person: "bad_date: 50 rows of SPX (dates that ..), first data.csv:202 \"\"". */
export function findingLine(finding: Finding): string {
  const owner = finding.instrument === null ? "" : ` of ${finding.instrument}`;
  const rows = finding.count === 1 ? "1 row" : `${finding.count} rows`;
  const first = finding.first.map((row) => `${row.where} ${row.value}`.trim()).join("; ");
  const lead = finding.count > finding.first.length ? "first " : "";
  return `${finding.kind}: ${rows}${owner} (${FINDING_KINDS[finding.kind].meaning}), ${lead}${first}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Warnings and dropped rows without their places: what a run's summary says of its data. */
export function dataWarnings(quality: QualityReport): readonly string[] {
  return quality.findings
    .filter((finding) => finding.severity !== "note")
    .map(({ kind, severity, count, instrument }) => {
      const rows = count === 1 ? "1 row" : `${count} rows`;
      const dropped = severity === "refuse" ? "dropped " : "";
      return `${dropped}${rows} of ${instrument ?? "the data"}: ${kind}, ${FINDING_KINDS[kind].meaning}`;
    });
}
