/**
 * Runs a market by hand through the portfolio's stages, with a journal and without, and holds it
 * against all of the run's own checks. Everything that a mandate may switch on is off unless the
 * test says otherwise.
 */
import { createHash } from "node:crypto";
import { expect } from "vitest";
import { invariant } from "../../src/base/assert.ts";
import { formatDate } from "../../src/base/instant.ts";
import type {
  JournalPayload,
  SignalRecord,
  TerminalRecord,
} from "../../src/domain/journal-entry.ts";
import type { TerminalState } from "../../src/domain/refusal.ts";
import { type Breach, checkBooks, checkConservation, checkStages } from "../../src/engine/audit.ts";
import { checkCarry } from "../../src/engine/check-carry.ts";
import { checkMoney } from "../../src/engine/check-money.ts";
import { checkTrades } from "../../src/engine/check-trades.ts";
import { checkWorld } from "../../src/engine/check-world.ts";
import { checkDaily } from "../../src/engine/layers/check-daily.ts";
import { createJournallingRecorder } from "../../src/engine/journalling-recorder.ts";
import { createKernel } from "../../src/engine/kernel.ts";
import { checkGates } from "../../src/engine/layers/check-gates.ts";
import { checkLayers } from "../../src/engine/layers/check-layers.ts";
import { checkNettings } from "../../src/engine/layers/check-nettings.ts";
import type { LayerSettings } from "../../src/engine/layers/settings.ts";
import type { LayerState } from "../../src/engine/layers/state.ts";
import { buildPlan } from "../../src/engine/plan.ts";
import type { PlanSettings, StrategyUse } from "../../src/engine/plan-input.ts";
import { nullRecorder } from "../../src/engine/recorder.ts";
import { checkHeld, checkShares } from "../../src/engine/sleeves/check-shares.ts";
import { stageRecords } from "../../src/engine/stage-tally.ts";
import type { Kernel } from "../../src/engine/state.ts";
import {
  createTrace,
  SHEET_COLUMNS,
  type SheetColumn,
  type Trace,
} from "../../src/engine/trace.ts";
import { buildWorld } from "../../src/engine/world.ts";
import { breakersSection, correlationSection } from "../../src/execution/gates/section.ts";
import { heatSection, volatilityRegimeSection } from "../../src/execution/gates/section.ts";
import { allocationSection } from "../../src/portfolio/allocation/section.ts";
import { clampsSection } from "../../src/portfolio/clamps/section.ts";
import type { PrecomputedDay } from "../../src/portfolio/overlay/precomputed.ts";
import { overlaySection } from "../../src/portfolio/overlay/section.ts";
import { policySection } from "../../src/portfolio/policy/section.ts";
import { riskTargetingSection } from "../../src/portfolio/risk-targeting/section.ts";
import type { Sha256 } from "../../src/ports/hash.ts";
import { decodeBody } from "../../src/records/journal/chain.ts";
import { createJournalWriter } from "../../src/records/journal/writer.ts";
import type { Ledger, LedgerEntry } from "../../src/records/ledger/fold.ts";
import type { SleeveResult } from "../../src/records/ledger/sleeves.ts";
import { type LayeredMarket, packOf, scripted } from "./layered-market.ts";
import { numbersOf, runThrough, type Settings, settingsWith } from "./market-fixture.ts";

type DeepPartial<T> = {
  readonly [K in keyof T]?: T[K] extends readonly unknown[]
    ? T[K]
    : T[K] extends object
      ? DeepPartial<T[K]>
      : T[K];
};

export type LayeredSettings = Omit<Settings, "layers"> & {
  readonly layers?: DeepPartial<LayerSettings>;
  readonly precomputed?: readonly PrecomputedDay[];
};

const sha256: Sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** Equal budgets, no buffer; policy, risk targeting, brake, clamps and all optional gates off. */
export function layersWith(over: DeepPartial<LayerSettings> = {}): LayerSettings {
  const base: LayerSettings = {
    allocation: { ...allocationSection.defaults, method: "equal" } as LayerSettings["allocation"],
    policy: policySection.defaults as LayerSettings["policy"],
    risk_targeting: riskTargetingSection.defaults as LayerSettings["risk_targeting"],
    overlay: overlaySection.defaults as LayerSettings["overlay"],
    clamps: clampsSection.defaults as LayerSettings["clamps"],
    sizing: { buffer: 0, min_notional: 0, stop_atr: null },
    breakers: breakersSection.defaults as LayerSettings["breakers"],
    heat: heatSection.defaults as LayerSettings["heat"],
    correlation: correlationSection.defaults as LayerSettings["correlation"],
    volatility_regime: volatilityRegimeSection.defaults as LayerSettings["volatility_regime"],
  };
  return merged(base, over) as LayerSettings;
}

