/**
 * The clamps in their fixed order: gross, net, symbol, sector, drawdown throttle, clusters, tail.
 * Enters: net weights per instrument and the evidence, owned elsewhere; leaves: the weights, none
 * larger and none of another sign, and a record of each change. Applied again to its result, on
 * the same evidence, nothing changes; the order of instruments does not matter.
 *
 * Cutting one thing can break another limit that held: a long position cut by its symbol limit no
 * longer offsets the shorts. Net, clusters and tail are therefore asked again until nothing
 * changes. All three grow in proportion to the book, so what a slow chase leaves over is closed by
 * one common factor.
 *
 * An enabled clamp without its evidence restricts and says so (invariant 3): throttle to its
 * minimum, clusters to zero, tail as if everything unknown were lost.
 */
import { invariant } from "../../base/assert.ts";
import type { ClampRecord } from "../../domain/clamp.ts";
import type { Evidence } from "../../domain/evidence.ts";
import { type Book, exceeds, grossOf, portfolioRecord, scaleAll } from "./book.ts";
import { clampClusters, type Clusters, clustersOf, largestShare } from "./clusters.ts";
import { clampGross } from "./gross.ts";
import { historyOf } from "./history.ts";
import { clampNet } from "./net.ts";
import { clampSectors } from "./sector.ts";
import type { ClampSettings } from "./section.ts";
import { clampSymbols } from "./symbol.ts";
import { clampTail, stressLoss, type Tail, tailOf } from "./tail.ts";
import { clampThrottle, stepThrottle, type Throttle } from "./throttle.ts";

/** Effective limits as fractions of net asset value: the very ones the gates assert. Null: none. */
export type ClampTerms = {
  readonly gross: number;
  readonly net: number | null;
  readonly symbol: number | null;
  readonly sector: number | null;
};

export type ClampEvidence = {
  readonly ids: readonly string[];
  readonly sectors: readonly (string | null)[];
  /** Net weight per instrument as it entered the clamps. */
  readonly reference: Float64Array;
  /** 0.12 = 12 % below the high-water mark. */
  readonly drawdown: Evidence<number>;
  /** Complete daily rows, row-major, oldest first, in the order of `columns`. */
  readonly returns: Evidence<{ readonly values: Float64Array; readonly rows: number }>;
  /** Instrument of each column of returns; an instrument left out has too little history. */
  readonly columns: readonly number[];
  readonly seed: number;
};

/** What the clamps remember between decisions. */
export type ClampState = { throttle: number };

export function newClampState(): ClampState {
  return { throttle: 1 };
}

/** Nearly every chase ends within three; each further round would only fill the records. */
const ROUNDS = 4;

/** Changes `weights` in place, and the state's throttle where a drawdown is known. */
export function applyClamps(
  settings: ClampSettings,
  terms: ClampTerms,
  evidence: ClampEvidence,
  state: ClampState,
  weights: Float64Array,
): readonly ClampRecord[] {
  const order = orderOf(evidence.ids);
  const book = bookOf(evidence, weights, order);
  const throttle = settings.throttle.enabled
    ? stepThrottle(settings.throttle, evidence.drawdown, state)
    : null;
  const caps: Caps = { terms: settings.caps.enabled ? terms : null, throttle };
  const records: ClampRecord[] = [];
  applyCaps(book, caps, records);
  settle(book, measuresOf(settings, evidence, { book, order, caps }), records);
  for (let i = 0; i < order.length; i++) weights[order[i]] = book.weights[i];
  return records;
}

type Caps = { readonly terms: ClampTerms | null; readonly throttle: Throttle | null };

/** Limits that cutting something else can break. */
type Measures = {
  readonly net: number | null;
  readonly clusters: Clusters | null;
  readonly tail: Tail | null;
};

function applyCaps(book: Book, { terms, throttle }: Caps, records: ClampRecord[]): void {
  if (terms !== null) {
    clampGross(book, terms.gross, records);
    clampNet(book, terms.net, records);
    clampSymbols(book, terms.symbol, records);
    clampSectors(book, terms.sector, records);
  }
  if (throttle !== null) clampThrottle(book, throttle, records);
}

