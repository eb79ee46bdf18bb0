/**
 * Side A of the equity identity, owned by the tests: cash, receivables, positions and net asset
 * value of every session from fills, source bars, corporate actions, contracts, rates of exchange
 * and the mandate's rates alone, in whole minor units. Interest, dividends, splits, variation
 * margin and rolls are worked out here too and listed as events, so that the journal's own entries
 * can be compared with them one by one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { centsAt, centsIn, minorIn, minorOf, shareOf } from "./exact-cents.ts";
import type { Entry, Row } from "./run-files.ts";
import type { Action, Contract, Source } from "./source-bars.ts";

export type Terms = {
  readonly initial: string;
  readonly fill: string;
  readonly feeBps: string;
  readonly perShare: string;
  readonly perContract: string;
  readonly minimum: string;
  readonly slippageBps: number;
  readonly slippageTicks: number;
  readonly debitRate: string;
  readonly borrowRate: string;
  readonly tick: number | null;
};

type Section = { readonly [key: string]: string | number } | undefined;
type MandateText = {
  readonly account: { readonly initial_equity: number };
  readonly execution?: Section;
  readonly fees?: Section;
  readonly slippage?: Section;
  readonly financing?: Section;
  readonly data: {
    readonly kind: string;
    readonly instruments?: { readonly [id: string]: { readonly tick?: number } };
  };
};

/** What a mandate's file says about money; absent costs are 0, the profile fills at the open. */
export function termsOf(directory: string): Terms {
  const mandate = parse(readFileSync(join(directory, "mandate.yaml"), "utf8")) as MandateText;
  const { account, execution, fees, slippage, financing, data } = mandate;
  const [instrument] = Object.values(data.instruments ?? {});
  return {
    initial: String(account.initial_equity),
    fill: String(execution?.["fill"] ?? "next_open"),
    feeBps: String(fees?.["bps"] ?? 0),
    perShare: String(fees?.["per_share"] ?? 0),
    perContract: String(fees?.["per_contract"] ?? 0),
    minimum: String(fees?.["minimum"] ?? 0),
    slippageBps: Number(slippage?.["bps"] ?? 0),
    slippageTicks: Number(slippage?.["ticks"] ?? 0),
    debitRate: String(financing?.["debit_rate"]),
    borrowRate: String(financing?.["borrow_rate"]),
    tick: instrument?.tick ?? null,
  };
}

export type Day = {
  readonly date: string;
  readonly cash: bigint;
  readonly receivable: bigint;
  readonly positions: bigint;
  readonly nav: bigint;
};

/** `value` in minor units of the instrument's currency. */
export type Held = {
  readonly date: string;
  readonly instrument: string;
  readonly lots: bigint;
  readonly value: bigint;
};

export type Books = {
  readonly days: readonly Day[];
  readonly held: readonly Held[];
  readonly events: readonly string[];
  /** Dates on which a position of an instrument moved to its next contract, "2003-05-07 SX_EN_GAS". */
  readonly rolled: ReadonlySet<string>;
};

type Margin = { settled: bigint; unsettled: bigint };

type State = {
  readonly terms: Terms;
  readonly source: Source;
  /** By currency, minor units. */
  readonly cash: Map<string, bigint>;
  /** At the last close, in cents of the account. */
  debit: bigint;
  readonly lots: Map<string, bigint>;
  readonly mark: Map<string, string>;
  readonly margin: Map<string, Margin>;
  readonly rate: Map<string, string>;
  due: { readonly instrument: string; readonly on: string; readonly amount: bigint }[];
  readonly events: string[];
  readonly rolled: Set<string>;
};

const ACCOUNT = "USD";
const PLAIN: Contract = { currency: ACCOUNT, digits: 2, multiplier: "1", tick: null, rolls: null };

export const contractOf = ({ contracts }: Source, id: string): Contract =>
  contracts?.get(id) ?? PLAIN;

