/**
 * From a signal to its legs: what reduces the position closes, what adds to it opens, and crossing
 * zero is both, the closing leg at market and the opening one under the strategy's terms.
 */
import type { Order, OrderType, Side } from "../domain/order.ts";
import type { ProtectiveStop } from "../domain/target.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

export type Leg = {
  readonly signal: Signal;
  readonly purpose: "close" | "open";
  readonly leg: number;
  readonly side: Side;
  readonly lots: number;
  readonly atMarket: boolean;
};

export function legsOf(k: Kernel, signal: Signal): readonly Leg[] {
  const held = k.state.lots[signal.instrument];
  const wanted = signal.beliefLots as number;
  const side: Side = wanted > held ? 1 : -1;
  if (held !== 0 && wanted !== 0 && held > 0 !== wanted > 0) {
    return [
      { signal, purpose: "close", leg: 0, side, lots: Math.abs(held), atMarket: true },
      { signal, purpose: "open", leg: 1, side, lots: Math.abs(wanted), atMarket: false },
    ];
  }
  const purpose = Math.abs(wanted) < Math.abs(held) ? "close" : "open";
  return [{ signal, purpose, leg: 0, side, lots: Math.abs(wanted - held), atMarket: false }];
}

/** A candidate: it is nobody's order until approval. */
export function toOrder(k: Kernel, leg: Leg): Order {
  const { signal } = leg;
  return {
    ordinal: k.state.counters.orders++,
    instrument: signal.instrument,
    session: signal.session,
    purpose: leg.purpose,
    leg: leg.leg,
    generation: 0,
    side: leg.side,
    type: leg.atMarket ? "market" : orderType(signal),
    lots: leg.lots,
    price: leg.atMarket ? null : entryPrice(signal),
    timeInForce: leg.atMarket ? "gtc" : signal.timeInForce,
    working: false,
    signal: signal.ordinal,
  };
}

/** Raw limit price, or null for the types that have none. */
function entryPrice(signal: Signal): number | null {
  return typeof signal.entry === "object" ? signal.entry.limit : null;
}

function orderType(signal: Signal): OrderType {
  return typeof signal.entry === "object" ? "limit" : signal.entry;
}

/** Entry, protective stop and time in force, all of them. */
export function haveSameTerms(a: Signal, b: Signal): boolean {
  return (
    entryPrice(a) === entryPrice(b) &&
    orderType(a) === orderType(b) &&
    a.timeInForce === b.timeInForce &&
    sameStop(a.stop, b.stop)
  );
}

function sameStop(a: ProtectiveStop | null, b: ProtectiveStop | null): boolean {
  if (a === null || b === null) return a === b;
  if ("price" in a) return "price" in b && a.price === b.price;
  return "distance" in b && a.distance === b.distance;
}
