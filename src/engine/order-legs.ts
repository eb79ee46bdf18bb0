/**
 * From a wanted position to its legs: what reduces the position closes, what adds to it opens, and
 * crossing zero is both, the closing leg at market and the opening one under the wish's terms.
 */
import type { Order, OrderType, Side } from "../domain/order.ts";
import type { Entry, ProtectiveStop, TimeInForce } from "../domain/target.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";

/** A position somebody wants: one strategy's target, or the net of many sleeves. */
export type Wish = {
  readonly instrument: number;
  readonly session: number;
  /** Whole lots to hold, signed. */
  readonly lots: number;
  readonly entry: Entry;
  readonly timeInForce: TimeInForce;
  /** Whose wish it is; a refusal of its order is theirs. */
  readonly signals: readonly Signal[];
};

export type Leg = {
  readonly wish: Wish;
  readonly purpose: "close" | "open";
  readonly leg: number;
  readonly side: Side;
  readonly lots: number;
  readonly atMarket: boolean;
};

/** Appends them to `legs`. */
export function addLegs(k: Kernel, wish: Wish, legs: Leg[]): void {
  const held = k.state.lots[wish.instrument];
  const wanted = wish.lots;
  const side: Side = wanted > held ? 1 : -1;
  if (held !== 0 && wanted !== 0 && held > 0 !== wanted > 0) {
    legs.push(
      { wish, purpose: "close", leg: 0, side, lots: Math.abs(held), atMarket: true },
      { wish, purpose: "open", leg: 1, side, lots: Math.abs(wanted), atMarket: false },
    );
    return;
  }
  const purpose = Math.abs(wanted) < Math.abs(held) ? "close" : "open";
  legs.push({ wish, purpose, leg: 0, side, lots: Math.abs(wanted - held), atMarket: false });
}

/** A strategy's target is the wish of its one signal. */
export function wishOf(signal: Signal): Wish {
  return {
    instrument: signal.instrument,
    session: signal.session,
    lots: signal.beliefLots as number,
    entry: signal.entry,
    timeInForce: signal.timeInForce,
    signals: [signal],
  };
}

/** A candidate: it is nobody's order until approval. */
export function toOrder(k: Kernel, leg: Leg): Order {
  const { wish } = leg;
  return {
    ordinal: k.state.counters.orders++,
    instrument: wish.instrument,
    session: wish.session,
    purpose: leg.purpose,
    leg: leg.leg,
    generation: 0,
    side: leg.side,
    type: leg.atMarket ? "market" : orderType(wish.entry),
    lots: leg.lots,
    price: leg.atMarket ? null : entryPrice(wish.entry),
    timeInForce: leg.atMarket ? "gtc" : wish.timeInForce,
    working: false,
    signals: wish.signals.map((signal) => signal.ordinal),
  };
}

/** Raw limit price, or null for the types that have none. */
function entryPrice(entry: Entry): number | null {
  return typeof entry === "object" ? entry.limit : null;
}

function orderType(entry: Entry): OrderType {
  return typeof entry === "object" ? "limit" : entry;
}

/** Entry, protective stop and time in force, all of them. */
export function haveSameTerms(a: Signal, b: Signal): boolean {
  return (
    entryPrice(a.entry) === entryPrice(b.entry) &&
    orderType(a.entry) === orderType(b.entry) &&
    a.timeInForce === b.timeInForce &&
    sameStop(a.stop, b.stop)
  );
}

function sameStop(a: ProtectiveStop | null, b: ProtectiveStop | null): boolean {
  if (a === null || b === null) return a === b;
  if ("price" in a) return "price" in b && a.price === b.price;
  return "distance" in b && a.distance === b.distance;
}
