/**
 * What an account's files say against its journal: each day's document against the entries it is of, its
 * Markdown against the document, metrics.csv row by row against the documents, the incident log and the
 * break packs against the entries. Enters: entries, the hash of each, file contents; leaves: one sentence per
 * finding, with its file and day. Hashes of the files are judged elsewhere.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import { INCIDENT_FILE, incidentLog } from "./incident-log.ts";
import { dailyMarkdown } from "./markdown.ts";
import { METRICS_FILE, metricsCsv, metricsRow, parseMetrics } from "./metrics.ts";
import { breakFiles } from "./named-files.ts";
import { readDaily } from "./read-daily.ts";

export type JudgedAccount = {
  readonly entries: readonly AccountEntry[];
  /** Of an entry, by its seq. */
  readonly hashOf: (seq: number) => string | null;
  /** Text of a file in the account's folder; null: there is none. */
  readonly textOf: (path: string) => string | null;
};

export type JudgedDays = {
  readonly checked: { readonly days: number; readonly breakPacks: number };
  readonly findings: readonly string[];
};

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { readonly kind: K }>;
type Day = {
  readonly openedAt: number;
  readonly closedAt: number;
  readonly opened: Of<"day_opened">;
  readonly closed: Of<"day_closed">;
};

export function judgeDays(account: JudgedAccount): JudgedDays {
  const days = closedDays(account.entries);
  const documents = new Map<string, DailyDocument>();
  const findings = days.flatMap((day) => judgeDay(account, day, documents));
  findings.push(...judgeMetrics(account, days, documents), ...judgeIncidents(account, days));
  const packs = breakFiles(account.entries);
  for (const pack of packs) findings.push(...judgeBreakPack(account, pack));
  return { checked: { days: days.length, breakPacks: packs.length }, findings };
}

function closedDays(entries: readonly AccountEntry[]): readonly Day[] {
  const days: Day[] = [];
  let open: { readonly seq: number; readonly payload: Of<"day_opened"> } | null = null;
  for (const { seq, payload } of entries) {
    if (payload.kind === "day_opened") open = { seq, payload };
    if (payload.kind !== "day_closed" || open?.payload.date !== payload.date) continue;
    days.push({ openedAt: open.seq, closedAt: seq, opened: open.payload, closed: payload });
  }
  return days;
}

function judgeDay(
  account: JudgedAccount,
  day: Day,
  documents: Map<string, DailyDocument>,
): readonly string[] {
  const { date } = day.closed;
  const json = `artifacts/json/${date}.json`;
  const markdown = `artifacts/markdown/${date}.md`;
  const unnamed = [json, markdown].filter(
    (path) => !day.closed.files.some(({ name }) => name === path),
  );
  const findings = unnamed.map(
    (path) => `entry ${day.closedAt} closes ${date} and does not name ${path}`,
  );
  const text = account.textOf(json);
  // A file that is missing is a finding of its hash.
  if (text === null) return findings;
  const read = faultOr(() => readDaily(text, date));
  if ("fault" in read) return [...findings, `${json}: ${read.fault}`];
  documents.set(date, read.value);
  findings.push(...judgeDocument(account, day, read.value).map((what) => `${json} ${what}`));
  const told = account.textOf(markdown);
  if (told !== null && told !== dailyMarkdown(read.value)) {
    findings.push(`${markdown} is not what ${json} reads as`);
  }
  return findings;
}

/** What the document repeats of the journal. */
function judgeDocument(
  { hashOf, entries }: JudgedAccount,
  { openedAt, closedAt, opened, closed }: Day,
  document: DailyDocument,
): readonly string[] {
  const account = entries[0]?.payload;
  const pairs: [string, unknown, unknown][] = [
    ["status", document.status, closed.status],
    ["decided_on", document.decided_on, opened.decided_on],
    ["mandate_hash", document.mandate_hash, opened.mandate_hash],
    ["code_hash", document.code_hash, opened.code_hash],
    ["pack.id", document.pack.id, opened.pack_id],
    ["pack.until", document.pack.until, opened.pack_until],
    ["journal.from_seq", document.journal.from_seq, openedAt],
    ["journal.to_seq", document.journal.to_seq, closedAt - 1],
    ["journal.head", document.journal.head, hashOf(closedAt - 1)],
  ];
  if (account?.kind === "account_opened") {
    pairs.push(
      ["account", document.account, account.account],
      ["mode", document.mode, account.mode],
    );
    pairs.push(["broker", document.broker, account.broker]);
  }
  return pairs.flatMap(([key, says, is]) =>
    says === is ? [] : [`says ${key} ${String(says)}, the journal ${String(is)}`],
  );
}

