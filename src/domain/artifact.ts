/**
 * Files a run leaves behind. Each is declared once (records/artifacts/registry.ts) with schema,
 * key, producer and consumers. A panel is keyed by (date, instrument), a series by date
 * (invariant 21).
 */

export type ColumnType = "date" | "text" | "integer" | "number" | "boolean";

export type ArtifactDeclaration = {
  readonly name: string;
  readonly file: string;
  readonly version: number;
  readonly kind: "series" | "panel" | "table";
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly primaryKey: readonly string[];
  readonly producer: string;
  readonly consumers: readonly string[];
  readonly cadence: "per run";
  /** A finished run's files do not age: null. */
  readonly maximumAgeSeconds: number | null;
};

/** Values in declaration order; a missing value is null or NaN and is written as an empty field. */
export type TableData = {
  readonly columns: readonly (Float64Array | readonly (string | number | boolean | null)[])[];
  readonly rows: number;
};

export type WrittenArtifact = {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
};
