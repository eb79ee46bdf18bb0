/**
 * What a run left on disk, read without the code that wrote it: artifacts by a plain CSV split,
 * the journal straight from its SQLite file.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

export type Row = { readonly [column: string]: string };

/** Rows of an artifact as text. No field of ours holds a line break. */
export function readArtifact(runFolder: string, name: string): readonly Row[] {
  return parseCsv(readFileSync(join(runFolder, "artifacts", `${name}.csv`), "utf8"));
}

export function parseCsv(text: string): readonly Row[] {
  const [head, ...lines] = text
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line, n) => {
    const cells = line.includes('"') ? quotedCells(line) : line.split(",");
    if (cells.length !== names.length) throw new Error(`line ${n + 2}: ${cells.length} cells`);
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

/** A cell with a comma stands in quotes, a quote in it is written twice. */
function quotedCells(line: string): readonly string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

type Terminal = { readonly signal_id: string; readonly state: string };

/** The parts of a journal entry that the tests read; keys of other kinds are absent. */
export type Entry = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly payload: {
    readonly signals?: readonly {
      readonly signal_id: string;
      readonly terminal: Terminal | null;
    }[];
    readonly terminals?: readonly Terminal[];
    readonly accrual?: string;
    readonly instrument?: string | null;
    readonly amount_minor?: number;
    readonly lots?: number;
    readonly lots_before?: number;
    readonly lots_after?: number;
    readonly cash_in_lieu_minor?: number;
    readonly ratio?: number;
    readonly pay_date?: string;
    readonly ex_date?: string;
    readonly sleeves?: readonly { readonly variant_id: string; readonly micro_lots: number }[];
    readonly from?: string;
    readonly to?: string;
    readonly high_water_minor?: number;
    readonly settled?: readonly { readonly instrument: string; readonly amount_minor: number }[];
  };
};

export function readJournal(runFolder: string): readonly Entry[] {
  return query<{ body: string }>(runFolder, "SELECT body FROM entries ORDER BY seq").map(
    ({ body }) => JSON.parse(body) as Entry,
  );
}

/** Terminal states as the store's own table counts them. */
export function storedTerminals(runFolder: string): ReadonlyMap<string, number> {
  const rows = query<{ state: string; n: number }>(
    runFolder,
    "SELECT state, count(*) AS n FROM terminals GROUP BY state",
  );
  return new Map(rows.map(({ state, n }) => [state, n]));
}

function query<T>(runFolder: string, sql: string): readonly T[] {
  const path = join(runFolder, "journal.sqlite");
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], T>(sql).all();
  } finally {
    database.close();
  }
}

export function tally(values: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Rows by the value of one column, in their order. */
export function groupBy(rows: readonly Row[], column: string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row[column]);
    if (group === undefined) groups.set(row[column], [row]);
    else group.push(row);
  }
  return groups;
}
