/**
 * Net asset value and exposure of a book with futures or foreign currencies: each currency's cash,
 * receivables and paid-in-full positions are summed in it, then converted and rounded once. Futures
 * count for exposure alone: their value lies in cash already.
 */
import { inAccount, toAccountMinor, totalInAccount } from "./account-money.ts";
import type { Kernel } from "./state.ts";

/** Writes the session's exposure and the state's account-currency totals. */
export function valueMixedBook(
  { state, world }: Kernel,
  grossCurve: Float64Array,
  netCurve: Float64Array,
  session: number,
): void {
  const local = state.localMinor;
  local.set(state.cash);
  for (let c = 0; c < local.length; c++) local[c] += state.receivable[c];
  let gross = 0;
  let net = 0;
  for (let i = 0; i < state.lots.length; i++) {
    const value = state.valueMinor[i];
    if (value === 0) continue;
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
  grossCurve[session] = gross;
  netCurve[session] = net;
}
