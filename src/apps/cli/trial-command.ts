/**
 * `assay trial start | status | report`: a period in which a mandate is frozen, and what came of it.
 * Status and report read the account's records and change nothing; starting is handed in, because only
 * the engine writes an account's journal.
 */
import { type Command, Option } from "commander";
import type { Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";
import type { AccountEntry, TradingMode } from "../../domain/trading-entry.ts";
import { breakerLevels } from "../../execution/gates/breakers.ts";
import { trialMarkdown } from "../../records/trial/markdown.ts";
import { trialReport, type TrialReport } from "../../records/trial/report.ts";
import { sharpeTest } from "../../research/evaluation/sharpe-probability.ts";
import { accountFolder } from "./account-folder.ts";
import { recordedDays, recordedMetrics } from "./account-records.ts";
import { readTwin } from "./backtest-twin.ts";
import { type Flag, loadMandate, type LoadedMandate } from "./compose.ts";
import { readAccountJournal } from "./compose-account.ts";
import { findHome } from "./find-run.ts";
import { requireLivePermission } from "./live-permission.ts";
import type { Output } from "./output.ts";
import type { Paint } from "./terminal.ts";

export type StartTrialRequest = {
  readonly loaded: LoadedMandate;
  readonly mode: TradingMode;
  readonly days: number;
  readonly operator: string;
  /** A venue on this machine, which is asked for the next session. */
  readonly venueUrl: string | null;
};

/** Journals the start; says which trial it is and the first session that counts. */
export type StartTrial = (request: StartTrialRequest) => Promise<{
  readonly trialId: string;
  readonly date: string;
  readonly mandateHash: string;
}>;

export type TrialSession = {
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly exit: (code: number) => void;
};

const MODES: readonly { readonly flag: string; readonly mode: TradingMode }[] = [
  { flag: "dry-run", mode: "dry_run" },
  { flag: "paper", mode: "paper" },
  { flag: "live", mode: "live" },
];

type StartFlags = {
  readonly set: readonly Flag[];
  readonly days: number;
  readonly operator: string;
  readonly mode: string;
  readonly venue?: string;
};
type ReadFlags = { readonly mode: string; readonly home?: string; readonly twin?: string };

export function addTrial(program: Command, session: TrialSession, startTrial: StartTrial): void {
  const trial = program
    .command("trial")
    .description("a period of trading with a frozen mandate, judged from its records");
  addStart(trial, session, startTrial);
  reading(trial.command("status"), "the trial's day, its mandate, and what fails so far").action(
    (mandate: string | undefined, flags: ReadFlags) => {
      const report = reportOf(mandate ?? null, flags, session);
      session.output.result(statusJson(report), trialStatusLines(report, session.output.paint));
    },
  );
  reading(trial.command("report"), "what was examined, what was found, and go or no-go").action(
    (mandate: string | undefined, flags: ReadFlags) => {
      const report = reportOf(mandate ?? null, flags, session);
      const lines = trialMarkdown(report).trimEnd().split("\n");
      session.output.result(report as unknown as Json, lines);
      session.exit(report.findings.length === 0 ? EXIT_CODES.OK : EXIT_CODES.VERIFY);
    },
  );
}

function addStart(trial: Command, { output, environment }: TrialSession, start: StartTrial): void {
  withMode(trial.command("start"))
    .description("freeze the mandate and count the days from the next session on")
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .requiredOption("--days <n>", "trading days the trial is to last", daysOf)
    .requiredOption("--operator <name>", "who starts it")
    .option("--venue <url>", "a venue on this machine (assay venue) instead of the broker's hosts")
    .addOption(
      new Option("--set <key=value>", "override one key of the mandate; repeatable")
        .argParser(flagOf)
        .default([], "none"),
    )
    .option("--json", "one JSON document on standard output")
    .action(async (path: string, { days, operator, mode, set, venue }: StartFlags) => {
      requireLivePermission(modeOf(mode), environment);
      const loaded = loadMandate(path, set, environment);
      const begun = await start({
        loaded,
        mode: modeOf(mode),
        days,
        operator,
        venueUrl: venue ?? null,
      });
      output.result({ ...begun, days, operator }, [
        `trial ${begun.trialId} of ${days} days begins with the session of ${begun.date}`,
        `frozen mandate ${begun.mandateHash}: changing it voids the trial`,
      ]);
    });
}

function reading(command: Command, description: string): Command {
  return withMode(command)
    .description(description)
    .argument("[mandate]", "the mandate whose home it is and whose HALT level judges drawdown")
    .option("--twin <run>", "a backtest of the same mandate to compare with")
    .option("--home <folder>", "the .assay folder")
    .option("--json", "one JSON document on standard output");
}

function withMode(command: Command): Command {
  return command.addOption(
    new Option("--mode <mode>", "which account")
      .choices(MODES.map(({ flag }) => flag))
      .default("paper"),
  );
}

export function modeOf(flag: string): TradingMode {
  const known = MODES.find((one) => one.flag === flag);
  if (known !== undefined) return known.mode;
  throw new Fault("usage", `--mode ${flag}: expected ${MODES.map((one) => one.flag).join(", ")}`);
}

function daysOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Fault("usage", `--days ${text}: expected a whole number of trading days, such as 60`);
}

