/**
 * Where the result came from, out of the books that were folded from the journal: by kind from the
 * equity identity, by line from the sleeves, or under allocation direct from the instruments'
 * accounts. Null where the books were not closed, because an earlier check had failed.
 */
import { invariant } from "../base/assert.ts";
import { minorToAmount } from "../base/money.ts";
import type { ResultKinds, ResultLine, ResultParts } from "../domain/result-parts.ts";
import type { EquityIdentity } from "../records/ledger/equity-identity.ts";
import type { Ledger, Marks } from "../records/ledger/fold.ts";
import { portfolioOf, type SleeveResult } from "../records/ledger/sleeves.ts";
import type { Kernel } from "./state.ts";

/** The books at the last close. */
export type ClosedBooks = {
  readonly ledger: Ledger;
  readonly identity: EquityIdentity;
  readonly marks: Marks;
  /** Empty under allocation direct. */
  readonly sleeves: readonly SleeveResult[];
};

export function resultParts(k: Kernel, books: ClosedBooks): ResultParts {
  const { digits } = k.world.currencies[0];
  const amount = (minor: number) => minorToAmount(minor, digits);
  const deposit = k.plan.initialEquityMinor;
  const { nav } = k.state.curves;
  const final = nav[nav.length - 1];
  const hasSleeves = k.state.sleeves !== null;
  return {
    deposit: amount(deposit),
    final: amount(final),
    change: amount(final - deposit),
    kinds: kindsOf(books.identity, digits),
    by: hasSleeves ? "sleeve" : "instrument",
    lines: hasSleeves
      ? books.sleeves.map((sleeve) => sleeveLine(k, sleeve))
      : instrumentLines(k, books),
  };
}

function kindsOf({ explained: e }: EquityIdentity, digits: number): ResultKinds {
  const amount = (minor: bigint) => minorToAmount(Number(minor), digits);
  return {
    realised: amount(e.realisedMinor),
    unrealised: amount(e.unrealisedMinor),
    dividends: amount(e.dividendsMinor),
    fees: amount(e.feesMinor),
    financing: amount(e.financingMinor),
    borrow: amount(e.borrowMinor),
    fx: amount(e.fxMinor),
  };
}

type Minor = {
  readonly strategy: string;
  readonly instrument: string;
  readonly currency: string;
  readonly gains: number;
  readonly costs: number;
};

function sleeveLine(k: Kernel, sleeve: SleeveResult): ResultLine {
  const { strategy, instrument, currency, totalMinor } = sleeve;
  const gains = sleeve.realisedMinor + sleeve.unrealisedMinor + sleeve.dividendsMinor;
  return lineOf(k, { strategy, instrument, currency, gains, costs: gains - totalMinor });
}

/** One strategy trades each instrument; its fees and interest stand in accounts of the currency. */
function instrumentLines(k: Kernel, { ledger, marks }: ClosedBooks): readonly ResultLine[] {
  const { variants } = k.plan;
  const gains = k.world.instruments.map((instrument, i): Minor => {
    const { id, currency } = instrument;
    const strategy = variants.find((variant) => variant.instrument === i)?.strategy ?? "";
    const { gainsMinor, dividendsMinor } = portfolioOf(ledger, id, marks);
    const gains = Number(gainsMinor + dividendsMinor);
    return { strategy, instrument: id, currency, gains, costs: 0 };
  });
  const own = { totals: ledger.totals };
  const costs = [[ledger.currency, own] as const, ...ledger.foreign].map(
    ([currency, { totals }]): Minor => ({
      strategy: "",
      instrument: "",
      currency,
      gains: 0,
      costs: Number(totals.feesMinor + totals.financingMinor + totals.borrowMinor),
    }),
  );
  return [...gains, ...costs].map((line) => lineOf(k, line));
}

function lineOf(k: Kernel, line: Minor): ResultLine {
  const { currencies, sessionsMs } = k.world;
  const own = currencies.find(({ code }) => code === line.currency);
  invariant(own !== undefined, 11, () => `no currency ${line.currency} in the account`);
  const { digits } = currencies[0];
  const rate = own.rate === null ? 1 : own.rate[sessionsMs.length - 1];
  const gains = minorToAmount(line.gains, own.digits);
  const costs = minorToAmount(line.costs, own.digits);
  const local = minorToAmount(line.gains - line.costs, own.digits);
  const result = minorToAmount(Math.round(local * rate * 10 ** digits), digits);
  return { ...line, gains, costs, rate, result };
}
