/**
 * AAPL 2014, the corporate-action oracle (acceptance 7): the 7:1 split of 2014-06-09, four
 * dividends on their ex-dates, and the total return of the column API against the adjusted closes
 * that the file itself gives.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { prepareJob } from "../../src/apps/cli/run-command.ts";
import type { Prepared } from "../../src/engine/prepare.ts";
import { adjustInputs } from "../../src/market/actions/adjust.ts";
import { compileColumns } from "../../src/research/strategies/columns.ts";
import { defineStrategy } from "../../src/research/strategies/define.ts";
import { centsIn, centsOf } from "../support/exact-cents.ts";
import { exampleFolder, exampleRun, type ExampleRun } from "../support/example-runs.ts";
import { readArtifact, readJournal, type Row } from "../support/run-files.ts";
import { SHARED, sharedName } from "../support/shared.ts";
import { wikiRows } from "../support/source-bars.ts";

/** Ex-date and amount per share as Apple paid them (file column ex-dividend), 2014. */
const DIVIDENDS = [
  ["2014-02-06", "3.05"],
  ["2014-05-08", "3.29"],
  ["2014-08-07", "0.47"],
  ["2014-11-06", "0.47"],
] as const;

const wealth = defineStrategy({
  name: "wealth",
  version: "1",
  params: {},
  columns: (m) => ({ wealth: m.total_return, close: m.close }),
  decide: () => null,
});

describe.skipIf(SHARED === null)(sharedName("AAPL 2014"), () => {
  let run: ExampleRun;
  let positions: readonly Row[];
  beforeAll(async () => {
    run = await exampleRun("aapl-2014");
    positions = readArtifact(run.folder, "positions");
  });

  const lotsOn = (date: string): bigint =>
    BigInt(positions.find((row) => row["date"] === date)?.["lots"] ?? "0");

  it("holds seven times as much from 2014-06-09 on, at a seventh of the price", () => {
    const before = lotsOn("2014-06-06");
    // All in at the first close: 100,000 / 553.13 (the file's close of 2014-01-02).
    expect(before).toBe(180n);
    for (const { date, lots } of positions) {
      expect([date, BigInt(lots)]).toEqual([date, date < "2014-06-09" ? before : 7n * before]);
    }
    const marks = positions.filter((row) => ["2014-06-06", "2014-06-09"].includes(row["date"]));
    expect(marks.map((row) => row["mark"])).toEqual(["645.57", "93.7"]);
    const splits = readJournal(run.folder).filter(({ kind }) => kind === "split");
    expect(splits.map(({ at, payload }) => [at, payload])).toMatchObject([
      ["2014-06-09", { ratio: 7, lots_before: 180, lots_after: 1260, cash_in_lieu_minor: 0 }],
    ]);
  });

  it("books each dividend on its ex-date, on the units held before it, and its cash at once", () => {
    const entries = readJournal(run.folder);
    const booked = entries.filter(({ kind }) => kind === "dividend");
    const paid = entries.filter(({ kind }) => kind === "dividend_paid");
    const own = DIVIDENDS.map(([date, perUnit]) => [
      date,
      Number(centsOf(date < "2014-06-09" ? 180n : 1260n, perUnit)),
    ]);
    expect(booked.map(({ at, payload }) => [at, payload.amount_minor])).toEqual(own);
    // pay_date: ex_date, so the cash is there the same day.
    expect(paid.map(({ at, payload }) => [at, payload.amount_minor])).toEqual(own);
    expect(own.map(([, cents]) => cents)).toEqual([54_900, 59_220, 59_220, 59_220]);
  });

  it("changes cash by the purchase and the dividends alone", () => {
    const equity = readArtifact(run.folder, "equity");
    const changes = equity.flatMap((row, n) => {
      const change = centsIn(row["cash"]) - (n === 0 ? 0n : centsIn(equity[n - 1]["cash"]));
      return change === 0n ? [] : [[row["date"], change]];
    });
    // 180 at the open of 2014-01-03 (552.86), commission 180 x 0.005 raised to the minimum of 1.
    expect(changes).toEqual([
      ["2014-01-02", 10_000_000n],
      ["2014-01-03", -180n * 55_286n - 100n],
      ["2014-02-06", 54_900n],
      ["2014-05-08", 59_220n],
      ["2014-08-07", 59_220n],
      ["2014-11-06", 59_220n],
    ]);
    expect(new Set(equity.map((row) => row["receivable"]))).toEqual(new Set(["0"]));
  });

  it("loses nothing on the split day: equity moves with the adjusted close", () => {
    const equity = readArtifact(run.folder, "equity");
    const at = (date: string) => equity.find((row) => row["date"] === date) as Row;
    const moved = centsIn(at("2014-06-09")["nav"]) - centsIn(at("2014-06-06")["nav"]);
    expect(moved).toBe(1260n * 9370n - 180n * 64_557n);
  });
});

describe.skipIf(SHARED === null)(sharedName("total return through the column API"), () => {
  const TICKERS = ["AAPL", "BRK_A", "MSFT", "ZEN"];
  let packed: Prepared["pack"];
  beforeAll(async () => {
    const { home } = await exampleRun("aapl-2014");
    const all = { key: "data.sources.0.instruments", value: `[${TICKERS.join(", ")}]` };
    const one = { key: "strategies.0.instruments", value: `[${TICKERS.join(", ")}]` };
    const loaded = loadMandate(exampleFolder("aapl-2014"), [all, one], { ASSAY_HOME: home });
    const { job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 });
    packed = job.prepared.pack;
  });

  it.for(TICKERS)("%s: every day's ratio is that of the file's adjusted closes", (ticker) => {
    const rows = wikiRows().filter((row) => row["ticker"] === ticker);
    const series = packed.series.find((one) => one.instrument.id === ticker);
    if (series === undefined) throw new Error(`${ticker} is not in the pack`);
    const inputs = adjustInputs(series, packed.actions);
    const columns = compileColumns(wealth, {}, inputs);
    const [total] = columns.arrays;
    expect(total.length).toBe(rows.length);
    expect(total[0]).toBe(1);
    let events = 0;
    for (let t = 1; t < rows.length; t++) {
      const now = number(rows[t]);
      const before = number(rows[t - 1]);
      const own = (now.close * now.split + now.dividend) / before.close;
      if (now.split !== 1 || now.dividend !== 0) events++;
      const where = rows[t]["date"];
      expect([where, off(own, now.adjusted / before.adjusted) < 1e-12]).toEqual([where, true]);
      expect([where, off(total[t] / total[t - 1], own) < 1e-12]).toEqual([where, true]);
    }
    expect(events).toBe({ AAPL: 5, BRK_A: 0, MSFT: 4, ZEN: 0 }[ticker]);
  });

  function number(row: Row) {
    const [close, split, dividend, adjusted] = [
      "close",
      "split_ratio",
      "ex-dividend",
      "adj_close",
    ].map((name) => Number(row[name]));
    return { close, split, dividend, adjusted };
  }

  function off(a: number, b: number): number {
    return Math.abs(a / b - 1);
  }
});
