/**
 * Books of several currencies as one would keep them on paper: money, lots and rates, nothing else;
 * no accounts, no lots' costs, no classes of income. All in fractions of whole numbers. Shares
 * nothing with the ledger, not even its rounding.
 */
import type { Instrument } from "../../../src/domain/instrument.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import type { Day } from "./mixed-journal.ts";

/** In lowest terms, the bottom positive. */
export type Fraction = { readonly top: bigint; readonly bottom: bigint };

export type NaiveDay = {
  readonly navMinor: bigint;
  readonly cashMinor: bigint;
  /** Foreign currency -> FX result so far, in its minor units x rate. */
  readonly fx: ReadonlyMap<string, Fraction>;
};

const OWN = "USD";

export function naiveDays(days: readonly Day[], instruments: readonly Instrument[]): NaiveDay[] {
  const digits = new Map(instruments.map((i) => [i.currency, i.currencyDigits]));
  const currencies = [...digits.keys()];
  /** Everything that was paid or is owed, a future's trades included: they are settled or owed. */
  const money = new Map(currencies.map((c) => [c, 0n]));
  const cash = new Map(currencies.map((c) => [c, 0n]));
  const lots = new Map(instruments.map((i) => [i.id, 0n]));
  const before = new Map(currencies.map((c) => [c, { held: 0n, rate: fractionOf(0) }]));
  let fx = new Map(currencies.map((c) => [c, fractionOf(0)]));
  return days.map(({ entries, marks, rates }) => {
    for (const { payload } of entries) enter(payload, { money, cash, lots, instruments });
    let navMinor = 0n;
    let cashMinor = 0n;
    for (const currency of currencies) {
      let held = money.get(currency) as bigint;
      for (const one of instruments) {
        const open = lots.get(one.id) as bigint;
        if (one.currency === currency && open !== 0n) held += valueOf(one, open, marks(one.id));
      }
      const rate = fractionOf(currency === OWN ? 1 : rates(currency));
      const shift = power((digits.get(OWN) as number) - (digits.get(currency) as number));
      navMinor += roundedFraction(product(product(fraction(held), rate), shift));
      const paid = fraction(cash.get(currency) as bigint);
      cashMinor += roundedFraction(product(product(paid, rate), shift));
      const last = before.get(currency) as { held: bigint; rate: Fraction };
      const rise = sumOf([rate, { top: -last.rate.top, bottom: last.rate.bottom }]);
      const gain = product(fraction(last.held), rise);
      fx = new Map(fx).set(currency, sumOf([fx.get(currency) as Fraction, gain]));
      before.set(currency, { held, rate });
    }
    const foreign = [...fx].filter(([currency]) => currency !== OWN);
    return { navMinor, cashMinor, fx: new Map(foreign) };
  });
}

function enter(
  p: AccountPayload,
  books: {
    readonly money: Map<string, bigint>;
    readonly cash: Map<string, bigint>;
    readonly lots: Map<string, bigint>;
    readonly instruments: readonly Instrument[];
  },
): void {
  const find = (id: string) => books.instruments.find((i) => i.id === id) as Instrument;
  const into = (of: Map<string, bigint>, key: string, change: number) =>
    of.set(key, (of.get(key) as bigint) + BigInt(change));
  const pay = (currency: string, amount: number) => {
    into(books.money, currency, amount);
    into(books.cash, currency, amount);
  };
  switch (p.kind) {
    case "flow":
      return pay(p.currency, p.amount_minor);
    case "accrual":
      return pay(p.currency, -p.amount_minor);
    case "dividend":
      into(books.money, p.currency, p.amount_minor);
      return;
    case "dividend_paid":
      into(books.cash, p.currency, p.amount_minor);
      return;
    case "split":
      pay(find(p.instrument).currency, p.cash_in_lieu_minor);
      books.lots.set(p.instrument, BigInt(p.lots_after));
      return;
    case "settlement":
      for (const s of p.settled) into(books.cash, s.currency, s.amount_minor);
      return;
    case "roll":
      into(books.money, p.currency, -p.from_notional_minor - p.to_notional_minor);
      return pay(p.currency, -p.fee_minor);
    case "fill":
      into(books.money, p.currency, -p.notional_minor);
      if (find(p.instrument).assetClass !== "future")
        into(books.cash, p.currency, -p.notional_minor);
      into(books.lots, p.instrument, p.lots);
      return pay(p.currency, -p.fee_minor);
    default:
      return;
  }
}

function valueOf(one: Instrument, lots: bigint, price: number): bigint {
  const unit = product(fractionOf(price), product(fractionOf(one.lot), fractionOf(one.multiplier)));
  return roundedFraction(product(product(fraction(lots), unit), power(one.currencyDigits)));
}

/** Half away from zero. */
export function roundedFraction({ top, bottom }: Fraction): bigint {
  const size = top < 0n ? -top : top;
  const up = (size + size + bottom) / (bottom + bottom);
  return top < 0n ? -up : up;
}

/** The fraction that a double's shortest text says. */
function fractionOf(value: number): Fraction {
  const [mantissa, exponent = "0"] = String(value).split("e");
  const [whole, decimals = ""] = mantissa.split(".");
  return product(fraction(BigInt(whole + decimals)), power(Number(exponent) - decimals.length));
}

function fraction(whole: bigint): Fraction {
  return { top: whole, bottom: 1n };
}

function power(exponent: number): Fraction {
  const size = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { top: 1n, bottom: size } : fraction(size);
}

function product(a: Fraction, b: Fraction): Fraction {
  return reduced(a.top * b.top, a.bottom * b.bottom);
}

export function sumOf(all: readonly Fraction[]): Fraction {
  return all.reduce(
    (a, b) => reduced(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom),
    fraction(0n),
  );
}

function reduced(top: bigint, bottom: bigint): Fraction {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return { top: top / a, bottom: bottom / a };
}
