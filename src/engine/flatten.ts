/**
 * Flattening: every wish is taken back and every position closed at market, as system intents that
 * pass every gate because they reduce. The breakers ask for it when they go to PANIC.
 */
import type { Order } from "../domain/order.ts";
import { approveReduction } from "../execution/gates/approval.ts";
import { replaceWorking } from "./replace-orders.ts";
import { dropCross } from "./sleeves/cross.ts";
import type { Kernel } from "./state.ts";
import { submit } from "./submit.ts";

export function flattenAll(k: Kernel): void {
  const { state } = k;
  for (let i = 0; i < state.lots.length; i++) {
    replaceWorking(k, i);
    if (state.sleeves !== null) dropCross(k, state.sleeves, i);
    if (state.lots[i] !== 0 && !isFlattened(k, i)) flatten(k, i, state.lots[i]);
  }
}

/** What is being closed already is not sold a second time beside it. */
function isFlattened({ state }: Kernel, i: number): boolean {
  return state.working.some(
    ({ working, purpose, instrument }) => working && purpose === "flatten" && instrument === i,
  );
}

function flatten(k: Kernel, i: number, held: number): void {
  const { state } = k;
  // A venue takes an id but once: one that ended undone is followed by another, not sent again.
  const again = state.flattenSession[i] === state.session;
  state.flattenGeneration[i] = again ? state.flattenGeneration[i] + 1 : 0;
  state.flattenSession[i] = state.session;
  const order: Order = {
    ordinal: state.counters.orders++,
    instrument: i,
    session: state.session,
    purpose: "flatten",
    leg: 0,
    generation: state.flattenGeneration[i],
    side: held > 0 ? -1 : 1,
    type: "market",
    lots: Math.abs(held),
    price: null,
    timeInForce: "gtc",
    working: false,
    signals: [],
  };
  state.counters.flattens++;
  const approved = approveReduction(order, held);
  submit(k, approved, []);
  k.recorder.order(state.session, approved, []);
}
