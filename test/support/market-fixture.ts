/**
 * Tiny markets by hand: bars as [open, high, low, close] on named dates, actions, and a strategy
 * whose wish at each decision is read off a script. The script reaches `decide` the way any
 * strategy's knowledge does, through a column: the index of the row.
 */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { invariant } from "../../src/base/assert.ts";
import { formatDate, parseIsoDate } from "../../src/base/instant.ts";
import type { BarSeries } from "../../src/domain/bar.ts";
import type { CorporateAction } from "../../src/domain/corporate-action.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { JournalPayload } from "../../src/domain/journal-entry.ts";
import type { BacktestPack } from "../../src/domain/pack.ts";
import type { TerminalState } from "../../src/domain/refusal.ts";
import type { Strategy } from "../../src/domain/strategy.ts";
import type { Target } from "../../src/domain/target.ts";
import type { Breach } from "../../src/engine/audit.ts";
import { checkBooks, checkConservation, checkStages } from "../../src/engine/audit.ts";
import { checkCarry } from "../../src/engine/check-carry.ts";
import { checkPositions } from "../../src/engine/check-positions.ts";
import { checkRebalances, checkSizing } from "../../src/engine/check-sizing.ts";
import { checkTrades } from "../../src/engine/check-trades.ts";
import { checkWorld } from "../../src/engine/check-world.ts";
import { checkGates } from "../../src/engine/layers/check-gates.ts";
import { createJournallingRecorder } from "../../src/engine/journalling-recorder.ts";
import { createTrace, type Trace } from "../../src/engine/trace.ts";
import { createKernel, finishKernel, runSessions } from "../../src/engine/kernel.ts";
import { buildPlan } from "../../src/engine/plan.ts";
import type { PlanSettings, StrategyUse } from "../../src/engine/plan-input.ts";
import { nullRecorder } from "../../src/engine/recorder.ts";
import { stageRecords } from "../../src/engine/stage-tally.ts";
import type { Kernel } from "../../src/engine/state.ts";
import { buildWorld } from "../../src/engine/world.ts";
import type { Sha256 } from "../../src/ports/hash.ts";
import { decodeBody } from "../../src/records/journal/chain.ts";
import { createJournalWriter } from "../../src/records/journal/writer.ts";
import { defineStrategy } from "../../src/research/strategies/define.ts";
import type { LedgerEntry } from "../../src/records/ledger/fold.ts";

export type Ohlc = readonly [open: number, high: number, low: number, close: number];

/** One instrument: its bars by date, its script by date (what it wishes from that close on). */
export type Listing = {
  readonly bars: { readonly [date: string]: Ohlc | number };
  readonly wishes?: { readonly [date: string]: Target | null };
  readonly actions?: readonly (
    | { readonly split: number; readonly on: string }
    | { readonly dividend: number; readonly on: string; readonly paid: string }
  )[];
  readonly instrument?: Partial<Instrument>;
};

export type Market = { readonly [id: string]: Listing };

type Deep<T> = { readonly [K in keyof T]?: T[K] extends object ? Partial<T[K]> : T[K] };

export type Settings = Deep<PlanSettings>;

const sha256: Sha256 = (data) => createHash("sha256").update(data).digest("hex");

export function at(date: string): number {
  const ms = parseIsoDate(date);
  invariant(ms !== null, 0, `${date} is no date`);
  return ms;
}

/** 10 000.00 USD, gross 100 %, market orders at the next open, nothing costs anything. */
export function settingsWith(over: Settings): PlanSettings {
  return {
    initialEquity: over.initialEquity ?? 10_000,
    currency: "USD",
    currencyDigits: 2,
    layers: null,
    execution: { fill: "next_open", ...over.execution },
    slippage: { bps: 0, half_spread: 0, ticks: 0, ...over.slippage },
    fees: { bps: 0, per_share: 0, per_contract: 0, minimum: 0, ...over.fees },
    financing: { debit_rate: 0, borrow_rate: 0, ...over.financing },
    limits: {
      gross: 1,
      net: null,
      symbol: null,
      sector: null,
      margin: null,
      positions: null,
      shorts: true,
      stop_cooldown_sessions: 0,
      ...over.limits,
    },
    freshness: { max_age_sessions: 1, ...over.freshness },
    schedule: { decide: "every_session", rebalance: "never", ...over.schedule },
  };
}

