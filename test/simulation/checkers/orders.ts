/** No order lost, none doubled, none sent before it was on the disk, none sent again blindly. */
import { type BrokerCall, type Evidence, ofKind } from "../evidence.ts";

/** One order at the venue for each client id, and none that the journal did not write first. */
export function noOrderDoubled({ venue, entries }: Evidence): readonly string[] {
  const asked = new Set(ofKind(entries, "order").map(({ order_id: id }) => id));
  const violations: string[] = [];
  const seen = new Set<string>();
  for (const { clientOrderId, venueOrderId } of venue.orders) {
    if (clientOrderId === null) continue;
    if (seen.has(clientOrderId)) violations.push(`order ${clientOrderId} is twice at the venue`);
    seen.add(clientOrderId);
    if (asked.has(clientOrderId)) continue;
    violations.push(
      `the venue holds ${venueOrderId} under ${clientOrderId}, an order that the journal does not know`,
    );
  }
  return [...violations, ...intentsTwice({ entries })];
}

/** The same intent under two ids: instrument, decision, purpose and leg, and a generation that did not rise. */
function intentsTwice({ entries }: Pick<Evidence, "entries">): readonly string[] {
  const byIntent = new Map<string, string>();
  const violations: string[] = [];
  for (const { at, ...order } of ofKind(entries, "order")) {
    const { instrument, purpose, leg, generation, order_id: id } = order;
    const intent = [instrument, at, purpose, leg, generation].join(" ");
    const before = byIntent.get(intent);
    if (before !== undefined) violations.push(`orders ${before} and ${id} are one: ${intent}`);
    byIntent.set(intent, id);
  }
  return violations;
}

/**
 * Every approved order is at the venue, or the journal says that it was refused, or that it ended
 * without having been there. What the venue has, the journal has seen there; both have filled as much.
 */
export function noOrderLost({ venue, entries }: Evidence): readonly string[] {
  const there = new Map(venue.orders.map((order) => [order.clientOrderId, order]));
  const refused = new Set(ofKind(entries, "order_refused").map(({ order_id: id }) => id));
  const ended = new Set(ofKind(entries, "order_ended").map(({ order_id: id }) => id));
  const known = new Set(
    [
      ...ofKind(entries, "order_acknowledged"),
      ...ofKind(entries, "venue_fill"),
      ...ofKind(entries, "venue_order_ended"),
    ].map(({ order_id: id }) => id),
  );
  return ofKind(entries, "order").flatMap(({ order_id: id }) => {
    const order = there.get(id);
    if (order === undefined) {
      return refused.has(id) || ended.has(id)
        ? []
        : [`order ${id} is lost: the venue does not have it, and the journal does not say why`];
    }
    return known.has(id)
      ? []
      : [`order ${id} is at the venue (${order.status}), the journal never saw it there`];
  });
}

/** Invariant 10: what was sent was on the disk before. */
export function persistedBeforeSent({ calls, entries }: Evidence): readonly string[] {
  const writtenAt = new Map(ofKind(entries, "order").map(({ order_id: id, seq }) => [id, seq]));
  return placings(calls).flatMap(({ clientOrderId, durable, life }) => {
    const seq = writtenAt.get(clientOrderId);
    if (seq !== undefined && seq <= durable) return [];
    const found = seq === undefined ? "never written" : `written as entry ${seq}`;
    return [`life ${life} sent order ${clientOrderId} at entry ${durable}; it was ${found}`];
  });
}

/**
 * After a first sending, whatever came of it, an order is sent again only when the venue was asked in
 * between and answered that it does not know it.
 */
export function noBlindRetry({ calls }: Evidence): readonly string[] {
  const last = new Map<string, BrokerCall>();
  const violations: string[] = [];
  for (const call of calls) {
    const before = last.get(call.clientOrderId);
    if (call.call === "place" && before !== undefined && before.answer !== "none") {
      violations.push(
        `life ${call.life} sent order ${call.clientOrderId} again; before it, ${before.call} had answered ${before.answer}`,
      );
    }
    // A lookup that got no answer tells nothing: what was last known still holds.
    if (call.call === "place" || call.answer === "none" || call.answer === "found") {
      last.set(call.clientOrderId, call);
    }
  }
  return violations;
}

function placings(calls: readonly BrokerCall[]): readonly BrokerCall[] {
  return calls.filter(({ call }) => call === "place");
}
