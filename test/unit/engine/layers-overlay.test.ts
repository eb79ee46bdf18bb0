/**
 * The brake in a run (spec portfolio 5): computed every day on the book as it would stand without
 * it, applied with yesterday's scalar at whatever rhythm decides, and the same from a named run.
 */
import { describe, expect, it } from "vitest";
import { nextUint32, prngOf } from "../../../src/base/prng.ts";
import { stageRecords } from "../../../src/engine/stage-tally.ts";
import type { PrecomputedDay } from "../../../src/portfolio/overlay/precomputed.ts";
import {
  layerNumbers,
  type Layered,
  type LayeredSettings,
  sheetOn,
  soundLayers,
} from "../../support/layered-fixture.ts";
import { type LayeredMarket, weekdays } from "../../support/layered-market.ts";
import { at } from "../../support/market-fixture.ts";

const dates = weekdays(130);

/** Two instruments, quiet for 90 sessions; then they fall together, and recover. */
function troubled(without: readonly string[] = []): LayeredMarket {
  const prng = prngOf(7);
  const draw = () => nextUint32(prng) / 2 ** 31 - 1;
  const prices = { A: 100, B: 50 };
  const bars: { [id: string]: { [date: string]: readonly [number, number, number, number] } } = {
    A: {},
    B: {},
  };
  for (const [s, date] of dates.entries()) {
    const common = s >= 93 && s < 103 ? -0.025 : 0.0005;
    for (const id of ["A", "B"] as const) {
      prices[id] = Math.round(prices[id] * (1 + common + 0.004 * draw()) * 100) / 100;
      const p = prices[id];
      if (!without.includes(date)) bars[id][date] = [p, p, p, p];
    }
  }
  return {
    listings: { A: { bars: bars["A"] }, B: { bars: bars["B"] } },
    sleeves: {
      a: { instrument: "A", says: { [dates[0]]: 1 } },
      b: { instrument: "B", says: { [dates[0]]: 1, [dates[60]]: 0.5, [dates[100]]: 0.8 } },
    },
  };
}

type Overlay = NonNullable<NonNullable<LayeredSettings["layers"]>["overlay"]>;

function braked(overlay: Overlay, over: LayeredSettings = {}): Layered {
  return soundLayers(troubled(), {
    initialEquity: 1_000_000,
    schedule: { decide: "friday" },
    ...over,
    layers: { overlay },
  });
}

const compute = { mode: "compute", profile: "M" } as const;
const precomputed = {
  mode: "precomputed",
  profile: "M",
  run: "r",
  sha256: "0".repeat(64),
} as const;

/** What a run leaves of its brake for another one. */
function daysOf(run: Layered): readonly PrecomputedDay[] {
  return run.dates.map((date, s) => {
    const day = run.layers.daily.brake[s];
    return {
      dateMs: at(date),
      regime: day?.regime ?? "UNKNOWN",
      scalar: day?.scalar ?? Number.NaN,
    };
  });
}

const countsOf = (run: Layered) =>
  stageRecords(run.k.state.tally, run.k.plan.wiring).find(({ name }) => name === "overlay");
const decidedOn = (run: Layered) =>
  run.trace.layers.decisions.map(({ session }) => run.dates[session]);

/** Net asset value and everything that was traded, bit for bit. */
const tradesOf = (run: Layered) => [run.nav, run.fills];

describe("the rhythm", () => {
  it("decides on Fridays, and on Thursday where there is no Friday", () => {
    const holiday = "2021-04-02";
    const run = soundLayers(troubled([holiday]), {
      initialEquity: 1_000_000,
      schedule: { decide: "friday" },
      layers: { overlay: compute },
    });
    const fridays = dates.filter((date) => new Date(at(date)).getUTCDay() === 5);
    expect(fridays).toContain(holiday);
    expect(decidedOn(run)).toEqual(fridays.map((date) => (date === holiday ? "2021-04-01" : date)));
    expect(run.trace.layers.decisions.every(({ offCycle }) => !offCycle)).toBe(true);
  });
});

describe("the scalar of a decision", () => {
  const run = braked(compute);
  const { decisions } = run.trace.layers;

  it("is yesterday's, on every decision", () => {
    const { brake } = run.layers.daily;
    expect(decisions.map(({ scalar }) => scalar)).toEqual(
      decisions.map(({ session }) => brake[session - 1]?.scalar),
    );
    // The test would not see the lag if today's were always the same.
    expect(
      decisions.some(({ session }) => brake[session]?.scalar !== brake[session - 1]?.scalar),
    ).toBe(true);
  });

  it("is what every sleeve is multiplied by, to 1e-12", () => {
    for (const { session, scalar } of decisions) {
      for (const row of Object.values(sheetOn(run, run.dates[session]))) {
        expect(Math.abs(row.braked - row.targeted * scalar)).toBeLessThanOrEqual(1e-12);
      }
    }
  });

  it("is applied at every decision, and bound exactly where it is below one", () => {
    const below = decisions.filter(({ scalar }) => scalar < 1).map(({ session }) => session);
    expect(countsOf(run)).toMatchObject({
      reached: decisions.length,
      applied: decisions.length,
      warm_up: 0,
      bound: below.length,
    });
    expect(run.layers.boundSessions).toEqual(below);
  });

  it("reaches the worst regime when the market falls", () => {
    const seen = new Set(run.layers.daily.brake.map((day) => day?.regime));
    expect(seen).toEqual(new Set(["UNKNOWN", "NORMAL", "ELEVATED", "STRESS", "CRISIS"]));
  });
});

