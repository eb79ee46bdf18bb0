/**
 * An account's journal held against itself, without the code that wrote it: signals are conserved, orders and
 * executions are what they are said to be, days follow each other, and the books folded from the entries come
 * to what each session's close says, valued at closes read from the packs. Enters: entries whose chain holds,
 * packs by id; leaves: one sentence per finding, with its entry. Nothing is thrown for what the record says.
 */
import { InvariantError, invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import { DAY_MS, formatDate, parseIsoDate } from "../../base/instant.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Pack } from "../../domain/pack.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { LotMethod } from "../../records/ledger/lots.ts";
import { createLedger, type Ledger } from "../../records/ledger/fold.ts";
import { auditOrders } from "./audit-orders.ts";
import { auditSignals } from "./audit-signals.ts";

/** What a pack says of an account's market. */
export type AuditMarket = {
  readonly instruments: readonly Instrument[];
  /** Raw close of the last bar up to and with a date, YYYY-MM-DD, and that bar's date; null before the first. */
  readonly close: (
    instrument: string,
    date: string,
  ) => { readonly price: number; readonly date: string } | null;
};

export type AccountAudit = {
  readonly checked: {
    readonly signals: number;
    readonly orders: number;
    readonly executions: number;
    readonly days: number;
    /** Sessions whose books were folded and valued. */
    readonly sessions: number;
  };
  readonly findings: readonly string[];
};

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

/** `markets`: every pack that the journal names and that is there. */
export function auditAccount(
  entries: readonly AccountEntry[],
  markets: ReadonlyMap<string, AuditMarket>,
): AccountAudit {
  const signals = auditSignals(entries);
  const orders = auditOrders(entries);
  const days = auditDays(entries);
  const books = auditBooks(entries, markets);
  return {
    checked: {
      signals: signals.signals,
      orders: orders.orders,
      executions: orders.executions,
      days: days.days,
      sessions: books.sessions,
    },
    findings: [...signals.findings, ...orders.findings, ...days.findings, ...books.findings],
  };
}

/** Packs that the journal names, each with the first entry that does. */
export function packsNamed(entries: readonly AccountEntry[]): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const { seq, payload } of entries) {
    if (payload.kind !== "day_opened" && payload.kind !== "bars_known") continue;
    if (!named.has(payload.pack_id)) named.set(payload.pack_id, seq);
  }
  return named;
}

/** Each day is opened once, after the one before it, and closed once at most. */
function auditDays(entries: readonly AccountEntry[]): {
  readonly days: number;
  readonly findings: readonly string[];
} {
  const findings: string[] = [];
  const closed = new Map<string, number>();
  let open: { readonly date: string; readonly seq: number } | null = null;
  let bars: string | null = null;
  let days = 0;
  for (const { seq, payload } of entries) {
    switch (payload.kind) {
      case "day_opened":
        days++;
        if (open !== null && payload.date <= open.date) {
          findings.push(
            `entry ${seq} opens ${payload.date} after ${open.date} was opened in ${open.seq}`,
          );
        }
        if (open !== null && !closed.has(open.date)) {
          findings.push(
            `entry ${seq} opens ${payload.date}, and ${open.date} (entry ${open.seq}) was never closed`,
          );
        }
        open = { date: payload.date, seq };
        break;
      case "bars_known":
        bars = payload.date;
        break;
      case "session_closed":
        if (payload.date !== bars) {
          findings.push(
            `entry ${seq} closes the session ${payload.date}; the bars that were known are of ${bars}`,
          );
        }
        break;
      case "day_closed":
        if (payload.date !== open?.date) {
          findings.push(
            `entry ${seq} closes ${payload.date}; the open day is ${open?.date ?? "none"}`,
          );
        }
        if (closed.has(payload.date)) {
          findings.push(
            `entry ${seq} closes ${payload.date} again, entry ${closed.get(payload.date)} had`,
          );
        }
        closed.set(payload.date, seq);
        break;
      default:
    }
  }
  return { days, findings };
}

type Folding = {
  readonly ledger: Ledger;
  readonly currency: string;
  readonly markets: ReadonlyMap<string, AuditMarket>;
  readonly findings: string[];
  /** The pack that the newest bars came from. */
  packId: string | null;
  /** By instrument: the venue's splits so far, for a mark that is older than one. */
  readonly splits: Map<string, { readonly date: string; readonly ratio: number }[]>;
  sessions: number;
};

