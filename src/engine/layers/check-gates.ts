/**
 * Invariants 1 and 12 for the gates: every order that was placed, and every signal that was let
 * through, is judged again on the book as it stood, with what the same decision had placed before.
 * What adds exposure must be within every limit that the mandate has a gate for, and have the verdict
 * of every such gate. Uses nothing of the gates; a gate that was not asked, or not heeded, is named.
 */
import { formatInstant } from "../../base/instant.ts";
import type { JournalPayload, SignalRecord } from "../../domain/journal-entry.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import type { Breach } from "../audit.ts";
import { type GateName, SIGNAL_GATES } from "../stage-tally.ts";
import type { Kernel } from "../state.ts";
import type { Trace } from "../trace.ts";
import { type Book, createBooks, createHeatTwin, groupedBy, type HeatTwin } from "./check-book.ts";
import { checkLegs, checkPlaced } from "./check-orders.ts";
import type { LayerState } from "./state.ts";

type DecisionEntry = Extract<JournalPayload, { readonly kind: "decision" }>;
type Fault = { readonly gate: GateName; readonly message: string };

export function checkGates(
  k: Kernel,
  trace: Trace,
  decisions: Iterable<LedgerEntry>,
): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  const sessionOf = new Map(Array.from(k.world.sessionsMs, (ms, s) => [formatInstant(ms), s]));
  const flags = new Map(trace.layers.decisions.map((d) => [d.session, d.policyOn]));
  const nettings = groupedBy(trace.layers.nettings, ({ session }) => session);
  const books = createBooks(k, trace);
  const heat: HeatTwin = createHeatTwin(k, layers, trace);
  for (const { at, payload } of decisions) {
    const session = sessionOf.get(at);
    if (payload.kind !== "decision" || session === undefined) continue;
    const book = books(session, payload.nav_minor);
    const legs = checkLegs(k, book, nettings.get(session) ?? []);
    if (legs !== null) return breach(`stage sizing was not applied on ${at}: ${legs}`);
    const policyOn = flags.get(session) ?? [];
    const fault =
      checkSignals(k, layers, { payload, book, policyOn }) ?? checkPlaced(k, layers, book, heat);
    if (fault !== null)
      return breach(`gate ${fault.gate} was not heeded on ${at}: ${fault.message}`);
  }
  return null;
}

function breach(message: string): Breach {
  return { invariant: 1, status: "INERT_STAGE", message };
}

type Judged = {
  readonly payload: DecisionEntry;
  readonly book: Book;
  readonly policyOn: readonly boolean[];
};

/** In the order of the decision: what was let grow counts as held for those after it. */
function checkSignals(k: Kernel, layers: LayerState, at: Judged): Fault | null {
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
      (grows(signal) ? growthFault(k, layers, wish, { ...at, lots }) : null);
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

function staleFault(k: Kernel, { signal, i }: Wish, { session }: Book): Fault | null {
  const most = k.plan.maxAgeSessions;
  const recent = k.world.closes[i].subarray(Math.max(0, session - most), session + 1);
  if (recent.some((close) => !Number.isNaN(close))) return null;
  return { gate: "freshness", message: `${nameOf(signal)} has had no bar for ${most} sessions` };
}

function growthFault(
  k: Kernel,
  layers: LayerState,
  { signal, v, i }: Wish,
  { policyOn, book, lots }: Judged & { readonly lots: Float64Array },
): Fault | null {
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
    return {
      gate: "correlation",
      message: `${nameOf(signal)} grows beside ${id}: ${alike} of ${limit}`,
    };
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
