/**
 * The commands and their options; each action fits on a few lines and leaves the work to a file.
 * Files that a run does not need are loaded by the command that does.
 */
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES, exitCodeOf } from "../../domain/run-status.ts";
import { SECTIONS } from "../../engine/sections.ts";
import { mandateJsonSchema } from "../../mandate/json-schema.ts";
import { type Flag, loadMandate } from "./compose.ts";
import { configLines, configJson } from "./config-command.ts";
import { findHome, type RunQuery } from "./find-run.ts";
import { exportLedger, LEDGER_FORMATS, type LedgerFormat } from "./ledger-command.ts";
import type { InputStream } from "./hidden-input.ts";
import type { Output } from "./output.ts";
import { buildPackResult, listPacksResult } from "./pack-command.ts";
import { runMandate } from "./run-command.ts";
import { runJson, summaryLines } from "./run-summary.ts";
import { whenFree } from "./when-free.ts";
import { listRunsResult } from "./runs-command.ts";
import { addSecrets } from "./secrets-command.ts";
import { addVerify } from "./add-verify.ts";
import { addTradingCommands } from "./trading-commands.ts";
import { progressBar } from "./terminal.ts";

/** Where a command prints, the environment it reads, and what is typed to it. */
export type Session = {
  readonly output: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: (() => InputStream) | null;
};

type Exit = (code: number) => void;
type Options = { readonly set: readonly Flag[]; readonly home?: string };
type CompareFlags = Options & { readonly without?: string };
type ExplainFlags = Options & {
  readonly run?: string;
  readonly account?: string;
  readonly mandate?: string;
};

export function addCommands(program: Command, session: Session, exit: Exit): void {
  const { output } = session;
  addRun(program, session, exit);
  addCompare(program, session);
  addProve(program, session, exit);
  addVerify(
    common(program.command("verify"), "recompute every link and hash of a run, or of an account"),
    {
      output,
      exit,
      argument: RUN_ARGUMENT,
      query: (target, options) => queryOf(target, options, session.environment),
    },
  );
  addDoctor(program, session, exit);
  addExplain(program, session);
  addPack(program, session);
  addLedger(program, session);
  addSecrets(program, session);
  addTradingCommands(program, { output, environment: session.environment, exit });
  common(program.command("config"), "print a mandate as it resolves, with the origin of each value")
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .action((path: string, options: Options) => {
      const { resolved } = loadMandate(path, options.set, session.environment);
      output.result(configJson(resolved), configLines(resolved, output.paint));
    });
  program
    .command("schema")
    .description("print the JSON Schema of a mandate, for editors")
    .option("--json", "the same: a schema is JSON")
    .action(() => output.raw(`${JSON.stringify(mandateJsonSchema(SECTIONS), null, 2)}\n`));
  program
    .command("init")
    .description("write a mandate that runs, a strategy, and what an editor needs")
    .argument("<folder>", "a folder without these files; it is made when it is not there")
    .option("--json", "one JSON document on standard output")
    .action(async (folder: string) => {
      const { initMandate } = await import("./init.ts");
      const files = initMandate(folder, SECTIONS);
      output.result({ folder: resolve(folder), files }, [
        `wrote ${files.join(", ")} in ${folder}`,
        `next: assay run ${/\s/.test(folder) ? JSON.stringify(folder) : folder}`,
      ]);
    });
}

function common(command: Command, description: string): Command {
  return command
    .description(description)
    .addOption(
      new Option("--set <key=value>", "override one key of the mandate; repeatable")
        .argParser(collectFlag)
        .default([], "none"),
    )
    .option("--json", "one JSON document on standard output");
}

function collectFlag(text: string, earlier: readonly Flag[]): readonly Flag[] {
  const cut = text.indexOf("=");
  if (cut > 0) return [...earlier, { key: text.slice(0, cut), value: text.slice(cut + 1) }];
  throw new Fault("usage", `--set ${text}: expected KEY=VALUE, such as --set fees.bps=2`);
}

