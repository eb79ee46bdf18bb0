/**
 * What outlives every process of a seed, and how one process lives on it: raced against its death; what is
 * volatile dies with it, the disk and the venue stay.
 */
import { formatInstant } from "../../src/base/instant.ts";
import type { TradingTerms } from "../../src/engine/trading/ports.ts";
import type { Alert } from "../../src/ports/alerts.ts";
import type { Broker } from "../../src/ports/broker.ts";
import type { JournalStore } from "../../src/ports/journal-store.ts";
import type { SkewedClock } from "./clock.ts";
import type { Disk } from "./disk.ts";
import type { BrokerCall, LifeEnd, LifeRecord, PersonsAct } from "./evidence.ts";
import { createLife, type Life } from "./life.ts";
import type { SimulatedMarket } from "./market.ts";
import type { Scenario } from "./scenario.ts";
import type { OpenedVenue } from "./venue.ts";

/** Something wrong on purpose, between the day and its doors. */
export type Plant = {
  readonly broker?: (broker: Broker, account: PlantedAccount) => Broker;
  readonly journal?: (journal: JournalStore) => JournalStore;
};
export type PlantedAccount = { readonly life: number; readonly disk: Disk };

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
