/** Evidence about instruments that several stages ask for, looked up at one session. */
import { completeRows } from "../../market/features/returns.ts";
import type { LayerState } from "./state.ts";

/**
 * How far a position without a stop may fall before it would be given up, as a fraction of its
 * price: a multiple of the average true range, or of the volatility of closes where only those
 * exist. NaN while neither is known.
 */
export function riskFraction({ plan }: LayerState, i: number, session: number): number {
  const { evidence, heat } = plan;
  const range = evidence.atrFraction[i][session];
  return heat.atr_multiple * (range === range ? range : evidence.closeRange[i][session]);
}

/** Instruments with a non-zero weight. */
export function heldColumns(net: Float64Array): number[] {
  const columns: number[] = [];
  for (let i = 0; i < net.length; i++) if (net[i] !== 0) columns.push(i);
  return columns;
}

/** The newest complete daily rows up to `end`, row-major in the order of `columns`. */
export function rowsUpTo(
  { plan }: LayerState,
  columns: readonly number[],
  end: number,
  count: number,
): { readonly values: Float64Array; readonly rows: number } {
  const values = new Float64Array(count * columns.length);
  const rows = completeRows(plan.evidence.returns, columns, end, count, values);
  return { values: values.subarray(0, rows * columns.length), rows };
}

/** Sums sleeve weights by instrument. */
export function netInto(weights: Float64Array, instrumentOf: Int32Array, net: Float64Array): void {
  net.fill(0);
  for (let v = 0; v < weights.length; v++) net[instrumentOf[v]] += weights[v];
}

export function grossOf(weights: Float64Array): number {
  let gross = 0;
  for (const weight of weights) gross += Math.abs(weight);
  return gross;
}
