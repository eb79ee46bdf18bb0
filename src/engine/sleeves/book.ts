/**
 * What each sleeve holds, in whole millionths of a lot, so that the sleeves of an instrument add up
 * to its position exactly; and per instrument the wishes that were netted at the last decision and
 * still wait for their fills.
 */
import type { Signal } from "../signal.ts";

/** Wishes netted in one decision. They meet inside first; what is left was sent as orders. */
export type Netting = {
  readonly instrument: number;
  readonly session: number;
  readonly signals: readonly Signal[];
  /** Signed millionths of a lot that each signal may change by. */
  readonly wanted: Float64Array;
  /** Millionths of a lot that meet inside, until they have. */
  toCross: number;
};

export type SleeveBook = {
  /** By variant, signed millionths of a lot. */
  readonly microLots: Float64Array;
  /** By instrument. */
  readonly nettings: (Netting | null)[];
};

export function createSleeveBook(variants: number, instruments: number): SleeveBook {
  return {
    microLots: new Float64Array(variants),
    nettings: new Array<Netting | null>(instruments).fill(null),
  };
}
