/**
 * One seed from its first session to its evidence: the real trading day over simulated doors. Each life
 * of the process is raced against its death; what is volatile dies with it, the disk and the venue stay.
 * Afterwards every recorded day is executed again from the facts.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { formatInstant } from "../../src/base/instant.ts";
import type { Alert } from "../../src/ports/alerts.ts";
import type { Broker } from "../../src/ports/broker.ts";
import type { JournalStore } from "../../src/ports/journal-store.ts";
import { runTradingDay } from "../../src/engine/trading/day.ts";
import type { TradingPorts, TradingTerms } from "../../src/engine/trading/ports.ts";
import type { SessionHours } from "../../src/market/calendars/new-york-time.ts";
import { openAlerts } from "./alerts.ts";
import { createClock, type SkewedClock } from "./clock.ts";
import { type Disk, emptyDisk } from "./disk.ts";
import {
  type BrokerCall,
  entriesOn,
  type Evidence,
  type LifeEnd,
  type LifeRecord,
  type PersonsAct,
} from "./evidence.ts";
import { openBlobs, openFiles } from "./files.ts";
import { openJournal } from "./journal-store.ts";
import { createLife, type Life } from "./life.ts";
import { marketOf, preparedAt, type SimulatedMarket } from "./market.ts";
import { overTheWire } from "./network.ts";
import { personActs, requestsOf } from "./operator.ts";
import { replayed } from "./replay.ts";
import { EXPLAINS, type Scenario } from "./scenario.ts";
import { openVenue, type OpenedVenue } from "./venue.ts";

/** Something wrong on purpose, between the day and its doors. */
export type Plant = {
  readonly broker?: (broker: Broker, account: PlantedAccount) => Broker;
  readonly journal?: (journal: JournalStore) => JournalStore;
};
export type PlantedAccount = { readonly life: number; readonly disk: Disk };

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

/** Of one seed, what outlives every process of it. */
export type Ground = {
  readonly scenario: Scenario;
  readonly market: SimulatedMarket;
  readonly venue: OpenedVenue;
  readonly disk: Disk;
  readonly clock: SkewedClock;
  readonly calls: BrokerCall[];
  readonly alerts: Alert[];
  readonly lives: LifeRecord[];
  readonly moments: number[];
  /** The pause that a person asks for during a day. */
  readonly asked: { done: boolean };
  readonly plant: Plant;
  readonly replaysAll: boolean;
  readonly tell: ((line: string) => void) | null;
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

export type Started = {
  readonly date: string;
  readonly act: PersonsAct | null;
  /** It is not killed, whatever the scenario says. */
  readonly isSafe: boolean;
};

/** One process from its start to its end, whichever comes. */
export async function live(
  ground: Ground,
  { date, act, isSafe }: Started,
  work: (life: Life) => Promise<string>,
): Promise<LifeEnd> {
  const { scenario, disk, lives, moments, tell, venue } = ground;
  const number = lives.length + 1;
  const dieAt = isSafe ? null : (scenario.kills[number - 1] ?? null);
  const life = createLife({ number, dieAt, tell });
  const from = disk.rows.length;
  tell?.(
    `life ${number}, to ${act ?? "trade"} ${date}, at ${formatInstant(venue.nowMs())} of the venue's clock`,
  );
  const end = await Promise.race([
    ended(work(life)),
    life.died.then((death): LifeEnd => ({ kind: "killed", ...death })),
  ]);
  lives.push({ number, act, date, from, to: disk.rows.length, end });
  moments.push(life.passed());
  tell?.(`life ${number} ended: ${wordsOf(end)}`);
  return end;
}

async function ended(work: Promise<string>): Promise<LifeEnd> {
  try {
    return { kind: "done", status: await work };
  } catch (error) {
    if (error instanceof Error) return { kind: "failed", error };
    throw error;
  }
}

function wordsOf(end: LifeEnd): string {
  if (end.kind === "done") return end.status;
  return end.kind === "killed" ? `killed ${end.name}` : `${end.error.name}: ${end.error.message}`;
}

async function tradeOnce(ground: Ground, life: Life, session: SessionHours): Promise<string> {
  const outcome = await runTradingDay(portsOf(ground, life), termsOf(ground.market), {
    session,
    stopped: () => false,
  });
  return outcome.kind === "done" ? outcome.document.status : outcome.kind;
}

export function portsOf(ground: Ground, life: Life): TradingPorts {
  const { disk, venue, calls, plant, market, tell } = ground;
  const clock = ground.clock.of(life);
  const journal = openJournal(disk, life, sha256, tell);
  const wire = overTheWire(venue.connect(), {
    life,
    calls,
    durable: () => disk.rows.length,
    venueNowMs: () => venue.nowMs(),
    tell,
  });
  return {
    broker: plant.broker?.(wire, { life: life.number, disk }) ?? wire,
    clock,
    journal: plant.journal?.(journal) ?? journal,
    states: openBlobs(disk, life, sha256),
    files: openFiles(disk, life, sha256),
    alerts: openAlerts(life, ground.alerts),
    market: { prepared: async ({ until, coming }) => preparedAt(market, until, coming) },
    sha256,
    requests: requestsOf(ground, life),
    patience: { looks: 3, wait: () => life.moment("waiting for the stream") },
    workSeconds: () => 0,
  };
}

export function termsOf({ mandate, mandateHash }: SimulatedMarket): TradingTerms {
  return {
    mode: "paper",
    name: mandate.name,
    mandateHash,
    seed: mandate.seed,
    codeHash: "simulated",
    lotMethod: mandate.account.lot_method,
    currency: mandate.account.currency,
    currencyDigits: mandate.account.currency_digits,
  };
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
