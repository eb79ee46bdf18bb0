/**
 * Every run asks its strategies again: at seeded dates, on a pack that ends there and on one whose
 * later bars are shifted. An answer that differs from the recorded one has seen what it could not
 * know, or remembers what it should not. Instruments that a column compares with each other are cut
 * and shifted together.
 */
import type { BarSeries } from "../domain/bar.ts";
import { formatInstant } from "../base/instant.ts";
import { nextUniform, prngOf } from "../base/prng.ts";
import { adjustInputs } from "../market/actions/adjust.ts";
import { type PanelMember, readsPanel } from "../research/strategies/columns.ts";
import {
  type AskedMember,
  type Cut,
  type Recorded,
  reevaluate,
} from "../research/strategies/reevaluate.ts";
import type { Breach } from "./audit.ts";
import { actionsOf } from "./plan-variant.ts";
import type { StrategyUse } from "./plan-input.ts";
import type { Prepared } from "./prepare.ts";

/** Dates looked at again, for each instrument, or for all together where a column compares them. */
const DATES = 20;
/**
 * Later prices are multiplied by this: far enough to move any indicator. What is compared moves the
 * other way, or the comparison would stay: every second instrument, and the contract that follows.
 */
const SHIFT = 1.7;

/** What the run asked and was told: of `Trace.forecasts`, what is compared here. */
export type AskedForecasts = {
  readonly [name in "session" | "variant" | "kind" | "target" | "confidence"]: {
    values(): Float64Array;
  };
};
type Recording = { readonly forecasts: AskedForecasts };

type Asked = AskedMember & { readonly series: BarSeries };

export function checkLookAhead(prepared: Prepared, trace: Recording): Breach | null {
  const sample: Sample = { preferred: shuffledSessions(prepared), cuts: new Map() };
  for (const [use, members] of membersByUse(prepared, trace)) {
    const together = readsPanel(use.strategy, use.params);
    for (const panel of together ? [members] : members.map((member) => [member])) {
      const breach = checkPanel(prepared, use, panel, sample);
      if (breach !== null) return breach;
    }
  }
  return null;
}

function checkPanel(
  prepared: Prepared,
  use: StrategyUse,
  members: readonly Asked[],
  sample: Sample,
): Breach | null {
  const [mismatch] = reevaluate({
    strategy: use.strategy,
    params: use.params,
    members,
    panelOf: (cut) =>
      members.map(({ series }, m) =>
        sharedMember(prepared, sample, series, { ...cut, shift: m % 2 === 0 ? SHIFT : 1 / SHIFT }),
      ),
    seed: prepared.seed,
    dates: DATES,
    preferred: sample.preferred,
  });
  if (mismatch === undefined) return null;
  const { series } = members[mismatch.member];
  const at = formatInstant(series.timesMs[mismatch.row]);
  return {
    invariant: 20,
    status: "ERROR",
    message: `strategy ${use.name} on ${series.instrument.id} at ${at}: ${mismatch.message}`,
  };
}

/** What several strategies on one instrument look at is cut once for all of them. */
type Sample = {
  readonly preferred: readonly number[];
  readonly cuts: Map<string, PanelMember>;
};

/** All sessions in one seeded order (Fisher and Yates): every strategy takes the first that it was asked on. */
function shuffledSessions({ world, seed }: Prepared): readonly number[] {
  const prng = prngOf(seed);
  const order = Array.from(world.sessionsMs);
  for (let n = order.length - 1; n > 0; n--) {
    const other = Math.floor(nextUniform(prng) * (n + 1));
    [order[n], order[other]] = [order[other], order[n]];
  }
  return order;
}

function sharedMember(
  prepared: Prepared,
  { cuts }: Sample,
  series: BarSeries,
  cut: Cut & { readonly shift: number },
): PanelMember {
  const key = `${series.instrument.id} ${cut.lastMs} ${cut.unchangedUntilMs} ${cut.shift}`;
  const known = cuts.get(key) ?? memberAt(prepared, series, cut);
  cuts.set(key, known);
  return known;
}

/** The instruments of each use, with what the run recorded about them. */
function membersByUse(prepared: Prepared, trace: Recording): ReadonlyMap<StrategyUse, Asked[]> {
  const recorded = recordedByVariant(prepared, trace);
  const byUse = new Map<StrategyUse, Asked[]>();
  prepared.planned.variants.forEach(({ use, series, warmup }, v) => {
    const members = byUse.get(use) ?? [];
    if (members.length === 0) byUse.set(use, members);
    const { timesMs } = series;
    members.push({ series, timesMs, warmup, recorded: (row) => recorded[v].get(row) });
  });
  return byUse;
}

function recordedByVariant(prepared: Prepared, trace: Recording): readonly Map<number, Recorded>[] {
  const { world, planned } = prepared;
  const byRow = planned.variants.map(() => new Map<number, Recorded>());
  const { forecasts } = trace;
  const session = forecasts.session.values();
  const variant = forecasts.variant.values();
  const kind = forecasts.kind.values();
  const target = forecasts.target.values();
  const confidence = forecasts.confidence.values();
  for (let n = 0; n < session.length; n++) {
    const instrument = planned.plan.variants[variant[n]].instrument;
    const row = world.rowAt[instrument]?.[session[n]] ?? session[n];
    byRow[variant[n]].set(row, recordedOf(kind[n], target[n], confidence[n]));
  }
  return byRow;
}

/** By the codes of trace.forecasts.kind. */
function recordedOf(kind: number, value: number, confidence: number): Recorded {
  if (kind === 0) return null;
  if (kind === 3) return { kind: "forecast", strength: value, confidence };
  return { kind: kind === 1 ? "weight" : "units", value };
}

/** Bars up to the cut, prices after it shifted; known ahead and kept: which contract follows when. */
function memberAt(
  prepared: Prepared,
  series: BarSeries,
  cut: Cut & { readonly shift: number },
): PanelMember {
  const rows = rowsUntil(series.timesMs, cut.lastMs);
  const from = rowsUntil(series.timesMs, cut.unchangedUntilMs);
  const timesMs = series.timesMs.subarray(0, rows);
  const lastMs = rows === 0 ? Number.NEGATIVE_INFINITY : timesMs[rows - 1];
  const shifted = (column: Float64Array, shift: number) =>
    shiftedFrom(column.subarray(0, rows), from, shift);
  const maybe = (column: Float64Array | null) =>
    column === null ? null : shifted(column, cut.shift);
  const { futures } = series;
  const known: BarSeries = {
    instrument: series.instrument,
    timesMs,
    open: maybe(series.open),
    high: maybe(series.high),
    low: maybe(series.low),
    close: shifted(series.close, cut.shift),
    volume: maybe(series.volume),
    futures:
      futures === null
        ? null
        : {
            contract: futures.contract.subarray(0, rows),
            expiryMs: futures.expiryMs.subarray(0, rows),
            nextExpiryMs: futures.nextExpiryMs.subarray(0, rows),
            nextClose: shifted(futures.nextClose, 1 / cut.shift),
          },
  };
  const actions = actionsOf(prepared.pack.actions, series.instrument.id).filter(
    (action) => action.exDateMs <= lastMs,
  );
  return { inputs: adjustInputs(known, actions), timesMs };
}

/** The column itself where nothing of it is shifted; columns are read and never written to. */
function shiftedFrom(column: Float64Array, from: number, shift: number): Float64Array {
  if (from >= column.length) return column;
  const copy = column.slice();
  for (let row = from; row < copy.length; row++) copy[row] *= shift;
  return copy;
}

/** Rows at or before `ms`. */
function rowsUntil(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
