/** `assay verify` and its options: a run, or with --account a trading account. The work is in their own files. */
import { type Command, Option } from "commander";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";
import type { Flag } from "./compose.ts";
import type { RunQuery } from "./find-run.ts";
import type { Output } from "./output.ts";
import { modeOf } from "./trial-command.ts";

type Flags = {
  readonly set: readonly Flag[];
  readonly home?: string;
  readonly replay?: boolean;
  readonly mandate?: string;
  readonly account?: string;
  readonly day?: string;
};

type Session = {
  readonly output: Output;
  readonly exit: (code: number) => void;
  /** What a run is named by, for a person. */
  readonly argument: string;
  readonly query: (target: string | undefined, options: Flags) => RunQuery;
};

export function addVerify(command: Command, { output, exit, argument, query }: Session): void {
  command
    .argument("[run]", `${argument}; with --account the mandate whose home it is`)
    .option("--home <folder>", "the .assay folder to look in")
    .option("--replay", "execute again what is recorded, on its recorded packs, and compare bytes")
    .option("--mandate <path>", "the mandate to replay; default: the one beside the .assay folder")
    .addOption(
      new Option("--account <mode>", "a trading account in the place of a run").choices([
        "paper",
        "dry-run",
        "live",
      ]),
    )
    .option("--day <date>", "with --account and --replay: execute this one day again")
    .action(async (target: string | undefined, flags: Flags) => {
      const common = {
        ...query(target, flags),
        replay: flags.replay ?? false,
        mandate: flags.mandate ?? null,
        flags: flags.set,
        output,
      };
      const found =
        flags.account === undefined
          ? await verifiedRun(common, flags)
          : await verifiedAccount(common, flags.account, flags);
      output.result(found.document, found.lines);
      exit(found.holds ? EXIT_CODES.OK : EXIT_CODES.VERIFY);
    });
}

type Common = RunQuery & {
  readonly replay: boolean;
  readonly mandate: string | null;
  readonly flags: readonly Flag[];
  readonly output: Output;
};

async function verifiedRun(common: Common, { day }: Flags) {
  if (day !== undefined) {
    throw new Fault("usage", "--day is of a trading account: say which with --account MODE");
  }
  const { verifyResult } = await import("./verify-command.ts");
  return verifyResult(common);
}

async function verifiedAccount(common: Common, account: string, { day, replay }: Flags) {
  if (day !== undefined && replay !== true) {
    throw new Fault("usage", "--day says which day is executed again: it goes with --replay");
  }
  const { verifyAccountResult } = await import("./verify-account.ts");
  return verifyAccountResult({
    ...common,
    mode: modeOf(account),
    day: day ?? null,
    nowMs: Date.now(),
  });
}
