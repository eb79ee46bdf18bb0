/**
 * metrics.csv beside the days' documents: one row for each day, and the same figures. A row is compared
 * field by field with what its document says, by a reading of its own.
 */
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { MetricsRow } from "../../domain/daily-metrics.ts";
import type { TrialDay } from "./period.ts";

/** One sentence per day that differs. */
export function metricsDifferences(
  days: readonly TrialDay[],
  rows: readonly MetricsRow[],
): string[] {
  return days.flatMap(({ date, document }) => {
    const own = rows.filter((row) => row.date === date);
    if (own.length !== 1) return [`metrics.csv has ${own.length} rows of ${date}`];
    if (document === null) return [];
    const wrong = differing(own[0], document);
    return wrong.length === 0
      ? []
      : [`metrics.csv differs from the day ${date} in ${wrong.join(", ")}`];
  });
}

function differing(row: MetricsRow, document: DailyDocument): string[] {
  const { risk, signals, trades, health } = document;
  const pairs: [string, unknown, unknown][] = [
    ["status", row.status, document.status],
    ["nav", row.nav, risk.nav],
    ["cash", row.cash, risk.cash],
    ["day_profit", row.day_profit, risk.day_profit],
    ["day_return", row.day_return, risk.day_return],
    ["drawdown", row.drawdown, risk.drawdown],
    ["fees", row.fees, risk.fees],
    ["forecasts", row.forecasts, signals.forecasts],
    ["holds", row.holds, signals.holds],
    ["signals", row.signals, signals.raw],
    ["orders", row.orders, trades.placed],
    ["fills", row.fills, trades.fills.length],
    ["incidents", row.incidents, health.incidents.length],
    ["mandate_hash", row.mandate_hash, document.mandate_hash],
    ["journal_seq", row.journal_seq, document.journal.to_seq],
  ];
  return pairs.filter(([, a, b]) => a !== b).map(([name]) => name);
}
