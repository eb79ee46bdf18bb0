/**
 * The doors of one process, all of them simulated: disk, wire, clock, alerts, and the person who may ask it for
 * a pause while it holds the account.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { DAY_MS } from "../../src/base/instant.ts";
import type { TradingPorts } from "../../src/engine/trading/ports.ts";
import { openAlerts } from "./alerts.ts";
import { openBlobs, openFiles } from "./files.ts";
import type { Ground } from "./ground.ts";
import { openJournal } from "./journal-store.ts";
import type { Life } from "./life.ts";
import { preparedAt } from "./market.ts";
import { overTheWire } from "./network.ts";

export const SIGNED = { operator: "simulated", reason: "the scenario says so" };

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

/** Asked for once, on one day, of whichever process holds the account then; kept until one has obeyed. */
function requestsOf(ground: Ground, life: Life): TradingPorts["requests"] {
  const { scenario, market, asked } = ground;
  const { asksPause } = scenario.person;
  const session = asksPause === null ? undefined : market.sessions[asksPause];
  return {
    everyMs: EVERY_MS,
    async waiting() {
      await life.moment("looking for requests");
      const isDue = session !== undefined && ground.venue.nowMs() >= session.openMs - DAY_MS / 2;
      if (!isDue || asked.done) return [];
      return [
        {
          ...SIGNED,
          async done() {
            await life.moment("before a request is crossed out");
            asked.done = true;
            await life.moment("after a request is crossed out");
          },
        },
      ];
    },
  };
}

const EVERY_MS = 4 * 3_600_000;
