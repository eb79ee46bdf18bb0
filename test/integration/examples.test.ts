/**
 * Every folder of examples/ through the command line (acceptance 2 and 4): exit code and status,
 * forecasts = holds + signals and signals = sum of terminals counted four ways, sizes worked out
 * again from net asset value and price, verification, and equal bytes from a second run elsewhere.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { centsIn, exact } from "../support/exact-cents.ts";
import {
  assay,
  EXAMPLES,
  exampleFolder,
  exampleRuns,
  type ExampleRun,
  inPairs,
  isHere,
  ROOT,
  runInto,
} from "../support/example-runs.ts";
import {
  readArtifact,
  readJournal,
  type Row,
  storedTerminals,
  tally,
} from "../support/run-files.ts";
import { differencesOf } from "../support/same-run.ts";
import { SHARED, sharedFile, sharedName } from "../support/shared.ts";
import { type SourceBar, spx } from "../support/source-bars.ts";

/** Rows of the source less the rows before the first forecast, summed over instruments. */
const FORECASTS: { readonly [name: string]: number } = {
  "aapl-2014": 252,
  "etf-buy-and-hold": 23 * 2141,
  "etf-equal-weight": 23 * 2141,
  "spx-ma-cross": 8111 - 199,
  // Of 444 weekly decisions 52 come before the 253rd bar.
  "etf-trend": 23 * (444 - 52),
  "spx-pullback": 8111 - 99,
  "spx-signals": 8111 - 99 + (8111 - 15),
  "wti-buy-and-hold": 10_226,
  "wti-ma-cross": 10_226 - 99,
};

const here = EXAMPLES.filter(isHere);
/** The quick ones; test/soak/examples-again.test.ts runs every example twice. */
const TWICE = here.filter(({ name }) => !/^etf-|^wti-ma|^spx-signals/.test(name));
const elsewhere = mkdtempSync(join(tmpdir(), "assay-examples-again-"));
let first: ReadonlyMap<string, ExampleRun>;
let second: ReadonlyMap<string, ExampleRun>;

beforeAll(async () => {
  first = await exampleRuns(here);
  const again = await inPairs(TWICE, ({ name }) =>
    runInto(join(elsewhere, name), exampleFolder(name)),
  );
  second = new Map(TWICE.map(({ name }, n) => [name, again[n]]));
});
afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

const runOf = (name: string): ExampleRun => first.get(name) as ExampleRun;
const signalsOf = (name: string): readonly Row[] => readArtifact(runOf(name).folder, "signals");

it("knows every example that there is", () => {
  const names = [...EXAMPLES.map(({ name }) => name), "corrupt"];
  const folders = readdirSync(join(ROOT, "examples"), { withFileTypes: true });
  expect(folders.filter((f) => f.isDirectory()).map((f) => f.name)).toEqual(names.toSorted());
});

describe.for(EXAMPLES)("$name", (example) => {
  const { name } = example;
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    it("ends with its status and exit code", () => {
      const { exitCode, json } = runOf(name);
      const { status, failure } = json;
      expect({ exitCode, status, failure }).toEqual({
        exitCode: example.exitCode,
        status: example.status,
        failure: null,
      });
    });

    it("conserves forecasts and signals, counted in four places", () => {
      const { json, folder } = runOf(name);
      const { forecasts, holds, signals, terminal } = json.signals;
      const terminals = new Map(Object.entries(terminal));
      const total = [...terminals.values()].reduce((sum, count) => sum + count, 0);
      expect(forecasts).toBe(holds + signals);
      expect(signals).toBe(total);
      expect(signals).toBeGreaterThan(0);
      expect(forecasts).toBe(FORECASTS[name] ?? forecasts);

      const rows = signalsOf(name);
      const made = rows.filter((row) => row["hold"] === "false");
      expect(rows.length).toBe(forecasts);
      expect(rows.filter((row) => row["hold"] === "true").length).toBe(holds);
      expect(tally(made.map((row) => row["terminal"]))).toEqual(terminals);

      const entries = readJournal(folder);
      const born = entries.flatMap(({ payload }) => payload.signals ?? []);
      const ended = entries.flatMap(({ payload }) => payload.terminals ?? []);
      const atOnce = born.flatMap((signal) => signal.terminal ?? []);
      expect(tally([...ended, ...atOnce].map((one) => one.state))).toEqual(terminals);
      const ids = born.map((signal) => signal.signal_id).toSorted();
      expect([...ended, ...atOnce].map((one) => one.signal_id).toSorted()).toEqual(ids);
      expect(made.map((row) => row["signal_id"]).toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(signals);

      expect(storedTerminals(folder)).toEqual(terminals);
    });

    it("verifies", async () => {
      const { home, json } = runOf(name);
      const { code, stdout } = await assay(["verify", json.run_id, "--json"], home);
      expect(JSON.parse(stdout)).toMatchObject({ run_id: json.run_id, holds: true, findings: [] });
      expect(code).toBe(0);
    });
  });
});

