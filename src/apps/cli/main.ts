/** The process around the command line: its streams, its signals, its exit code. */
import { EXIT_CODES } from "../../domain/run-status.ts";
import { runCommandLine } from "./command-line.ts";

process.once("SIGINT", () => {
  process.stderr.write("\ninterrupted; what was recorded is kept, the next start takes it up\n");
  process.exit(EXIT_CODES.INTERRUPTED);
});
// A reader that goes away (assay ... | head) is not a failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_CODES.OK);
  process.stderr.write(`assay: the result cannot be written to standard output (${error.code})\n`);
  process.exit(EXIT_CODES.DATA);
});
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  stdin: () => process.stdin,
});
