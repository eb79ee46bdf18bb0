/**
 * Correlation clusters. Held instruments are joined (union-find) where |rho| >= threshold over the
 * window, whatever the positions' signs: a hedge belongs to what it hedges, and the signs enter
 * through the covariance, so a pair that offsets itself carries little risk. Two or more joined
 * instruments are a cluster; a single one is limits.symbol's affair.
 *
 * Limit: the cluster's contribution to the book's volatility, w_c' S w / sqrt(w' S w), is at most
 * `cap` x the volatility of the book as it comes from the caps before it. That book is the measure
 * because it stays the same while the cluster shrinks: a book that is one single cluster keeps
 * `cap` of its risk, where a share of what is left would be 1 at any size but zero.
 *
 * An instrument without evidence goes to zero: the only size at which any cluster it might belong
 * to is known to be within its cap.
 */
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Book, exceeds, setSize } from "./book.ts";
import type { History } from "./history.ts";
import type { ClampSettings } from "./section.ts";

export type Clusters = {
  readonly cap: number;
  readonly history: History;
  /** Sample covariance (ddof 1) of the history's columns, row-major. */
  readonly covariance: Float64Array;
  /** Columns of each cluster, ascending; clusters by their first column. */
  readonly groups: readonly (readonly number[])[];
  /** Daily volatility of the book that came in. */
  readonly risk: number;
};

/** Hedged down to this part of its positions' own volatilities, a book's risk is rounding. */
const HEDGED = 1e-9;
const BISECTIONS = 60;

/** `entering`: the book as it comes from the caps, by position. */
export function clustersOf(
  settings: ClampSettings["clusters"],
  history: History,
  entering: Float64Array,
): Clusters {
  const covariance = covarianceOf(history);
  const width = history.columns.length;
  const weights = Float64Array.from(history.columns, (position) => entering[position]);
  let apart = 0;
  for (let j = 0; j < width; j++) {
    apart += Math.abs(weights[j]) * Math.sqrt(covariance[j * width + j]);
  }
  const variance = inner(covariance, weights, weights);
  const risk = Math.max(Math.sqrt(Math.max(0, variance)), HEDGED * apart);
  const groups = groupsOf(covariance, width, settings.threshold);
  return { cap: settings.cap, history, covariance, groups, risk };
}

export function clampClusters(book: Book, clusters: Clusters, records: ClampRecord[]): void {
  refuseUnmeasured(book, clusters, records);
  for (const group of clusters.groups) {
    const parts = partsOf(book, clusters, group);
    const observed = shareAt(parts, clusters, 1);
    if (!exceeds(observed, clusters.cap)) continue;
    const positions = group.map((column) => clusters.history.columns[column]);
    const factor = factorFor(parts, clusters);
    const before = sizeOf(book, positions);
    for (const i of positions) setSize(book.weights, i, Math.abs(book.weights[i]) * factor);
    records.push({
      constraint: "cluster",
      subject: positions.map((i) => book.ids[i]).join("+"),
      before,
      after: sizeOf(book, positions),
      limit: clusters.cap,
      observed,
      reason:
        "share of the book's risk in instruments that move together: all of them in proportion",
      severity: "warning",
    });
  }
}

/** The largest share of any cluster; 0 where there is none. */
export function largestShare(book: Book, clusters: Clusters): number {
  let largest = 0;
  for (const group of clusters.groups) {
    largest = Math.max(largest, shareAt(partsOf(book, clusters, group), clusters, 1));
  }
  return largest;
}

function refuseUnmeasured(book: Book, { cap, history }: Clusters, records: ClampRecord[]): void {
  for (const { position, reason } of history.unmeasured) {
    const before = Math.abs(book.weights[position]);
    if (before === 0) continue;
    book.weights[position] = 0;
    records.push({
      constraint: "cluster",
      subject: book.ids[position],
      before,
      after: 0,
      limit: cap,
      observed: null,
      reason: `its correlations are unknown (${reason}): no exposure`,
      severity: "critical",
    });
  }
}

/** The book's variance when the cluster is at `s` of its size: own s^2 + 2 cross s + rest. */
type Parts = { readonly own: number; readonly cross: number; readonly rest: number };

function partsOf(book: Book, { history, covariance }: Clusters, group: readonly number[]): Parts {
  const width = history.columns.length;
  const inside = new Float64Array(width);
  const outside = Float64Array.from(history.columns, (position) => book.weights[position]);
  for (const j of group) {
    inside[j] = outside[j];
    outside[j] = 0;
  }
  return {
    own: inner(covariance, inside, inside),
    cross: inner(covariance, inside, outside),
    rest: inner(covariance, outside, outside),
  };
}

function shareAt({ own, cross, rest }: Parts, { risk }: Clusters, s: number): number {
  const variance = (own * s + 2 * cross) * s + rest;
  const contribution = (own * s + cross) * s;
  if (!(contribution > 0)) return 0;
  // A positive contribution to no risk at all is rounding on either side: no room is left for it.
  return variance > 0 && risk > 0 ? contribution / (Math.sqrt(variance) * risk) : Number.MAX_VALUE;
}

/** Where positive, the contribution rises with s (volatility is convex in s), so one s meets it. */
function factorFor(parts: Parts, clusters: Clusters): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (shareAt(parts, clusters, middle) > clusters.cap) high = middle;
    else low = middle;
  }
  return low;
}

function sizeOf(book: Book, positions: readonly number[]): number {
  let size = 0;
  for (const i of positions) size += Math.abs(book.weights[i]);
  return size;
}

function inner(matrix: Float64Array, left: Float64Array, right: Float64Array): number {
  const width = left.length;
  let total = 0;
  for (let i = 0; i < width; i++) {
    if (left[i] === 0) continue;
    let row = 0;
    for (let j = 0; j < width; j++) row += matrix[i * width + j] * right[j];
    total += left[i] * row;
  }
  return total;
}

function covarianceOf({ rows, columns, values }: History): Float64Array {
  const width = columns.length;
  const away = Float64Array.from(values);
  for (let j = 0; j < width; j++) {
    let total = 0;
    for (let t = 0; t < rows; t++) total += away[j * rows + t];
    for (let t = 0; t < rows; t++) away[j * rows + t] -= total / rows;
  }
  const covariance = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      let products = 0;
      for (let t = 0; t < rows; t++) products += away[i * rows + t] * away[j * rows + t];
      covariance[i * width + j] = products / (rows - 1);
      covariance[j * width + i] = products / (rows - 1);
    }
  }
  return covariance;
}

/** Union-find: each column points to the smallest one it is joined to. */
function groupsOf(covariance: Float64Array, width: number, threshold: number): number[][] {
  const root = Array.from({ length: width }, (_, j) => j);
  const find = (j: number): number => {
    let at = j;
    while (root[at] !== at) at = root[at];
    return at;
  };
  for (let i = 0; i < width; i++) {
    for (let j = i + 1; j < width; j++) {
      const own = Math.sqrt(covariance[i * width + i] * covariance[j * width + j]);
      // Rounding must not part what stands exactly at the threshold.
      if (Math.abs(covariance[i * width + j]) < (threshold - 1e-12) * own) continue;
      const [a, b] = [find(i), find(j)];
      root[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const groups = root.map((): number[] => []);
  for (let j = 0; j < width; j++) groups[find(j)].push(j);
  return groups.filter((group) => group.length > 1);
}
