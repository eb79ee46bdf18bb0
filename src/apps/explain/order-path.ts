/**
 * What became of an order, from the journal: how it was changed on its way, its fills with their
 * postings, its end. Enters: the entries of one instrument, in order; leaves: plain data.
 */
import { MICRO_LOTS, type OpenedOrder, type SleeveShare } from "../../domain/journal-entry.ts";
import type { Booked, Books } from "./books.ts";
import type { Entry, EntryOf } from "./record.ts";
import type { ExecutionPath, VenuePath } from "./venue-path.ts";

export type FillPath = {
  readonly seq: number;
  readonly at: string;
  /** Signed, of the whole order. */
  readonly lots: number;
  readonly price: number;
  readonly reference_price: number;
  readonly notional_minor: number;
  readonly fee_minor: number;
  readonly slippage_minor: number;
  readonly currency: string;
  /** Of the currency's minor unit; null where nobody knows. */
  readonly digits: number | null;
  /** Who got how much of it; empty where one strategy owns the instrument. */
  readonly sleeves: readonly SleeveShare[];
  /** The protective stop that was placed behind it. */
  readonly stop: {
    readonly seq: number;
    readonly lots: number;
    readonly price: number | null;
  } | null;
  /** Null where the record does not hold what the fold needs. */
  readonly postings: readonly Booked[] | null;
  /** As the venue of a trading account reported it; a run has none. */
  readonly execution?: ExecutionPath;
};

export type OrderPath = OpenedOrder & {
  readonly seq: number;
  readonly at: string;
  /** By splits and rolls while it worked. */
  readonly changed: readonly {
    readonly seq: number;
    readonly at: string;
    readonly by: "split" | "roll";
    readonly lots: number;
    readonly price: number | null;
  }[];
  readonly fills: readonly FillPath[];
  /** How it ended without a fill; null when it was filled, or still worked. */
  readonly end: {
    readonly seq: number;
    readonly at: string;
    readonly end: string;
    readonly observed: number | null;
  } | null;
  /** What passed between a trading account and its venue; a run has none. */
  readonly venue?: VenuePath;
};

export function orderPath(
  opened: EntryOf<"order">,
  entries: readonly Entry[],
  books: Books,
): OrderPath {
  const { kind: _, ...order } = opened.payload;
  const { order_id: id } = order;
  const after = entries.filter(({ seq }) => seq > opened.seq);
  return {
    seq: opened.seq,
    at: opened.at,
    ...order,
    changed: after.flatMap((entry) => changeOf(entry, id)),
    fills: after.flatMap((entry) =>
      entry.payload.kind === "fill" && entry.payload.order_id === id
        ? [fillPath(entry as EntryOf<"fill">, entries, books)]
        : [],
    ),
    end: endOf(after, id),
  };
}

function changeOf({ seq, at, payload }: Entry, id: string): OrderPath["changed"] {
  if (payload.kind !== "split" && payload.kind !== "roll") return [];
  const by = payload.kind;
  return payload.orders.flatMap(({ order_id, lots, price }) =>
    order_id === id ? [{ seq, at, by, lots, price }] : [],
  );
}

function endOf(after: readonly Entry[], id: string): OrderPath["end"] {
  for (const { seq, at, payload } of after) {
    if (payload.kind === "order_ended" && payload.order_id === id) {
      return { seq, at, end: payload.end, observed: payload.observed };
    }
  }
  return null;
}

export function fillPath(
  { seq, at, payload }: EntryOf<"fill">,
  entries: readonly Entry[],
  books: Books,
): FillPath {
  return {
    seq,
    at,
    lots: payload.lots,
    price: payload.price,
    reference_price: payload.reference_price,
    notional_minor: payload.notional_minor,
    fee_minor: payload.fee_minor,
    slippage_minor: payload.slippage_minor,
    currency: payload.currency,
    digits: books.digits,
    sleeves: payload.sleeves,
    stop: stopBehind(seq, at, entries),
    postings: books.of(seq),
  };
}

/** It comes right behind the fill, or behind the end of the stop that it replaces. */
function stopBehind(seq: number, at: string, entries: readonly Entry[]): FillPath["stop"] {
  for (const next of entries) {
    if (next.seq <= seq) continue;
    if (next.seq > seq + 2 || next.at !== at) return null;
    const { payload } = next;
    if (payload.kind === "order" && payload.purpose === "stop") {
      return { seq: next.seq, lots: payload.lots, price: payload.price };
    }
  }
  return null;
}

/** A sleeve's lots of a fill or cross; all of them where no sleeves share the instrument. */
export function lotsOfSleeve(
  lots: number,
  sleeves: readonly SleeveShare[],
  variant: string,
): number {
  if (sleeves.length === 0) return lots;
  let micro = 0;
  for (const share of sleeves) if (share.variant_id === variant) micro += share.micro_lots;
  return micro / MICRO_LOTS;
}