function addRun(program: Command, session: Session, exit: Exit): void {
  const { output, environment } = session;
  common(program.command("run"), "run a mandate and record it: journal, ledger, artifacts, report")
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .option("--wait", "wait while another process records the same run")
    .action(async (path: string, options: Options & { readonly wait?: boolean }) => {
      const run = () =>
        runMandate({
          loaded: loadMandate(path, options.set, environment),
          progress: progressBar(output.stderr, Date.now),
          nowMs: Date.now(),
        });
      const outcome = await (options.wait === true ? whenFree(run, output.stderr) : run());
      output.result(runJson(outcome), summaryLines(outcome, output.paint));
      exit(exitCodeOf(outcome.document.status));
    });
  withHome(program.command("runs"), "list the recorded runs, newest first").action(
    (target: string | undefined, options: Options) => {
      const { document, lines } = listRunsResult(
        findHome(queryOf(target, options, environment)),
        output.paint,
      );
      output.result(document, lines);
    },
  );
}

function addCompare(program: Command, { output, environment }: Session): void {
  common(program.command("compare"), "compare two runs, or a mandate with itself less one stage")
    .argument(
      "<a>",
      "run id or its beginning, a run's folder, or a mandate (run first if it must be)",
    )
    .argument("[b]", "the other one; leave it out with --without")
    .option("--without <stage>", "compare the mandate with itself, this stage switched off")
    .option("--home <folder>", HOME_OPTION)
    .action(async (a: string, b: string | undefined, options: CompareFlags) => {
      const { compareResult } = await import("./compare-command.ts");
      const { document, lines } = await compareResult(
        {
          a,
          b: b ?? null,
          without: options.without ?? null,
          home: options.home ?? null,
          flags: options.set,
          environment,
          progress: progressBar(output.stderr, Date.now),
          nowMs: Date.now,
        },
        output.paint,
      );
      output.result(document, lines);
    });
}

function addProve(program: Command, session: Session, exit: Exit): void {
  const { output, environment } = session;
  common(
    program.command("prove"),
    "change every key by its probe and switch every stage off: what happens must change",
  )
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .addOption(
      new Option("--sessions <n>", "newest sessions to try it on, and no others")
        .argParser(countOf)
        .default(null, "warm-up and 630 more, and all of them where those show no life"),
    )
    .option("--only <key>", "try the keys that begin so, such as clamps or fees.bps")
    .action(
      async (
        path: string,
        options: Options & { readonly sessions: number | null; readonly only?: string },
      ) => {
        const { proveResult } = await import("./prove-command.ts");
        const { document, lines, holds } = await proveResult({
          path,
          flags: options.set,
          environment,
          sessions: options.sessions,
          only: options.only ?? null,
          progress: progressBar(output.stderr, Date.now),
          paint: output.paint,
        });
        output.result(document, lines);
        exit(holds ? EXIT_CODES.OK : EXIT_CODES.FAILED_RUN);
      },
    );
}

function countOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Fault("usage", `--sessions ${text}: expected a whole number of sessions, such as 500`);
}

function addExplain(program: Command, { output, environment }: Session): void {
  program
    .command("explain")
    .description(
      "say why a signal, or an instrument on a date, traded or did not, and show its path",
    )
    .argument("<what>", "a signal's id or its beginning, or an instrument with a date")
    .argument("[date]", "YYYY-MM-DD, with an instrument")
    .option("--run <run>", RUN_ARGUMENT)
    .addOption(
      new Option("--account <mode>", "of a trading account in the place of a run").choices([
        "paper",
        "dry-run",
        "live",
      ]),
    )
    .option("--mandate <path>", "with --account: the mandate whose home it is; default: here")
    .option("--home <folder>", HOME_OPTION)
    .option("--json", "one JSON document on standard output")
    .action(async (what: string, date: string | undefined, options: ExplainFlags) => {
      if (options.account !== undefined) {
        output.result(...(await explainedAccount(what, date, options)));
        return;
      }
      if (options.mandate !== undefined) {
        throw new Fault("usage", "--mandate goes with --account; a run is named by --run");
      }
      const { explainResult } = await import("./explain-command.ts");
      const { document, lines } = await explainResult({
        what,
        date: date ?? null,
        run: queryOf(options.run, options, environment),
        paint: output.paint,
      });
      output.result(document, lines);
    });
  async function explainedAccount(what: string, date: string | undefined, flags: ExplainFlags) {
    if (flags.run !== undefined) {
      throw new Fault("usage", "--run and --account are two records: give one of them");
    }
    const { explainAccountResult } = await import("./explain-account-command.ts");
    const { modeOf } = await import("./trial-command.ts");
    const { document, lines } = await explainAccountResult({
      what,
      date: date ?? null,
      home: findHome(queryOf(flags.mandate, flags, environment)),
      mode: modeOf(flags.account ?? ""),
      paint: output.paint,
    });
    return [document, lines] as const;
  }
}

