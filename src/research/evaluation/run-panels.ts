/**
 * A run's artifacts as the series that are searched for the day two paths part. Enters: decoded
 * tables; leaves: panels in the order in which things happen on a day. Orders and fills have no
 * name that two runs share, so those of one instrument on one date are one text. Of accounts of
 * different size only what does not depend on it is kept: weights, sides, prices.
 */
import { invariant } from "../../base/assert.ts";
import type { ArtifactDeclaration, TableData } from "../../domain/artifact.ts";
import type { Cell, Panel, PanelPair } from "./parting.ts";

export type Table = { readonly declaration: ArtifactDeclaration; readonly data: TableData };

/** Null: both runs have the same bytes there, and nothing to search. */
export type PathTables = {
  readonly equity: Table;
  readonly orders: Table | null;
  readonly fills: Table | null;
  /** Both runs' weights, or both runs' signals where one has no portfolio stages. */
  readonly wishes: Table | null;
};

export type PathTerms = {
  /** Orders fill on the close that decided them: a day's fills come after its decision. */
  readonly sameClose: boolean;
  /** Both accounts begin with the same equity, so that lots and money can be compared. */
  readonly sameSize: boolean;
};

const STAGES = [
  "strength",
  "confidence",
  "budget",
  "allocated",
  "after_policy",
  "after_risk_target",
  "after_overlay",
  "after_clamps",
];

export function pathPanels(a: PathTables, b: PathTables, terms: PathTerms): readonly PanelPair[] {
  const { sameClose, sameSize } = terms;
  const pair = (
    pick: (tables: PathTables) => Table | null,
    panel: (table: Table, sameSize: boolean) => Panel,
  ): readonly PanelPair[] => {
    const [left, right] = [pick(a), pick(b)];
    if (left === null || right === null) return [];
    return [{ a: panel(left, sameSize), b: panel(right, sameSize) }];
  };
  const decision = [
    ...pair(({ wishes }) => wishes, wishPanel),
    ...pair(({ orders }) => orders, orderPanel),
  ];
  const fills = pair((tables) => tables.fills, fillPanel);
  const equity = sameSize ? pair((tables) => tables.equity, equityPanel) : [];
  return sameClose ? [...decision, ...fills, ...equity] : [...fills, ...equity, ...decision];
}

const LOTS = ["belief_lots", "final_lots"];

function wishPanel(table: Table, sameSize: boolean): Panel {
  const stages = table.declaration.name === "weights" ? STAGES : ["target"];
  const strategies = texts(table, "strategy");
  const instruments = texts(table, "instrument");
  return {
    datesMs: numbers(table, "date"),
    keys: strategies.map((strategy, row) => `${strategy} on ${instruments[row]}`),
    columns: [...stages, ...(sameSize ? LOTS : [])].map((name) => ({
      series: `${table.declaration.name}.${name}`,
      values: column(table, name),
    })),
  };
}

function orderPanel(table: Table, sameSize: boolean): Panel {
  const [purpose, type, time] = ["purpose", "type", "time_in_force"].map((name) =>
    texts(table, name),
  );
  const [side, lots, price] = ["side", "lots", "price"].map((name) => numbers(table, name));
  return grouped(table, "decided", (row) => {
    const size = sameSize ? String(side[row] * lots[row]) : side[row] > 0 ? "buy" : "sell";
    const at = Number.isNaN(price[row]) ? "" : ` at ${price[row]}`;
    return `${purpose[row]} ${size} ${type[row]}${at} ${time[row]}`;
  });
}

function fillPanel(table: Table, sameSize: boolean): Panel {
  const [lots, price, fee] = ["lots", "price", "fee"].map((name) => numbers(table, name));
  return grouped(table, "date", (row) => {
    const size = sameSize ? String(lots[row]) : lots[row] > 0 ? "buy" : "sell";
    return `${size} at ${price[row]}${sameSize ? `, fee ${fee[row]}` : ""}`;
  });
}

function equityPanel(table: Table): Panel {
  const datesMs = numbers(table, "date");
  return {
    datesMs,
    keys: Array.from(datesMs, () => ""),
    columns: [{ series: "equity.nav", values: numbers(table, "nav") }],
  };
}

/** The rows of one date and instrument as one sorted text. */
function grouped(table: Table, dateName: string, describe: (row: number) => string): Panel {
  const dates = numbers(table, dateName);
  const instruments = texts(table, "instrument");
  const groups = new Map<string, { atMs: number; key: string; parts: string[] }>();
  for (let row = 0; row < dates.length; row++) {
    const key = instruments[row] ?? "";
    const name = `${dates[row]} ${key}`;
    const group = groups.get(name) ?? { atMs: dates[row], key, parts: [] };
    group.parts.push(describe(row));
    groups.set(name, group);
  }
  const rows = [...groups.values()].sort((a, b) => a.atMs - b.atMs);
  return {
    datesMs: Float64Array.from(rows, (row) => row.atMs),
    keys: rows.map((row) => row.key),
    columns: [
      { series: table.declaration.name, values: rows.map((row) => row.parts.sort().join("; ")) },
    ],
  };
}

function column({ declaration, data }: Table, name: string): Float64Array | readonly Cell[] {
  const index = declaration.columns.findIndex((each) => each.name === name);
  invariant(index >= 0, 21, () => `${declaration.file} declares no column ${name}`);
  return data.columns[index];
}

/** A column that the reader gives as numbers: numbers, integers, dates. */
export function numbers(table: Table, name: string): Float64Array {
  const values = column(table, name);
  invariant(values instanceof Float64Array, 21, () => `${name} does not hold numbers`);
  return values;
}

export function texts(table: Table, name: string): readonly (string | null)[] {
  return column(table, name) as readonly (string | null)[];
}