/** Every closed day has its row, and each row is what that day's document gives. */
function judgeMetrics(
  { textOf, entries }: JudgedAccount,
  days: readonly Day[],
  documents: ReadonlyMap<string, DailyDocument>,
): readonly string[] {
  const text = textOf(METRICS_FILE);
  if (text === null) return days.length === 0 ? [] : [`${METRICS_FILE} is missing`];
  const read = faultOr(() => parseMetrics(text));
  if ("fault" in read) return [read.fault];
  const lines = new Map(read.value.map((row) => [row.date, lineOf(row)]));
  const findings: string[] = [];
  for (const { closed, closedAt } of days) {
    const document = documents.get(closed.date);
    const line = lines.get(closed.date);
    lines.delete(closed.date);
    if (line === undefined) {
      findings.push(`${METRICS_FILE} has no row of ${closed.date}, which entry ${closedAt} closes`);
    } else if (document !== undefined && line !== lineOf(metricsRow(document))) {
      findings.push(
        `${METRICS_FILE}: the row of ${closed.date} is not what the day's document gives: ${differingFields(line, lineOf(metricsRow(document)))}`,
      );
    }
  }
  // A process may have been killed between the row and the entry that closes its day.
  const open = openDate(entries);
  for (const date of lines.keys()) {
    if (date !== open)
      findings.push(`${METRICS_FILE} has a row of ${date}, a day that no entry closes`);
  }
  return findings;
}

const HEADER = metricsCsv([]).trimEnd().split(",");

function lineOf(row: ReturnType<typeof metricsRow>): string {
  return metricsCsv([row]).split("\n")[1];
}

function differingFields(written: string, given: string): string {
  const is = given.split(",");
  return written
    .split(",")
    .flatMap((field, n) =>
      field === is[n] ? [] : [`${HEADER[n]} ${field || "empty"} instead of ${is[n] || "empty"}`],
    )
    .join(", ");
}

function openDate(entries: readonly AccountEntry[]): string | null {
  const opened = entries.findLast(({ payload }) => payload.kind === "day_opened")?.payload;
  const closed = entries.findLast(({ payload }) => payload.kind === "day_closed")?.payload;
  if (opened?.kind !== "day_opened") return null;
  return closed?.kind === "day_closed" && closed.date === opened.date ? null : opened.date;
}

/** The log grows as days close: it holds all up to the last close, and nothing that no entry told. */
function judgeIncidents(
  { entries, textOf }: JudgedAccount,
  days: readonly Day[],
): readonly string[] {
  const written = textOf(INCIDENT_FILE);
  const last = days.at(-1);
  if (last === undefined) return [];
  if (written === null) return [`${INCIDENT_FILE} is missing`];
  const least = incidentLog(entries.filter(({ seq }) => seq < last.closedAt));
  const most = incidentLog(entries);
  if (written.startsWith(least) && most.startsWith(written)) return [];
  const expected = most.split("\n");
  const line = written.split("\n").findIndex((each, n) => each !== expected[n]);
  return [
    `${INCIDENT_FILE}:${line < 0 ? written.split("\n").length : line + 1} is not what the journal tells`,
  ];
}

/** Its hash is not journalled; what it says of the reconciliation is. */
function judgeBreakPack(
  { textOf }: JudgedAccount,
  { path, at, seq, entry }: ReturnType<typeof breakFiles>[number],
): readonly string[] {
  const text = textOf(path);
  if (text === null) return [`${path} is missing; entry ${seq} found breaks`];
  const read = faultOr(() => parsed(text, path));
  if ("fault" in read) return [read.fault];
  const { breaks, phase, result, warnings } = entry;
  const said: { readonly [key: string]: unknown } = { at, breaks, phase, result, warnings };
  return Object.entries(said).flatMap(([key, value]) =>
    canonicalJson((read.value[key] ?? null) as Json) === canonicalJson(value as Json)
      ? []
      : [`${path} says other ${key} than entry ${seq}`],
  );
}

function parsed(text: string, path: string): { readonly [key: string]: unknown } {
  try {
    return JSON.parse(text) as { readonly [key: string]: unknown };
  } catch (cause) {
    throw new Fault("verify", `${path} does not read as JSON`, { where: path, cause });
  }
}

function faultOr<T>(read: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}
