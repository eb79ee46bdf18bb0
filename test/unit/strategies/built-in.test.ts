import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Strategy } from "../../../src/domain/strategy.ts";
import { BUILT_IN_NAMES, builtIn } from "../../../src/research/strategies/built-in.ts";
import {
  compilePanel,
  type PanelMember,
  type Params,
} from "../../../src/research/strategies/columns.ts";
import { createDecider } from "../../../src/research/strategies/decider.ts";
import { resolveParams } from "../../../src/research/strategies/params.ts";
import { strategiesSection } from "../../../src/research/strategies/section.ts";
import { variantId } from "../../../src/research/strategies/variant.ts";
import * as naive from "../indicators/naive.ts";
import { closeOnly, dailyTimes, panelOf, wave, withBars, withCarry } from "./inputs.ts";

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

/** What it answers from the end of its warm-up on, for each instrument. */
function panelAnswers(name: string, given: Record<string, unknown>, panel: readonly PanelMember[]) {
  const strategy = named(name);
  const params = paramsOf(strategy, given);
  return compilePanel(strategy, params, panel).map((columns, m) => {
    const decide = createDecider(strategy, params, columns);
    const rows = panel[m].timesMs.length - columns.warmup;
    return {
      warmup: columns.warmup,
      answers: Array.from({ length: Math.max(0, rows) }, (_, i) => decide(i + columns.warmup)),
    };
  });
}

function answersOf(name: string, given: Record<string, unknown>, inputs: PanelMember["inputs"]) {
  return panelAnswers(name, given, [{ inputs, timesMs: dailyTimes(inputs.rows) }])[0];
}

const sure = (strength: number) => ({ strength, confidence: 1 });

