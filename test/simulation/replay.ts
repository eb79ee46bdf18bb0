/**
 * Executes recorded days again from their recorded opening states, on a copy of the journal that ends where
 * the day does: the entries and the head must be the recorded ones, and nothing may be left over. One seed of
 * three takes one of its days: what was newest, every restart has executed again already.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { recoverAccount } from "../../src/engine/trading/recover.ts";
import type { AccountEntry } from "../../src/domain/trading-entry.ts";
import type { JournalRow, JournalStore } from "../../src/ports/journal-store.ts";
import type { Disk } from "./disk.ts";
import { openBlobs } from "./files.ts";
import { createLife } from "./life.ts";
import { preparedAt, type SimulatedMarket } from "./market.ts";
import { type Ground, termsOf } from "./ground.ts";
import { ACCOUNT_ID } from "./venue.ts";

/** Null where nothing is executed again. */
export async function replayed(
  ground: Pick<Ground, "disk" | "market" | "scenario" | "replaysAll">,
  entries: readonly AccountEntry[],
): Promise<{ readonly differences: readonly string[] } | null> {
  const begins = entries.flatMap(({ seq, payload }) =>
    payload.kind === "day_opened" ? [seq] : [],
  );
  const { seed } = ground.scenario;
  if (begins.length === 0 || (!ground.replaysAll && seed % 3 > 0)) return null;
  const chosen = (seed / 3) % begins.length;
  const differences: string[] = [];
  for (let n = 0; n < begins.length; n++) {
    if (!ground.replaysAll && n !== chosen) continue;
    const until = begins[n + 1] ?? entries.length + 1;
    differences.push(...(await executedAgain(ground, until - 1)));
  }
  return { differences };
}

async function executedAgain(
  { disk, market }: { readonly disk: Disk; readonly market: SimulatedMarket },
  count: number,
): Promise<readonly string[]> {
  const rows = disk.rows.slice(0, count);
  const life = createLife({ number: 0, dieAt: null, tell: null });
  try {
    const { core } = await recoverAccount(
      {
        journal: readOnly(rows),
        states: openBlobs(disk, life, sha256),
        market: { prepared: async ({ until, coming }) => preparedAt(market, until, coming) },
        sha256,
      },
      termsOf(market),
      { accountId: ACCOUNT_ID, averaging: "weighted_average" },
    );
    const head = core.journal.head();
    const last = rows[count - 1];
    if (head.seq === last.seq && head.hash === last.hash) return [];
    return [`executed again up to entry ${count}, the journal ends at ${head.seq} ${head.hash}`];
  } catch (error) {
    return [`executed again up to entry ${count}: ${(error as Error).message}`];
  }
}

function readOnly(rows: readonly JournalRow[]): JournalStore {
  const refused = () => Promise.reject(new TypeError("a replay writes nothing"));
  const { seq, hash } = rows[rows.length - 1];
  return {
    recorded: { seq, hash },
    findings: [],
    rows: (fromSeq) => rows.slice(fromSeq - 1),
    append: refused,
    terminalCounts: () => new Map(),
    recordDocuments: refused,
    close: () => Promise.resolve(),
  };
}
