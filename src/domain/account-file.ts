/** What an account's journal names by its hash, beside itself. */
export type NamedFile = {
  /** Path in the account's folder; null: a state, kept by its hash alone. */
  readonly path: string | null;
  readonly sha256: string;
  /** The entry that names it, and the day it is of, YYYY-MM-DD. */
  readonly seq: number;
  readonly date: string;
  /** For a person: "the state that 2010-03-04 was opened with". */
  readonly what: string;
};