export function ownBooks(source: Source, fills: readonly Row[], terms: Terms): Books {
  const traded = [...new Set(fills.map((fill) => fill["instrument"]))].toSorted();
  const dates = sessionsOf(source);
  const state: State = {
    terms,
    source,
    cash: new Map([[ACCOUNT, centsIn(terms.initial)]]),
    debit: 0n,
    lots: new Map(traded.map((id) => [id, 0n])),
    mark: new Map(),
    margin: new Map(traded.map((id) => [id, { settled: 0n, unsettled: 0n }])),
    rate: new Map(),
    due: [],
    events: [],
    rolled: new Set(),
  };
  const ratesOn = rateFinder(source);
  // The legs of a roll have no order: they are worked out here.
  const fillsOn = byDate(
    fills.filter((fill) => fill["order_id"] !== ""),
    (fill) => fill["date"],
  );
  const rollsOn = byDate(
    fills.filter((fill) => fill["order_id"] === ""),
    (fill) => fill["date"],
  );
  const actionsOn = byDate(source.actions, (action) => action.date);
  const days: Day[] = [];
  const held: Held[] = [];
  dates.forEach((date, n) => {
    ratesOn(date, state.rate);
    if (n > 0) accrue(state, date, daysBetween(dates[n - 1], date));
    for (const action of actionsOn.get(date) ?? []) dividend(state, action);
    for (const action of actionsOn.get(date) ?? []) split(state, action);
    payOut(state, date);
    for (const fill of fillsOn.get(date) ?? []) book(state, fill);
    mark(state, date);
    settle(state, date);
    if (roll(state, date, rollsOn.get(date) ?? [])) settle(state, date);
    days.push(closeDay(state, date, held));
  });
  return { days, held, events: state.events, rolled: state.rolled };
}

/** Sets the newest rate at or before each date; dates must be asked for in order. */
function rateFinder({ rates }: Source): (date: string, into: Map<string, string>) => void {
  const rows = [...(rates ?? new Map<string, ReadonlyMap<string, string>>())].map(
    ([currency, series]) => ({ currency, series: [...series], next: 0 }),
  );
  return (date, into) => {
    for (const row of rows) {
      for (; row.next < row.series.length && row.series[row.next][0] <= date; row.next++) {
        into.set(row.currency, row.series[row.next][1]);
      }
    }
  };
}

