/**
 * What an order is beside everything else of the account: whether it takes from what is held or opens
 * something, and what forbids it: too little held, too little money, one of ours on the other side.
 */
import { type Result, err, ok } from "../../base/result.ts";
import { accountOf, costMinor } from "./account.ts";
import { claimsOn, heldNano } from "./positions.ts";
import { absolute, formatNano, isWhole, smaller } from "./quantity.ts";
import { forbidden, unprocessable, type VenueRefusal } from "./requests.ts";
import type { Exchange, ExchangeOrder } from "./state.ts";

type Candidate = Pick<
  ExchangeOrder,
  "symbol" | "side" | "type" | "qtyNano" | "limitPrice" | "stopPrice"
>;

export function placeInBook(
  x: Exchange,
  order: Candidate,
): Result<ExchangeOrder["intent"], VenueRefusal> {
  const intent = intentOf(x, order);
  if (!intent.ok) return intent;
  const refused =
    refuseWashTrade(x, order) ??
    (intent.value === "open" ? refuseShort(x, order) : null) ??
    refuseMoney(x, order, intent.value);
  return refused === null ? intent : err(refused);
}

function intentOf(x: Exchange, order: Candidate): Result<ExchangeOrder["intent"], VenueRefusal> {
  const held = heldNano(x, order.symbol);
  const isOpposite = order.side === "buy" ? held < 0n : held > 0n;
  if (!isOpposite) return ok("open");
  const reserved = x.options.rules.holdings === "reserved";
  const isStop = (one: Candidate) => one.type === "stop" || one.type === "stop_limit";
  const claims = claimsOn(x, order.symbol, (o) => reserved || isStop(o) === isStop(order));
  const existing = absolute(held);
  const available = existing - smaller(existing, claims.nano);
  if (order.qtyNano <= available) return ok("close");
  if (!reserved && available === 0n) return ok("open");
  return err(insufficientQty(order, existing, { available, ...claims }));
}

function insufficientQty(
  { symbol, qtyNano }: Candidate,
  existing: bigint,
  held: {
    readonly available: bigint;
    readonly nano: bigint;
    readonly orderIds: readonly string[];
  },
): VenueRefusal {
  const available = formatNano(held.available);
  return forbidden(
    `insufficient qty available for order (requested: ${formatNano(qtyNano)}, available: ${available})`,
    {
      available,
      existing_qty: formatNano(existing),
      held_for_orders: formatNano(smaller(held.nano, existing)),
      related_orders: held.orderIds,
      symbol,
    },
  );
}

function refuseShort(x: Exchange, { symbol, side, qtyNano }: Candidate): VenueRefusal | null {
  const held = heldNano(x, symbol);
  const { shorting, holdings } = x.options.rules;
  if (side === "sell") {
    if (!shorting) return forbidden("account is not allowed to short");
    if (!isWhole(qtyNano) && x.options.rules.fractional === "day_market") {
      return unprocessable("fractional orders cannot be sold short");
    }
  }
  if (holdings !== "reserved" || held !== 0n) return null;
  const opposite = x.working.some(
    (o) => o.symbol === symbol && o.intent === "open" && o.side !== side,
  );
  if (!opposite) return null;
  return side === "buy"
    ? forbidden("cannot open a long buy while a short sell order is open")
    : forbidden("cannot open a short sell while a long buy order is open");
}

/** Two of ours that could trade with each other. */
function refuseWashTrade(x: Exchange, order: Candidate): VenueRefusal | null {
  if (x.options.rules.washTrades === "allowed") return null;
  const meets = x.working.some(
    (other) =>
      other.symbol === order.symbol &&
      other.side !== order.side &&
      other.status !== "held" &&
      couldMeet(order, other),
  );
  return meets ? forbidden("potential wash trade detected. use complex orders") : null;
}

function couldMeet(a: Candidate, b: Candidate): boolean {
  if (a.limitPrice === null || b.limitPrice === null) return true;
  const [buy, sell] = a.side === "buy" ? [a, b] : [b, a];
  return (buy.limitPrice as number) >= (sell.limitPrice as number);
}

function refuseMoney(
  x: Exchange,
  order: Candidate,
  intent: ExchangeOrder["intent"],
): VenueRefusal | null {
  const { minimumNotionalMinor, buyingPowerMultiplier } = x.options.rules;
  if (intent === "close" || (minimumNotionalMinor === null && buyingPowerMultiplier === null)) {
    return null;
  }
  const cost = costMinor(x, { ...order, filledNano: 0n });
  if (cost === null) return forbidden(`no price of ${order.symbol} is known yet`);
  if (minimumNotionalMinor !== null && cost < minimumNotionalMinor) {
    const least = minimumNotionalMinor / 10 ** x.options.currencyDigits;
    return forbidden(`cost basis must be >= minimal amount of order ${least}`);
  }
  const { buyingPowerMinor } = accountOf(x);
  if (buyingPowerMinor === null || cost <= buyingPowerMinor) return null;
  const amount = (minor: number) => (minor / 10 ** x.options.currencyDigits).toFixed(2);
  return forbidden("insufficient buying power", {
    buying_power: amount(buyingPowerMinor),
    cost_basis: amount(cost),
  });
}
