/**
 * A stranger's strategy on a stranger's CSV (acceptance 6), through the documented commands alone:
 * `assay init`, twelve lines in strategy.ts, the CSV named in mandate.yaml, `assay run`. Its trades
 * and its equity equal the loop below, which a trader would write without knowing this program:
 * all in above the slow average, all short below it, whole units, at the next open.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assay, type ExampleRun, runInto } from "../support/example-runs.ts";
import { parseCsv, readArtifact } from "../support/run-files.ts";
import { SHARED, sharedFile, sharedName } from "../support/shared.ts";

const SLOW = 200;
const INITIAL = 1_000_000;

const STRATEGY = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "all-in",
  version: "1",
  params: { slow: { default: ${SLOW}, min: 2, max: 500, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.slow) }),
  decide: (row) => {
    if (row.close > row.slow) return { weight: 1 };
    return { weight: -1 };
  },
});
`;

const mandate = (
  csv: { readonly format: string; readonly headers: string },
  bps: number,
) => `assay: 1
name: all in, long or short
profile: plain
account: { currency: USD, initial_equity: ${INITIAL} }
data:
  kind: real
  sources:
    - file: ./prices.csv
      layout: single
      instrument: MINE
      rights: my own
      date: { column: date, format: ${csv.format} }
      columns: ${csv.headers}
strategies:
  - { name: all-in, file: ./strategy.ts, instruments: all }
execution: { fill: next_open }
fees: { bps: ${bps} }
financing: { debit_rate: 0, borrow_rate: 0 }
`;

type Trade = { readonly date: string; readonly units: number; readonly price: number };
type Result = { readonly trades: readonly Trade[]; readonly equity: readonly number[] };
type Bar = { readonly date: string; readonly open: number; readonly close: number };

/** Half away from zero, as a bank rounds a cent; 1e-7 lifts halves that binary left just below. */
const cents = (amount: number): number =>
  (Math.sign(amount) * Math.floor(Math.abs(amount) * 100 + 0.5 + 1e-7)) / 100;

/** The trader's loop: `wanted` units are decided on a close and traded at the next open. */
function naive(bars: readonly Bar[], bps: number): Result {
  const trades: Trade[] = [];
  const equity: number[] = [];
  let cash = INITIAL;
  let units = 0;
  let side = 0;
  let wanted: number | null = null;
  const trade = (date: string, change: number, price: number): void => {
    if (change === 0) return;
    trades.push({ date, units: change, price });
    cash -= cents(change * price) + cents((Math.abs(cents(change * price)) * bps) / 10_000);
    cash = cents(cash);
    units += change;
  };
  bars.forEach(({ date, open, close }, t) => {
    if (wanted !== null) {
      // Out of the old side first, then into the new one: two tickets, two commissions.
      const held = units;
      if (held !== 0) trade(date, -held, open);
      trade(date, wanted, open);
      wanted = null;
    }
    const worth = cents(cash + cents(units * close));
    equity.push(worth);
    if (t + 1 < SLOW) return;
    let sum = 0;
    for (let d = t - SLOW + 1; d <= t; d++) sum += bars[d].close;
    const now = close > sum / SLOW ? 1 : -1;
    if (now === side) return;
    side = now;
    wanted = now * Math.floor(worth / close);
  });
  return { trades, equity };
}

/** A seeded walk with gaps and enough crossings; prices in cents, so that exact ties can occur. */
function generatedCsv(rows: number): string {
  let state = 20_260_105;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const lines = ["date,open,high,low,close"];
  let close = 50;
  for (let day = 0; day < rows; day++) {
    const open = close * (1 + (next() - 0.5) * 0.02);
    close = open * (1 + (next() - 0.5) * 0.04);
    const prices = [open, Math.max(open, close) * 1.005, Math.min(open, close) * 0.995, close];
    const date = new Date(Date.UTC(2015, 0, 5 + day)).toISOString().slice(0, 10);
    lines.push([date, ...prices.map((price) => price.toFixed(2))].join(","));
  }
  return `${lines.join("\n")}\n`;
}

