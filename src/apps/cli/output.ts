/** Where results go: text or one JSON document on standard output, failures on standard error. */
import type { Json } from "../../base/canonical-json.ts";
import type { Failure } from "./failure.ts";
import { type Paint, paintFor } from "./terminal.ts";

export type Stream = { readonly isTTY?: boolean; readonly write: (text: string) => unknown };

export type Output = {
  readonly paint: Paint;
  readonly stderr: Stream;
  /** Prints `document` with --json, else the lines. */
  readonly result: (document: Json, lines: readonly string[]) => void;
  /** Text that is the result itself: an exported ledger. */
  readonly raw: (text: string) => void;
  /** Prints one clear line and its details; returns the exit code. */
  readonly failure: (failure: Failure) => number;
};

export function createOutput(options: {
  readonly json: boolean;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly environment: NodeJS.ProcessEnv;
}): Output {
  const { json, stdout, stderr } = options;
  const paint = paintFor(stdout, options.environment);
  const errorPaint = paintFor(stderr, options.environment);
  return {
    paint,
    stderr,
    result: (document, lines) => {
      stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${lines.join("\n")}\n`);
    },
    raw: (text) => {
      stdout.write(text);
    },
    failure: ({ exitCode, kind, message, details }) => {
      if (json) {
        const error = { error: { kind, message, details, exit_code: exitCode } };
        stdout.write(`${JSON.stringify(error, null, 2)}\n`);
      }
      stderr.write(`${errorPaint.red("assay:")} ${message}\n`);
      for (const detail of details) stderr.write(`  ${detail}\n`);
      return exitCode;
    },
  };
}
