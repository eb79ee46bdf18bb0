/**
 * One seed from its first session to its evidence: the real trading day over simulated doors, as many lives
 * of the process as it takes, a person beside them. Afterwards recorded days are executed again from the facts.
 */
import { runTradingDay } from "../../src/engine/trading/day.ts";
import type { SessionHours } from "../../src/market/calendars/new-york-time.ts";
import type { Alert } from "../../src/ports/alerts.ts";
import { createClock } from "./clock.ts";
import { emptyDisk } from "./disk.ts";
import { portsOf } from "./doors.ts";
import { entriesOn, type Evidence } from "./evidence.ts";
import { type Ground, live, type Plant, termsOf } from "./ground.ts";
import type { Life } from "./life.ts";
import { marketOf } from "./market.ts";
import { personActs } from "./operator.ts";
import { replayed } from "./replay.ts";
import { EXPLAINS, type Scenario } from "./scenario.ts";
import { openVenue } from "./venue.ts";

export type SeedOptions = {
  readonly plant?: Plant;
  readonly tell?: (line: string) => void;
  /** Every day is executed again; else one day of every third seed is. */
  readonly replaysAll?: boolean;
};

export type SeedRun = {
  readonly evidence: Evidence;
  readonly alerts: readonly Alert[];
  /** Moments of each life: what a kill can be aimed at. */
  readonly moments: readonly number[];
};

const HOUR_MS = 3_600_000;
/** A day that needs more starts than this will never end. */
const MOST_LIVES_A_DAY = 12;

export async function runSeed(scenario: Scenario, options: SeedOptions = {}): Promise<SeedRun> {
  const market = marketOf(scenario.flavour);
  const venue = openVenue(market, scenario.faults);
  const ground: Ground = {
    scenario,
    market,
    venue,
    disk: emptyDisk(scenario.full),
    clock: createClock(venue, scenario.clock),
    calls: [],
    alerts: [],
    lives: [],
    moments: [],
    asked: { done: false },
    plant: options.plant ?? {},
    replaysAll: options.replaysAll ?? false,
    tell: options.tell ?? null,
  };
  const sessions = market.sessions.slice(0, scenario.days);
  for (const [day, session] of sessions.entries()) {
    venue.advanceTo(session.openMs - HOUR_MS);
    if (day === scenario.days - 1) venue.calm();
    await personActs(ground, day);
    await tradeThrough(ground, day, session);
  }
  const evidence = await evidenceOf(ground, sessions);
  return { evidence, alerts: ground.alerts, moments: ground.moments };
}

/** Starts until the day is done, or until it is too late for it: then the next one finds it missed. */
async function tradeThrough(ground: Ground, day: number, session: SessionHours): Promise<void> {
  const { scenario, venue, market, lives } = ground;
  const next = market.sessions[day + 1];
  const isLast = day === scenario.days - 1;
  for (let tries = 0; tries < MOST_LIVES_A_DAY; tries++) {
    const started = { date: session.date, act: null, isSafe: isLast };
    const end = await live(ground, started, (life) => tradeOnce(ground, life, session));
    if (end.kind === "done") return;
    const away = scenario.awayMs[(lives.length - 1) % scenario.awayMs.length];
    venue.advanceTo(venue.nowMs() + away);
    if (!isLast && venue.nowMs() > next.openMs - HOUR_MS) return;
  }
}

async function tradeOnce(ground: Ground, life: Life, session: SessionHours): Promise<string> {
  const outcome = await runTradingDay(portsOf(ground, life), termsOf(ground.market), {
    session,
    stopped: () => false,
  });
  return outcome.kind === "done" ? outcome.document.status : outcome.kind;
}

async function evidenceOf(ground: Ground, sessions: readonly SessionHours[]): Promise<Evidence> {
  const { disk, calls, venue, lives, scenario } = ground;
  const entries = entriesOn(disk);
  return {
    disk,
    entries,
    calls,
    venue: venue.truth(new Set(calls.map(({ clientOrderId }) => clientOrderId))),
    lives,
    disturbances: scenario.faults.rules.map(({ kind }) => ({
      kind,
      explains: EXPLAINS[kind] ?? [],
    })),
    dates: sessions.map(({ date }) => date),
    replay: await replayed(ground, entries),
  };
}
