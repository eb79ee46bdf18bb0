/**
 * Stretches in which nothing happens against the same sessions stepped through one by one: the same
 * bits in the account, the same counts, the same journal and trace. What is asked ahead is never
 * more than the schedule asks, and what goes wrong there goes wrong where it was reached.
 */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createJournallingRecorder } from "../../../src/engine/journalling-recorder.ts";
import { createKernel } from "../../../src/engine/kernel.ts";
import { buildPlan } from "../../../src/engine/plan.ts";
import { nullRecorder } from "../../../src/engine/recorder.ts";
import type { Kernel, Plan } from "../../../src/engine/state.ts";
import { createTrace, type Trace } from "../../../src/engine/trace.ts";
import { buildWorld, type World } from "../../../src/engine/world.ts";
import { createJournalWriter } from "../../../src/records/journal/writer.ts";
import { defineStrategy } from "../../../src/research/strategies/define.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import {
  type Market,
  numbersOf,
  packOf,
  runMarket,
  runThrough,
  type Settings,
  settingsWith,
} from "../../support/market-fixture.ts";
import { plainKernel } from "../../support/plain-walk.ts";
import { randomRun } from "../../support/random-market.ts";

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

/** Every date repeats the last wish: long stretches of one weight, terms and units among them. */
function sticky(market: Market): Market {
  return Object.fromEntries(
    Object.entries(market).map(([id, listing]) => {
      let last = null;
      const wishes: { [date: string]: NonNullable<typeof listing.wishes>[string] } = {};
      for (const date of Object.keys(listing.bars).sort()) {
        last = listing.wishes?.[date] ?? last;
        if (last !== null) wishes[date] = last;
      }
      return [id, { ...listing, wishes }];
    }),
  );
}

/** What numbersOf leaves out: curves and marks that several instruments or dividends bring. */
function restOf({ state }: Kernel): unknown {
  const { curves, mark, lastBar, valueMinor, lots, hasShort, costsBeforeWindow } = state;
  const { receivable, gross } = curves;
  const asked = { mark, lots, valueMinor, lastBar, receivable, gross };
  const { session, cashMinor, navMinor, tally } = state;
  return { ...asked, hasShort, costsBeforeWindow, session, cashMinor, navMinor, tally };
}

function heard(world: World, plan: Plan, make: typeof createKernel) {
  const journal = createJournalWriter({
    recorded: { seq: 0, hash: "0".repeat(64) },
    prefix: [],
    sha256,
  });
  const trace = createTrace();
  const k = make(world, plan, createJournallingRecorder({ world, plan, journal, sha256, trace }));
  runThrough(k);
  return { rows: journal.takeBatch().rows.map(({ body }) => body), trace: columnsOf(trace) };
}

function columnsOf({ forecasts, positions }: Trace): readonly (readonly number[])[] {
  return [...Object.values(forecasts), ...Object.values(positions)].map((c) => [...c.values()]);
}

/** With and without anybody listening, and session by session. */
function everyWay(market: Market, over: Settings) {
  const { k, silent } = runMarket(market, over);
  const plain = runThrough(plainKernel(k.world, k.plan));
  return {
    inStretches: [numbersOf(silent), numbersOf(k), restOf(silent)],
    oneByOne: [numbersOf(plain), numbersOf(plain), restOf(plain)],
  };
}

describe("random markets, walked in stretches and session by session", () => {
  it.each(Array.from({ length: 10 }, (_, n) => n * 20))("seeds from %d on", (from) => {
    for (let seed = from; seed < from + 20; seed++) {
      const { market, settings } = randomRun(seed);
      for (const each of [market, sticky(market)]) {
        const { inStretches, oneByOne } = everyWay(each, settings);
        expect(inStretches).toEqual(oneByOne);
      }
    }
  });

  it("tell whoever listens the same", () => {
    for (let seed = 300; seed < 340; seed++) {
      const { market, settings } = randomRun(seed);
      const { world, plan } = runMarket(sticky(market), settings).k;
      expect(heard(world, plan, createKernel)).toEqual(heard(world, plan, plainKernel));
    }
  });

  it("differ where a strategy is said to repeat what it does not", () => {
    const differing = Array.from({ length: 10 }, (_, seed) => {
      const { market, settings } = randomRun(seed);
      const { world, plan } = runMarket(sticky(market), settings).k;
      const variants = plan.variants.map((variant) => ({
        ...variant,
        repeatsUntil: (_from: number, to: number) => to,
      }));
      const wrong = runThrough(createKernel(world, { ...plan, variants }, nullRecorder));
      const right = runThrough(plainKernel(world, plan));
      return numbersOf(wrong).join() !== numbersOf(right).join();
    });
    expect(differing.filter(Boolean).length).toBeGreaterThan(5);
  });
});

