/**
 * The first start on an account: what the venue holds becomes the opening balance. An account that holds
 * positions, or has orders at work, is not ours to guess about: it is adopted by a named person, or refused.
 */
import { invariant } from "../../base/assert.ts";
import { parseDecimal, toScaledInteger } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { counted } from "../../base/figures.ts";
import { Fault } from "../../domain/fault.ts";
import { ACCOUNT_FORMAT_VERSION } from "../../domain/trading-entry.ts";
import type { VenuePosition, VenueSnapshot } from "../../domain/venue-report.ts";
import type { Prepared } from "../prepare.ts";
import { lotsOfQty } from "./book-fact.ts";
import { type Desk, flush, record } from "./desk.ts";
import { venueRecord } from "./venue-sync.ts";

export async function openAccount(
  desk: Desk,
  adopting: { readonly operator: string; readonly prepared: Prepared } | null,
): Promise<void> {
  const { core, ports, terms } = desk;
  // Read before the balances: what comes in between is booked once too often, and found.
  const { activities } = await venueRecord(desk, null);
  const snapshot = await ports.broker.snapshot();
  const held = snapshot.positions.length;
  const working = snapshot.openOrders.length;
  if (adopting === null && held + working > 0) {
    throw new Fault(
      "paused",
      `the account ${snapshot.accountId} holds ${counted(held, "position")} and has ${counted(working, "order")} at work that Assay did not make; look at them, then assay adopt --operator NAME --reason TEXT`,
    );
  }
  if (working > 0) {
    throw new Fault(
      "paused",
      `${counted(working, "order")} at work at the venue that Assay did not make; cancel there first: positions are adopted, orders are not`,
    );
  }
  record(desk, {
    kind: "account_opened",
    format_version: ACCOUNT_FORMAT_VERSION,
    mode: terms.mode,
    broker: ports.broker.name,
    account: core.account.name,
    mandate_hash: terms.mandateHash,
    seed: terms.seed,
    lot_method: terms.lotMethod,
    currency: terms.currency,
    currency_digits: terms.currencyDigits,
    operator: adopting?.operator ?? null,
  });
  record(desk, {
    kind: "flow",
    currency: terms.currency,
    amount_minor: cashMinorOf(snapshot, terms.currency, terms.currencyDigits),
    reason: "initial_deposit",
  });
  const ids = [...new Set(activities.map(({ activityId }) => activityId))];
  const operator = adopting?.operator ?? core.account.operator;
  // What the account did before is in the balances that it is opened with.
  if (ids.length > 0) record(desk, { kind: "record_adopted", operator, activity_ids: ids });
  if (adopting !== null) {
    for (const position of snapshot.positions) record(desk, adoption(adopting.prepared, position));
  }
  await flush(desk);
}

/** What the venue holds and we do not, as an entry; `lots` where only a part of it is to be taken over. */
export function adoption(
  { world }: Pick<Prepared, "world">,
  position: VenuePosition,
  part?: number,
) {
  const { symbol, qty, averagePrice } = position;
  const i = world.indexOf.get(symbol);
  if (i === undefined) {
    throw new Fault(
      "paused",
      `the account holds ${qty} ${symbol}, which this mandate does not trade: close it at the venue, or add it to the mandate`,
    );
  }
  const instrument = world.instruments[i];
  const lots = part ?? signedLots(qty, instrument.lot);
  if (lots === null) {
    throw new Fault(
      "paused",
      `the account holds ${qty} ${symbol}, no whole number of lots of ${instrument.lot}: close the fraction at the venue`,
    );
  }
  const price = Number(averagePrice);
  return {
    kind: "position_adopted",
    instrument: symbol,
    currency: instrument.currency,
    lots,
    price,
    notional_minor: notionalMinor(lots, price, world.scales[i]),
  } as const;
}

export function signedLots(qty: string, lot: number): number | null {
  const isShort = qty.startsWith("-");
  const lots = lotsOfQty(isShort ? qty.slice(1) : qty, lot);
  return lots === null || !isShort ? lots : 0 - lots;
}

export function cashMinorOf(snapshot: VenueSnapshot, currency: string, digits: number): number {
  const row = snapshot.cash.find((cash) => cash.currency === currency);
  const amount = row === undefined ? null : parseDecimal(row.amount);
  if (amount === null) {
    throw new Fault(
      "broker",
      `the venue names no cash in ${currency}; it names ${snapshot.cash.map((cash) => cash.currency).join(", ") || "none"}`,
    );
  }
  invariant(digits >= 0, 11, "a currency without digits");
  return Number(toScaledInteger(amount, digits));
}
