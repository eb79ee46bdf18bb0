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
    if (state.lots[i] !== 0) flatten(k, i, state.lots[i]);
  }
}

function flatten(k: Kernel, i: number, held: number): void {
  const { state } = k;
  const order: Order = {
    ordinal: state.counters.orders++,
    instrument: i,
    session: state.session,
    purpose: "flatten",
    leg: 0,
    generation: 0,
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
