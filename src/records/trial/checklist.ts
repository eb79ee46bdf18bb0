/**
 * The go/no-go checklist: each criterion with its rule, what was observed, its limit, and pass, fail or
 * not evaluated. Go needs every one to pass; a void trial is never evidence, whatever the others say.
 */
import { counted, percent } from "../../base/figures.ts";
import { beganAlike, type Drift } from "./drift.ts";
import type { TrialEvents } from "./events.ts";
import type { TrialFills } from "./fills.ts";
import { entriesOf, type Period } from "./period.ts";
import { metricsDifferences } from "./metrics-check.ts";
import type { TrialResults } from "./results.ts";
import type { TrialSignals } from "./signals.ts";
import type { TrialRecords } from "./trial-records.ts";

export type Criterion = {
  readonly id: string;
  readonly rule: string;
  readonly observed: string;
  readonly limit: string;
  readonly result: "pass" | "fail" | "not_evaluated";
};

export type TrialDecision = {
  readonly verdict: "VOID" | "NO_GO" | "NOT_EVALUATED" | "GO";
  readonly because: readonly string[];
};

export type Judged = {
  readonly records: TrialRecords;
  readonly period: Period;
  readonly signals: TrialSignals;
  readonly results: TrialResults;
  readonly fills: TrialFills;
  readonly events: TrialEvents;
  readonly drift: Drift | null;
};

export function checklist(judged: Judged): Criterion[] {
  return [
    ...frozenCriteria(judged),
    ...recordCriteria(judged),
    ...tradingCriteria(judged),
    ...incidentCriteria(judged),
    ...riskCriteria(judged),
    driftCriterion(judged.drift),
  ];
}

export function decisionOf(criteria: readonly Criterion[], { voided }: Period): TrialDecision {
  const failed = criteria.filter(({ result }) => result === "fail");
  const open = criteria.filter(({ result }) => result === "not_evaluated");
  const because = [...failed, ...open].map(
    ({ id, observed, limit, result }) =>
      `${id}: ${result === "fail" ? "failed" : "not evaluated"}, observed ${observed}, limit ${limit}`,
  );
  const isVoid = voided !== null || failed.some(({ id }) => id === "frozen_mandate");
  if (isVoid) return { verdict: "VOID", because };
  if (failed.length > 0) return { verdict: "NO_GO", because };
  return { verdict: open.length > 0 ? "NOT_EVALUATED" : "GO", because };
}

type Looked = {
  /** Exceptions from the rule. */
  readonly found: number;
  /** How many were examined; none: nothing can be said. */
  readonly of: number;
  readonly unit: string;
};

/** Passes when no exception is found; with nothing to examine it is not evaluated. */
function none(id: string, rule: string, { found, of, unit }: Looked): Criterion {
  const result = of === 0 ? "not_evaluated" : found === 0 ? "pass" : "fail";
  const examined = counted(of, unit, unit === "entry" ? "entries" : `${unit}s`);
  const observed = of === 0 ? examined : `${counted(found, "exception")} in ${examined}`;
  return { id, rule, observed, limit: "no exceptions", result };
}

function atLeast(id: string, rule: string, observed: number, limit: number): Criterion {
  return {
    id,
    rule,
    observed: `${observed}`,
    limit: `at least ${limit}`,
    result: observed >= limit ? "pass" : "fail",
  };
}

function frozenCriteria({ period }: Judged): Criterion[] {
  const { started, voided, days } = period;
  const frozen = started.payload.mandate_hash;
  const others = days.filter(
    ({ opened, document }) =>
      (opened !== null && opened.payload.mandate_hash !== frozen) ||
      (document !== null && document.mandate_hash !== frozen),
  ).length;
  const closed = days.filter((day) => day.closed !== null).length;
  return [
    none("not_voided", "the journal does not void the trial", {
      found: voided === null ? 0 : 1,
      of: period.entries.length,
      unit: "entry",
    }),
    none("frozen_mandate", "every day was opened under the frozen mandate hash", {
      found: others,
      of: days.length,
      unit: "day",
    }),
    atLeast("days_reached", "the planned days are recorded", closed, started.payload.days),
  ];
}

