/**
 * One trading day, from the books that were left to the artifacts (spec execution, 6):
 *
 *   take up the account -> listen -> resolve what was left open -> reconcile -> decide on the newest close
 *   -> orders -> fills, as the venue tells -> reconcile -> the session's bars, marks, breakers -> artifacts
 *
 * Every step is journalled before the next begins, and a start that finds some of them done goes on behind
 * them: run twice there is one set of orders, killed anywhere nothing is lost (invariants 10 and 14).
 */
import { invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { VenueSession } from "../../ports/broker.ts";
import { beginDay, knowBars } from "./begin-day.ts";
import { closeDay } from "./close-day.ts";
import { type Desk, flush, incident, listen, look, openDesk, rearm, record } from "./desk.ts";
import { endsWithSession, isOpenAtVenue } from "./live-order.ts";
import { openAccount } from "./open-account.ts";
import { giveUpUnsent, resolveOrders, sendOrders, type Window } from "./orders-out.ts";
import type { TradingPorts, TradingTerms } from "./ports.ts";
import { reconcileAccount } from "./reconcile-account.ts";
import { obeyRequests } from "./requests.ts";
import { recoverAccount } from "./recover.ts";
import { settleOpenOrders } from "./settle-orders.ts";
import { guardTrial } from "./trial.ts";
import { venueOffsetMs } from "./two-clocks.ts";
import { takeEvents } from "./venue-sync.ts";

export type DayRequest = {
  readonly session: VenueSession;
  /** Asked before each wait: what is journalled stays, and the next start goes on. */
  readonly stopped: () => boolean;
};

export type DayOutcome =
  | { readonly kind: "done"; readonly document: DailyDocument }
  /** An earlier start had finished the day: nothing was done. */
  | { readonly kind: "already" }
  | { readonly kind: "interrupted" };

/** After an auction its executions are on their way. */
const GRACE_MS = 60_000;
/** Auctions take no more orders so long before they are held (Alpaca: OPG until 09:28, CLS until 15:50). */
const OPEN_CUTOFF_MS = 2 * 60_000;
const CLOSE_CUTOFF_MS = 10 * 60_000;
/** How often, and how long, a venue is asked whether it has ended what should have ended. */
const END_STEP_MS = 30_000;
const END_LOOKS = 20;
/** A venue's clock that is further behind ours than this is not waited for. */
const LONGEST_SKEW_MS = 3_600_000;

/** The account as its journal left it; what a killed process had not written yet is made durable. */
export async function takeUp(ports: TradingPorts, terms: TradingTerms): Promise<Desk> {
  const { broker } = ports;
  const { accountId } = await broker.account();
  const venue = { accountId, averaging: broker.averaging };
  const { core } = await recoverAccount(ports, terms, venue);
  const desk = openDesk(ports, terms, core);
  await look(desk);
  await flush(desk);
  return desk;
}

/** One session of an account that is taken up; a daemon calls it day after day. */
export async function tradeSession(desk: Desk, request: DayRequest): Promise<DayOutcome> {
  const { session } = request;
  const { view } = desk.core;
  if (view.closedDays.has(session.date)) return { kind: "already" };
  requireForward(desk, session);
  await look(desk);
  await listen(desk);
  if (view.opened === null) await openAccount(desk, null);
  await finishEarlier(desk, session);
  await beginDay(desk, session);
  await guardTrial(desk, session.date);
  await resolveOrders(desk);
  // Taken up within the day: what was filled meanwhile is booked, and the books proved, before it goes on.
  const phase = view.day?.startReconciled === true ? "reconnect" : "start";
  if (view.day?.endReconciled !== true) {
    const sessionEndMs = phase === "start" ? await endOfEarlier(desk, session) : null;
    await reconcileAccount(desk, { phase, listened: false, sessionEndMs });
  }
  await obeyRequests(desk);
  await decideOnce(desk, session);
  if (!(await workOrders(desk, request))) return { kind: "interrupted" };
  return { kind: "done", document: await endDay(desk, session, true) };
}

function requireForward({ core }: Desk, { date }: VenueSession): void {
  const newest = core.view.day?.opened.date;
  if (newest === undefined || date >= newest) return;
  throw new Fault(
    "usage",
    `the account has been traded up to ${newest}; ${date} lies before it and can no longer be traded`,
  );
}

/** A day that a killed process left open ends first; sessions in between were missed, and say so. */
async function finishEarlier(desk: Desk, session: VenueSession): Promise<void> {
  const { core, ports } = desk;
  const { day } = core.view;
  if (day === null || day.opened.date >= session.date) return;
  const sessions = await ports.broker.sessions(day.opened.date, session.date);
  for (const earlier of sessions) {
    if (earlier.date >= session.date) break;
    if (core.view.closedDays.has(earlier.date)) continue;
    if (core.view.day?.opened.date !== earlier.date) {
      await beginDay(desk, earlier);
      incident(desk, "warning", "missed_day", {
        subject: earlier.date,
        message: `nothing ran on ${earlier.date}: no decision was made, nothing was ordered`,
      });
    } else {
      await resolveOrders(desk);
    }
    await endDay(desk, earlier, false);
  }
}

/** Orders that a day before should have taken with it; null where none is left. */
async function endOfEarlier({ core, ports }: Desk, { date }: VenueSession): Promise<number | null> {
  const orders = [...(core.day?.state.orders.values() ?? [])];
  if (!orders.some((live) => isOpenAtVenue(live) && endsWithSession(live))) return null;
  const before = [...core.view.closedDays]
    .filter((closed) => closed < date)
    .sort()
    .at(-1);
  if (before === undefined) return null;
  const [earlier] = await ports.broker.sessions(before, before);
  return earlier?.closeMs ?? null;
}

/** What follows from the decision is a function of the state; that it was made is the fact. */
async function decideOnce(desk: Desk, { date }: VenueSession): Promise<void> {
  const { core } = desk;
  if (core.view.day?.decided === true) return;
  invariant(core.day !== null, 20, "a decision is due and no day is open");
  record(desk, { kind: "decided", date, on_schedule: core.day.state.due });
  await flush(desk);
}

/** Sends, and books what the venue tells until the session is over; false when it was asked to stop. */
async function workOrders(desk: Desk, { session, stopped }: DayRequest): Promise<boolean> {
  const { openMs, closeMs } = session;
  const phase = desk.core.day?.prepared.planned.plan.marketPhase;
  const cutoffMs = phase === "open" ? openMs - OPEN_CUTOFF_MS : closeMs - CLOSE_CUTOFF_MS;
  await look(desk);
  await sendOrders(desk, { cutoffMs });
  const stops = hasWorking(desk) ? [openMs + GRACE_MS, closeMs + GRACE_MS] : [closeMs + GRACE_MS];
  for (const until of stops) {
    if (!(await waitUntil(desk, { until, window: { cutoffMs }, stopped }))) return false;
  }
  return true;
}

function hasWorking({ core }: Desk): boolean {
  return [...(core.day?.state.orders.values() ?? [])].some(isOpenAtVenue);
}

async function waitUntil(
  desk: Desk,
  wait: {
    readonly until: number;
    readonly window: Window;
    readonly stopped: () => boolean;
  },
): Promise<boolean> {
  for (;;) {
    if (wait.stopped()) return false;
    await obeyRequests(desk);
    await look(desk);
    rearm(desk);
    if (await takeWhatCame(desk)) await sendOrders(desk, wait.window);
    if (desk.nowMs >= wait.until) return true;
    const { requests, clock } = desk.ports;
    await clock.waitUntil(Math.min(wait.until, desk.nowMs + requests.everyMs), desk.woken);
  }
}

/** True when something came; after a break of the stream the books are compared before anything else. */
async function takeWhatCame(desk: Desk): Promise<boolean> {
  if (desk.events.length === 0) return false;
  const wasLost = takeEvents(desk);
  await flush(desk);
  if (wasLost) {
    await reconcileAccount(desk, { phase: "reconnect", listened: false, sessionEndMs: null });
    desk.listening = true;
  }
  return true;
}

/** `present`: this process worked the session, so that its stream may have told of all. */
async function endDay(desk: Desk, session: VenueSession, present: boolean): Promise<DailyDocument> {
  const { view } = desk.core;
  await waitForExecutions(desk);
  await waitForEnds(desk, session);
  await giveUpUnsent(desk);
  if (view.day?.endReconciled !== true) {
    await reconcileAccount(desk, {
      phase: "end",
      listened: present && desk.listening && view.day?.decided === true,
      sessionEndMs: session.closeMs,
    });
  }
  await knowBars(desk, session);
  return closeDay(desk, session);
}

/** The venue may know of executions that are still on their way to us. */
async function waitForExecutions(desk: Desk): Promise<void> {
  const { patience } = desk.ports;
  for (let looks = 0; looks < patience.looks; looks++) {
    takeEvents(desk);
    if ((await settleOpenOrders(desk)) !== "waiting") break;
    await patience.wait();
  }
  takeEvents(desk);
  await flush(desk);
}

/** A venue ends a session's orders in its own time and by its own clock: until then they are not stuck. */
async function waitForEnds(desk: Desk, { closeMs }: VenueSession): Promise<void> {
  const { clock } = desk.ports;
  for (let looks = 0; looks < END_LOOKS; looks++) {
    const state = await settleOpenOrders(desk);
    if (state === "settled" || state === "waiting") break;
    const behindMs = looks > 0 ? 0 : Math.max(0, 0 - ((await venueOffsetMs(desk)) ?? 0));
    const venueClosesMs = closeMs + GRACE_MS + Math.min(behindMs, LONGEST_SKEW_MS);
    await clock.waitUntil(Math.max((await look(desk)) + END_STEP_MS, venueClosesMs));
    takeEvents(desk);
  }
  await look(desk);
  await flush(desk);
}
