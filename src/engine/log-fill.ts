/** One trade in the kernel's own log, with its costs in the account's currency. */
import { inAccount } from "./account-money.ts";
import type { FillMoney } from "./recorder.ts";
import type { Kernel } from "./state.ts";

/** Writes a trade down and counts its costs, in the account's currency. */
export function logFill(
  { state, world }: Kernel,
  i: number,
  { lots, price }: { readonly lots: number; readonly price: number },
  { notionalMinor, feeMinor, slippageMinor }: FillMoney,
): void {
  const { fills, costs } = state;
  fills.session.push(state.session);
  fills.instrument.push(i);
  fills.lots.push(lots);
  fills.price.push(price);
  fills.notional.push(notionalMinor);
  fills.fee.push(feeMinor);
  fills.slippage.push(slippageMinor);
  fills.traded.push(inAccount(world, state, i, notionalMinor));
  costs.fees += inAccount(world, state, i, feeMinor);
  costs.slippage += inAccount(world, state, i, slippageMinor);
}
