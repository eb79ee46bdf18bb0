/**
 * `assay trade --daemon`: waits for each session of the venue's calendar and trades it. A venue that does not
 * answer is asked again, and people hear of it; a stop is obeyed between steps, and the next start goes on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { formatDate } from "../../base/instant.ts";
import { settled } from "../../base/result.ts";
import { BrokerUnavailable, type VenueSession } from "../../ports/broker.ts";
import { type DayOutcome, takeUp, tradeSession } from "../../engine/trading/day.ts";
import { type Desk, rearm } from "../../engine/trading/desk.ts";
import type { Trading } from "./compose-trade.ts";

export type TradedDay = { readonly session: VenueSession; readonly outcome: DayOutcome };

export type StopRequest = {
  readonly asked: () => boolean;
  /** Called once it is asked, or at once where it was. */
  readonly onAsked: (call: () => void) => void;
};

export type Following = {
  /** Last date that is traded; null: no end. */
  readonly until: string | null;
  readonly stop: StopRequest;
  readonly told: (day: TradedDay) => void;
  readonly failed: (error: BrokerUnavailable) => void;
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Before the open: enough to reconcile, decide and send by hand's pace. */
const LEAD_MS = 30 * MINUTE_MS;
const LOOK_AHEAD_DAYS = 14;
const RETRY_MS = MINUTE_MS;

export async function followSessions(
  trading: Trading,
  following: Following,
): Promise<readonly TradedDay[]> {
  const days: TradedDay[] = [];
  while (!following.stop.asked()) {
    const ended = await settled(follow(trading, following, days));
    if (ended.ok) break;
    if (!(ended.error instanceof BrokerUnavailable)) throw ended.error;
    following.failed(ended.error);
    await report(trading, ended.error);
    await sleep(RETRY_MS);
  }
  return days;
}

/** Until the last date, a stop, or a venue that does not answer. */
async function follow(
  { ports, terms }: Trading,
  { until, stop, told }: Following,
  days: TradedDay[],
): Promise<void> {
  const desk = await takeUp(ports, terms);
  stop.onAsked(() => desk.wake());
  try {
    while (!stop.asked()) {
      const session = await nextSession(desk);
      if (session === null || (until !== null && session.date > until)) return;
      if (!(await waitForSession(desk, session, stop))) return;
      const outcome = await tradeSession(desk, { session, stopped: stop.asked });
      const day = { session, outcome };
      days.push(day);
      told(day);
      if (outcome.kind === "interrupted") return;
      await ports.alerts.retry(desk.nowMs);
    }
  } finally {
    await desk.stream?.close();
  }
}

/** The first that is not over yet and was not traded; null where the venue's calendar ends. */
async function nextSession(desk: Desk): Promise<VenueSession | null> {
  const { broker, clock } = desk.ports;
  const nowMs = await clock.nowMs();
  const from = formatDate(nowMs - DAY_MS);
  const sessions = await broker.sessions(from, formatDate(nowMs + LOOK_AHEAD_DAYS * DAY_MS));
  const { view } = desk.core;
  return sessions.find((s) => s.closeMs > nowMs && !view.closedDays.has(s.date)) ?? null;
}

export async function waitForSession(
  desk: Desk,
  { openMs }: Pick<VenueSession, "openMs">,
  stop: Pick<StopRequest, "asked">,
): Promise<boolean> {
  const { clock, alerts, requests } = desk.ports;
  for (;;) {
    // What came since the close is the next session's: a wait that it ended would end at once for ever.
    rearm(desk);
    if (stop.asked()) return false;
    const nowMs = await clock.nowMs();
    if (nowMs >= openMs - LEAD_MS) return true;
    // In steps, so that alerts that wait are tried and requests are seen.
    await clock.waitUntil(Math.min(openMs - LEAD_MS, nowMs + requests.everyMs), desk.woken);
    await alerts.retry(nowMs);
  }
}

async function report({ ports }: Trading, error: BrokerUnavailable): Promise<void> {
  const subject = "assay trade: the venue does not answer";
  await ports.alerts.raise(
    { level: "critical", subject, body: error.message, key: subject },
    Date.now(),
  );
}