describe("a declared warm-up", () => {
  it("is counted apart and not braked: applied + warm-up = decisions", () => {
    const run = braked({ ...compute, during_warm_up: "none" });
    const { decisions } = run.trace.layers;
    const spared = decisions.filter(({ warmUp }) => warmUp);
    expect(spared.length).toBeGreaterThan(5);
    expect(countsOf(run)).toMatchObject({
      applied: decisions.length - spared.length,
      warm_up: spared.length,
    });
    for (const { session } of spared) {
      const { a } = sheetOn(run, run.dates[session]);
      expect(a.braked).toBe(a.targeted);
    }
    // Without it the unknown is the floor.
    const floored = braked(compute).trace.layers.decisions.slice(0, spared.length);
    expect(floored.map(({ scalar }) => scalar)).toEqual(spared.map(() => 0.35));
  });
});

describe("the brake and what it brakes", () => {
  it("does not feed on itself: its days are the same off and on", () => {
    const off = braked({ mode: "off", profile: "M" });
    expect(off.layers.daily.brake).toEqual(braked(compute).layers.daily.brake);
    expect(off.nav).not.toEqual(braked(compute).nav);
  });

  it("never adds: with it every position is at most what it was without", () => {
    const [off, on] = [braked({ mode: "off", profile: "M" }), braked(compute)];
    for (const { session } of on.trace.layers.decisions) {
      const [before, after] = [off, on].map((run) => sheetOn(run, run.dates[session]));
      for (const name of ["a", "b"]) {
        expect(Math.abs(after[name].clamped)).toBeLessThanOrEqual(Math.abs(before[name].clamped));
      }
    }
  });
});

describe("an upgrade between two decisions", () => {
  it("trades off-cycle the session after STRESS or CRISIS is entered, if the mandate says so", () => {
    const run = braked({ ...compute, trade_on_upgrade: true });
    const { brake } = run.layers.daily;
    const entered = run.dates.filter((_, s) => s > 0 && (brake[s - 1]?.entered ?? null) !== null);
    const isFriday = (date: string) => new Date(at(date)).getUTCDay() === 5;
    const off = run.trace.layers.decisions.filter(({ offCycle }) => offCycle);
    expect(off.map(({ session }) => run.dates[session])).toEqual(
      entered.filter((date) => !isFriday(date)),
    );
    expect(off.length).toBeGreaterThan(0);
    // And it reduces: the scalar has fallen.
    const { decisions } = run.trace.layers;
    const n = decisions.indexOf(off[0]);
    expect(decisions[n].scalar).toBeLessThan(decisions[n - 1].scalar);
    expect(run.fills.some(({ on, lots }) => on === run.dates[off[0].session + 1] && lots < 0)).toBe(
      true,
    );
  });

  it("waits for the next decision if it does not", () => {
    expect(braked(compute).trace.layers.decisions.every(({ offCycle }) => !offCycle)).toBe(true);
  });
});

describe("a precomputed brake", () => {
  it.each([
    ["on its rhythm", compute, precomputed],
    ["with a spared warm-up", { ...compute, during_warm_up: "none" as const }, precomputed],
    [
      "off-cycle too",
      { ...compute, trade_on_upgrade: true },
      { ...precomputed, trade_on_upgrade: true },
    ],
    [
      "off-cycle, with a spared warm-up",
      { ...compute, trade_on_upgrade: true, during_warm_up: "none" as const },
      { ...precomputed, trade_on_upgrade: true },
    ],
  ] as const)(
    "gives the weights and trades of the run it is from, bit for bit: %s",
    (_, own, named) => {
      const computed = braked(own);
      const again = braked(named, { precomputed: daysOf(computed) });
      const { columns } = again.trace.layers;
      expect(decidedOn(again)).toEqual(decidedOn(computed));
      for (const name of ["braked", "clamped", "finalLots"] as const) {
        expect([...columns[name].values()]).toEqual([
          ...computed.trace.layers.columns[name].values(),
        ]);
      }
      expect(tradesOf(again)).toEqual(tradesOf(computed));
    },
  );

  it("says the regime of the run it is from, not its own", () => {
    const days = daysOf(braked(compute)).map((day) => ({ ...day, regime: "STRESS" as const }));
    const run = braked(precomputed, { precomputed: days });
    const { decisions } = run.trace.layers;
    expect(new Set(decisions.map(({ brakeRegime }) => brakeRegime))).toEqual(new Set(["STRESS"]));
  });

  it("is the floor on a day that the named run does not have, and says UNKNOWN", () => {
    const computed = braked(compute);
    const friday = "2021-05-14";
    const days = daysOf(computed).filter(({ dateMs }) => dateMs !== at("2021-05-13"));
    const run = braked(precomputed, { precomputed: days });
    const on = (of: Layered) =>
      of.trace.layers.decisions.find(({ session }) => of.dates[session] === friday);
    expect(on(computed)?.scalar).toBeGreaterThan(0.9);
    expect(on(run)).toMatchObject({ scalar: 0.35, brakeRegime: "UNKNOWN" });
    expect(sheetOn(run, friday)["a"].braked).toBe(sheetOn(run, friday)["a"].targeted * 0.35);
  });

  it("that knows nothing at all is the floor at every decision", () => {
    const run = braked(precomputed, { precomputed: [] });
    expect(run.trace.layers.decisions.map(({ scalar }) => scalar)).toEqual(
      run.trace.layers.decisions.map(() => 0.35),
    );
  });
});

describe("two runs of one market", () => {
  it("are the same bit for bit", () => {
    expect(layerNumbers(braked(compute).k)).toEqual(layerNumbers(braked(compute).k));
  });
});
