/** One trade in the kernel's own log, with its costs in the account's currency. */
import { inAccount } from "./account-money.ts";
import type { FillMoney } from "./recorder.ts";
import type { Kernel } from "./state.ts";

/** Writes a trade down and counts its costs, in the account's currency. */
export function logFill(
  { state, world }: Kernel,
  i: number,
  fill: { readonly lots: number; readonly price: number } & FillMoney,
): void {
  const { fills, costs } = state;
  fills.session.push(state.session);
  fills.instrument.push(i);
  fills.lots.push(fill.lots);
  fills.price.push(fill.price);
  fills.notional.push(fill.notionalMinor);
  fills.fee.push(fill.feeMinor);
  fills.slippage.push(fill.slippageMinor);
  fills.traded.push(inAccount(world, state, i, fill.notionalMinor));
  costs.fees += inAccount(world, state, i, fill.feeMinor);
  costs.slippage += inAccount(world, state, i, fill.slippageMinor);
}
