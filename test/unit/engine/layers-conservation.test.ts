/**
 * Belief, final and current (spec execution 1): a forecast is a hold only where all three are one;
 * everything else is a signal with one end, and the stage that took the wish away owns it.
 */
import { describe, expect, it } from "vitest";
import { checkConservation } from "../../../src/engine/audit.ts";
import type { TerminalState } from "../../../src/domain/refusal.ts";
import {
  type Layered,
  type LayeredSettings,
  sheetOn,
  soundLayers,
} from "../../support/layered-fixture.ts";
import { steady, weekdays, type Word } from "../../support/layered-market.ts";

const dates = weekdays(12);
const [d0, d1, d2, d3] = dates;

function alone(
  says: { readonly [date: string]: Word },
  over: LayeredSettings = {},
  price: number | ((n: number) => number) = 100,
): Layered {
  return soundLayers(
    {
      listings: { X: { bars: steady(dates, price) } },
      sleeves: { a: { instrument: "X", says } },
    },
    { initialEquity: 100_000, ...over },
  );
}

/** "date STATE share cutters" of a sleeve's signals; dates as numbers of the session. */
function endsOf(run: Layered, sleeve = "a"): readonly string[] {
  return run.signals
    .filter(({ strategy }) => strategy === sleeve)
    .map(({ on, end }) =>
      [run.dates.indexOf(on), end.state, Number(end.share.toFixed(6)), ...end.cut_by].join(" "),
    );
}

const { length: n } = dates;
const from = (session: number, words: string) =>
  Array.from({ length: n - session }, (_, k) => `${session + k} ${words}`);

describe("a forecast", () => {
  it("is a hold where belief, final and current are the same, flat included", () => {
    const run = alone({ [d2]: 0.5 });
    expect(endsOf(run)).toEqual(["2 EXECUTED 1"]);
    const { forecasts, holds, signals } = run.k.state.counters;
    expect({ forecasts, holds, signals }).toEqual({ forecasts: n, holds: n - 1, signals: 1 });
    expect(sheetOn(run, d3)["a"]).toMatchObject({
      beliefLots: 500,
      finalLots: 500,
      currentLots: 500,
    });
  });

  it("that the sleeve itself drops is EXECUTED, and flat is then a hold again", () => {
    expect(endsOf(alone({ [d0]: 0.5, [d3]: 0 }))).toEqual(["0 EXECUTED 1", "3 EXECUTED 1"]);
  });

  it("is no hold where belief and current agree and a stage wants less: that is a signal", () => {
    // Held 500 and believed 500, while the brake goes on halving it: cut by nobody's own wish.
    const run = alone(
      { [d0]: 0.5 },
      {
        layers: { overlay: { mode: "precomputed", run: "r", sha256: "0".repeat(64) } },
        precomputed: dates.map((date, s) => ({
          dateMs: Date.parse(date),
          regime: s < 4 ? "NORMAL" : "STRESS",
          scalar: s < 4 ? 1 : 0.6,
        })),
      },
    );
    // The scalar of session 4 is session 5's; before session 0 none is known, and that is the floor.
    expect(endsOf(run)).toEqual([
      "0 EXECUTED 0.5 overlay/unknown",
      "1 EXECUTED 1",
      "5 EXECUTED 1 overlay/stress",
      ...from(6, "REJECTED_BY_OVERLAY 0 overlay/stress"),
    ]);
    expect(sheetOn(run, dates[5])["a"]).toMatchObject({
      beliefLots: 500,
      finalLots: 300,
      currentLots: 500,
    });
  });

  it("is counted where the strategy is asked, and a null keeps the view it had", () => {
    const run = alone({ [d0]: 0.5, [d2]: null, [dates[5]]: 0.5 });
    expect(endsOf(run)).toEqual(["0 EXECUTED 1"]);
    expect(run.k.state.counters.forecasts).toBe(n);
    expect(run.k.state.lots[0]).toBe(500);
  });
});

