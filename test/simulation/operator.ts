/**
 * The person at the account. Before every session: opens again what is paused, the way the rules allow it,
 * with a fresh reconciliation and without force; takes over what the account holds where that is refused;
 * pauses and flattens where the scenario says so.
 */
import { formatDate } from "../../src/base/instant.ts";
import { takeUp } from "../../src/engine/trading/day.ts";
import type { Desk } from "../../src/engine/trading/desk.ts";
import {
  adoptAccount,
  flattenAccount,
  pauseAccount,
  resumeAccount,
} from "../../src/engine/trading/operator.ts";
import { DAY_MS } from "../../src/base/instant.ts";
import { at } from "../support/market-fixture.ts";
import { isPaused } from "./checkers/pause.ts";
import { entriesOn, type PersonsAct } from "./evidence.ts";
import { portsOf, SIGNED } from "./doors.ts";
import { type Ground, live, termsOf } from "./ground.ts";

/** Whether anything is to be done before this day that needs the account alone. */
export function personIsDue({ scenario, disk }: Ground, day: number): boolean {
  const { pauses, flattens, resumes } = scenario.person;
  return pauses === day || flattens === day || (resumes && isPaused(entriesOn(disk)));
}

export async function personActs(ground: Ground, day: number): Promise<void> {
  const { scenario, disk, market } = ground;
  const { person } = scenario;
  const { date } = market.sessions[day];
  const does = (act: PersonsAct, work: (desk: Desk) => Promise<unknown>) =>
    live(ground, { date, act, isSafe: day === scenario.days - 1 }, async (life) => {
      await work(await takeUp(portsOf(ground, life), termsOf(ground.market)));
      return `a person's ${act}`;
    });
  const adopt = (desk: Desk) => {
    const until = formatDate(at(date) - DAY_MS);
    return adoptAccount(desk, SIGNED, { packId: null, until, coming: date });
  };
  const resume = (desk: Desk) => resumeAccount(desk, SIGNED, { force: false });
  if (disk.rows.length === 0) {
    if (person.adopts && day > 0) await does("adopt", adopt);
    return;
  }
  if (person.resumes && isPaused(entriesOn(disk))) {
    const { kind } = await does("resume", resume);
    if (kind === "failed" && person.adopts) {
      await does("adopt", adopt);
      await does("resume", resume);
    }
  }
  if (person.pauses === day) await does("pause", (desk) => pauseAccount(desk, SIGNED));
  if (person.flattens === day) await does("flatten", (desk) => flattenAccount(desk, SIGNED));
}
