/**
 * The command line. Parses arguments, calls one command, prints its result for a person or, with
 * --json, as one JSON document on standard output. Exit codes are in domain/run-status.ts.
 */
import { Command, CommanderError } from "commander";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";
import { addCommands } from "./commands.ts";
import { failureOf } from "./failure.ts";
import { createOutput } from "./output.ts";

async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  const output = createOutput({
    json,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
  });
  let exitCode: number = EXIT_CODES.OK;
  const program = new Command("assay")
    .description("A systematic trading system that proves what it did.")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  addCommands(program, output, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.OK;
      return output.failure(failureOf(usageFault(error, program)));
    }
    return output.failure(failureOf(error));
  }
}

function usageFault(error: CommanderError, program: Command): Fault {
  if (error.code === "commander.help") {
    const names = program.commands.map((command) => command.name()).join(", ");
    return new Fault(
      "usage",
      `which command? There are ${names}; assay COMMAND --help explains one`,
    );
  }
  return new Fault("usage", error.message.replace(/^error: /, ""), {
    details: ["assay --help lists the commands, assay COMMAND --help explains one"],
  });
}

process.once("SIGINT", () => {
  process.stderr.write("\ninterrupted; what was recorded is kept, the next start takes it up\n");
  process.exit(EXIT_CODES.INTERRUPTED);
});
// A reader that goes away (assay ... | head) is not a failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_CODES.OK);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
