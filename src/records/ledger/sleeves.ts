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
 * currency, "portfolio" (or "portfolio:EUR"). A portfolio that holds none of an instrument is paid no
 * dividend, and so are two sleeves that hold it against each other.
 *
 * Lots are closed by the account's method; where that may refuse to choose (strict), oldest first.
 * Refuses shares that do not add up to their fill, a cross that is not zero in sum, and trades of an
 * instrument that no sleeve, or more than one without shares, could own (invariant 11).
 */
import { invariant } from "../../base/assert.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { accountName } from "./accounts.ts";
import { type Ledger, type LedgerEntry, type Marks, markedMinor } from "./fold.ts";
import { costHeld } from "./lots.ts";
import {
  applyBorrow,
  applyCross,
  applyDividend,
  applyFill,
  applyRoll,
  applySplit,
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
  /** Realised + unrealised + dividends - fees - borrow; the portfolio's line less its financing too. */
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
  readonly unshared: Map<string, { financingMinor: bigint; borrowMinor: bigint }>;
};

export function createSleeveBooks(options: SleeveOptions): SleeveBooks {
  const state: State = { options, groups: groupsOf(options), unshared: new Map() };
  return {
    apply: (entry) => applyEntry(state, entry),
    results: (marks) => [...sleeveResults(state, marks), ...portfolioLines(state)],
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
      return applyUnshared(state, payload);
    case "settlement":
    case "dividend_paid":
    case "flow":
    case "run_started":
    case "decision":
    case "order":
    case "order_ended":
    case "breaker":
    case "sealed":
      return;
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

function applyUnshared(
  { unshared }: State,
  accrual: {
    readonly accrual: "financing" | "borrow";
    readonly currency: string;
    readonly amount_minor: number;
  },
): void {
  const { currency } = accrual;
  const line = unshared.get(currency) ?? { financingMinor: 0n, borrowMinor: 0n };
  line[accrual.accrual === "financing" ? "financingMinor" : "borrowMinor"] += BigInt(
    accrual.amount_minor,
  );
  unshared.set(currency, line);
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
        totalMinor: Number(gains - feesMinor - borrowMinor),
      };
    });
  });
}

function portfolioLines({ options, unshared }: State): readonly SleeveResult[] {
  return [...unshared].map(([currency, { financingMinor, borrowMinor }]) => ({
    variantId: currency === options.currency ? PORTFOLIO_LINE : `${PORTFOLIO_LINE}:${currency}`,
    strategy: "",
    instrument: "",
    currency,
    microLots: 0,
    realisedMinor: 0,
    unrealisedMinor: 0,
    dividendsMinor: 0,
    feesMinor: 0,
    borrowMinor: Number(borrowMinor),
    totalMinor: Number(0n - borrowMinor - financingMinor),
  }));
}

/**
 * The first amount of the portfolio that its sleeves do not add up to, in words, or null. Per
 * instrument lots, realised + unrealised and dividends; per currency fees, borrow and financing.
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
    const financing = 0 - sum("totalMinor", line) - sum("borrowMinor", line);
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
