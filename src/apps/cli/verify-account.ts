/**
 * `assay verify --account MODE`: every link, file, state and sum of a trading account, recomputed; with --replay
 * each of its days is executed again from the state it was opened with and the facts that were journalled.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import { auditAccount, packsNamed } from "../../engine/trading/audit-account.ts";
import {
  type DayReplay,
  decodedRows,
  type RecordedAccount,
  replayAccount,
} from "../../engine/trading/replay-account.ts";
import { judgeDays } from "../../records/daily/judge-days.ts";
import { accountFolder } from "./account-folder.ts";
import { type Flag, loadMandate } from "./compose.ts";
import {
  type AccountVerification,
  marketsOf,
  replayDoors,
  textIn,
  verifyAccountFolder,
} from "./compose-verify-account.ts";
import { findHome, type RunQuery } from "./find-run.ts";
import { count } from "./numbers.ts";
import type { Output } from "./output.ts";

export type VerifyAccountOptions = RunQuery & {
  readonly mode: TradingMode;
  readonly replay: boolean;
  /** Executes this one day again; null: all. */
  readonly day: string | null;
  readonly mandate: string | null;
  readonly flags: readonly Flag[];
  readonly nowMs: number;
  readonly output: Output;
};

/** A finding with the number of the invariant that it breaks. */
type Finding = { readonly invariant: number; readonly message: string };

type Sums = {
  readonly findings: readonly Finding[];
  readonly checked: { readonly [what: string]: number };
};

export async function verifyAccountResult(
  options: VerifyAccountOptions,
): Promise<{ document: Json; lines: string[]; holds: boolean }> {
  const home = findHome(options);
  const folder = accountFolder(home, options.mode);
  const files = await verifyAccountFolder(folder);
  // Entries that do not hang together say nothing that could be summed up or executed.
  const isSound = files.findings.length === 0 || files.checked.files + files.checked.states > 0;
  const recorded = isSound ? decodedRows(files.rows) : null;
  const sums = recorded === null ? NOTHING : await sumsOf(home, folder, recorded);
  const replay =
    recorded === null || !options.replay
      ? null
      : await replayed(options, { home, folder }, recorded);
  const findings = [
    ...files.findings.map((message) => ({ invariant: invariantOf(message), message })),
    ...sums.findings,
    ...(replay?.findings ?? []),
  ];
  return result(options, folder, { files, sums, replay, findings });
}

const NOTHING: Sums = { findings: [], checked: {} };

async function sumsOf(
  home: string,
  folder: string,
  { entries, rows }: RecordedAccount,
): Promise<Sums> {
  const named = packsNamed(entries);
  const { markets, missing } = await marketsOf(home, named.keys());
  const audit = auditAccount(entries, markets);
  const days = judgeDays({
    entries,
    hashOf: (seq) => rows[seq - 1]?.hash ?? null,
    textOf: (path) => textIn(folder, path),
  });
  return {
    checked: {
      ...audit.checked,
      break_packs: days.checked.breakPacks,
      closed_days: days.checked.days,
    },
    findings: [
      ...[...missing].map(([id, why]) => ({
        invariant: 9,
        message: `entry ${named.get(id)} names pack ${id}: ${why}; what was traded on it could not be valued`,
      })),
      ...audit.findings.map((message) => ({ invariant: 11, message })),
      ...days.findings.map((message) => ({ invariant: 21, message })),
    ],
  };
}

type Replayed = {
  readonly summary: string;
  readonly notes: readonly string[];
  readonly days: readonly DayReplay[];
  readonly findings: readonly Finding[];
};

async function replayed(
  options: VerifyAccountOptions,
  { home, folder }: { readonly home: string; readonly folder: string },
  recorded: RecordedAccount,
): Promise<Replayed> {
  const { mode, nowMs, flags, environment, day } = options;
  const loaded = { ...loadMandate(mandatePath(options, home), flags, environment), home };
  const { doors, terms, codeHash } = await replayDoors(loaded, { folder, mode, nowMs });
  const days: DayReplay[] = [];
  for await (const each of replayAccount(doors, terms, recorded, day)) days.push(each);
  if (days.length === 0 && day !== null) {
    throw new Fault("usage", `the account has no day ${day}: ${spanOf(recorded)}`);
  }
  const differing = days.filter(({ differences }) => differences.length > 0);
  const findings = differing.flatMap(({ date, differences }) =>
    differences.map((message) => ({ invariant: 20, message: `replay of ${date}: ${message}` })),
  );
  const last = days.at(-1);
  const head = recorded.rows.at(-1);
  if (
    day === null &&
    differing.length === 0 &&
    last !== undefined &&
    last.head.hash !== head?.hash
  ) {
    findings.push({
      invariant: 20,
      message: `the replay ends at ${last.head.hash}, the journal at ${head?.hash}`,
    });
  }
  const first =
    differing.length === 0 ? "identical" : `${differing.length} differ, first ${differing[0].date}`;
  const compared = days.reduce((sum, each) => sum + each.compared, 0);
  return {
    summary: `${daysText(days.length)} executed again, ${count(compared)} entries: ${first}`,
    notes: [
      ...unlike(days, "mandate", loaded.resolved.hash, (each) => each.mandateHash),
      ...unlike(days, "code", codeHash, (each) => each.codeHash),
    ],
    days,
    findings,
  };
}

