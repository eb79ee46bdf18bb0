/**
 * The account's record of what was booked, in the order of booking: fills, money that moved without
 * a trade, shares that changed without one. It is what a client may trust when its stream failed.
 */
import { formatDate } from "../../base/instant.ts";
import { activityId, uuidOf } from "./ids.ts";
import type {
  CashActivity,
  CashActivityType,
  Exchange,
  ExchangeActivity,
  ExchangeOrder,
  FillActivity,
} from "./state.ts";

export function recordFill(
  x: Exchange,
  order: ExchangeOrder,
  fill: { readonly nano: bigint; readonly price: number },
): FillActivity {
  const executionId = uuidOf(x.options.seed, "execution", ++x.state.counts.executions);
  const leavesNano = order.qtyNano - order.filledNano;
  const activity: FillActivity = {
    type: "FILL",
    id: activityId(x.state.nowMs, executionId),
    atMs: x.state.nowMs,
    date: formatDate(x.state.nowMs),
    executionId,
    orderId: order.id,
    symbol: order.symbol,
    side: order.side,
    qtyNano: fill.nano,
    price: fill.price,
    cumulativeNano: order.filledNano,
    leavesNano,
    fillType: leavesNano === 0n ? "fill" : "partial_fill",
  };
  return append(x, activity);
}

/** Money that moves without a trade: cash moves here and nowhere else for it. */
export function bookCash(
  x: Exchange,
  type: CashActivityType,
  what: {
    readonly symbol: string | null;
    readonly amountMinor: number;
    readonly description: string;
    readonly qtyNano?: bigint;
    readonly perUnit?: number;
  },
): CashActivity {
  x.state.cashMinor += what.amountMinor;
  return append(x, {
    type,
    ...named(x),
    symbol: what.symbol,
    amountMinor: what.amountMinor,
    qtyNano: what.qtyNano ?? null,
    perUnit: what.perUnit ?? null,
    description: what.description,
  });
}

export function recordSplit(
  x: Exchange,
  split: {
    readonly symbol: string;
    readonly qtyBeforeNano: bigint;
    readonly qtyAfterNano: bigint;
    readonly ratio: number;
  },
): void {
  const description = `split, ${split.ratio} for 1`;
  append(x, { type: "SPLIT", ...named(x), ...split, description });
}

function named(x: Exchange): { readonly id: string; readonly atMs: number; readonly date: string } {
  const uuid = uuidOf(x.options.seed, "activity", ++x.state.counts.activities);
  const atMs = x.state.nowMs;
  return { id: activityId(atMs, uuid), atMs, date: formatDate(atMs) };
}

export function append<T extends ExchangeActivity>(x: Exchange, activity: T): T {
  x.activityIndex.set(activity.id, x.state.activities.length);
  x.state.activities.push(activity);
  return activity;
}

/** Up to `limit` activities booked after the one named; null: from the beginning. An unknown id: undefined. */
export function activitiesAfter(
  { state, activityIndex }: Exchange,
  id: string | null,
  limit: number,
): readonly ExchangeActivity[] | undefined {
  const index = id === null ? -1 : activityIndex.get(id);
  return index === undefined ? undefined : state.activities.slice(index + 1, index + 1 + limit);
}
