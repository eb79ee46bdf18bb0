/**
 * A run's artifacts as the series in which its path and another's can part. Enters: the text of the
 * files, with their declarations; leaves: pairs of series in the order in which things happen on a
 * day, read no further than somebody asks. Orders and fills have no name that two runs share, so
 * those of one instrument on one date are one text. Of accounts of different size only what does
 * not depend on it is kept: weights, sides, prices.
 */
import { invariant } from "../../base/assert.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import {
  type Cell,
  type Day,
  type Parting,
  partings,
  type Series,
  type SeriesPair,
  type Span,
} from "./parting.ts";

export type FileText = { readonly declaration: ArtifactDeclaration; readonly text: string };

/** Null: both runs have the same bytes there, and nothing to search. */
export type PathFiles = {
  readonly equity: FileText | null;
  readonly orders: FileText | null;
  readonly fills: FileText | null;
  /** Both runs' weights, or both runs' signals where one has no portfolio stages. */
  readonly wishes: FileText | null;
};

type PathTerms = {
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
const LOTS = ["belief_lots", "final_lots"];

/**
 * The first day of each series on which the two differ, earliest first, up to the day on which the
 * equity does: what parts later is that day's doing.
 */
export function pathPartings(
  a: PathFiles,
  b: PathFiles,
  { span, ...terms }: PathTerms & { readonly span: Span },
): readonly Parting[] {
  const pairs = pathPairs(a, b, terms);
  const [equity] = partings(
    pairs.filter((pair) => pair.a.columns[0] === EQUITY),
    span,
  );
  return partings(pairs, equity === undefined ? span : { ...span, to: equity.date.slice(0, 10) });
}

/** The columns of those names, as texts, row by row. */
export function textColumns(file: FileText, names: readonly string[]): readonly Cell[][] {
  const wanted = indices(file, names);
  const columns = wanted.map((): Cell[] => []);
  for (const row of rowsOf(file)) wanted.forEach((index, c) => columns[c].push(row[index]));
  return columns;
}

export type SignalEnd = {
  readonly strategy: string;
  readonly terminal: string;
  /** "correlation/held_instrument": who took something away, and why. */
  readonly cut_by: readonly string[];
};

/** How the signals of one instrument on one date ended: why an order is there, or is not. */
export function signalEnds(
  signals: FileText,
  { date: wanted, instrument: id }: { readonly date: string; readonly instrument: string },
): readonly SignalEnd[] {
  const names = ["date", "strategy", "instrument", "terminal", "cut_by"];
  const [date, strategy, instrument, terminal, cutBy] = indices(signals, names);
  const ends: SignalEnd[] = [];
  for (const row of rowsOf(signals)) {
    const end = row[terminal];
    if (row[date] !== wanted || row[instrument] !== id || end === null) continue;
    const cuts = row[cutBy] === null ? [] : row[cutBy].split(" ");
    ends.push({ strategy: row[strategy] ?? "", terminal: end, cut_by: cuts });
  }
  return ends;
}

function pathPairs(a: PathFiles, b: PathFiles, terms: PathTerms): readonly SeriesPair[] {
  const { sameClose, sameSize } = terms;
  const pair = (
    file: keyof PathFiles,
    series: (file: FileText, sameSize: boolean) => Series,
  ): readonly SeriesPair[] => {
    const [left, right] = [a[file], b[file]];
    if (left === null || right === null) return [];
    return [{ a: series(left, sameSize), b: series(right, sameSize) }];
  };
  const decision = [...pair("wishes", wishSeries), ...pair("orders", orderSeries)];
  const done = [...pair("fills", fillSeries), ...(sameSize ? pair("equity", equitySeries) : [])];
  return sameClose ? [...decision, ...done] : [...done, ...decision];
}

const EQUITY = "equity.nav";

function equitySeries(file: FileText): Series {
  const [date, nav] = indices(file, ["date", "nav"]);
  return {
    columns: [EQUITY],
    days: dayByDay(
      () => rowsOf(file),
      date,
      (rows) => new Map([["", [rows[0][nav]]]]),
    ),
  };
}

function wishSeries(file: FileText, sameSize: boolean): Series {
  const { name } = file.declaration;
  const stages = name === "weights" ? STAGES : ["target"];
  const columns = [...stages, ...(sameSize ? LOTS : [])];
  const [date, strategy, instrument] = indices(file, ["date", "strategy", "instrument"]);
  const shown = indices(file, columns);
  return {
    columns: columns.map((column) => `${name}.${column}`),
    days: dayByDay(
      () => rowsOf(file),
      date,
      (rows) =>
        new Map(
          rows.map((row) => [`${row[strategy]} on ${row[instrument]}`, shown.map((c) => row[c])]),
        ),
    ),
  };
}

function orderSeries(file: FileText, sameSize: boolean): Series {
  const [purpose, type, side, lots, price, time] = indices(file, [
    "purpose",
    "type",
    "side",
    "lots",
    "price",
    "time_in_force",
  ]);
  return tradeSeries(file, "decided", (row) => {
    const trade = row[side] === "-1" ? "sell" : "buy";
    const at = row[price] === null ? "" : ` at ${row[price]}`;
    return `${row[purpose]}: ${trade} ${sameSize ? `${row[lots]} ` : ""}${row[type]}${at} ${row[time]}`;
  });
}

function fillSeries(file: FileText, sameSize: boolean): Series {
  const [lots, price, fee] = indices(file, ["lots", "price", "fee"]);
  return tradeSeries(file, "date", (row) => {
    const trade = row[lots]?.startsWith("-") === true ? "sold" : "bought";
    const size = sameSize ? ` ${row[lots]?.replace("-", "")}` : "";
    return `${trade}${size} at ${row[price]}${sameSize ? `, fee ${row[fee]}` : ""}`;
  });
}

/** What was traded of one instrument on one date, as one sorted text. */
function tradeSeries(file: FileText, dateName: string, describe: (row: Row) => string): Series {
  const [date, instrument] = indices(file, [dateName, "instrument"]);
  // An order is written down when it is opened, which need not be in the order of dates.
  const rows = [...rowsOf(file)].sort((a, b) => byText(a[date], b[date]));
  return {
    columns: [file.declaration.name],
    days: dayByDay(
      () => rows,
      date,
      (group) => {
        const texts = new Map<string, string[]>();
        for (const row of group) {
          const key = row[instrument] ?? "";
          texts.set(key, [...(texts.get(key) ?? []), describe(row)]);
        }
        return new Map([...texts].map(([key, parts]) => [key, [parts.sort().join("; ")]]));
      },
    ),
  };
}

function byText(a: Cell, b: Cell): number {
  return a === b ? 0 : (a ?? "") < (b ?? "") ? -1 : 1;
}

type Row = readonly Cell[];

/** Walked anew by whoever asks. */
function dayByDay(
  rows: () => Iterable<Row>,
  date: number,
  day: (rows: readonly Row[]) => Day["rows"],
): Iterable<Day> {
  return { [Symbol.iterator]: () => grouped(rows(), date, day) };
}

/** Neighbouring rows of one date as one day. */
function* grouped(
  rows: Iterable<Row>,
  date: number,
  day: (rows: readonly Row[]) => Day["rows"],
): Generator<Day> {
  let group: Row[] = [];
  for (const row of rows) {
    if (group.length > 0 && group[0][date] !== row[date]) {
      yield { date: group[0][date] ?? "", rows: day(group) };
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield { date: group[0][date] ?? "", rows: day(group) };
}

function indices({ declaration }: FileText, names: readonly string[]): readonly number[] {
  return names.map((name) => {
    const index = declaration.columns.findIndex((column) => column.name === name);
    invariant(index >= 0, 21, () => `${declaration.file} declares no column ${name}`);
    return index;
  });
}

/** Cells of each line below the header, as texts. */
function* rowsOf({ declaration, text }: FileText): Generator<Row> {
  const header = `${declaration.columns.map((column) => column.name).join()}\n`;
  invariant(text.startsWith(header), 21, `${declaration.file}: its header is not the declared one`);
  for (let at = header.length; at < text.length; ) {
    const line = lineAt(text, at);
    const cells = line.includes('"') ? quotedCells(line) : line.split(",");
    yield cells.map((cell) => (cell === "" ? null : cell));
    at += line.length + 1;
  }
}

/** A line break inside quotes belongs to its cell. */
function lineAt(text: string, from: number): string {
  for (let at = from; ; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(from, end < 0 ? text.length : end);
    const isOpen = line.includes('"') && line.split('"').length % 2 === 0;
    if (!isOpen || end < 0) return line;
    at = end + 1;
  }
}

/** RFC 4180: a cell in quotes may hold commas; two quotes are one. */
function quotedCells(line: string): readonly string[] {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gs)];
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}
