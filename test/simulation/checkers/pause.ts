/** Invariant 14: what pauses holds until a person resumes, over every restart. */
import type { AccountEntry } from "../../../src/domain/trading-entry.ts";
import { type Evidence, type LifeRecord, ofKind } from "../evidence.ts";

/** After these entries: a pause, or a reconciliation that failed, that nobody has lifted since. */
export function isPaused(entries: readonly AccountEntry[]): boolean {
  let paused = false;
  for (const { payload } of entries) {
    if (payload.kind === "paused") paused = true;
    if (payload.kind === "reconciled" && payload.result === "FAIL") paused = true;
    if (payload.kind === "resumed") paused = false;
  }
  return paused;
}

/** A person has paused, by then, and has not resumed: whatever the journal says of it. */
function pausedByPerson(lives: readonly LifeRecord[], durable: number): boolean {
  const acts = lives.filter(({ to, end }) => to <= durable && end.kind === "done");
  return acts.findLast(({ act }) => act === "pause" || act === "resume")?.act === "pause";
}

/**
 * Whatever was sent, was sent after a reconciliation that passed and while nothing paused. A person's order to
 * close everything is the exception.
 */
export function nothingSentWhilePaused({ calls, entries, lives }: Evidence): readonly string[] {
  const reconciled = ofKind(entries, "reconciled");
  const ordered = ofKind(entries, "flatten_ordered").at(0)?.seq ?? Number.POSITIVE_INFINITY;
  const closing = new Set(
    ofKind(entries, "order")
      .filter(({ purpose, seq }) => purpose === "flatten" && seq > ordered)
      .map(({ order_id: id }) => id),
  );
  return calls.flatMap(({ call, clientOrderId, durable, life }) => {
    if (call !== "place" || closing.has(clientOrderId)) return [];
    const before = entries.slice(0, durable);
    const sent = `life ${life} sent order ${clientOrderId} at entry ${durable}`;
    if (isPaused(before) || pausedByPerson(lives, durable))
      return [`${sent}, while trading was paused`];
    const last = reconciled.findLast(({ seq }) => seq <= durable);
    if (last?.result === "PASS") return [];
    return [`${sent}; the last reconciliation before was ${last?.result ?? "none"}`];
  });
}

/** A reconciliation that fails pauses, in writing, before anything else is decided. */
export function failurePauses({ entries }: Evidence): readonly string[] {
  const violations: string[] = [];
  let failedAt: number | null = null;
  for (const { seq, payload } of entries) {
    if (payload.kind === "paused" || payload.kind === "resumed") failedAt = null;
    if (payload.kind === "reconciled" && payload.result === "FAIL" && failedAt === null) {
      failedAt = isPaused(entries.slice(0, seq - 1)) ? null : seq;
    }
    if (payload.kind === "decided" && failedAt !== null) {
      violations.push(
        `entry ${failedAt} failed to reconcile; entry ${seq} decides, and nothing paused`,
      );
      failedAt = null;
    }
  }
  if (failedAt !== null)
    violations.push(`entry ${failedAt} failed to reconcile, and nothing paused`);
  return violations;
}
