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
import type { InputStream } from "./hidden-input.ts";
import { createOutput, type Stream } from "./output.ts";

export type Surroundings = {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: NodeJS.ProcessEnv;
  /** Opened by the command that reads it. */
  readonly stdin?: () => InputStream;
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
  addCommands(program, { output, environment, stdin: surroundings.stdin ?? null }, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT_CODES.OK;
      return output.failure(failureOf(usageFault(error, commandIn(argv, program))));
    }
    return output.failure(failureOf(error));
  }
}

/** The innermost command that was named, the program itself when none was. */
function commandIn(argv: readonly string[], program: Command): Command {
  let found = program;
  for (const word of argv) {
    const next = found.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    found = next;
  }
  return found;
}

/** The parser's complaint as one line: what it was, and where to read more. */
function usageFault(error: CommanderError, command: Command): Fault {
  const path: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at.name());
  const called = path.join(" ");
  if (error.code === "commander.help") {
    const names = command.commands.map((each) => each.name()).join(", ");
    const kind = command.parent === null ? "command" : `command of ${called}`;
    return new Fault("usage", `which ${kind}? There are ${names}; ${called} --help explains them`);
  }
  const complaint = error.message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\)$/, "; did you mean $1")
    .replace(/\.$/, "");
  const end = complaint.endsWith("?") ? "" : ";";
  return new Fault("usage", `${complaint}${end} ${called} --help explains it`);
}