/** What forecasts are sized by is in test/integration/layers-of-runs.test.ts. */
describe.for(EXAMPLES.filter(({ layered }) => !layered))("$name", (example) => {
  const { name } = example;
  const title = "sizes each signal by net asset value and price of its decision, toward zero";
  it.skipIf(!isHere(example))(example.real ? sharedName(title) : title, () => {
    const nav = new Map(
      readArtifact(runOf(name).folder, "equity").map((row) => [row["date"], row["nav"]]),
    );
    const sized = signalsOf(name).filter(
      (row) => row["hold"] === "false" && row["belief_lots"] !== "",
    );
    expect(sized.length).toBeGreaterThan(0);
    for (const row of sized) {
      expect([row["date"], row["target_kind"]]).toEqual([row["date"], "weight"]);
      const own = wholeUnits(row["target"], nav.get(row["date"]) as string, row["price"]);
      expect([row["date"], BigInt(row["belief_lots"])]).toEqual([row["date"], own]);
    }
  });
});

it.for(TWICE)("$name gives the same bytes and journal when it runs again elsewhere", ({ name }) => {
  expect(differencesOf(runOf(name), second.get(name) as ExampleRun)).toEqual([]);
});

describe.skipIf(SHARED === null)(sharedName("what only real data shows"), () => {
  it("replays one run from its pack, identical", async () => {
    const { home } = runOf("spx-pullback");
    const folder = exampleFolder("spx-pullback");
    const { code, stdout } = await assay(["verify", folder, "--replay", "--json"], home);
    expect(JSON.parse(stdout)).toMatchObject({
      holds: true,
      replay: { summary: "executed again: identical", notes: [] },
    });
    expect(code).toBe(0);
  });

  it("refuses to size WTI at -36.98 and says so", () => {
    const [row] = signalsOf("wti-ma-cross").filter((one) => one["date"] === "2020-04-20");
    expect(row).toMatchObject({
      terminal: "REJECTED_BY_SIZING",
      observed: "-36.98",
      price: "-36.98",
    });
    expect(row["belief_lots"]).toBe("");
  });

  it("ruins who holds WTI: nothing is increased after the day, returns are unknown", () => {
    const { folder } = runOf("wti-buy-and-hold");
    const equity = readArtifact(folder, "equity");
    const ruin = equity.findIndex((row) => Number(row["nav"]) <= 0);
    expect(equity[ruin]["date"]).toBe("2020-04-20");
    const after = readArtifact(folder, "returns").slice(ruin);
    expect(tally(after.map((row) => row["return"]))).toEqual(new Map([["", after.length]]));
  });

  it("decides ETFs on one close and fills them on the next", () => {
    for (const name of ["etf-buy-and-hold", "etf-equal-weight"]) {
      const { folder } = runOf(name);
      const dates = readArtifact(folder, "equity").map((row) => row["date"]);
      const decided = new Map(
        readArtifact(folder, "orders").map((row) => [row["order_id"], row["decided"]]),
      );
      const fills = readArtifact(folder, "fills");
      expect(new Set(fills.map((fill) => fill["instrument"])).size).toBe(23);
      for (const fill of fills) {
        const t = dates.indexOf(decided.get(fill["order_id"]) as string);
        expect([t >= 0, fill["date"]]).toEqual([true, dates[t + 1]]);
      }
    }
    expect(readArtifact(runOf("etf-buy-and-hold").folder, "fills").length).toBe(23);
  });

  it("refuses the corrupt file with the list of its faults, and leaves nothing behind", async () => {
    const home = join(elsewhere, "corrupt");
    const { code, stdout } = await assay(["run", exampleFolder("corrupt"), "--json"], home);
    expect(code).toBe(4);
    const { error } = JSON.parse(stdout) as { error: { exit_code: number; details: string[] } };
    expect(error.exit_code).toBe(4);
    const listed = new Map(error.details.map((line) => line.split(/: | /, 2) as [string, string]));
    for (const [fault, count] of faultsInFile()) {
      expect([fault, Number(listed.get(fault))]).toEqual([fault, count]);
    }
    expect(existsSync(home)).toBe(false);
  });
});

