/**
 * The equity identity from a side that the tests own (acceptance 5): every session's cash,
 * receivables, positions and net asset value, worked out from fills and source files in whole
 * cents, equal to the cent what the run wrote; and every fill's price, fee and slippage is what the
 * source bar and the mandate's terms make it.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { centsIn, centsOf } from "../support/exact-cents.ts";
import {
  EXAMPLES,
  exampleFolder,
  exampleRun,
  type ExampleRun,
  isHere,
} from "../support/example-runs.ts";
import {
  type Books,
  eventsInJournal,
  feeOf,
  ownBooks,
  sessionsOf,
  type Terms,
  termsOf,
} from "../support/own-books.ts";
import { readArtifact, readJournal, type Row } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";
import { type Source, type SourceBar, sourceOfExample } from "../support/source-bars.ts";

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
        value: centsIn(row["value"]),
      }));
      expect(firstDifference(written, books.held)).toBeNull();
    });

    it("journals the interest, dividends and splits that the terms and the source make", () => {
      const journalled = eventsInJournal(readJournal(run.folder));
      expect(firstDifference(journalled.toSorted(), books.events.toSorted())).toBeNull();
    });

    it("fills at the source's prices, slipped and charged by the mandate's terms", () => {
      const types = new Map(
        readArtifact(run.folder, "orders").map((row) => [row["order_id"], row["type"]]),
      );
      for (const fill of fills) {
        const bar = source.bars.get(fill["instrument"])?.get(fill["date"]) as SourceBar;
        const type = types.get(fill["order_id"]) as string;
        const where = `fill ${fill["fill_no"]} on ${fill["date"]}`;
        expect([where, isReference(fill, bar, { type, terms })]).toEqual([where, true]);
        expect([where, isSlipped(fill, type, terms)]).toEqual([where, true]);
        expect([where, centsIn(fill["fee"])]).toEqual([where, feeOf(fill, terms)]);
        const lots = BigInt(fill["lots"]);
        const notional = centsOf(lots, fill["price"]);
        expect([where, centsIn(fill["notional"])]).toEqual([where, notional]);
        expect([where, centsIn(fill["slippage"])]).toEqual([
          where,
          notional - centsOf(lots, fill["reference_price"]),
        ]);
      }
    });
  });
});

describe("the tests' own side", () => {
  const bars = new Map([
    ["A", new Map(["2020-01-02", "2020-01-03"].map((d) => [d, bar("10.005")]))],
  ]);
  const terms = { ...termsOf(exampleFolder("simulated")), initial: "100", debitRate: "0" };
  const fill = { date: "2020-01-03", instrument: "A", lots: "3", price: "10.005", fee: "1" };

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
  if (type === "market") {
    return reference === Number(terms.fill === "next_open" ? bar.open : bar.close);
  }
  return reference >= Number(bar.low) && reference <= Number(bar.high);
}

/** Limit orders do not slip; the others pay `bps` and then go to the next tick away from us. */
function isSlipped(fill: Row, type: string, { slippageBps, tick }: Terms): boolean {
  const [price, reference] = [Number(fill["price"]), Number(fill["reference_price"])];
  if (type === "limit" || slippageBps === 0) return price === reference;
  const side = Math.sign(Number(fill["lots"]));
  const paid = side * (price - reference) - (Math.abs(reference) * slippageBps) / 10_000;
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
