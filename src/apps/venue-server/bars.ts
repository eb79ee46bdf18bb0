/**
 * Market Data v2, daily bars of stocks: /v2/stocks/bars and /v2/stocks/{symbol}/bars. The limit
 * counts over all symbols together, the answer is sorted by symbol, then time, and a token says
 * where the next page begins. `end` is inclusive. A bar is stamped at midnight in New York.
 *
 * Served are the pack's own columns: a field it does not have is left out, and so are `n` and `vw`.
 * Adjusted prices are made of the splits and dividends known at the venue's time: prices before a
 * split are divided by its ratio (volume multiplied), prices before a dividend are multiplied by
 * 1 - amount / the close before the ex-date. Source: Alpaca, Market Data v2, historical bars.
 * Refuses other timeframes, feeds and currencies than it has, and keys it does not know.
 */
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { newYorkClock, newYorkInstant } from "../../market/calendars/new-york-time.ts";
import { firstAtOrAfter, knownUntil, type Listing, type VenueMarket } from "./market.ts";
import { malformed } from "./refusal.ts";
import {
  instantOf,
  listOf,
  onlyKeys,
  oneOf,
  printInstant,
  type Query,
  textOf,
  wholeOf,
} from "./request.ts";

const ONE_SYMBOL = [
  "timeframe",
  "start",
  "end",
  "limit",
  "adjustment",
  "asof",
  "feed",
  "currency",
  "page_token",
  "sort",
] as const;
const MANY_SYMBOLS = ["symbols", ...ONE_SYMBOL] as const;
const DEFAULT_LIMIT = 1000;
const LARGEST_LIMIT = 10_000;
const SYMBOL = /^[A-Za-z0-9^=._/-]{1,32}$/;

export type Bar = {
  readonly t: string;
  readonly o?: number;
  readonly h?: number;
  readonly l?: number;
  readonly c: number;
  readonly v?: number;
};

export type BarsPage = {
  readonly bars: { readonly [symbol: string]: readonly Bar[] };
  readonly next_page_token: string | null;
};

type Asked = {
  readonly symbols: readonly string[];
  /** 00:00Z instants of the first and the last date, both inclusive. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly limit: number;
  readonly descending: boolean;
  readonly adjust: Adjustment;
  /** The last bar of the page before. */
  readonly after: Place | null;
};

type Adjustment = { readonly splits: boolean; readonly dividends: boolean };
type Place = { readonly symbol: string; readonly dateMs: number };

export function barsPage(market: VenueMarket, query: Query, nowMs: number): BarsPage {
  onlyKeys(query, MANY_SYMBOLS);
  const symbols = listOf(query, "symbols");
  if (symbols === null) throw malformed("symbols is required");
  return pageOf(market, askedFor(query, symbols, nowMs), nowMs);
}

export function barsOfOne(
  market: VenueMarket,
  symbol: string,
  query: Query,
  nowMs: number,
): {
  readonly bars: readonly Bar[];
  readonly symbol: string;
  readonly next_page_token: string | null;
} {
  onlyKeys(query, ONE_SYMBOL);
  const page = pageOf(market, askedFor(query, [symbol], nowMs), nowMs);
  return { bars: page.bars[symbol] ?? [], symbol, next_page_token: page.next_page_token };
}

function askedFor(query: Query, symbols: readonly string[], nowMs: number): Asked {
  const wrong = symbols.filter((symbol) => !SYMBOL.test(symbol));
  if (wrong.length > 0) throw malformed(`invalid symbol(s): ${wrong.join(", ")}`);
  const timeframe = textOf(query, "timeframe");
  if (timeframe === null) throw malformed("timeframe is required");
  if (timeframe !== "1Day" && timeframe !== "1D") {
    throw malformed(`invalid timeframe: ${timeframe}; this venue has daily bars alone: 1Day`);
  }
  refuseOthers(query);
  const today = newYorkInstant(newYorkClock(nowMs).dateMs, 0);
  const startMs = instantOf(query, "start") ?? today;
  const endMs = instantOf(query, "end") ?? nowMs;
  if (endMs < startMs) throw malformed("end should not be before start");
  return {
    symbols: [...symbols].sort(),
    fromMs: firstMidnightFrom(startMs),
    untilMs: newYorkClock(endMs).dateMs,
    limit: wholeOf(query, "limit", { least: 1, most: LARGEST_LIMIT }) ?? DEFAULT_LIMIT,
    descending: oneOf(query, "sort", ["asc", "desc"]) === "desc",
    adjust: adjustmentOf(query),
    after: placeOf(textOf(query, "page_token")),
  };
}

/** What a pack cannot tell apart is not pretended to. Symbols were never renamed in it. */
function refuseOthers(query: Query): void {
  oneOf(query, "feed", ["sip", "iex"]);
  oneOf(query, "currency", ["USD"]);
  const asof = textOf(query, "asof");
  if (asof !== null && !/^(?:-|\d{4}-\d{2}-\d{2})$/.test(asof)) {
    throw malformed(`invalid asof: ${asof}; it is YYYY-MM-DD or -`);
  }
}

const ADJUSTMENTS = ["raw", "split", "dividend", "spin-off", "all"];

