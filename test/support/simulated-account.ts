/** A few days of a simulated account: what its disk holds, and the doors to execute them again. */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { type AuditMarket, auditMarket } from "../../src/engine/trading/audit-account.ts";
import {
  decodedRows,
  type RecordedAccount,
  type ReplayDoors,
  type ReplayTerms,
} from "../../src/engine/trading/replay-account.ts";
import type { Disk } from "../simulation/disk.ts";
import { type Flavour, marketOf, preparedAt } from "../simulation/market.ts";
import { runSeed } from "../simulation/run-seed.ts";
import { calm, type Scenario } from "../simulation/scenario.ts";

export type SimulatedAccount = {
  readonly disk: Disk;
  readonly recorded: RecordedAccount;
  readonly doors: ReplayDoors;
  readonly terms: ReplayTerms;
  readonly markets: ReadonlyMap<string, AuditMarket>;
};

export async function simulatedAccount(
  flavour: Flavour,
  days: number,
  over: Partial<Scenario> = {},
): Promise<SimulatedAccount> {
  const { evidence } = await runSeed({ ...calm(1, flavour, days), ...over });
  const { disk } = evidence;
  const market = marketOf(flavour);
  const {
    lot_method: lotMethod,
    currency,
    currency_digits: currencyDigits,
  } = market.mandate.account;
  return {
    disk,
    recorded: decodedRows(disk.rows),
    doors: {
      market: { prepared: async ({ until, coming }) => preparedAt(market, until, coming) },
      states: { get: async (name) => disk.blobs.get(name) ?? new Uint8Array() },
      sha256,
    },
    terms: { lotMethod, currency, currencyDigits },
    markets: new Map([[market.pack.id, auditMarket(market.pack)]]),
  };
}
