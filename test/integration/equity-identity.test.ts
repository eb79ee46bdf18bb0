/**
 * The equity identity from a side that the tests own: every session's cash, receivables, positions
 * and net asset value, worked out from fills and source files in whole minor units (variation
 * margin, rolls and foreign currencies included), equal to the cent what the run wrote; and every
 * fill's price, fee and slippage is what the source bar and the mandate's terms make it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { centsIn, centsOf, minorIn, minorOf } from "../support/exact-cents.ts";
import {
  EXAMPLES,
  exampleFolder,
  exampleRun,
  type ExampleRun,
  isHere,
} from "../support/example-runs.ts";
import {
  type Books,
  contractOf,
  eventsInJournal,
  feeOf,
  ownBooks,
  sessionsOf,
  type Terms,
  termsOf,
} from "../support/own-books.ts";
import { readArtifact, readJournal, type Row } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";
import {
  type Contract,
  type Source,
  type SourceBar,
  sourceOfExample,
} from "../support/source-bars.ts";

describe.for(EXAMPLES)("$name", (example) => {
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    let run: ExampleRun;
    let source: Source;
    let terms: Terms;
    let fills: readonly Row[];
    let books: Books;
    beforeAll(async () => {
      run = await exampleRun(example.name);
      source = await sourceOfExample(example.name, run.home);
      terms = termsOf(exampleFolder(example.name));
      fills = readArtifact(run.folder, "fills");
      books = ownBooks(source, fills, terms);
    });

    it("has one equity row per session of the source", () => {
      const dates = readArtifact(run.folder, "equity").map((row) => row["date"]);
      expect(dates).toEqual(sessionsOf(source));
    });

    it("equals cash, receivables, positions and net asset value to the cent, every session", () => {
      const equity = readArtifact(run.folder, "equity");
      const written = equity.map((row) => ({
        date: row["date"],
        cash: centsIn(row["cash"]),
        receivable: centsIn(row["receivable"]),
        positions: centsIn(row["positions_value"]),
        nav: centsIn(row["nav"]),
      }));
      expect(fills.length).toBeGreaterThan(0);
      expect(firstDifference(written, books.days)).toBeNull();
      expect(centsIn(String(run.json.metrics.final_equity))).toBe(books.days.at(-1)?.nav);
    });

    it("equals every position and its value", () => {
      const written = readArtifact(run.folder, "positions").map((row) => ({
        date: row["date"],
        instrument: row["instrument"],
        lots: BigInt(row["lots"]),
        value: minorIn(row["value"], contractOf(source, row["instrument"]).digits),
      }));
      const inOrder = (all: Books["held"]) =>
        all.toSorted((a, b) =>
          `${a.date} ${a.instrument}` < `${b.date} ${b.instrument}` ? -1 : 1,
        );
      expect(firstDifference(inOrder(written), inOrder(books.held))).toBeNull();
    });

    it("journals the interest, dividends, splits, margins and rolls that terms and source make", () => {
      const journalled = eventsInJournal(readJournal(run.folder));
      expect(firstDifference(journalled.toSorted(), books.events.toSorted())).toBeNull();
    });

    it("fills at the source's prices, slipped and charged by the mandate's terms", () => {
      const types = new Map(
        readArtifact(run.folder, "orders").map((row) => [row["order_id"], row["type"]]),
      );
      for (const fill of fills) {
        const contract = contractOf(source, fill["instrument"]);
        const bar = source.bars.get(fill["instrument"])?.get(fill["date"]) as SourceBar;
        // The legs of a roll have no order; their references are held against the contracts' closes.
        const type = types.get(fill["order_id"]) ?? "roll";
        const where = `fill ${fill["fill_no"]} on ${fill["date"]}`;
        expect([where, isReference(fill, bar, { type, terms })]).toEqual([where, true]);
        expect([where, isSlipped(fill, type, { terms, contract })]).toEqual([where, true]);
        const minor = (column: string) => minorIn(fill[column], contract.digits);
        expect([where, minor("fee")]).toEqual([where, feeOf(fill, terms, contract)]);
        const lots = BigInt(fill["lots"]);
        const notional = minorOf(lots, fill["price"], contract);
        expect([where, minor("notional")]).toEqual([where, notional]);
        expect([where, minor("slippage")]).toEqual([
          where,
          notional - minorOf(lots, fill["reference_price"], contract),
        ]);
      }
    });
  });
});

it("the calibrated example moves positions into every next contract, and has three currencies", async () => {
  const { folder, home } = await exampleRun("simulated");
  const source = await sourceOfExample("simulated", home);
  const { rolled, held } = ownBooks(
    source,
    readArtifact(folder, "fills"),
    termsOf(exampleFolder("simulated")),
  );
  const futures = [...(source.contracts ?? [])].filter(([, { rolls }]) => rolls !== null);
  expect(futures).toHaveLength(13);
  for (const [id, { rolls }] of futures) {
    const due = held.filter((row) => row.instrument === id && rolls?.has(row.date));
    // At the close of a roll the position is in the new contract already: sold out that day, none moves.
    expect(due.map(({ date }) => [date, id, rolled.has(`${date} ${id}`)])).toEqual(
      due.map(({ date }) => [date, id, true]),
    );
    expect(due.length).toBeGreaterThan(20);
  }
  expect(new Set(futures.map(([, { currency }]) => currency))).toEqual(
    new Set(["USD", "EUR", "JPY"]),
  );
});

describe("the tests' own side", () => {
  const bars = new Map([
    ["A", new Map(["2020-01-02", "2020-01-03"].map((d) => [d, bar("10.005")]))],
  ]);
  const terms = { ...termsOf(exampleFolder("simulated")), initial: "100", debitRate: "0" };
  const fill = {
    date: "2020-01-03",
    instrument: "A",
    lots: "3",
    price: "10.005",
    fee: "1",
    order_id: "a",
  };

  const future: Contract = {
    currency: "JPY",
    digits: 0,
    multiplier: "500",
    tick: 5,
    rolls: new Map([["2020-01-03", "108"]]),
  };
  const leg = { date: "2020-01-03", instrument: "F", order_id: "", fee: "0" };

  it("settles a foreign future, rolls it, and converts what it left in cash", () => {
    const source: Source = {
      bars: new Map([
        [
          "F",
          new Map([
            ["2020-01-02", bar("100")],
            ["2020-01-03", bar("110")],
          ]),
        ],
      ]),
      actions: [],
      contracts: new Map([["F", future]]),
      rates: new Map([["JPY", new Map([["2020-01-01", "0.01"]])]]),
    };
    const bought = { ...leg, date: "2020-01-02", order_id: "a", lots: "2", price: "95", fee: "3" };
    const rolled = [
      { ...leg, lots: "-2", price: "105", reference_price: "110" },
      { ...leg, lots: "2", price: "113", reference_price: "108" },
    ];
    const made = ownBooks(source, [bought, ...rolled], terms);
    // 2 x 500 x (100 - 95) = 5000 yen less 3; then 2 x 500 x 10 gained, and 5 a unit lost on either leg.
    expect(made.events).toEqual([
      "2020-01-02 settlement F 5000",
      "2020-01-03 settlement F 10000",
      "2020-01-03 roll F 2",
      "2020-01-03 settlement F -10000",
    ]);
    expect(made.days.map(({ nav, positions }) => [nav, positions])).toEqual([
      [10_000n + 4997n, 0n],
      [10_000n + 4997n, 0n],
    ]);
    expect(made.held.at(-1)).toMatchObject({ lots: 2n, value: 108_000n });
    expect(() => ownBooks(source, [bought], terms)).toThrow("due is -2 at 110");
  });

  it("rounds half away from zero and moves by one cent when a fill does", () => {
    const navOf = (changed: Partial<typeof fill>) =>
      ownBooks({ bars, actions: [] }, [{ ...fill, ...changed }], terms).days.at(-1);
    // 3 x 10.005 = 30.015, in cents 3002: bought and marked at the same price.
    expect(navOf({})).toMatchObject({ cash: 10_000n - 3002n - 100n, positions: 3002n, nav: 9900n });
    expect(navOf({ fee: "1.01" })?.nav).toBe(9899n);
    expect(navOf({ price: "10.01" })?.nav).toBe(9899n);
    expect(centsOf(-3n, "10.005")).toBe(-3002n);
  });

  function bar(close: string): SourceBar {
    return { open: close, high: close, low: close, close };
  }
});

/** A market order trades at the bar's open or close; limits and stops at the open or in its range. */
function isReference(
  fill: Row,
  bar: SourceBar,
  { type, terms }: { type: string; terms: Terms },
): boolean {
  const reference = Number(fill["reference_price"]);
  if (type === "roll") return true;
  if (type === "market") {
    return reference === Number(terms.fill === "next_open" ? bar.open : bar.close);
  }
  return reference >= Number(bar.low) && reference <= Number(bar.high);
}