describe("built-in strategies", () => {
  const close = wave(200);
  const fast = naive.rolling(close, 5, naive.mean);
  const slow = naive.rolling(close, 20, naive.mean);

  it("are found by name, and there is none of another name", () => {
    expect(BUILT_IN_NAMES).toEqual([
      "buy-and-hold",
      "carry",
      "ma-cross",
      "ma-pullback",
      "rsi-reversion",
      "ts-momentum",
      "xs-momentum",
    ]);
    for (const name of BUILT_IN_NAMES) expect(named(name).name).toBe(name);
    expect(builtIn("toString")).toBeNull();
  });

  it("buy-and-hold believes in its strength from the first bar", () => {
    const { warmup, answers } = answersOf("buy-and-hold", { strength: 0.6 }, closeOnly([5, 6]));
    expect(warmup).toBe(0);
    expect(answers).toEqual([sure(0.6), sure(0.6)]);
  });

  it.each([0, 1])("ma-cross without a filter equals a naive loop, short %i", (short) => {
    const given = { fast: 5, slow: 20, short, adx_min: 0, strength: 0.5 };
    const { warmup, answers } = answersOf("ma-cross", given, closeOnly(close));
    expect(warmup).toBe(19);
    const expected = close.slice(19).map((_, i) => {
      const above = fast[i + 19] > slow[i + 19];
      return sure(above ? 0.5 : short === 1 ? -0.5 : 0);
    });
    expect(answers).toEqual(expected);
    expect(new Set(expected.map((answer) => answer.strength)).size).toBe(2);
  });

  it("ma-cross is flat unless the trend is above adx_min, and the filter needs highs and lows", () => {
    const given = { fast: 5, slow: 20, short: 1, adx_window: 6, adx_min: 30 };
    const inputs = withBars(close);
    const { warmup, answers } = answersOf("ma-cross", given, inputs);
    expect(warmup).toBe(19);
    const { high, low } = inputs as { high: Float64Array; low: Float64Array };
    const trend = naive.adx({ high, low, close }, 6);
    const expected = close.slice(19).map((_, i) => {
      const side = fast[i + 19] > slow[i + 19] ? 1 : -1;
      return sure(trend[i + 19] > 30 ? side : 0);
    });
    expect(answers).toEqual(expected);
    expect(new Set(expected.map((answer) => answer.strength)).size).toBe(3);
    expect(() => answersOf("ma-cross", given, closeOnly(close))).toThrow("reads high, which");
  });

  it("ma-pullback bids below the close with a stop below the fill, and leaves at market", () => {
    const given = { fast: 5, slow: 20, offset: 0.02, stop: 0.1, weight: 2 };
    const { answers } = answersOf("ma-pullback", given, closeOnly(close));
    answers.forEach((target, i) => {
      const price = close[i + 19];
      const entry = { limit: price * (1 - 0.02) };
      const stop = { distance: price * 0.1 };
      const long = fast[i + 19] > slow[i + 19];
      expect(target).toEqual(long ? { weight: 2, entry, stop, timeInForce: "gtc" } : { weight: 0 });
    });
  });

  it("rsi-reversion equals a naive loop that remembers its own wish", () => {
    const given = { window: 5, max_bars: 4 };
    const { warmup, answers } = answersOf("rsi-reversion", given, closeOnly(close));
    expect(warmup).toBe(6);
    const rsi = naive.rsi(close, 5);
    let held = 0;
    const expected = close.slice(6).map((_, i) => {
      const t = i + 6;
      if (held > 0) held = rsi[t] > 50 || held >= 4 ? 0 : held + 1;
      else if (rsi[t] < 35 && rsi[t] > rsi[t - 1] && !(rsi[t] > 50)) held = 1;
      return sure(held > 0 ? 1 : 0);
    });
    expect(answers).toEqual(expected);
    expect(expected.filter((answer) => answer.strength === 1).length).toBeGreaterThan(5);
  });

  it.each([0, 1])("ts-momentum adds the signs of three past returns, short %i", (short) => {
    const given = { slow: 40, middle: 15, fast: 4, short };
    const { warmup, answers } = answersOf("ts-momentum", given, closeOnly(close));
    expect(warmup).toBe(40);
    const expected = close.slice(40).map((now, i) => {
      const sign = (bars: number) => Math.sign(now / close[i + 40 - bars] - 1);
      const view = 0.5 * sign(40) + 0.3 * sign(15) + 0.2 * sign(4);
      return sure(short === 1 ? view : Math.max(0, view));
    });
    expect(answers).toEqual(expected);
    const views = new Set(expected.map(({ strength }) => strength));
    expect(views.size).toBeGreaterThan(short === 1 ? 4 : 2);
  });

  it("ts-momentum reads the sign right where wealth is below zero, and 0 where nothing moved", () => {
    const wealth = Float64Array.of(1, -2, -1, -1, -3);
    const inputs = { ...closeOnly(wealth), totalReturn: wealth };
    const given = { slow: 1, middle: 1, fast: 1 };
    const { answers } = answersOf("ts-momentum", given, inputs);
    expect(answers).toEqual([sure(-1), sure(1), sure(0), sure(-1)]);
  });

  it.each([0, 1])("xs-momentum ranks the weighted past returns, short %i", (short) => {
    const panel = panelOf(5, 120, (m, day) => m !== 4 || day % 7 > 0);
    const given = { fast: 6, middle: 12, slow: 30, short };
    const answers = panelAnswers("xs-momentum", given, panel);
    const scores = panel.map(({ inputs: { totalReturn: x } }) =>
      Array.from(x, (now, t) => {
        if (t < 30) return Number.NaN;
        const [near, mid, far] = [6, 12, 30].map((bars) => now / x[t - bars] - 1);
        return 0.4 * near + 0.35 * mid + 0.25 * far;
      }),
    );
    const times = panel.map(({ timesMs }) => [...timesMs]);
    const ranks = naive.ranks(scores, times);
    answers.forEach(({ warmup, answers: own }, m) => {
      expect(warmup).toBe(30);
      const expected = ranks[m]
        .slice(30)
        .map((place) => sure(short === 1 ? place : Math.max(0, place)));
      expect(own).toEqual(expected);
    });
    const lowest = Math.min(...answers.flatMap((one) => one.answers.map(strengthOf)));
    expect(lowest).toBe(short === 1 ? -1 : 0);
  });

  it.each([
    ["scaled", { full: 0.1 }, (y: number) => Math.max(-1, Math.min(1, y / 0.1))],
    ["by its sign", { full: 0 }, (y: number) => Math.sign(y)],
    ["long only", { full: 0.1, short: 0 }, (y: number) => Math.max(0, Math.min(1, y / 0.1))],
    ["weaker", { full: 0, strength: 0.25 }, (y: number) => 0.25 * Math.sign(y)],
  ])("carry follows the mean roll yield, %s", (_, given, view) => {
    const inputs = withCarry(close);
    const { warmup, answers } = answersOf("carry", { window: 3, ...given }, inputs);
    expect(warmup).toBe(2);
    const yields = naive.rolling(inputs.carry as Float64Array, 3, naive.mean).slice(2);
    answers.forEach((answer, i) => {
      expect(strengthOf(answer)).toBeCloseTo(view(yields[i]), 12);
    });
    expect(new Set(answers.map(strengthOf)).size).toBeGreaterThan(1);
    expect(() => answersOf("carry", {}, closeOnly(close))).toThrow("only a future");
  });
});

