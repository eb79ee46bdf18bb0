/**
 * The baseline run, and what it showed: the largest exposure, heat, drawdown and so on, from which
 * limits that must bind are made; and which of the needs of probes the window meets. Exposures are
 * fractions of net asset value at closes, money in currency units.
 */
import { minorToAmount } from "../../base/money.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { Observable, ProbeNeed } from "../../domain/probe.ts";
import { finishKernel, runSessions } from "../kernel.ts";
import type { Kernel } from "../state.ts";
import type { Candidate } from "./candidate.ts";
import { describe, kernelOf, type Outcome } from "./outcome.ts";

export type Observed = {
  readonly largest: { readonly [name in Observable]: number };
  readonly met: ReadonlySet<ProbeNeed>;
  /** Terms that some traded instrument takes from data.instrument_defaults. */
  readonly inherited: ReadonlySet<string>;
};

/** What is seen on the way, session by session. */
type Seen = {
  readonly largest: { [name in Observable]: number };
  readonly met: Set<ProbeNeed>;
  highMinor: number;
  readonly bySector: Map<string | null, number>;
  /** Fills looked at so far; by instrument lots at the last close, and fills that made them grow. */
  readonly growing: { fills: number; readonly lots: Float64Array; readonly steps: Int32Array };
};

export function observe(candidate: Candidate): {
  readonly outcome: Outcome;
  readonly observed: Observed;
} {
  const k = kernelOf(candidate);
  const seen = nothingSeen(k.plan.initialEquityMinor, k.world.instruments.length);
  const sessions = k.world.sessionsMs.length;
  let before = k.plan.initialEquityMinor;
  for (let session = 0; session < sessions; session++) {
    runSessions(k, session, session + 1);
    lookAtFills(k, seen);
    lookAtBook(k, seen);
    lookAtPath(k, seen, before);
    before = k.state.navMinor;
  }
  finishKernel(k);
  lookBack(k, seen);
  lookAtData(candidate, k, seen.met);
  raise(seen, "volatility_index", highestIndex(k));
  const { largest, met } = seen;
  return {
    outcome: describe(candidate, k),
    observed: { largest, met, inherited: inheritedTerms(candidate) },
  };
}

function nothingSeen(initialMinor: number, instruments: number): Seen {
  return {
    largest: {
      gross: 0,
      net: 0,
      symbol: 0,
      sector: 0,
      margin: 0,
      heat: 0,
      drawdown: 0,
      daily_loss: 0,
      positions: 0,
      fill_notional: 0,
      volatility_index: 0,
    },
    met: new Set(),
    highMinor: initialMinor,
    bySector: new Map(),
    growing: {
      fills: 0,
      lots: new Float64Array(instruments),
      steps: new Int32Array(instruments),
    },
  };
}

function raise({ largest }: Seen, name: Observable, value: number): void {
  if (value > largest[name]) largest[name] = value;
}

function lookAtBook({ state, world }: Kernel, seen: Seen): void {
  const { bySector, met } = seen;
  if (state.navMinor <= 0) return;
  bySector.clear();
  const book = { gross: 0, net: 0, margin: 0, positions: 0 };
  for (let i = 0; i < state.lots.length; i++) {
    const lots = state.lots[i];
    if (lots === 0) continue;
    const rate = state.exposureRate[i];
    const exposure = (lots * world.scales[i].factor * state.mark[i] * rate) / state.navMinor;
    const { sector } = world.instruments[i];
    book.gross += Math.abs(exposure);
    book.net += exposure;
    book.margin += (Math.abs(lots) * world.marginMinor[i] * rate) / state.navMinor;
    book.positions++;
    raise(seen, "symbol", Math.abs(exposure));
    bySector.set(sector, (bySector.get(sector) ?? 0) + Math.abs(exposure));
    if (lots < 0) met.add("shorts");
    if (lots < 0 && !isFuture(world.instruments[i])) met.add("short_shares");
  }
  raise(seen, "gross", book.gross);
  raise(seen, "net", Math.abs(book.net));
  raise(seen, "margin", book.margin);
  raise(seen, "positions", book.positions);
  for (const exposure of bySector.values()) raise(seen, "sector", exposure);
}

function lookAtPath({ state }: Kernel, seen: Seen, before: number): void {
  const { navMinor, layers } = state;
  seen.highMinor = Math.max(seen.highMinor, navMinor);
  raise(seen, "drawdown", 1 - navMinor / seen.highMinor);
  if (before > 0) raise(seen, "daily_loss", 1 - navMinor / before);
  if (state.cashMinor < 0) seen.met.add("debit");
  if (layers === null) return;
  const weak = layers.strength.some((strength) => Math.abs(strength) > 0 && Math.abs(strength) < 1);
  if (weak || layers.confidence.some((one) => one > 0 && one < 1)) seen.met.add("partial_strength");
  if (layers.brake !== null && layers.brake.entered !== null) seen.met.add("brake_entered");
  if (layers.brake !== null && layers.brake.scalar < 1 && !Number.isNaN(layers.brake.score)) {
    seen.met.add("brake_moved");
  }
}

