/** What one entry of an account's journal makes of its safety, where the venue's word comes late. */
import { expect, it } from "vitest";
import { foldAccount, newAccountView } from "../../../src/engine/trading/account.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";

const ACKNOWLEDGED: AccountPayload = {
  kind: "order_acknowledged",
  order_id: "a",
  venue_order_id: "v",
};

const ended = (end: "rejected" | "cancelled"): AccountPayload => ({
  kind: "venue_order_ended",
  order_id: "a",
  venue_order_id: "v",
  end,
  filled_qty: "0",
});

it.each([
  ["rejected", 1],
  ["cancelled", 0],
] as const)("an accepted order that ends %s counts as %d rejected of one", (end, rejected) => {
  const view = newAccountView();
  for (const [at, payload] of [ACKNOWLEDGED, ended(end)].entries()) {
    foldAccount(view, { seq: at + 1, at: "2020-01-06T14:30:00Z", payload });
  }
  const { answeredOrders, rejectedOrders } = view.safety;
  expect([answeredOrders, rejectedOrders]).toEqual([1, rejected]);
});
