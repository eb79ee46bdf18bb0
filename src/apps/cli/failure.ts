/** Every way a command can end badly, as one clear line, further findings, and the exit code. */
import { InvariantError } from "../../base/assert.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import { EXIT_CODES } from "../../domain/run-status.ts";

const EXIT_OF_KIND: { readonly [kind in FaultKind]: number } = {
  usage: EXIT_CODES.USAGE,
  mandate: EXIT_CODES.MANDATE,
  // A strategy file that is refused is part of the mandate that names it.
  strategy: EXIT_CODES.MANDATE,
  data: EXIT_CODES.DATA,
  run: EXIT_CODES.FAILED_RUN,
  verify: EXIT_CODES.VERIFY,
  busy: EXIT_CODES.PAUSED,
  // Nothing was compared, so nothing may be traded.
  broker: EXIT_CODES.PAUSED,
  paused: EXIT_CODES.PAUSED,
};

export type Failure = {
  readonly exitCode: number;
  readonly kind: FaultKind | "invariant" | "bug";
  readonly message: string;
  readonly details: readonly string[];
};

export function failureOf(error: unknown): Failure {
  if (error instanceof Fault) {
    const where =
      error.where === null || error.message.includes(error.where) ? "" : `${error.where}: `;
    return {
      exitCode: EXIT_OF_KIND[error.kind],
      kind: error.kind,
      message: where + error.message,
      details: error.details,
    };
  }
  if (error instanceof InvariantError) {
    return {
      exitCode: EXIT_CODES.FAILED_RUN,
      kind: "invariant",
      message: error.message,
      details: [],
    };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: EXIT_CODES.FAILED_RUN,
    kind: "bug",
    message: `a mistake in Assay itself, please report it with this trace: ${trace}`,
    details: [],
  };
}