function strengthOf(answer: unknown): number {
  return (answer as { strength: number }).strength;
}

describe("parameters", () => {
  const cross = named("ma-cross");

  it("are complete, frozen and in the order declared", () => {
    const params = paramsOf(cross, { slow: 50 });
    expect(Object.entries(params)).toEqual([
      ["fast", 20],
      ["slow", 50],
      ["adx_window", 14],
      ["adx_min", 20],
      ["strength", 1],
      ["short", 0],
    ]);
    expect(Object.isFrozen(params)).toBe(true);
  });

  it.each<[Record<string, unknown>, string, RegExp]>([
    [{ fats: 5 }, "fats", /not a parameter of ma-cross .*did you mean fast\?/],
    [
      { xyz: 5 },
      "xyz",
      /not a parameter of ma-cross \(it has fast, slow, adx_window, adx_min, strength, short\)$/,
    ],
    [{ fast: 0 }, "fast", /expected a whole number from 1 to 1000, got the number 0/],
    [{ fast: 2.5 }, "fast", /expected a whole number .*, got the number 2.5/],
    [{ strength: Number.NaN }, "strength", /expected a number from 0 to 1, got the number NaN/],
    [{ strength: 1.5 }, "strength", /expected a number from 0 to 1, got the number 1.5/],
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
  const issuesUnder = (mandate: { readonly [section: string]: unknown }, entries: unknown[]) =>
    strategiesSection
      .check(entries as never, mandate)
      .map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const issues = (...entries: unknown[]) => issuesUnder({}, entries);

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

  it("refuses a strategy that says what to hold where allocation decides that", () => {
    const pullback = { ...entry, name: "bids", use: "ma-pullback" };
    const by = (method: string) => issuesUnder({ allocation: { method } }, [entry, pullback]);
    expect(by("direct")).toEqual([]);
    expect(by("hrp")).toHaveLength(1);
    expect(by("hrp")[0]).toMatch(/^1\.use: ma-pullback says what to hold, .*method is hrp, /);
  });

  it("refuses to rank a single instrument", () => {
    const ranks = (...instruments: string[]) =>
      issues({ ...entry, use: "xs-momentum", instruments });
    expect(ranks("A", "B")).toEqual([]);
    expect(ranks("A")).toHaveLength(1);
    expect(ranks("A")[0]).toMatch(/^0\.instruments: xs-momentum ranks .*: 1 is given, it needs at/);
    expect(issues({ ...entry, use: "ts-momentum", instruments: ["A"] })).toEqual([]);
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
    expect(variantId(variant, sha256)).toBe(sha256(text).slice(0, 32));
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