const DATES = Array.from({ length: 28 }, (_, n) => `2021-02-${String(n + 1).padStart(2, "0")}`);
const MARKET: Market = { A: { bars: Object.fromEntries(DATES.map((date, n) => [date, 100 + n])) } };

/** `decide` by row, asked through a plan of its own. */
function kernelOf(decide: (row: number) => unknown, over: Settings = {}): Kernel {
  const pack = packOf(MARKET);
  const world = buildWorld(pack, { currency: "USD", digits: 2 });
  const strategy = defineStrategy({
    name: "by-row",
    version: "1",
    params: {},
    columns: (m) => ({ count: m.volume }),
    decide: ({ count }) => decide(count - 1) as ReturnType<Strategy["decide"]>,
  });
  const use = { name: "by-row", strategy, params: {}, codeHash: "c", instruments: ["A"] };
  const { plan } = buildPlan({
    world,
    actions: [],
    uses: [use],
    settings: settingsWith({ execution: { fill: "next_close" }, ...over }),
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: () => "A.csv",
  });
  return createKernel(world, plan, nullRecorder);
}

it("interest within days of several bars is what it is bar by bar", () => {
  const rates = { financing: { debit_rate: 0.05, borrow_rate: 0.03 } };
  for (const weight of [-0.7, 1.8]) {
    const { world, plan } = kernelOf(() => ({ weight }), { ...rates, limits: { gross: 2 } });
    const sessionsMs = world.sessionsMs.map((_, n) => n * 5 * 3_600_000);
    const hourly = { ...world, sessionsMs };
    const inStretches = runThrough(createKernel(hourly, plan, nullRecorder));
    const oneByOne = runThrough(plainKernel(hourly, plan));
    expect(numbersOf(inStretches)).toEqual(numbersOf(oneByOne));
    const { financing, borrow } = inStretches.state.costs;
    expect(financing + borrow).toBeGreaterThan(0);
  }
});

describe("asking ahead", () => {
  it("leaves few sessions to be stepped through", () => {
    const { world, plan } = kernelOf((row) => ({ weight: row < 14 ? 0 : 0.5 }));
    const stepped: number[] = [];
    const variants = plan.variants.map((variant) => ({
      ...variant,
      decide: (row: number, unchanged: number) => {
        stepped.push(row);
        return variant.decide(row, unchanged);
      },
    }));
    runThrough(createKernel(world, { ...plan, variants }, nullRecorder));
    // The first answer and the one that differs: while its order works it is asked ahead again.
    expect(stepped).toEqual([0, 14]);
  });

  it("asks at no row that the schedule does not ask at", () => {
    const rows = new Set<number>();
    const k = kernelOf(
      (row) => {
        rows.add(row);
        return { weight: 0.5 };
      },
      { schedule: { decide: "wednesday" } },
    );
    runThrough(k);
    const due = [...k.plan.decideOn.keys()].filter((s) => k.plan.decideOn[s] === 1);
    expect(due.length).toBe(4);
    expect([...rows]).toEqual(due);
    expect(k.state.counters.forecasts).toBe(4);
  });

  it.each([
    ["throws", () => JSON.parse("nonsense") as unknown, /2021-02-21: decide fails: .*nonsense/],
    ["answers with nonsense", () => ({ weight: "half" }), /2021-02-21: .* weight the text "half"/],
    ["answers with nothing", () => undefined, /2021-02-21: decide of by-row returned undefined/],
  ])("a strategy that %s fails the run there, sessions before it done", (_, wrong, message) => {
    const k = kernelOf((row) => (row === 20 ? wrong() : { weight: 0.5 }));
    expect(() => runThrough(k)).toThrow(message);
    expect(k.state.session).toBe(20);
    expect(k.state.curves.cash[19]).toBeLessThan(1_000_000);
  });

  it("one that throws when first asked, and would not again, fails all the same", () => {
    let calls = 0;
    const k = kernelOf((row) => {
      if (row === 20 && calls++ === 0) throw new Error("only once");
      return { weight: 0.5 };
    });
    expect(() => runThrough(k)).toThrow("decide fails: only once");
  });
});
