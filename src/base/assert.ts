/**
 * Failures that are our own mistakes. An InvariantError carries the number of the invariant in
 * docs/invariants.md, so that a run that breaks one fails with its number.
 */

export class InvariantError extends Error {
  readonly invariant: number;
  constructor(invariant: number, message: string) {
    super(`invariant ${invariant}: ${message}`);
    this.name = "InvariantError";
    this.invariant = invariant;
  }
}

/** Stop with the invariant's number unless the condition holds. */
export function invariant(
  condition: boolean,
  number: number,
  message: string | (() => string),
): asserts condition {
  if (!condition) {
    throw new InvariantError(number, typeof message === "string" ? message : message());
  }
}

/** For the default branch of an exhaustive switch: a value here means that the types lie. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable value ${JSON.stringify(value)}`);
}
