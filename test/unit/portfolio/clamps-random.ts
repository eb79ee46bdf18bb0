/**
 * Random books for the clamps, and naive measures of them: clusters by walking from neighbour to
 * neighbour over textbook correlations, shares of risk from the covariance of whole return series
 * of a part and of the book. Nothing here shares code with what it checks.
 */
import fc from "fast-check";
import { nextNormal, nextUint32, prngOf } from "../../../src/base/prng.ts";
import { type Evidence, known, unknown } from "../../../src/domain/evidence.ts";
import type { ClampEvidence, ClampTerms } from "../../../src/portfolio/clamps/clamps.ts";
import type { ClampSettings } from "../../../src/portfolio/clamps/section.ts";
import { type Changes, settingsWith } from "./clamps-fixture.ts";

export type Case = {
  readonly settings: ClampSettings;
  readonly terms: ClampTerms;
  readonly evidence: ClampEvidence;
  readonly throttle: number;
};

const SECTORS = ["energy", "metals", null] as const;
const orNull = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary, { nil: null, freq: 2 });
/** On a grid: mandates and positions are not made of the smallest numbers there are. */
const real = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 1e6), max: Math.floor(max * 1e6) }).map((x) => x / 1e6);

/** Two drivers, so that about half of the pairs move together; each with its own noise. */
function rowsOf(count: number, rows: number, seed: number): Float64Array {
  const prng = prngOf(seed);
  const values = new Float64Array(count * rows);
  for (let t = 0; t < rows; t++) {
    const drivers = [nextNormal(prng), nextNormal(prng)];
    for (let j = 0; j < count; j++) {
      const sign = j % 3 === 2 ? -1 : 1;
      const noise = (0.2 + 0.15 * (j % 4)) * nextNormal(prng);
      values[t * count + j] = 0.01 * (1 + j) ** 0.5 * (sign * drivers[j % 2] + noise);
    }
  }
  return values;
}

const changes: fc.Arbitrary<Changes> = fc.record({
  caps: fc.record({ enabled: fc.boolean() }),
  throttle: fc.record({ enabled: fc.boolean() }),
  clusters: fc.record({
    enabled: fc.boolean(),
    threshold: real(0.3, 0.95),
    cap: real(0.05, 0.9),
  }),
  tail: fc.record({
    enabled: fc.boolean(),
    days: fc.constant(100),
    min_observations: fc.constant(50),
    paths: fc.constantFrom(100, 1000),
    horizon_days: fc.integer({ min: 1, max: 12 }),
    limit: real(0.005, 0.3),
  }),
});

const terms = fc.record({
  gross: real(0.1, 8),
  net: orNull(real(0, 3)),
  symbol: orNull(real(0.01, 2)),
  sector: orNull(real(0.01, 4)),
});

const instrument = fc.record({
  weight: fc.oneof(real(-2, 2), real(-0.01, 0.01), fc.constant(0)),
  sector: fc.constantFrom(...SECTORS),
  measured: fc.boolean().chain((b) => (b ? fc.constant(true) : fc.boolean())),
});

export const cases: fc.Arbitrary<Case> = fc
  .record({
    changes,
    terms,
    instruments: fc.array(instrument, { minLength: 1, maxLength: 9 }),
    rows: fc.constantFrom(20, 45, 60, 130),
    seed: fc.nat(),
    blind: fc.constantFrom(false, false, false, true),
    drawdown: fc.oneof(real(0, 0.5).map(known), fc.constant(unknown("not yet"))),
    throttle: real(0.1, 1),
  })
  .map((drawn) => {
    const { instruments, rows, seed } = drawn;
    const columns = instruments.flatMap(({ measured }, i) => (measured ? [i] : []));
    const values = rowsOf(columns.length, rows, seed);
    const evidence: ClampEvidence = {
      // Not in order, and not in the order of numbers either.
      ids: instruments.map((_, i) => `I${(i * 7) % 10}`),
      sectors: instruments.map(({ sector }) => sector),
      reference: Float64Array.from(instruments, ({ weight }) => weight),
      drawdown: drawn.drawdown,
      returns: drawn.blind ? unknown("no prices") : known({ values, rows }),
      columns,
      seed,
    };
    return {
      settings: settingsWith(drawn.changes),
      terms: drawn.terms,
      evidence,
      throttle: drawn.throttle,
    };
  });

