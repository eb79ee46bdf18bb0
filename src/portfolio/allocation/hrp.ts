/**
 * Hierarchical risk parity (Lopez de Prado, "Building diversified portfolios that outperform out
 * of sample", 2016). Enters: a covariance with variances above zero; leaves: shares that sum to 1.
 *
 * Single linkage on the condensed distance sqrt((1 - rho) / 2) itself, by Prim's tree with equal
 * distances in the order they were found; leaves are read from the merged clusters with the lower
 * id first; the ordered list is halved again and again, each half weighted by the other's variance
 * under inverse-variance weights.
 */
import { invariant } from "../../base/assert.ts";
import type { Covariance } from "../../base/covariance.ts";

export function hierarchicalShares(covariance: Covariance): Float64Array {
  const order = leafOrder(covariance);
  const shares = new Float64Array(covariance.assets).fill(1);
  bisect(covariance, order, shares);
  return shares;
}

/** The sleeves in the order of the dendrogram's leaves. */
export function leafOrder(covariance: Covariance): Int32Array {
  const n = covariance.assets;
  const { from, to } = spanningTree(distances(covariance), n);
  // Cluster ids: leaves 0..n-1, the k-th merger n + k.
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, id) => id);
  const left = new Int32Array(2 * n - 1).fill(-1);
  const right = new Int32Array(2 * n - 1).fill(-1);
  for (let k = 0; k < n - 1; k++) {
    const a = rootOf(parent, from[k]);
    const b = rootOf(parent, to[k]);
    left[n + k] = Math.min(a, b);
    right[n + k] = Math.max(a, b);
    parent[a] = n + k;
    parent[b] = n + k;
  }
  const order = new Int32Array(n);
  const waiting = [2 * n - 2];
  let placed = 0;
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id < n) order[placed++] = id;
    else waiting.push(right[id], left[id]);
  }
  return order;
}

function distances({ assets: n, values }: Covariance): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    invariant(values[i * n + i] > 0, 22, `sleeve ${i} has no variance and no correlation`);
    for (let j = 0; j < i; j++) {
      const scale = Math.sqrt(values[i * n + i] * values[j * n + j]);
      const rho = Math.max(-1, Math.min(1, values[i * n + j] / scale));
      result[i * n + j] = Math.sqrt((1 - rho) / 2);
      result[j * n + i] = result[i * n + j];
    }
  }
  return result;
}

type Edges = { readonly from: Int32Array; readonly to: Int32Array };

/**
 * The minimum spanning tree's edges by rising length. Each edge starts at the sleeve reached last,
 * not at the one it is nearest to: both are in the same cluster by the time the edge is merged.
 */
function spanningTree(distance: Float64Array, n: number): Edges {
  const reached = new Uint8Array(n);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const edges: { readonly from: number; readonly to: number; readonly length: number }[] = [];
  let last = 0;
  for (let k = 0; k < n - 1; k++) {
    reached[last] = 1;
    let next = -1;
    for (let i = 0; i < n; i++) {
      if (reached[i] === 1) continue;
      nearest[i] = Math.min(nearest[i], distance[last * n + i]);
      if (next < 0 || nearest[i] < nearest[next]) next = i;
    }
    edges.push({ from: last, to: next, length: nearest[next] });
    last = next;
  }
  edges.sort((a, b) => a.length - b.length);
  return {
    from: Int32Array.from(edges, (edge) => edge.from),
    to: Int32Array.from(edges, (edge) => edge.to),
  };
}

function rootOf(parent: Int32Array, id: number): number {
  let root = id;
  while (parent[root] !== root) root = parent[root];
  return root;
}

/** Divides the share of a list of sleeves between its halves, down to single sleeves. */
function bisect(covariance: Covariance, order: Int32Array, shares: Float64Array): void {
  if (order.length < 2) return;
  const middle = order.length >> 1;
  const first = order.subarray(0, middle);
  const second = order.subarray(middle);
  const a = clusterVariance(covariance, first);
  const b = clusterVariance(covariance, second);
  // Two halves without any variance (each hedges itself away) are alike.
  const toFirst = a + b > 0 ? b / (a + b) : 0.5;
  for (const id of first) shares[id] *= toFirst;
  for (const id of second) shares[id] *= 1 - toFirst;
  bisect(covariance, first, shares);
  bisect(covariance, second, shares);
}

/** Variance of the sleeves held in inverse proportion to their own variances. */
function clusterVariance({ assets: n, values }: Covariance, cluster: Int32Array): number {
  let total = 0;
  let variance = 0;
  for (const i of cluster) {
    total += 1 / values[i * n + i];
    let row = 0;
    for (const j of cluster) row += values[i * n + j] / values[j * n + j];
    variance += row / values[i * n + i];
  }
  return Math.max(0, variance) / (total * total);
}
