/**
 * From wishes to approved orders: each leg through the order gates to the venue, or to a refusal
 * that ends every signal it serves. Reductions go first: what they free is there for what adds.
 */
import type { Order } from "../domain/order.ts";
import type { Verdict } from "../domain/refusal.ts";
import { approve } from "../execution/gates/approval.ts";
import { breakersGate } from "../execution/gates/breakers.ts";
import { cashGate } from "../execution/gates/cash.ts";
import { type ExposureView, reduces } from "../execution/gates/exposure.ts";
import { heatGate } from "../execution/gates/heat.ts";
import { limitsGate } from "../execution/gates/limits.ts";
import { volatilityRegimeGate } from "../execution/gates/volatility-regime.ts";
import type { Book } from "./book.ts";
import { bookNow } from "./book-exposure.ts";
import type { LayerState } from "./layers/state.ts";
import { addLegs, type Leg, toOrder, type Wish } from "./order-legs.ts";
import { tallied } from "./signal-gates.ts";
import type { OrderGateName } from "./stage-tally.ts";
import type { Kernel } from "./state.ts";
import { submit } from "./submit.ts";

export type Submission = { readonly order: Order; readonly verdicts: readonly Verdict[] };

type Judged = {
  readonly k: Kernel;
  readonly order: Order;
  readonly view: ExposureView;
  readonly book: Book;
};

type OrderGate = { readonly name: OrderGateName; readonly judge: (judged: Judged) => Verdict };

const ORDER_GATES: readonly OrderGate[] = [
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

export function placeWishes(k: Kernel, wishes: readonly Wish[]): readonly Submission[] {
  const book = bookNow(k);
  const legs: Leg[] = [];
  for (const wish of wishes) addLegs(k, wish, legs);
  const approved: Submission[] = [];
  for (const leg of legs) if (leg.purpose === "close") placeLeg(k, leg, book, approved);
  for (const leg of legs) if (leg.purpose === "open") placeLeg(k, leg, book, approved);
  return approved;
}

function placeLeg(k: Kernel, leg: Leg, book: Book, approved: Submission[]): void {
  const { signals } = leg.wish;
  const order = toOrder(k, leg);
  const verdicts = judgeOrder({ k, order, view: book.viewOf(order), book });
  const judged: (readonly Verdict[])[] = [];
  for (const signal of signals) judged.push(signal.verdicts);
  judged.push(verdicts);
  const result = approve(order, judged, k.plan.requiredGates);
  for (const { gate } of verdicts) k.state.tally.gates[gate as OrderGateName].applied++;
  if (!result.ok) {
    for (const signal of signals) signal.refusals.push(result.error);
    return;
  }
  book.take(order);
  submit(k, result.value, signals);
  approved.push({ order, verdicts });
}

function judgeOrder(judged: Judged): readonly Verdict[] {
  const { k } = judged;
  const verdicts: Verdict[] = [];
  for (const gate of ORDER_GATES) {
    if (!k.plan.enabledGates.has(gate.name)) continue;
    const counts = k.state.tally.gates[gate.name];
    counts.reached++;
    const verdict = gate.judge(judged);
    tallied(counts, verdict);
    verdicts.push(verdict);
    if (verdict.result !== "pass") break;
  }
  return verdicts;
}

function judgeHeat({ k, order, view, book }: Judged): Verdict {
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