/** Which days were recorded under another hash than what executes them now: both are named. */
function unlike(
  days: readonly DayReplay[],
  what: string,
  now: string,
  hashOf: (day: DayReplay) => string,
): readonly string[] {
  const recorded = new Map<string, string[]>();
  for (const day of days) {
    const hash = hashOf(day);
    if (hash !== now) recorded.set(hash, [...(recorded.get(hash) ?? []), day.date]);
  }
  return [...recorded].map(
    ([hash, dates]) =>
      `${what} differs: ${daysText(dates.length)} from ${dates[0]} to ${dates[dates.length - 1]} recorded under ${hash}, executed under ${now}`,
  );
}

function daysText(days: number): string {
  return `${count(days)} ${days === 1 ? "day" : "days"}`;
}

function spanOf({ entries }: RecordedAccount): string {
  const dates = entries.flatMap(({ payload }) =>
    payload.kind === "day_opened" ? [payload.date] : [],
  );
  return dates.length === 0
    ? "no day was opened yet"
    : `its days go from ${dates[0]} to ${dates[dates.length - 1]}`;
}

/** --mandate, the path that was given to find the account, or the mandate beside the .assay folder. */
function mandatePath({ mandate, target }: VerifyAccountOptions, home: string): string {
  if (mandate !== null) return mandate;
  if (target !== null) return target;
  const beside = join(dirname(home), "mandate.yaml");
  if (existsSync(beside)) return beside;
  throw new Fault(
    "usage",
    `--replay needs the mandate: there is none at ${beside}; give it with --mandate PATH`,
  );
}

/** What one cause breaks is broken on every day after it: the first ones are read. */
const MOST_LINES = 40;

/** What a finding of the files breaks: a day's own file 21, the record itself 10. */
function invariantOf(finding: string): number {
  return finding.startsWith("artifacts/") ? 21 : 10;
}

function result(
  { output, mode }: VerifyAccountOptions,
  folder: string,
  found: {
    readonly files: AccountVerification;
    readonly sums: Sums;
    readonly replay: Replayed | null;
    readonly findings: readonly Finding[];
  },
): { document: Json; lines: string[]; holds: boolean } {
  const { files, sums, replay, findings } = found;
  const { paint } = output;
  const holds = findings.length === 0;
  const broken = [...new Set(findings.map(({ invariant }) => invariant))].sort((a, b) => a - b);
  const { entries, terminals, files: named, states } = files.checked;
  const summed = Object.entries(sums.checked).map(
    ([what, n]) => `${count(n)} ${what.replace("_", " ")}`,
  );
  const notes = [...files.notes, ...(replay?.notes ?? [])];
  const lines = [
    `${holds ? paint.green("holds") : paint.red("does not hold")}  the ${mode.replace("_", "-")} account in ${folder}`,
    `  checked  ${count(entries)} journal entries, ${count(terminals)} terminal states, ${count(named)} files, ${count(states)} states`,
    ...(summed.length === 0 ? [] : [`  summed   ${summed.join(", ")}`]),
    ...(replay === null ? [] : [`  replay   ${replay.summary}`]),
    ...notes.map((note) => `  note     ${note}`),
    ...findings.slice(0, MOST_LINES).map(({ message }) => `  ${paint.red("finding")}  ${message}`),
    ...(findings.length > MOST_LINES
      ? [`  and ${count(findings.length - MOST_LINES)} findings more; --json lists them all`]
      : []),
    ...(holds ? [] : [`  breaks   invariant ${broken.join(", ")}`]),
  ];
  const document = {
    account: mode,
    holds,
    checked: { ...files.checked, ...sums.checked },
    replay: replay === null ? null : { summary: replay.summary, days: replay.days.map(dayJson) },
    notes,
    findings: findings.map(({ message }) => message),
    /** The numbers of what does not hold, as they are found. */
    invariants: broken,
  };
  return { document: document as unknown as Json, lines, holds };
}

function dayJson(day: DayReplay): Json {
  return {
    date: day.date,
    from_seq: day.fromSeq,
    to_seq: day.toSeq,
    mandate_hash: day.mandateHash,
    code_hash: day.codeHash,
    compared: day.compared,
    derived: day.derived,
    head: { seq: day.head.seq, hash: day.head.hash },
    differences: [...day.differences],
  };
}
