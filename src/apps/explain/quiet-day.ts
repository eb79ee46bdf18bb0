/**
 * Why an instrument was not decided on, on a date: no session, no decision due, warm-up, an unknown
 * column, never. Told from the decisions and forecasts that were recorded. Under allocation
 * `direct` only forecasts tell of a decision: its rhythm is then the sparsest one on which all of
 * them fall, and too few of them say nothing.
 */
import type { Rhythm } from "../../engine/schedule/rhythm.ts";
import { pickSessions, RHYTHMS } from "../../engine/schedule/rhythm.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { asInstants } from "../cli/recorded-run.ts";
import type { DayPath } from "./day-path.ts";
import type { Row, RunRecord } from "./record.ts";

export type Quiet = {
  readonly kind:
    | "no_session"
    | "not_due"
    | "warm_up"
    | "unknown_column"
    | "never_asked"
    | "not_said";
  readonly message: string;
};

const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** Fewer dates could fall on a rhythm by chance. */
const LEAST_DECISIONS = 3;

export function noSession({ date, weekday, previous, next }: DayPath): Quiet {
  const why = weekday >= 5 ? "" : ", and no instrument of the run has a bar on it, as on a holiday";
  return {
    kind: "no_session",
    message: `${date} is a ${WEEKDAYS[weekday]}${why}; the sessions around it are ${previous} and ${next}`,
  };
}

/** Of a session on which no strategy was asked about the instrument. */
export function notAsked(record: RunRecord, day: DayPath): Quiet {
  const decisions = record.dates(LAYER_ARTIFACTS.decisions);
  return decisions.length > 0
    ? notAskedByLayers(record, day, decisions)
    : notAskedDirectly(record, day);
}

function notAskedByLayers(record: RunRecord, day: DayPath, decisions: readonly string[]): Quiet {
  if (day.decisions.length === 0) {
    const offCycle = new Set(
      record
        .rows(LAYER_ARTIFACTS.decisions, (line) => line.includes(",true,"))
        .filter((row) => row["off_cycle"] === true)
        .map((row) => row["date"]),
    );
    return notDue(record, day, decisions, (at) => !offCycle.has(at));
  }
  return silent(record, day, day.sleeves);
}

function notAskedDirectly(record: RunRecord, day: DayPath): Quiet {
  const decisions = record.dates(RUN_ARTIFACTS.signals);
  const rhythm = rhythmOf(record, decisions);
  if (decisions.some((at) => at.startsWith(day.date))) return silent(record, day, null);
  if (rhythm !== null && !isPicked(record, rhythm, day)) {
    return notDue(record, day, decisions, () => true);
  }
  if (rhythm !== null || decisions.length === 0) return silent(record, day, null);
  return {
    kind: "not_said",
    message: `no strategy gave a forecast on it, and the run has too few decisions (${decisions.join(", ")}) to tell from the record whether one was due`,
  };
}

/** `sleeves`: those of the instrument where they were recorded, else null. */
function silent(record: RunRecord, day: DayPath, sleeves: readonly Row[] | null): Quiet {
  const { instrument, date } = day;
  const first = new Map<string, string>();
  const names = new Map<string, string>();
  for (const row of forecastsOf(record, instrument)) {
    const variant = String(row["variant_id"]);
    if (!first.has(variant)) first.set(variant, String(row["date"]));
    names.set(variant, String(row["strategy"]));
  }
  for (const row of sleeves ?? []) names.set(String(row["variant_id"]), String(row["strategy"]));
  if (names.size === 0) {
    return {
      kind: "never_asked",
      message: `no strategy gave a forecast for ${instrument} in the whole run: none was asked on a row past its warm-up`,
    };
  }
  const warming = [...names].filter(([variant]) => (first.get(variant) ?? "9999") > date);
  if (warming.length === names.size) {
    const said = warming.map(([variant, name]) => {
      const begins = first.get(variant);
      return `${name} ${begins === undefined ? "never gave one" : `gave its first on ${begins}`}`;
    });
    return {
      kind: "warm_up",
      message: `its strategies were still warming up and gave no forecast: ${said.join(", ")}`,
    };
  }
  const mute = [...names].filter((each) => !warming.includes(each)).map(([, name]) => name);
  return {
    kind: "unknown_column",
    message: `a decision was due, but a column that ${mute.join(" and ")} reads was unknown on its row, so it was not asked and what it held stood`,
  };
}

function forecastsOf(record: RunRecord, instrument: string): readonly Row[] {
  return record
    .rows(RUN_ARTIFACTS.signals, (line) => line.includes(instrument))
    .filter((row) => row["instrument"] === instrument);
}

function notDue(
  record: RunRecord,
  { date }: DayPath,
  decisions: readonly string[],
  isScheduled: (at: string) => boolean,
): Quiet {
  const before = decisions.findLast((at) => at < date);
  const after = decisions.find((at) => at > date);
  const around = [
    ...(before === undefined ? [] : [`the one before was on ${before}`]),
    ...(after === undefined ? [] : [`the next on ${after}`]),
  ];
  const rhythm = rhythmOf(record, decisions.filter(isScheduled));
  const kept = rhythm === null ? "" : ` in the rhythm the run kept (${rhythm.replace("_", " ")})`;
  return {
    kind: "not_due",
    message: `no decision was due on it${kept}: ${around.join(", ")}`,
  };
}

function rhythmOf(record: RunRecord, decisions: readonly string[]): Rhythm | null {
  if (decisions.length < LEAST_DECISIONS) return null;
  const sessions = record.dates(RUN_ARTIFACTS.equity);
  const decided = new Set(decisions);
  const sessionsMs = asInstants(sessions);
  let found: Rhythm | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const rhythm of RHYTHMS) {
    const picked = pickSessions(rhythm, sessionsMs);
    let count = 0;
    let missed = false;
    for (let s = 0; s < sessions.length; s++) {
      if (picked[s] === 1) count++;
      else if (decided.has(sessions[s])) missed = true;
    }
    if (missed || count >= fewest) continue;
    found = rhythm;
    fewest = count;
  }
  return found;
}

function isPicked(record: RunRecord, rhythm: Rhythm, { date }: DayPath): boolean {
  const sessions = record.dates(RUN_ARTIFACTS.equity);
  const picked = pickSessions(rhythm, asInstants(sessions));
  return sessions.some((at, s) => at.startsWith(date) && picked[s] === 1);
}
