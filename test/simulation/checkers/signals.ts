/** Invariant 2 over restarts: each signal of the journal ends once, unless its order still works. */
import { endsOf, type Evidence, ofKind } from "../evidence.ts";

export function signalsEndOnce({ entries, disk, venue }: Evidence): readonly string[] {
  const ends = new Map<string, string>();
  const violations: string[] = [];
  for (const { signalId, state, seq } of endsOf(entries)) {
    const before = ends.get(signalId);
    if (before !== undefined) {
      violations.push(`signal ${signalId} ended ${before}, and in entry ${seq} ${state}`);
    }
    ends.set(signalId, state);
  }
  const working = new Set(
    venue.orders
      .filter(({ status }) => status === "working" || status === "partially_filled")
      .map(({ clientOrderId }) => clientOrderId),
  );
  for (const { signals } of ofKind(entries, "decision")) {
    for (const { signal_id: id, order_ids: orders } of signals) {
      if (ends.has(id) || orders.some((order) => working.has(order))) continue;
      violations.push(`signal ${id} never ended, and none of its orders works any more`);
    }
  }
  return [...violations, ...tableDiffers(disk, ends)];
}

function tableDiffers(disk: Evidence["disk"], ends: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  for (const { signalId, state } of disk.terminals.values()) {
    if (ends.get(signalId) === state) continue;
    violations.push(`the table of terminals says ${signalId} ended ${state}; the journal does not`);
  }
  if (disk.terminals.size !== ends.size) {
    violations.push(
      `${ends.size} signals ended, the table of terminals holds ${disk.terminals.size}`,
    );
  }
  return violations;
}
