/**
 * The portfolio's books shared out to its sleeves: a projection of the same journal entries, so that
 * sums over sleeves are the portfolio's amounts to the minor unit. Sleeves hold millionths of a lot
 * (micro lots). What was traded is shared in proportion to each sleeve's part of the fill, fees to
 * its size, dividends and borrow to what is held, rolls and splits to the position; every share is
 * exact and rounded by largest remainder.
 *
 * A cross moves lots and cost between sleeves at its price. So realised alone does not add up to the
 * portfolio's, realised + unrealised does. Variation margin only pays in cash what those two already
 * count. Interest on the account's cash debit belongs to no sleeve: it has a line of its own per
 * currency, "portfolio" (or "portfolio:EUR"), and so have what an account's venue charges or pays
 * without an order, and a dividend that comes when no sleeve holds any more. A portfolio that holds none of an instrument is paid no
 * dividend, and so are two sleeves that hold it against each other.
 *
 * Lots are closed by the account's method; where that may refuse to choose (strict), oldest first.
 * Refuses shares that do not add up to their fill, a cross that is not zero in sum, and trades of an
 * instrument that no sleeve, or more than one without shares, could own (invariant 11).
 */
import { invariant, unreachable } from "../../base/assert.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { TradingPayload } from "../../domain/trading-entry.ts";
import { accountName } from "./accounts.ts";
import { type Ledger, type LedgerEntry, type Marks, markedMinor } from "./fold.ts";
import { costHeld } from "./lots.ts";
import {
  applyAdoption,
  applyBorrow,
  applyCross,
  applyDividend,
  applyFill,
  applyRoll,
  applySplit,
  applyVenueDividend,
} from "./sleeve-entries.ts";
import {
  type Group,
  groupsOf,
  markedValues,
  type Moment,
  type SleeveOptions,
} from "./sleeve-shares.ts";

/** In minor units of `currency`; costs as positive numbers. */
export type SleeveResult = {
  readonly variantId: string;
  /** Empty on the portfolio's own line, as is the instrument. */
  readonly strategy: string;
  readonly instrument: string;
  readonly currency: string;
  readonly microLots: number;
  readonly realisedMinor: number;
  readonly unrealisedMinor: number;
  readonly dividendsMinor: number;
  readonly feesMinor: number;
  readonly borrowMinor: number;
  /** Of a venue, under no name of ours: the portfolio's line alone has any. */
  readonly otherMinor: number;
  /** Realised + unrealised + dividends + other - fees - borrow; the portfolio's line less its financing too. */
  readonly totalMinor: number;
};

export type SleeveBooks = {
  readonly apply: (entry: LedgerEntry) => void;
  /** Every sleeve in the order of the options, then the portfolio's own lines where they hold anything. */
  readonly results: (marks: Marks) => readonly SleeveResult[];
};

/** The portfolio's own line in the account's currency; "portfolio:EUR" in another. */
export const PORTFOLIO_LINE = "portfolio";

type State = {
  readonly options: SleeveOptions;
  readonly groups: ReadonlyMap<string, Group>;
  /** By currency: what no sleeve owes. */
  readonly unshared: Map<string, Unshared>;
};

type Unshared = {
  financingMinor: bigint;
  borrowMinor: bigint;
  feesMinor: bigint;
  otherMinor: bigint;
};

export function createSleeveBooks(options: SleeveOptions): SleeveBooks {
  const state: State = { options, groups: groupsOf(options), unshared: new Map() };
  return {
    apply: (entry) => applyEntry(state, entry),
    results: (marks) => [
      ...sleeveResults(state, marks),
      ...unownedLines(state),
      ...portfolioLines(state),
    ],
  };
}