function merged(base: object, over: object): object {
  const out: { [key: string]: unknown } = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const isBranch = typeof value === "object" && value !== null && !Array.isArray(value);
    out[key] = isBranch ? merged((out[key] ?? {}) as object, value) : value;
  }
  return out;
}

export function planSettings(over: LayeredSettings): PlanSettings {
  const { layers, precomputed: _, ...rest } = over;
  return {
    ...settingsWith(rest),
    currency: over.currency ?? "USD",
    currencyDigits: over.currencyDigits ?? 2,
    layers: layersWith(layers),
  };
}

/** What was filled, in order; a roll's two legs too. */
type LayeredFill = {
  readonly on: string;
  readonly id: string;
  readonly lots: number;
  readonly price: number;
  readonly fee: number;
};

/** One signal, from the decision that made it to its end. */
type Followed = Omit<SignalRecord, "terminal"> & {
  readonly on: string;
  readonly end: TerminalRecord;
};

export type Layered = {
  readonly k: Kernel;
  readonly layers: LayerState;
  readonly trace: Trace;
  readonly entries: readonly LedgerEntry[];
  readonly dates: readonly string[];
  readonly fills: readonly LayeredFill[];
  readonly signals: readonly Followed[];
  readonly sleeves: readonly SleeveResult[];
  /** Folded from the journal up to the last close. */
  readonly ledger: Ledger;
  /** Minor units at each session's close. */
  readonly nav: readonly number[];
  readonly cash: readonly number[];
  readonly breach: Breach | null;
  /** The same market and scripts without anybody listening. */
  readonly silent: Kernel;
};

export function runLayered(market: LayeredMarket, over: LayeredSettings = {}): Layered {
  const pack = packOf(market);
  const settings = planSettings(over);
  const world = buildWorld(pack, { currency: settings.currency, digits: settings.currencyDigits });
  const { plan } = buildPlan({
    world,
    actions: pack.actions,
    uses: sleeveUses(market),
    settings,
    seed: 1,
    precomputed: over.precomputed ?? [],
    sha256,
    sourceOf: (id) => `${id}.csv`,
  });
  const recorded = { seq: 0, hash: "0".repeat(64) };
  const journal = createJournalWriter({ recorded, prefix: [], sha256 });
  const trace = createTrace();
  const k = runThrough(
    createKernel(world, plan, createJournallingRecorder({ world, plan, journal, sha256, trace })),
  );
  const { rows, terminals } = journal.takeBatch();
  const entries = rows.map(({ body }) => decodeBody(body));
  const { breach: bookBreach, sleeves, ledger } = checkBooks(k, entries, "fifo");
  invariant(k.state.layers !== null, 0, "the run has no layers");
  return {
    k,
    layers: k.state.layers,
    trace,
    entries,
    dates: Array.from(world.sessionsMs, formatDate),
    fills: fillsOf(k),
    signals: followed(entries),
    sleeves,
    ledger,
    nav: [...k.state.curves.nav],
    cash: [...k.state.curves.cash],
    breach:
      checkStages(stageRecords(k.state.tally, plan.wiring)) ??
      checkWorld(pack, world) ??
      checkMoney(k, trace) ??
      checkTrades(k, trace) ??
      checkCarry(k, trace, { actions: pack.actions, entries }) ??
      checkDaily(k, trace) ??
      checkLayers(k, trace.layers, entries) ??
      checkConservation(k, countStates(terminals)) ??
      bookBreach ??
      checkNettings(k, trace.layers, entries) ??
      checkGates(k, trace, entries) ??
      checkShares(k, trace, entries) ??
      checkHeld(k, sleeves),
    silent: runThrough(createKernel(world, plan, nullRecorder)),
  };
}

export function sleeveUses({ sleeves, listings }: LayeredMarket): StrategyUse[] {
  return Object.entries(sleeves).map(
    ([name, sleeve]): StrategyUse => ({
      name,
      strategy: scripted(name, sleeve, listings[sleeve.instrument]),
      params: {},
      codeHash: sha256(name),
      instruments: [sleeve.instrument],
    }),
  );
}

