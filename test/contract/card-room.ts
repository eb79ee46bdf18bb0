/** What the cards are played with: the venue of one card, and what every card asks of it. */
import { expect } from "vitest";
import { parseDecimal, toScaledInteger } from "../../src/base/decimal.ts";
import type { VenueActivity, VenueEvent, VenueOrder } from "../../src/domain/venue-report.ts";
import type { Broker } from "../../src/ports/broker.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { FaultRule } from "../../src/venue/faults.ts";
import { approved } from "../support/card-market.ts";

export type CardVenue = {
  readonly broker: Broker;
  /** Steps the venue; what happens on the way has been told when it resolves. */
  readonly clock: Clock;
  /** One more rule of the venue's fault script; null: nothing can be spoilt here. */
  readonly spoil: ((rule: FaultRule) => Promise<void> | void) | null;
  /** The same venue with keys it does not know; null: it has no keys. */
  readonly stranger: (() => Promise<Broker>) | null;
  readonly close: () => Promise<void>;
};

export type CardSubject = {
  readonly name: string;
  readonly open: () => Promise<CardVenue>;
  /** Part of the price that is paid away: 0.001 for dry-run. */
  readonly slippage: number;
  /** Number of a card -> why it cannot apply. */
  readonly without: { readonly [number: number]: string };
};

export type Room = CardVenue & { readonly slippage: number };

export type Card = {
  readonly number: number;
  readonly title: string;
  readonly play: (room: Room) => Promise<void>;
};

export const card = (number: number, title: string, play: Card["play"]): Card => ({
  number,
  title,
  play,
});

export function limitFarBelow(symbol: string) {
  return approved({ symbol, type: "limit", timeInForce: "day", limitPrice: "1" });
}

export async function acknowledged(
  { broker }: Room,
  order: Parameters<Broker["place"]>[0],
): Promise<VenueOrder> {
  const outcome = await broker.place(order);
  if (outcome.kind !== "acknowledged") throw new Error(JSON.stringify(outcome));
  return outcome.order;
}

export async function spoilt({ spoil }: Room, rule: FaultRule): Promise<void> {
  if (spoil === null) throw new Error("nothing can be spoilt here: the card does not apply");
  await spoil(rule);
}

export async function unknownThen(
  room: Room,
  rule: FaultRule,
  found: "there" | "absent",
): Promise<void> {
  await spoilt(room, rule);
  const order = approved({ symbol: "AA" });
  const outcome = await room.broker.place(order);
  expect(outcome.kind).toBe("unknown");
  const known = await room.broker.orderByClientId(order.clientOrderId);
  if (found === "there") expect(known).toMatchObject({ status: "working", qty: "10" });
  else expect(known).toBeNull();
  // Sent again under its id, it is there once.
  await acknowledged(room, order);
  expect((await room.broker.snapshot()).openOrders).toHaveLength(1);
}

export async function listen({ broker }: Room): Promise<VenueEvent[]> {
  const heard: VenueEvent[] = [];
  await broker.stream((event) => void heard.push(event));
  return heard;
}

const PATIENCE_MS = 3000;

export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > deadline) expect.fail("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function after(heard: readonly VenueEvent[], first: string, then: string): boolean {
  const at = heard.findIndex(({ kind }) => kind === first);
  return at >= 0 && heard.slice(at).some(({ kind }) => kind === then);
}

export async function positions({ broker }: Room): Promise<{ readonly [symbol: string]: string }> {
  const { positions: held } = await broker.snapshot();
  return Object.fromEntries(held.map(({ symbol, qty }) => [symbol, qty]));
}

/** Every activity there is, each once, as one reader after the other would get them. */
export async function activities({ broker }: Room): Promise<readonly VenueActivity[]> {
  const found = new Map<string, VenueActivity>();
  let cursor: string | null = null;
  for (;;) {
    const page = await broker.activitiesSince(cursor);
    for (const one of page.activities) found.set(one.activityId, one);
    if (page.cursor === cursor) return [...found.values()];
    cursor = page.cursor;
  }
}

export async function fills(room: Room) {
  return (await activities(room)).filter((one) => one.kind === "fill");
}

export function isCash(cause: string) {
  return (one: VenueActivity): one is Extract<VenueActivity, { kind: "cash" }> =>
    one.kind === "cash" && one.cause === cause;
}

/** The price after slippage, as the shortest text of the double. */
export function priced({ slippage }: Room, price: number, side: 1 | -1): string {
  return String(
    slippage === 0 ? price : price + (side * Math.abs(price) * slippage * 10_000) / 10_000,
  );
}

export function centsOf(amount: string): number {
  const value = parseDecimal(amount);
  if (value === null) throw new Error(`${amount} is no amount`);
  expect(value.scale, `${amount} has more than cents`).toBeLessThanOrEqual(2);
  return Number(toScaledInteger(value, 2));
}

export function movedCents(one: VenueActivity): number {
  if (one.kind === "split") return 0;
  if (one.kind === "cash") return centsOf(one.amount);
  const side = one.side === "buy" ? -1 : 1;
  return side * Math.round(Number(one.qty) * Number(one.price) * 100);
}
