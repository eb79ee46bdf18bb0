/**
 * The pure middle of trading: facts enter in their order, entries and orders leave. Each fact is
 * journalled before anything follows from it, and what follows is a function of the day's opening state, its
 * packs and the facts alone: executing a recorded day again writes the same entries. Nothing here waits,
 * reads a clock or knows a broker; day.ts brings the facts and carries the orders out.
 */
import { invariant } from "../../base/assert.ts";
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { JournalWriter } from "../../records/journal/writer.ts";
import { createJournallingRecorder, recallNames } from "../journalling-recorder.ts";
import { closeReported, kernelOver } from "../kernel.ts";
import { decide } from "../pipeline.ts";
import { pauseGate } from "../../execution/gates/pause.ts";
import { flattenAll } from "../flatten.ts";
import type { Prepared } from "../prepare.ts";
import type { Recorder } from "../recorder.ts";
import { stageRecords } from "../stage-tally.ts";
import { createTrace, type Trace } from "../trace.ts";
import { type Fact, foldAccount } from "./account.ts";
import { bookFact } from "./book-fact.ts";
import { foldCarried, newCarried } from "./carried.ts";
import { foldBookings, type LotSizes, newBookings } from "./our-books.ts";
import { isOpenAtVenue } from "./live-order.ts";
import type { CarriedIn, Core, OpenDay } from "./open-day.ts";
import { carryState, decodeState, encodeState, type TradingState } from "./snapshot.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

export function createCore(
  options: Pick<Core, "sha256" | "account" | "averaging" | "journal" | "view" | "ledger">,
): Core {
  return {
    ...options,
    day: null,
    entries: [],
    bookings: newBookings(),
    carried: newCarried(),
    carriedIn: { orders: [], signals: [], paused: null },
    decision: null,
  };
}

/** Units in a lot, and the currency's digits, of what the open day trades. */
export function lotSizes({ day }: Pick<Core, "day">): LotSizes {
  return sizesIn(day?.prepared.world);
}

export function sizesIn(world: Prepared["world"] | undefined): LotSizes {
  return (id) => {
    const instrument = world?.instruments[world.indexOf.get(id) ?? -1];
    invariant(instrument !== undefined, 11, `nothing here trades ${id}`);
    return { lot: instrument.lot, digits: instrument.currencyDigits };
  };
}

/** Journals a fact and does what follows from it. */
export function execute(core: Core, at: string, fact: Fact): void {
  emit(core, at, fact);
  const { day } = core;
  if (day === null) return;
  day.kernel.state.safety = core.view.safety;
  if (fact.kind === "decided") decideNow(core, day, fact);
  else bookFact(day, fact);
}

/** A day begins from a recorded state; `prepared` holds the pack it names and its session as the coming one. */
export function openDay(
  core: Core,
  at: string,
  fact: Of<"day_opened">,
  opening: { readonly prepared: Prepared; readonly state: string },
): void {
  const { prepared } = opening;
  const state = decodeState(opening.state, prepared.world, prepared.planned.plan);
  core.carriedIn = carriedInto(core, state);
  core.entries = [];
  core.decision = null;
  emit(core, at, fact);
  const day = dayOn(core, prepared, state);
  for (const [id, live] of day.state.orders) {
    if (!isOpenAtVenue(live)) day.state.orders.delete(id);
  }
  // What has ended is left behind: in a backtest each session's matching does it.
  const { kernel } = day.state;
  kernel.working = kernel.working.filter(({ working }) => working);
  requireComing(day, fact.date);
  core.day = day;
}

/** The state that the last day left, on a world of another mandate: nothing is executed again. */
export function standBy(core: Core, prepared: Prepared, text: string): void {
  const state = decodeState(text, prepared.world, prepared.planned.plan);
  core.day = dayOn(core, prepared, state);
}

/** The bars of the session that was traded: marks, breakers, and whether its close is to decide. */
export function closeSession(
  core: Core,
  at: string,
  fact: Of<"bars_known">,
  prepared: Prepared,
): void {
  const before = core.day;
  invariant(before !== null, 20, "a session closes and no day is open");
  emit(core, at, fact);
  const traded = comingSession(before.prepared);
  const state = carryState(before.state, placeOf(before.prepared), placeOf(prepared));
  const day = dayOn(core, prepared, state);
  requireComing(day, fact.coming);
  core.day = day;
  state.previousNavMinor = state.closeNavMinor;
  state.due = closeReported(day.kernel, traded);
  const { navMinor, cashMinor } = state.kernel;
  state.closeNavMinor = navMinor;
  emit(core, at, {
    kind: "session_closed",
    date: fact.date,
    nav_minor: navMinor,
    cash_minor: cashMinor,
  });
  requireLedger(core, day);
}

/** What the next day will begin with. */
export function stateText({ day }: Core): string {
  invariant(day !== null, 20, "no day is open whose state could be kept");
  const { kernel } = day.state;
  // A session that never got its bars is not counted: another may come in its place.
  if (kernel.session === comingSession(day.prepared)) kernel.session--;
  return encodeState(day.state, day.prepared.world, day.prepared.planned.plan);
}

function placeOf({ world, planned }: Prepared) {
  return { world, plan: planned.plan };
}

