/**
 * Invariant 1 for netting and sizing: the net of an instrument is what it holds and the changes of
 * the signals that passed their gates, as the journal has them; and what was sized is a whole
 * number of lots no further from that net than the buffer and half a lot. Uses none of their code.
 */
import type { SignalRecord } from "../../domain/journal-entry.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Verdict } from "../../domain/refusal.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import { formatInstant } from "../../base/instant.ts";
import type { Breach } from "../audit.ts";
import type { NettingRecord } from "../recorder.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace } from "../trace.ts";

export function checkNettings(
  k: Kernel,
  trace: LayerTrace,
  entries: Iterable<LedgerEntry>,
): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  const decisions = new Map<string, readonly SignalRecord[]>();
  for (const { at, payload } of entries) {
    if (payload.kind === "decision") decisions.set(at, payload.signals.filter(passedIn(payload)));
  }
  for (const { session, netting } of trace.nettings) {
    const at = formatInstant(k.world.sessionsMs[session]);
    const { id } = k.world.instruments[netting.instrument];
    const signals = (decisions.get(at) ?? []).filter((signal) => signal.instrument === id);
    const message = netted(netting, signals) ?? sized(netting, layers.plan.sizing.buffer);
    if (message !== null) {
      return { invariant: 1, status: "INERT_STAGE", message: `${message} (${id} at ${at})` };
    }
  }
  return null;
}

/** Signals that no gate stopped. */
function passedIn({
  verdicts,
}: {
  readonly verdicts: readonly Verdict[];
}): (signal: SignalRecord) => boolean {
  return (signal) => signal.verdicts.every((place) => verdicts[place].result === "pass");
}

function netted(netting: NettingRecord, signals: readonly SignalRecord[]): string | null {
  let due = netting.heldLots;
  for (const signal of signals) {
    if (signal.final_lots !== null) due += signal.final_lots - signal.current_lots;
  }
  // Each sleeve's change is rounded to a millionth of a lot.
  const tolerance = (signals.length + 1) / MICRO_LOTS;
  if (Math.abs(due - netting.wantedLots) <= tolerance) return null;
  return `stage netting was not applied: the net is ${netting.wantedLots} lots, its sleeves want ${due}`;
}

function sized(netting: NettingRecord, buffer: number): string | null {
  const { wantedLots, targetLots, heldLots, fullLots, cutBy } = netting;
  if (Number.isInteger(targetLots)) {
    const band = buffer * fullLots + 0.5 + 1 / MICRO_LOTS;
    if (Math.abs(targetLots - wantedLots) <= band) return null;
    if (cutBy === "minimum_notional" && targetLots === heldLots) return null;
  }
  return `stage sizing was not applied: ${targetLots} lots stand for a net of ${wantedLots}, held are ${heldLots}`;
}