export function packOf(market: Market): BacktestPack {
  const ids = Object.keys(market).sort();
  return {
    kind: "SIMULATED",
    id: sha256(JSON.stringify(market)),
    series: ids.map((id) => seriesOf(id, market[id])),
    actions: ids.flatMap((id) => actionsOf(id, market[id])).sort((a, b) => a.exDateMs - b.exDateMs),
    references: [],
    rights: ["simulated"],
  };
}

export function seriesOf(
  id: string,
  { bars, instrument }: Pick<Listing, "bars" | "instrument">,
): BarSeries {
  const dates = Object.keys(bars).sort();
  const closeOnly = dates.every((date) => typeof bars[date] === "number");
  const field = (n: number) =>
    Float64Array.from(dates, (date) => {
      const bar = bars[date];
      return typeof bar === "number" ? bar : bar[n];
    });
  return {
    instrument: {
      id,
      assetClass: "equity",
      currency: "USD",
      currencyDigits: 2,
      lot: 1,
      tick: null,
      multiplier: 1,
      allowNonpositive: false,
      sector: null,
      calendar: null,
      initialMargin: null,
      ...instrument,
    },
    timesMs: Float64Array.from(dates, at),
    open: closeOnly ? null : field(0),
    high: closeOnly ? null : field(1),
    low: closeOnly ? null : field(2),
    close: field(3),
    volume: Float64Array.from(dates, (_, n) => n + 1),
    futures: null,
  };
}

export function actionsOf(
  instrument: string,
  { actions = [] }: Pick<Listing, "actions">,
): CorporateAction[] {
  return actions.map((action) => {
    const exDateMs = at(action.on);
    return "split" in action
      ? { kind: "split", instrument, exDateMs, ratio: action.split }
      : {
          kind: "dividend",
          instrument,
          exDateMs,
          payDateMs: at(action.paid),
          amountPerUnit: action.dividend,
        };
  });
}

/**
 * Speaks on the dates of its script and is silent (null: no change of wish) on all others. It
 * learns its row from the volume, which counts the bars; splits divide volumes, so it is scaled back.
 */
function scripted(id: string, { bars, wishes = {} }: Listing): Strategy {
  const dates = Object.keys(bars).sort();
  const script = dates.map((date) => wishes[date] ?? null);
  for (const date of Object.keys(wishes)) {
    invariant(dates.includes(date), 0, `${id} wishes on ${date}, where it has no bar`);
  }
  const closeOnly = dates.every((date) => typeof bars[date] === "number");
  return defineStrategy({
    name: `scripted-${id}`,
    version: "1",
    params: {},
    orders: closeOnly ? ["on_close"] : ["limit", "stop", "on_open", "on_close"],
    columns: (m) => ({ count: m.mul(m.volume, m.div(m.close, m.raw.close)) }),
    decide: ({ count }) => script[Math.round(count) - 1],
  });
}

export function scriptedUses(market: Market): StrategyUse[] {
  return Object.keys(market).map((id) => ({
    name: `scripted-${id}`,
    strategy: scripted(id, market[id]),
    params: {},
    codeHash: sha256(id),
    instruments: [id],
  }));
}

/** What was filled, in order: date, instrument, signed lots, price, cents of notional and fee. */
export type Fill = {
  readonly on: string;
  readonly id: string;
  readonly lots: number;
  readonly price: number;
  readonly notional: number;
  readonly fee: number;
};

