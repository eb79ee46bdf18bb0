/** A forecast that asked for a change, while it is on its way to its one terminal state. */
import type { Order } from "../domain/order.ts";
import type { Refusal, Verdict } from "../domain/refusal.ts";
import type { Entry, ProtectiveStop, TimeInForce } from "../domain/target.ts";

export type Signal = {
  readonly ordinal: number;
  readonly variant: number;
  readonly instrument: number;
  readonly session: number;
  readonly kind: "weight" | "units";
  readonly target: number;
  readonly price: number;
  readonly currentLots: number;
  readonly beliefLots: number | null;
  readonly timeInForce: TimeInForce;
  readonly verdicts: Verdict[];
  readonly orders: Order[];
  readonly refusals: Refusal[];
  /** Raw prices; splits rewrite them. */
  entry: Entry;
  stop: ProtectiveStop | null;
  /** Lots of change wanted and got; splits rewrite them. */
  wantedLots: number;
  filledLots: number;
  /** Orders not yet ended. */
  openOrders: number;
};
