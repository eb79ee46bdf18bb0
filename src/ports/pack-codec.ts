/**
 * How pack content is named and described (market/packs/content.ts); injected into the store, so
 * that disk and meaning stay apart. The id of a pack is the sha256 of its manifest's text.
 */
import type { BarSeries } from "../domain/bar.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Pack, PackContent } from "../domain/pack.ts";

/** A column of one instrument as it lies in a file: "time", "open", .. */
export type NamedColumn = { readonly name: string; readonly values: Float64Array };

/** What a manifest says about one instrument. */
export type SeriesOutline = {
  readonly instrument: Instrument;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly sha256: string }[];
};

export type PackOutline = Omit<PackContent, "series"> & {
  readonly series: readonly SeriesOutline[];
};

export type PackCodec = {
  readonly manifestOf: (content: PackContent) => { readonly id: string; readonly text: string };
  /** Only for text whose hash was checked: it is trusted to be what manifestOf wrote. */
  readonly outlineOf: (text: string) => PackOutline;
  readonly columnsOf: (series: BarSeries) => readonly NamedColumn[];
  readonly columnHash: (values: Float64Array) => string;
  readonly packOf: (
    id: string,
    outline: PackOutline,
    columns: readonly (readonly Float64Array[])[],
  ) => Pack;
};
