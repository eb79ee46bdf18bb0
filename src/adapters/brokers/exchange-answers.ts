/**
 * What an exchange in this process answers to each question of the broker's door, at once and without
 * anything going wrong: the simulated and the dry-run broker put their own ways around it.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { BrokerOrder, VenueOrder, VenueSnapshot } from "../../domain/venue-report.ts";
import type {
  ActivityPage,
  CancelOutcome,
  PlaceOutcome,
  VenueSession,
} from "../../ports/broker.ts";
import { shownPositions } from "../../venue/exchange/account.ts";
import { activitiesAfter } from "../../venue/exchange/activities.ts";
import { timestampOf } from "../../venue/exchange/ids.ts";
import {
  cancelOrder,
  orderByClientId,
  submitOrder,
  workingOrders,
} from "../../venue/exchange/orders.ts";
import type { VenueRefusal } from "../../venue/exchange/requests.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import type { ExchangeSession } from "../../venue/exchange/terms.ts";
import {
  activityWords,
  minorText,
  orderWords,
  positionWords,
  requestOf,
} from "./exchange-words.ts";

/** "client_order_id must be unique": the order is there already. */
const NOT_UNIQUE = 40_010_001;

export function placeAt(x: Exchange, order: BrokerOrder): PlaceOutcome {
  const result = submitOrder(x, requestOf(order));
  if (result.ok) return { kind: "acknowledged", order: orderWords(result.value) };
  const existing =
    result.error.code === NOT_UNIQUE ? orderByClientId(x, order.clientOrderId) : null;
  if (existing !== null) return { kind: "acknowledged", order: orderWords(existing) };
  const { code, message } = result.error;
  return { kind: "rejected", code: String(code), message, raw: refusalBody(result.error) };
}

export function refusalBody({ code, message, extra }: VenueRefusal): Json {
  return { code, message, ...extra };
}

export function cancelAt(x: Exchange, venueOrderId: string): CancelOutcome {
  const result = cancelOrder(x, venueOrderId);
  if (result.ok) return { kind: "requested" };
  return { kind: "not_cancelable", message: result.error.message };
}

export function lookUpAt(x: Exchange, clientOrderId: string): VenueOrder | null {
  const order = orderByClientId(x, clientOrderId);
  return order === null ? null : orderWords(order);
}

export function snapshotAt(x: Exchange, toldMs: number): VenueSnapshot {
  const { accountId, currency, currencyDigits } = x.options;
  return {
    at: timestampOf(toldMs),
    accountId,
    cash: [{ currency, amount: minorText(x.state.cashMinor, currencyDigits) }],
    positions: shownPositions(x).map(positionWords),
    openOrders: workingOrders(x).map(orderWords),
  };
}

const PAGE_SIZE = 100;

/** A cursor is the id of the last activity read. */
export function activitiesAt(x: Exchange, cursor: string | null): ActivityPage {
  const found = activitiesAfter(x, cursor, PAGE_SIZE);
  if (found === undefined) throw new RangeError(`no activity ${cursor} at this exchange`);
  const { currencyDigits } = x.options;
  return {
    activities: found.map((activity) => activityWords(activity, currencyDigits)),
    cursor: found.at(-1)?.id ?? cursor,
  };
}

export function sessionsIn(
  sessions: readonly ExchangeSession[],
  fromDate: string,
  toDate: string,
): readonly VenueSession[] {
  return sessions.filter(({ date }) => date >= fromDate && date <= toDate);
}