function addDoctor(program: Command, { output, environment }: Session, exit: Exit): void {
  common(program.command("doctor"), "every lint of a run again, from its files")
    .argument("[run]", RUN_ARGUMENT)
    .option("--home <folder>", HOME_OPTION)
    .option("--mandate <path>", "the run's mandate; default: the one beside the .assay folder")
    .action(
      async (target: string | undefined, options: Options & { readonly mandate?: string }) => {
        const { doctorResult } = await import("./doctor-command.ts");
        const { document, lines, holds } = await doctorResult(
          {
            ...queryOf(target, options, environment),
            mandate: options.mandate ?? null,
            flags: options.set,
            progress: progressBar(output.stderr, Date.now),
            nowMs: Date.now(),
          },
          output.paint,
        );
        output.result(document, lines);
        exit(holds ? EXIT_CODES.OK : EXIT_CODES.VERIFY);
      },
    );
}

function addPack(program: Command, session: Session): void {
  const { output, environment } = session;
  const pack = program.command("pack").description("build and list packs of market data");
  common(pack.command("build"), "read the mandate's files, check them, store an immutable pack")
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .action(async (path: string, options: Options) => {
      const { document, lines } = await buildPackResult({
        loaded: loadMandate(path, options.set, environment),
        progress: progressBar(output.stderr, Date.now),
        nowMs: Date.now(),
        paint: output.paint,
      });
      output.result(document, lines);
    });
  withHome(pack.command("list"), "list the stored packs").action(
    async (target: string | undefined, options: Options) => {
      const { document, lines } = await listPacksResult(
        findHome(queryOf(target, options, environment)),
      );
      output.result(document, lines);
    },
  );
}

function addLedger(program: Command, session: Session): void {
  const { output, environment } = session;
  const ledger = program.command("ledger").description("the double-entry books of a run");
  ledger
    .command("show")
    .description("balances, what explains the equity, and returns at the end of a run")
    .argument("[run]", RUN_ARGUMENT)
    .option("--home <folder>", HOME_OPTION)
    .option("--json", "one JSON document on standard output")
    .action(async (target: string | undefined, options: Options) => {
      const { showLedger } = await import("./ledger-show.ts");
      const { document, lines } = await showLedger(queryOf(target, options, environment));
      output.result(document, lines);
    });
  ledger
    .command("export")
    .description("print the books, folded from the journal, on standard output")
    .argument("[run]", RUN_ARGUMENT)
    .addOption(
      new Option("--format <format>", "which program reads it")
        .choices([...LEDGER_FORMATS])
        .makeOptionMandatory(),
    )
    .option("--home <folder>", HOME_OPTION)
    .option("--json", "one JSON document with the export as text")
    .action(
      async (
        target: string | undefined,
        options: Options & { format: LedgerFormat; json?: boolean },
      ) => {
        const { format } = options;
        const text = await exportLedger({ ...queryOf(target, options, environment), format });
        if (options.json === true) output.result({ format, text }, []);
        else output.raw(text);
      },
    );
}

const RUN_ARGUMENT =
  "run id or its beginning, or the path of a run or a mandate; without it the newest run here";
const HOME_OPTION = "the .assay folder to look in";

function withHome(command: Command, description: string): Command {
  return command
    .description(description)
    .argument("[mandate]", "path of a mandate or its folder; default: the current folder")
    .option("--home <folder>", HOME_OPTION)
    .option("--json", "one JSON document on standard output");
}

function queryOf(
  target: string | undefined,
  { home }: Options,
  environment: NodeJS.ProcessEnv,
): RunQuery {
  return { target: target ?? null, home: home ?? null, environment };
}
