/**
 * What the venue booked: executions, and money and shares that moved without a trade. Enters: a cursor, the
 * newest date and id read before; leaves: everything since, in the order in which the venue lists it.
 *
 * Documented: pages follow `page_token`, the id of the last item read; `after` filters by the date on which
 * an activity was created; an id looks like "20220203000000000::045b3b8d-c566-4bef-b741-2bf598dd6ae7".
 * Observed, not documented: ids sort by the date an activity is booked on, so a fee of yesterday that is
 * created tonight stands before today's fills and paging on from the last id would never see it; and what
 * follows "::" in the id of a fill is the execution id that the stream gave the same fill.
 * Therefore each call reads again from some days before the newest it knew, and the reader takes each
 * activity once, by its id. Only times of creation move the cursor: a booking date may lie ahead.
 */
import { DAY_MS, parseIsoDate } from "../../../base/instant.ts";
import type { VenueActivity, VenueCashActivity } from "../../../domain/venue-report.ts";
import type { ActivityPage } from "../../../ports/broker.ts";
import {
  type Body,
  asBody,
  asList,
  decimalOf,
  optionalDecimal,
  optionalText,
  textOf,
  wordOf,
} from "./body.ts";
import { type AlpacaClient, readable } from "./client.ts";
import { utcOf } from "./instants.ts";
import { SIDES } from "./orders.ts";
import { splitsOf } from "./splits.ts";

const PAGE_SIZE = 100;
/** A weekend and more: what is created on a Friday may be shown on a Monday. */
const OVERLAP_DAYS = 5;

export async function activitiesSince(
  client: AlpacaClient,
  cursor: string | null,
): Promise<ActivityPage> {
  const what = "activities";
  const since = cursor === null ? null : dateOfCursor(cursor);
  const rows = new Map<string, Body>();
  let pageToken: string | undefined;
  for (;;) {
    const page = await client.read(
      what,
      ({ trading }) =>
        trading.accountActivities.getAccountActivitiesRaw({
          direction: "asc",
          pageSize: PAGE_SIZE,
          ...(since === null ? {} : { after: new Date(since - OVERLAP_DAYS * DAY_MS) }),
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
      (value) => asList(value, "the activities").map((row) => asBody(row, "an activity")),
    );
    const known = rows.size;
    readable(client.place, what, () => {
      for (const row of page) rows.set(textOf(row, "id"), row);
    });
    // A page that brings nothing new would be asked for for ever.
    if (page.length < PAGE_SIZE || rows.size === known) break;
    pageToken = textOf(page[page.length - 1], "id");
  }
  const list = [...rows.values()];
  return readable(client.place, what, () => ({
    activities: activitiesOf(list),
    cursor: cursorAfter(list, cursor),
  }));
}

/** Splits come as several rows that belong together; every other row stands for itself. */
export function activitiesOf(rows: readonly Body[]): readonly VenueActivity[] {
  const splits = splitsOf(rows);
  return rows.flatMap((row): readonly VenueActivity[] => {
    const split = splits.get(row);
    if (split !== undefined) return split === "told" ? [] : [split];
    return [textOf(row, "activity_type") === "FILL" ? fillOf(row) : cashOf(row)];
  });
}

function fillOf(row: Body): VenueActivity {
  const activityId = textOf(row, "id");
  return {
    kind: "fill",
    activityId,
    executionId: executionIdOf(activityId),
    venueOrderId: textOf(row, "order_id"),
    clientOrderId: null,
    symbol: textOf(row, "symbol"),
    side: wordOf(row, "side", SIDES),
    qty: decimalOf(row, "qty"),
    price: decimalOf(row, "price"),
    cumulativeQty: decimalOf(row, "cum_qty"),
    at: utcOf(textOf(row, "transaction_time")),
    raw: row,
  };
}

/** See above; an id of another form names the execution by itself. */
function executionIdOf(activityId: string): string {
  const at = activityId.indexOf("::");
  return at < 0 || at + 2 === activityId.length ? activityId : activityId.slice(at + 2);
}

type Cause = VenueCashActivity["cause"];

const CAUSES: ReadonlyMap<string, Cause> = new Map([
  ["FEE", "fee"],
  ["CFEE", "fee"],
  ["PTC", "fee"],
  ["PTR", "fee"],
  ["INT", "interest"],
  ["INTNRA", "interest"],
  ["INTTW", "interest"],
  ["CGD", "dividend"],
  ["CSD", "transfer"],
  ["CSW", "transfer"],
  ["TRANS", "transfer"],
  ["ACATC", "transfer"],
  ["JNL", "transfer"],
  ["JNLC", "transfer"],
]);

/** A kind that is not known still moved its amount, and one without an amount may have moved shares. */
function cashOf(row: Body): VenueActivity {
  const type = textOf(row, "activity_type");
  const undone = optionalText(row, "status") === "canceled";
  const amount = undone ? "0" : optionalDecimal(row, "net_amount");
  return {
    kind: "cash",
    activityId: textOf(row, "id"),
    date: textOf(row, "date").slice(0, 10),
    cause: type.startsWith("DIV") ? "dividend" : (CAUSES.get(type) ?? "other"),
    symbol: optionalText(row, "symbol"),
    amount: amount ?? "0",
    description: described(row, { type, undone }),
    raw: row,
  };
}

function described(row: Body, { type, undone }: { type: string; undone: boolean }): string {
  const sub = optionalText(row, "activity_sub_type");
  const qty = optionalDecimal(row, "qty");
  const perShare = optionalDecimal(row, "per_share_amount");
  const parts = [sub === null ? type : `${type}/${sub}`];
  const text = optionalText(row, "description");
  if (text !== null) parts.push(text);
  if (undone) parts.push("cancelled by the venue, so nothing is booked");
  if (perShare !== null) parts.push(`${perShare} per share`);
  if (qty !== null) parts.push(`${qty} shares`);
  if (optionalDecimal(row, "net_amount") === null) parts.push("no amount of money was named");
  return parts.join("; ");
}

/** "2026-11-20/20261120143000000::045b.." */
function cursorAfter(rows: readonly Body[], before: string | null): string | null {
  let newest = before === null ? null : before.slice(0, 10);
  for (const row of rows) {
    const created = optionalText(row, "transaction_time") ?? optionalText(row, "created_at");
    if (created === null) continue;
    const date = utcOf(created).slice(0, 10);
    if (newest === null || date > newest) newest = date;
  }
  const last = rows.at(-1);
  return newest === null || last === undefined ? before : `${newest}/${textOf(last, "id")}`;
}

function dateOfCursor(cursor: string): number {
  const ms = parseIsoDate(cursor.slice(0, 10));
  if (ms !== null && cursor[10] === "/") return ms;
  throw new RangeError(`"${cursor.slice(0, 60)}" is not a place in Alpaca's activities`);
}
