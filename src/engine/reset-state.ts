/**
 * A kernel's state as createState makes it, in the memory it has: what a trial hands to the next one.
 * Curves keep their values, because every session writes its own. A state with portfolio stages or
 * foreign currencies is refused: those are made anew.
 */
import { invariant } from "../base/assert.ts";
import { HEARD } from "./quiet/state.ts";
import type { StageCounts, StageTally } from "./stage-tally.ts";
import type { KernelState, Plan } from "./state.ts";

export function resetState(state: KernelState, plan: Plan): void {
  invariant(
    state.layers === null && state.cash.length === 1,
    20,
    "a state with portfolio stages or foreign currencies is not taken up again",
  );
  resetAccount(state);
  resetPositions(state);
  resetQuiet(state, plan);
  state.working.length = 0;
  state.payments.length = 0;
  state.openSignals.clear();
  state.previousTarget.fill(Number.NaN);
  state.previousKind.fill(0);
  for (const column of Object.values(state.fills)) column.clear();
  for (const name in state.counters) {
    if (name !== "terminals") state.counters[name as "orders"] = 0;
  }
  state.counters.terminals.clear();
  resetTally(state.tally);
  state.limits = plan.limits;
  state.book = null;
  state.safety = null;
}

function resetAccount(state: KernelState): void {
  state.session = -1;
  state.cash.fill(0);
  state.receivable.fill(0);
  state.localMinor.fill(0);
  state.cashMinor = 0;
  state.receivableMinor = 0;
  state.navMinor = 0;
  state.hasShort = false;
  state.ruinedAt = null;
  state.costs.fees = 0;
  state.costs.slippage = 0;
  state.costs.financing = 0;
  state.costs.borrow = 0;
  state.costsBeforeWindow = 0;
  state.curves.receivable = null;
}

function resetPositions(state: KernelState): void {
  state.settledMinor.fill(0);
  state.unsettledMinor.fill(0);
  state.lots.fill(0);
  state.scratchLots.fill(0);
  state.mark.fill(Number.NaN);
  state.valueMinor.fill(0);
  state.lastBar.fill(-1);
  state.stops.fill(null);
  state.stopSession.fill(-1);
  state.stopGeneration.fill(0);
  state.flattenSession.fill(-1);
  state.flattenGeneration.fill(0);
  state.stoppedAt.fill(-1);
}

function resetQuiet({ quiet }: KernelState, { variants }: Plan): void {
  quiet.heard.fill(HEARD.silent);
  quiet.ended.fill(1);
  for (let v = 0; v < variants.length; v++) quiet.sameUntil[v] = variants[v].start;
  quiet.nextAction = 0;
  quiet.nextDue = -1;
}

function resetTally({ stages, gates }: StageTally): void {
  for (const counts of Object.values(stages)) resetCounts(counts);
  for (const counts of Object.values(gates)) resetCounts(counts);
}

function resetCounts(counts: StageCounts): void {
  counts.reached = 0;
  counts.evaluated = 0;
  counts.applied = 0;
  counts.bound = 0;
  counts.notEvaluated = 0;
  counts.warmUp = 0;
}
