/**
 * The account's own currency: what an amount in an instrument's currency is worth in it now. With
 * one currency every conversion is the identity and costs a comparison.
 */
import { convertMinor } from "../base/money.ts";
import type { KernelState } from "./state.ts";
import type { World } from "./world.ts";

/** Rates of this session, the last known where a day has none. */
export function updateRates(world: World, state: KernelState, session: number): void {
  const { currencies } = world;
  for (let c = 1; c < currencies.length; c++) {
    const { rate } = currencies[c];
    if (rate !== null) state.rate[c] = rate[session];
  }
  for (let i = 0; i < state.exposureRate.length; i++) {
    const c = world.currencyOf[i];
    if (c === 0) continue;
    const shift = currencies[0].digits - currencies[c].digits;
    state.exposureRate[i] = state.rate[c] * 10 ** shift;
  }
}

/** Minor units of currency `c` as minor units of the account's, rounded half away from zero. */
export function toAccountMinor(world: World, state: KernelState, c: number, minor: number): number {
  if (c === 0 || minor === 0) return minor;
  const { currencies } = world;
  return convertMinor(minor, state.rate[c], currencies[c].digits, currencies[0].digits);
}

/** Of an instrument's own currency. */
export function inAccount(world: World, state: KernelState, i: number, minor: number): number {
  return toAccountMinor(world, state, world.currencyOf[i], minor);
}

/** All of `balances` (one per currency) in the account's currency, each converted by itself. */
export function totalInAccount(world: World, state: KernelState, balances: Float64Array): number {
  let total = balances[0];
  for (let c = 1; c < balances.length; c++) {
    total += toAccountMinor(world, state, c, balances[c]);
  }
  return total;
}
