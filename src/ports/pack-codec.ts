/**
 * How pack content is named and laid out in tables (market/packs/content.ts); injected into the
 * store, so that disk and meaning stay apart. The id of a pack is the sha256 of its manifest's
 * text. A pack is a list of tables: the bars of each instrument, then each reference series.
 */
import type { Pack, PackContent } from "../domain/pack.ts";

/** A column of one table as it lies in a file: "time", "open", .. */
export type NamedColumn = { readonly name: string; readonly values: Float64Array };

type TableKind = "bars" | "reference";

export type PackTable = {
  readonly kind: TableKind;
  /** Of the instrument or the reference series. */
  readonly id: string;
  readonly columns: readonly NamedColumn[];
};

/** What a manifest says about one table. */
export type TableOutline = {
  readonly kind: TableKind;
  readonly id: string;
  readonly columns: readonly { readonly name: string; readonly sha256: string }[];
};

export type PackCodec = {
  readonly manifestOf: (content: PackContent) => { readonly id: string; readonly text: string };
  readonly tablesOf: (content: PackContent) => readonly PackTable[];
  /** In the order of tablesOf. Only for text whose hash was checked: it is trusted to be ours. */
  readonly outlineOf: (text: string) => readonly TableOutline[];
  readonly columnHash: (values: Float64Array) => string;
  /** Columns per table, in the order of the outline of the same text. */
  readonly packOf: (
    id: string,
    text: string,
    columns: readonly (readonly Float64Array[])[],
  ) => Pack;
};
