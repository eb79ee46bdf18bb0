/**
 * What the venue says of the account: whose it is, cash, positions, its clock and calendar. Enters: an open
 * client; leaves: the port's words, quantities and money as the exact text that came. Refuses an account
 * that may not trade, and a report that changed while it was being read.
 * Sources: OpenAPI 2026-08 (account, positions, clock, calendar v2: New York's local times).
 */
import type { Json } from "../../../base/canonical-json.ts";
import { parseIsoDate } from "../../../base/instant.ts";
import type { VenueOrder, VenuePosition, VenueSnapshot } from "../../../domain/venue-report.ts";
import { BrokerUnavailable, type VenueClock, type VenueSession } from "../../../ports/broker.ts";
import { asBody, asList, decimalOf, optionalText, textOf } from "./body.ts";
import type { AlpacaClient } from "./client.ts";
import { blockedAccount, hostOf } from "./errors.ts";
import { msOf, newYorkMs, utcOf } from "./instants.ts";
import { openOrders } from "./orders.ts";

type Account = {
  readonly accountId: string;
  readonly currency: string;
  readonly cash: string;
  /** Why it may not trade; null where it may. */
  readonly blocked: string | null;
};

export async function readAccount(
  client: AlpacaClient,
): Promise<{ readonly accountId: string; readonly currency: string }> {
  const { accountId, currency, blocked } = await askAccount(client);
  if (blocked !== null) throw blockedAccount(client.place, blocked);
  return { accountId, currency };
}

export function readClock(client: AlpacaClient): Promise<VenueClock> {
  return client.read(
    "clock",
    ({ trading }) => trading.clock.legacyClockRaw(),
    (value) => {
      const body = asBody(value, "the clock");
      return {
        nowMs: msOf(textOf(body, "timestamp")),
        // Open only where it says so: what is not known to be open is closed.
        isOpen: body["is_open"] === true,
        nextOpenMs: msOf(textOf(body, "next_open")),
        nextCloseMs: msOf(textOf(body, "next_close")),
      };
    },
  );
}

export async function readSessions(
  client: AlpacaClient,
  fromDate: string,
  toDate: string,
): Promise<readonly VenueSession[]> {
  const sessions = await client.read(
    `calendar from ${fromDate} to ${toDate}`,
    ({ trading }) =>
      trading.calendar.legacyCalendarRaw({ start: noonOf(fromDate), end: noonOf(toDate) }),
    (value) => asList(value, "the calendar").map(sessionOf),
  );
  // The range is asked for with times of day; a venue that reads them as such gives a day too many.
  return sessions
    .filter(({ date }) => date >= fromDate && date <= toDate)
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** The client sends an instant where the venue wants a date: midday names the same date everywhere. */
function noonOf(date: string): Date {
  const ms = parseIsoDate(date);
  if (ms === null) throw new RangeError(`there is no day ${date}`);
  return new Date(ms + 12 * 3_600_000);
}

function sessionOf(value: Json): VenueSession {
  const body = asBody(value, "a day of the calendar");
  const date = textOf(body, "date");
  const openMs = newYorkMs(date, textOf(body, "open"));
  return { date, openMs, closeMs: newYorkMs(date, textOf(body, "close")) };
}

const TRIES = 3;

/**
 * Cash, positions and open orders of one moment. They are separate questions, and an order may fill
 * between two of them: while orders are open they are read before and after, and again if they changed.
 */
export async function readSnapshot(client: AlpacaClient): Promise<VenueSnapshot> {
  let before = await openOrders(client);
  for (let round = 1; round <= TRIES; round++) {
    const [account, positions, at] = await Promise.all([
      askAccount(client),
      askPositions(client),
      askTime(client),
    ]);
    const after = before.length === 0 ? before : await openOrders(client);
    if (sameOrders(before, after)) {
      const { accountId, currency, cash } = account;
      return { at, accountId, cash: [{ currency, amount: cash }], positions, openOrders: after };
    }
    before = after;
  }
  throw new BrokerUnavailable(
    `snapshot of ${hostOf(client.place)}: orders changed while it was read, ${TRIES} times; ask again when fewer fill at once`,
  );
}

function sameOrders(a: readonly VenueOrder[], b: readonly VenueOrder[]): boolean {
  const state = ({ venueOrderId, status, filledQty }: VenueOrder) =>
    `${venueOrderId} ${status} ${filledQty}`;
  return a.map(state).join() === b.map(state).join();
}

/** An account without a live twin is PAPER_ONLY. */
const MAY_TRADE = new Set(["ACTIVE", "PAPER_ONLY"]);

function askAccount(client: AlpacaClient): Promise<Account> {
  return client.read(
    "account",
    ({ trading }) => trading.account.getAccountRaw(),
    (value) => {
      const body = asBody(value, "the account");
      const flags = ["account_blocked", "trading_blocked", "trade_suspended_by_user"];
      const raised = flags.filter((flag) => body[flag] === true);
      const status = optionalText(body, "status");
      if (status !== null && !MAY_TRADE.has(status)) raised.unshift(`status ${status}`);
      return {
        accountId: textOf(body, "id"),
        currency: textOf(body, "currency"),
        cash: decimalOf(body, "cash"),
        blocked: raised.length === 0 ? null : raised.join(", "),
      };
    },
  );
}

function askTime(client: AlpacaClient): Promise<string> {
  return client.read(
    "clock",
    ({ trading }) => trading.clock.legacyClockRaw(),
    (value) => utcOf(textOf(asBody(value, "the clock"), "timestamp")),
  );
}

function askPositions(client: AlpacaClient): Promise<readonly VenuePosition[]> {
  return client.read(
    "positions",
    ({ trading }) => trading.positions.getAllOpenPositionsRaw(),
    (value) => asList(value, "the positions").map(positionOf),
  );
}

function positionOf(value: Json): VenuePosition {
  const body = asBody(value, "a position");
  const qty = decimalOf(body, "qty");
  const short = body["side"] === "short" && !qty.startsWith("-");
  return {
    symbol: textOf(body, "symbol"),
    qty: short ? `-${qty}` : qty,
    averagePrice: decimalOf(body, "avg_entry_price"),
    raw: body,
  };
}
