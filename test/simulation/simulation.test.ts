/**
 * The trading day under everything at once: 500 seeds, each fault by itself with what must come of it, and a
 * kill at every moment of a day. A failure prints the seed, what was done to it and how to see it again;
 * ten thousand seeds and the kills of every market are in test/soak.
 */
import { describe, expect, it } from "vitest";
import type { BreakCode } from "../../src/domain/reconciliation.ts";
import { FAULT_KINDS, type FaultKind, type FaultRule, faultRule } from "../../src/venue/faults.ts";
import { violationsOf } from "./checkers/all.ts";
import { isPaused } from "./checkers/pause.ts";
import { ofKind } from "./evidence.ts";
import { failureLines, judgeSeed, scenarioOf } from "./judge-seed.ts";
import { FLAVOURS, marketOf } from "./market.ts";
import { runSeed } from "./run-seed.ts";
import { calm, type Scenario } from "./scenario.ts";

const SEEDS = 500;
const { openMs } = marketOf("direct").sessions[0];

describe("seeds", () => {
  it(`${SEEDS} of them break nothing`, async () => {
    const failures: string[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const judged = await judgeSeed(seed);
      if (judged.violations.length > 0) failures.push(...failureLines(judged));
    }
    expect(failures).toEqual([]);
  });

  it("are the same story each time", async () => {
    const stories = [[], []] as string[][];
    for (const story of stories) await judgeSeed(11, { tell: (line) => story.push(line) });
    expect(stories[0].length).toBeGreaterThan(100);
    expect(stories[1]).toEqual(stories[0]);
  });

  it("between them use every fault, every market, kills, a full disk, wrong clocks and a person", () => {
    const drawn = Array.from({ length: SEEDS }, (_, seed) => scenarioOf(seed));
    const kinds = new Set(drawn.flatMap(({ faults }) => faults.rules.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
    expect(new Set(drawn.map(({ flavour }) => flavour)).size).toBe(FLAVOURS.length);
    const uses: readonly ((scenario: Scenario) => boolean)[] = [
      ({ kills }) => kills.length > 1,
      ({ full }) => full.length > 0,
      ({ clock }) => clock.skewMs !== 0,
      ({ clock }) => clock.jumps.length > 0,
      ({ person }) => person.pauses !== null,
      ({ person }) => person.asksPause !== null,
      ({ person }) => person.flattens !== null,
      ({ person }) => !person.resumes,
      ({ daemon }) => daemon,
      ({ daemon }) => !daemon,
    ];
    for (const use of uses) expect(drawn.filter(use).length).toBeGreaterThan(10);
  });
});

/** What strikes in the first session, and what the account must have found of it when it ends. */
const STRIKES: {
  readonly [kind in FaultKind]: {
    readonly with?: Partial<FaultRule>;
    readonly breaks?: readonly BreakCode[];
    readonly incidents?: readonly string[];
  };
} = {
  lost_ack: { with: { call: "place" }, incidents: ["order_unknown"] },
  error_before: { with: { call: "place" }, incidents: ["order_unknown"] },
  error_after: { with: { call: "place" }, incidents: ["order_unknown"] },
  timeout: { with: { call: "place", durationMs: 30_000 }, incidents: ["order_unknown"] },
  rate_limit: { with: { call: "place" }, incidents: ["order_unknown"] },
  replace_rejected: {},
  stream_drop: { incidents: ["stream_lost"] },
  stream_stall: { with: { durationMs: 3_600_000, fromMs: openMs }, breaks: ["MISSED_FILL"] },
  duplicate_event: {},
  late_event: { with: { durationMs: 1000 } },
  out_of_order: {},
  missed_fill: { breaks: ["MISSED_FILL"] },
  partial_fill: { with: { share: 0.5 } },
  stuck_order: { breaks: ["STUCK_ORDER"] },
  late_position: { with: { durationMs: 10_000 } },
  duplicate_fill: { breaks: ["DUPLICATE_FILL"] },
  price_bust: { with: { price: "50" }, breaks: ["CASH", "AVERAGE_PRICE"] },
  clock_skew: { with: { durationMs: 90_000 }, incidents: ["clock_skew"] },
  halt: { with: { symbol: "AAA", durationMs: 1_800_000 } },
  cash_adjusted: { with: { amountMinor: -777 }, breaks: ["CASH"] },
  unasked_fill: {
    with: { symbol: "AAA", qty: "7", price: "90", fromMs: openMs },
    breaks: ["QUANTITY", "MISSED_FILL", "CASH"],
  },
  phantom_order: {
    with: { symbol: "AAA", qty: "-7", price: "900", fromMs: openMs },
    breaks: ["PHANTOM_ORDER"],
  },
  position_changed: { with: { symbol: "BBB", qty: "3", fromMs: openMs }, breaks: ["QUANTITY"] },
};

describe("one fault by itself", () => {
  it.each(Object.entries(STRIKES))("%s", async (kind, { with: over, breaks, incidents }) => {
    const rule = faultRule(kind as FaultKind, { fromMs: openMs - 1_800_000, ...over });
    const scenario = { ...calm(3, "direct", 3), faults: { seed: 3, rules: [rule] } };
    const person = { ...scenario.person, resumes: false };
    const { evidence } = await runSeed({ ...scenario, person }, { replaysAll: true });
    const { entries } = evidence;
    expect(violationsOf(evidence)).toEqual([]);
    const found = ofKind(entries, "reconciled").flatMap((one) => one.breaks);
    expect([...new Set(found.map(({ code }) => code))].sort()).toEqual([...(breaks ?? [])].sort());
    expect(isPaused(entries)).toBe(breaks !== undefined);
    const told = ofKind(entries, "incident").map(({ code }) => code);
    expect(told).toEqual(expect.arrayContaining([...(incidents ?? [])]));
  });
});

describe("a full disk", () => {
  it("at every write of a day, and for the next two", async () => {
    const quiet = calm(5, "direct", 2);
    const { evidence: calmly } = await runSeed(quiet);
    const failures: string[] = [];
    let stopped = 0;
    // Half of them are of the first of the two days.
    for (let from = 0; from < calmly.disk.writes / 2; from++) {
      const { evidence } = await runSeed({ ...quiet, full: [[from, from + 3]] });
      stopped += evidence.lives.filter(({ end }) => end.kind === "failed").length;
      const found = violationsOf(evidence).map(({ checker, message }) => `${checker}: ${message}`);
      if (found.length > 0) failures.push(`no room at ${from}`, ...found);
    }
    expect(failures).toEqual([]);
    expect(stopped).toBeGreaterThan(calmly.disk.writes / 2);
  });
});

describe("a kill", () => {
  it("at every moment of a day, and at every one of the start after it", async () => {
    const quiet = calm(5, "direct", 2);
    const { moments } = await runSeed(quiet);
    const failures: string[] = [];
    for (let at = 1; at <= moments[0]; at++) {
      const { evidence } = await runSeed({ ...quiet, kills: [at, 1 + (at % 25)] });
      const found = violationsOf(evidence).map(({ checker, message }) => `${checker}: ${message}`);
      if (found.length > 0) failures.push(`killed at ${at}`, ...found);
    }
    expect(failures).toEqual([]);
    expect(moments[0]).toBeGreaterThan(60);
  });
});
