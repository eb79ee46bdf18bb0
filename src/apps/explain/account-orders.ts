/**
 * An order of a trading account: as a run has it, with what passed between the account and its venue,
 * and each fill with the execution that it follows from. A fill that no execution stands before is
 * our own mistake (invariant 11).
 */
import { invariant } from "../../base/assert.ts";
import type { AccountRecord } from "./account-record.ts";
import type { Books } from "./books.ts";
import { type FillPath, type OrderPath, orderPath } from "./order-path.ts";
import type { Entry, EntryOf } from "./record.ts";
import { type ExecutionPath, executionsOf, venuePath } from "./venue-path.ts";

/** `own`: the pipeline's entries of the order's instrument. */
export function accountOrder(
  record: AccountRecord,
  opened: EntryOf<"order">,
  own: readonly Entry[],
  books: Books,
): OrderPath {
  return withVenue(record, orderPath(opened, own, books));
}

export function withVenue({ entries, opened }: AccountRecord, order: OrderPath): OrderPath {
  const executions = executionsOf(entries, order.order_id);
  return {
    ...order,
    fills: order.fills.map((fill, n) => withExecution(fill, executions[n])),
    venue: venuePath(entries, order.order_id, opened.broker),
  };
}

/** One fill follows from one execution, in their order. */
function withExecution(fill: FillPath, execution: ExecutionPath | undefined): FillPath {
  invariant(
    execution !== undefined && execution.seq < fill.seq,
    11,
    () => `fill ${fill.seq} follows from no execution of a venue`,
  );
  return { ...fill, execution };
}
