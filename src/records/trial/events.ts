/**
 * What happened in a trial beside trading, from the journal: breakers, pauses and who ended them,
 * reconciliations that did not pass and what followed, incidents, days that were missed. A break is
 * explained where trading was opened again by a reconciliation that passed; an incident of severity
 * critical is resolved by the next one.
 */
import type { AccountEntry } from "../../domain/trading-entry.ts";
import { type Entry, entriesOf, type TrialDay } from "./period.ts";

export type TrialEvent = {
  readonly seq: number;
  readonly at: string;
  readonly what: string;
};

export type TrialPause = {
  readonly at: string;
  readonly cause: string;
  readonly message: string;
  /** Null: trading is still paused. */
  readonly resumed: {
    readonly at: string;
    readonly operator: string;
    readonly reason: string;
    readonly forced: boolean;
  } | null;
};

export type TrialIncident = {
  readonly at: string;
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly resolved: boolean;
};

export type ReconciliationDay = {
  readonly date: string;
  readonly start: string | null;
  readonly end: string | null;
};

export type TrialEvents = {
  readonly timeline: readonly TrialEvent[];
  readonly breakers: readonly TrialEvent[];
  readonly reconciliations: readonly ReconciliationDay[];
  readonly breaks: number;
  /** Breaks after which no reconciliation passed, or which were passed over by force. */
  readonly unexplained: readonly string[];
  readonly pauses: readonly TrialPause[];
  readonly incidents: readonly TrialIncident[];
  readonly incident_counts: readonly { readonly code: string; readonly count: number }[];
  readonly missed_days: readonly string[];
  /** Days decided on another close than that of the day before in the record. */
  readonly gaps: readonly string[];
  readonly slowest_day_s: number | null;
};

export function trialEvents(
  days: readonly TrialDay[],
  entries: readonly AccountEntry[],
): TrialEvents {
  const incidents = incidentList(entries);
  const counts = new Map<string, number>();
  for (const { code } of incidents) counts.set(code, (counts.get(code) ?? 0) + 1);
  const runtimes = days.flatMap(({ document }) => document?.health.runtime_s ?? []);
  return {
    timeline: timelineOf(entries),
    breakers: entriesOf(entries, "breaker").map(breakerEvent),
    reconciliations: days.map((day) => reconciliationDay(day, entries)),
    breaks: entriesOf(entries, "reconciled").reduce((n, one) => n + one.payload.breaks.length, 0),
    unexplained: unexplainedBreaks(entries),
    pauses: pausesOf(entries),
    incidents,
    incident_counts: [...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, count]) => ({ code, count })),
    missed_days: days
      .filter(({ closed }) => closed?.payload.status === "MISSED")
      .map(({ date }) => date),
    gaps: gapsBetween(days),
    slowest_day_s: runtimes.length === 0 ? null : Math.max(...runtimes),
  };
}

function timelineOf(entries: readonly AccountEntry[]): TrialEvent[] {
  let code: string | null = null;
  return entries.flatMap(({ seq, at, payload }): TrialEvent[] => {
    const event = (what: string) => [{ seq, at, what }];
    switch (payload.kind) {
      case "trial_started":
        return event(
          `trial ${payload.trial_id} of ${payload.days} days started by ${payload.operator}`,
        );
      case "trial_voided":
        return event(`trial void: mandate ${payload.observed_hash} in place of the frozen one`);
      case "breaker":
        return event(breakerWords(payload));
      case "paused":
        return event(`paused (${payload.cause}): ${payload.message}`);
      case "resumed": {
        const how = payload.forced ? "by force, without a PASS" : "after a PASS";
        return event(`resumed by ${payload.operator} ${how}: ${payload.reason}`);
      }
      case "flatten_ordered":
        return event(`everything to be closed, ordered by ${payload.operator}: ${payload.reason}`);
      case "position_adopted":
        return event(`${payload.lots} lots of ${payload.instrument} adopted at ${payload.price}`);
      case "record_adopted":
        return event(
          `the venue's word taken for ${payload.activity_ids.length} entries of its record by ${payload.operator}`,
        );
      case "incident":
        return payload.severity === "critical"
          ? event(`incident ${payload.code}: ${payload.message}`)
          : [];
      case "day_opened": {
        const changed = code !== null && code !== payload.code_hash;
        code = payload.code_hash;
        return changed ? event(`other code from ${payload.date} on: ${payload.code_hash}`) : [];
      }
      default:
        return [];
    }
  });
}

