/**
 * The days of a trial: from its start in the journal to the planned count of days, each with what the
 * journal says of it and what its files hold. A day's document counts as evidence only where its
 * bytes are those that the journal recorded when the day was closed.
 */
import type { DailyDocument } from "../../domain/daily-document.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { RecordedDay, TrialRecords } from "./trial-records.ts";

export type Entry<K extends AccountPayload["kind"]> = {
  readonly seq: number;
  readonly at: string;
  readonly payload: AccountPayload & { readonly kind: K };
};

export type TrialDay = {
  readonly date: string;
  readonly opened: Entry<"day_opened"> | null;
  readonly closed: Entry<"day_closed"> | null;
  /** The evidence; null where there is none to trust. */
  readonly document: DailyDocument | null;
  /** What is wrong with the day's files, one sentence each. */
  readonly problems: readonly string[];
};

export type Period = {
  readonly started: Entry<"trial_started">;
  readonly opened: Entry<"account_opened">;
  readonly voided: Entry<"trial_voided"> | null;
  readonly days: readonly TrialDay[];
  /** From the trial's start to the end of its last day. */
  readonly entries: readonly AccountEntry[];
};

export function entriesOf<K extends AccountPayload["kind"]>(
  entries: readonly AccountEntry[],
  kind: K,
): Entry<K>[] {
  return entries.filter((entry) => entry.payload.kind === kind) as Entry<K>[];
}

/** The newest trial of the account. Throws Fault("usage") where none was started. */
export function trialPeriod(records: TrialRecords): Period {
  const started = entriesOf(records.entries, "trial_started").at(-1);
  const opened = entriesOf(records.entries, "account_opened")[0];
  if (started === undefined || opened === undefined) {
    throw new Fault(
      "usage",
      "the account's journal holds no trial; assay trial start MANDATE --days N --operator NAME begins one",
    );
  }
  const since = records.entries.filter((entry) => entry.seq >= started.seq);
  const { days: planned, date: first } = started.payload;
  const dates = datesOf(since)
    .filter((date) => date >= first)
    .slice(0, planned);
  const lastDate = dates.at(-1);
  const entries = untilEndOf(since, lastDate);
  const voided = entriesOf(entries, "trial_voided").find(
    ({ payload }) => payload.trial_id === started.payload.trial_id,
  );
  const files = new Map(records.days.map((day) => [day.date, day]));
  const days = dates.map((date) => trialDay(date, entries, files.get(date) ?? null));
  return { started, opened, voided: voided ?? null, days, entries };
}

function datesOf(entries: readonly AccountEntry[]): string[] {
  const dates = new Set<string>();
  for (const { payload } of entries) {
    if (payload.kind === "day_opened" || payload.kind === "day_closed") dates.add(payload.date);
  }
  return [...dates].toSorted();
}

/** Up to the first entry of a day behind the last one of the trial. */
function untilEndOf(entries: readonly AccountEntry[], lastDate: string | undefined) {
  const beyond = entries.findIndex(
    ({ payload }) =>
      payload.kind === "day_opened" && lastDate !== undefined && payload.date > lastDate,
  );
  return beyond === -1 ? entries : entries.slice(0, beyond);
}

function trialDay(
  date: string,
  entries: readonly AccountEntry[],
  recorded: RecordedDay | null,
): TrialDay {
  const opened = entriesOf(entries, "day_opened").findLast((one) => one.payload.date === date);
  const closed = entriesOf(entries, "day_closed").findLast((one) => one.payload.date === date);
  const problems = fileProblems(closed ?? null, recorded);
  const isTrusted = closed !== undefined && recorded?.jsonSha256 === hashIn(closed, "json");
  return {
    date,
    opened: opened ?? null,
    closed: closed ?? null,
    document: isTrusted ? (recorded?.document ?? null) : null,
    problems,
  };
}

function fileProblems(closed: Entry<"day_closed"> | null, recorded: RecordedDay | null): string[] {
  if (closed === null) return ["the journal does not close the day"];
  const problems: string[] = [];
  for (const format of ["json", "markdown"] as const) {
    const expected = hashIn(closed, format);
    const found = format === "json" ? recorded?.jsonSha256 : recorded?.markdownSha256;
    if (expected === null) problems.push(`the journal names no ${format} file`);
    else if (found === undefined || found === null) problems.push(`the ${format} file is missing`);
    else if (found !== expected) {
      problems.push(`the ${format} file is not the one that was recorded when the day was closed`);
    }
  }
  if (recorded !== null && recorded.unreadable !== null) problems.push(recorded.unreadable);
  return problems;
}

/** "json/2010-03-04.json" and "artifacts/json/..": the folder names the format. */
function hashIn(closed: Entry<"day_closed">, format: "json" | "markdown"): string | null {
  const file = closed.payload.files.find(({ name }) => name.split("/").includes(format));
  return file?.sha256 ?? null;
}
