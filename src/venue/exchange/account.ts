/**
 * The account as it stands: cash, what is held at the last price, what may still be bought. All in
 * minor units of the account's currency. Positions are what the exchange shows, which a planted
 * delay may keep behind; everything else is of now.
 */
import { formatDecimal } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { formatNano, unitsOf } from "./quantity.ts";
import type { Exchange, ExchangeOrder, Position } from "./state.ts";

export type AccountView = {
  readonly cashMinor: number;
  readonly longMinor: number;
  /** Zero or negative. */
  readonly shortMinor: number;
  readonly equityMinor: number;
  /** Null: without limit. */
  readonly buyingPowerMinor: number | null;
};

export type PositionView = {
  readonly symbol: string;
  /** Signed decimal text. */
  readonly qty: string;
  readonly qtyNano: bigint;
  readonly averagePrice: string;
  /** Last known price; NaN before the first bar. */
  readonly price: number;
  readonly valueMinor: number;
  /** At the average price. */
  readonly costMinor: number;
};

export function accountOf(x: Exchange): AccountView {
  let longMinor = 0;
  let shortMinor = 0;
  for (const { symbol, qtyNano } of x.state.positions) {
    if (qtyNano === 0n) continue;
    const value = valueMinor(x, symbol, qtyNano);
    if (value > 0) longMinor += value;
    else shortMinor += value;
  }
  const { cashMinor } = x.state;
  const equityMinor = cashMinor + longMinor + shortMinor;
  const multiplier = x.options.rules.buyingPowerMultiplier;
  return {
    cashMinor,
    longMinor,
    shortMinor,
    equityMinor,
    buyingPowerMinor:
      multiplier === null
        ? null
        : Math.floor(equityMinor * multiplier) - longMinor + shortMinor - workingMinor(x),
  };
}

/** What the orders that open something would take; where a price is unknown, orders were refused. */
function workingMinor(x: Exchange): number {
  let total = 0;
  for (const order of x.working) {
    if (order.intent === "open") total += costMinor(x, order) ?? 0;
  }
  return total;
}

/** Shares sold short at market count a little more than they would bring. */
const SHORT_MARGIN = 1.03;

/** What is left of an order at its own price, else at the last one; unsigned. Null: there was none yet. */
export function costMinor(
  x: Exchange,
  order: Pick<
    ExchangeOrder,
    "symbol" | "side" | "qtyNano" | "filledNano" | "limitPrice" | "stopPrice"
  >,
): number | null {
  const i = x.market.indexOf.get(order.symbol) as number;
  const last = x.state.marks[i] * (order.side === "sell" ? SHORT_MARGIN : 1);
  const own = order.limitPrice ?? order.stopPrice;
  const price = own === null ? last : order.side === "sell" ? Math.max(own, last) : own;
  if (Number.isNaN(price)) return null;
  const units = unitsOf(order.qtyNano - order.filledNano);
  return Math.abs(notionalMinor(units, price, x.market.scales[i]));
}

export type ShownPosition = Pick<Position, "symbol" | "qtyNano" | "averagePrice">;

/** Those that are not flat, by symbol, as the exchange shows them now. */
export function shownPositions({ state }: Exchange): readonly ShownPosition[] {
  const { positionLag, nowMs } = state;
  const isLagging = positionLag !== null && nowMs < positionLag.untilMs;
  const sinceMs = isLagging ? positionLag.sinceMs : Number.POSITIVE_INFINITY;
  const shown: ShownPosition[] = [];
  for (const position of state.positions) {
    const { qtyNano, averagePrice } = position.changedMs >= sinceMs ? position.before : position;
    if (qtyNano !== 0n) shown.push({ symbol: position.symbol, qtyNano, averagePrice });
  }
  return shown.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** The same with what they are worth. */
export function positionsOf(x: Exchange): readonly PositionView[] {
  return shownPositions(x).map((position) => viewOf(x, position));
}

function viewOf(x: Exchange, { symbol, qtyNano, averagePrice }: ShownPosition): PositionView {
  const i = x.market.indexOf.get(symbol) as number;
  const paid = Number(formatDecimal(averagePrice));
  return {
    symbol,
    qty: formatNano(qtyNano),
    qtyNano,
    averagePrice: formatDecimal(averagePrice),
    price: x.state.marks[i],
    valueMinor: valueMinor(x, symbol, qtyNano),
    costMinor: notionalMinor(unitsOf(qtyNano), paid, x.market.scales[i]),
  };
}

function valueMinor(x: Exchange, symbol: string, qtyNano: bigint): number {
  const i = x.market.indexOf.get(symbol) as number;
  return notionalMinor(unitsOf(qtyNano), x.state.marks[i], x.market.scales[i]);
}
