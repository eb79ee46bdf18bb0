/**
 * The equity identity (invariant 11): realised + unrealised + dividends - fees - financing -
 * borrow + other + FX + external flows = the change in equity since the books were opened, to the minor
 * unit. Neither side is a plug of the other:
 *
 *   equity       accounts as posted (cash, receivables, settlement) + net lots counted from fills, at
 *                the mark and the rate of now
 *   explained    sums of the journal's own figures + lots at the mark less their cost, each day's at
 *                that day's rate, + what a change of rates did to what was held (foreign.ts)
 *
 * In a foreign currency both sides are compared as exact sums; then each is rounded once per
 * currency, and the components share that rounded sum out by largest remainder, so that they add up.
 * Beside the sum each instrument's two counts are compared: lots in the book against net lots, and
 * the position account against the lots' cost.
 */
import { add, type Decimal, formatDecimal, toScaledInteger } from "../../base/decimal.ts";
import { accountName, partOf } from "./accounts.ts";
import { apportion } from "./apportion.ts";
import {
  type ForeignBook,
  type LedgerBooks,
  type Marks,
  markedMinor,
  type PositionBook,
} from "./fold.ts";
import {
  attribute,
  COMPONENTS,
  COSTS,
  type Component,
  explained,
  type LocalBooks,
  negative,
  type Rates,
  times,
} from "./foreign.ts";
import { costHeld, lotsHeld } from "./lots.ts";

export type EquityIdentity = {
  readonly holds: boolean;
  readonly differenceMinor: bigint;
  readonly equity: {
    readonly cashMinor: bigint;
    readonly receivableMinor: bigint;
    /** At the mark, less what futures have settled in cash: theirs are zero at a close. */
    readonly positionsMinor: bigint;
    readonly sumMinor: bigint;
  };
  readonly explained: {
    readonly realisedMinor: bigint;
    readonly unrealisedMinor: bigint;
    readonly dividendsMinor: bigint;
    /** Costs as positive numbers; the sum subtracts them. */
    readonly feesMinor: bigint;
    readonly financingMinor: bigint;
    readonly borrowMinor: bigint;
    /** Money a venue moved under no name of ours; zero in a backtest. */
    readonly otherMinor: bigint;
    readonly fxMinor: bigint;
    readonly flowsMinor: bigint;
    readonly sumMinor: bigint;
  };
  /** One line per instrument whose counts disagree, and per currency whose exact sums do. */
  readonly disagreements: readonly string[];
};

/**
 * `flowsMinor`: external flows in the account's own currency as the caller knows them, not as the
 * ledger booked them: deposits, transfers, and what adopted positions cost. Flows in another currency count at the rate of their day.
 */
export function equityIdentity(
  books: LedgerBooks,
  marks: Marks,
  rates: Rates,
  flowsMinor: number,
): EquityIdentity {
  const parts = [ownPart(books, marks, BigInt(flowsMinor))];
  const disagreements = [...books.positions.values()].flatMap((p) => disagreement(books, p));
  for (const currency of books.foreign.keys()) {
    const part = foreignPart(books, currency, { marks, rates });
    parts.push(part);
    if (part.missing !== null) disagreements.push(part.missing);
  }
  const equity = summed(parts.map((part) => part.equity));
  const explainedBy = summed(parts.map((part) => part.explained));
  const differenceMinor = equity.sumMinor - explainedBy.sumMinor;
  const holds = differenceMinor === 0n && disagreements.length === 0;
  return { holds, differenceMinor, equity, explained: explainedBy, disagreements };
}

/** One currency's part of both sides, in the account's minor units. */
type Part = Pick<EquityIdentity, "equity" | "explained">;

function ownPart(books: LedgerBooks, marks: Marks, flowsMinor: bigint): Part {
  const equity = equityFromAccounts(books, books.currency, marks);
  const { realisedMinor, dividendsMinor, feesMinor, financingMinor, borrowMinor, otherMinor } =
    books.totals;
  const unrealisedMinor = unrealisedIn(books, books.currency, marks);
  const earned = realisedMinor + unrealisedMinor + dividendsMinor + otherMinor;
  const sumMinor = earned - feesMinor - financingMinor - borrowMinor + flowsMinor;
  return {
    equity,
    explained: {
      realisedMinor,
      unrealisedMinor,
      dividendsMinor,
      feesMinor,
      financingMinor,
      borrowMinor,
      otherMinor,
      fxMinor: 0n,
      flowsMinor,
      sumMinor,
    },
  };
}

