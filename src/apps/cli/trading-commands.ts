/**
 * The commands of a trading account: trade, status, pause, resume, adopt, flatten, trial, venue. Each action
 * fits on a few lines and leaves the work to a file, which is loaded when it is asked for.
 */
import { type Command, Option } from "commander";
import { parseIsoDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";
import { type Flag, loadMandate } from "./compose.ts";
import type { TradeOptions } from "./compose-trade.ts";
import { findHome } from "./find-run.ts";
import { requireLivePermission } from "./live-permission.ts";
import type { Output } from "./output.ts";
import { addVenue } from "./add-venue.ts";
import { statusResult } from "./status-command.ts";
import { addTrial, modeOf } from "./trial-command.ts";

export type TradingSession = {
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly exit: (code: number) => void;
};

type AccountFlags = {
  readonly set: readonly Flag[];
  readonly mode: string;
  readonly venue?: string;
  readonly requestsPerMinute?: number | "unlimited";
};
type TradeFlags = AccountFlags & {
  readonly date?: string;
  readonly daemon?: boolean;
  readonly until?: string;
};
type SignedFlags = AccountFlags & { readonly operator: string; readonly reason: string };

export function addTradingCommands(program: Command, session: TradingSession): void {
  addTrade(program, session);
  addOperator(program, session);
  addStatus(program, session);
  addTrial(program, session, async (request) => {
    const { startTrialFrom } = await import("./operator-command.ts");
    const { tradingFault } = await import("./trade-command.ts");
    return startTrialFrom(request, session.environment).catch((error: unknown) => {
      throw tradingFault(error);
    });
  });
  addVenue(program, session);
}

function addTrade(program: Command, { output, environment, exit }: TradingSession): void {
  account(program.command("trade"), "trade one session, or with --daemon each one as it comes")
    .option("--date <date>", "the session to trade; default: the one at hand")
    .option("--daemon", "go on session after session, on the venue's calendar")
    .option("--until <date>", "with --daemon: the last session")
    .action(async (path: string, flags: TradeFlags) => {
      requireLivePermission(modeOf(flags.mode), environment);
      const { tradeResult, tradingFault } = await import("./trade-command.ts");
      const { stopRequest } = await import("./compose-stop.ts");
      const stop = stopRequest();
      try {
        const result = await tradeResult({
          ...optionsOf(path, flags, environment),
          date: dateOf("--date", flags.date),
          daemon: flags.daemon === true,
          until: dateOf("--until", flags.until),
          stop,
          told: (line) => output.stderr.write(`${line}\n`),
        });
        output.result(result.document, result.lines);
        if (result.interrupted) exit(EXIT_CODES.INTERRUPTED);
        else if (result.paused) exit(EXIT_CODES.PAUSED);
      } catch (error) {
        throw tradingFault(error);
      } finally {
        stop.release();
      }
    });
}

function addOperator(program: Command, session: TradingSession): void {
  signed(program, session, {
    name: "pause",
    description: "close trading until a person resumes it",
    work: async (options, by) => (await import("./operator-command.ts")).pauseResult(options, by),
  });
  signed(program, session, {
    name: "resume",
    description: "open trading again, after a fresh reconciliation that passes",
    force: true,
    work: async (options, by, force) =>
      (await import("./operator-command.ts")).resumeResult(options, by, force),
  });
  signed(program, session, {
    name: "adopt",
    description: "take over what the account holds, as the venue reports it",
    work: async (options, by) => (await import("./operator-command.ts")).adoptResult(options, by),
  });
  signed(program, session, {
    name: "flatten",
    description: "close every position, in spite of a pause",
    work: async (options, by) => (await import("./operator-command.ts")).flattenResult(options, by),
  });
}

type SignedCommand = {
  readonly name: string;
  readonly description: string;
  readonly force?: boolean;
  readonly work: (
    options: TradeOptions,
    by: { readonly operator: string; readonly reason: string },
    force: boolean,
  ) => Promise<{
    readonly document: Parameters<Output["result"]>[0];
    readonly lines: readonly string[];
  }>;
};

function signed(
  program: Command,
  { output, environment }: TradingSession,
  of: SignedCommand,
): void {
  const command = account(program.command(of.name), of.description)
    .requiredOption("--operator <name>", "who does it; it is journalled")
    .requiredOption("--reason <text>", "why; it is journalled");
  if (of.force === true) {
    command.option("--force", "open without a PASS: journalled as forced, and alerted");
  }
  command.action(async (path: string, flags: SignedFlags & { readonly force?: boolean }) => {
    requireLivePermission(modeOf(flags.mode), environment);
    const { tradingFault } = await import("./trade-command.ts");
    const options = optionsOf(path, flags, environment);
    const { operator, reason } = flags;
    try {
      const { document, lines } = await of.work(
        options,
        { operator, reason },
        flags.force === true,
      );
      output.result(document, lines);
    } catch (error) {
      throw tradingFault(error);
    }
  });
}

function addStatus(program: Command, { output, environment, exit }: TradingSession): void {
  program
    .command("status")
    .description("an account from its records: paused or not, positions, orders, breaker, trial")
    .argument("[mandate]", "the mandate whose home it is; default: the current folder")
    .addOption(modeOption())
    .option("--home <folder>", "the .assay folder")
    .option("--json", "one JSON document on standard output")
    .action(
      (target: string | undefined, flags: { readonly mode: string; readonly home?: string }) => {
        const { document, lines, paused } = statusResult({
          home: findHome({ target: target ?? null, home: flags.home ?? null, environment }),
          mode: modeOf(flags.mode),
          nowMs: Date.now(),
          paint: output.paint,
        });
        output.result(document, lines);
        if (paused) exit(EXIT_CODES.PAUSED);
      },
    );
}

function optionsOf(
  path: string,
  flags: AccountFlags,
  environment: NodeJS.ProcessEnv,
): TradeOptions {
  const mode = modeOf(flags.mode);
  if (mode === "dry_run" && (flags.venue !== undefined || flags.requestsPerMinute !== undefined)) {
    const named = flags.venue === undefined ? "--requests-per-minute" : "--venue";
    throw new Fault("usage", `${named}: a dry run asks no venue, it fills its orders by itself`);
  }
  return {
    loaded: loadMandate(path, flags.set, environment),
    mode,
    venueUrl: flags.venue ?? null,
    requestsPerMinute: flags.requestsPerMinute ?? null,
    environment,
    date: null,
  };
}

function account(command: Command, description: string): Command {
  return command
    .description(description)
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .addOption(modeOption())
    .option("--venue <url>", "a venue on this machine (assay venue) instead of the broker's hosts")
    .addOption(
      new Option(
        "--requests-per-minute <n>",
        "the limiter's rate; beyond 200, or unlimited, for a venue on this machine alone",
      ).argParser(requestsOf),
    )
    .addOption(
      new Option("--set <key=value>", "override one key of the mandate; repeatable")
        .argParser(flagOf)
        .default([], "none"),
    )
    .option("--json", "one JSON document on standard output");
}

function dateOf(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (parseIsoDate(text) !== null) return text;
  throw new Fault("usage", `${option} ${text}: expected a date, YYYY-MM-DD`);
}

function modeOption(): Option {
  return new Option("--mode <mode>", "which account")
    .choices(["dry-run", "paper", "live"])
    .default("paper");
}

function requestsOf(text: string): number | "unlimited" {
  if (text === "unlimited") return text;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Fault("usage", `--requests-per-minute ${text}: expected a whole number, or unlimited`);
}

function flagOf(text: string, earlier: readonly Flag[]): readonly Flag[] {
  const cut = text.indexOf("=");
  if (cut > 0) return [...earlier, { key: text.slice(0, cut), value: text.slice(cut + 1) }];
  throw new Fault("usage", `--set ${text}: expected KEY=VALUE, such as --set fees.bps=2`);
}