function byDate<T>(all: readonly T[], dateOf: (one: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(dateOf(one));
    if (group === undefined) groups.set(dateOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** Every date on which an instrument has a bar. */
export function sessionsOf(source: Source): readonly string[] {
  return [...new Set([...source.bars.values()].flatMap((bars) => [...bars.keys()]))].toSorted();
}

function daysBetween(from: string, to: string): bigint {
  return BigInt((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function pay(state: State, id: string, amount: bigint): void {
  const { currency } = contractOf(state.source, id);
  state.cash.set(currency, (state.cash.get(currency) ?? 0n) + amount);
}

/** ACT/360, one rounded amount for each calendar day, on what stood at the last close. */
function accrue(state: State, date: string, days: bigint): void {
  const { debit, source } = state;
  for (const [id, lots] of state.lots) {
    const contract = contractOf(source, id);
    // A short future borrows nothing.
    if (lots >= 0n || contract.rolls !== null) continue;
    const short = -minorOf(lots, state.mark.get(id) as string, contract);
    if (short <= 0n) continue;
    const amount = shareOf(short, state.terms.borrowRate, 360n) * days;
    pay(state, id, -amount);
    if (amount !== 0n) state.events.push(`${date} borrow ${id} ${amount}`);
  }
  if (debit <= 0n) return;
  const amount = shareOf(debit, state.terms.debitRate, 360n) * days;
  state.cash.set(ACCOUNT, (state.cash.get(ACCOUNT) as bigint) - amount);
  if (amount !== 0n) state.events.push(`${date} financing null ${amount}`);
}

function dividend(state: State, { instrument, date, dividend: perUnit, payDate }: Action): void {
  const lots = state.lots.get(instrument) ?? 0n;
  if (perUnit === null || lots === 0n) return;
  const { digits } = contractOf(state.source, instrument);
  const amount = minorOf(lots, perUnit, { digits, multiplier: "1" });
  state.due.push({ instrument, on: payDate, amount });
  state.events.push(`${date} dividend ${instrument} ${amount}`);
}

function split(state: State, { instrument, date, split: ratio }: Action): void {
  const lots = state.lots.get(instrument) ?? 0n;
  if (ratio === null || lots === 0n) return;
  const after = lots * BigInt(Number(ratio));
  state.lots.set(instrument, after);
  state.events.push(`${date} split ${instrument} ${lots} ${after}`);
}

function payOut(state: State, date: string): void {
  for (const { instrument, on, amount } of state.due) {
    if (on > date) continue;
    pay(state, instrument, amount);
    state.events.push(`${date} dividend_paid ${instrument} ${amount}`);
  }
  state.due = state.due.filter(({ on }) => on > date);
}

function book(state: State, { instrument, lots, price, fee }: Row): void {
  const contract = contractOf(state.source, instrument);
  trade(state, instrument, BigInt(lots), { price, fee: minorIn(fee, contract.digits) });
  state.lots.set(instrument, (state.lots.get(instrument) as bigint) + BigInt(lots));
}

/** A share is paid for; of a future only the fee is, until it settles. */
function trade(
  state: State,
  id: string,
  lots: bigint,
  { price, fee }: { readonly price: string; readonly fee: bigint },
): void {
  const contract = contractOf(state.source, id);
  const notional = minorOf(lots, price, contract);
  if (contract.rolls === null) pay(state, id, -notional - fee);
  else {
    pay(state, id, -fee);
    marginOf(state, id).unsettled += notional;
  }
}

const marginOf = (state: State, id: string): Margin => state.margin.get(id) as Margin;

function mark(state: State, date: string): void {
  for (const id of state.lots.keys()) {
    const bar = state.source.bars.get(id)?.get(date);
    if (bar !== undefined) state.mark.set(id, bar.close);
  }
}

/** What a position gained since it last settled, less what was traded in between, is paid. */
function settle(state: State, date: string): void {
  for (const [id, lots] of state.lots) {
    const contract = contractOf(state.source, id);
    if (contract.rolls === null) continue;
    const margin = marginOf(state, id);
    const now = lots === 0n ? 0n : minorOf(lots, state.mark.get(id) as string, contract);
    const amount = now - margin.settled - margin.unsettled;
    margin.settled = now;
    margin.unsettled = 0n;
    if (amount === 0n) continue;
    pay(state, id, amount);
    state.events.push(`${date} settlement ${id} ${amount}`);
  }
}

/** True when a position moved. The two legs must be the run's own fills without an order. */
function roll(state: State, date: string, legs: readonly Row[]): boolean {
  let moved = false;
  for (const [id, lots] of state.lots) {
    const contract = contractOf(state.source, id);
    const next = contract.rolls?.get(date);
    if (next === undefined) continue;
    if (lots !== 0n) {
      const [out, into] = legs.filter((leg) => leg["instrument"] === id);
      rollLeg(state, out, { lots: -lots, reference: state.mark.get(id) as string });
      rollLeg(state, into, { lots, reference: next });
      state.events.push(`${date} roll ${id} ${lots}`);
      state.rolled.add(`${date} ${id}`);
      moved = true;
    }
    state.mark.set(id, next);
  }
  return moved;
}

/** Refuses a leg that is not there, of another size, or from another price than the contract's close. */
function rollLeg(
  state: State,
  leg: Row | undefined,
  due: { readonly lots: bigint; readonly reference: string },
): void {
  const found = [leg?.["lots"], leg?.["reference_price"]].join(" at ");
  if (leg === undefined || found !== `${due.lots} at ${due.reference}`) {
    throw new Error(`a leg of a roll is ${found}, due is ${due.lots} at ${due.reference}`);
  }
  const { digits } = contractOf(state.source, leg["instrument"]);
  trade(state, leg["instrument"], due.lots, {
    price: leg["price"],
    fee: minorIn(leg["fee"], digits),
  });
}

/** Each currency is summed in itself, then converted and rounded once. */
function closeDay(state: State, date: string, held: Held[]): Day {
  const shares = new Map<string, bigint>();
  const receivable = new Map<string, bigint>();
  for (const [id, lots] of state.lots) {
    if (lots === 0n) continue;
    const contract = contractOf(state.source, id);
    const value = minorOf(lots, state.mark.get(id) as string, contract);
    held.push({ date, instrument: id, lots, value });
    if (contract.rolls === null) addTo(shares, contract.currency, value);
  }
  for (const { instrument, amount } of state.due) {
    addTo(receivable, contractOf(state.source, instrument).currency, amount);
  }
  const whole = new Map(state.cash);
  for (const part of [shares, receivable]) {
    for (const [currency, amount] of part) addTo(whole, currency, amount);
  }
  const [cash, owed, nav] = [state.cash, receivable, whole].map((sums) => inCents(state, sums));
  state.debit = -cash;
  return { date, cash, receivable: owed, positions: nav - cash - owed, nav };
}

function addTo(sums: Map<string, bigint>, currency: string, amount: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + amount);
}

function inCents({ rate, source }: State, sums: ReadonlyMap<string, bigint>): bigint {
  let total = 0n;
  for (const [currency, minor] of sums) {
    total +=
      currency === ACCOUNT || minor === 0n
        ? minor
        : centsAt(minor, rate.get(currency) as string, digitsOf(source, currency));
  }
  return total;
}

function digitsOf({ contracts }: Source, currency: string): number {
  for (const contract of contracts?.values() ?? []) {
    if (contract.currency === currency) return contract.digits;
  }
  throw new Error(`nothing is priced in ${currency}`);
}

/** The fee of one fill by the mandate's terms, in its currency: each part rounded by itself. */
export function feeOf(fill: Row, terms: Terms, contract: Contract): bigint {
  const lots = BigInt(fill["lots"]);
  const size = lots < 0n ? -lots : lots;
  const notional = minorOf(lots, fill["price"], contract);
  const proportional = shareOf(notional < 0n ? -notional : notional, terms.feeBps, 10_000n);
  const unit = { multiplier: "1", digits: contract.digits };
  if (contract.rolls !== null) return proportional + minorOf(size, terms.perContract, unit);
  if (terms.perShare === "0") return proportional;
  const commission = minorOf(size, terms.perShare, unit);
  const minimum = centsIn(terms.minimum);
  return proportional + (commission > minimum ? commission : minimum);
}

/** The journal's accruals, dividends, splits, settlements and rolls in the words of `Books.events`. */
export function eventsInJournal(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ at, kind, payload: p }) => {
    const date = at.slice(0, 10);
    if (kind === "accrual") return [`${date} ${p.accrual} ${p.instrument} ${p.amount_minor}`];
    if (kind === "split") return [`${date} split ${p.instrument} ${p.lots_before} ${p.lots_after}`];
    if (kind === "dividend" || kind === "dividend_paid") {
      return [`${date} ${kind} ${p.instrument} ${p.amount_minor}`];
    }
    if (kind === "settlement") {
      return (p.settled ?? []).map((s) => `${date} settlement ${s.instrument} ${s.amount_minor}`);
    }
    // Two sleeves may stand against each other inside of a flat position: nothing is traded for them.
    if (kind === "roll" && p.lots !== 0) return [`${date} roll ${p.instrument} ${p.lots}`];
    return [];
  });
}