describe.skipIf(SHARED === null)(sharedName("protective stops on real bars"), () => {
  type Stopped = { readonly fill: Row; readonly stop: Row; readonly bar: SourceBar };
  let stopped: readonly Stopped[];
  let bars: ReadonlyMap<string, SourceBar>;
  beforeAll(() => {
    const { folder } = runOf("spx-pullback");
    bars = spx();
    const orders = new Map(readArtifact(folder, "orders").map((row) => [row["order_id"], row]));
    stopped = readArtifact(folder, "fills").flatMap((fill) => {
      const stop = orders.get(fill["order_id"]) as Row;
      return stop["purpose"] === "stop"
        ? [{ fill, stop, bar: bars.get(fill["date"]) as SourceBar }]
        : [];
    });
  });

  it("fill at the open where the market gapped through them, else at their price", () => {
    const standing = stopped.filter(({ fill, stop }) => stop["decided"] < fill["date"]);
    const gapped = standing.filter(({ stop, bar }) => Number(bar.open) < Number(stop["price"]));
    expect(gapped.map(({ fill, bar }) => [fill["date"], fill["price"], bar.open])).toEqual(
      gapped.map(({ fill, bar }) => [fill["date"], bar.open, bar.open]),
    );
    // Read off the file: opens of 406.58 and 450.71 below stops at 407.96 and 452.51.
    expect(gapped.map(({ fill }) => fill["date"])).toEqual(
      expect.arrayContaining(["1992-10-05", "1994-10-05"]),
    );
    const touched = standing.filter((one) => !gapped.includes(one));
    expect(touched.length).toBeGreaterThan(0);
    for (const { fill, stop, bar } of touched) {
      expect([fill["date"], fill["price"]]).toEqual([fill["date"], stop["price"]]);
      expect(Number(bar.low)).toBeLessThanOrEqual(Number(stop["price"]));
    }
  });

  it("fill in the bar of their own entry when it reaches both, entry at the limit, stop at its price", () => {
    const { folder } = runOf("spx-pullback");
    const fills = readArtifact(folder, "fills");
    const orders = new Map(readArtifact(folder, "orders").map((row) => [row["order_id"], row]));
    const both = stopped.filter(({ fill, stop }) => stop["decided"] === fill["date"]);
    expect(both.length).toBeGreaterThan(0);
    for (const { fill, stop, bar } of both) {
      const entry = fills[Number(fill["fill_no"]) - 2];
      const bid = orders.get(entry["order_id"]) as Row;
      const where = fill["date"];
      expect([where, entry["date"], bid["type"], bid["purpose"]]).toEqual([
        where,
        where,
        "limit",
        "open",
      ]);
      const [open, low, limit] = [bar.open, bar.low, bid["price"]].map(Number);
      expect([where, low <= limit, low <= Number(stop["price"])]).toEqual([where, true, true]);
      expect([where, Number(entry["price"])]).toEqual([where, Math.min(open, limit)]);
      expect([where, fill["price"]]).toEqual([where, stop["price"]]);
      expect([where, Number(stop["price"]) < Number(entry["price"])]).toEqual([where, true]);
    }
  });

  it("stand wherever a position does, and no standing stop is passed over by a bar", () => {
    const { folder } = runOf("spx-pullback");
    const stops = readArtifact(folder, "orders").filter((row) => row["purpose"] === "stop");
    const missed = stops.flatMap((stop) =>
      [...bars].filter(
        ([date, bar]) =>
          date > stop["decided"] &&
          date < stop["ended"] &&
          Number(bar.low) <= Number(stop["price"]),
      ),
    );
    expect(missed).toEqual([]);
    const positions = readArtifact(folder, "positions");
    const unprotected = positions.filter(
      ({ date, lots }) =>
        !stops.some(
          (stop) => stop["decided"] <= date && date <= stop["ended"] && stop["lots"] === lots,
        ),
    );
    expect(unprotected).toEqual([]);
  });
});

/** weight x net asset value / price, whole units toward zero. */
function wholeUnits(weight: string, nav: string, price: string): bigint {
  const [w, p] = [exact(weight), exact(price)];
  const cents = w.digits * centsIn(nav) * 10n ** BigInt(p.scale);
  return cents / (p.digits * 100n * 10n ** BigInt(w.scale));
}

/** Faults counted by hand: the first that a row has. */
function faultsInFile(): ReadonlyMap<string, number> {
  const text = readFileSync(sharedFile("data/equities/bad-quotes.csv"), "utf8");
  return tally(
    text
      .trimEnd()
      .split(/\r?\n/)
      .slice(1)
      .flatMap((line) => {
        const [date, ...prices] = line.split(",");
        if (!/^\d\d\/\d\d\/\d{4}$/.test(date)) return ["bad_date"];
        return prices.includes("") ? ["missing_value"] : [];
      }),
  );
}