/** What the run leaves when it has ended. */
function lookBack({ state, world, plan }: Kernel, seen: Seen): void {
  const { met } = seen;
  const { counters, fills, layers } = state;
  for (const minor of fills.traded.values()) {
    raise(seen, "fill_notional", minorToAmount(Math.abs(minor), world.currencies[0].digits));
  }
  for (const i of new Set(fills.instrument.values())) {
    met.add(isFuture(world.instruments[i]) ? "futures" : "shares");
  }
  if (counters.stopsFilled > 0) met.add("stops_filled");
  // A drawdown that rounding alone could make is none.
  if (seen.largest.drawdown > 1e-3) met.add("drawdown");
  if (plan.variants.some(({ strategy }) => strategy !== plan.variants[0].strategy)) {
    met.add("several_strategies");
  }
  if (layers === null) return;
  if (state.tally.stages.policy.bound > 0) met.add("stress");
  for (const heat of layers.daily.heat) raise(seen, "heat", heat);
}

/**
 * Reductions: an instrument that grew twice in a row and then shrank, but not to nothing. Lots of a
 * future are settled every day and cost all the same. Signs alone are looked at: a split changes
 * sizes without a fill.
 */
function lookAtFills({ state, world }: Kernel, { growing, met }: Seen): void {
  const { fills } = state;
  const instruments = fills.instrument.values();
  const lots = fills.lots.values();
  for (; growing.fills < lots.length; growing.fills++) {
    const i = instruments[growing.fills];
    if (isFuture(world.instruments[i])) continue;
    const before = growing.lots[i];
    const after = state.lots[i];
    if (before === 0 || before * lots[growing.fills] > 0) {
      growing.steps[i] = before === 0 ? 1 : growing.steps[i] + 1;
    } else if (before * after > 0) {
      if (growing.steps[i] > 1) met.add("reductions");
    } else {
      growing.steps[i] = after === 0 ? 0 : 1;
    }
  }
  growing.lots.set(state.lots);
}

/** What the bars, actions and references hold, whatever was traded on them. */
function lookAtData(candidate: Candidate, { world }: Kernel, met: Set<ProbeNeed>): void {
  const { prepared, rowsRejected, hasZeroVolume, values } = candidate;
  const { series, instruments, references, bars } = world;
  const add = (need: ProbeNeed, isMet: boolean) => isMet && met.add(need);
  const hasRanges = series.map(({ open, high, low }) => [open, high, low].every((c) => c !== null));
  add("several_instruments", instruments.length > 1);
  add(
    "dividends",
    prepared.pack.actions.some(({ kind }) => kind === "dividend"),
  );
  add(
    "bar_ranges",
    hasRanges.every((has) => has),
  );
  add(
    "closes_only",
    hasRanges.some((has) => !has),
  );
  add(
    "ticks",
    instruments.every(({ tick }) => tick !== null),
  );
  add("reference_series", references.length > 0);
  add(
    "volatility_index",
    references.some(({ kind }) => kind === "volatility_index"),
  );
  add(
    "holes",
    bars.some(({ close }) => close.some(Number.isNaN)),
  );
  add("rejected_rows", rowsRejected > 0);
  add("zero_volume", hasZeroVolume);
  add(
    "equal_closes",
    series.some(({ close }) => hasEqualCloses(close)),
  );
  add(
    "nonpositive_price",
    series.some(({ close }) => close.some((price) => price <= 0)),
  );
  const { clamps } = values as { clamps?: { tail?: { enabled?: boolean } } };
  add("chance", prepared.pack.kind === "SIMULATED" || clamps?.tail?.enabled === true);
}

/** Of the sessions of the run. */
function highestIndex({ world }: Kernel): number {
  const [from] = world.sessionsMs;
  let highest = 0;
  for (const { kind, timesMs, values } of world.references) {
    if (kind !== "volatility_index") continue;
    for (let n = 0; n < values.length; n++) {
      if (timesMs[n] >= from && values[n] > highest) highest = values[n];
    }
  }
  return highest;
}

function inheritedTerms({ prepared, values }: Candidate): ReadonlySet<string> {
  const { instrument_defaults: defaults, instruments } = values["data"] as {
    readonly instrument_defaults: object;
    readonly instruments: { readonly [id: string]: object };
  };
  const traded = prepared.world.instruments.map(({ id }) => instruments[id] ?? {});
  const terms = Object.keys(defaults);
  return new Set(terms.filter((term) => traded.some((own) => !Object.hasOwn(own, term))));
}

function hasEqualCloses(close: Float64Array): boolean {
  for (let t = 2; t < close.length; t++) {
    if (close[t] === close[t - 1] && close[t] === close[t - 2]) return true;
  }
  return false;
}
