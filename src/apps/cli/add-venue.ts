/** Registers `assay venue` and its options; the work is in venue-command.ts. */
import { type Command, Option } from "commander";
import { Fault } from "../../domain/fault.ts";
import { VENUE_MODELS, type VenueModel } from "../venue-server/venue-terms.ts";
import { type Flag, loadMandate } from "./compose.ts";
import type { Output } from "./output.ts";
import { progressBar } from "./terminal.ts";

type Session = { readonly output: Output; readonly environment: NodeJS.ProcessEnv };

type Flags = {
  readonly set: readonly Flag[];
  readonly json?: boolean;
  readonly start?: string;
  readonly port?: string;
  readonly speed: string;
  readonly cash?: string;
  readonly model: VenueModel;
  readonly faults?: string;
  readonly seed?: string;
  readonly requestsPerMinute: string;
  readonly keyId?: string;
  readonly secret?: string;
  readonly state?: string;
};

export function addVenue(program: Command, session: Session): void {
  program
    .command("venue")
    .description("a broker on this machine that replays the mandate's pack, for rehearsals")
    .argument("<mandate>", "path of a mandate file, or of the folder that holds mandate.yaml")
    .option(
      "--start <when>",
      "date of the first session, or an instant to stand at; default: the last 252 sessions",
    )
    .option("--port <n>", "port on 127.0.0.1; default: any that is free")
    .option("--speed <speed>", "step: time moves when it is told to; or a factor, 1: real", "step")
    .option("--cash <amount>", "what the account begins with; default: account.initial_equity")
    .addOption(
      new Option("--model <model>", "backtest: fills and costs as the mandate's; alpaca: as paper")
        .choices([...VENUE_MODELS])
        .default("backtest"),
    )
    .option("--faults <file>", "what goes wrong and when, YAML or JSON")
    .option("--seed <n>", "names orders and draws what is random; default: the mandate's seed")
    .option("--requests-per-minute <n>", "a whole number, or unlimited", "200")
    .option("--key-id <key>", "the key that opens it; default: one made up")
    .option("--secret <secret>", "the secret that goes with it")
    .option("--state <file>", "keep what happens there, and go on from it after a kill")
    .addOption(
      new Option("--set <key=value>", "override one key of the mandate; repeatable")
        .argParser(flagOf)
        .default([], "none"),
    )
    .option("--json", "one JSON document, on one line, when it listens")
    .action((path: string, flags: Flags) => run(path, flags, session));
}

async function run(path: string, flags: Flags, { output, environment }: Session): Promise<void> {
  const { openVenue } = await import("./venue-command.ts");
  const { stopRequest } = await import("./compose-stop.ts");
  const stop = stopRequest();
  try {
    const { venue, document, lines, stopped } = await openVenue({
      loaded: loadMandate(path, flags.set, environment),
      flags: {
        start: flags.start ?? null,
        port: flags.port ?? null,
        speed: flags.speed,
        cash: flags.cash ?? null,
        model: flags.model,
        faults: flags.faults ?? null,
        seed: flags.seed ?? null,
        requestsPerMinute: flags.requestsPerMinute,
        keyId: flags.keyId ?? null,
        secret: flags.secret ?? null,
        state: flags.state ?? null,
      },
      progress: progressBar(output.stderr, Date.now),
      nowMs: Date.now(),
    });
    // On one line: whoever started it reads until the first line ends.
    output.raw(flags.json === true ? `${JSON.stringify(document)}\n` : `${lines.join("\n")}\n`);
    const asked = new Promise<void>((resolve) => stop.onAsked(resolve));
    await Promise.race([stopped, asked]);
    await venue.close();
  } finally {
    stop.release();
  }
}

function flagOf(text: string, earlier: readonly Flag[]): readonly Flag[] {
  const cut = text.indexOf("=");
  if (cut > 0) return [...earlier, { key: text.slice(0, cut), value: text.slice(cut + 1) }];
  throw new Fault("usage", `--set ${text}: expected KEY=VALUE, such as --set fees.bps=2`);
}
