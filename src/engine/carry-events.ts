/**
 * What happens to a book without trading: interest on a debit, borrow on shorts, splits, dividends
 * and their payment. Runs before the session's first fill.
 */
import { dayNumber } from "../base/instant.ts";
import { notionalMinor } from "../base/money.ts";
import type { CashDividend } from "../domain/corporate-action.ts";
import type { ProtectiveStop } from "../domain/target.ts";
import { accrue } from "../venue/accruals.ts";
import { inLieuMinor, splitLots } from "../venue/splits.ts";
import { toAccountMinor } from "./account-money.ts";
import { endOrder } from "./book-fill.ts";
import { splitSleeves } from "./sleeves/split-sleeves.ts";
import type { Kernel } from "./state.ts";

/** Calendar days since the last session, on that session's closing debit and short values. */
export function accrueInterest(k: Kernel, session: number): void {
  if (session === 0) return;
  const { sessionsMs, instruments } = k.world;
  const days = dayNumber(sessionsMs[session]) - dayNumber(sessionsMs[session - 1]);
  if (days === 0) return;
  const { state, plan } = k;
  // The cash debit is read before borrow fees of the same days are taken from it.
  const debit = -state.cashMinor;
  if (plan.borrowRate > 0 && state.hasShort) {
    for (let i = 0; i < instruments.length; i++) {
      // A short future borrows nothing.
      if (state.lots[i] < 0 && k.world.futures[i] === null) {
        charge(k, "borrow", i, -state.valueMinor[i], plan.borrowRate, days);
      }
    }
  }
  if (plan.debitRate > 0 && debit > 0) charge(k, "financing", null, debit, plan.debitRate, days);
}

function charge(
  k: Kernel,
  accrual: "financing" | "borrow",
  instrument: number | null,
  baseMinor: number,
  rate: number,
  days: number,
): void {
  // A short at a negative price owes nothing for the loan of it.
  if (baseMinor <= 0) return;
  const { perDayMinor, amountMinor } = accrue(baseMinor, rate, days);
  if (amountMinor === 0) return;
  const currency = instrument === null ? 0 : k.world.currencyOf[instrument];
  k.state.cash[currency] -= amountMinor;
  k.state.costs[accrual] += toAccountMinor(k.world, k.state, currency, amountMinor);
  k.recorder.accrual(k.state.session, {
    accrual,
    instrument,
    days,
    baseMinor,
    rate,
    perDayMinor,
    amountMinor,
  });
}

/** Corporate actions of this session, then payments that have come due. */
export function applyActions(k: Kernel, session: number): void {
  for (const action of k.world.actions.get(session) ?? []) {
    const i = k.world.indexOf.get(action.instrument) as number;
    if (action.kind === "dividend") accrueDividend(k, i, action);
    else applySplit(k, i, action.ratio);
  }
}

function accrueDividend(k: Kernel, i: number, action: CashDividend): void {
  const lots = k.state.lots[i];
  if (lots === 0) return;
  const amountMinor = notionalMinor(lots, action.amountPerUnit, k.world.unitScales[i]);
  k.state.receivable[k.world.currencyOf[i]] += amountMinor;
  k.state.payments.push({
    instrument: i,
    dueMs: action.payDateMs,
    exDateMs: action.exDateMs,
    amountMinor,
  });
  k.recorder.dividend(k.state.session, {
    instrument: i,
    lots,
    amountPerUnit: action.amountPerUnit,
    amountMinor,
    payDateMs: action.payDateMs,
  });
}

export function payDividends(k: Kernel, session: number): void {
  const now = k.world.sessionsMs[session];
  const { state } = k;
  for (const payment of state.payments) {
    if (payment.dueMs > now) continue;
    const { instrument, amountMinor, exDateMs } = payment;
    const currency = k.world.currencyOf[instrument];
    state.receivable[currency] -= amountMinor;
    state.cash[currency] += amountMinor;
    k.recorder.dividendPaid(session, { instrument, amountMinor, exDateMs });
  }
  state.payments = state.payments.filter((payment) => payment.dueMs > now);
}

/**
 * Positions, sleeves, working orders and open wishes on the scale after it. `inLieu`: who pays for a fraction
 * of a share that is lost; a venue posts it as cash of its own.
 */
export function applySplit(
  k: Kernel,
  i: number,
  ratio: number,
  inLieu: "here" | "venue" = "here",
): void {
  const { state } = k;
  const lotsBefore = state.lots[i];
  const { whole: lotsAfter, isExact } = splitLots(lotsBefore, ratio);
  const cashInLieuMinor =
    isExact || inLieu === "venue"
      ? 0
      : inLieuMinor({ before: lotsBefore, after: lotsAfter }, ratio, {
          price: state.mark[i],
          scale: k.world.scales[i],
        });
  if (state.mark[i] === state.mark[i]) state.mark[i] /= ratio;
  state.lots[i] = lotsAfter;
  state.cash[k.world.currencyOf[i]] += cashInLieuMinor;
  const isHeldInside =
    state.sleeves !== null && splitSleeves(k, state.sleeves, i, { ratio, lotsBefore, lotsAfter });
  const orders = state.working.filter((order) => order.working && order.instrument === i);
  for (const order of orders) {
    order.lots = splitLots(order.lots, ratio).whole;
    if (order.price !== null) order.price /= ratio;
  }
  for (const signal of state.openSignals.values()) {
    if (signal.instrument !== i) continue;
    const isWhole = signal.kind !== "forecast";
    const resized = (lots: number) => (isWhole ? splitLots(lots, ratio).whole : lots * ratio);
    signal.wantedLots = resized(signal.wantedLots);
    signal.filledLots = resized(signal.filledLots);
    if (typeof signal.entry === "object") signal.entry = { limit: signal.entry.limit / ratio };
    if (signal.stop !== null) signal.stop = splitStop(signal.stop, ratio);
  }
  // A flat position may be two sleeves that stand against each other: theirs is split all the same.
  if (lotsBefore === 0 && orders.length === 0 && !isHeldInside) return;
  k.recorder.split(state.session, {
    instrument: i,
    ratio,
    lotsBefore,
    lotsAfter,
    cashInLieuMinor,
    orders,
  });
  for (const order of orders) if (order.lots === 0) endOrder(k, order, "cancelled");
}

/** A stop that waits with its order is on the scale of the day it was decided. */
function splitStop(stop: ProtectiveStop, ratio: number): ProtectiveStop {
  return "price" in stop ? { price: stop.price / ratio } : { distance: stop.distance / ratio };
}
