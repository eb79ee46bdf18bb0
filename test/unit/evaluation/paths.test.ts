/** Where two paths part: planted differences in every series, and a naive twin that looks at all. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import type { ArtifactDeclaration } from "../../../src/domain/artifact.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../../src/records/artifacts/registry.ts";
import { type Cell, partings, type Series } from "../../../src/research/evaluation/parting.ts";
import { type PathFiles, pathPartings } from "../../../src/research/evaluation/paths.ts";

type Value = string | number | boolean | null;
type Fields = { readonly [column: string]: Value };

const START = parseIsoDate("2020-01-06") ?? Number.NaN;
const on = (day: number) => START + day * DAY_MS;
const dateOf = (day: number) => formatDate(on(day));

/** Values for the columns that matter here, as the run's own encoder writes them. */
function fileOf(declaration: ArtifactDeclaration, records: readonly Fields[]) {
  const fallback: { readonly [type: string]: Value } = { text: "-", boolean: false };
  const columns = declaration.columns.map(({ name, type }) =>
    records.map((record, row) => {
      if (name in record) return record[name];
      // Keys have to differ.
      return declaration.primaryKey.includes(name)
        ? type === "text"
          ? `k${row}`
          : row
        : (fallback[type] ?? 0);
    }),
  );
  const bytes = encodeCsv(declaration, { rows: records.length, columns });
  return { declaration, text: new TextDecoder().decode(bytes) };
}

type Plant = {
  readonly weights?: (row: Fields) => Fields | null;
  readonly orders?: (row: Fields) => Fields | null;
  readonly fills?: (row: Fields) => Fields | null;
  readonly equity?: (row: Fields) => Fields | null;
};

/** Ten days, two sleeves: decided on even days, filled on the next, each row by way of the plant. */
function pathOf(plant: Plant = {}): PathFiles {
  const days = Array.from({ length: 10 }, (_, day) => day);
  const decided = days.filter((day) => day % 2 === 0);
  const each = (rows: readonly Fields[], change: Plant[keyof Plant]): readonly Fields[] =>
    rows.map((row) => (change === undefined ? row : change(row))).filter((row) => row !== null);
  const weights = decided.flatMap((day) =>
    ["AA", "BB"].map((instrument) => ({
      date: on(day),
      variant_id: instrument,
      strategy: "trend",
      instrument,
      strength: 0.5,
      confidence: 1,
      budget: 0.25,
      allocated: 0.125,
      after_policy: 0.125,
      after_risk_target: 0.25,
      after_overlay: 0.2,
      after_clamps: 0.2,
      belief_lots: 20.5,
      final_lots: 18,
    })),
  );
  const orders = decided.map((day) => ({
    decided: on(day),
    order_id: `o${day}`,
    instrument: "AA",
    purpose: "open",
    type: "market",
    side: 1,
    lots: 18,
    price: null,
    time_in_force: "gtc",
  }));
  const fills = decided.map((day) => ({
    date: on(day + 1),
    fill_no: day,
    instrument: "AA",
    lots: -18,
    price: 10.5,
    fee: 1,
  }));
  const equity = days.map((day) => ({ date: on(day), nav: 1000 + day }));
  return {
    equity: fileOf(RUN_ARTIFACTS.equity, each(equity, plant.equity)),
    orders: fileOf(RUN_ARTIFACTS.orders, each(orders, plant.orders)),
    fills: fileOf(RUN_ARTIFACTS.fills, each(fills, plant.fills)),
    wishes: fileOf(LAYER_ARTIFACTS.weights, each(weights, plant.weights)),
  };
}

const ALL = { span: { from: dateOf(0), to: dateOf(9) }, sameClose: false, sameSize: true };

/** From `day` on, one more in one column. */
const more =
  (column: string, day: number, dateColumn = "date") =>
  (row: Fields) =>
    (row[dateColumn] as number) < on(day) ? row : { ...row, [column]: Number(row[column]) + 1 };

