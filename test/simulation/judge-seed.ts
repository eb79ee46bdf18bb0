/** One seed judged: what it broke, and the words in which a person hears of it. */
import { type Violation, violationsOf } from "./checkers/all.ts";
import type { Evidence } from "./evidence.ts";
import { marketOf } from "./market.ts";
import { runSeed, type SeedOptions } from "./run-seed.ts";
import { drawScenario, type Scenario } from "./scenario.ts";

export type Judged = {
  readonly scenario: Scenario;
  readonly evidence: Evidence | null;
  readonly violations: readonly Violation[];
};

export function scenarioOf(seed: number): Scenario {
  return drawScenario(seed, marketOf("direct").sessions[0].openMs);
}

/** Never throws: whatever the harness cannot finish is a violation of its own. */
export async function judgeSeed(seed: number, options: SeedOptions = {}): Promise<Judged> {
  const scenario = scenarioOf(seed);
  try {
    const { evidence } = await runSeed(scenario, options);
    return { scenario, evidence, violations: violationsOf(evidence) };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { scenario, evidence: null, violations: [{ checker: "harness", message }] };
  }
}

/** Seed, what was done to it, where it was killed, what came of it, and how to see it again. */
export function failureLines({ scenario, evidence, violations }: Judged): readonly string[] {
  const { seed, flavour, days, faults, kills, full, clock, person } = scenario;
  const lives = evidence?.lives ?? [];
  const deaths = lives.flatMap(({ number, end }) =>
    end.kind === "killed" ? [`life ${number} ${end.name} (moment ${end.at})`] : [],
  );
  const failures = lives.flatMap(({ number, end }) =>
    end.kind === "failed" ? [`life ${number}: ${end.error.message}`] : [],
  );
  return [
    `seed ${seed}: ${violations.length} violations, market ${flavour}, ${days} days`,
    ...violations.slice(0, MOST_SHOWN).map(({ checker, message }) => `  ${checker}: ${message}`),
    `  faults: ${faults.rules.length === 0 ? "none" : faults.rules.map(words).join("; ")}`,
    `  killed: ${deaths.length === 0 ? `never (asked at ${kills.join(", ")})` : deaths.join("; ")}`,
    ...failures.slice(0, MOST_SHOWN).map((failure) => `  failed: ${failure}`),
    ...(full.length === 0 ? [] : [`  disk full at writes ${JSON.stringify(full)}`]),
    ...(clock.skewMs === 0 && clock.jumps.length === 0
      ? []
      : [`  clock: ${clock.skewMs} ms off, jumps ${JSON.stringify(clock.jumps)}`]),
    `  a person, by day: ${JSON.stringify(person)}`,
    `  again: ${REPLAY} --seed ${seed} --trace`,
  ];
}

/** A day that goes wrong goes wrong in many places. */
const MOST_SHOWN = 6;

export const REPLAY = "npm run simulate --";

/** What it says beside its kind, without what it leaves open. */
function words(rule: Scenario["faults"]["rules"][number]): string {
  const said = Object.entries(rule).filter(([key, value]) => key !== "kind" && value !== null);
  return `${rule.kind} ${said.map(([key, value]) => `${key}=${value}`).join(" ")}`;
}