/** The same case with its instruments, and the columns of their returns, in another order. */
export function shuffled(evidence: ClampEvidence, order: readonly number[]): ClampEvidence {
  const columnAt = order.flatMap((old) => {
    const column = evidence.columns.indexOf(old);
    return column < 0 ? [] : [column];
  });
  const returns: Evidence<{ values: Float64Array; rows: number }> = evidence.returns.known
    ? known({
        rows: evidence.returns.value.rows,
        values: pick(evidence.returns.value, columnAt, evidence.columns.length),
      })
    : evidence.returns;
  return {
    ...evidence,
    ids: order.map((i) => evidence.ids[i]),
    sectors: order.map((i) => evidence.sectors[i]),
    reference: Float64Array.from(order, (i) => evidence.reference[i]),
    returns,
    columns: columnAt.map((column) => order.indexOf(evidence.columns[column])),
  };
}

function pick(
  { values, rows }: { readonly values: Float64Array; readonly rows: number },
  columns: readonly number[],
  width: number,
): Float64Array {
  const picked: number[] = [];
  for (let t = 0; t < rows; t++) for (const c of columns) picked.push(values[t * width + c]);
  return Float64Array.from(picked);
}

/** Return series of each measured and held instrument, the newest `days`; null without evidence. */
export function seriesOf(
  evidence: ClampEvidence,
  days: number,
  least: number,
): ReadonlyMap<number, readonly number[]> | null {
  const { returns, columns, reference } = evidence;
  if (!returns.known || returns.value.rows < least) return null;
  const { values, rows } = returns.value;
  const all = columns.map((instrument, column) => {
    const series = Array.from({ length: rows }, (_, t) => values[t * columns.length + column]);
    return [instrument, series.slice(-days)] as const;
  });
  return new Map(all.filter(([instrument]) => reference[instrument] !== 0));
}

/** Groups of two and more, each instrument reached from the others over |rho| >= threshold. */
export function naiveClusters(
  series: ReadonlyMap<number, readonly number[]>,
  threshold: number,
): number[][] {
  const groups: number[][] = [];
  const seen = new Set<number>();
  for (const start of series.keys()) {
    if (seen.has(start)) continue;
    const group = [start];
    seen.add(start);
    for (let next = 0; next < group.length; next++) {
      for (const [other, values] of series) {
        const own = series.get(group[next]) ?? [];
        const rho = cov(own, values) / Math.sqrt(cov(own, own) * cov(values, values));
        if (seen.has(other) || Math.abs(rho) < threshold) continue;
        seen.add(other);
        group.push(other);
      }
    }
    if (group.length > 1) groups.push(group);
  }
  return groups;
}

/** Contribution of the group to the volatility of the book, in daily terms. */
export function naiveContribution(
  series: ReadonlyMap<number, readonly number[]>,
  group: readonly number[],
  weights: Float64Array,
): number {
  const book = combined(series, [...series.keys()], weights);
  const part = combined(series, group, weights);
  const variance = cov(book, book);
  return variance > 0 ? cov(part, book) / Math.sqrt(variance) : 0;
}

export function naiveVolatility(
  series: ReadonlyMap<number, readonly number[]>,
  weights: Float64Array,
): number {
  const book = combined(series, [...series.keys()], weights);
  return Math.sqrt(cov(book, book));
}

/**
 * Mean loss of the worst paths, each drawn day by day: blocks of five, from a first day drawn with
 * equal chances, around the end of the history to its beginning.
 */
export function naiveShortfall(
  series: ReadonlyMap<number, readonly number[]>,
  weights: Float64Array,
  tail: ClampSettings["tail"],
  seed: number,
): number {
  const book = combined(series, [...series.keys()], weights);
  if (book.length === 0) return 0;
  const prng = prngOf(seed);
  const losses: number[] = [];
  for (let path = 0; path < tail.paths; path++) {
    let loss = 0;
    let day = 0;
    for (let t = 0; t < tail.horizon_days; t++) {
      if (t % 5 === 0) day = Math.floor((nextUint32(prng) / 2 ** 32) * book.length);
      loss -= book[day];
      day = day === book.length - 1 ? 0 : day + 1;
    }
    losses.push(loss);
  }
  const worst = losses
    .sort((a, b) => b - a)
    .slice(0, Math.round(tail.paths * (1 - tail.confidence)));
  return worst.reduce((s, loss) => s + loss, 0) / worst.length;
}

function combined(
  series: ReadonlyMap<number, readonly number[]>,
  members: readonly number[],
  weights: Float64Array,
): number[] {
  const length = [...series.values()][0]?.length ?? 0;
  return Array.from({ length }, (_, t) =>
    members.reduce((total, i) => total + weights[i] * (series.get(i)?.[t] ?? 0), 0),
  );
}

function cov(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  return a.reduce((s, v, t) => s + (v - ma) * (b[t] - mb), 0) / (a.length - 1);
}
