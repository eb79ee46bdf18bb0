/**
 * The report of a trial period, computed from records alone: the account's journal, the days' files,
 * metrics.csv. It measures nothing anew and knows no running system. Money is decimal text of the
 * account's currency, returns are fractions. What could not be judged says so: not evaluated is not
 * pass.
 */
import type { DecimalText } from "../../domain/venue-report.ts";
import { minorOfText, minorText } from "../../base/figures.ts";
import type { TradingDayStatus, TradingMode } from "../../domain/trading-entry.ts";
import { type Criterion, checklist, decisionOf, type TrialDecision } from "./checklist.ts";
import { type Drift, driftOf } from "./drift.ts";
import { type TrialEvents, trialEvents } from "./events.ts";
import { type TrialFills, trialFills } from "./fills.ts";
import { metricsDifferences } from "./metrics-check.ts";
import { entriesOf, type Period, type TrialDay, trialPeriod } from "./period.ts";
import { type TrialResults, trialResults } from "./results.ts";
import { type TrialSignals, trialSignals } from "./signals.ts";
import type { SharpeJudge, TrialRecords } from "./trial-records.ts";

export const TRIAL_FORMAT_VERSION = 1;

/** A hash the days saw, and on how many of them. */
export type Seen = {
  readonly value: string;
  readonly days: number;
  readonly first: string;
  readonly last: string;
};

export type Share = { readonly name: string; readonly days: number };

export type TrialReport = {
  readonly format_version: number;
  readonly decision: TrialDecision;
  readonly identity: {
    readonly trial_id: string;
    readonly mode: TradingMode;
    readonly broker: string;
    readonly account: string;
    readonly currency: string;
    readonly name: string | null;
    readonly started: string;
    readonly operator: string;
    readonly first_date: string;
    readonly frozen_mandate_hash: string;
    readonly days_planned: number;
    readonly voided: { readonly at: string; readonly observed_hash: string } | null;
    readonly mandates: readonly Seen[];
    readonly codes: readonly Seen[];
    readonly packs: readonly Seen[];
    readonly journal: { readonly seq: number; readonly hash: string };
  };
  readonly examined: {
    readonly journal_entries: number;
    readonly documents: number;
    readonly metrics_rows: number;
    readonly twin: string | null;
  };
  readonly findings: readonly string[];
  readonly days: {
    readonly reached: number;
    readonly counts: { readonly [status in TradingDayStatus]: number };
    readonly list: readonly DayLine[];
    /** Why nothing was traded, most frequent reason first, with its days. */
    readonly without_trades: readonly {
      readonly because: string;
      readonly dates: readonly string[];
    }[];
  };
  readonly signals: TrialSignals;
  readonly regimes: {
    readonly volatility: readonly Share[];
    readonly brake: readonly Share[];
    readonly breaker: readonly Share[];
  };
  readonly results: TrialResults;
  readonly costs: {
    readonly fees: DecimalText | null;
    readonly interest: DecimalText | null;
    readonly dividends: DecimalText | null;
  };
  readonly fills: TrialFills;
  readonly events: TrialEvents;
  readonly drift: Drift | null;
  readonly checklist: readonly Criterion[];
  readonly not_measured: readonly string[];
};

export type DayLine = {
  readonly date: string;
  readonly status: TradingDayStatus | null;
  readonly nav: DecimalText | null;
  readonly day_return: number | null;
  readonly signals: number | null;
  readonly fills: number | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly problems: readonly string[];
};

export function trialReport(records: TrialRecords, judge: SharpeJudge): TrialReport {
  const period = trialPeriod(records);
  const { days, entries } = period;
  const parts = {
    signals: trialSignals(days, entries),
    results: trialResults(days, judge),
    fills: trialFills(days, entries),
    events: trialEvents(days, entries),
    drift:
      records.twin === null
        ? null
        : driftOf(
            { days, entries, mandateHash: period.started.payload.mandate_hash },
            records.twin,
          ),
  };
  const criteria = checklist({ records, period, ...parts });
  const identity = identityOf(period, records);
  return {
    format_version: TRIAL_FORMAT_VERSION,
    decision: decisionOf(criteria, period),
    identity,
    examined: {
      journal_entries: entries.length,
      documents: days.filter(({ document }) => document !== null).length,
      metrics_rows: records.metrics.rows.length,
      twin: records.twin?.runId ?? null,
    },
    findings: findingsOf(records, period, parts),
    days: dayPart(period, parts.events),
    ...parts,
    regimes: regimesOf(days),
    costs: costsOf(days),
    checklist: criteria,
    not_measured: notMeasured(records, period, parts.fills),
  };
}

type Parts = {
  readonly signals: TrialSignals;
  readonly fills: TrialFills;
  readonly events: TrialEvents;
};

function identityOf({ started, opened, voided, days }: Period, records: TrialRecords) {
  const { trial_id, date, mandate_hash, days: planned, operator } = started.payload;
  const { mode, broker, account, currency } = opened.payload;
  const names = days.flatMap(({ document }) => document?.name ?? []);
  return {
    trial_id,
    mode,
    broker,
    account,
    currency,
    name: names.at(-1) ?? null,
    started: started.at,
    operator,
    first_date: date,
    frozen_mandate_hash: mandate_hash,
    days_planned: planned,
    voided: voided === null ? null : { at: voided.at, observed_hash: voided.payload.observed_hash },
    mandates: seen(days, ({ mandate_hash: hash }) => hash),
    codes: seen(days, ({ code_hash }) => code_hash),
    packs: seen(days, ({ pack_id }) => pack_id),
    journal: { seq: records.journal.seq, hash: records.journal.hash },
  };
}

