/**
 * The state an account begins with knows of the market what a plain walk of its history knows, and holds what the
 * venue says and nothing else. Where nothing was traded before, it is that walk's own state.
 */
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import { UNKNOWN_SAFETY } from "../../../src/execution/gates/pause.ts";
import { createKernel, runSessions, walkToClose } from "../../../src/engine/kernel.ts";
import type { Prepared } from "../../../src/engine/prepare.ts";
import { nullRecorder } from "../../../src/engine/recorder.ts";
import { encodeState, stateOn } from "../../../src/engine/trading/snapshot.ts";
import { stateDifference } from "../../../src/engine/trading/state-difference.ts";
import { openingState } from "../../../src/engine/trading/warm-up.ts";
import { planSettings, sleeveUses } from "../../support/layered-fixture.ts";
import { type LayeredMarket, packOf } from "../../support/layered-market.ts";
import { randomLayers } from "../../support/layered-random.ts";
import { type Ground, groundUntil, timesOf } from "../../support/grown-walk.ts";

/** A random market on which every sleeve believes in nothing, so that nothing is ever traded. */
function silent(seed: number): { readonly ground: Ground; readonly equityMinor: number } {
  const { market, settings } = randomLayers(seed);
  const sleeves = Object.entries(market.sleeves).map(([name, { instrument }]) => [
    name,
    { instrument, says: {} },
  ]);
  const quiet: LayeredMarket = { ...market, sleeves: Object.fromEntries(sleeves) };
  const walked = { pack: packOf(quiet), uses: sleeveUses(quiet), settings: planSettings(settings) };
  const times = timesOf(walked);
  const last = times[times.length - 1];
  const ground = groundUntil(walked, last, last + DAY_MS);
  return { ground, equityMinor: ground.plan.initialEquityMinor };
}

const prepared = ({ world, plan }: Ground) => ({ world, planned: { plan } }) as unknown as Prepared;

/** The state of a kernel that walked the history to its newest close and was to decide there. */
function walkedState({ world, plan }: Ground): string {
  const newest = world.sessionsMs.length - 2;
  const k = createKernel(world, plan, nullRecorder);
  k.state.safety = {
    ...UNKNOWN_SAFETY,
    reconciliation: { result: "PASS", phase: "start", at: "x", waived: false },
  };
  runSessions(k, 0, newest);
  const due = walkToClose(k, newest);
  // What is counted for a report begins anew with the account, and its breaker has seen no day of it yet.
  Object.assign(k.state.counters, stateOn(world, plan).counters);
  if (k.state.layers !== null) k.state.layers.breaker.day = 0;
  const { navMinor } = k.state;
  const rest = { orders: new Map(), due, closeNavMinor: navMinor, previousNavMinor: null };
  return encodeState({ kernel: k.state, ...rest }, world, plan);
}

describe("the state an account begins with", () => {
  it("is a plain walk's where nothing was traded", () => {
    const differences: string[] = [];
    for (let seed = 0; seed < 25; seed++) {
      const { ground, equityMinor } = silent(seed);
      const opening = openingState(prepared(ground), { cashMinor: equityMinor, positions: [] });
      const difference = stateDifference(walkedState(ground), opening);
      if (difference !== null) differences.push(`${seed}: ${difference}`);
    }
    expect(differences).toEqual([]);
  });

  it("holds what the venue holds, at the newest price", () => {
    const { ground } = silent(0);
    const [id] = ground.world.indexOf.keys();
    const flat = openingState(prepared(ground), { cashMinor: 500, positions: [] });
    const held = openingState(prepared(ground), {
      cashMinor: 500,
      positions: [{ instrument: id, lots: 3 }],
    });
    expect(stateDifference(flat, held)).toMatch(/Minor was 500, is \d+$/);
  });
});
