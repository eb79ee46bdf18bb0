/**
 * One seed from its first session to its evidence: the real trading day over simulated doors, as many lives
 * of the process as it takes, a person beside them. Afterwards recorded days are executed again from the facts.
 */
import { takeUp, tradeSession } from "../../src/engine/trading/day.ts";
import type { SessionHours } from "../../src/market/calendars/new-york-time.ts";
import type { Alert } from "../../src/ports/alerts.ts";
import { createClock } from "./clock.ts";
import { emptyDisk } from "./disk.ts";
import { portsOf } from "./doors.ts";
import { entriesOn, type Evidence } from "./evidence.ts";
import { type Ground, live, type Plant, termsOf } from "./ground.ts";
import type { Life } from "./life.ts";
import { marketOf } from "./market.ts";
import { personActs, personIsDue } from "./operator.ts";
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
  for (let day = 0; day < scenario.days; ) {
    dawn(ground, day);
    await personActs(ground, day);
    day = await tradeFrom(ground, day);
  }
  const evidence = await evidenceOf(ground, market.sessions.slice(0, scenario.days));
  return { evidence, alerts: ground.alerts, moments: ground.moments };
}

/** An hour before the open. On the last day nothing new goes wrong. */
function dawn({ venue, market, scenario }: Ground, day: number): void {
  venue.advanceTo(market.sessions[day].openMs - HOUR_MS);
  if (day === scenario.days - 1) venue.calm();
}

/** Starts until the day is done, or until it is too late for it; says which day comes next. */
async function tradeFrom(ground: Ground, day: number): Promise<number> {
  const { scenario, venue, market, lives } = ground;
  const isLast = day === scenario.days - 1;
  let next = day;
  for (let tries = 0; tries < MOST_LIVES_A_DAY; tries++) {
    const started = { date: market.sessions[next].date, act: null, isSafe: isLast };
    const end = await live(ground, started, (life) =>
      tradeDays(ground, life, next, (done) => {
        next = done + 1;
      }),
    );
    if (end.kind === "done") return next;
    const away = scenario.awayMs[(lives.length - 1) % scenario.awayMs.length];
    venue.advanceTo(venue.nowMs() + away);
    // A daemon had gone further, or the next session is near: that day will find this one missed.
    if (next > day) return next;
    if (!isLast && venue.nowMs() > market.sessions[day + 1].openMs - HOUR_MS) break;
  }
  return day + 1;
}

/** One process: one day, or as a daemon each day until a person needs the account for himself. */
async function tradeDays(
  ground: Ground,
  life: Life,
  from: number,
  ended: (day: number) => void,
): Promise<string> {
  const { scenario, market } = ground;
  const desk = await takeUp(portsOf(ground, life), termsOf(market));
  try {
    for (let day = from; ; day++) {
      const session = market.sessions[day];
      const outcome = await tradeSession(desk, { session, stopped: () => false });
      ended(day);
      const isOver = day + 1 === scenario.days || personIsDue(ground, day + 1);
      if (!scenario.daemon || isOver) {
        return outcome.kind === "done" ? outcome.document.status : outcome.kind;
      }
      await life.moment("waiting for the next session");
      dawn(ground, day + 1);
      if (day + 2 === scenario.days) life.spare();
    }
  } finally {
    await desk.stream?.close();
  }
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