describe("a delta that a stage cut", () => {
  it("in part ends EXECUTED with its share and the cutter; in whole, by the clamp's name", () => {
    const run = alone(
      { [d1]: 1 },
      { limits: { symbol: 0.4 }, layers: { clamps: { caps: { enabled: true } } } },
    );
    expect(endsOf(run)).toEqual([
      "1 EXECUTED 0.4 clamps/symbol",
      ...from(2, "REJECTED_BY_RISK_LIMIT 0 clamps/symbol"),
    ]);
    expect(run.k.state.lots[0]).toBe(400);
  });

  it("by the brake: the floor before anything is known", () => {
    const run = alone({ [d1]: 1 }, { layers: { overlay: { mode: "compute", profile: "L" } } });
    expect(endsOf(run)).toEqual([
      "1 EXECUTED 0.25 overlay/unknown",
      ...from(2, "REJECTED_BY_OVERLAY 0 overlay/unknown"),
    ]);
  });

  it("by several: all are named, and the last of them owns what nothing is left of", () => {
    const run = alone(
      { [d1]: 1 },
      {
        limits: { symbol: 0.2 },
        layers: {
          overlay: { mode: "compute", profile: "L" },
          clamps: { caps: { enabled: true } },
        },
      },
    );
    expect(endsOf(run)).toEqual([
      "1 EXECUTED 0.2 overlay/unknown clamps/symbol",
      ...from(2, "REJECTED_BY_RISK_LIMIT 0 overlay/unknown clamps/symbol"),
    ]);
  });

  it("by a HALT and by RAMPUP: in the breaker's name, while reductions pass", () => {
    // 1,000 lots lose 10 % in session 3: HALT for two sessions, RAMPUP for three.
    const breakers = {
      enabled: true,
      daily_loss: 0.05,
      halt: 0.2,
      panic: 0.3,
      halt_sessions: 2,
      rampup_sessions: 3,
    };
    const says = { [d1]: 1, [d3]: 0.5, [dates[4]]: 1 };
    const run = alone(says, { layers: { breakers } }, (s) => (s >= 3 ? 90 : 100));
    expect(endsOf(run)).toEqual([
      "1 EXECUTED 1",
      "3 EXECUTED 1",
      "4 REJECTED_BY_CIRCUIT_BREAKER 0 breakers/halt",
      "5 REJECTED_BY_CIRCUIT_BREAKER 0 breakers/rampup",
      "6 REJECTED_BY_CIRCUIT_BREAKER 0 breakers/rampup",
      "7 REJECTED_BY_CIRCUIT_BREAKER 0 breakers/rampup",
      "8 EXECUTED 1",
    ]);
  });
});

describe("what allocation gives no weight", () => {
  it("is believed to be nothing: a hold, with the reason beside it and the target unavailable", () => {
    const run = alone({ [d1]: 1 }, { layers: { risk_targeting: { enabled: true } } });
    expect(run.fills).toEqual([]);
    expect(run.k.state.counters.holds).toBe(n);
    const status = run.trace.layers.decisions.map(({ riskStatus }) => riskStatus);
    expect(status.slice(1)).toEqual(Array.from({ length: n - 1 }, () => "unavailable"));
    expect(run.layers.sheet.reasons).toEqual([
      "its instrument has fewer than the 63 daily returns that risk is measured on",
    ]);
  });
});

describe("a sleeve that policy keeps flat", () => {
  const market = {
    listings: { X: { bars: steady(dates, 100) } },
    sleeves: {
      kept: { instrument: "X", says: { [d0]: 0.5 } },
      free: { instrument: "X", says: { [d0]: 0, [d3]: 0.5 } },
    },
    references: { VIX: { index: true as const, values: { [d0]: 15, [d1]: 15 } } },
  };
  const policy = { enabled: true, map: { kept: "trend" as const }, exempt: ["free"] };

  it("shows as REJECTED_BY_POLICY at every decision, not as silence; its neighbour trades", () => {
    const run = soundLayers(market, { initialEquity: 100_000, layers: { policy } });
    const kept = run.signals.filter(({ strategy }) => strategy === "kept");
    expect(kept.map(({ on, end }) => [on, end.state])).toEqual(
      dates.map((date) => [date, "REJECTED_BY_POLICY"]),
    );
    for (const { end } of kept.slice(1)) expect(end.cut_by.join()).toMatch(/stress is unknown/);
    expect(endsOf(run, "free")).toEqual(["3 EXECUTED 1"]);
    expect(run.k.state.lots[0]).toBe(250);
  });
});

describe("the check", () => {
  it("finds a signal without an end, and one too many", () => {
    const run = alone({ [d1]: 0.5 });
    const stored = (executed: number) => new Map<TerminalState, number>([["EXECUTED", executed]]);
    expect(checkConservation(run.k, stored(1))).toBeNull();
    expect(checkConservation(run.k, stored(0))?.message).toMatch(/1 signals, .* 0 terminal/);
    expect(checkConservation(run.k, stored(2))?.message).toMatch(/1 signals, .* 2 terminal/);
  });
});
