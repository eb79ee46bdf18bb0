/**
 * The equity identity (invariant 11): realised + unrealised + dividends - fees - financing -
 * borrow + FX + external flows = the change in equity since the books were opened, to the minor
 * unit. Neither side is a plug of the other:
 *
 *   equity       accounts as posted (cash, receivables) + net lots counted from fills, at the mark
 *   explained    sums of the journal's own figures + lots at the mark less their cost
 *
 * Beside the sum each instrument's two counts are compared: lots in the book against net lots, and
 * the position account against the lots' cost. FX is zero while a ledger has one currency.
 */
import { accountName } from "./accounts.ts";
import { type LedgerBooks, type Marks, markedMinor, type PositionBook } from "./fold.ts";
import { costHeld, lotsHeld } from "./lots.ts";

export type EquityIdentity = {
  readonly holds: boolean;
  readonly differenceMinor: bigint;
  readonly equity: {
    readonly cashMinor: bigint;
    readonly receivableMinor: bigint;
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
    readonly fxMinor: bigint;
    readonly flowsMinor: bigint;
    readonly sumMinor: bigint;
  };
  /** One line per instrument whose counts disagree. */
  readonly disagreements: readonly string[];
};

/** `flowsMinor`: external flows as the caller knows them, not as the ledger booked them. */
export function equityIdentity(
  books: LedgerBooks,
  marks: Marks,
  flowsMinor: number,
): EquityIdentity {
  const equity = equityFromAccounts(books, marks);
  const explained = explainedChange(books, marks, BigInt(flowsMinor));
  const differenceMinor = equity.sumMinor - explained.sumMinor;
  const disagreements = [...books.positions.values()].flatMap((p) => disagreement(books, p));
  const holds = differenceMinor === 0n && disagreements.length === 0;
  return { holds, differenceMinor, equity, explained, disagreements };
}

function equityFromAccounts(books: LedgerBooks, marks: Marks): EquityIdentity["equity"] {
  const cashMinor = balanceOf(books, accountName("cash", null));
  const receivables = accountName("receivable", "");
  let receivableMinor = 0n;
  for (const [name, balance] of books.balances) {
    if (name.startsWith(receivables)) receivableMinor += balance;
  }
  let positionsMinor = 0n;
  for (const position of books.positions.values()) {
    positionsMinor += valueOf(position, position.lots, marks);
  }
  const sumMinor = cashMinor + receivableMinor + positionsMinor;
  return { cashMinor, receivableMinor, positionsMinor, sumMinor };
}

function explainedChange(
  books: LedgerBooks,
  marks: Marks,
  flowsMinor: bigint,
): EquityIdentity["explained"] {
  const { realisedMinor, dividendsMinor, feesMinor, financingMinor, borrowMinor } = books.totals;
  let unrealisedMinor = 0n;
  for (const position of books.positions.values()) {
    const marked = valueOf(position, lotsHeld(position.openLots), marks);
    unrealisedMinor += marked - costHeld(position.openLots);
  }
  const fxMinor = 0n;
  const earned = realisedMinor + unrealisedMinor + dividendsMinor + fxMinor;
  const sumMinor = earned - feesMinor - financingMinor - borrowMinor + flowsMinor;
  return {
    realisedMinor,
    unrealisedMinor,
    dividendsMinor,
    feesMinor,
    financingMinor,
    borrowMinor,
    fxMinor,
    flowsMinor,
    sumMinor,
  };
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
