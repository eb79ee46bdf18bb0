/**
 * Side A of the equity identity, owned by the tests: cash, receivables, positions and net asset
 * value of every session from fills, source bars, corporate actions and the mandate's rates alone,
 * in whole cents. Interest, dividends and splits are worked out here too and listed as events, so
 * that the journal's own entries can be compared with them one by one.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { centsIn, centsOf, shareOf } from "./exact-cents.ts";
import type { Entry, Row } from "./run-files.ts";
import type { Action, Source } from "./source-bars.ts";

export type Terms = {
  readonly initial: string;
  readonly fill: string;
  readonly feeBps: string;
  readonly perShare: string;
  readonly minimum: string;
  readonly slippageBps: number;
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
    minimum: String(fees?.["minimum"] ?? 0),
    slippageBps: Number(slippage?.["bps"] ?? 0),
    debitRate: String(financing?.["debit_rate"]),
    borrowRate: String(financing?.["borrow_rate"]),
    tick: data.kind === "simulated" ? 0.01 : (instrument?.tick ?? null),
  };
}

export type Day = {
  readonly date: string;
  readonly cash: bigint;
  readonly receivable: bigint;
  readonly positions: bigint;
  readonly nav: bigint;
};

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
};

type State = {
  readonly terms: Terms;
  cash: bigint;
  readonly lots: Map<string, bigint>;
  readonly mark: Map<string, string>;
  due: { readonly instrument: string; readonly on: string; readonly amount: bigint }[];
  readonly events: string[];
};

export function ownBooks(source: Source, fills: readonly Row[], terms: Terms): Books {
  const traded = [...new Set(fills.map((fill) => fill["instrument"]))].toSorted();
  const dates = sessionsOf(source);
  const state: State = {
    terms,
    cash: centsIn(terms.initial),
    lots: new Map(traded.map((id) => [id, 0n])),
    mark: new Map(),
    due: [],
    events: [],
  };
  const fillsOn = byDate(fills, (fill) => fill["date"]);
  const actionsOn = byDate(source.actions, (action) => action.date);
  const days: Day[] = [];
  const held: Held[] = [];
  dates.forEach((date, n) => {
    if (n > 0) accrue(state, date, daysBetween(dates[n - 1], date));
    for (const action of actionsOn.get(date) ?? []) dividend(state, action);
    for (const action of actionsOn.get(date) ?? []) split(state, action);
    payOut(state, date);
    for (const fill of fillsOn.get(date) ?? []) book(state, fill);
    days.push(closeDay(state, date, { source, held }));
  });
  return { days, held, events: state.events };
}

function byDate<T>(all: readonly T[], dateOf: (one: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(dateOf(one), [...(groups.get(dateOf(one)) ?? []), one]);
  return groups;
}

/** Every date on which an instrument has a bar. */
export function sessionsOf(source: Source): readonly string[] {
  return [...new Set([...source.bars.values()].flatMap((bars) => [...bars.keys()]))].toSorted();
}

function daysBetween(from: string, to: string): bigint {
  return BigInt((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** ACT/360, one rounded amount for each calendar day, on what stood at the last close. */
function accrue(state: State, date: string, days: bigint): void {
  const debit = -state.cash;
  for (const [id, lots] of state.lots) {
    if (lots >= 0n) continue;
    const short = -centsOf(lots, state.mark.get(id) as string);
    if (short > 0n) charge(state, `${date} borrow ${id}`, [short, state.terms.borrowRate, days]);
  }
  if (debit > 0n) charge(state, `${date} financing null`, [debit, state.terms.debitRate, days]);
}

function charge(state: State, what: string, [base, rate, days]: [bigint, string, bigint]): void {
  const amount = shareOf(base, rate, 360n) * days;
  if (amount === 0n) return;
  state.cash -= amount;
  state.events.push(`${what} ${amount}`);
}

function dividend(state: State, { instrument, date, dividend: perUnit, payDate }: Action): void {
  const lots = state.lots.get(instrument) ?? 0n;
  if (perUnit === null || lots === 0n) return;
  const amount = centsOf(lots, perUnit);
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
    state.cash += amount;
    state.events.push(`${date} dividend_paid ${instrument} ${amount}`);
  }
  state.due = state.due.filter(({ on }) => on > date);
}

function book(state: State, fill: Row): void {
  const { instrument, lots, price, fee } = fill;
  state.cash -= centsOf(BigInt(lots), price) + centsIn(fee);
  state.lots.set(instrument, (state.lots.get(instrument) as bigint) + BigInt(lots));
}

function closeDay(state: State, date: string, into: { source: Source; held: Held[] }): Day {
  let positions = 0n;
  for (const [id, lots] of state.lots) {
    const bar = into.source.bars.get(id)?.get(date);
    if (bar !== undefined) state.mark.set(id, bar.close);
    if (lots === 0n) continue;
    const value = centsOf(lots, state.mark.get(id) as string);
    into.held.push({ date, instrument: id, lots, value });
    positions += value;
  }
  const receivable = state.due.reduce((sum, { amount }) => sum + amount, 0n);
  const { cash } = state;
  return { date, cash, receivable, positions, nav: cash + receivable + positions };
}

/** The fee of one fill by the mandate's terms: each part rounded by itself. */
export function feeOf(fill: Row, terms: Terms): bigint {
  const lots = BigInt(fill["lots"]);
  const size = lots < 0n ? -lots : lots;
  const notional = centsOf(lots, fill["price"]);
  const proportional = shareOf(notional < 0n ? -notional : notional, terms.feeBps, 10_000n);
  if (terms.perShare === "0") return proportional;
  const commission = centsOf(size, terms.perShare);
  const minimum = centsIn(terms.minimum);
  return proportional + (commission > minimum ? commission : minimum);
}

/** The journal's accruals, dividends and splits in the words of `Books.events`. */
export function eventsInJournal(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ at, kind, payload: p }) => {
    const date = at.slice(0, 10);
    if (kind === "accrual") return [`${date} ${p.accrual} ${p.instrument} ${p.amount_minor}`];
    if (kind === "split") return [`${date} split ${p.instrument} ${p.lots_before} ${p.lots_after}`];
    if (kind === "dividend" || kind === "dividend_paid") {
      return [`${date} ${kind} ${p.instrument} ${p.amount_minor}`];
    }
    return [];
  });
}
