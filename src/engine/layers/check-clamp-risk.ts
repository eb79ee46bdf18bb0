/**
 * Clusters and tail, worked out again for the checks of the clamps: who moves together by plain
 * correlations, what a cluster adds to the book's volatility, and the mean of the worst drawn paths,
 * each path added up day by day. Draws are those of the mandate's seed.
 */
import { nextUint32, prngOf } from "../../base/prng.ts";
import type { ClampSettings } from "../../portfolio/clamps/section.ts";
import type { Kernel } from "../state.ts";
import { type Wrong, wrong } from "./check-wrong.ts";
import type { LayerState } from "./state.ts";

export type ClampsAt = {
  readonly session: number;
  /** The gross limit that the volatility regime leaves. */
  readonly grossLimit: number;
};

/** What is wrong with weights that came out; null: nothing. */
export type ClampTest = (after: Float64Array) => Wrong | string | null;

/** The clamps forgive a part in a billion; what is worked out another way differs by less than this. */
const TOLERANCE = 1e-7;

export function exceeds(observed: number, limit: number): boolean {
  return observed > limit * (1 + TOLERANCE) + 1e-11;
}

/** Days before a decision on which all measured instruments traded, oldest first. */
type History = {
  /** Instruments; those wanted and not among them are unknown. */
  readonly measured: readonly number[];
  readonly unknown: readonly number[];
  /** By instrument of `measured`. */
  readonly columns: readonly Float64Array[];
};

const NOTHING_TO_SAY: ClampTest = () => null;
const BLOCK_DAYS = 5;
/** A spread of this part of the largest value is a constant. */
const ROUNDING = 1e-12;

export function createClampRisk(
  k: Kernel,
  layers: LayerState,
): (session: number, wanted: Float64Array, entering: Float64Array) => ClampTest {
  const { clusters, tail } = layers.plan.clamps;
  return (session, wanted, entering) => {
    const history = (window: Window) => historyAt(layers, { session, wanted, window });
    const own = clusters.enabled
      ? clusterTest(k, clusters, history(clusters), entering)
      : NOTHING_TO_SAY;
    const worst = tail.enabled ? tailTest(tail, history(tail), layers.plan.seed) : NOTHING_TO_SAY;
    return (after) => own(after) ?? worst(after);
  };
}

type Window = { readonly days: number; readonly min_observations: number };

type Asked = {
  readonly session: number;
  /** Net weights; what is zero is nobody's concern. */
  readonly wanted: Float64Array;
  readonly window: Window;
};

function historyAt({ plan }: LayerState, { session, wanted, window }: Asked): History {
  const { clusters, tail } = plan.clamps;
  const { returns } = plan.evidence;
  const asked = [clusters, tail].filter(({ enabled }) => enabled);
  const least = Math.max(...asked.map(({ min_observations }) => min_observations));
  const held = Array.from(wanted.keys()).filter((i) => wanted[i] !== 0);
  const known = held.filter((i) => countKnown(returns[i], session - 2 * least, session) >= least);
  const days: number[] = [];
  for (let s = session - 1; s >= 0 && days.length < window.days; s--) {
    if (known.every((i) => Number.isFinite(returns[i][s]))) days.unshift(s);
  }
  const measured: number[] = [];
  const columns: Float64Array[] = [];
  for (const i of days.length < window.min_observations ? [] : known) {
    const column = new Float64Array(days.length);
    for (let t = 0; t < column.length; t++) column[t] = returns[i][days[t]];
    if (!moves(column)) continue;
    measured.push(i);
    columns.push(column);
  }
  return { measured, unknown: held.filter((i) => !measured.includes(i)), columns };
}

function countKnown(values: Float64Array, from: number, to: number): number {
  let known = 0;
  for (let s = Math.max(0, from); s < to; s++) if (Number.isFinite(values[s])) known++;
  return known;
}

function moves(values: Float64Array): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most - least > ROUNDING * Math.max(Math.abs(least), Math.abs(most));
}

