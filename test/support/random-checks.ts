/**
 * Random runs by seed, each checked by the run's own audit, by the journal's books, and against
 * the run that nobody listened to. Says which seed failed and why, and what the seeds have met, so
 * that a generator that has gone tame shows.
 */
import { numbersOf, type Outcome, runMarket } from "./market-fixture.ts";
import { randomRun } from "./random-market.ts";
import { checkRun } from "./run-checks.ts";

export type SeedReport = {
  readonly findings: readonly string[];
  readonly met: ReadonlySet<string>;
};

/** Stops at the tenth seed that fails. */
export function checkSeeds(from: number, to: number): SeedReport {
  const findings: string[] = [];
  const met = new Set<string>();
  for (let seed = from; seed < to && findings.length < 10; seed++) {
    const finding = checkSeed(seed, met);
    if (finding !== null) findings.push(`seed ${seed}: ${finding}`);
  }
  return { findings, met };
}

function checkSeed(seed: number, met: Set<string>): string | null {
  const { market, settings } = randomRun(seed);
  let run: Outcome;
  try {
    run = runMarket(market, settings);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  meet(run, met);
  if (run.breach !== null) return `invariant ${run.breach.invariant}: ${run.breach.message}`;
  const [heard, silent] = [numbersOf(run.k), numbersOf(run.silent)];
  if (heard.some((column, n) => column !== silent[n])) return "the null recorder's run differs";
  const { k, entries, nav, cash } = run;
  const [first] = checkRun({ world: k.world, entries, nav, cash, shorts: k.plan.limits.shorts });
  return first ?? conservation(run);
}

/** Counted where the strategy is called and where the trace is written, not by the kernel's sums. */
function conservation({ k, trace, terminals }: Outcome): string | null {
  const signals = [...trace.forecasts.signal.values()].filter((ordinal) => ordinal >= 0).length;
  const forecasts = trace.forecasts.signal.length;
  const { counters } = k.state;
  if (forecasts !== counters.forecasts) return `${forecasts} traced of ${counters.forecasts}`;
  if (signals !== terminals.length) return `${signals} signals, ${terminals.length} terminals`;
  return forecasts - signals === counters.holds ? null : `${counters.holds} holds`;
}

function meet({ k, entries, terminals }: Outcome, met: Set<string>): void {
  const types = new Map<string, string>();
  for (const state of terminals) met.add(`terminal ${state}`);
  if (k.state.ruinedAt !== null) met.add("ruined");
  for (const { payload } of entries) {
    if (payload.kind === "order") types.set(payload.order_id, payload.type);
    if (payload.kind === "order" && payload.leg === 1) met.add("second leg");
    if (payload.kind === "order_ended") met.add(`order_ended ${payload.end}`);
    if (payload.kind === "accrual") met.add(`accrual ${payload.accrual}`);
    if (payload.kind === "fill") met.add(`fill ${types.get(payload.order_id)}`);
    if (payload.kind === "split" || payload.kind === "dividend") met.add(payload.kind);
    if (payload.kind === "dividend_paid") met.add(payload.kind);
  }
}
