/**
 * An account taken up from its journal: everything before the newest day is folded, that day is executed
 * again from its recorded opening state, each entry compared with the recorded one (invariant 20). What the
 * last process had not written yet is written now. A first start finds an empty journal.
 */
import { InvariantError, invariant } from "../../base/assert.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { Head, JournalRow } from "../../ports/journal-store.ts";
import { decodeUtf8 } from "../../base/utf8.ts";
import { decodeBody, ZERO_HASH } from "../../records/journal/chain.ts";
import { createJournalWriter } from "../../records/journal/writer.ts";
import type { LotMethod } from "../../records/ledger/lots.ts";
import { createLedger, type Ledger } from "../../records/ledger/fold.ts";
import type { Prepared } from "../prepare.ts";
import { type AccountView, foldAccount, isFact, newAccountView } from "./account.ts";
import { closeSession, type Core, createCore, execute, openDay } from "./core.ts";
import { accountName, type TradingPorts, type TradingTerms } from "./ports.ts";

export type Recovered = {
  readonly core: Core;
  /** The account's journal as it was found, decoded. */
  readonly entries: readonly AccountEntry[];
};

type Doors = Pick<TradingPorts, "journal" | "states" | "market" | "sha256">;

export async function recoverAccount(
  doors: Doors,
  terms: TradingTerms,
  accountId: string,
): Promise<Recovered> {
  const rows = [...doors.journal.rows(1)];
  const entries = rows.map((row) => decodeBody(row.body) as AccountEntry);
  const openedAt = entries.findLastIndex(({ payload }) => payload.kind === "day_opened");
  const settled = openedAt < 0 ? entries.length : openedAt;
  const view = newAccountView();
  for (const entry of entries.slice(0, settled)) foldAccount(view, entry);
  requireSameAccount(view, terms, accountId);
  const core = createCore({
    sha256: doors.sha256,
    account: { name: accountName(terms, accountId), operator: "assay" },
    journal: createJournalWriter({
      recorded: doors.journal.recorded,
      prefix: rows.slice(settled),
      sha256: doors.sha256,
      from: headOf(rows, settled),
    }),
    view,
    ledger: null,
  });
  if (openedAt >= 0) await executeRecorded(doors, core, terms, { entries, settled });
  core.journal.finish();
  return { core, entries };
}

/** The books of an account whose journal is folded from its first entry. */
export function accountLedger(
  terms: Pick<TradingTerms, "currency" | "currencyDigits" | "lotMethod">,
  { world }: Pick<Prepared, "world">,
  entries: readonly AccountEntry[],
): Ledger {
  const ledger = createLedger({
    currency: terms.currency,
    digits: terms.currencyDigits,
    lotMethod: terms.lotMethod as LotMethod,
    instruments: world.instruments,
    keepTransactions: false,
  });
  for (const entry of entries) ledger.apply(entry);
  return ledger;
}

async function executeRecorded(
  doors: Doors,
  core: Core,
  terms: TradingTerms,
  recorded: { readonly entries: readonly AccountEntry[]; readonly settled: number },
): Promise<void> {
  const { entries, settled } = recorded;
  for (const { seq, at, payload } of entries.slice(settled)) {
    if (seq <= core.view.lastSeq) continue;
    if (!isFact(payload)) {
      throw new InvariantError(
        20,
        `journal entry ${seq} (${payload.kind}) does not follow from the facts before it`,
      );
    }
    if (payload.kind === "day_opened") {
      const { pack_id: packId, pack_until: until, date: coming } = payload;
      const prepared = await doors.market.prepared({ packId, until, coming });
      core.ledger = accountLedger(terms, prepared, entries.slice(0, settled));
      const state = decodeUtf8(await doors.states.get(payload.state_sha256));
      openDay(core, at, payload, { prepared, state });
    } else if (payload.kind === "bars_known") {
      const { pack_id: packId, pack_until: until, coming } = payload;
      closeSession(core, at, payload, await doors.market.prepared({ packId, until, coming }));
    } else {
      execute(core, at, payload);
    }
  }
}

function headOf(rows: readonly JournalRow[], count: number): Head {
  if (count === 0) return { seq: 0, hash: ZERO_HASH };
  const { seq, hash } = rows[count - 1];
  return { seq, hash };
}

function requireSameAccount(view: AccountView, terms: TradingTerms, accountId: string): void {
  const { opened } = view;
  if (opened === null) return;
  invariant(
    opened.account === accountName(terms, accountId) && opened.mode === terms.mode,
    13,
    () =>
      `this journal is of account ${opened.account}; the broker answers for ${accountName(terms, accountId)}`,
  );
}
