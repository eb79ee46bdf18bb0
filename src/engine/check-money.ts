/**
 * Invariant 11 for what is neither fill nor mark: rates of exchange are those of the pack's reference
 * series, every trade was converted at its session's, and a position that stood at a roll was carried
 * over at both contracts' closes, moved against us by the slippage, for the commission of two trades.
 * Read from the pack, the bars and the fills; uses nothing of the kernel's own arithmetic.
 */
import { formatDate } from "../base/instant.ts";
import type { Breach } from "./audit.ts";
import { commissionDue, slippageDue } from "./check-costs.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";

/** Beyond this part two rates are not the same. */
const TOLERANCE = 1e-9;

export function checkMoney(k: Kernel, trace: Trace): Breach | null {
  const message = wrongRate(k) ?? wrongConversion(k) ?? wrongRoll(k, trace);
  return message === null ? null : { invariant: 11, status: "BREAK", message };
}

function wrongRate({ world }: Kernel): string | null {
  const { sessionsMs, currencies, references } = world;
  const [own, ...others] = currencies;
  for (const { code, rate } of others) {
    const series = references.find(
      (r) => r.kind === "fx" && r.currency === code && r.quote === own.code,
    );
    let row = -1;
    for (let s = 0; s < sessionsMs.length; s++) {
      while (series !== undefined && series.timesMs[row + 1] <= sessionsMs[s]) row++;
      const printed = row < 0 ? Number.NaN : series?.values[row];
      if (Object.is(rate?.[s], printed)) continue;
      return `the rate of ${code} in ${own.code} on ${formatDate(sessionsMs[s])} is taken to be ${rate?.[s]}, the reference series has ${printed}`;
    }
  }
  return null;
}

/** Trades in the account's currency, within the minor unit that rounding may move them by. */
function wrongConversion({ world, state }: Kernel): string | null {
  const { session, instrument, notional, traded } = state.fills;
  const [sessions, instruments] = [session.values(), instrument.values()];
  const [local, converted] = [notional.values(), traded.values()];
  const [own] = world.currencies;
  for (let n = 0; n < local.length; n++) {
    const { code, rate, digits } = world.currencies[world.currencyOf[instruments[n]]];
    if (rate === null) continue;
    const due = local[n] * rate[sessions[n]] * 10 ** (own.digits - digits);
    if (Math.abs(converted[n] - due) <= 1 + Math.abs(due) * TOLERANCE) continue;
    const on = formatDate(world.sessionsMs[sessions[n]]);
    return `a trade of ${local[n]} minor units of ${code} on ${on} was converted to ${converted[n]} of ${own.code}, at its rate it is ${due}`;
  }
  return null;
}

type Leg = {
  readonly lots: number;
  readonly price: number;
  readonly reference: number;
  readonly notional: number;
  readonly fee: number;
};

/** Rolls are the trades without an order, two at a time: out of one contract, into the next. */
function wrongRoll(k: Kernel, trace: Trace): string | null {
  if (!k.world.hasFutures) return null;
  const { fills } = k.state;
  const columns = {
    lots: fills.lots.values(),
    price: fills.price.values(),
    reference: trace.fillReferences.values(),
    notional: fills.notional.values(),
    fee: fills.fee.values(),
  };
  const legAt = (n: number): Leg => ({
    lots: columns.lots[n],
    price: columns.price[n],
    reference: columns.reference[n],
    notional: columns.notional[n],
    fee: columns.fee[n],
  });
  const sessions = fills.session.values();
  const instruments = fills.instrument.values();
  const rolled = new Set<string>();
  for (let n = 0; n < sessions.length; n++) {
    if (trace.fillOrders[n] !== null) continue;
    const at = { i: instruments[n], s: sessions[n] };
    rolled.add(`${at.s} ${at.i}`);
    const message = wrongLegs(k, at, [legAt(n), legAt(n + 1)]);
    if (message !== null) return message;
    n++;
  }
  return k.plan.sameClose ? null : missedRoll(k, trace, rolled);
}

type At = { readonly i: number; readonly s: number };

function wrongLegs(k: Kernel, { i, s }: At, [out, into]: readonly [Leg, Leg]): string | null {
  const { world } = k;
  const name = `the roll of ${world.instruments[i].id} on ${formatDate(world.sessionsMs[s])}`;
  const columns = world.futures[i];
  const closes = [world.closes[i][s], columns?.nextClose[s] ?? Number.NaN];
  if (out.lots + into.lots !== 0) return `${name} sells ${out.lots} lots and buys ${into.lots}`;
  for (const [n, leg] of [out, into].entries()) {
    if (leg.reference !== closes[n]) {
      return `${name} is made at ${leg.reference}, the contract closed at ${closes[n]}`;
    }
    const [least, most] = slippageDue(k, i, leg.reference);
    const paid = Math.sign(leg.lots) * (leg.price - leg.reference);
    const noise = Math.abs(leg.reference) * TOLERANCE;
    if (paid < least - noise || paid > most + noise) {
      return `${name} pays ${paid} of slippage, ${least} is due`;
    }
    const fee = commissionDue(k, i, leg);
    // Its parts are rounded one by one.
    if (Math.abs(leg.fee - fee) > 1)
      return `${name} pays a fee of ${leg.fee} minor units, ${fee} are due`;
  }
  return null;
}

/** A position that stood at the close of its contract's roll and has none. */
function missedRoll(
  { world }: Kernel,
  { positions }: Trace,
  rolled: ReadonlySet<string>,
): string | null {
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  for (let n = 0; n < sessions.length; n++) {
    const [s, i] = [sessions[n], instruments[n]];
    if (world.futures[i]?.rollAt[s] !== 1 || rolled.has(`${s} ${i}`)) continue;
    return `${world.instruments[i].id} is held on ${formatDate(world.sessionsMs[s])}, when its contract ends, and was not rolled`;
  }
  return null;
}
