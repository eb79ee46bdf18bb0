/**
 * Futures: nothing is paid for the notional, the change of value since the last settlement is paid
 * in cash at every close (variation margin), and a position moves into the next contract on the
 * day its calendar says, paying the cost of two trades (spec market, section 4). After a
 * settlement a future adds nothing to net asset value but the cash it has already paid.
 */
import { notionalMinor } from "../base/money.ts";
import { isFuture } from "../domain/instrument.ts";
import type { Order } from "../domain/order.ts";
import { feeMinor } from "../venue/fees.ts";
import { slipped } from "../venue/fill-price.ts";
import { logFill } from "./log-fill.ts";
import type { FillMoney, Settlement } from "./recorder.ts";
import { sleevesOf } from "./sleeves/share-fill.ts";
import type { Kernel } from "./state.ts";
import type { RollColumns } from "./world.ts";

/** At a session's close, every future at its mark; the recorder is told once for all of them. */
export function settleFutures(k: Kernel, session: number): void {
  const { state, world } = k;
  const settled: Settlement[] = [];
  for (let i = 0; i < world.instruments.length; i++) {
    if (!isFuture(world.instruments[i])) continue;
    if (state.lots[i] === 0 && state.settledMinor[i] === 0 && state.unsettledMinor[i] === 0) {
      continue;
    }
    const now =
      state.lots[i] === 0 ? 0 : notionalMinor(state.lots[i], state.mark[i], world.scales[i]);
    const amountMinor = now - state.settledMinor[i] - state.unsettledMinor[i];
    state.settledMinor[i] = now;
    state.unsettledMinor[i] = 0;
    if (amountMinor === 0) continue;
    state.cash[world.currencyOf[i]] += amountMinor;
    settled.push({ instrument: i, price: state.mark[i], amountMinor });
  }
  if (settled.length > 0) k.recorder.settlement(session, settled);
}

/** Positions whose contract ends here move into the next one at this close; then all is settled again. */
export function rollFutures(k: Kernel, session: number): void {
  const { state, world } = k;
  let rolled = false;
  for (let i = 0; i < world.futures.length; i++) {
    const columns = world.futures[i];
    if (columns === null || columns.rollAt[session] === 0) continue;
    const from = state.mark[i];
    const to = columns.nextClose[session];
    const orders = repriceOrders(k, i, { from, to });
    if (state.lots[i] !== 0 || orders.length > 0 || isHeldInside(k, i))
      rollPosition(k, i, { columns, orders, from, to });
    rolled ||= state.lots[i] !== 0;
    // From here on the instrument is the next contract: it is sized, marked and settled as such.
    state.mark[i] = to;
  }
  if (rolled) settleFutures(k, session);
}

/** A flat position may be two sleeves that stand against each other: both move to the new contract. */
function isHeldInside(k: Kernel, i: number): boolean {
  const { sleeves } = k.state;
  return sleeves !== null && sleevesOf(k, i).some((v) => sleeves.microLots[v] !== 0);
}

type Contracts = { readonly from: number; readonly to: number };

/** One leg of a roll: a trade at a close, with its slippage and its fee. */
function rollLeg(k: Kernel, i: number, lots: number, reference: number): RollLeg {
  const { world, plan, state } = k;
  const price = slipped(reference, lots > 0 ? 1 : -1, plan.slippage, world.ticks[i]);
  const notional = notionalMinor(lots, price, world.scales[i]);
  const slippageMinor = notional - notionalMinor(lots, reference, world.scales[i]);
  const fee = feeMinor(plan.fees[i], lots, notional, world.unitScales[i]);
  const leg = { lots, price, notionalMinor: notional, slippageMinor, feeMinor: fee };
  if (lots !== 0) {
    state.cash[world.currencyOf[i]] -= fee;
    state.unsettledMinor[i] += notional;
    logFill(k, i, leg, leg);
  }
  return leg;
}

type RollLeg = { readonly lots: number; readonly price: number } & FillMoney;

function rollPosition(
  k: Kernel,
  i: number,
  roll: Contracts & { readonly columns: RollColumns; readonly orders: readonly Order[] },
): void {
  const { state } = k;
  const { session } = state;
  const lots = state.lots[i];
  const out = rollLeg(k, i, 0 - lots, roll.from);
  const into = rollLeg(k, i, lots, roll.to);
  if (lots !== 0) state.counters.rolls++;
  k.recorder.roll(session, {
    instrument: i,
    fromContract: roll.columns.contract[session],
    toContract: roll.columns.nextContract[session],
    lots,
    fromPrice: out.price,
    toPrice: into.price,
    fromReference: roll.from,
    toReference: roll.to,
    fromNotionalMinor: out.notionalMinor,
    toNotionalMinor: into.notionalMinor,
    feeMinor: out.feeMinor + into.feeMinor,
    slippageMinor: out.slippageMinor + into.slippageMinor,
    orders: roll.orders,
  });
}

/** Limits and stops keep their place beside the market: in its ratio, or where a price is not positive by the difference. */
function repriceOrders(k: Kernel, i: number, { from, to }: Contracts): readonly Order[] {
  const moved = (price: number) => (from > 0 && to > 0 ? price * (to / from) : price + (to - from));
  const orders = k.state.working.filter(
    (order) => order.working && order.instrument === i && order.price !== null,
  );
  for (const order of orders) order.price = moved(order.price as number);
  for (const signal of k.state.openSignals.values()) {
    if (signal.instrument !== i) continue;
    if (typeof signal.entry === "object") signal.entry = { limit: moved(signal.entry.limit) };
    if (signal.stop !== null && "price" in signal.stop) {
      signal.stop = { price: moved(signal.stop.price) };
    }
  }
  return orders;
}