const folder = mkdtempSync(join(tmpdir(), "assay-stranger-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Csv = {
  readonly title: string;
  readonly format: string;
  readonly headers: string;
  readonly write: (path: string) => void;
  readonly skip: boolean;
};

const CASES: readonly Csv[] = [
  {
    title: "a generated CSV",
    format: "YYYY-MM-DD",
    headers: "{ open: open, high: high, low: low, close: close }",
    write: (path) => writeFileSync(path, generatedCsv(1500)),
    skip: false,
  },
  {
    title: sharedName("S&P 500, 1990 to 2022"),
    format: "M/D/YYYY",
    headers: "{ open: open, high: high, low: low, close: close, volume: volume }",
    write: (path) => copyFileSync(sharedFile("data/equities/spx-daily.csv"), path),
    skip: SHARED === null,
  },
];

describe.for(CASES)("$title", (csv) => {
  describe.skipIf(csv.skip)("through init and run", () => {
    const runs = new Map<number, ExampleRun>();
    let bars: readonly Bar[];
    beforeAll(async () => {
      const directory = join(folder, csv.format.replaceAll("/", "-"));
      const home = join(directory, ".assay");
      const init = await assay(["init", directory, "--json"], home);
      expect(init.code).toBe(0);
      csv.write(join(directory, "prices.csv"));
      writeFileSync(join(directory, "strategy.ts"), STRATEGY);
      for (const bps of [0, 20]) {
        writeFileSync(join(directory, "mandate.yaml"), mandate(csv, bps));
        runs.set(bps, await runInto(home, directory));
      }
      bars = parseCsv(readFileSync(join(directory, "prices.csv"), "utf8")).map((row) => ({
        date: isoDate(row["date"]),
        open: Number(row["open"]),
        close: Number(row["close"]),
      }));
    });

    it.for([0, 20])("trades and equity equal the naive loop at %d bps", (bps) => {
      const run = runs.get(bps) as ExampleRun;
      const own = naive(bars, bps);
      expect([run.json.status, run.exitCode]).toEqual(["OK", 0]);
      expect(own.trades.length).toBeGreaterThan(40);
      const fills = readArtifact(run.folder, "fills").map((fill) => ({
        date: fill["date"],
        units: Number(fill["lots"]),
        price: Number(fill["price"]),
      }));
      expect(firstDifference(fills, own.trades)).toBeNull();
      const equity = readArtifact(run.folder, "equity");
      expect(equity.map((row) => row["date"])).toEqual(bars.map(({ date }) => date));
      const nav = equity.map((row) => Number(row["nav"]));
      expect(firstDifference(nav, own.equity)).toBeNull();
      expect(run.json.metrics.trades).toBe(own.trades.length);
      expect(run.json.metrics.final_equity).toBe(own.equity.at(-1));
    });

    it("costs what 0.2 % of what was traded costs, and only that", () => {
      const fees = readArtifact((runs.get(20) as ExampleRun).folder, "fills");
      for (const { fee, notional } of fees) {
        expect(Number(fee)).toBeCloseTo(Math.abs(Number(notional)) * 0.002, 1);
      }
      const free = readArtifact((runs.get(0) as ExampleRun).folder, "fills");
      expect(new Set(free.map((fill) => fill["fee"]))).toEqual(new Set(["0"]));
    });
  });
});

it("is a strategy of twelve lines", () => {
  expect(
    STRATEGY.trimEnd()
      .split("\n")
      .filter((line) => line !== "").length,
  ).toBeLessThanOrEqual(12);
});

/** 1/2/1990 or 1990-01-02. */
function isoDate(text: string): string {
  if (text.includes("-")) return text;
  const [month, day, year] = text.split("/");
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** Null, or the first place where the run and the loop part, for a short message. */
function firstDifference<T>(run: readonly T[], loop: readonly T[]): object | null {
  const n = Array.from({ length: Math.max(run.length, loop.length) }).findIndex(
    (_, i) => JSON.stringify(run[i]) !== JSON.stringify(loop[i]),
  );
  return n < 0 ? null : { at: n, run: run[n], loop: loop[n] };
}
