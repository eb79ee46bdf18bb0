/**
 * Bugs on purpose, as variants of the doors that a day is handed: what a careless adapter, store or id would
 * do. None of them touches the product, and each breaks a rule that a checker keeps.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { canonicalJson } from "../../src/base/canonical-json.ts";
import type { Approved } from "../../src/domain/order.ts";
import type { BrokerOrder, VenueEvent, VenueOrder } from "../../src/domain/venue-report.ts";
import type { JournalStore } from "../../src/ports/journal-store.ts";
import { entryHash } from "../../src/records/journal/chain.ts";
import { ownBooks } from "./checkers/books.ts";
import type { Disk } from "./disk.ts";
import { entriesOn, ofKind } from "./evidence.ts";
import type { Plant } from "./ground.ts";

/** An unknown outcome is answered by sending again. */
export const blindRetry: Plant = {
  broker: (broker) => ({
    ...broker,
    async place(order) {
      const outcome = await broker.place(order);
      return outcome.kind === "unknown" ? broker.place(order) : outcome;
    },
  }),
};

/** Reconciliation is handed what our own books say, and the venue's record of nothing but our orders. */
export const selfComparison: Plant = {
  broker: (broker, { disk }) => ({
    ...broker,
    async snapshot() {
      const real = await broker.snapshot();
      const { lots, cashMinor } = ownBooks(entriesOn(disk));
      return {
        ...real,
        cash: [{ currency: "USD", amount: (cashMinor / 100).toFixed(2) }],
        positions: [...lots].map(([symbol, held]) => ({
          symbol,
          qty: String(held),
          averagePrice: "1",
          raw: null,
        })),
        openOrders: real.openOrders.filter(({ venueOrderId }) => isOurs(disk, venueOrderId)),
      };
    },
    async activitiesSince(cursor) {
      const page = await broker.activitiesSince(cursor);
      return { ...page, activities: page.activities.filter((one) => isBookable(disk, one)) };
    },
  }),
};

function isBookable(disk: Disk, activity: object): boolean {
  return !("venueOrderId" in activity) || isOurs(disk, activity.venueOrderId as string);
}

function isOurs(disk: Disk, venueOrderId: string): boolean {
  const entries = entriesOn(disk);
  const acknowledged = ofKind(entries, "order_acknowledged");
  return acknowledged.some(({ venue_order_id: id }) => id === venueOrderId);
}

/** A pause lives in memory: on the disk there is another entry in its place, in a chain that holds. */
export const pauseInMemory: Plant = {
  journal: (journal) => {
    let previous = journal.recorded.hash;
    return {
      ...journal,
      append: (rows, terminals) =>
        journal.append(
          rows.map(({ seq, body: told }) => {
            const body = unpaused(told);
            previous = entryHash(previous, body, sha256);
            return { seq, body, hash: previous };
          }),
          terminals,
        ),
    };
  },
};

function unpaused(body: string): string {
  if (!body.includes('"kind":"paused"')) return body;
  const { at, seq } = JSON.parse(body) as { readonly at: string; readonly seq: number };
  const payload = { code: "note", message: "", severity: "info", subject: "" };
  return canonicalJson({ at, kind: "incident", payload, seq });
}

/** What is acknowledged counts as held; the venue's own word on fills is not waited for. */
export const bookedOnSubmit: Plant = {
  broker: (broker) => {
    const listeners: ((event: VenueEvent) => void)[] = [];
    return {
      ...broker,
      async stream(listener) {
        listeners.push(listener);
        return broker.stream((event) => {
          if (event.kind !== "fill") listener(event);
        });
      },
      async place(order) {
        const outcome = await broker.place(order);
        if (outcome.kind === "acknowledged") {
          const event = assumedFill(order, outcome.order);
          for (const listener of listeners) listener(event);
        }
        return outcome;
      },
      async activitiesSince(cursor) {
        const page = await broker.activitiesSince(cursor);
        return { ...page, activities: page.activities.filter(({ kind }) => kind !== "fill") };
      },
    };
  },
};

function assumedFill(order: Approved<BrokerOrder>, placed: VenueOrder): VenueEvent {
  const { qty, symbol, side, clientOrderId } = order;
  const { venueOrderId, submittedAt: at } = placed;
  return {
    kind: "fill",
    order: { ...placed, filledQty: qty, status: "filled" },
    fill: {
      executionId: `assumed-${venueOrderId}`,
      venueOrderId,
      clientOrderId,
      symbol,
      side,
      qty,
      price: "100",
      cumulativeQty: qty,
      at,
      raw: null,
    },
  };
}

/** The id by which the venue knows an order changes with the process that sends it. */
export const runInTheId: Plant = {
  broker: (broker, { life }) => {
    const suffix = `-run-${life}`;
    const back = (order: VenueOrder): VenueOrder => ({
      ...order,
      clientOrderId: order.clientOrderId?.split("-run-")[0] ?? null,
    });
    return {
      ...broker,
      async place(order) {
        const clientOrderId = order.clientOrderId + suffix;
        const outcome = await broker.place({ ...order, clientOrderId });
        return outcome.kind === "acknowledged"
          ? { ...outcome, order: back(outcome.order) }
          : outcome;
      },
      async orderByClientId(id) {
        const order = await broker.orderByClientId(id + suffix);
        return order === null ? null : back(order);
      },
      stream: (listener) => broker.stream((event) => listener(translated(event, back))),
    };
  },
};

function translated(event: VenueEvent, back: (order: VenueOrder) => VenueOrder): VenueEvent {
  if (event.kind === "order") return { ...event, order: back(event.order) };
  if (event.kind !== "fill") return event;
  const order = back(event.order);
  return { ...event, order, fill: { ...event.fill, clientOrderId: order.clientOrderId } };
}

/** Says that a batch is durable when it is only about to be: each one is written with the next. */
export const lateDisk: Plant = { journal: lateStore };

function lateStore(journal: JournalStore): JournalStore {
  let waiting: Parameters<JournalStore["append"]> | null = null;
  const catchUp = async () => {
    if (waiting !== null) await journal.append(...waiting);
    waiting = null;
  };
  return {
    ...journal,
    async append(rows, terminals) {
      await catchUp();
      waiting = [rows, terminals];
      const { seq, hash } = rows[rows.length - 1];
      return { seq, hash };
    },
    async close() {
      await catchUp();
      await journal.close();
    },
  };
}

/** By the names that the runner knows them by. */
export const PLANTS: { readonly [name: string]: Plant } = {
  blindRetry,
  selfComparison,
  pauseInMemory,
  bookedOnSubmit,
  runInTheId,
  lateDisk,
};