describe("paths", () => {
  it("that are equal never part", () => {
    expect(pathPartings(pathOf(), pathOf(), ALL)).toEqual([]);
  });

  const STAGES = [
    "strength",
    "confidence",
    "budget",
    "allocated",
    "after_policy",
    "after_risk_target",
    "after_overlay",
    "after_clamps",
    "belief_lots",
    "final_lots",
  ];

  it.each(STAGES)(
    "part in weights.%s when it is planted there, on that day, with both",
    (column) => {
      const [first, ...others] = pathPartings(pathOf(), pathOf({ weights: more(column, 4) }), ALL);
      expect(others).toEqual([]);
      expect(first).toMatchObject({
        series: `weights.${column}`,
        date: dateOf(4),
        key: "trend on AA",
        absent: null,
      });
      expect(Number(first.b)).toBe(Number(first.a) + 1);
    },
  );

  it("part at the first stage that differs, the later ones behind it", () => {
    const plant = (row: Fields) => more("after_clamps", 2)(more("after_policy", 4)(row));
    const found = pathPartings(pathOf(), pathOf({ weights: plant }), ALL);
    expect(found.map(({ series, date }) => [series, date])).toEqual([
      ["weights.after_clamps", dateOf(2)],
      ["weights.after_policy", dateOf(4)],
    ]);
    const both = (row: Fields) => more("after_clamps", 4)(more("after_policy", 4)(row));
    const [first] = pathPartings(pathOf(), pathOf({ weights: both }), ALL);
    expect(first.series).toBe("weights.after_policy");
  });

  it("part in an order, a fill, the equity", () => {
    const plants: readonly [Plant, string, number, string, string][] = [
      [
        { orders: more("lots", 4, "decided") },
        "orders",
        4,
        "open: buy 18 market gtc",
        "open: buy 19 market gtc",
      ],
      [{ fills: more("fee", 5) }, "fills", 5, "sold 18 at 10.5, fee 1", "sold 18 at 10.5, fee 2"],
      [{ equity: more("nav", 3) }, "equity.nav", 3, "1003", "1004"],
    ];
    for (const [plant, series, day, a, b] of plants) {
      const [first, ...others] = pathPartings(pathOf(), pathOf(plant), ALL);
      expect(others).toEqual([]);
      expect(first).toMatchObject({ series, date: dateOf(day), a, b, absent: null });
    }
  });

  it("part where a side has no such row, and says which", () => {
    const without = (day: number) => (row: Fields) => (row["decided"] === on(day) ? null : row);
    const [order] = pathPartings(pathOf(), pathOf({ orders: without(6) }), ALL);
    expect(order).toMatchObject({ series: "orders", date: dateOf(6), b: null, absent: "b" });
    const idle = (row: Fields) => (row["date"] === on(2) ? null : row);
    const [decision] = pathPartings(pathOf({ weights: idle }), pathOf(), ALL);
    expect(decision).toMatchObject({ series: "weights.strength", date: dateOf(2), absent: "a" });
  });

  it("are searched up to the day the equity parts: what comes later is its doing", () => {
    const plant = { equity: more("nav", 5), weights: more("budget", 6), fills: more("fee", 5) };
    const found = pathPartings(pathOf(), pathOf(plant), ALL);
    expect(found.map(({ series }) => series)).toEqual(["fills", "equity.nav"]);
  });

  it("on one day: fills of earlier orders first, or after the decision on the same close", () => {
    const plant = {
      equity: more("nav", 4),
      fills: (row: Fields) => more("fee", 4)({ ...row, date: (row["date"] as number) - DAY_MS }),
      weights: more("budget", 4),
      orders: more("lots", 4, "decided"),
    };
    const earlier = {
      fills: (row: Fields) => ({ ...row, date: (row["date"] as number) - DAY_MS }),
    };
    const order = (sameClose: boolean) =>
      pathPartings(pathOf(earlier), pathOf(plant), { ...ALL, sameClose }).map((p) => p.series);
    expect(order(false)).toEqual(["fills", "equity.nav", "weights.budget", "orders"]);
    expect(order(true)).toEqual(["weights.budget", "orders", "fills", "equity.nav"]);
  });

  it("of accounts of different size are searched in what does not depend on it", () => {
    const plant = {
      equity: more("nav", 1),
      fills: more("fee", 1),
      orders: more("lots", 0, "decided"),
      weights: more("belief_lots", 0),
    };
    const terms = { ...ALL, sameSize: false };
    expect(pathPartings(pathOf(), pathOf(plant), terms)).toEqual([]);
    const turned = { ...plant, orders: (row: Fields) => ({ ...row, side: -1 }) };
    const [first] = pathPartings(pathOf(), pathOf(turned), terms);
    expect(first).toMatchObject({
      series: "orders",
      a: "open: buy market gtc",
      b: "open: sell market gtc",
    });
  });

  it("are searched inside the span alone", () => {
    const plant = pathOf({ weights: more("budget", 4) });
    const until = { ...ALL, span: { from: dateOf(0), to: dateOf(3) } };
    expect(pathPartings(pathOf(), plant, until)).toEqual([]);
    const from = { ...ALL, span: { from: dateOf(5), to: dateOf(9) } };
    expect(pathPartings(pathOf(), plant, from)[0].date).toBe(dateOf(6));
  });

  it("of files with equal bytes are not read", () => {
    const none = { equity: null, orders: null, fills: null, wishes: null };
    expect(pathPartings(none, none, ALL)).toEqual([]);
  });

  it("of names with commas, quotes and line breaks are read as they were written", () => {
    const named = (row: Fields) => ({ ...row, strategy: 'a "b", c\nd' });
    const plant = (row: Fields) => more("budget", 4)(named(row));
    const found = pathPartings(pathOf({ weights: named }), pathOf({ weights: plant }), ALL);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      key: 'a "b", c\nd on AA',
      series: "weights.budget",
      a: "0.25",
    });
  });

  it("without portfolio stages part in the targets", () => {
    const signals = (target: number) => ({
      ...pathOf(),
      wishes: fileOf(RUN_ARTIFACTS.signals, [
        { date: on(0), strategy: "mine", instrument: "AA", target: 1 },
        { date: on(1), strategy: "mine", instrument: "AA", target },
      ]),
    });
    const [first] = pathPartings(signals(1), signals(0.5), ALL);
    expect(first).toMatchObject({ series: "signals.target", date: dateOf(1), a: "1", b: "0.5" });
  });
});