function recordCriteria({ records, period, signals }: Judged): Criterion[] {
  const { days } = period;
  const differing = metricsDifferences(days, records.metrics.rows);
  return [
    none("journal_chain", "every link of the account's journal holds", {
      found: records.journal.findings.length,
      of: records.entries.length,
      unit: "entry",
    }),
    none("two_artifacts", "each day has its two files, unchanged since the day was closed", {
      found: days.filter(({ problems }) => problems.length > 0).length,
      of: days.length,
      unit: "day",
    }),
    none(
      "metrics_agree",
      "metrics.csv has one row for each day and says what the day's file says",
      {
        found: differing.length + (records.metrics.unreadable === null ? 0 : 1),
        of: days.length,
        unit: "day",
      },
    ),
    none("signals_conserved", "forecasts = holds + signals; each signal has one terminal state", {
      found: signals.leaks.length,
      of: days.length,
      unit: "day",
    }),
  ];
}

function tradingCriteria({ events, fills, period }: Judged): Criterion[] {
  const { days } = period;
  const reconciled = events.reconciliations;
  return [
    none("reconciled_at_start", "reconciliation passed at the start of every day", {
      found: reconciled.filter((day) => day.start !== "PASS").length,
      of: reconciled.length,
      unit: "day",
    }),
    none("reconciled_at_end", "reconciliation passed at the end of every day", {
      found: reconciled.filter((day) => day.end !== "PASS").length,
      of: reconciled.length,
      unit: "day",
    }),
    none("breaks_explained", "every break was followed by a reconciliation that passed, unforced", {
      found: events.unexplained.length,
      of: days.length,
      unit: "day",
    }),
    none("executions_once", "journal and documents hold the same executions, each once", {
      found: fills.differences.length,
      of: days.length,
      unit: "day",
    }),
    atLeast("traded", "something was traded: nothing traded is not evidence", fills.fills, 1),
    none("costs_known", "every fill of a signal has the price it was decided at", {
      found: fills.unpriced,
      of: fills.fills,
      unit: "fill",
    }),
  ];
}

function incidentCriteria({ events, period }: Judged): Criterion[] {
  const { days } = period;
  const open = events.pauses.filter(({ resumed }) => resumed === null).length;
  const forced = events.pauses.filter(({ resumed }) => resumed?.forced === true).length;
  return [
    none("incidents_resolved", "after every critical incident a reconciliation has passed", {
      found: events.incidents.filter(({ resolved }) => !resolved).length,
      of: days.length,
      unit: "day",
    }),
    none("not_paused", "trading is not paused at the end", {
      found: open,
      of: days.length,
      unit: "day",
    }),
    none("not_forced", "no pause was ended by force", {
      found: forced,
      of: days.length,
      unit: "day",
    }),
    none("no_day_missed", "no day was missed, and each was decided on the close before it", {
      found: events.missed_days.length + events.gaps.length,
      of: days.length,
      unit: "day",
    }),
  ];
}

function riskCriteria({ records, results, period }: Judged): Criterion[] {
  const fired = entriesOf(period.entries, "breaker").filter(
    ({ payload }) => payload.to === "HALT" || payload.to === "PANIC",
  ).length;
  const rule = "the deepest drawdown stayed above the level that halts";
  const deepest = results.maximum_drawdown?.value ?? null;
  const limit = records.haltDrawdown;
  const result =
    deepest === null || limit === null ? "not_evaluated" : deepest < limit ? "pass" : "fail";
  return [
    none("no_halt", "no circuit breaker went to HALT or PANIC", {
      found: fired,
      of: period.days.length,
      unit: "day",
    }),
    none("not_ruined", "net asset value stayed above zero", {
      found: results.ruined_on === null ? 0 : 1,
      of: results.last_nav === null ? 0 : period.days.length,
      unit: "day",
    }),
    {
      id: "drawdown",
      rule,
      observed: deepest === null ? "not known" : percent(deepest),
      limit: limit === null ? "not handed in" : `below ${percent(limit)}`,
      result,
    },
  ];
}

function driftCriterion(drift: Drift | null): Criterion {
  const id = "drift_explained";
  const rule = "every difference from the backtest twin has a recorded reason";
  if (drift === null || !drift.same_mandate || !beganAlike(drift)) {
    const observed =
      drift === null
        ? "no twin handed in"
        : drift.same_mandate
          ? "the twin began with another net asset value"
          : "the twin has another mandate";
    return { id, rule, observed, limit: "no exceptions", result: "not_evaluated" };
  }
  const compared = drift.compared.intents + drift.compared.fills;
  return none(id, rule, { found: drift.unexplained, of: compared, unit: "pair" });
}