/** The session that orders work in: the one after the newest with bars. */
export function comingSession({ world }: Pick<Prepared, "world">): number {
  return world.sessionsMs.length - 1;
}

export function emit(core: Core, at: string, payload: AccountPayload): void {
  const seq = core.journal.emit(at, payload);
  const entry: AccountEntry = { seq, at, payload };
  foldAccount(core.view, entry);
  core.ledger?.apply(entry);
  foldCarried(core.carried, entry);
  if (core.day !== null) foldBookings(core.bookings, entry, lotSizes(core), core.averaging);
  core.entries.push(entry);
}

function carriedInto({ carried, view }: Core, state: TradingState): CarriedIn {
  const orders = [...state.orders.values()].filter(isOpenAtVenue);
  const { pause } = view.safety;
  return {
    orders: orders.flatMap(({ id, venueOrderId, filledLots, order }) => {
      const opened = carried.orders.get(id);
      if (opened === undefined) return [];
      return [{ order: opened, venueOrderId, filledLots: order.side * filledLots }];
    }),
    signals: [...carried.signals.values()],
    paused: pause === null ? null : `${pause.cause}: ${pause.message}`,
  };
}

function decideNow(core: Core, day: OpenDay, fact: Of<"decided">): void {
  const { kernel, state } = day;
  const { counters } = kernel.state;
  const before = { forecasts: counters.forecasts, holds: counters.holds };
  closeWhatPanicLeft(day);
  if (fact.on_schedule) decide(kernel, kernel.state.session);
  state.due = false;
  core.decision = {
    forecasts: counters.forecasts - before.forecasts,
    holds: counters.holds - before.holds,
    stages: stageRecords(kernel.state.tally, kernel.plan.wiring),
  };
  kernel.state.session = comingSession(day.prepared);
}

/** A flattening that a pause held back, or an auction left unfilled, is ordered again while PANIC lasts. */
function closeWhatPanicLeft({ kernel, prepared }: OpenDay): void {
  const { state } = kernel;
  const { layers, lots, working, safety, session } = state;
  if (layers?.breaker.state !== "PANIC" || safety === null) return;
  if (pauseGate(safety, null).result !== "pass") return;
  const flattening = new Set(
    working.flatMap(({ purpose, instrument }) => (purpose === "flatten" ? [instrument] : [])),
  );
  if (!lots.some((held, i) => held !== 0 && !flattening.has(i))) return;
  // Named by the session it is to be done in: the one before named what was not done.
  state.session = comingSession(prepared);
  flattenAll(kernel);
  state.session = session;
}

function dayOn(core: Core, prepared: Prepared, state: TradingState): OpenDay {
  const { world, planned } = prepared;
  const { plan } = planned;
  const trace = createTrace();
  const context = {
    world,
    plan,
    journal: { ...core.journal, emit: emitter(core) },
    sha256: core.sha256,
    trace,
    account: core.account,
  };
  recallNames(context, state.kernel);
  const recorder = watching(createJournallingRecorder(context), trace, state, world);
  const kernel = kernelOver(world, plan, recorder, state.kernel);
  state.kernel.safety = core.view.safety;
  return { prepared, kernel, state, trace };
}

function emitter(core: Core): JournalWriter["emit"] {
  return (at, payload) => {
    emit(core, at, payload);
    return core.view.lastSeq;
  };
}

/** Whatever the kernel orders becomes an order that is to reach the venue. */
function watching(
  recorder: Recorder,
  trace: Trace,
  state: TradingState,
  { instruments }: Prepared["world"],
): Recorder {
  return {
    ...recorder,
    order: (session, order, verdicts) => {
      recorder.order(session, order, verdicts);
      const traced = trace.orderByOrdinal.get(order.ordinal);
      invariant(traced !== undefined, 10, `order ${order.ordinal} was not journalled`);
      state.orders.set(traced.id, {
        id: traced.id,
        order,
        instrument: instruments[order.instrument].id,
        lots: order.side * order.lots,
        venueOrderId: null,
        state: "created",
        filledLots: 0,
        cancelRequested: false,
        evenPaused: false,
        decidedPrice: state.kernel.mark[order.instrument],
      });
    },
  };
}

function requireComing({ prepared }: OpenDay, date: string): void {
  const ms = prepared.world.sessionsMs[comingSession(prepared)];
  invariant(
    ms === parseIsoDate(date),
    20,
    () => `the pack leads to ${formatDate(ms)}, not ${date}`,
  );
}

/** The books folded from the journal against the kernel's own, to the minor unit (invariant 11). */
function requireLedger({ ledger }: Core, { kernel }: OpenDay): void {
  const { state, world } = kernel;
  if (ledger === null) return;
  const marks = (id: string) => state.mark[world.indexOf.get(id) ?? -1] ?? Number.NaN;
  const rates = (code: string) =>
    state.rate[world.currencies.findIndex((currency) => currency.code === code)];
  const nav = ledger.navMinor(marks, rates);
  const cash = ledger.cashMinor(rates);
  invariant(
    nav === state.navMinor && cash === state.cashMinor,
    11,
    () =>
      `the ledger has a net asset value of ${nav} and cash of ${cash} minor units, the kernel ${state.navMinor} and ${state.cashMinor}`,
  );
}