function measuresOf(
  settings: ClampSettings,
  evidence: ClampEvidence,
  at: { readonly book: Book; readonly order: readonly number[]; readonly caps: Caps },
): Measures {
  const { book, order, caps } = at;
  const net = caps.terms?.net ?? null;
  if (!settings.clusters.enabled && !settings.tail.enabled) {
    return { net, clusters: null, tail: null };
  }
  const place = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) place[order[i]] = i;
  const positions = evidence.columns.map((instrument) => place[instrument]);
  const history = (window: { readonly days: number; readonly min_observations: number }) =>
    historyOf(book, evidence.returns, positions, window);
  const clusters = settings.clusters.enabled
    ? clustersOf(settings.clusters, history(settings.clusters), entering(book, caps))
    : null;
  const tail = settings.tail.enabled
    ? tailOf(settings.tail, history(settings.tail), evidence.seed)
    : null;
  return { net, clusters, tail };
}

/**
 * The book that reaches the clusters: always from the reference, never from what an earlier
 * application has left, or a second one would measure against less and cut again.
 */
function entering(book: Book, caps: Caps): Float64Array {
  const fresh: Book = { ...book, weights: Float64Array.from(book.reference) };
  const unheard: ClampRecord[] = [];
  applyCaps(fresh, caps, unheard);
  clampNet(fresh, caps.terms?.net ?? null, unheard);
  return fresh.weights;
}

function settle(book: Book, measures: Measures, records: ClampRecord[]): void {
  const { net, clusters, tail } = measures;
  for (let round = 0; round < ROUNDS; round++) {
    const before = records.length;
    clampNet(book, net, records);
    if (clusters !== null) clampClusters(book, clusters, records);
    if (tail !== null) clampTail(book, tail, records);
    if (records.length === before) return;
  }
  closeTogether(book, measures, records);
}

/** The net first: one factor for all then keeps it, and brings both shares and losses down. */
function closeTogether(
  book: Book,
  { net, clusters, tail }: Measures,
  records: ClampRecord[],
): void {
  clampNet(book, net, records);
  const cluster = clusters === null ? 0 : largestShare(book, clusters) / clusters.cap;
  const loss = tail === null ? 0 : stressLoss(book, tail) / tail.settings.limit;
  const worst = Math.max(cluster, loss);
  if (!exceeds(worst, 1)) return;
  const limit = (cluster >= loss ? clusters?.cap : tail?.settings.limit) ?? 1;
  const before = grossOf(book.weights);
  scaleAll(book.weights, 1 / worst);
  records.push(
    portfolioRecord(book, before, {
      constraint: cluster >= loss ? "cluster" : "tail",
      limit,
      observed: worst * limit,
      reason: `${ROUNDS} rounds of cutting one limit after the other left this over: every position in proportion`,
      severity: "warning",
    }),
  );
}

function bookOf(evidence: ClampEvidence, weights: Float64Array, order: readonly number[]): Book {
  const { ids, sectors, reference } = evidence;
  for (const list of [sectors, reference, weights]) {
    invariant(list.length === ids.length, 21, () => {
      return `clamps got ${ids.length} instruments, but ${list.length} of what belongs to each`;
    });
  }
  for (let i = 0; i < ids.length; i++) {
    const [weight, most] = [weights[i], reference[i]];
    const within = Math.abs(weight) <= Math.abs(most) && weight * most >= 0;
    invariant(within && Number.isFinite(most), 12, () => {
      return `the weight of ${ids[i]}, ${weight}, is no part of its reference, ${most}`;
    });
  }
  return {
    ids: order.map((i) => ids[i]),
    sectors: order.map((i) => sectors[i]),
    reference: Float64Array.from(order, (i) => reference[i]),
    weights: Float64Array.from(order, (i) => weights[i]),
  };
}

/** Indices by id. */
function orderOf(ids: readonly string[]): readonly number[] {
  return ids.map((_, i) => i).sort((a, b) => (ids[a] < ids[b] ? -1 : 1));
}
