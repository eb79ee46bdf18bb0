/**
 * What is held: signed quantities with the weighted average of what was paid. Adding moves the average,
 * taking away leaves it, the other side of zero begins anew. Averages are rounded half away from zero
 * to twelve decimals, each time they move.
 */
import { add, type Decimal, decimalOf, divideRounded, multiply } from "../../base/decimal.ts";
import { absolute, smaller } from "./quantity.ts";
import type { Exchange, ExchangeOrder, Position } from "./state.ts";

const AVERAGE_DIGITS = 12;
const NOTHING: Decimal = { coefficient: 0n, scale: 0 };

/** Signed. */
export function heldNano(x: Exchange, symbol: string): bigint {
  return x.positionBySymbol.get(symbol)?.qtyNano ?? 0n;
}

export function movePosition(x: Exchange, symbol: string, byNano: bigint, price: number): void {
  const position = positionToChange(x, symbol);
  position.averagePrice = averageAfter(position, byNano, price);
  position.qtyNano += byNano;
}

/** The position, with its old figures laid aside: it may be shown late. */
export function positionToChange(x: Exchange, symbol: string): Position {
  const { nowMs } = x.state;
  let position = x.positionBySymbol.get(symbol);
  if (position === undefined) {
    position = {
      symbol,
      qtyNano: 0n,
      averagePrice: NOTHING,
      before: { qtyNano: 0n, averagePrice: NOTHING },
      changedMs: nowMs,
    };
    x.positionBySymbol.set(symbol, position);
    x.state.positions.push(position);
  } else if (position.changedMs !== nowMs) {
    position.before = { qtyNano: position.qtyNano, averagePrice: position.averagePrice };
    position.changedMs = nowMs;
  }
  return position;
}

/** The average as if the account's fills and splits had come again, with the prices they have now. */
export function averageAnew(x: Exchange, symbol: string): void {
  let qtyNano = 0n;
  let averagePrice = NOTHING;
  for (const one of x.state.activities) {
    if (one.symbol !== symbol) continue;
    if (one.type === "SPLIT") {
      averagePrice = splitAverage({ qtyNano: one.qtyBeforeNano, averagePrice }, one.qtyAfterNano);
      qtyNano = one.qtyAfterNano;
    } else if (one.type === "FILL") {
      const signed = one.side === "buy" ? one.qtyNano : -one.qtyNano;
      averagePrice = averageAfter({ qtyNano, averagePrice }, signed, one.price);
      qtyNano += signed;
    }
  }
  positionToChange(x, symbol).averagePrice = averagePrice;
}

type Held = Pick<Position, "qtyNano" | "averagePrice">;

function averageAfter({ qtyNano, averagePrice }: Held, byNano: bigint, price: number): Decimal {
  const added = decimalOf(price);
  if (qtyNano === 0n) return added;
  const adds = qtyNano > 0n === byNano > 0n;
  if (!adds) return absolute(byNano) > absolute(qtyNano) ? added : averagePrice;
  const cost = add(valueOf(qtyNano, averagePrice), valueOf(byNano, added));
  return quotient(cost, qtyNano + byNano);
}

/** What was paid stays; what it is divided by changes. */
export function splitAverage({ qtyNano, averagePrice }: Held, afterNano: bigint): Decimal {
  return afterNano === 0n ? averagePrice : quotient(valueOf(qtyNano, averagePrice), afterNano);
}

function valueOf(nano: bigint, price: Decimal): Decimal {
  return multiply({ coefficient: nano, scale: 0 }, price);
}

function quotient(value: Decimal, nano: bigint): Decimal {
  const top = value.coefficient * 10n ** BigInt(AVERAGE_DIGITS);
  const coefficient = divideRounded(top, nano * 10n ** BigInt(value.scale));
  return { coefficient, scale: AVERAGE_DIGITS };
}

/** Working orders of the side that would take from what is held; legs of one bracket count once. */
export function claimsOn(
  x: Exchange,
  symbol: string,
  counts: (order: ExchangeOrder) => boolean,
): { readonly nano: bigint; readonly orderIds: readonly string[] } {
  let nano = 0n;
  const orderIds: string[] = [];
  const brackets = new Set<string>();
  for (const order of x.working) {
    if (order.symbol !== symbol || order.intent !== "close" || order.status === "held") continue;
    if (!counts(order)) continue;
    if (order.parentId !== null && brackets.has(order.parentId)) continue;
    if (order.parentId !== null) brackets.add(order.parentId);
    nano += order.qtyNano - order.filledNano;
    orderIds.push(order.id);
  }
  return { nano, orderIds };
}

/** Of what is held, how much no working order would take away; unsigned. */
export function availableNano(x: Exchange, symbol: string): bigint {
  const held = absolute(heldNano(x, symbol));
  return held - smaller(held, claimsOn(x, symbol, () => true).nano);
}
