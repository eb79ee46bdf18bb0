/**
 * An account taken up from its journal: everything before the newest day is folded, that day is executed
 * again from its recorded opening state, each entry compared with the recorded one (invariant 20). What the
 * last process had not written yet is written now. A first start finds an empty journal.
 */
import { InvariantError, invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { AveragingMethod } from "../../domain/venue-report.ts";
import type { Head, JournalRow } from "../../ports/journal-store.ts";
import { decodeUtf8 } from "../../base/utf8.ts";
import { decodeBody, ZERO_HASH } from "../../records/journal/chain.ts";
import { createJournalWriter } from "../../records/journal/writer.ts";
import type { LotMethod } from "../../records/ledger/lots.ts";
import { createLedger } from "../../records/ledger/fold.ts";
import type { Prepared } from "../prepare.ts";
import { type AccountView, foldAccount, isFact, newAccountView } from "./account.ts";
import { foldCarried } from "./carried.ts";
import { closeSession, createCore, execute, openDay, sizesIn, standBy } from "./core.ts";
import type { Core } from "./open-day.ts";
import { foldBookings } from "./our-books.ts";
import { accountName, type TradingPorts, type TradingTerms } from "./ports.ts";

export type Recovered = {
  readonly core: Core;
  /** The account's journal as it was found, decoded. */
  readonly entries: readonly AccountEntry[];
};

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

/** Name of the state a day leaves, among the files of day_closed. */
export const CLOSING_STATE = "state";

type Doors = Pick<TradingPorts, "journal" | "states" | "market" | "sha256">;

export async function recoverAccount(
  doors: Doors,
  terms: TradingTerms,
  venue: { readonly accountId: string; readonly averaging: AveragingMethod },
): Promise<Recovered> {
  const { accountId, averaging } = venue;
  const rows = [...doors.journal.rows(1)];
  const entries = rows.map((row) => decodeBody(row.body) as AccountEntry);
  const openedAt = entries.findLastIndex(({ payload }) => payload.kind === "day_opened");
  const isChanged = openedAt >= 0 && isOfAnotherMandate(entries, openedAt, terms);
  const settled = openedAt < 0 || isChanged ? entries.length : openedAt;
  const view = newAccountView();
  for (const entry of entries.slice(0, settled)) foldAccount(view, entry);
  requireSameAccount(view, terms, accountId);
  const core = createCore({
    sha256: doors.sha256,
    account: { name: accountName(terms, accountId), operator: "assay" },
    averaging,
    journal: createJournalWriter({
      // As it is now: another desk of this process may have written since the journal was opened.
      recorded: headOf(rows, rows.length),
      prefix: rows.slice(settled),
      sha256: doors.sha256,
      from: headOf(rows, settled),
    }),
    view,
    ledger: null,
  });
  if (isChanged) await takeOver(doors, core, terms, entries);
  else if (openedAt < 0) core.entries = [...entries];
  else await executeRecorded(doors, core, terms, { entries, settled });
  core.journal.finish();
  return { core, entries };
}

/** The books of an account, from the entries before the day that is opened on this world. */
export function takeHistory(
  core: Core,
  terms: Pick<TradingTerms, "currency" | "currencyDigits" | "lotMethod">,
  { world }: Pick<Prepared, "world">,
  entries: readonly AccountEntry[],
): void {
  const ledger = createLedger({
    currency: terms.currency,
    digits: terms.currencyDigits,
    lotMethod: terms.lotMethod as LotMethod,
    instruments: world.instruments,
    keepTransactions: false,
  });
  for (const entry of entries) {
    ledger.apply(entry);
    foldCarried(core.carried, entry);
    foldBookings(core.bookings, entry, sizesIn(world), core.averaging);
  }
  core.ledger = ledger;
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
      takeHistory(core, terms, prepared, entries.slice(0, settled));
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

/**
 * The newest day was traded under another mandate: it cannot be executed again under this one. Once it is
 * closed its state is taken over as it was kept; before, the mandate it began with has to finish it.
 */
function isOfAnotherMandate(
  entries: readonly AccountEntry[],
  openedAt: number,
  terms: TradingTerms,
): boolean {
  const opened = entries[openedAt].payload as Of<"day_opened">;
  if (opened.mandate_hash === terms.mandateHash) return false;
  if (entries.slice(openedAt).some(({ payload }) => payload.kind === "day_closed")) return true;
  throw new Fault(
    "mandate",
    `the day of ${opened.date} was begun under mandate ${opened.mandate_hash.slice(0, 16)} and is not finished; this one is ${terms.mandateHash.slice(0, 16)}. Bring the mandate back as it was, finish the day, then change it`,
  );
}

async function takeOver(
  doors: Doors,
  core: Core,
  terms: TradingTerms,
  entries: readonly AccountEntry[],
): Promise<void> {
  const { day } = core.view;
  const kept = day?.closed?.files.find(({ name }) => name === CLOSING_STATE);
  const bars = day?.barsKnown ?? null;
  if (day === null || kept === undefined || bars === null) {
    throw new Fault(
      "mandate",
      `the day of ${day?.opened.date ?? "nothing"} was closed before its bars were known; bring the mandate back as it was until they are, then change it`,
    );
  }
  const { pack_id: packId, pack_until: until, coming } = bars;
  const prepared = await doors.market.prepared({ packId, until, coming });
  takeHistory(core, terms, prepared, entries);
  standBy(core, prepared, decodeUtf8(await doors.states.get(kept.sha256)));
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
