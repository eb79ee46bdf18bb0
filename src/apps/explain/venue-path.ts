/**
 * What passed between a trading account and its venue about one order: sent, answered, looked up,
 * refused, taken back, ended; and of each fill the venue's own execution. Enters: the account's
 * entries, in order, and an order as the pipeline journalled it; leaves: the order with both.
 * Quantities and prices are the venue's own decimal text. A fill that no execution stands before is
 * our own mistake (invariant 11).
 */
import { invariant } from "../../base/assert.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { FillPath, OrderPath } from "./order-path.ts";
import { type Standing, standingAt } from "./standing.ts";

/** One entry of a kind, laid flat. */
export type Told<K extends AccountPayload["kind"]> = Extract<
  AccountPayload,
  { readonly kind: K }
> & { readonly seq: number; readonly at: string };

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

export function withVenue(
  order: OrderPath,
  entries: readonly AccountEntry[],
  venue: string,
): OrderPath {
  const { order_id: id } = order;
  const facts = entries.flatMap((entry) => factOf(entry, id));
  const executions = entries.flatMap((entry) => executionOf(entry, id, entries));
  const withdrawn = facts.find(({ kind }) => kind === "order_withdrawn");
  const named = facts.findLast((fact) => "venue_order_id" in fact) ?? executions.at(-1);
  return {
    ...order,
    fills: order.fills.map((fill, n) => withExecution(fill, executions[n])),
    venue: {
      venue,
      venue_order_id:
        named !== undefined && "venue_order_id" in named ? named.venue_order_id : null,
      facts,
      incidents: incidentsOf(entries, id),
      closed: withdrawn === undefined ? null : closedAt(entries, withdrawn.seq),
    },
  };
}

/** A fill follows from the execution that stands before it, one by one. */
function withExecution(fill: FillPath, execution: ExecutionPath | undefined): FillPath {
  invariant(
    execution !== undefined && execution.seq < fill.seq,
    11,
    () => `fill ${fill.seq} follows from no execution of a venue`,
  );
  return { ...fill, execution };
}

function factOf({ seq, at, payload }: AccountEntry, id: string): readonly OrderFact[] {
  for (const kind of FACTS) {
    if (payload.kind === kind && payload.order_id === id) return [{ seq, at, ...payload }];
  }
  return [];
}

function executionOf(
  { seq, at, payload }: AccountEntry,
  id: string,
  entries: readonly AccountEntry[],
): readonly ExecutionPath[] {
  if (payload.kind !== "venue_fill" || payload.order_id !== id) return [];
  const { kind: _, order_id: __, instrument: ___, ...execution } = payload;
  const fees = entries.flatMap((each) => feeOf(each, execution.execution_id));
  return [{ seq, at, ...execution, fees, incidents: incidentsOf(entries, execution.execution_id) }];
}

/** A venue names the execution in the words of its fee; one that does not is shown with the day. */
function feeOf(
  { seq, at, payload }: AccountEntry,
  execution: string,
): readonly Told<"venue_cash">[] {
  const isFee = payload.kind === "venue_cash" && payload.cause === "fee";
  return isFee && payload.description.includes(execution) ? [{ seq, at, ...payload }] : [];
}

export function incidentsOf(
  entries: readonly AccountEntry[],
  subject: string,
): readonly Told<"incident">[] {
  return entries.flatMap(({ seq, at, payload }) =>
    payload.kind === "incident" && payload.subject === subject ? [{ seq, at, ...payload }] : [],
  );
}

function closedAt(entries: readonly AccountEntry[], seq: number): Standing | null {
  const standing = standingAt(entries, seq);
  return standing.pause === null && standing.reconciliation?.result === "PASS" ? null : standing;
}