function flagOf(text: string, earlier: readonly Flag[]): readonly Flag[] {
  const cut = text.indexOf("=");
  if (cut > 0) return [...earlier, { key: text.slice(0, cut), value: text.slice(cut + 1) }];
  throw new Fault("usage", `--set ${text}: expected KEY=VALUE, such as --set fees.bps=2`);
}

function reportOf(
  mandate: string | null,
  { mode, home, twin }: ReadFlags,
  { environment }: TrialSession,
): TrialReport {
  const found = findHome({ target: mandate, home: home ?? null, environment });
  const folder = accountFolder(found, modeOf(mode));
  const journal = readAccountJournal(folder);
  const loaded = mandate === null ? null : loadMandate(mandate, [], environment);
  const records = {
    entries: journal.entries,
    journal: { ...journal.head, findings: journal.findings },
    days: recordedDays(folder, journal),
    metrics: recordedMetrics(folder),
    haltDrawdown: haltDrawdown(loaded, frozenHash(journal.entries)),
    twin: twin === undefined ? null : readTwin({ target: twin, home: found, environment }),
  };
  return trialReport(records, (returns) =>
    sharpeTest(returns, { periodsPerYear: DAYS_PER_YEAR, riskFree: 0 }),
  );
}

const DAYS_PER_YEAR = 252;

/**
 * The level in fractions of net asset value; null where the mandate has no breakers, and where it is
 * not the frozen one, whose level nobody can tell any more.
 */
function haltDrawdown(loaded: LoadedMandate | null, frozen: string | null): number | null {
  if (loaded === null || loaded.resolved.hash !== frozen) return null;
  const { breakers, risk_targeting: targeting } = loaded.mandate;
  return breakers.enabled ? breakerLevels(breakers, targeting.target_vol).halt : null;
}

function frozenHash(entries: readonly AccountEntry[]): string | null {
  const started = entries.findLast(({ payload }) => payload.kind === "trial_started");
  return started?.payload.kind === "trial_started" ? started.payload.mandate_hash : null;
}

function statusJson(report: TrialReport): Json {
  const { identity, decision, checklist, days, findings } = report;
  return { identity, decision, checklist, days, findings } as unknown as Json;
}

/** A few lines; the report has the rest. */
export function trialStatusLines(report: TrialReport, paint: Paint): string[] {
  const { identity, decision, days, checklist, findings } = report;
  const { counts } = days;
  const colour = decision.verdict === "GO" ? paint.green : paint.red;
  return [
    paint.bold(`trial ${identity.trial_id}: day ${days.reached} of ${identity.days_planned}`),
    `started ${identity.started} by ${identity.operator}; frozen mandate ${identity.frozen_mandate_hash}`,
    `days: ${counts.TRADED} traded, ${counts.NO_TRADES} without trades, ${counts.PAUSED} paused, ${counts.MISSED} missed`,
    colour(`as it stands: ${decision.verdict.replace("_", "-")}`),
    ...checklist
      .filter(({ result }) => result !== "pass")
      .map(
        ({ id, result, observed, limit }) =>
          `  ${id}: ${result === "fail" ? "failed" : "not evaluated"}, observed ${observed}, limit ${limit}`,
      ),
    ...findings.map((finding) => `  ${finding}`),
  ];
}
