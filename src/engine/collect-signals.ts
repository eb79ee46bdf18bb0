/**
 * Asks every variant that is past its warm-up for its forecast and sizes the wishes that are due:
 * a wish is sized when it differs from the variant's previous one, or on a rebalance session;
 * otherwise the belief is what is held. A forecast either holds or becomes a signal (invariant 2).
 */
import type { Order } from "../domain/order.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { ProtectiveStop, Target } from "../domain/target.ts";
import { roundsToNothing, sizeTarget } from "../portfolio/sizing/size-target.ts";
import { HEARD, type Quiet } from "./quiet/state.ts";
import { dueFrom, repeatsAt, tellHold } from "./quiet/walk.ts";
import { replaceWorking } from "./replace-orders.ts";
import type { Signal } from "./signal.ts";
import type { Kernel, Variant } from "./state.ts";

const NO_SIGNALS: readonly Signal[] = [];
const NO_CUTS: readonly Refusal[] = [];
const NO_ORDERS: readonly Order[] = [];

export function collectSignals(k: Kernel, session: number): readonly Signal[] {
  let signals: Signal[] | null = null;
  const { variants, rebalanceOn } = k.plan;
  const rebalance = rebalanceOn[session] === 1;
  dueFrom(k, session);
  for (let v = 0; v < variants.length; v++) {
    if (!rebalance && repeatsAt(k, v, session)) {
      holdAgain(k, v);
      continue;
    }
    const signal = askVariant(k, v, variants[v], session);
    if (signal === null) continue;
    if (signals === null) signals = [signal];
    else signals.push(signal);
  }
  return signals ?? NO_SIGNALS;
}

function askVariant(k: Kernel, v: number, variant: Variant, session: number): Signal | null {
  const { rowAt } = variant;
  const row = rowAt === null ? session : rowAt[session];
  if (row < variant.warmup) return null;
  const { state } = k;
  if (variant.ready !== null && variant.ready[row] === 0) {
    state.counters.unknownRows++;
    return null;
  }
  const rebalance = k.plan.rebalanceOn[session] === 1;
  const known = rebalance || state.previousKind[v] !== 0 ? Number.NaN : state.previousTarget[v];
  const target = variant.decide(row, known);
  state.counters.forecasts++;
  noteAnswer(state.quiet, v, session, target);
  if (target === null) return hold(k, v, null);
  const isWeight = "weight" in target;
  const value = isWeight ? target.weight : target.units;
  const kind = isWeight ? 0 : 1;
  const changed = value !== state.previousTarget[v] || kind !== state.previousKind[v];
  if (!changed && !rebalance) return hold(k, v, target);
  state.previousTarget[v] = value;
  state.previousKind[v] = kind;
  return sizeWish(k, v, { target, value, row, changed });
}

/** From here on it can be asked ahead whether it repeats this. */
function noteAnswer(quiet: Quiet, v: number, session: number, target: Target | null): void {
  quiet.heard[v] = target === null ? HEARD.none : "weight" in target ? HEARD.weight : HEARD.units;
  quiet.sameUntil[v] = session + 1;
  quiet.ended[v] = 0;
}

/** One that is warming up holds nothing and is not asked. */
function holdAgain(k: Kernel, v: number): void {
  const { counters, quiet } = k.state;
  if (quiet.heard[v] === HEARD.silent) return;
  counters.forecasts++;
  counters.holds++;
  if (k.recorder.tracesForecasts) tellHold(k, v);
}

function sizeWish(
  k: Kernel,
  v: number,
  wish: { target: Target; value: number; row: number; changed: boolean },
): Signal | null {
  const { state, world } = k;
  const i = k.plan.variants[v].instrument;
  const current = state.lots[i];
  const tally = state.tally.stages.sizing;
  tally.reached++;
  const sized = sizeTarget({
    kind: "weight" in wish.target ? "weight" : "units",
    value: wish.value,
    navMinor: state.navMinor,
    price: state.mark[i],
    lot: world.instruments[i].lot,
    scale: world.scales[i],
  });
  tally.evaluated++;
  tally.applied++;
  if (!sized.ok) {
    tally.bound++;
    return makeSignal(k, v, wish, null, sized.error);
  }
  const { lots, ideal } = sized.value;
  if (lots !== ideal) tally.bound++;
  if (lots !== current) return makeSignal(k, v, wish, lots, null);
  if (wish.changed && current === 0 && ideal !== 0) {
    return makeSignal(k, v, wish, lots, roundsToNothing(ideal));
  }
  // The wish is what is held already; orders still working towards an earlier wish go.
  if (wish.changed) replaceWorking(k, i);
  return hold(k, v, wish.target);
}

function hold(k: Kernel, v: number, target: Target | null): null {
  k.state.counters.holds++;
  if (k.recorder.tracesForecasts) traceForecast(k, v, target, -1);
  return null;
}

function traceForecast(k: Kernel, v: number, target: Target | null, signal: number): void {
  const i = k.plan.variants[v].instrument;
  const kind = target === null ? "none" : "weight" in target ? "weight" : "units";
  const value = target === null ? Number.NaN : "weight" in target ? target.weight : target.units;
  k.recorder.forecast(k.state.session, {
    variant: v,
    kind,
    target: value,
    confidence: Number.NaN,
    currentLots: k.state.lots[i],
    beliefLots: k.state.lots[i],
    finalLots: k.state.lots[i],
    price: k.state.mark[i],
    signal,
  });
}

function makeSignal(
  k: Kernel,
  v: number,
  wish: { target: Target; value: number; row: number },
  beliefLots: number | null,
  refusal: Refusal | null,
): Signal {
  const { state } = k;
  const variant = k.plan.variants[v];
  const i = variant.instrument;
  const factor = variant.splitFactor === null ? 1 : variant.splitFactor[wish.row];
  const { target } = wish;
  const entry = target.entry ?? "market";
  const currentLots = state.lots[i];
  const signal: Signal = {
    ordinal: state.counters.signals++,
    variant: v,
    instrument: i,
    session: state.session,
    kind: "weight" in target ? "weight" : "units",
    target: wish.value,
    confidence: 1,
    price: state.mark[i],
    currentLots,
    beliefLots,
    finalLots: beliefLots,
    entry: typeof entry === "object" ? { limit: entry.limit / factor } : entry,
    stop: rawStop(target.stop, factor),
    timeInForce: target.timeInForce ?? (typeof entry === "object" ? "day" : "gtc"),
    verdicts: [],
    orders: NO_ORDERS,
    cuts: NO_CUTS,
    refusals: refusal === null ? [] : [refusal],
    wantedLots: beliefLots === null ? 0 : Math.abs(beliefLots - currentLots),
    filledLots: 0,
    openOrders: 0,
    crosses: false,
  };
  if (k.recorder.tracesForecasts) traceForecast(k, v, target, signal.ordinal);
  return signal;
}

function rawStop(stop: ProtectiveStop | undefined, factor: number): ProtectiveStop | null {
  if (stop === undefined) return null;
  return "price" in stop ? { price: stop.price / factor } : { distance: stop.distance / factor };
}
