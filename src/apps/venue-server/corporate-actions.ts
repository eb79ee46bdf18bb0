/**
 * Market Data, GET /v1/corporate-actions: the splits and cash dividends of the pack, by kind, each kind
 * ascending by ex-date. Enters: the market, a query, the venue's time; leaves: what has an ex-date from
 * `start` to `end`, both inclusive, and not after today: a pack says nothing of what was announced when.
 * A token says how many went before. Refuses keys and kinds that it does not know; of kinds that a pack
 * cannot hold (mergers, spin-offs, changes of name) there are none.
 * Source: Alpaca, Market Data, corporate actions.
 */
import { formatDate } from "../../base/instant.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { newYorkClock } from "../../market/calendars/new-york-time.ts";
import type { VenueMarket } from "./market.ts";
import { malformed } from "./refusal.ts";
import { dateOf, listOf, onlyKeys, oneOf, type Query, textOf, wholeOf } from "./request.ts";

const KEYS = ["symbols", "types", "start", "end", "limit", "page_token", "sort"] as const;
const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

/** As a query names a kind; what a pack cannot hold has no list here. */
const TYPES: { readonly [type: string]: string | null } = {
  forward_split: "forward_splits",
  reverse_split: "reverse_splits",
  cash_dividend: "cash_dividends",
  stock_dividend: null,
  unit_split: null,
  spin_off: null,
  cash_merger: null,
  stock_merger: null,
  stock_and_cash_merger: null,
  redemption: null,
  name_change: null,
  worthless_removal: null,
  rights_distribution: null,
};

type Row = { readonly list: string; readonly body: { readonly [name: string]: unknown } };

export type ActionsPage = {
  readonly corporate_actions: { readonly [list: string]: readonly Row["body"][] };
  readonly next_page_token: string | null;
};

export function actionsPage(market: VenueMarket, query: Query, nowMs: number): ActionsPage {
  onlyKeys(query, KEYS);
  const today = newYorkClock(nowMs).dateMs;
  const from = dateOf(query, "start") ?? today;
  const until = Math.min(dateOf(query, "end") ?? today, today);
  const symbols = listOf(query, "symbols") ?? [...market.listings.keys()];
  const wanted = listsOf(query);
  const rows = symbols
    .flatMap((symbol) => market.listings.get(symbol)?.actions ?? [])
    .filter(({ exDateMs }) => exDateMs >= from && exDateMs <= until)
    .map(rowOf)
    .filter(({ list }) => wanted.has(list))
    .sort(byListThenDate(oneOf(query, "sort", ["asc", "desc"]) === "desc" ? -1 : 1));
  const limit = wholeOf(query, "limit", { least: 1, most: LARGEST_LIMIT }) ?? DEFAULT_LIMIT;
  const begin = placeOf(textOf(query, "page_token"));
  const lists: { [list: string]: Row["body"][] } = {};
  for (const { list, body } of rows.slice(begin, begin + limit)) {
    lists[list] = [...(lists[list] ?? []), body];
  }
  const next = begin + limit;
  return { corporate_actions: lists, next_page_token: next < rows.length ? String(next) : null };
}

function listsOf(query: Query): ReadonlySet<string | null> {
  const types = listOf(query, "types") ?? Object.keys(TYPES);
  const unknown = types.find((type) => !Object.hasOwn(TYPES, type));
  if (unknown !== undefined) throw malformed(`invalid types: ${unknown}`);
  return new Set(types.map((type) => TYPES[type]));
}

function placeOf(token: string | null): number {
  if (token === null) return 0;
  if (/^\d{1,9}$/.test(token)) return Number(token);
  throw malformed("invalid page_token");
}

function rowOf(action: CorporateAction): Row {
  const common = { symbol: action.instrument, ex_date: formatDate(action.exDateMs) };
  const process = { process_date: common.ex_date };
  if (action.kind === "dividend") {
    const { amountPerUnit: rate, payDateMs } = action;
    const dates = { record_date: common.ex_date, payable_date: formatDate(payDateMs) };
    const terms = { rate, special: false, foreign: false };
    return { list: "cash_dividends", body: { ...common, ...process, ...dates, ...terms } };
  }
  const list = action.ratio > 1 ? "forward_splits" : "reverse_splits";
  return { list, body: { ...common, ...process, new_rate: action.ratio, old_rate: 1 } };
}

function byListThenDate(direction: 1 | -1): (a: Row, b: Row) => number {
  const key = ({ list, body }: Row) => [list, body["ex_date"] as string, body["symbol"] as string];
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
    const at = left[1] === right[1] ? 2 : 1;
    return left[at] === right[at] ? 0 : left[at] < right[at] ? -direction : direction;
  };
}
