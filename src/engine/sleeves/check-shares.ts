/**
 * Invariant 11 for sleeves: every fill and every cross went to the sleeves that wanted it in
 * proportion to what each wanted, as the journal has wishes and shares; at every decision the sleeves
 * of an instrument held its position between them; and at the end the kernel's sleeves are those that
 * the journal's shares lead to.
 */
import { type JournalPayload, MICRO_LOTS, type SleeveShare } from "../../domain/journal-entry.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import type { SleeveResult } from "../../records/ledger/sleeves.ts";
import type { Breach } from "../audit.ts";
import type { Kernel } from "../state.ts";
import type { Trace } from "../trace.ts";

/** Signed change that each sleeve wanted of an instrument, at its last decision. */
type Wants = Map<string, Map<string, number>>;

export function checkShares(
  k: Kernel,
  trace: Trace,
  entries: Iterable<LedgerEntry>,
): Breach | null {
  if (k.state.sleeves === null) return null;
  const whole = ofTheirPosition(k, trace);
  if (whole !== null) return broken(whole);
  const purposes = new Map(trace.orders.map(({ id, order }) => [id, order.purpose]));
  let wants: Wants = new Map();
  for (const { at, payload } of entries) {
    if (payload.kind === "decision") wants = wantsOf(payload);
    const isWish =
      payload.kind === "cross" ||
      (payload.kind === "fill" && ["open", "close"].includes(purposes.get(payload.order_id) ?? ""));
    if (!isWish) continue;
    const message = outOfProportion(payload.sleeves, wants.get(payload.instrument) ?? new Map());
    if (message !== null) return broken(`${payload.instrument} on ${at}: ${message}`);
  }
  return null;
}

function broken(message: string): Breach {
  return { invariant: 11, status: "BREAK", message };
}

function wantsOf(payload: Extract<JournalPayload, { readonly kind: "decision" }>): Wants {
  const wants: Wants = new Map();
  for (const signal of payload.signals) {
    const { instrument, variant_id: id, final_lots: final, current_lots: current } = signal;
    const isPassed = signal.verdicts.every((place) => payload.verdicts[place].result === "pass");
    if (!isPassed || final === null) continue;
    const own = wants.get(instrument) ?? new Map<string, number>();
    wants.set(instrument, own.set(id, (final - current) * MICRO_LOTS));
  }
  return wants;
}

/** Each side for itself: buyers of the buys, sellers of the sales. */
function outOfProportion(
  shares: readonly SleeveShare[],
  wanted: ReadonlyMap<string, number>,
): string | null {
  for (const side of [1, -1]) {
    const own = shares.filter(({ micro_lots: micro }) => micro * side > 0);
    const total = own.reduce((sum, { micro_lots: micro }) => sum + micro, 0);
    if (total === 0) continue;
    const got = new Map(own.map(({ variant_id: id, micro_lots: micro }) => [id, micro]));
    const sides = [...wanted].filter(([, want]) => want * side > 0);
    const all = sides.reduce((sum, [, want]) => sum + want, 0);
    const stranger = own.find(({ variant_id: id }) => (wanted.get(id) ?? 0) * side <= 0);
    if (stranger !== undefined) {
      return `sleeve ${stranger.variant_id} got ${stranger.micro_lots} millionths of a lot that it did not want`;
    }
    for (const [id, want] of sides) {
      const due = (total * want) / all;
      const share = got.get(id) ?? 0;
      // Wishes are rounded to a millionth, and so is every share.
      if (Math.abs(share - due) <= 2 + Math.abs(total / all) + Math.abs(due) * 1e-9) continue;
      return `sleeve ${id} got ${share} millionths of a lot of a share of ${due}`;
    }
  }
  return null;
}

/** As every decision found them. */
function ofTheirPosition({ world, state }: Kernel, { layers: trace }: Trace): string | null {
  const sleevesOf = state.layers?.plan.sleevesOf ?? [];
  const n = state.layers?.plan.instrumentOf.length ?? 0;
  const current = trace.columns.currentLots.values();
  const rowOf = new Map(trace.decisions.map(({ session }, d) => [session, d * n]));
  for (const { session, netting } of trace.nettings) {
    const row = rowOf.get(session);
    if (row === undefined) continue;
    const owners = sleevesOf[netting.instrument];
    const held = owners.reduce((sum, v) => sum + current[row + v], 0);
    if (Math.abs(held - netting.heldLots) * MICRO_LOTS <= 1 + Math.abs(held) * 1e-6) continue;
    return `the sleeves of ${world.instruments[netting.instrument].id} hold ${held} lots between them, its position is ${netting.heldLots}`;
  }
  return null;
}

/** `results`: what the journal's shares lead to. */
export function checkHeld(
  { plan, state }: Kernel,
  results: readonly SleeveResult[],
): Breach | null {
  const { sleeves } = state;
  if (sleeves === null) return null;
  const booked = new Map(results.map(({ variantId, microLots }) => [variantId, microLots]));
  for (const [v, { id, strategy }] of plan.variants.entries()) {
    const due = booked.get(id) ?? 0;
    if (sleeves.microLots[v] === due) continue;
    return broken(
      `sleeve ${id} (${strategy}) holds ${sleeves.microLots[v]} millionths of a lot, the journal says ${due}`,
    );
  }
  return null;
}