export type Outcome = {
  readonly k: Kernel;
  readonly trace: Trace;
  readonly entries: readonly LedgerEntry[];
  readonly fills: readonly Fill[];
  /** Terminal states as the journal has them, in order of their signals' ends. */
  readonly terminals: readonly string[];
  /** Cents at each session's close. */
  readonly nav: readonly number[];
  readonly cash: readonly number[];
  /** The first of the run's own checks that fails. */
  readonly breach: Breach | null;
  /** The same market and script without anybody listening. */
  readonly silent: Kernel;
};

export function runMarket(market: Market, over: Settings = {}): Outcome {
  const pack = packOf(market);
  const world = buildWorld(pack, { currency: "USD", digits: 2 });
  const { plan } = buildPlan({
    world,
    actions: pack.actions,
    uses: scriptedUses(market),
    settings: settingsWith(over),
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: (id) => `${id}.csv`,
  });
  const journal = createJournalWriter({
    recorded: { seq: 0, hash: "0".repeat(64) },
    prefix: [],
    sha256,
  });
  const trace = createTrace();
  const recorder = createJournallingRecorder({ world, plan, journal, sha256, trace });
  const k = runThrough(createKernel(world, plan, recorder));
  const { rows, terminals } = journal.takeBatch();
  const entries = rows.map(({ body }) => decodeBody(body));
  const counted = new Map<TerminalState, number>();
  for (const { state } of terminals) counted.set(state, (counted.get(state) ?? 0) + 1);
  return {
    k,
    trace,
    entries,
    fills: fillsOf(k),
    terminals: terminals.map(({ state }) => state),
    nav: [...k.state.curves.nav],
    cash: [...k.state.curves.cash],
    breach:
      checkStages(stageRecords(k.state.tally, k.plan.wiring)) ??
      checkWorld(pack, world) ??
      checkTrades(k, trace) ??
      checkCarry(k, trace, { actions: pack.actions, entries }) ??
      checkConservation(k, counted) ??
      checkGates(k, trace, entries) ??
      checkSizing(world, entries) ??
      checkRebalances(k, trace) ??
      checkPositions(world, trace, entries) ??
      checkBooks(k, entries, "fifo").breach,
    silent: runThrough(createKernel(world, plan, nullRecorder)),
  };
}

/** A run whose own checks hold and whose numbers do not depend on who listens, bit for bit. */
export function soundRun(market: Market, over: Settings = {}): Outcome {
  const outcome = runMarket(market, over);
  expect(outcome.breach).toBeNull();
  expect(numbersOf(outcome.silent)).toEqual(numbersOf(outcome.k));
  return outcome;
}

/** As bytes, so that 0 and -0 or two NaN are told apart. */
export function numbersOf({ state }: Kernel): readonly string[] {
  const { fills, curves, counters, costs } = state;
  const columns = [
    ...Object.values(fills).map((column) => column.values()),
    curves.nav,
    curves.cash,
  ];
  return [
    ...columns.map((column) => Buffer.from(new Uint8Array(column.slice().buffer)).toString("hex")),
    JSON.stringify([{ ...counters, terminals: [...counters.terminals] }, costs, state.ruinedAt]),
  ];
}

export function runThrough(k: Kernel): Kernel {
  runSessions(k, 0, k.world.sessionsMs.length);
  finishKernel(k);
  return k;
}

function fillsOf({ world, state }: Kernel): Fill[] {
  const { session, instrument, lots, price, notional, fee } = state.fills;
  return Array.from(session.values(), (s, n) => ({
    on: formatDate(world.sessionsMs[s]),
    id: world.instruments[instrument.values()[n]].id,
    lots: lots.values()[n],
    price: price.values()[n],
    notional: notional.values()[n],
    fee: fee.values()[n],
  }));
}

/** Everything of one kind in the journal. */
export function entriesOf<Kind extends JournalPayload["kind"]>(
  { entries }: Outcome,
  kind: Kind,
): Extract<JournalPayload, { kind: Kind }>[] {
  return entries.flatMap(({ payload }) =>
    payload.kind === kind ? [payload as Extract<JournalPayload, { kind: Kind }>] : [],
  );
}
