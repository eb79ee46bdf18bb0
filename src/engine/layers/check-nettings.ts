/**
 * Invariant 1 for netting and sizing: the net of an instrument is what it holds and the changes of
 * the signals that passed their gates, as the journal has them; what was sized is the whole number
 * of lots that buffer, rounding and least notional make of that net. Uses none of their code.
 */
import { minorToAmount } from "../../base/money.ts";
import type { SignalRecord } from "../../domain/journal-entry.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Verdict } from "../../domain/refusal.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import { formatInstant } from "../../base/instant.ts";
import type { Breach } from "../audit.ts";
import type { NettingRecord } from "../recorder.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace } from "../trace.ts";
import { lotMinorAt, sizeScaleAt } from "./check-lots.ts";
import type { LayerState } from "./state.ts";

/** A signal, and the gate that stopped it; null: none did. */
type Judged = { readonly signal: SignalRecord; readonly stoppedBy: string | null };
type Decided = { readonly navMinor: number; readonly judged: readonly Judged[] };
type Decision = LayerTrace["decisions"][number];

export function checkNettings(
  k: Kernel,
  trace: LayerTrace,
  entries: Iterable<LedgerEntry>,
): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  const decided = decisionsIn(entries);
  const rows = new Map(trace.decisions.map((decision, d) => [decision.session, { decision, d }]));
  const n = layers.plan.instrumentOf.length;
  const budgets = trace.columns.budget.values();
  for (const { session, netting } of trace.nettings) {
    const at = formatInstant(k.world.sessionsMs[session]);
    const { id } = k.world.instruments[netting.instrument];
    const { navMinor, judged } = decided.get(at) ?? { navMinor: Number.NaN, judged: [] };
    const own = judged.filter(({ signal }) => signal.instrument === id);
    const row = rows.get(session);
    if (row === undefined) return breach(`stage netting was not applied: nothing was decided`, at);
    const { decision, d } = row;
    const budget = budgets.subarray(d * n, (d + 1) * n);
    const message =
      netted(netting, own) ?? sized(k, layers, netting, { decision, budget, navMinor });
    if (message !== null) return breach(`${message} (${id})`, at);
  }
  return null;
}

function breach(message: string, at: string): Breach {
  return { invariant: 1, status: "INERT_STAGE", message: `${message} at ${at}` };
}

function decisionsIn(entries: Iterable<LedgerEntry>): ReadonlyMap<string, Decided> {
  const found = new Map<string, Decided>();
  for (const { at, payload } of entries) {
    if (payload.kind !== "decision") continue;
    const { verdicts, signals, nav_minor: navMinor } = payload;
    const judged = signals.map((signal) => ({ signal, stoppedBy: stopperOf(signal, verdicts) }));
    found.set(at, { navMinor, judged });
  }
  return found;
}

function stopperOf(signal: SignalRecord, verdicts: readonly Verdict[]): string | null {
  const place = signal.verdicts.find((each) => verdicts[each].result !== "pass");
  return place === undefined ? null : verdicts[place].gate;
}

function netted({ heldLots, wantedLots }: NettingRecord, judged: readonly Judged[]): string | null {
  let due = heldLots;
  for (const one of judged) if (one.stoppedBy === null) due += changeOf(one);
  // Each sleeve's change is rounded to a millionth of a lot.
  const tolerance = (judged.length + 1) / MICRO_LOTS;
  const isNear = (lots: number) => Math.abs(lots - wantedLots) <= tolerance;
  if (isNear(due)) return null;
  for (const gate of new Set(judged.map(({ stoppedBy }) => stoppedBy))) {
    const refused = judged.filter(({ stoppedBy }) => stoppedBy === gate);
    const handedOn = refused.reduce((sum, one) => sum + changeOf(one), due);
    if (gate === null || !isNear(handedOn)) continue;
    return `gate ${gate} was not heeded: what it refused was netted all the same, ${wantedLots} lots where ${due} are left`;
  }
  return `stage netting was not applied: the net is ${wantedLots} lots, its sleeves want ${due}`;
}

function changeOf({ signal }: Judged): number {
  return signal.final_lots === null ? 0 : signal.final_lots - signal.current_lots;
}

type SizedAt = {
  readonly decision: Decision;
  /** By variant. */
  readonly budget: Float64Array;
  readonly navMinor: number;
};

function sized(k: Kernel, layers: LayerState, netting: NettingRecord, at: SizedAt): string | null {
  const { wantedLots, heldLots, targetLots, instrument } = netting;
  const { sizing } = layers.plan;
  const buffer = sizing.buffer * fullLotsAt(k, layers, instrument, at);
  // Millionths add up; the steps of a double are what is left to forgive of many lots.
  const slack = 20 / MICRO_LOTS + Math.abs(wantedLots) * 1e-9;
  const gap = Math.abs(wantedLots - heldLots);
  const edge = heldLots < wantedLots ? wantedLots - buffer : wantedLots + buffer;
  const isNothing = Math.abs(wantedLots) <= slack;
  const mayStay = !isNothing && gap <= buffer + slack;
  const mayTrade = isNothing || gap > buffer - slack;
  const nearest = isNothing ? targetLots === 0 : Math.abs(targetLots - edge) <= 0.5 + slack;
  const isSized =
    (mayStay && targetLots === heldLots) ||
    (mayTrade && nearest) ||
    (mayTrade && !isNothing && isCut(k, netting, at, { edge, least: sizing.min_notional }));
  if (Number.isInteger(targetLots) && isSized) return null;
  return `stage sizing was not applied: ${targetLots} lots stand for a net of ${wantedLots}, held are ${heldLots} and the buffer is ${buffer}`;
}

/** Too small a trade for the mandate; or at a limit, where no wish is rounded up. */
function isCut(
  k: Kernel,
  { instrument: i, wantedLots, heldLots, targetLots, cutBy }: NettingRecord,
  { decision: { session } }: SizedAt,
  { edge, least }: { readonly edge: number; readonly least: number },
): boolean {
  const lotMinor = lotMinorAt(k, i, session);
  if (cutBy === "minimum_notional") {
    const notional = (Math.abs(edge - heldLots) - 0.5) * lotMinor;
    return targetLots === heldLots && minorToAmount(notional, k.world.currencies[0].digits) < least;
  }
  if (cutBy !== "limit" || targetLots * edge < 0) return false;
  const held = heldLots * edge > 0 ? Math.abs(heldLots) : 0;
  const floor = Math.floor(Math.abs(wantedLots) + 1 / MICRO_LOTS);
  return Math.abs(targetLots) === Math.max(floor, held);
}

/** If every sleeve of the instrument believed fully and the same way; 0 where nobody can say. */
function fullLotsAt(
  k: Kernel,
  layers: LayerState,
  i: number,
  { decision, budget, navMinor }: SizedAt,
): number {
  const { session, grossTarget } = decision;
  const own = layers.plan.sleevesOf[i].reduce((sum, v) => sum + budget[v], 0);
  const all = budget.reduce((sum, each) => sum + each, 0);
  const weight = layers.plan.riskTargeting === null ? own : (grossTarget * own) / all;
  const scale = sizeScaleAt(layers, session);
  const most = k.plan.limits.symbol ?? decision.grossLimit;
  const share = weight > most ? most : weight;
  const lots = Math.abs((share * scale * navMinor) / lotMinorAt(k, i, session));
  return Number.isFinite(lots) ? lots : 0;
}