describe("partings", () => {
  type Table = readonly (readonly [day: number, key: string, cell: Cell])[];

  const seriesOf = (rows: Table): Series => {
    const days = [...new Set(rows.map(([day]) => day))].sort((a, b) => a - b);
    const of = (day: number) => rows.filter((row) => row[0] === day);
    return {
      columns: ["x"],
      days: days.map((day) => ({
        date: dateOf(day),
        rows: new Map(of(day).map(([, key, cell]) => [key, [cell]])),
      })),
    };
  };

  it("find what a walk over every date and key finds", () => {
    const table = fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom("k", "l"),
        fc.constantFrom("1", "2", null),
      ),
      { selector: ([day, key]) => `${day} ${key}` },
    );
    fc.assert(
      fc.property(table, table, (a, b) => {
        const cell = (rows: Table, day: number, key: string) =>
          rows.find((row) => row[0] === day && row[1] === key)?.[2] ?? null;
        const naive = [0, 1, 2, 3, 4, 5, 6].find((day) =>
          ["k", "l"].some((key) => cell(a, day, key) !== cell(b, day, key)),
        );
        const [found] = partings([{ a: seriesOf(a), b: seriesOf(b) }], ALL.span);
        expect(found?.date).toBe(naive === undefined ? undefined : dateOf(naive));
        if (naive === undefined) return;
        expect(found.a).toBe(cell(a, naive, found.key));
        expect(found.b).toBe(cell(b, naive, found.key));
      }),
    );
  });

  it("of different columns are our own mistake", () => {
    const other = { ...seriesOf([]), columns: ["y"] };
    expect(() => partings([{ a: seriesOf([]), b: other }], ALL.span)).toThrow("invariant 21");
  });
});
