/**
 * Invariants 1 and 12 for the gates, of targets and of sleeves alike: every order that was placed, and
 * every signal that was let through, is judged again on the book as it stood, with what the same
 * decision had placed before. What adds exposure must be within every limit that the mandate has a
 * gate for, and have the verdict of every such gate; what only reduces must not be refused (12). A
 * gate that let pass what nobody knows is named with 3 (a correlation), 4 (heat, margin) or 5 (an old
 * bar). Uses nothing of the gates; a gate that was not asked, or not heeded, is named.
 */
import type { JournalPayload, SignalRecord } from "../../domain/journal-entry.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import type { Breach } from "../audit.ts";
import { SIGNAL_GATES } from "../stage-tally.ts";
import type { Kernel } from "../state.ts";
import type { Trace } from "../trace.ts";
import {
  type Book,
  createBooks,
  createHeatTwin,
  groupedBy,
  type HeatTwin,
  sessionOfEntry,
} from "./check-book.ts";
import {
  checkLegs,
  checkPlaced,
  type GateFault,
  type LegFault,
  type Sized,
} from "./check-orders.ts";
import type { LayerState } from "./state.ts";

type DecisionEntry = Extract<JournalPayload, { readonly kind: "decision" }>;
export function checkGates(
  k: Kernel,
  trace: Trace,
  decisions: Iterable<LedgerEntry>,
): Breach | null {
  const { layers } = k.state;
  const flags = new Map(trace.layers.decisions.map((d) => [d.session, d.policyOn]));
  const nettings = groupedBy(trace.layers.nettings, ({ session }) => session);
  const books = createBooks(k, trace);
  const heat: HeatTwin = layers === null ? () => null : createHeatTwin(k, layers, trace);
  for (const { at, payload } of decisions) {
    const session = sessionOfEntry(k.world, at);
    if (payload.kind !== "decision" || session < 0) continue;
    const book = books(session, payload.nav_minor);
    const wanted =
      layers === null
        ? targetsOf(k, payload)
        : (nettings.get(session) ?? []).map(({ netting }) => netting);
    const legs = checkLegs(k, book, wanted);
    if (legs !== null) return legBreach(legs, at, layers);
    const policyOn = flags.get(session) ?? [];
    const fault =
      checkSignals(k, layers, { payload, book, policyOn }) ?? checkPlaced(k, layers, book, heat);
    if (fault !== null) return breach(fault, at);
    const refused = refusedReduction(payload);
    if (refused !== null) return riskFirst(`${refused} on ${at}`);
  }
  return null;
}

function breach({ gate, message, invariant = 1 }: GateFault, at: string): Breach {
  return {
    invariant,
    status: "INERT_STAGE",
    message: `gate ${gate} was not heeded on ${at}: ${message}`,
  };
}

/** Of sleeves the size is a stage's; a target's size is the signal's own. */
function legBreach({ kind, message }: LegFault, at: string, layers: LayerState | null): Breach {
  if (kind === "blocked") return riskFirst(`a gate refused a reduction on ${at}: ${message}`);
  if (layers === null) {
    return riskFirst(`what was ordered on ${at} is not what the gates judged: ${message}`);
  }
  return {
    invariant: 1,
    status: "INERT_STAGE",
    message: `stage sizing was not applied on ${at}: ${message}`,
  };
}

function riskFirst(message: string): Breach {
  return { invariant: 12, status: "ERROR", message };
}

/** What the targets that passed their gates wanted to go to. */
function targetsOf({ world }: Kernel, payload: DecisionEntry): readonly Sized[] {
  return payload.signals.flatMap((signal) => {
    const { verdicts, final_lots: targetLots, current_lots: heldLots } = signal;
    const isPassed = verdicts.every((place) => payload.verdicts[place].result === "pass");
    if (targetLots === null || verdicts.length === 0 || !isPassed) return [];
    return [{ instrument: world.indexOf.get(signal.instrument) ?? -1, heldLots, targetLots }];
  });
}

/** Only what is no longer fresh, or is at work already, may keep a position from shrinking. */
function refusedReduction({ signals, verdicts }: DecisionEntry): string | null {
  for (const signal of signals) {
    const { final_lots: final, current_lots: current } = signal;
    if (final === null || final === current || grows(signal)) continue;
    for (const place of signal.verdicts) {
      const { gate, result } = verdicts[place];
      if (result === "pass" || gate === "freshness" || gate === "duplicate") continue;
      return `gate ${gate} refused a reduction: ${nameOf(signal)} from ${current} lots to ${final}`;
    }
  }
  return null;
}

