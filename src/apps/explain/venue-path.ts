/**
 * What passed between a trading account and its venue about one order: sent, answered, looked up,
 * refused, taken back, ended; and the venue's own executions. Enters: the account's entries, in
 * order; leaves: plain data. Quantities and prices are the venue's own decimal text.
 */
import type { AccountEntry } from "../../domain/trading-entry.ts";
import { type Standing, standingAt } from "./standing.ts";
import { type Told, told } from "./told.ts";

const FACTS = [
  "order_acknowledged",
  "order_unknown",
  "order_refused",
  "cancel_requested",
  "order_withdrawn",
  "venue_order_ended",
] as const;
export type OrderFact = Told<(typeof FACTS)[number]>;

export type VenuePath = {
  /** The broker's name. */
  readonly venue: string;
  /** Null: the venue never gave it one. */
  readonly venue_order_id: string | null;
  readonly facts: readonly OrderFact[];
  /** About the order itself; those about an execution stand there. */
  readonly incidents: readonly Told<"incident">[];
  /** Why trading was closed when it was withdrawn; null: it was not withdrawn, or trading was open. */
  readonly closed: Standing | null;
};

export type ExecutionPath = Omit<Told<"venue_fill">, "kind" | "order_id" | "instrument"> & {
  /** Fees that the venue posted in its name, signed as they moved cash. */
  readonly fees: readonly Told<"venue_cash">[];
  readonly incidents: readonly Told<"incident">[];
};

/** What passed about the order of this id. */
export function venuePath(entries: readonly AccountEntry[], id: string, venue: string): VenuePath {
  const facts = entries.flatMap((entry) => factOf(entry, id));
  const withdrawn = facts.find(({ kind }) => kind === "order_withdrawn");
  return {
    venue,
    venue_order_id: facts.reduce<string | null>(
      (known, fact) => ("venue_order_id" in fact ? fact.venue_order_id : known),
      null,
    ),
    facts,
    incidents: told(entries, "incident").filter(({ subject }) => subject === id),
    closed: withdrawn === undefined ? null : closedAt(entries, withdrawn.seq),
  };
}

/** Its executions, in the order in which they were booked. */
export function executionsOf(
  entries: readonly AccountEntry[],
  id: string,
): readonly ExecutionPath[] {
  return told(entries, "venue_fill").flatMap((fill) => {
    const { kind: _, order_id: order, instrument: __, ...execution } = fill;
    if (order !== id) return [];
    const { execution_id: name } = execution;
    return [
      {
        ...execution,
        // A venue names the execution in the words of its fee; one that does not stands with the day.
        fees: told(entries, "venue_cash").filter(
          ({ cause, description }) => cause === "fee" && description.includes(name),
        ),
        incidents: told(entries, "incident").filter(({ subject }) => subject === name),
      },
    ];
  });
}

function factOf({ seq, at, payload }: AccountEntry, id: string): readonly OrderFact[] {
  for (const kind of FACTS) {
    if (payload.kind === kind && payload.order_id === id) return [{ seq, at, ...payload }];
  }
  return [];
}

function closedAt(entries: readonly AccountEntry[], seq: number): Standing | null {
  const standing = standingAt(entries, seq);
  return standing.pause === null && standing.reconciliation?.result === "PASS" ? null : standing;
}