function applyEntry(state: State, entry: LedgerEntry): void {
  const { payload } = entry;
  switch (payload.kind) {
    case "fill":
      return applyFill(groupOf(state, payload.instrument, entry), payload, entry);
    case "cross":
      return applyCross(groupOf(state, payload.instrument, entry), payload, entry);
    case "roll":
      return applyRoll(groupOf(state, payload.instrument, entry), payload, entry);
    case "split":
      return applySplit(groupOf(state, payload.instrument, entry), payload, entry);
    case "dividend":
      return applyDividend(groupOf(state, payload.instrument, entry), payload, entry);
    case "accrual":
      if (payload.accrual === "borrow" && payload.instrument !== null) {
        return applyBorrow(groupOf(state, payload.instrument, entry), payload, entry);
      }
      addUnshared(
        state,
        payload.currency,
        payload.accrual === "financing" ? "financingMinor" : "borrowMinor",
        payload.amount_minor,
      );
      return;
    case "venue_cash":
      return applyVenueCash(state, payload);
    case "position_adopted":
      return applyAdoption(groupOf(state, payload.instrument, entry), payload, entry);
    case "settlement":
    case "dividend_paid":
    case "flow":
    case "run_started":
    case "decision":
    case "order":
    case "order_ended":
    case "breaker":
    case "sealed":
    case "account_opened":
    case "day_opened":
    case "decided":
    case "order_acknowledged":
    case "order_unknown":
    case "order_refused":
    case "order_withdrawn":
    case "cancel_requested":
    case "venue_fill":
    case "venue_split":
    case "venue_order_ended":
    case "bars_known":
    case "session_closed":
    case "reconciled":
    case "paused":
    case "resumed":
    case "incident":
    case "record_adopted":
    case "flatten_ordered":
    case "trial_started":
    case "trial_voided":
    case "day_closed":
      return;
    default:
      return unreachable(payload);
  }
}

function groupOf({ groups }: State, id: string, { seq }: Moment): Group {
  const group = groups.get(id);
  invariant(
    group !== undefined && group.sleeves.length > 0,
    11,
    () => `entry ${seq}: no sleeve trades ${id}`,
  );
  return group;
}

function addUnshared(
  { unshared }: Pick<State, "unshared">,
  currency: string,
  what: keyof Unshared,
  amount: number,
): void {
  const line = unshared.get(currency) ?? {
    financingMinor: 0n,
    borrowMinor: 0n,
    feesMinor: 0n,
    otherMinor: 0n,
  };
  line[what] += BigInt(amount);
  unshared.set(currency, line);
}

/** As the ledger books it (venue-postings.ts): costs are positive here. */
function applyVenueCash(
  state: State,
  payload: Extract<TradingPayload, { readonly kind: "venue_cash" }>,
): void {
  const { cause, currency, amount_minor: amount, instrument } = payload;
  switch (cause) {
    case "fee":
      return addUnshared(state, currency, "feesMinor", -amount);
    case "interest":
      return addUnshared(state, currency, "financingMinor", -amount);
    case "transfer":
      return;
    case "dividend": {
      const group = instrument === null ? undefined : state.groups.get(instrument);
      if (group === undefined) return addUnshared(state, currency, "otherMinor", amount);
      return applyVenueDividend(group, amount);
    }
    case "other":
      return addUnshared(state, currency, "otherMinor", amount);
    default:
      return unreachable(cause);
  }
}

function sleeveResults({ groups }: State, marks: Marks): readonly SleeveResult[] {
  return [...groups.values()].flatMap((group) => {
    const values = markedValues(group, marks);
    return group.sleeves.map((sleeve, i) => {
      const { variantId, strategy, book, realisedMinor, dividendsMinor, feesMinor, borrowMinor } =
        sleeve;
      const unrealisedMinor = values[i] - costHeld(book.lots);
      const gains = realisedMinor + unrealisedMinor + dividendsMinor;
      return {
        variantId,
        strategy,
        instrument: group.instrument.id,
        currency: group.instrument.currency,
        microLots: book.held,
        realisedMinor: Number(realisedMinor),
        unrealisedMinor: Number(unrealisedMinor),
        dividendsMinor: Number(dividendsMinor),
        feesMinor: Number(feesMinor),
        borrowMinor: Number(borrowMinor),
        otherMinor: 0,
        totalMinor: Number(gains - feesMinor - borrowMinor),
      };
    });
  });
}

const NO_RESULT = {
  strategy: "",
  instrument: "",
  microLots: 0,
  realisedMinor: 0,
  unrealisedMinor: 0,
  dividendsMinor: 0,
  feesMinor: 0,
  borrowMinor: 0,
  otherMinor: 0,
} as const;

