/**
 * Orders and positions of the Trading API: taking, listing, looking up, replacing, cancelling, and
 * closing what is held. What the exchange refuses is sent as it says it. Cancelled means accepted for
 * cancelling: 204 says no more than that.
 */
import { multiply, parseDecimal, toScaledInteger } from "../../base/decimal.ts";
import type { Result } from "../../base/result.ts";
import { positionsOf, type PositionView } from "../../venue/exchange/account.ts";
import { uuidOf } from "../../venue/exchange/ids.ts";
import { workingOrders } from "../../venue/exchange/orders.ts";
import { availableNano } from "../../venue/exchange/positions.ts";
import type { OrderRequest, VenueRefusal } from "../../venue/exchange/requests.ts";
import type { ExchangeOrder } from "../../venue/exchange/state.ts";
import { cancel, place, replace } from "./acts.ts";
import type { Route, VenueRequest } from "./app.ts";
import { orderList } from "./order-list.ts";
import { readOrder, readReplace } from "./order-request.ts";
import { invalid, malformed, notFound, Refused } from "./refusal.ts";
import { answered, type Answer, flagOf, onlyKeys, textOf } from "./request.ts";
import { assetIdOf, type Body, nestedOrderBody, orderBody, quantityText } from "./shapes.ts";
import { positionBody } from "./account-shapes.ts";
import type { Venue } from "./venue.ts";

export function orderRoutes(venue: Venue): readonly Route[] {
  const { exchange } = venue;
  return [
    {
      method: "POST",
      url: "/v2/orders",
      call: "place",
      handle: ({ query, body }) => {
        onlyKeys(query, []);
        return answered(
          placed(
            venue,
            readOrder(body, () => freshClientId(venue)),
          ),
        );
      },
    },
    {
      method: "GET",
      url: "/v2/orders",
      call: "orders",
      handle: ({ query }) => answered(orderList(exchange, query)),
    },
    {
      // Twice the colon: once it would name a parameter.
      method: "GET",
      url: "/v2/orders::by_client_order_id",
      call: "order",
      handle: ({ query }) => {
        onlyKeys(query, ["client_order_id"]);
        const id = textOf(query, "client_order_id");
        if (id === null) throw malformed("client_order_id is required");
        const order = exchange.orderByClientId.get(id);
        if (order === undefined) throw notFound(`order not found for ${id}`);
        return answered(orderBody(order));
      },
    },
    {
      method: "GET",
      url: "/v2/orders/:id",
      call: "order",
      handle: ({ query, params }) => {
        onlyKeys(query, ["nested"]);
        const order = orderNamed(venue, params["id"]);
        const nested = flagOf(query, "nested") ?? false;
        return answered(nested ? nestedOrderBody(exchange, order) : orderBody(order));
      },
    },
  ];
}

export function orderChangeRoutes(venue: Venue): readonly Route[] {
  const { exchange } = venue;
  return [
    {
      method: "PATCH",
      url: "/v2/orders/:id",
      call: "replace",
      handle: ({ query, params, body }) => {
        onlyKeys(query, []);
        const old = orderNamed(venue, params["id"]);
        const next = valueOr(replace(venue, old.id, readReplace(body)));
        return answered(nestedOrderBody(exchange, next));
      },
    },
    {
      method: "DELETE",
      url: "/v2/orders/:id",
      call: "cancel",
      handle: ({ query, params }) => {
        onlyKeys(query, []);
        valueOr(cancel(venue, orderNamed(venue, params["id"]).id));
        return { status: 204, body: null };
      },
    },
    {
      method: "DELETE",
      url: "/v2/orders",
      call: "cancel",
      handle: ({ query }) => {
        onlyKeys(query, []);
        return answered(cancelAll(venue), 207);
      },
    },
  ];
}

