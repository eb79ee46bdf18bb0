/**
 * The door through which data comes in as tables: files (CSV, one CSV in a zip, Parquet) and bars asked
 * from a provider. Cells keep what the source says; what they mean (dates, prices, what is missing) is the
 * market room's business.
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

export type FileRequest = { readonly file: string; readonly member: string | null };

/** Daily raw bars with the corporate actions of the same days; dates YYYY-MM-DD, both inclusive. */
export type ProviderRequest = {
  readonly provider: "alpaca";
  readonly symbols: readonly string[];
  readonly feed: string;
  readonly fromDate: string;
  /** Null: the last session that has closed. */
  readonly toDate: string | null;
};

export type TableRequest = FileRequest | ProviderRequest;

export type ReadTable = {
  readonly table: RawTable;
  readonly facts: SourceFacts;
  /** True: replayed by a venue on this machine, so no record of a market. */
  readonly isRehearsed?: boolean;
};

/** Throws Fault("data") when what was asked for is missing, unreadable, no table or not there in full. */
export type TableSource = (request: TableRequest) => Promise<ReadTable>;
