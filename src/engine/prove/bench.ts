/**
 * What a proof works with: the mandate with some values changed, prepared to run on a window, and
 * what came of it. Enters: a door that resolves changes by the whole machinery of the mandate;
 * leaves: outcomes, each made once, or the sentence that refused the change. A change that breaks an
 * invariant of ours is no refusal: it is told apart and ends in a finding.
 */
import { InvariantError } from "../../base/assert.ts";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { Prepared } from "../prepare.ts";
import type { Candidate, Change, Prepare } from "./candidate.ts";
import { type Observed, observe } from "./observe.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { withIdsOf } from "./same-ids.ts";

export type Ran = { readonly candidate: Candidate; readonly outcome: Outcome };

export type Tried =
  | { readonly kind: "ran"; readonly ran: Ran }
  /** By a check of the mandate, the data or the strategies. */
  | { readonly kind: "refused"; readonly message: string }
  /** Our own mistake: a value that was let in and could not be run. */
  | { readonly kind: "broke"; readonly message: string };

export type Bench = {
  readonly baseline: Ran;
  readonly observed: Observed;
  readonly run: (changes: readonly Change[]) => Promise<Tried>;
};

/** Throws what refuses or breaks the mandate as it is. */
export async function openBench(prepare: Prepare): Promise<Bench> {
  const candidate = await prepare([]);
  const { outcome, observed } = observe(candidate);
  const baseline = { candidate, outcome };
  const known = new Map<string, Tried>([["[]", { kind: "ran", ran: baseline }]]);
  return {
    baseline,
    observed,
    run: async (changes) => {
      const name = canonicalJson(changes as unknown as Json);
      const earlier = known.get(name);
      if (earlier !== undefined) return earlier;
      const tried = await attempt(prepare, changes, candidate.prepared);
      known.set(name, tried);
      return tried;
    },
  };
}

async function attempt(
  prepare: Prepare,
  changes: readonly Change[],
  baseline: Prepared,
): Promise<Tried> {
  try {
    const candidate = await prepare(changes);
    // A variant's id is a hash of its parameters: as an order of precedence it would move things by chance.
    const prepared = withIdsOf(candidate.prepared, baseline);
    const ran = { ...candidate, prepared };
    return { kind: "ran", ran: { candidate: ran, outcome: outcomeOf(ran) } };
  } catch (error) {
    if (error instanceof Fault) return { kind: "refused", message: sentence(error) };
    if (error instanceof InvariantError) return { kind: "broke", message: error.message };
    throw error;
  }
}

function sentence({ message, details }: Fault): string {
  return details.length === 0 ? message : `${message}: ${details[0]}`;
}
