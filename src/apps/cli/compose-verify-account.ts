/** Wires what verifies and replays a trading account: its folder read without changing a byte, packs, mandate. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createBlobStore } from "../../adapters/storage/account-files.ts";
import {
  type AccountVerification,
  verifyAccountFiles,
} from "../../adapters/storage/verify-account.ts";
import { sha256 } from "../../adapters/system/hash.ts";
import { Fault } from "../../domain/fault.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import { type AuditMarket, auditMarket } from "../../engine/trading/audit-account.ts";
import {
  decodedRows,
  type ReplayDoors,
  type ReplayTerms,
} from "../../engine/trading/replay-account.ts";
import { namedFiles } from "../../records/daily/named-files.ts";
import { ACCOUNT_KINDS, verifyChain } from "../../records/journal/verify.ts";
import { type LoadedMandate, loadStrategies, openPacks } from "./compose.ts";
import { codeHashOf, JOURNAL_RULES } from "./compose-records.ts";
import { tradeMarket } from "./trade-market.ts";

export type { AccountVerification };

export function verifyAccountFolder(folder: string): Promise<AccountVerification> {
  if (!existsSync(folder)) {
    throw new Fault(
      "data",
      `${folder} does not exist: nothing was traded there; assay trade MANDATE --mode paper begins`,
      { where: folder },
    );
  }
  return verifyAccountFiles(folder, {
    ...JOURNAL_RULES,
    verifyChain: (rows, head, hash) => verifyChain(rows, head, hash, ACCOUNT_KINDS),
    namedIn: (rows) => namedFiles(decodedRows(rows).entries),
  });
}

/** Text of a file in the account's folder; null where there is none. */
export function textIn(folder: string, path: string): string | null {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

/** Those of the packs that are there and whole; of the others, why not. */
export async function marketsOf(
  home: string,
  packIds: Iterable<string>,
): Promise<{
  readonly markets: ReadonlyMap<string, AuditMarket>;
  readonly missing: ReadonlyMap<string, string>;
}> {
  const store = await openPacks(home);
  const markets = new Map<string, AuditMarket>();
  const missing = new Map<string, string>();
  for (const id of packIds) {
    try {
      markets.set(id, auditMarket(await store.get(id)));
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "data") throw error;
      missing.set(id, error.message);
    }
  }
  return { markets, missing };
}

/** What executes an account's days again under a mandate, and the code that does it. */
export async function replayDoors(
  loaded: LoadedMandate,
  account: { readonly folder: string; readonly mode: TradingMode; readonly nowMs: number },
): Promise<{
  readonly doors: ReplayDoors;
  readonly terms: ReplayTerms;
  readonly codeHash: string;
}> {
  const uses = await loadStrategies(loaded);
  const {
    lot_method: lotMethod,
    currency,
    currency_digits: currencyDigits,
  } = loaded.mandate.account;
  return {
    doors: {
      // The journal names each pack, and nothing is sent: no data is newer, no market is refused.
      market: tradeMarket({
        loaded,
        uses,
        mode: account.mode,
        isLocal: true,
        dataStamp: () => "",
        nowMs: () => account.nowMs,
      }),
      states: createBlobStore(account.folder, sha256),
      sha256,
    },
    terms: { lotMethod, currency, currencyDigits },
    codeHash: codeHashOf(uses),
  };
}
