import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Strategy } from "../../../src/domain/strategy.ts";
import type { Target } from "../../../src/domain/target.ts";
import { BUILT_IN_NAMES, builtIn } from "../../../src/research/strategies/built-in.ts";
import { compileColumns, type Params } from "../../../src/research/strategies/columns.ts";
import { createDecider } from "../../../src/research/strategies/decider.ts";
import { resolveParams } from "../../../src/research/strategies/params.ts";
import { strategiesSection } from "../../../src/research/strategies/section.ts";
import { variantId } from "../../../src/research/strategies/variant.ts";
import * as naive from "../indicators/naive.ts";
import { closeOnly, wave } from "./inputs.ts";

function named(name: string): Strategy {
  const strategy = builtIn(name);
  if (strategy === null) throw new Error(`no ${name}`);
  return strategy;
}

function paramsOf(strategy: Strategy, given: Record<string, unknown> = {}): Params {
  const result = resolveParams(strategy, given);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function targetsOf(name: string, given: Record<string, unknown>, close: number[]) {
  const strategy = named(name);
  const params = paramsOf(strategy, given);
  const columns = compileColumns(strategy, params, closeOnly(close));
  const decide = createDecider(strategy, params, columns);
  const targets: (Target | null)[] = [];
  for (let t = columns.warmup; t < close.length; t++) targets.push(decide(t));
  return { warmup: columns.warmup, targets };
}

describe("built-in strategies", () => {
  const close = wave(200);
  const fast = naive.rolling(close, 5, naive.mean);
  const slow = naive.rolling(close, 20, naive.mean);

  it("are found by name, and there is none of another name", () => {
    expect(BUILT_IN_NAMES).toEqual(["buy-and-hold", "ma-cross", "ma-pullback", "rsi-reversion"]);
    for (const name of BUILT_IN_NAMES) expect(named(name).name).toBe(name);
    expect(builtIn("toString")).toBeNull();
  });

  it("buy-and-hold wants its weight from the first bar", () => {
    const { warmup, targets } = targetsOf("buy-and-hold", { weight: 0.6 }, [5, 6]);
    expect(warmup).toBe(0);
    expect(targets).toEqual([{ weight: 0.6 }, { weight: 0.6 }]);
  });

  it.each([0, 1])("ma-cross equals a naive loop, short %i", (short) => {
    const { warmup, targets } = targetsOf("ma-cross", { fast: 5, slow: 20, short }, close);
    expect(warmup).toBe(19);
    const expected = close.slice(19).map((_, i) => {
      const above = fast[i + 19] > slow[i + 19];
      return { weight: above ? 1 : short === 1 ? -1 : 0 };
    });
    expect(targets).toEqual(expected);
    expect(new Set(expected.map((target) => target.weight)).size).toBe(2);
  });

  it("ma-pullback bids below the close with a stop below the fill, and leaves at market", () => {
    const given = { fast: 5, slow: 20, offset: 0.02, stop: 0.1 };
    const { targets } = targetsOf("ma-pullback", given, close);
    targets.forEach((target, i) => {
      const price = close[i + 19];
      const entry = { limit: price * (1 - 0.02) };
      const stop = { distance: price * 0.1 };
      const long = fast[i + 19] > slow[i + 19];
      expect(target).toEqual(long ? { weight: 1, entry, stop, timeInForce: "gtc" } : { weight: 0 });
    });
  });

  it("rsi-reversion equals a naive loop that remembers its own wish", () => {
    const given = { window: 5, max_bars: 4 };
    const { warmup, targets } = targetsOf("rsi-reversion", given, close);
    expect(warmup).toBe(6);
    const rsi = naive.rsi(close, 5);
    let held = 0;
    const expected = close.slice(6).map((_, i) => {
      const t = i + 6;
      if (held > 0) held = rsi[t] > 50 || held >= 4 ? 0 : held + 1;
      else if (rsi[t] < 35 && rsi[t] > rsi[t - 1] && !(rsi[t] > 50)) held = 1;
      return { weight: held > 0 ? 1 : 0 };
    });
    expect(targets).toEqual(expected);
    expect(expected.filter((target) => target.weight === 1).length).toBeGreaterThan(5);
  });
});

describe("parameters", () => {
  const cross = named("ma-cross");

  it("are complete, frozen and in the order declared", () => {
    const params = paramsOf(cross, { slow: 50 });
    expect(Object.entries(params)).toEqual([
      ["fast", 20],
      ["slow", 50],
      ["weight", 1],
      ["short", 0],
    ]);
    expect(Object.isFrozen(params)).toBe(true);
  });

  it.each<[Record<string, unknown>, string, RegExp]>([
    [{ fats: 5 }, "fats", /not a parameter of ma-cross .*did you mean fast\?/],
    [{ xyz: 5 }, "xyz", /not a parameter of ma-cross \(it has fast, slow, weight, short\)$/],
    [{ fast: 0 }, "fast", /expected a whole number from 1 to 1000, got the number 0/],
    [{ fast: 2.5 }, "fast", /expected a whole number .*, got the number 2.5/],
    [{ weight: Number.NaN }, "weight", /expected a number from 0 to 10, got the number NaN/],
    [{ slow: "20" }, "slow", /expected .*, got the text "20"/],
    [{ slow: null }, "slow", /expected .*, got null/],
    [{ constructor: 1 }, "constructor", /not a parameter/],
  ])("refuse %j", (given, path, message) => {
    const result = resolveParams(cross, given);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error).toHaveLength(1);
    expect(result.error[0].path).toEqual([path]);
    expect(result.error[0].message).toMatch(message);
  });

  it("report everything that is wrong at once", () => {
    const result = resolveParams(cross, { fast: -1, slow: 1.5, speed: 3 });
    expect(result.ok ? 0 : result.error.length).toBe(3);
  });
});

