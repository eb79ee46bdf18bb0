/**
 * What the calibrated market hides: edges, bad prints, hidden expected returns, and the oracle that
 * measures an edge. For tests alone; nothing under src may import it or the manifest beside it.
 *
 * The oracle: at a session's close it learns the sign of the expected return (hidden drift plus
 * carry) as it was for the weekday `delay_sessions` before the one it trades on. It holds that
 * sign, scaled to 1 % a day by the root mean square of the last 63 returns up to then, and pays
 * 2 bp of every change of its notional. Its Sharpe ratio is net of that, annual by 252.
 */
import { readFileSync } from "node:fs";
import type { BarSeries } from "../../src/domain/bar.ts";
import type { CorporateAction } from "../../src/domain/corporate-action.ts";
import type { BadPrint } from "../../src/market/simulated/calibrated/bad-prints.ts";
import {
  type CalibratedOptions,
  type OpenedMarket,
  openedMarket,
} from "../../src/market/simulated/calibrated/market.ts";

export type PlantedEdge = {
  readonly instrument: string;
  /** `strong` and `weak` are edges; `none` drifts, by a premium or a pull, and has no state. */
  readonly edge: "strong" | "weak" | "none";
  readonly hidden: "trend" | "carry" | "reversion" | "none";
  readonly delay_sessions: number;
  /** The oracle's, over twenty years: the mean of many seeds. */
  readonly expected_net_sharpe: number;
};

export type CalibratedTruth = {
  readonly market: OpenedMarket;
  readonly edges: readonly PlantedEdge[];
  readonly badPrints: readonly BadPrint[];
};

const RISK_PER_DAY = 0.01;
const LOOKBACK = 63;
const COST = 0.0002;
const SESSIONS = 252;

export function plantedEdges(): readonly PlantedEdge[] {
  const text = readFileSync(new URL("planted-edges.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly edges: readonly PlantedEdge[] }).edges;
}

export function calibratedTruth(options: CalibratedOptions): CalibratedTruth {
  const market = openedMarket(options);
  return { market, edges: plantedEdges(), badPrints: market.badPrints };
}

/** What a holder of one unit earns per session, as a fraction; 0 in the first row. */
export function holderReturns(
  series: BarSeries,
  actions: readonly CorporateAction[],
): Float64Array {
  const { close, futures, timesMs, instrument } = series;
  const own = actions.filter((action) => action.instrument === instrument.id);
  return close.map((price, t) => {
    if (t === 0) return 0;
    const rolled = futures !== null && futures.contract[t] !== futures.contract[t - 1];
    const before = rolled ? futures.nextClose[t - 1] : close[t - 1];
    let units = 1;
    let paid = 0;
    for (const action of own) {
      if (action.exDateMs !== timesMs[t]) continue;
      if (action.kind === "split") units *= action.ratio;
      else paid += action.amountPerUnit;
    }
    return (price * units + paid) / before - 1;
  });
}

export function oracleSharpe({ market }: CalibratedTruth, edge: PlantedEdge): number {
  const series = market.series.find(({ instrument }) => instrument.id === edge.instrument);
  const path = market.paths.get(edge.instrument);
  if (series === undefined || path === undefined) throw new Error(`no ${edge.instrument}`);
  const rowOf = new Map(Array.from(market.gridMs, (ms, row) => [ms, row]));
  const returns = holderReturns(series, market.actions);
  const earned: number[] = [];
  let position = 0;
  let cost = 0;
  for (let t = LOOKBACK + edge.delay_sessions; t < returns.length; t++) {
    earned.push(position * returns[t] - cost);
    const known = (rowOf.get(series.timesMs[t]) ?? Number.NaN) + 1 - edge.delay_sessions;
    const carry = path.carry[known] / SESSIONS / path.scale[known];
    const next =
      (Math.sign(path.drift[known] + carry) * RISK_PER_DAY) /
      rootMeanSquare(returns.subarray(t + 1 - LOOKBACK, t + 1));
    cost = Math.abs(next - position) * COST;
    position = next;
  }
  const mean = earned.reduce((sum, x) => sum + x, 0) / earned.length;
  const variance = earned.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (earned.length - 1);
  return (mean / Math.sqrt(variance)) * Math.sqrt(SESSIONS);
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}