type Judged = {
  readonly payload: DecisionEntry;
  readonly book: Book;
  readonly policyOn: readonly boolean[];
};

/** In the order of the decision: what was let grow counts as held for those after it. */
function checkSignals(k: Kernel, layers: LayerState | null, at: Judged): GateFault | null {
  const { payload, book } = at;
  const lots = Float64Array.from(book.lots);
  const variantOf = new Map(k.plan.variants.map(({ id }, v) => [id, v]));
  for (const signal of payload.signals) {
    const verdicts = signal.verdicts.map((place) => payload.verdicts[place]);
    // One that nothing could be sized of never came to a gate.
    if (signal.final_lots === null || verdicts.length === 0) continue;
    if (verdicts.some(({ result }) => result !== "pass")) continue;
    const asked = new Set(verdicts.map(({ gate }) => gate));
    const missing = SIGNAL_GATES.find((g) => k.plan.enabledGates.has(g) && !asked.has(g));
    if (missing !== undefined)
      return { gate: missing, message: `nobody asked it of ${nameOf(signal)}` };
    const v = variantOf.get(signal.variant_id) ?? -1;
    const wish = { signal, v, i: k.world.indexOf.get(signal.instrument) ?? -1 };
    const fault =
      staleFault(k, wish, book) ??
      (layers !== null && grows(signal) ? growthFault(k, layers, wish, { ...at, lots }) : null);
    if (fault !== null) return fault;
    if (grows(signal)) lots[wish.i] += signal.final_lots - signal.current_lots;
  }
  return null;
}

type Wish = { readonly signal: SignalRecord; readonly v: number; readonly i: number };

function nameOf({ strategy, instrument }: SignalRecord): string {
  return `${strategy} on ${instrument}`;
}

/** Away from zero, or across it. */
function grows({ final_lots: final, current_lots: current }: SignalRecord): boolean {
  return final !== null && (Math.abs(final) > Math.abs(current) || final * current < 0);
}

function staleFault(k: Kernel, { signal, i }: Wish, { session }: Book): GateFault | null {
  const most = k.plan.maxAgeSessions;
  const recent = k.world.closes[i].subarray(Math.max(0, session - most), session + 1);
  if (recent.some((close) => !Number.isNaN(close))) return null;
  const message = `${nameOf(signal)} has had no bar for ${most} sessions`;
  return { gate: "freshness", message, invariant: 5 };
}

function growthFault(
  k: Kernel,
  layers: LayerState,
  { signal, v, i }: Wish,
  { policyOn, book, lots }: Judged & { readonly lots: Float64Array },
): GateFault | null {
  const { enabledGates } = k.plan;
  if (enabledGates.has("policy") && policyOn[v] === false && signal.belief_lots !== 0) {
    return { gate: "policy", message: `${nameOf(signal)} grows while its policy is off` };
  }
  if (!enabledGates.has("correlation")) return null;
  const limit = layers.plan.correlation.limit ?? 1;
  const side = Math.sign((signal.final_lots as number) - signal.current_lots);
  for (const [other, held] of lots.entries()) {
    if (other === i || held === 0) continue;
    const alike = correlation(layers, [i, other], book.session) * side * Math.sign(held);
    if (alike <= limit + 1e-9) continue;
    const { id } = k.world.instruments[other];
    const message = `${nameOf(signal)} grows beside ${id}: ${alike} of ${limit}`;
    return Number.isNaN(alike)
      ? { gate: "correlation", message, invariant: 3 }
      : { gate: "correlation", message };
  }
  return null;
}

/** Of the days on which both are known; NaN where too few are, or one does not move. */
function correlation(
  { plan }: LayerState,
  [a, b]: readonly [number, number],
  session: number,
): number {
  const { returns } = plan.evidence;
  const { days, min_overlap: least } = plan.correlation;
  const both: (readonly [number, number])[] = [];
  for (let s = Math.max(0, session - days + 1); s <= session; s++) {
    const pair = [returns[a][s], returns[b][s]] as const;
    if (pair.every(Number.isFinite)) both.push(pair);
  }
  if (both.length < least) return Number.NaN;
  const mean = (n: 0 | 1) => both.reduce((sum, pair) => sum + pair[n], 0) / both.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (of: (p: readonly [number, number]) => number) =>
    both.reduce((total, pair) => total + of(pair), 0);
  const spread = sum(([p]) => (p - x) ** 2) * sum(([, q]) => (q - y) ** 2);
  return sum(([p, q]) => (p - x) * (q - y)) / Math.sqrt(spread);
}
