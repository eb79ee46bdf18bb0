/**
 * The checkers over whole days with a bug planted in one of the doors: each is named by the checker that is
 * there for it, and the same day without it passes them all.
 */
import { describe, expect, it } from "vitest";
import { faultRule } from "../../src/venue/faults.ts";
import { violationsOf } from "./checkers/all.ts";
import { marketOf } from "./market.ts";
import {
  blindRetry,
  bookedOnSubmit,
  lateDisk,
  pauseInMemory,
  runInTheId,
  selfComparison,
} from "./planted.ts";
import type { Plant } from "./ground.ts";
import { runSeed } from "./run-seed.ts";
import { calm, type Scenario } from "./scenario.ts";

const quiet = calm(1, "direct", 3);

/** The moment, in the first life of a calm day, that is called so. */
async function momentOf(name: RegExp): Promise<number> {
  const told: string[] = [];
  await runSeed(quiet, { tell: (line) => told.push(line) });
  const line = told.find((each) => name.test(each));
  if (line === undefined) throw new Error(`no moment is called ${name}`);
  return Number(line.split(" ", 1)[0]);
}

async function broken(scenario: Scenario, plant: Plant): Promise<readonly string[]> {
  const sound = await runSeed(scenario, { replaysAll: true });
  expect(violationsOf(sound.evidence)).toEqual([]);
  const { evidence } = await runSeed(scenario, { plant });
  return violationsOf(evidence).map(({ checker, message }) => `${checker}: ${message}`);
}

const naming = (text: RegExp) => expect.arrayContaining([expect.stringMatching(text)]);

describe("a planted bug is found:", () => {
  it("an order sent again without a look", async () => {
    const rules = [faultRule("lost_ack", { call: "place" })];
    const found = await broken({ ...quiet, faults: { seed: 1, rules } }, blindRetry);
    expect(found).toEqual(naming(/^noBlindRetry: life 1 sent order .* place had answered unknown/));
  });

  it("a reconciliation that compares our books with themselves", async () => {
    const { openMs: fromMs } = marketOf("direct").sessions[0];
    const rules = [faultRule("unasked_fill", { symbol: "AAA", qty: "7", price: "90", fromMs })];
    const scenario = { ...quiet, faults: { seed: 1, rules } };
    const found = await broken(scenario, selfComparison);
    expect(found).toEqual(naming(/^ledgerIsVenueOrPaused: AAA: we hold .*and trading is open/));
  });

  it("a pause that a restart forgets", async () => {
    const person = { ...quiet.person, pauses: 1, resumes: false };
    const found = await broken({ ...quiet, person }, pauseInMemory);
    expect(found).toEqual(naming(/^nothingSentWhilePaused: .* while trading was paused/));
  });

  it("a position booked when its order was submitted", async () => {
    const rules = [faultRule("partial_fill", { share: 0.5 })];
    const found = await broken({ ...quiet, faults: { seed: 1, rules } }, bookedOnSubmit);
    expect(found).toEqual(naming(/^ledgerIsVenueOrPaused: entry \d+ finds the break/));
  });

  it("an order whose id depends on the run that sends it", async () => {
    const kills = [await momentOf(/ after sending /)];
    const found = await broken({ ...quiet, kills }, runInTheId);
    expect(found).toEqual(naming(/^noOrderDoubled: .* an order that the journal does not know/));
  });

  it("a disk that says durable too early", async () => {
    const found = await broken(quiet, lateDisk);
    expect(found).toEqual(naming(/^persistedBeforeSent: life 1 sent order/));
  });
});