function unownedLines({ options, groups }: State): readonly SleeveResult[] {
  return [...groups.values()].flatMap(({ instrument, unownedDividendsMinor }) => {
    if (unownedDividendsMinor === 0n) return [];
    const { id, currency } = instrument;
    const dividendsMinor = Number(unownedDividendsMinor);
    const variantId = lineName(options, currency);
    const totalMinor = dividendsMinor;
    return [{ ...NO_RESULT, variantId, instrument: id, currency, dividendsMinor, totalMinor }];
  });
}

function portfolioLines({ options, unshared }: State): readonly SleeveResult[] {
  return [...unshared].map(([currency, line]) => {
    const { financingMinor, borrowMinor, feesMinor, otherMinor } = line;
    return {
      ...NO_RESULT,
      variantId: lineName(options, currency),
      currency,
      feesMinor: Number(feesMinor),
      borrowMinor: Number(borrowMinor),
      otherMinor: Number(otherMinor),
      totalMinor: Number(otherMinor - feesMinor - borrowMinor - financingMinor),
    };
  });
}

function lineName(options: SleeveOptions, currency: string): string {
  return currency === options.currency ? PORTFOLIO_LINE : `${PORTFOLIO_LINE}:${currency}`;
}

/**
 * The first amount of the portfolio that its sleeves do not add up to, in words, or null. Per
 * instrument lots, realised + unrealised and dividends; per currency fees, borrow, other and financing.
 */
export function checkSleeves(
  books: Pick<SleeveBooks, "results">,
  ledger: Ledger,
  marks: Marks,
): string | null {
  const results = books.results(marks);
  const sum = (of: Field, where: Where) => total(results, of, where);
  const found: string[] = [];
  const compare = (what: string, sleeves: number, portfolio: bigint) => {
    if (BigInt(sleeves) === portfolio) return;
    found.push(`${what}: sleeves add up to ${sleeves}, the portfolio has ${portfolio}`);
  };
  for (const id of ledger.instruments.keys()) {
    const at: Where = ({ instrument }) => instrument === id;
    const { lots, dividendsMinor, gainsMinor } = portfolioOf(ledger, id, marks);
    compare(`${id}, micro lots`, sum("microLots", at), lots * BigInt(MICRO_LOTS));
    const gains = sum("realisedMinor", at) + sum("unrealisedMinor", at);
    compare(`${id}, realised + unrealised in minor units`, gains, gainsMinor);
    compare(`${id}, dividends in minor units`, sum("dividendsMinor", at), dividendsMinor);
  }
  const own = { totals: ledger.totals };
  for (const [currency, { totals }] of [[ledger.currency, own] as const, ...ledger.foreign]) {
    const at: Where = (result) => result.currency === currency;
    const line: Where = (result) => at(result) && result.instrument === "";
    compare(`fees in ${currency} minor units`, sum("feesMinor", at), totals.feesMinor);
    compare(`borrow in ${currency} minor units`, sum("borrowMinor", at), totals.borrowMinor);
    compare(`other in ${currency} minor units`, sum("otherMinor", at), totals.otherMinor);
    const costs = sum("feesMinor", line) + sum("borrowMinor", line);
    const financing = sum("otherMinor", line) - sum("totalMinor", line) - costs;
    compare(`financing in ${currency} minor units`, financing, totals.financingMinor);
  }
  return found[0] ?? null;
}

type Field = Exclude<keyof SleeveResult, "variantId" | "strategy" | "instrument" | "currency">;
type Where = (result: SleeveResult) => boolean;

function total(results: readonly SleeveResult[], of: Field, where: Where): number {
  let sum = 0;
  for (const result of results) if (where(result)) sum += result[of];
  return sum;
}

/** One instrument's part of the books, from accounts and lots: income accounts grow with minus. */
export function portfolioOf(
  { positions, balances }: Ledger,
  id: string,
  marks: Marks,
): { readonly lots: bigint; readonly gainsMinor: bigint; readonly dividendsMinor: bigint } {
  const income = (kind: "realised" | "dividends") => -(balances.get(accountName(kind, id)) ?? 0n);
  const position = positions.get(id);
  const lots = position?.lots ?? 0;
  let unrealisedMinor = 0n;
  if (position !== undefined && lots !== 0) {
    const marked = markedMinor(position, lots, marks);
    unrealisedMinor = BigInt(marked) - costHeld(position.openLots);
  }
  return {
    lots: BigInt(lots),
    gainsMinor: income("realised") + unrealisedMinor,
    dividendsMinor: income("dividends"),
  };
}