/** Cash and net asset value at every close, from the entries and the packs' closes alone. */
function auditBooks(
  entries: readonly AccountEntry[],
  markets: ReadonlyMap<string, AuditMarket>,
): { readonly sessions: number; readonly findings: readonly string[] } {
  const opened = entries[0]?.payload;
  if (opened?.kind !== "account_opened") {
    return {
      sessions: 0,
      findings: ["the journal does not begin with account_opened: there are no books"],
    };
  }
  const folding: Folding = {
    ledger: ledgerOf(opened, markets),
    currency: opened.currency,
    markets,
    findings: [],
    packId: null,
    splits: new Map(),
    sessions: 0,
  };
  for (const entry of entries) {
    const stopped = foldOne(folding, entry);
    if (stopped === null) continue;
    folding.findings.push(
      `entry ${entry.seq} (${entry.payload.kind}): the books cannot be folded on: ${stopped}`,
    );
    break;
  }
  return folding;
}

function ledgerOf(opened: Of<"account_opened">, markets: ReadonlyMap<string, AuditMarket>): Ledger {
  const instruments = new Map<string, Instrument>();
  for (const market of markets.values()) {
    for (const instrument of market.instruments) instruments.set(instrument.id, instrument);
  }
  return createLedger({
    currency: opened.currency,
    digits: opened.currency_digits,
    lotMethod: opened.lot_method as LotMethod,
    instruments: [...instruments.values()],
    keepTransactions: false,
  });
}

/** Null, or why the entry cannot be booked. */
function foldOne(folding: Folding, entry: AccountEntry): string | null {
  const { payload } = entry;
  try {
    folding.ledger.apply(entry);
    if (payload.kind === "bars_known") folding.packId = payload.pack_id;
    if (payload.kind === "venue_split") {
      const { instrument, date, ratio } = payload;
      folding.splits.set(instrument, [...(folding.splits.get(instrument) ?? []), { date, ratio }]);
    }
    if (payload.kind === "session_closed") closeBooks(folding, entry.seq, payload);
    return null;
  } catch (error) {
    if (error instanceof InvariantError || error instanceof Fault) return error.message;
    throw error;
  }
}

function closeBooks(folding: Folding, seq: number, said: Of<"session_closed">): void {
  const { ledger, currency, findings } = folding;
  const rates = (code: string) => (code === currency ? 1 : Number.NaN);
  const cash = ledger.cashMinor(rates);
  if (cash !== said.cash_minor) {
    findings.push(
      `entry ${seq}: the books of ${said.date} hold cash of ${cash} minor units, session_closed says ${said.cash_minor}`,
    );
  }
  // A pack that is not there is a finding by itself.
  const market = folding.markets.get(folding.packId ?? "");
  if (market === undefined) return;
  const nav = ledger.navMinor((id) => markOn(folding, market, id, said.date), rates);
  if (nav !== said.nav_minor) {
    findings.push(
      `entry ${seq}: the books of ${said.date} are worth ${nav} minor units at the pack's closes, session_closed says ${said.nav_minor}`,
    );
  }
  folding.sessions++;
}

function markOn({ splits }: Folding, market: AuditMarket, id: string, date: string): number {
  const last = market.close(id, date);
  if (last === null) return Number.NaN;
  const since = (splits.get(id) ?? []).filter((split) => split.date > last.date);
  return since.reduce((price, { ratio }) => price / ratio, last.price);
}

/** Of a pack, as the audit reads it. */
export function auditMarket({ series }: Pick<Pack, "series">): AuditMarket {
  const byId = new Map(series.map((each) => [each.instrument.id, each]));
  return {
    instruments: series.map(({ instrument }) => instrument),
    close(id, date) {
      const bars = byId.get(id);
      if (bars === undefined) return null;
      const row = lastBefore(bars.timesMs, endOf(date));
      return row < 0 ? null : { price: bars.close[row], date: formatDate(bars.timesMs[row]) };
    },
  };
}

/** Row of the last time before `endMs`; -1 where there is none. */
function lastBefore(timesMs: Float64Array, endMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < endMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function endOf(date: string): number {
  const ms = parseIsoDate(date);
  invariant(ms !== null, 20, `${date} is no date`);
  return ms + DAY_MS;
}
