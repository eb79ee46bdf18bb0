/**
 * The person: pauses before a session where the scenario says so, and before every session tries to
 * resume what is paused, the way the rules allow it: with a fresh reconciliation and without force.
 */
import { takeUp } from "../../src/engine/trading/day.ts";
import { pauseAccount, resumeAccount } from "../../src/engine/trading/operator.ts";
import { isPaused } from "./checkers/pause.ts";
import { entriesOn } from "./evidence.ts";
import type { Life } from "./life.ts";
import { type Ground, live, portsOf, termsOf } from "./run-seed.ts";

const SIGNED = { operator: "simulated", reason: "the scenario says so" };

export async function operatorActs(ground: Ground, day: number): Promise<void> {
  const { scenario, disk } = ground;
  if (disk.rows.length === 0) return;
  const at = ground.market.sessions[day].date;
  if (scenario.pausesBefore === day) {
    await live(ground, at, true, (life) => pause(ground, life));
    return;
  }
  if (!isPaused(entriesOn(disk))) return;
  await live(ground, at, true, (life) => resume(ground, life));
}

async function pause(ground: Ground, life: Life): Promise<string> {
  const desk = await takeUp(portsOf(ground, life), termsOf(ground.market));
  await pauseAccount(desk, SIGNED);
  return "paused by a person";
}

async function resume(ground: Ground, life: Life): Promise<string> {
  const desk = await takeUp(portsOf(ground, life), termsOf(ground.market));
  await resumeAccount(desk, SIGNED, { force: false });
  return "resumed by a person";
}