type Breaker = Entry<"breaker">["payload"];

function breakerEvent({ seq, at, payload }: Entry<"breaker">): TrialEvent {
  return { seq, at, what: breakerWords(payload) };
}

function breakerWords({ from, to, rule, observed, limit, operator }: Breaker): string {
  const figures =
    observed === null ? "" : `, observed ${observed}${limit === null ? "" : `, limit ${limit}`}`;
  return `breaker from ${from} to ${to} by ${rule}${figures}; operator ${operator}`;
}

/** The last of each phase between the day's opening and its close. */
function reconciliationDay(day: TrialDay, entries: readonly AccountEntry[]): ReconciliationDay {
  const result = { date: day.date, start: null, end: null };
  const { document, opened, closed } = day;
  if (document !== null) {
    const last = (phase: string) =>
      document.health.reconciliation.findLast((one) => one.phase === phase)?.result ?? null;
    return { ...result, start: last("start"), end: last("end") };
  }
  if (opened === null) return result;
  const own = entriesOf(entries, "reconciled").filter(
    ({ seq }) => seq > opened.seq && (closed === null || seq < closed.seq),
  );
  const last = (phase: string) =>
    own.findLast(({ payload }) => payload.phase === phase)?.payload.result ?? null;
  return { ...result, start: last("start"), end: last("end") };
}

function unexplainedBreaks(entries: readonly AccountEntry[]): string[] {
  return entriesOf(entries, "reconciled").flatMap(({ seq, at, payload }) => {
    if (payload.result !== "FAIL") return [];
    const what = `${at} ${payload.phase}: ${payload.breaks.map((one) => `${one.code} ${one.subject}`).join(", ")}`;
    const answer = entries.find(
      (later) =>
        later.seq > seq &&
        ((later.payload.kind === "reconciled" && later.payload.result === "PASS") ||
          (later.payload.kind === "resumed" && later.payload.forced)),
    );
    if (answer === undefined) return [`${what}; no reconciliation has passed since`];
    return answer.payload.kind === "resumed" ? [`${what}; passed over by force`] : [];
  });
}

function pausesOf(entries: readonly AccountEntry[]): TrialPause[] {
  return entriesOf(entries, "paused").map(({ seq, at, payload }) => {
    const end = entriesOf(entries, "resumed").find((one) => one.seq > seq);
    const { cause, message } = payload;
    if (end === undefined) return { at, cause, message, resumed: null };
    const { operator, reason, forced } = end.payload;
    return { at, cause, message, resumed: { at: end.at, operator, reason, forced } };
  });
}

function incidentList(entries: readonly AccountEntry[]): TrialIncident[] {
  const passes = entriesOf(entries, "reconciled").filter(
    ({ payload }) => payload.result === "PASS",
  );
  const lastPass = passes.at(-1)?.seq ?? -1;
  return entriesOf(entries, "incident").map(({ seq, at, payload }) => {
    const { code, severity, subject, message } = payload;
    const resolved = severity !== "critical" || lastPass > seq;
    return { at, code, severity, subject, message, resolved };
  });
}

/** Each day is decided on the close of the session before it: another date shows a hole or old data. */
function gapsBetween(days: readonly TrialDay[]): string[] {
  const gaps: string[] = [];
  for (let i = 1; i < days.length; i++) {
    const before = days[i - 1].date;
    const decided = days[i].opened?.payload.decided_on;
    if (decided === undefined || decided === before) continue;
    const why =
      decided > before
        ? `the session of ${decided} was not traded`
        : `its data end with ${decided}, before the day before it`;
    gaps.push(
      `${days[i].date} follows ${before} in the record and was decided on ${decided}: ${why}`,
    );
  }
  return gaps;
}
