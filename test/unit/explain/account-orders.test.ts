/** Each booked fill of an account stands behind one execution of its venue, in their order. */
import { expect, it } from "vitest";
import { withVenue } from "../../../src/apps/explain/account-orders.ts";
import type { FillPath, OrderPath } from "../../../src/apps/explain/order-path.ts";
import type { AccountEntry } from "../../../src/domain/trading-entry.ts";

const execution = (seq: number, name: string): AccountEntry => ({
  seq,
  at: "2024-01-10",
  payload: {
    kind: "venue_fill",
    order_id: "o1",
    venue_order_id: "v1",
    execution_id: name,
    instrument: "AAA",
    qty: "5",
    price: "10",
    cumulative_qty: "5",
    executed_at: "2024-01-10T14:30:00Z",
    source: "stream",
  },
});

const orderWith = (...seqs: readonly number[]): OrderPath =>
  ({ order_id: "o1", fills: seqs.map((seq) => ({ seq }) as FillPath) }) as unknown as OrderPath;

const recordOf = (...entries: readonly AccountEntry[]) =>
  ({ entries, opened: { broker: "the house" } }) as unknown as Parameters<typeof withVenue>[0];

it("two fills have the two executions before them", () => {
  const record = recordOf(execution(1, "x1"), execution(3, "x2"));
  const { fills } = withVenue(record, orderWith(2, 4));
  expect(fills.map((fill) => fill.execution?.execution_id)).toEqual(["x1", "x2"]);
});

it.for<readonly [string, readonly AccountEntry[]]>([
  ["no execution", []],
  ["one execution for two fills", [execution(1, "x1")]],
  ["an execution behind its fill", [execution(1, "x1"), execution(5, "x2")]],
])("%s: refused, never guessed", ([, entries]) => {
  expect(() => withVenue(recordOf(...entries), orderWith(2, 4))).toThrow(/no execution of a venue/);
});