/** A pack holds no spin-offs, so asking for them changes nothing. */
function adjustmentOf(query: Query): Adjustment {
  const kinds = listOf(query, "adjustment") ?? ["raw"];
  const unknown = kinds.find((kind) => !ADJUSTMENTS.includes(kind));
  if (unknown !== undefined || (kinds.length > 1 && kinds.includes("raw"))) {
    throw malformed(`invalid adjustment: ${kinds.join(",")}; known are ${ADJUSTMENTS.join(", ")}`);
  }
  const all = kinds.includes("all");
  return {
    splits: all || kinds.includes("split"),
    dividends: all || kinds.includes("dividend"),
  };
}

/** The first date whose midnight in New York is not before the instant. */
function firstMidnightFrom(ms: number): number {
  const { dateMs } = newYorkClock(ms);
  return newYorkInstant(dateMs, 0) >= ms ? dateMs : dateMs + 86_400_000;
}

function tokenOf({ symbol, dateMs }: Place): string {
  return Buffer.from(`${symbol}|1Day|${dateMs}`).toString("base64url");
}

function placeOf(token: string | null): Place | null {
  if (token === null) return null;
  const match = /^(.+)\|1Day\|(-?\d+)$/.exec(Buffer.from(token, "base64url").toString());
  if (match === null) throw malformed("invalid page_token");
  return { symbol: match[1], dateMs: Number(match[2]) };
}

function pageOf(market: VenueMarket, asked: Asked, nowMs: number): BarsPage {
  const known = knownUntil(market, nowMs);
  const untilMs = Math.min(asked.untilMs, known ?? Number.NEGATIVE_INFINITY);
  const bars: { [symbol: string]: readonly Bar[] } = {};
  let room = asked.limit;
  let last: Place | null = null;
  for (const symbol of asked.symbols) {
    const { after } = asked;
    const listing = market.listings.get(symbol);
    if (listing === undefined || (after !== null && symbol < after.symbol)) continue;
    const resumed = after?.symbol === symbol ? after.dateMs : null;
    // One more than there is room for: it says whether another page follows.
    const rows = rowsOf(listing, { ...asked, untilMs, limit: room + 1 }, resumed);
    if (rows.length === 0) continue;
    if (room === 0) return { bars, next_page_token: tokenOf(last as Place) };
    const taken = rows.slice(0, room);
    bars[symbol] = printed(listing, taken, asked.adjust, nowMs);
    room -= taken.length;
    last = { symbol, dateMs: listing.series.timesMs[taken[taken.length - 1]] };
    if (taken.length < rows.length) return { bars, next_page_token: tokenOf(last) };
  }
  return { bars, next_page_token: null };
}

/** Rows of the series in the order asked for, after the one on which the last page ended. */
function rowsOf(
  { series: { timesMs } }: Listing,
  { fromMs, untilMs, descending, limit }: Asked,
  resumedMs: number | null,
): readonly number[] {
  let from = firstAtOrAfter(timesMs, fromMs);
  let until = firstAtOrAfter(timesMs, untilMs + 1);
  if (resumedMs !== null && descending) until = Math.min(until, firstAtOrAfter(timesMs, resumedMs));
  if (resumedMs !== null && !descending) {
    from = Math.max(from, firstAtOrAfter(timesMs, resumedMs + 1));
  }
  const length = Math.min(limit, Math.max(0, until - from));
  return Array.from({ length }, (_, n) => (descending ? until - 1 - n : from + n));
}

type Scale = { readonly beforeMs: number; readonly price: number; readonly volume: number };

function printed(
  listing: Listing,
  rows: readonly number[],
  adjust: Adjustment,
  nowMs: number,
): readonly Bar[] {
  const { timesMs, open, high, low, close, volume } = listing.series;
  const scales = scalesOf(listing, adjust, newYorkClock(nowMs).dateMs);
  return rows.map((row) => {
    const scale = scales.find(({ beforeMs }) => timesMs[row] < beforeMs);
    const price = scale?.price ?? 1;
    return {
      t: printInstant(newYorkInstant(timesMs[row], 0)),
      ...(open === null ? {} : { o: open[row] * price }),
      ...(high === null ? {} : { h: high[row] * price }),
      ...(low === null ? {} : { l: low[row] * price }),
      c: close[row] * price,
      ...(volume === null ? {} : { v: volume[row] * (scale?.volume ?? 1) }),
    };
  });
}

/** What bars before each ex-date are multiplied with, ascending: the first that applies is right. */
function scalesOf(
  { actions, series }: Listing,
  adjust: Adjustment,
  todayMs: number,
): readonly Scale[] {
  const scales: Scale[] = [];
  let [price, volume] = [1, 1];
  for (const action of actions.filter(({ exDateMs }) => exDateMs <= todayMs).reverse()) {
    if (action.kind === "split" && adjust.splits) {
      price /= action.ratio;
      volume *= action.ratio;
    } else if (action.kind === "dividend" && adjust.dividends) {
      price *= dividendFactor(action, series.timesMs, series.close);
    }
    scales.unshift({ beforeMs: action.exDateMs, price, volume });
  }
  return scales;
}

function dividendFactor(
  action: Extract<CorporateAction, { kind: "dividend" }>,
  timesMs: Float64Array,
  close: Float64Array,
): number {
  const before = firstAtOrAfter(timesMs, action.exDateMs) - 1;
  return before < 0 ? 1 : 1 - action.amountPerUnit / close[before];
}
