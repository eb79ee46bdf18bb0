/**
 * An immutable, content-hashed snapshot of market data. The kinds are different types, so that a
 * mode that may not trade on simulated data cannot be handed any (spec definitions, "Kinds of
 * pack").
 */
import type { BarSeries } from "./bar.ts";
import type { CorporateAction } from "./corporate-action.ts";

export type PackKind = "REAL" | "SIMULATED" | "STUB";

/**
 * A series that is looked at and never traded. `fx`: units of `quote` for one unit of `currency`;
 * `volatility_index`: annual volatility in percentage points, as the VIX is printed.
 */
export type ReferenceSeries = {
  /** Unique in a pack: "EURUSD", "VIX". */
  readonly id: string;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
} & (
  | { readonly kind: "fx"; readonly currency: string; readonly quote: string }
  | { readonly kind: "volatility_index" }
);

export type PackContent<K extends PackKind = PackKind> = {
  readonly kind: K;
  /** Ascending by instrument id. */
  readonly series: readonly BarSeries[];
  /** Ascending by ex-date, then instrument, then kind. */
  readonly actions: readonly CorporateAction[];
  /** Ascending by id. */
  readonly references: readonly ReferenceSeries[];
  /** Who may do what with the values, one line per source: "ODC-PDDL", "simulated". */
  readonly rights: readonly string[];
};

/** Content together with the hash that names it. */
export type Pack<K extends PackKind = PackKind> = PackContent<K> & { readonly id: string };

/** What a backtest admits. */
export type BacktestPack = Pack<"REAL"> | Pack<"SIMULATED">;