describe("the section", () => {
  const entry = { name: "cross", use: "ma-cross", instruments: "all" };
  const issues = (...entries: unknown[]) =>
    strategiesSection
      .check(entries as never, {})
      .map((issue) => `${issue.path.join(".")}: ${issue.message}`);

  it("takes a built-in or a file", () => {
    const file = { name: "mine", file: "./mine.ts", instruments: ["A", "B"], params: { n: 3 } };
    expect(strategiesSection.schema.safeParse([entry, file]).success).toBe(true);
    expect(issues(entry, file)).toEqual([]);
    expect(strategiesSection.tags).toEqual({ "*.file": "location" });
  });

  it.each([
    [[]],
    [[{ ...entry, nmae: "x" }]],
    [[{ ...entry, name: "a b" }]],
    [[{ ...entry, instruments: [] }]],
    [[{ ...entry, instruments: "SPY" }]],
    [[{ ...entry, params: { fast: "20" } }]],
    [[{ name: "x", use: "ma-cross" }]],
  ])("refuses the shape %j", (value) => {
    expect(strategiesSection.schema.safeParse(value).success).toBe(false);
  });

  it.each<[unknown[], RegExp]>([
    [[entry, entry], /^1\.name: cross is already the name of strategies\.0/],
    [[{ ...entry, file: "./a.ts" }], /^0: expected exactly one of use and file, both are given/],
    [[{ ...entry, use: null }], /^0: .*neither is given/],
    [[{ ...entry, use: "ma-cros" }], /^0\.use: .*did you mean ma-cross\?/],
    [[{ ...entry, params: { fast: 0 } }], /^0\.params\.fast: expected .*, got the number 0/],
    [[{ ...entry, instruments: ["A", "B", "A"] }], /^0\.instruments\.2: A is listed twice/],
  ])("says what is wrong with %j", (entries, message) => {
    expect(issues(...entries)).toHaveLength(1);
    expect(issues(...entries)[0]).toMatch(message);
  });
});

describe("the variant id", () => {
  const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  const variant = {
    strategyName: "ma-cross",
    codeHash: "c0de",
    version: "1",
    params: { slow: 100, fast: 20 },
    instrument: "SPX",
  };

  it("is the hash of the canonical text, so the order of parameters does not matter", () => {
    const text =
      '{"code_hash":"c0de","instrument":"SPX","params":{"fast":20,"slow":100},"strategy":"ma-cross","version":"1"}';
    expect(variantId(variant, sha256)).toBe(sha256(text));
    const other = { ...variant, params: { fast: 20, slow: 100 } };
    expect(variantId(other, sha256)).toBe(variantId(variant, sha256));
  });

  it("differs when any part differs", () => {
    const others = [
      { ...variant, strategyName: "x" },
      { ...variant, codeHash: "x" },
      { ...variant, version: "2" },
      { ...variant, params: { fast: 20, slow: 101 } },
      { ...variant, instrument: "X" },
    ];
    const ids = new Set([variant, ...others].map((each) => variantId(each, sha256)));
    expect(ids.size).toBe(6);
  });
});
