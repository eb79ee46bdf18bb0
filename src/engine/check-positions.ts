/**
 * Invariant 11 for what was held: at every close the positions that are written down are what the
 * journal's fills and splits leave, instrument by instrument. A roll changes the contract and a
 * cross the sleeve, not the lots. Uses nothing of the kernel's state.
 */
import { formatDate } from "../base/instant.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { Breach } from "./audit.ts";
import { sessionOfEntry } from "./layers/check-book.ts";
import type { Trace } from "./trace.ts";
import type { World } from "./world.ts";

export function checkPositions(
  world: World,
  { positions }: Pick<Trace, "positions">,
  entries: readonly LedgerEntry[],
): Breach | null {
  const { sessionsMs, instruments, indexOf } = world;
  const sessions = positions.session.values();
  const held = positions.instrument.values();
  const written = positions.lots.values();
  const due = new Float64Array(instruments.length);
  const found = new Float64Array(instruments.length);
  const moves = entries.filter(({ payload: { kind } }) => kind === "fill" || kind === "split");
  const movedAt = moves.map(({ at }) => sessionOfEntry(world, at));
  let move = 0;
  let row = 0;
  for (let s = 0; s < sessionsMs.length; s++) {
    for (; movedAt[move] <= s; move++) follow(moves[move], due, indexOf);
    found.fill(0);
    for (; row < sessions.length && sessions[row] === s; row++) found[held[row]] += written[row];
    for (let i = 0; i < due.length; i++) {
      if (due[i] === found[i]) continue;
      const message = `on ${formatDate(sessionsMs[s])} ${found[i]} lots of ${instruments[i].id} are written down as held, fills and splits leave ${due[i]}`;
      return { invariant: 11, status: "BREAK", message };
    }
  }
  return null;
}

function follow(
  { payload }: LedgerEntry,
  lots: Float64Array,
  indexOf: ReadonlyMap<string, number>,
): void {
  if (payload.kind === "fill") lots[indexOf.get(payload.instrument) ?? -1] += payload.lots;
  if (payload.kind === "split") lots[indexOf.get(payload.instrument) ?? -1] = payload.lots_after;
}
