/**
 * Tail risk by a seeded circular block bootstrap (Politis and Romano 1992, blocks of five days):
 * paths of `horizon_days` daily returns of the book, drawn from its own history at today's weights
 * and added up, exposure held constant. The expected shortfall, the mean of the worst
 * (1 - confidence) of the paths, is at most `limit` of equity; else everything shrinks in
 * proportion. Draws depend on the seed alone, once per decision.
 *
 * An instrument without evidence counts as losing all it holds: its |weight| is added whole.
 */
import type { ClampRecord } from "../../domain/clamp.ts";
import { nextUint32, prngOf } from "../../base/prng.ts";
import { type Book, exceeds, grossOf, portfolioRecord, scaleAll } from "./book.ts";
import type { History } from "./history.ts";
import type { ClampSettings } from "./section.ts";

/** Long enough to keep what a bad week is made of together. */
const BLOCK_DAYS = 5;

export type Tail = {
  readonly settings: ClampSettings["tail"];
  readonly history: History;
  /** First row of each block, path after path. */
  readonly starts: Int32Array;
};

export function tailOf(settings: ClampSettings["tail"], history: History, seed: number): Tail {
  const blocks = Math.ceil(settings.horizon_days / BLOCK_DAYS);
  const starts = new Int32Array(history.rows === 0 ? 0 : settings.paths * blocks);
  const prng = prngOf(seed);
  for (let i = 0; i < starts.length; i++) {
    starts[i] = Math.floor((nextUint32(prng) / 2 ** 32) * history.rows);
  }
  return { settings, history, starts };
}

export function clampTail(book: Book, tail: Tail, records: ClampRecord[]): void {
  const { limit } = tail.settings;
  const loss = stressLoss(book, tail);
  if (!exceeds(loss, limit)) return;
  const before = grossOf(book.weights);
  const blind = tail.history.unmeasured.filter(({ position }) => book.weights[position] !== 0);
  scaleAll(book.weights, limit / loss);
  const unknown = blind.map(({ position, reason }) => `${book.ids[position]}: ${reason}`);
  records.push(
    portfolioRecord(book, before, {
      constraint: "tail",
      limit,
      observed: blind.length === 0 ? loss : null,
      reason:
        blind.length === 0
          ? "expected shortfall of the simulated paths above the limit: every position in proportion"
          : `taken to lose all they hold, for their history is unknown: ${unknown.join("; ")}`,
      severity: blind.length === 0 ? "warning" : "critical",
    }),
  );
}

/** Fraction of equity; below zero where even the worst paths gain. */
export function stressLoss(book: Book, tail: Tail): number {
  let blind = 0;
  for (const { position } of tail.history.unmeasured) blind += Math.abs(book.weights[position]);
  return (tail.history.columns.length === 0 ? 0 : expectedShortfall(book, tail)) + blind;
}

function expectedShortfall(book: Book, { settings, history, starts }: Tail): number {
  const { horizon_days: horizon, paths, confidence } = settings;
  const daily = dailyReturns(book, history);
  const whole = Math.floor(horizon / BLOCK_DAYS);
  const blocks = Math.ceil(horizon / BLOCK_DAYS);
  const full = blockSums(daily, BLOCK_DAYS);
  const rest = blockSums(daily, horizon - whole * BLOCK_DAYS);
  const losses = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    let gain = 0;
    for (let b = 0; b < blocks; b++) {
      gain += (b < whole ? full : rest)[starts[path * blocks + b]];
    }
    losses[path] = 0 - gain;
  }
  losses.sort();
  const worst = Math.max(1, Math.round(paths * (1 - confidence)));
  let total = 0;
  for (let path = paths - worst; path < paths; path++) total += losses[path];
  return total / worst;
}

function dailyReturns(book: Book, { rows, columns, values }: History): Float64Array {
  const daily = new Float64Array(rows);
  for (let j = 0; j < columns.length; j++) {
    const weight = book.weights[columns[j]];
    for (let t = 0; t < rows; t++) daily[t] += weight * values[j * rows + t];
  }
  return daily;
}

/** Sum of the `length` days from each row on, around the end to the beginning. */
function blockSums(daily: Float64Array, length: number): Float64Array {
  const sums = new Float64Array(daily.length);
  for (let t = 0; t < daily.length; t++) {
    for (let k = 0; k < length; k++) sums[t] += daily[(t + k) % daily.length];
  }
  return sums;
}