type Opening = NonNullable<TrialDay["opened"]>["payload"];

/** In the order in which they were first seen. */
function seen(days: readonly TrialDay[], of: (opening: Opening) => string): Seen[] {
  const found = new Map<string, Seen>();
  for (const { date, opened } of days) {
    if (opened === null) continue;
    const value = of(opened.payload);
    const before = found.get(value) ?? { value, days: 0, first: date, last: date };
    found.set(value, { ...before, days: before.days + 1, last: date });
  }
  return [...found.values()];
}

/** What an auditor has to say before anything else. */
function findingsOf(records: TrialRecords, period: Period, parts: Parts): string[] {
  return [
    ...records.journal.findings.map((finding) => `Journal: ${finding}`),
    ...period.days.flatMap(({ date, problems }) => problems.map((each) => `${date}: ${each}`)),
    ...(records.metrics.unreadable === null ? [] : [`metrics: ${records.metrics.unreadable}`]),
    ...metricsDifferences(period.days, records.metrics.rows),
    ...parts.signals.leaks.map((leak) => `Signals: ${leak}`),
    ...parts.fills.differences.map((difference) => `Fills: ${difference}`),
    ...parts.events.unexplained.map((each) => `Unexplained break: ${each}`),
    ...parts.events.gaps,
  ];
}

function dayPart({ days }: Period, events: TrialEvents): TrialReport["days"] {
  const counts = { TRADED: 0, NO_TRADES: 0, PAUSED: 0, MISSED: 0 };
  for (const { closed } of days) if (closed !== null) counts[closed.payload.status] += 1;
  const list = days.map(({ date, closed, document, problems }, i): DayLine => {
    const { start, end } = events.reconciliations[i];
    return {
      date,
      status: closed?.payload.status ?? null,
      nav: document?.risk.nav ?? null,
      day_return: document?.risk.day_return ?? null,
      signals: document?.signals.raw ?? null,
      fills: document?.trades.fills.length ?? null,
      start,
      end,
      problems,
    };
  });
  const reached = days.filter(({ closed }) => closed !== null).length;
  return { reached, counts, list, without_trades: reasonsOf(days) };
}

function reasonsOf(days: readonly TrialDay[]): TrialReport["days"]["without_trades"] {
  const dates = new Map<string, string[]>();
  for (const { date, document } of days) {
    for (const because of document?.no_trades_because ?? []) {
      dates.set(because, [...(dates.get(because) ?? []), date]);
    }
  }
  return [...dates]
    .map(([because, own]) => ({ because, dates: own }))
    .toSorted((a, b) => b.dates.length - a.dates.length);
}

function regimesOf(days: readonly TrialDay[]): TrialReport["regimes"] {
  const documents = days.flatMap(({ document }) => document ?? []);
  return {
    volatility: sharesOf(documents.map(({ regime }) => regime.volatility_class)),
    brake: sharesOf(documents.map(({ regime }) => regime.brake)),
    breaker: sharesOf(documents.map(({ risk }) => risk.breaker)),
  };
}

function sharesOf(names: readonly string[]): Share[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, days]) => ({ name, days }))
    .toSorted((a, b) => b.days - a.days || (a.name < b.name ? -1 : 1));
}

function costsOf(days: readonly TrialDay[]): TrialReport["costs"] {
  const risks = days.flatMap(({ document }) => document?.risk ?? []);
  const total = (of: (risk: (typeof risks)[number]) => DecimalText): DecimalText | null => {
    if (risks.length === 0) return null;
    const digits = (of(risks[0]).split(".")[1] ?? "").length;
    let minor = 0;
    for (const risk of risks) {
      const part = minorOfText(of(risk), digits);
      if (part === null) return null;
      minor += part;
    }
    return minorText(minor, digits);
  };
  return {
    fees: total((risk) => risk.fees),
    interest: total((risk) => risk.interest),
    dividends: total((risk) => risk.dividends),
  };
}

function notMeasured(records: TrialRecords, period: Period, fills: TrialFills): string[] {
  const { mode } = period.opened.payload;
  const sentences = [
    "How many variants were tried before this one was chosen: a trial is one observation of one of them.",
    "Market impact of larger sizes: only the sizes that were traded were observed.",
    "Regimes that did not occur in the period; the table of regimes shows which did.",
  ];
  if (mode !== "live") {
    const filled = mode === "dry_run" ? "the simulation" : "the venue's paper account";
    sentences.unshift(
      `Queue position, market impact and borrow of a live account: ${filled} fills without them.`,
    );
  }
  if (fills.fills > 0 && Number(costsOf(period.days).fees ?? 0) === 0) {
    sentences.push("Fees of a live account: the venue posted none in the period.");
  }
  if (records.twin === null) {
    sentences.push("Drift against a backtest of the same sessions: no twin was handed in.");
  }
  if (records.haltDrawdown === null) {
    sentences.push("Distance to the HALT drawdown: the mandate's limit was not handed in.");
  }
  if (fills.not_compared.length > 0) {
    sentences.push(
      `Shortfall of ${fills.not_compared.length} fills: no price to compare with; they are listed.`,
    );
  }
  const codes = new Set(entriesOf(period.entries, "day_opened").map((e) => e.payload.code_hash));
  if (codes.size > 1) {
    sentences.push(`One version of the code over the whole period: ${codes.size} were used.`);
  }
  return sentences;
}
