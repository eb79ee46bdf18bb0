/**
 * From weights to lots, worked out again for the checks: what one lot was worth at a decision, by the
 * bars and rates and not by the kernel's own marks, and how many of them each sleeve's weight is.
 */
import { formatInstant } from "../../base/instant.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import { rateAt } from "../artifact-tables.ts";
import type { Kernel } from "../state.ts";
import { type Due, factorDue, near } from "./check-due.ts";
import type { LayerState } from "./state.ts";

/** Net asset value that a decision was made on: the close's, but where that very close trades the journal's. */
export function navsAtDecisions(
  { world, state, plan }: Kernel,
  decisions: Iterable<LedgerEntry>,
): (session: number) => number {
  if (!plan.sameClose) return (session) => state.curves.nav[session];
  const told = new Map<string, number>();
  for (const { at, payload } of decisions) {
    if (payload.kind === "decision") told.set(at, payload.nav_minor);
  }
  return (session) =>
    told.get(formatInstant(world.sessionsMs[session])) ?? state.curves.nav[session];
}

/** Account minor units of one lot: the last close, of the next contract once it has rolled. */
export function lotMinorAt(k: Kernel, i: number, session: number): number {
  return priceAt(k, i, session) * k.world.scales[i].factor * rateAt(k, i, session);
}

/** NaN before the first bar. */
export function priceAt({ world }: Kernel, i: number, session: number): number {
  const roll = world.futures[i];
  let s = session;
  while (s > 0 && Number.isNaN(world.closes[i][s])) s--;
  return roll !== null && roll.rollAt[s] === 1 ? roll.nextClose[s] : world.closes[i][s];
}

/** RAMPUP's part of every size. */
export function sizeScaleAt({ plan, daily }: LayerState, session: number): number {
  const isRampup = plan.breakers !== null && daily.breaker[session] === "RAMPUP";
  return isRampup ? (plan.breakers?.rampupScale ?? 1) : 1;
}

/** What a sleeve holds in the end, and what its forecast alone wants, from their weights. */
export function lotsDue(due: Due, clamped: Float64Array, finalLots: Float64Array): string | null {
  const { k, layers, decision, sheet, risk, weights, navMinor } = due;
  const { session } = decision;
  const isUnknown = risk?.isUnknown === true;
  const scale = sizeScaleAt(layers, session);
  const factor = factorDue(due, weights.allocated);
  for (let v = 0; v < finalLots.length; v++) {
    const i = layers.plan.instrumentOf[v];
    const isPriced = priceAt(k, i, session) > 0 && navMinor > 0;
    const perWeight = isPriced ? navMinor / lotMinorAt(k, i, session) : Number.NaN;
    const final = clamped[v] === 0 ? 0 : clamped[v] * scale * perWeight;
    const { id } = k.world.instruments[i];
    if (!isUnknown && !near(finalLots[v], final)) {
      return `${id}: a weight of ${clamped[v]} at ${scale} of the size is ${final} lots, and not ${finalLots[v]}`;
    }
    const wish = isUnknown ? Number.NaN : weights.allocated[v] * factor * perWeight;
    const belief = weights.allocated[v] === 0 ? 0 : wish;
    if (near(sheet.beliefLots[v], belief)) continue;
    return `${id}: a forecast that wants ${belief} lots is said to want ${sheet.beliefLots[v]}`;
  }
  return isUnknown ? unmeasured(due, finalLots) : null;
}

/** Nothing is added: a sleeve stays or leaves, and no instrument ends with more than it had. */
function unmeasured({ k, layers, sheet }: Due, finalLots: Float64Array): string | null {
  for (const [i, sleeves] of layers.plan.sleevesOf.entries()) {
    let held = 0;
    let left = 0;
    const { id } = k.world.instruments[i];
    for (const v of sleeves) {
      const current = sheet.currentLots[v];
      held += current;
      left += finalLots[v];
      if (finalLots[v] === current) continue;
      if (finalLots[v] === 0 && current * sheet.permitted[v] <= 0) continue;
      return `${id}: a sleeve of ${current} lots goes to ${finalLots[v]} without a measurement`;
    }
    if (left * held < 0 || Math.abs(left) > Math.abs(held)) {
      return `${id}: ${held} lots become ${left} without a measurement`;
    }
  }
  return null;
}