/** Limit orders do not slip; the others pay `bps` and ticks, and then go to the next tick away from us. */
function isSlipped(
  fill: Row,
  type: string,
  { terms, contract }: { terms: Terms; contract: Contract },
): boolean {
  const { slippageBps, slippageTicks } = terms;
  const [price, reference] = [Number(fill["price"]), Number(fill["reference_price"])];
  if (type === "limit" || (slippageBps === 0 && slippageTicks === 0)) return price === reference;
  const tick = contract.tick ?? terms.tick;
  const side = Math.sign(Number(fill["lots"]));
  const due = (Math.abs(reference) * slippageBps) / 10_000 + slippageTicks * (tick ?? 0);
  const paid = side * (price - reference) - due;
  const noise = 1e-9 * Math.abs(reference);
  if (tick === null) return Math.abs(paid) <= noise;
  const steps = price / tick;
  return paid >= -noise && paid < tick + noise && Math.abs(steps - Math.round(steps)) < 1e-6;
}

/** Null, or the first place where two lists differ: a short message instead of ten thousand rows. */
function firstDifference<T>(written: readonly T[], own: readonly T[]): object | null {
  const text = (value: T | undefined) =>
    JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v));
  for (let n = 0; n < Math.max(written.length, own.length); n++) {
    if (text(written[n]) !== text(own[n])) {
      return { row: n, written: text(written[n]), own: text(own[n]) };
    }
  }
  return null;
}
