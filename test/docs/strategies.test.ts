/**
 * docs/strategies.md against the code: its example loads by the real loader and answers, its
 * columns are those of the market, its built-ins have those parameters.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createStrategyLoader } from "../../src/adapters/system/strategy-loader.ts";
import type { Market, Strategy } from "../../src/domain/strategy.ts";
import { BUILT_IN_NAMES, builtIn } from "../../src/research/strategies/built-in.ts";
import { compileColumns, compilePanel } from "../../src/research/strategies/columns.ts";
import { createDecider } from "../../src/research/strategies/decider.ts";
import { createGraph } from "../../src/research/strategies/graph.ts";
import { createMarket } from "../../src/research/strategies/market.ts";
import { codeSpans, fences, partUnder, readDocument, tableRows } from "./markdown.ts";

const PAGE = readDocument("docs/strategies.md");

function flatInputs(rows: number) {
  const level = () => new Float64Array(rows).fill(100);
  return {
    rows,
    open: level(),
    high: level(),
    low: level(),
    close: level(),
    volume: level(),
    rawOpen: level(),
    rawHigh: level(),
    rawLow: level(),
    rawClose: level(),
    totalReturn: new Float64Array(rows).fill(1),
    splitFactor: new Float64Array(rows).fill(1),
    carry: null,
  };
}

async function load(text: string): Promise<Strategy> {
  const folder = mkdtempSync(join(tmpdir(), "assay-strategies-"));
  try {
    writeFileSync(join(folder, "strategy.ts"), text);
    return (await createStrategyLoader(folder)("./strategy.ts")).strategy;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it("the example of a forecast passes every check, and ranks its instruments", async () => {
  const strategy = await load(fences(PAGE)[0].body);
  const params = { bars: 126 };
  const timesMs = Float64Array.from({ length: 140 }, (_, t) => t);
  const members = [1, 3, 2].map((growth) => {
    const totalReturn = timesMs.map((t) => 1 + (growth * t) / 1000);
    return { timesMs, inputs: { ...flatInputs(140), totalReturn } };
  });
  const columns = compilePanel(strategy, params, members);
  expect(columns.map(({ warmup }) => warmup)).toEqual([126, 126, 126]);
  const answers = columns.map((one) => createDecider(strategy, params, one)(139));
  expect(answers).toEqual([-1, 1, 0].map((strength) => ({ strength, confidence: 0 })));
  expect(strategy.decide({ place: 0.5, trend: 30 }, params)).toEqual({
    strength: 0.5,
    confidence: 0.75,
  });
});

it("the example of a target passes every check, and its columns can be computed", async () => {
  const strategy = await load(fences(PAGE)[1].body);
  const params = { window: 55, risk: 2 };
  const columns = compileColumns(strategy, params, flatInputs(80));
  expect(columns.names).toEqual(["close", "before", "slow", "range"]);
  expect(columns.warmup).toBe(55);
  const row = { close: 101, before: 100, slow: 90, range: 3 };
  expect(strategy.decide(row, params)).toEqual({ weight: 1, stop: { distance: 6 } });
});

/** A strategy with these lines in `columns`, and the names they declare as its columns. */
async function withLines(body: string): Promise<Strategy> {
  const lines = body.trim().split("\n");
  const names = lines.map((line) => /^const (\w+) = /.exec(line)?.[1] ?? line);
  const columns = `(m) => { ${lines.join(" ")} return { ${names.join(", ")} }; }`;
  return load(`import { defineStrategy } from "assay";
export const strategy = defineStrategy({ name: "x", version: "1", params: {}, columns: ${columns}, decide: () => null });`);
}

it("the other examples are ones that may be written", async () => {
  const [, , compared, memory, ...others] = fences(PAGE);
  expect(others).toEqual([]);
  const future = { ...flatInputs(80), carry: new Float64Array(80).fill(0.1) };
  expect(compileColumns(await withLines(compared.body), {}, future).names).toEqual([
    "value",
    "calm",
  ]);
  expect(compileColumns(await withLines(memory.body), {}, future).names).toEqual(["rsi", "wish"]);
});

it("every column of the market has its line, and no other", () => {
  const named = tableRows(partUnder(PAGE, "Columns"))
    .flatMap(([cell]) => codeSpans(cell))
    .map((span) => span.replace(/\(.*/, ""));
  const market: Market = createMarket(createGraph("docs"));
  const members = Object.keys(market).flatMap((name) =>
    name === "raw" ? Object.keys(market.raw).map((raw) => `m.raw.${raw}`) : [`m.${name}`],
  );
  expect(new Set(named)).toEqual(new Set(members));
  expect(named).toHaveLength(members.length);
});

it("every built-in has its line, with parameters, defaults and ranges", () => {
  const rows = tableRows(partUnder(PAGE, "Built-in strategies"));
  expect(rows.map(([name]) => name)).toEqual(BUILT_IN_NAMES.map((name) => `\`${name}\``));
  for (const [cell, , parameters] of rows) {
    const strategy = builtIn(cell.replaceAll("`", ""));
    const texts = Object.entries(strategy?.params ?? {}).map(
      ([name, { default: initial, min, max }]) => `\`${name}\` (${initial}, ${min} to ${max})`,
    );
    expect(parameters).toBe(texts.join(", "));
  }
});
