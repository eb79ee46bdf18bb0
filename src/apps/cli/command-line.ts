/**
 * The command line as a function: arguments, streams and environment in, exit code out. Calls one
 * command and prints its result for a person or, with --json, as one JSON document on standard
 * output. Exit codes are in domain/run-status.ts.
 */
import { Command, CommanderError } from "commander";
import { Fault } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";
import { addCommands } from "./commands.ts";
import { failureOf } from "./failure.ts";
import { createOutput, type Stream } from "./output.ts";

export type Surroundings = {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: NodeJS.ProcessEnv;
};

export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, environment } = surroundings;
  const output = createOutput({ json: argv.includes("--json"), stdout, stderr, environment });
  let exitCode: number = EXIT_CODES.OK;
  const program = new Command("assay")
    .description("A systematic trading system that proves what it did.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: () => undefined,
    });
  addCommands(program, { output, environment }, (code) => {
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
