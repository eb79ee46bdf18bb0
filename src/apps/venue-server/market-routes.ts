/**
 * The account, its record, the market's hours, assets and bars: everything that is only read. What
 * the broker has and this venue has not (portfolio history, watchlists, options, crypto, minute bars)
 * is no route here, and answers 404.
 */
import type { Exchange } from "../../venue/exchange/state.ts";
import { accountBody, assetBody } from "./account-shapes.ts";
import { activityList } from "./activity-list.ts";
import type { Route } from "./app.ts";
import { barsOfOne, barsPage } from "./bars.ts";
import { calendarDays, clockBody } from "./calendar.ts";
import { actionsPage } from "./corporate-actions.ts";
import { malformed, notFound } from "./refusal.ts";
import { answered, listOf, onlyKeys, oneOf, type Query, textOf } from "./request.ts";
import { assetIdOf, type Body } from "./shapes.ts";
import { nowMs, toldMs, type Venue } from "./venue.ts";

export function accountRoutes({ exchange }: Venue): readonly Route[] {
  return [
    {
      method: "GET",
      url: "/v2/account",
      call: "account",
      handle: ({ query }) => {
        onlyKeys(query, []);
        return answered(accountBody(exchange));
      },
    },
    {
      method: "GET",
      url: "/v2/account/activities",
      call: "activities",
      handle: ({ query }) => answered(activityList(exchange, null, query)),
    },
    {
      method: "GET",
      url: "/v2/account/activities/:kind",
      call: "activities",
      handle: ({ query, params }) => answered(activityList(exchange, params["kind"], query)),
    },
  ];
}

export function marketRoutes(venue: Venue): readonly Route[] {
  const { exchange, market, calendar } = venue;
  return [
    {
      method: "GET",
      url: "/v2/clock",
      call: "clock",
      handle: ({ query }) => {
        onlyKeys(query, []);
        return answered(clockBody(calendar, toldMs(venue)));
      },
    },
    {
      method: "GET",
      url: "/v2/calendar",
      call: "sessions",
      handle: ({ query }) => answered(calendarDays(calendar, query)),
    },
    {
      method: "GET",
      url: "/v2/assets",
      call: "account",
      handle: ({ query }) => answered(assetList(exchange, query)),
    },
    {
      method: "GET",
      url: "/v2/assets/:symbol",
      call: "account",
      handle: ({ query, params }) => {
        onlyKeys(query, []);
        return answered(assetBody(exchange, symbolNamed(exchange, params["symbol"])));
      },
    },
    {
      method: "GET",
      url: "/v2/stocks/bars",
      call: "bars",
      handle: ({ query }) => answered(barsPage(market, query, nowMs(venue))),
    },
    {
      method: "GET",
      url: "/v2/stocks/:symbol/bars",
      call: "bars",
      handle: ({ query, params }) =>
        answered(barsOfOne(market, params["symbol"], query, nowMs(venue))),
    },
    {
      method: "GET",
      url: "/v1/corporate-actions",
      call: "bars",
      handle: ({ query }) => answered(actionsPage(market, query, nowMs(venue))),
    },
  ];
}

function assetList(exchange: Exchange, query: Query): readonly Body[] {
  onlyKeys(query, ["status", "asset_class", "exchange", "attributes"]);
  const status = oneOf(query, "status", ["active", "inactive"]);
  const assetClass = textOf(query, "asset_class") ?? "us_equity";
  if (!["us_equity", "us_option", "crypto"].includes(assetClass)) {
    throw malformed(`invalid asset_class: ${assetClass}`);
  }
  // No asset here names its exchange or has attributes, so any such filter leaves none.
  const narrowed = textOf(query, "exchange") !== null || listOf(query, "attributes") !== null;
  if (status === "inactive" || assetClass !== "us_equity" || narrowed) return [];
  return exchange.options.series.map(({ instrument }) => assetBody(exchange, instrument.id));
}

function symbolNamed({ market }: Exchange, name: string): string {
  if (market.indexOf.has(name)) return name;
  for (const symbol of market.indexOf.keys()) if (assetIdOf(symbol) === name) return symbol;
  throw notFound(`asset not found for ${name}`);
}
