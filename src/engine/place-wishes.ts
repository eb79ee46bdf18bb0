/**
 * From wishes to approved orders: each leg through the order gates to the venue, or to a refusal
 * that ends every signal it serves. Reductions go first: what they free is there for what adds.
 */
import type { Approved, Order } from "../domain/order.ts";
import type { Verdict } from "../domain/refusal.ts";
import { approve } from "../execution/gates/approval.ts";
import { breakersGate } from "../execution/gates/breakers.ts";
import { cashGate } from "../execution/gates/cash.ts";
import { reduces } from "../execution/gates/exposure.ts";
import { heatGate } from "../execution/gates/heat.ts";
import { limitsGate } from "../execution/gates/limits.ts";
import { volatilityRegimeGate } from "../execution/gates/volatility-regime.ts";
import { bookNow } from "./book-exposure.ts";
import type { LayerState } from "./layers/state.ts";
import { closingOrder, openingOrder, type Wish } from "./order-legs.ts";
import { tallied } from "./signal-gates.ts";
import type { Signal } from "./signal.ts";
import type { JudgedOrder, Kernel, OrderGate } from "./state.ts";
import { submit } from "./submit.ts";

export type Submission = { readonly order: Approved<Order>; readonly verdicts: readonly Verdict[] };

export const ORDER_GATES: readonly OrderGate[] = [
  {
    name: "breakers",
    judge: ({ k, view }) => breakersGate(layersOf(k).breaker.state, reduces(view)),
  },
  { name: "heat", judge: judgeHeat },
  {
    name: "volatility_regime",
    judge: ({ k, view }) =>
      volatilityRegimeGate(view, layersOf(k).volatilityRegime, k.state.limits),
  },
  { name: "limits", judge: ({ k, view }) => limitsGate(view, k.state.limits) },
  {
    name: "cash",
    judge: ({ k, view }) => cashGate(view, k.state.limits.gross, k.state.limits.margin),
  },
];

/** The approved ones, in their order, where somebody reads what approved them. */
export function placeWishes(k: Kernel, wishes: readonly Wish[]): readonly Submission[] {
  const book = bookNow(k);
  const placed: Submission[] = [];
  for (const wish of wishes) {
    const order = closingOrder(k, wish);
    if (order !== null) placeOrder({ k, order, view: book.viewOf(order), book }, wish, placed);
  }
  for (const wish of wishes) {
    const order = openingOrder(k, wish);
    if (order !== null) placeOrder({ k, order, view: book.viewOf(order), book }, wish, placed);
  }
  return placed;
}

function placeOrder(judged: JudgedOrder, { signals }: Wish, placed: Submission[]): void {
  const { k, order, book } = judged;
  const verdicts = judgeOrder(judged);
  const result = approve(order, verdictsOn(signals, verdicts), k.plan.requiredGates);
  countApplied(k.orderGates, verdicts);
  if (!result.ok) {
    for (const signal of signals) signal.refusals.push(result.error);
    return;
  }
  book.take(order);
  submit(k, result.value, signals);
  if (k.recorder.keepsEvidence) placed.push({ order: result.value, verdicts });
}

/** Those on the signals that an order serves, and those on itself. */
function verdictsOn(
  signals: readonly Signal[],
  own: readonly Verdict[],
): readonly (readonly Verdict[])[] {
  if (signals.length === 1) return [signals[0].verdicts, own];
  return [...signals.map(({ verdicts }) => verdicts), own];
}

/** Both in the order of the gates: up to the one that refused. */
function countApplied(gates: Kernel["orderGates"], verdicts: readonly Verdict[]): void {
  let next = 0;
  for (const { name, counts } of gates) {
    if (next === verdicts.length) return;
    if (verdicts[next].gate !== name) continue;
    counts.applied++;
    next++;
  }
}

function judgeOrder(judged: JudgedOrder): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  for (const gate of judged.k.orderGates) {
    const { counts } = gate;
    counts.reached++;
    const verdict = gate.judge(judged);
    tallied(counts, verdict);
    verdicts.push(verdict);
    if (verdict.result !== "pass") break;
  }
  return verdicts;
}

function judgeHeat({ k, order, view, book }: JudgedOrder): Verdict {
  const { heat } = layersOf(k).plan;
  const bookHeatMinor = book.heatAfter(order);
  return heatGate(
    { navMinor: view.navMinor, bookHeatMinor, reduces: reduces(view) },
    heat.limit as number,
  );
}

function layersOf({ state }: Kernel): LayerState {
  return state.layers as LayerState;
}