function clusterTest(
  k: Kernel,
  { threshold, cap }: ClampSettings["clusters"],
  { measured, unknown, columns }: History,
  entering: Float64Array,
): ClampTest {
  const groups = joined(columns, threshold);
  const whole = deviation(bookOf(columns, measured, entering));
  const nameOf = (i: number) => k.world.instruments[i].id;
  return (after) => {
    const blind = unknown.find((i) => after[i] !== 0);
    if (blind !== undefined) {
      const message = `leaves ${nameOf(blind)} at ${after[blind]}, though nobody knows what it moves with`;
      return wrong(message, 3);
    }
    const book = bookOf(columns, measured, after);
    const risk = deviation(book);
    for (const group of groups) {
      const part = bookOf(
        group.map((c) => columns[c]),
        group.map((c) => measured[c]),
        after,
      );
      const added = covariance(part, book) / risk;
      if (!(risk > 0) || !exceeds(added, cap * whole) || added < ROUNDING) continue;
      const names = group.map((c) => nameOf(measured[c])).join("+");
      return `leaves the cluster ${names} ${added / whole} of the book's risk, above ${cap}`;
    }
    return null;
  };
}

/** Daily returns of weights. */
function bookOf(
  columns: readonly Float64Array[],
  instruments: readonly number[],
  weights: Float64Array,
): Float64Array {
  const book = new Float64Array(columns[0]?.length ?? 0);
  for (const [c, column] of columns.entries()) {
    for (let t = 0; t < book.length; t++) book[t] += weights[instruments[c]] * column[t];
  }
  return book;
}

function covariance(a: Float64Array, b: Float64Array): number {
  const x = mean(a);
  const y = mean(b);
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += (a[t] - x) * (b[t] - y);
  return sum / (a.length - 1);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += values[t];
  return sum / values.length;
}

function deviation(values: Float64Array): number {
  return values.length < 2 ? 0 : Math.sqrt(covariance(values, values));
}

/** Columns that hang together by correlations at or above the threshold, two or more at a time. */
function joined(columns: readonly Float64Array[], threshold: number): readonly number[][] {
  const deviations = columns.map(deviation);
  const isJoined = (a: number, b: number) =>
    Math.abs(covariance(columns[a], columns[b])) >=
    (threshold - ROUNDING) * deviations[a] * deviations[b];
  const left = new Set(columns.keys());
  const groups: number[][] = [];
  for (const first of columns.keys()) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const member of group) {
      for (const other of left) {
        if (isJoined(member, other) && left.delete(other)) group.push(other);
      }
    }
    if (group.length > 1) groups.push(group);
  }
  return groups;
}

function tailTest(
  settings: ClampSettings["tail"],
  { measured, unknown, columns }: History,
  seed: number,
): ClampTest {
  const rows = columns[0]?.length ?? 0;
  return (after) => {
    const blind = unknown.reduce((sum, i) => sum + Math.abs(after[i]), 0);
    const drawn =
      rows === 0 ? 0 : expectedShortfall(settings, bookOf(columns, measured, after), seed);
    if (!exceeds(drawn + blind, settings.limit)) return null;
    return `leaves a stress loss of ${drawn + blind}, above the limit of ${settings.limit}`;
  };
}

function expectedShortfall(
  { paths, horizon_days: horizon, confidence }: ClampSettings["tail"],
  book: Float64Array,
  seed: number,
): number {
  const prng = prngOf(seed);
  const losses = Array.from({ length: paths }, () => {
    let gain = 0;
    for (let day = 0; day < horizon; day += BLOCK_DAYS) {
      const start = Math.floor((nextUint32(prng) / 2 ** 32) * book.length);
      const length = Math.min(BLOCK_DAYS, horizon - day);
      for (let t = start; t < start + length; t++) gain += book[t % book.length];
    }
    return 0 - gain;
  });
  const worst = Math.max(1, Math.round(paths * (1 - confidence)));
  const sum = losses
    .toSorted((a, b) => b - a)
    .slice(0, worst)
    .reduce((total, loss) => total + loss, 0);
  return sum / worst;
}