export function positionRoutes(venue: Venue): readonly Route[] {
  return [
    {
      method: "GET",
      url: "/v2/positions",
      call: "positions",
      handle: ({ query }) => {
        onlyKeys(query, []);
        return answered(
          positionsOf(venue.exchange).map((one) => positionBody(venue.exchange, one)),
        );
      },
    },
    {
      method: "GET",
      url: "/v2/positions/:symbol",
      call: "positions",
      handle: ({ query, params }) => {
        onlyKeys(query, []);
        return answered(positionBody(venue.exchange, positionNamed(venue, params["symbol"])));
      },
    },
    {
      method: "DELETE",
      url: "/v2/positions/:symbol",
      call: "place",
      handle: (request) => answered(closeOne(venue, request)),
    },
    {
      method: "DELETE",
      url: "/v2/positions",
      call: "place",
      handle: ({ query }) => {
        onlyKeys(query, ["cancel_orders"]);
        if (flagOf(query, "cancel_orders") === true) cancelAll(venue);
        return closeAll(venue);
      },
    },
  ];
}

function placed(venue: Venue, request: OrderRequest): Body {
  return nestedOrderBody(venue.exchange, valueOr(place(venue, request)));
}

function freshClientId({ exchange: { options, state } }: Venue): string {
  return uuidOf(options.seed, "client", state.counts.orders + 1);
}

function orderNamed({ exchange }: Venue, id: string): ExchangeOrder {
  const order = exchange.orderById.get(id);
  if (order === undefined) throw notFound(`order not found for ${id}`);
  return order;
}

function cancelAll(venue: Venue): readonly Body[] {
  const results: Body[] = [];
  // A copy: what is cancelled leaves the list on the way.
  for (const { id } of [...workingOrders(venue.exchange)]) {
    const cancelled = cancel(venue, id);
    // A bracket's leg may have gone with its sibling.
    results.push({ id, status: cancelled.ok ? 200 : cancelled.error.http });
  }
  return results;
}

/** By symbol or by the asset's id. */
function positionNamed({ exchange }: Venue, name: string): PositionView {
  const position = positionsOf(exchange).find(
    ({ symbol }) => symbol === name || assetIdOf(symbol) === name,
  );
  if (position === undefined) throw notFound("position does not exist");
  return position;
}

function closeOne(venue: Venue, { query, params }: VenueRequest): Body {
  onlyKeys(query, ["qty", "percentage"]);
  const position = positionNamed(venue, params["symbol"]);
  const held = position.qtyNano < 0n ? -position.qtyNano : position.qtyNano;
  return placed(venue, closing(venue, position, partOf(held, query)));
}

/** Unsigned billionths; all of it unless a part is asked for. */
function partOf(held: bigint, query: VenueRequest["query"]): bigint {
  const [qty, percentage] = [textOf(query, "qty"), textOf(query, "percentage")];
  if (qty !== null && percentage !== null) {
    throw invalid("only one of qty or percentage is accepted");
  }
  const text = qty ?? percentage;
  if (text === null) return held;
  const value = parseDecimal(text);
  if (value === null || value.coefficient <= 0n || value.scale > 9) {
    throw invalid(`${qty === null ? "percentage" : "qty"} ${text} is not a positive number`);
  }
  if (qty !== null) return toScaledInteger(value, 9);
  const share = multiply({ coefficient: held, scale: 9 }, value);
  return toScaledInteger({ coefficient: share.coefficient, scale: share.scale + 2 }, 9);
}

function closing(venue: Venue, { symbol, qtyNano }: PositionView, nano: bigint): OrderRequest {
  return {
    clientOrderId: freshClientId(venue),
    symbol,
    side: qtyNano > 0n ? "sell" : "buy",
    qty: quantityText(nano),
    type: "market",
    timeInForce: "day",
    limitPrice: null,
    stopPrice: null,
    legs: null,
  };
}

function closeAll(venue: Venue): Answer {
  const results = positionsOf(venue.exchange).map((position) => {
    const { symbol } = position;
    const available = availableNano(venue.exchange, symbol);
    const order = place(venue, closing(venue, position, available));
    if (!order.ok) return { symbol, status: order.error.http, body: refusalBody(order.error) };
    return { symbol, status: 200, body: orderBody(order.value) };
  });
  return answered(results, 207);
}

function refusalBody({ code, message, extra }: VenueRefusal): Body {
  return { code, message, ...extra };
}

function valueOr<T>(result: Result<T, VenueRefusal>): T {
  if (result.ok) return result.value;
  const { http, code, message, extra } = result.error;
  throw new Refused(http, code, message, extra);
}
