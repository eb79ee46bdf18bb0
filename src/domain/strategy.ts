/**
 * The contract between a strategy and the engine. A strategy declares causal columns and a
 * decision over one row of numbers; it never receives an array, so it cannot look ahead.
 *
 *   export const strategy = defineStrategy({
 *     name: "above-average", version: "1",
 *     params: { window: { default: 200, min: 2, max: 500, integer: true } },
 *     columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.window) }),
 *     decide: (row) => ({ strength: row.close > row.slow ? 1 : -1, confidence: 1 }),
 *   });
 */
import type { Forecast } from "./forecast.ts";
import type { Target } from "./target.ts";

export type ParameterSpec = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
};

declare const columnBrand: unique symbol;
/** A causal column, opaque to the strategy: the value at t depends on bars up to t alone. */
export type Column = { readonly [columnBrand]: "number" };
/** A column of 0 and 1. */
export type Condition = { readonly [columnBrand]: "condition" };

/** The market as a strategy may describe it; every method names a column, none returns a number. */
export type Market = {
  /** Split-adjusted forward from the pack's first row, dividends excluded. */
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
  /** Cumulative wealth of one unit with dividends reinvested at the ex-date close; starts at 1. */
  readonly total_return: Column;
  /** A future's annualised roll yield: what holding it earns if nothing moves. Futures alone have it. */
  readonly carry: Column;
  /** Prices as printed on the day: for absolute levels. */
  readonly raw: {
    readonly open: Column;
    readonly high: Column;
    readonly low: Column;
    readonly close: Column;
  };
  readonly constant: (value: number) => Column;
  readonly sma: (x: Column, window: number) => Column;
  readonly ema: (x: Column, window: number) => Column;
  /** Sample standard deviation (ddof 1) over the window. */
  readonly stdev: (x: Column, window: number) => Column;
  readonly highest: (x: Column, window: number) => Column;
  readonly lowest: (x: Column, window: number) => Column;
  /** Wilder's relative strength index, 0..100. */
  readonly rsi: (x: Column, window: number) => Column;
  /** Wilder's average true range of the instrument's own bars. */
  readonly atr: (window: number) => Column;
  /** Wilder's average directional index, 0..100: how strong a trend is, not which way it goes. */
  readonly adx: (window: number) => Column;
  /** The value `bars` rows earlier; a negative number is refused. */
  readonly lag: (x: Column, bars: number) => Column;
  /** Simple return over `bars` rows. */
  readonly change: (x: Column, bars: number) => Column;
  /**
   * Where x stands among the strategy's instruments that know it in this session: -1 the lowest, 1
   * the highest, ties their mean, 0 for one that stands alone.
   */
  readonly rank: (x: Column) => Column;
  readonly add: (a: Column, b: Column) => Column;
  readonly sub: (a: Column, b: Column) => Column;
  readonly mul: (a: Column, b: Column) => Column;
  readonly div: (a: Column, b: Column) => Column;
  readonly gt: (a: Column, b: Column | number) => Condition;
  readonly lt: (a: Column, b: Column | number) => Condition;
  readonly rising: (x: Column) => Condition;
  readonly falling: (x: Column) => Condition;
  readonly and: (a: Condition, b: Condition) => Condition;
  readonly or: (a: Condition, b: Condition) => Condition;
  readonly not: (a: Condition) => Condition;
  /** Recursive memory of the wish: 1 from `enter` until `exit` or `max_bars` rows. */
  readonly latch: (rule: {
    readonly enter: Condition;
    readonly exit: Condition;
    readonly max_bars?: number;
  }) => Column;
};

/** Order types beyond market that `decide` may ask for; each brings the columns it needs. */
export type DeclaredOrder = "limit" | "stop" | "on_open" | "on_close";

type Params<P> = { readonly [K in keyof P]: number };
type Row<C> = { readonly [K in keyof C]: number };

export type Strategy<
  P extends Record<string, ParameterSpec> = Record<string, ParameterSpec>,
  C extends Record<string, Column | Condition> = Record<string, Column | Condition>,
> = {
  readonly name: string;
  readonly version: string;
  readonly params: P;
  readonly columns: (m: Market, p: Params<P>) => C;
  /** Order types used beyond market; asking for an undeclared one fails the run. */
  readonly orders?: readonly DeclaredOrder[];
  /** What `decide` returns, where it matters to know it before the first answer; held against it. */
  readonly answers?: "forecast" | "target";
  /** Null means: no change of wish. Pure: the same row gives the same answer. */
  readonly decide: (row: Row<C>, params: Params<P>) => Forecast | Target | null;
};
