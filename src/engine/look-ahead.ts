/**
 * Every run asks its strategies again: at seeded rows, on a pack that ends there and on one whose
 * later bars are shifted. A forecast that differs from the recorded one has seen what it could not
 * know, or remembers what it should not.
 */
import type { BarSeries } from "../domain/bar.ts";
import type { ColumnInputs } from "../domain/column-inputs.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import { formatInstant } from "../base/instant.ts";
import { adjustInputs } from "../market/actions/adjust.ts";
import { type Recorded, reevaluate } from "../research/strategies/reevaluate.ts";
import type { Breach } from "./audit.ts";
import type { Trace } from "./journalling-recorder.ts";
import { actionsOf, type PlannedVariant } from "./plan.ts";
import type { Prepared } from "./prepare.ts";

/** Rows looked at again, per variant. */
const DATES = 20;
/** Later prices are multiplied by this: far enough to move any indicator. */
const SHIFT = 1.7;

export function checkLookAhead(prepared: Prepared, trace: Trace): Breach | null {
  const recorded = recordedByVariant(prepared, trace);
  for (let v = 0; v < prepared.planned.variants.length; v++) {
    const variant = prepared.planned.variants[v];
    const [mismatch] = reevaluate({
      strategy: variant.use.strategy,
      params: variant.use.params,
      rows: variant.series.timesMs.length,
      warmup: variant.warmup,
      inputsOf: (rows, shiftedFrom) => inputsOf(prepared, variant, rows, shiftedFrom),
      recorded: (row) => recorded[v].get(row),
      seed: prepared.seed,
      dates: DATES,
    });
    if (mismatch === undefined) continue;
    const at = formatInstant(variant.series.timesMs[mismatch.row]);
    return {
      invariant: 20,
      status: "ERROR",
      message: `strategy ${variant.use.name} on ${variant.series.instrument.id} at ${at}: ${mismatch.message}`,
    };
  }
  return null;
}

function recordedByVariant(prepared: Prepared, trace: Trace): readonly Map<number, Recorded>[] {
  const { world, planned } = prepared;
  const byRow = planned.variants.map(() => new Map<number, Recorded>());
  const { forecasts } = trace;
  const session = forecasts.session.values();
  const variant = forecasts.variant.values();
  const kind = forecasts.kind.values();
  const target = forecasts.target.values();
  for (let n = 0; n < session.length; n++) {
    const instrument = planned.plan.variants[variant[n]].instrument;
    const row = world.rowAt[instrument]?.[session[n]] ?? session[n];
    byRow[variant[n]].set(
      row,
      kind[n] === 0 ? null : { kind: kind[n] === 1 ? "weight" : "units", value: target[n] },
    );
  }
  return byRow;
}

function inputsOf(
  prepared: Prepared,
  { series }: PlannedVariant,
  rows: number,
  shiftedFrom: number | null,
): ColumnInputs {
  const cut = (column: Float64Array | null): Float64Array | null => {
    if (column === null) return null;
    const copy = column.slice(0, rows);
    if (shiftedFrom !== null) {
      for (let row = shiftedFrom; row < rows; row++) copy[row] *= SHIFT;
    }
    return copy;
  };
  const lastMs = series.timesMs[rows - 1];
  const known: BarSeries = {
    instrument: series.instrument,
    timesMs: series.timesMs.slice(0, rows),
    open: cut(series.open),
    high: cut(series.high),
    low: cut(series.low),
    close: cut(series.close) as Float64Array,
    volume: cut(series.volume),
    futures: null,
  };
  const actions: readonly CorporateAction[] = actionsOf(
    prepared.pack.actions,
    series.instrument.id,
  ).filter((action) => action.exDateMs <= lastMs);
  return adjustInputs(known, actions);
}
