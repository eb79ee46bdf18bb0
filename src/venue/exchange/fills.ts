/**
 * One execution, booked: cash rounded once, fee, position, the order's progress, and what follows
 * from it at the exchange: legs of a bracket wake, their sibling goes, orders that had something to
 * close and no longer have it go too. Nothing else moves cash for a trade.
 */
import { add, decimalOf, multiply } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { feeMinor } from "../fees.ts";
import { bookCash, recordFill } from "./activities.ts";
import { endOrder, isEnded, tell } from "./order-life.ts";
import { heldNano, movePosition } from "./positions.ts";
import { NANO_DIGITS, unitsOf } from "./quantity.ts";
import type { Exchange, ExchangeOrder, FillActivity } from "./state.ts";

export function bookFill(
  x: Exchange,
  order: ExchangeOrder,
  fill: { readonly nano: bigint; readonly price: number },
): FillActivity {
  const { state } = x;
  const i = x.market.indexOf.get(order.symbol) as number;
  const signed = order.side === "buy" ? fill.nano : -fill.nano;
  const notional = notionalMinor(unitsOf(signed), fill.price, x.market.scales[i]);
  state.cashMinor -= notional;
  // Before its first bar a trade is the only price there is.
  if (Number.isNaN(state.marks[i])) state.marks[i] = fill.price;
  movePosition(x, order.symbol, signed, fill.price);
  order.filledNano += fill.nano;
  const value = multiply({ coefficient: fill.nano, scale: NANO_DIGITS }, decimalOf(fill.price));
  order.filledValue = add(order.filledValue, value);
  order.notionalMinor += Math.abs(notional);
  order.updatedMs = state.nowMs;
  const execution = recordFill(x, order, fill);
  const isDone = order.filledNano === order.qtyNano;
  order.status = isDone ? "filled" : "partially_filled";
  if (isDone) order.filledMs = state.nowMs;
  x.events.push({
    kind: "fill",
    event: execution.fillType,
    atMs: state.nowMs,
    order: { ...order },
    execution: { ...execution },
    positionNano: heldNano(x, order.symbol),
  });
  takeFee(x, order, i, execution);
  followFill(x, order, isDone);
  return execution;
}

/** The least fee is one order's: what its earlier fills paid is not paid again. */
function takeFee(x: Exchange, order: ExchangeOrder, i: number, execution: FillActivity): void {
  const { fees } = x.options.costs;
  const filled = unitsOf(order.filledNano);
  const total = feeMinor(fees[i], filled, order.notionalMinor, x.market.unitScales[i]);
  const amountMinor = order.feeMinor - total;
  order.feeMinor = total;
  if (amountMinor === 0) return;
  const description = `commission, execution ${execution.executionId}`;
  bookCash(x, "FEE", { symbol: order.symbol, amountMinor, description });
}

function followFill(x: Exchange, order: ExchangeOrder, isDone: boolean): void {
  if (isDone) wakeLegs(x, order);
  const isFlat = heldNano(x, order.symbol) === 0n;
  for (const other of x.working) {
    if (other.symbol !== order.symbol || other === order || isEnded(other)) continue;
    const isSibling = order.parentId !== null && other.parentId === order.parentId;
    if (isSibling && isDone) endOrder(x, other, "canceled", "sibling_filled");
    else if (isFlat && other.intent === "close" && other.status !== "held") {
      endOrder(x, other, "canceled", "nothing_to_close");
    }
  }
}

function wakeLegs(x: Exchange, entry: ExchangeOrder): void {
  for (const id of entry.legIds) {
    const leg = x.orderById.get(id);
    if (leg?.status !== "held") continue;
    leg.status = "new";
    leg.activeMs = x.state.nowMs;
    leg.updatedMs = x.state.nowMs;
    tell(x, leg, "new");
  }
}
