/**
 * What a trade has to cost, worked out again for the checks from the mandate's terms and the
 * instrument: slippage in price units, commission in minor units of its currency. Shares no code
 * with the venue; rounding is left to whoever compares.
 */
import type { Kernel } from "./state.ts";

/** Least, and most that the way to the tick grid may add; price units. */
export function slippageDue(
  { plan, world }: Kernel,
  i: number,
  reference: number,
): readonly [number, number] {
  const tick = world.instruments[i].tick ?? 0;
  const { bps, halfSpread, ticks } = plan.slippage;
  const away = (Math.abs(reference) * bps) / 10_000 + halfSpread + ticks * tick;
  return [away, away === 0 ? 0 : away + tick];
}

/** Minor units. */
export function commissionDue(
  { plan, world }: Kernel,
  i: number,
  { lots, notional }: { readonly lots: number; readonly notional: number },
): number {
  const { bps, perShare, minimumMinor } = plan.fees[i];
  const { lot, currencyDigits } = world.instruments[i];
  const byUnit = Math.abs(lots) * lot * perShare * 10 ** currencyDigits;
  return (
    (Math.abs(notional) * bps) / 10_000 + (perShare === 0 ? 0 : Math.max(minimumMinor, byUnit))
  );
}
