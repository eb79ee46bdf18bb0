/** A forecast that asked for a change, while it is on its way to its one terminal state. */
import type { Order } from "../domain/order.ts";
import type { Refusal, Verdict } from "../domain/refusal.ts";
import type { Entry, ProtectiveStop, TimeInForce } from "../domain/target.ts";

export type Signal = {
  readonly ordinal: number;
  readonly variant: number;
  readonly instrument: number;
  readonly session: number;
  readonly kind: "weight" | "units" | "forecast";
  readonly target: number;
  /** Of a forecast; 1 for a target. */
  readonly confidence: number;
  readonly price: number;
  readonly currentLots: number;
  /** Whole lots of a target; a sleeve's fraction of them for a forecast. Null: no size could be said. */
  readonly beliefLots: number | null;
  /** What all stages left of the belief. */
  readonly finalLots: number | null;
  readonly timeInForce: TimeInForce;
  readonly verdicts: Verdict[];
  /** Those that serve it, in the order they were submitted. */
  orders: readonly Order[];
  /** Stages that took a part of the wish away, in the order of the river. */
  readonly cuts: readonly Refusal[];
  /** Gates and sizing that refused it, or its orders. */
  readonly refusals: Refusal[];
  /** Raw prices; splits rewrite them. */
  entry: Entry;
  stop: ProtectiveStop | null;
  /** Lots of change wanted and got; splits rewrite them. */
  wantedLots: number;
  filledLots: number;
  /** Orders not yet ended, and a cross not yet made. */
  openOrders: number;
  /** It was to meet other sleeves' wishes inside, with or without an order. */
  crosses: boolean;
};
