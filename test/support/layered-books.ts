/**
 * Books of a layered run kept by the tests alone: from the journal's fills, rolls, settlements,
 * splits, dividends and accruals to cash and net asset value on every day, and by instrument to what
 * its sleeves must have earned together. Says what differs from the kernel and from its sleeves.
 */
import { convertMinor, exactNotionalMinor, moneyScale } from "../../src/base/money.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import type { Layered } from "./layered-fixture.ts";

type Books = {
  readonly cash: Map<string, number>;
  readonly receivable: Map<string, number>;
  readonly lots: Map<string, number>;
  /** Per instrument: what trading brought in, before the value of what is still held. */
  readonly gains: Map<string, number>;
};

/** The first differences found; nothing where the books agree. */
export function ownLayeredBooks(run: Layered): readonly string[] {
  const found: string[] = [];
  const books: Books = {
    cash: new Map(),
    receivable: new Map(),
    lots: new Map(),
    gains: new Map(),
  };
  let next = 0;
  const marks = new Map<string, number>();
  for (const [s, date] of run.dates.entries()) {
    for (; next < run.entries.length && run.entries[next].at.slice(0, 10) === date; next++) {
      book(run, books, run.entries[next].payload);
    }
    markSession(run, marks, s);
    const nav = navOf(run, books, marks, s);
    if (nav !== run.nav[s])
      found.push(`${date}: net asset value ${nav}, the kernel has ${run.nav[s]}`);
    if (found.length > 0) return found;
  }
  return sleevesApart(run, books, marks);
}

function add(map: Map<string, number>, key: string, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount);
}

function book(run: Layered, b: Books, p: AccountPayload): void {
  switch (p.kind) {
    case "flow":
      return add(b.cash, p.currency, p.amount_minor);
    case "accrual":
      return add(b.cash, p.currency, -p.amount_minor);
    case "fill": {
      // A future's price is settled, not paid.
      const paid = isFuture(run, p.instrument) ? 0 : p.notional_minor;
      add(b.cash, p.currency, -paid - p.fee_minor);
      add(b.gains, p.instrument, -p.notional_minor);
      return add(b.lots, p.instrument, p.lots);
    }
    case "settlement":
      for (const { currency, amount_minor: amount } of p.settled) add(b.cash, currency, amount);
      return;
    case "roll":
      add(b.cash, p.currency, -p.fee_minor);
      return add(b.gains, p.instrument, -p.from_notional_minor - p.to_notional_minor);
    case "split":
      add(b.cash, currencyOf(run, p.instrument), p.cash_in_lieu_minor);
      add(b.gains, p.instrument, p.cash_in_lieu_minor);
      b.lots.set(p.instrument, p.lots_after);
      return;
    case "dividend":
      return add(b.receivable, p.currency, p.amount_minor);
    case "dividend_paid":
      add(b.receivable, p.currency, -p.amount_minor);
      return add(b.cash, p.currency, p.amount_minor);
    case "run_started":
    case "decision":
    case "order":
    case "order_ended":
    case "cross":
    case "breaker":
    default:
      // Neither the kinds without money nor those of a trading account.
      return;
  }
}

function instrumentOf(run: Layered, id: string) {
  return run.k.world.instruments[run.k.world.indexOf.get(id) as number];
}

function isFuture(run: Layered, id: string): boolean {
  return instrumentOf(run, id).assetClass === "future";
}

function currencyOf(run: Layered, id: string): string {
  return instrumentOf(run, id).currency;
}

/** Last raw close; of the contract that follows where this close is the last of the old one. */
function markSession(run: Layered, marks: Map<string, number>, session: number): void {
  for (const { instrument, timesMs, close, futures } of run.k.world.series) {
    const row = timesMs.indexOf(run.k.world.sessionsMs[session]);
    if (row < 0) continue;
    const rolls =
      futures !== null &&
      row + 1 < timesMs.length &&
      futures.contract[row + 1] !== futures.contract[row];
    marks.set(instrument.id, rolls ? futures.nextClose[row] : close[row]);
  }
}

function valueOf(
  run: Layered,
  id: string,
  lots: number,
  marks: ReadonlyMap<string, number>,
): number {
  if (lots === 0) return 0;
  const { lot, multiplier, currencyDigits } = instrumentOf(run, id);
  return Number(
    exactNotionalMinor(lots, marks.get(id) as number, moneyScale(lot, multiplier, currencyDigits)),
  );
}

/** In each currency all that is there, converted and rounded once. */
function navOf(
  run: Layered,
  b: Books,
  marks: ReadonlyMap<string, number>,
  session: number,
): number {
  const total = new Map<string, number>();
  for (const [currency, amount] of b.cash) add(total, currency, amount);
  for (const [currency, amount] of b.receivable) add(total, currency, amount);
  for (const [id, lots] of b.lots) {
    if (!isFuture(run, id)) add(total, currencyOf(run, id), valueOf(run, id, lots, marks));
  }
  const [own] = run.k.world.currencies;
  let nav = 0;
  for (const { code, digits, rate } of run.k.world.currencies) {
    const amount = total.get(code) ?? 0;
    if (amount === 0) continue;
    nav += rate === null ? amount : convertMinor(amount, rate[session], digits, own.digits);
  }
  return nav;
}

/** By instrument: realised + unrealised of its sleeves against trades, cash in lieu and what is held. */
function sleevesApart(
  run: Layered,
  { gains, lots }: Books,
  marks: ReadonlyMap<string, number>,
): readonly string[] {
  return run.k.world.instruments.flatMap(({ id }) => {
    const own = run.sleeves.filter(({ instrument }) => instrument === id);
    const due = (gains.get(id) ?? 0) + valueOf(run, id, lots.get(id) ?? 0, marks);
    const sum = own.reduce((all, s) => all + s.realisedMinor + s.unrealisedMinor, 0);
    const micro = own.reduce((all, s) => all + s.microLots, 0);
    const found: string[] = [];
    if (sum !== due) found.push(`${id}: sleeves earned ${sum}, the portfolio ${due}`);
    if (micro !== (lots.get(id) ?? 0) * 1e6) {
      found.push(`${id}: sleeves hold ${micro} millionths of ${lots.get(id) ?? 0} lots`);
    }
    return found;
  });
}