function foreignPart(
  books: LedgerBooks,
  currency: string,
  { marks, rates }: { readonly marks: Marks; readonly rates: Rates },
): Part & { readonly missing: string | null } {
  const book = books.foreign.get(currency) as ForeignBook;
  const local = equityFromAccounts(books, currency, marks);
  const unrealisedMinor = unrealisedIn(books, currency, marks);
  const now: LocalBooks = {
    assetsMinor: local.sumMinor,
    results: { ...book.totals, unrealisedMinor },
  };
  const whole = attribute(book.attribution, now, { currency, rates });
  const held = times(local.sumMinor, whole.rate);
  const sum = explained(whole);
  const gap = add(held, negative(sum));
  const units: Units = { from: book.digits, to: books.digits };
  const [cashMinor, receivableMinor, positionsMinor] = rounded(
    [local.cashMinor, local.receivableMinor, local.positionsMinor].map((minor) =>
      times(minor, whole.rate),
    ),
    units,
  );
  return {
    equity: { cashMinor, receivableMinor, positionsMinor, sumMinor: inUnits(held, units) },
    explained: { ...roundedComponents(whole.converted, units), sumMinor: inUnits(sum, units) },
    missing:
      gap.coefficient === 0n
        ? null
        : `${currency}: what is held is worth ${formatDecimal(gap)} / 10^${book.digits} ${books.currency} more than results and FX explain`,
  };
}

/** Digits of a foreign currency's minor unit and of the account's. */
type Units = { readonly from: number; readonly to: number };

function inUnits({ coefficient, scale }: Decimal, { from, to }: Units): bigint {
  return toScaledInteger({ coefficient, scale: scale + from }, to);
}

/** Every amount rounded so that together they are their rounded sum. */
function rounded(exact: readonly Decimal[], units: Units): bigint[] {
  const scale = Math.max(units.to, ...exact.map((d) => d.scale + units.from));
  const numerators = exact.map((d) => d.coefficient * 10n ** BigInt(scale - d.scale - units.from));
  const sum = exact.reduce((a, b) => add(a, b));
  return apportion(numerators, 10n ** BigInt(scale - units.to), inUnits(sum, units));
}

function roundedComponents(
  converted: { readonly [name in Component | "fxMinor"]: Decimal },
  units: Units,
): Omit<EquityIdentity["explained"], "sumMinor"> {
  const names = [...COMPONENTS, "fxMinor"] as const;
  const signed = names.map((name) =>
    COSTS.has(name) ? negative(converted[name]) : converted[name],
  );
  const parts = rounded(signed, units).map((part, i) => (COSTS.has(names[i]) ? -part : part));
  return Object.fromEntries(names.map((name, i) => [name, parts[i]])) as ReturnType<
    typeof roundedComponents
  >;
}

function summed<K extends string>(
  parts: readonly { readonly [name in K]: bigint }[],
): { readonly [name in K]: bigint } {
  const [first, ...others] = parts;
  const sums: { [name in K]: bigint } = { ...first };
  for (const part of others) for (const name in part) sums[name] += part[name];
  return sums;
}

/** In the currency's own minor units. */
function equityFromAccounts(
  books: LedgerBooks,
  currency: string,
  marks: Marks,
): EquityIdentity["equity"] {
  const part = partOf({ instrument: null, currency }, books.currency);
  const cashMinor = balanceOf(books, accountName("cash", part));
  const receivableMinor = claimsIn(books, currency, "receivable");
  let positionsMinor = claimsIn(books, currency, "settlement");
  for (const position of books.positions.values()) {
    if (position.instrument.currency !== currency) continue;
    positionsMinor += valueOf(position, position.lots, marks);
  }
  const sumMinor = cashMinor + receivableMinor + positionsMinor;
  return { cashMinor, receivableMinor, positionsMinor, sumMinor };
}

/** All accounts of a kind that exist once per instrument, of the currency's instruments. */
function claimsIn(books: LedgerBooks, currency: string, kind: "receivable" | "settlement"): bigint {
  const prefix = accountName(kind, "");
  let sum = 0n;
  for (const [name, balance] of books.balances) {
    if (!name.startsWith(prefix)) continue;
    if (books.instruments.get(name.slice(prefix.length))?.currency === currency) sum += balance;
  }
  return sum;
}

function unrealisedIn(books: LedgerBooks, currency: string, marks: Marks): bigint {
  let unrealisedMinor = 0n;
  for (const position of books.positions.values()) {
    if (position.instrument.currency !== currency) continue;
    const marked = valueOf(position, lotsHeld(position.openLots), marks);
    unrealisedMinor += marked - costHeld(position.openLots);
  }
  return unrealisedMinor;
}

function valueOf(position: PositionBook, lots: number, marks: Marks): bigint {
  return lots === 0 ? 0n : BigInt(markedMinor(position, lots, marks));
}

function disagreement(books: LedgerBooks, position: PositionBook): readonly string[] {
  const { id } = position.instrument;
  const lots = lotsHeld(position.openLots);
  const cost = costHeld(position.openLots);
  const booked = balanceOf(books, accountName("position", id));
  const found: string[] = [];
  if (lots !== position.lots) found.push(`${id}: ${lots} in lots, ${position.lots} from fills`);
  if (cost !== booked) found.push(`${id}: lots cost ${cost}, account holds ${booked} minor units`);
  return found;
}

function balanceOf(books: LedgerBooks, name: string): bigint {
  return books.balances.get(name) ?? 0n;
}
