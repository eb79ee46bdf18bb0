/**
 * Something the world got wrong, in the words a person needs: what, where, observed, limit, what
 * to do. The class of the fault is the exit code's name. Rooms return or throw it; the command
 * line prints it as one line.
 */

/**
 * strategy: a file is refused before anything runs; run: a run that had begun broke; broker: no answer
 * from a venue, or one that refuses us; paused: trading is closed until a person opens it.
 */
export type FaultKind =
  | "usage"
  | "mandate"
  | "data"
  | "strategy"
  | "run"
  | "verify"
  | "busy"
  | "broker"
  | "paused";

export class Fault extends Error {
  readonly kind: FaultKind;
  /** file, or file:line:column when known. */
  readonly where: string | null;
  /** Further lines, one per finding. */
  readonly details: readonly string[];
  constructor(
    kind: FaultKind,
    message: string,
    options: { where?: string | null; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Fault";
    this.kind = kind;
    this.where = options.where ?? null;
    this.details = options.details ?? [];
  }
}
