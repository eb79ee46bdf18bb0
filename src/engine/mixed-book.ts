/**
 * Net asset value and exposure of a book with futures or foreign currencies: each currency's cash,
 * receivables and paid-in-full positions are summed in it, then converted and rounded once. Futures
 * count for exposure alone: their value lies in cash already.
 */
import { notionalMinor } from "../base/money.ts";
import { inAccount, toAccountMinor, totalInAccount } from "./account-money.ts";
import type { Kernel } from "./state.ts";

/** Marks every position where it stands, and writes exposure and the account-currency totals. */
export function valueMixedBook({ state, world }: Kernel, session: number): void {
  const { lots, mark, valueMinor, curves } = state;
  const local = state.localMinor;
  local.set(state.cash);
  for (let c = 0; c < local.length; c++) local[c] += state.receivable[c];
  let gross = 0;
  let net = 0;
  state.hasShort = false;
  for (let i = 0; i < lots.length; i++) {
    valueMinor[i] = 0;
    if (lots[i] === 0) continue;
    const value = notionalMinor(lots[i], mark[i], world.scales[i]);
    valueMinor[i] = value;
    if (lots[i] < 0) state.hasShort = true;
    const exposure = inAccount(world, state, i, value);
    gross += Math.abs(exposure);
    net += exposure;
    if (world.futures[i] === null) local[world.currencyOf[i]] += value;
  }
  let nav = 0;
  for (let c = 0; c < local.length; c++) nav += toAccountMinor(world, state, c, local[c]);
  state.navMinor = nav;
  state.cashMinor = totalInAccount(world, state, state.cash);
  state.receivableMinor = totalInAccount(world, state, state.receivable);
  if (curves.gross !== null) curves.gross[session] = gross;
  if (curves.net !== null) curves.net[session] = net;
}
