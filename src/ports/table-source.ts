/**
 * The door through which files come in as tables: CSV, one CSV in a zip, Parquet. Cells keep what
 * the file says; what they mean (dates, prices, what is missing) is the market room's business.
 */

export type RawColumn =
  /** Text exactly as written; "" is an empty cell. */
  | { readonly kind: "text"; readonly values: readonly string[] }
  /** A typed numeric column; NaN is a null cell. */
  | { readonly kind: "number"; readonly values: Float64Array }
  /** A typed date or timestamp column, milliseconds since the epoch in UTC; NaN is a null cell. */
  | { readonly kind: "time"; readonly values: Float64Array };

export type RawTable = {
  /** The path as the mandate writes it, for messages. */
  readonly file: string;
  /** In file order; names are unique. */
  readonly columns: ReadonlyMap<string, RawColumn>;
  readonly rows: number;
  /** For each row its line in the file, 1-based; for Parquet its row number. */
  readonly lines: Uint32Array;
};

/** What is recorded about a file that was read; it never enters the pack's id. */
export type SourceFacts = {
  readonly file: string;
  readonly member: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly encoding: string;
};

export type TableRequest = { readonly file: string; readonly member: string | null };

/** Throws Fault("data") when the file is missing, unreadable or not a table. */
export type TableSource = (
  request: TableRequest,
) => Promise<{ readonly table: RawTable; readonly facts: SourceFacts }>;
