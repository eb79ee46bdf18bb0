/**
 * GET /v2/account/activities and /v2/account/activities/{type}: what was booked, newest first unless
 * asked otherwise. A page goes on after the id that `page_token` names, found at once however long
 * the record is. Dates are New York's; `after` and `until` are exclusive, on the time at which an activity was made.
 */
import { newYorkInstant } from "../../market/calendars/new-york-time.ts";
import type { Exchange, ExchangeActivity } from "../../venue/exchange/state.ts";
import { invalid, malformed } from "./refusal.ts";
import {
  dateOf,
  instantOf,
  listOf,
  onlyKeys,
  oneOf,
  type Query,
  textOf,
  wholeOf,
} from "./request.ts";
import { activityBody, type Body } from "./shapes.ts";

const KEYS = ["date", "until", "after", "direction", "page_size", "page_token"] as const;
const LARGEST_PAGE = 100;
const DAY_MS = 86_400_000;

/** Kinds that the broker documents; this venue books some of them. */
const KINDS = [
  "FILL TRANS MISC ACATC ACATS CFEE CGD CSD CSW DIV DIVCGL DIVCGS DIVFEE DIVFT DIVNRA DIVROC DIVTW",
  "DIVTXEX FEE INT INTNRA INTTW JNL JNLC JNLS MA NC OPASN OPCA OPCSH OPEXC OPEXP OPTRD PTC PTR",
  "REORG SPIN SPLIT FOPT",
].flatMap((line) => line.split(" "));

/** `kind`: from the path; null where it may be a filter. */
export function activityList(
  exchange: Exchange,
  kind: string | null,
  query: Query,
): readonly Body[] {
  onlyKeys(query, kind === null ? [...KEYS, "activity_types", "category"] : KEYS);
  const wanted = wantedBy(kind, query);
  const size = wholeOf(query, "page_size", { least: 1, most: LARGEST_PAGE }) ?? LARGEST_PAGE;
  const step = oneOf(query, "direction", ["asc", "desc"]) === "asc" ? 1 : -1;
  const { activities } = exchange.state;
  const currency = { currency: exchange.options.currency, digits: exchange.options.currencyDigits };
  const { from, until } = rangeOf(activities, query);
  const resumed = resumedAt(exchange, textOf(query, "page_token"));
  const found: Body[] = [];
  let index = step > 0 ? from : until - 1;
  if (resumed !== null)
    index = step > 0 ? Math.max(from, resumed + 1) : Math.min(index, resumed - 1);
  for (; index >= from && index < until && found.length < size; index += step) {
    if (wanted(activities[index])) found.push(activityBody(activities[index], currency));
  }
  return found;
}

function wantedBy(kind: string | null, query: Query): (activity: ExchangeActivity) => boolean {
  const kinds = kind === null ? listOf(query, "activity_types") : [kind];
  const category = oneOf(query, "category", ["trade_activity", "non_trade_activity"]);
  if (kinds !== null && category !== null) {
    throw invalid("activity_types and category are mutually exclusive");
  }
  const unknown = kinds?.find((name) => !KINDS.includes(name));
  if (unknown !== undefined) throw invalid(`invalid activity type: ${unknown}`);
  if (kinds !== null) return ({ type }) => kinds.includes(type);
  if (category === null) return () => true;
  return ({ type }) => (type === "FILL") === (category === "trade_activity");
}

/** Indices of the first and behind the last activity that the dates let pass. */
function rangeOf(
  activities: readonly ExchangeActivity[],
  query: Query,
): { readonly from: number; readonly until: number } {
  const date = dateOf(query, "date");
  const after = instantOf(query, "after");
  const until = instantOf(query, "until");
  if (date !== null && (after !== null || until !== null)) {
    throw invalid("date cannot be used with after and until");
  }
  if (date !== null) {
    const [begins, ends] = [newYorkInstant(date, 0), newYorkInstant(date + DAY_MS, 0)];
    return {
      from: firstAt(activities, (ms) => ms >= begins),
      until: firstAt(activities, (ms) => ms >= ends),
    };
  }
  return {
    from: after === null ? 0 : firstAt(activities, (ms) => ms > after),
    until: until === null ? activities.length : firstAt(activities, (ms) => ms >= until),
  };
}

/** Index of the first activity of whose time `holds` is true; it stays true after that. */
function firstAt(activities: readonly ExchangeActivity[], holds: (ms: number) => boolean): number {
  let low = 0;
  let high = activities.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(activities[middle].atMs)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function resumedAt({ activityIndex }: Exchange, token: string | null): number | null {
  if (token === null) return null;
  const index = activityIndex.get(token);
  if (index === undefined) throw malformed(`invalid page_token: ${token}`);
  return index;
}