/** A run whose own checks hold and whose numbers do not depend on who listens, bit for bit. */
export function soundLayers(market: LayeredMarket, over: LayeredSettings = {}): Layered {
  const run = runLayered(market, over);
  expect(run.breach).toBeNull();
  expect(layerNumbers(run.silent)).toEqual(layerNumbers(run.k));
  return run;
}

/** As bytes, so that 0 and -0 or two NaN are told apart. */
export function layerNumbers(k: Kernel): readonly string[] {
  const { layers, sleeves } = k.state;
  invariant(layers !== null && sleeves !== null, 0, "the run has no layers");
  const { heat, margin, brake, breaker, volatilityRegime } = layers.daily;
  const columns = [heat, margin, layers.shadow, layers.unbraked, sleeves.microLots];
  return [
    ...numbersOf(k),
    ...columns.map((column) => Buffer.from(new Uint8Array(column.slice().buffer)).toString("hex")),
    JSON.stringify([brake, breaker, volatilityRegime, layers.boundSessions, layers.breakerChanges]),
  ];
}

function countStates(terminals: readonly { readonly state: TerminalState }[]) {
  const counted = new Map<TerminalState, number>();
  for (const { state } of terminals) counted.set(state, (counted.get(state) ?? 0) + 1);
  return counted;
}

function fillsOf({ world, state }: Kernel): LayeredFill[] {
  const { session, instrument, lots, price, fee } = state.fills;
  return Array.from(session.values(), (s, n) => ({
    on: formatDate(world.sessionsMs[s]),
    id: world.instruments[instrument.values()[n]].id,
    lots: lots.values()[n],
    price: price.values()[n],
    fee: fee.values()[n],
  }));
}

/** Every signal with its one end, wherever in the journal that stands; more or fewer ends throw. */
function followed(entries: readonly LedgerEntry[]): Followed[] {
  const ends = new Map<string, TerminalRecord>();
  const end = (terminal: TerminalRecord) => {
    invariant(!ends.has(terminal.signal_id), 2, `${terminal.signal_id} ended twice`);
    ends.set(terminal.signal_id, terminal);
  };
  const made: (Omit<SignalRecord, "terminal"> & { readonly on: string })[] = [];
  for (const { at: on, payload } of entries) {
    if ("terminals" in payload) for (const terminal of payload.terminals) end(terminal);
    if (payload.kind !== "decision") continue;
    for (const { terminal, ...signal } of payload.signals) {
      if (terminal !== null) end(terminal);
      made.push({ on: on.slice(0, 10), ...signal });
    }
  }
  return made.map((signal) => {
    const terminal = ends.get(signal.signal_id);
    invariant(terminal !== undefined, 2, `${signal.signal_id} never ended`);
    return { ...signal, end: terminal };
  });
}

/** Everything of one kind in the journal, with its date. */
export function journalled<Kind extends JournalPayload["kind"]>(
  { entries }: Pick<Layered, "entries">,
  kind: Kind,
): (Extract<JournalPayload, { kind: Kind }> & { readonly on: string })[] {
  return entries.flatMap(({ at: on, payload }) =>
    payload.kind === kind
      ? [{ on: on.slice(0, 10), ...(payload as Extract<JournalPayload, { kind: Kind }>) }]
      : [],
  );
}

/** One decision's row of the sheet, by strategy name. */
export function sheetOn(run: Layered, date: string): { [name: string]: Row } {
  const { decisions, columns } = run.trace.layers;
  const d = decisions.findIndex(({ session }) => run.dates[session] === date);
  invariant(d >= 0, 0, `there is no decision on ${date}`);
  const n = run.k.plan.variants.length;
  return Object.fromEntries(
    run.k.plan.variants.map(({ strategy }, v) => [
      strategy,
      Object.fromEntries(
        SHEET_COLUMNS.map((name) => [name, columns[name].values()[d * n + v]]),
      ) as Row,
    ]),
  );
}
type Row = { readonly [name in SheetColumn]: number };

/** Lots of an instrument at each session's close, from the fills and splits alone. */
export function lotsAt(run: Layered, id: string, date: string): number {
  const { session, instrument, lots } = run.trace.positions;
  const s = run.dates.indexOf(date);
  const i = run.k.world.indexOf.get(id);
  const row = session.values().findIndex((each, n) => each === s && instrument.values()[n] === i);
  return row < 0 ? 0 : lots.values()[row];
}
