/**
 * Gathers what the volatility gap is computed from: the weights that every decision left behind,
 * netted by instrument, what the gates let pass of them, the positions at each close, the costs of
 * each session. Null where no volatility was aimed at. Weights are fractions of net asset value.
 */
import type { VolatilityGap } from "../../domain/volatility-gap.ts";
import {
  type ClosedOut,
  type DecidedWeights,
  volatilityGap,
} from "../../research/evaluation/volatility-gap.ts";
import { rateAt } from "../artifact-tables.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace, SheetColumn, Trace } from "../trace.ts";
import { grossOf, netInto } from "./evidence.ts";
import type { LayerState } from "./state.ts";

type Decision = LayerTrace["decisions"][number];

/** `from`: first session of the evaluation window. */
export function runVolatilityGap(k: Kernel, trace: Trace, from: number): VolatilityGap | null {
  const { layers } = k.state;
  if (layers === null || layers.plan.riskTargeting === null) return null;
  const held = heldWeights(k, trace);
  return volatilityGap({
    target: layers.plan.riskTargeting.target_vol,
    from,
    returns: k.world.instruments.map((_, i) => accountReturns(k, layers, i)),
    decided: decidedWeights(k, layers, trace, held),
    closedOut: closedOut(k, trace),
    held,
    costs: costFractions(k, trace),
    nav: k.state.curves.nav,
  });
}

/** A position abroad is paid for abroad, in cash or in debt: the currency's move counts on its gain alone. */
function accountReturns(k: Kernel, { plan }: LayerState, i: number): Float64Array {
  const local = plan.evidence.returns[i];
  const { rate } = k.world.currencies[k.world.currencyOf[i]];
  if (rate === null) return local;
  return local.map((r, s) => (s === 0 ? r : r * (rate[s] / rate[s - 1])));
}

function decidedWeights(
  k: Kernel,
  layers: LayerState,
  trace: Trace,
  held: Float64Array,
): DecidedWeights {
  const { decisions } = trace.layers;
  const net = (name: SheetColumn) => netWeights(layers, trace.layers, name);
  const allocated = net("allocated");
  const targeted = net("targeted");
  const delayed = !k.plan.sameClose;
  return {
    heldFrom: Int32Array.from(decisions, ({ session }) => session + (delayed ? 1 : 0)),
    delayed,
    ...untouchedByPolicy(layers, decisions, { allocated, targeted }),
    permitted: targeted,
    braked: net("braked"),
    clamped: net("clamped"),
    passed: passedWeights(k, trace, held),
  };
}

/** Decision x instrument. */
function netWeights({ plan }: LayerState, trace: LayerTrace, name: SheetColumn): Float64Array {
  const n = plan.instrumentOf.length;
  const width = plan.sleevesOf.length;
  const values = trace.columns[name].values();
  const out = new Float64Array(trace.decisions.length * width);
  for (let d = 0; d < trace.decisions.length; d++) {
    const own = out.subarray(d * width, (d + 1) * width);
    netInto(values.subarray(d * n, (d + 1) * n), plan.instrumentOf, own);
  }
  return out;
}

/**
 * Targeted as if policy had cut nothing, with and without floors and caps. Where nothing could be
 * measured there is no such figure: both are what was kept.
 */
function untouchedByPolicy(
  layers: LayerState,
  decisions: readonly Decision[],
  { allocated, targeted }: { readonly allocated: Float64Array; readonly targeted: Float64Array },
): Pick<DecidedWeights, "believed" | "unbounded"> {
  const width = layers.plan.sleevesOf.length;
  const target = layers.plan.riskTargeting?.target_vol ?? Number.NaN;
  const believed = Float64Array.from(targeted);
  const unbounded = Float64Array.from(targeted);
  for (const [d, decision] of decisions.entries()) {
    if (decision.riskStatus === "unavailable") continue;
    const { multiplier, grossLimit, sigma, grossReference } = decision;
    const gross = grossOf(allocated.subarray(d * width, (d + 1) * width));
    const bounded = gross * multiplier > grossLimit ? grossLimit / gross : multiplier;
    const free = sigma > 0 ? target / (sigma * grossReference) : bounded;
    for (let n = d * width; n < (d + 1) * width; n++) {
      believed[n] = allocated[n] * bounded;
      unbounded[n] = allocated[n] * free;
    }
  }
  return { believed, unbounded };
}

/**
 * What was held, and of the wishes that passed the signal gates and were sized the share that the
 * order gates approved.
 */
function passedWeights(k: Kernel, trace: Trace, held: Float64Array): Float64Array {
  const width = k.world.instruments.length;
  const { decisions, nettings } = trace.layers;
  const approved = approvedLots(k, trace);
  const out = new Float64Array(decisions.length * width);
  let next = 0;
  for (const [d, { session }] of decisions.entries()) {
    out.set(held.subarray(session * width, (session + 1) * width), d * width);
    for (; next < nettings.length && nettings[next].session === session; next++) {
      const { instrument: i, wantedLots, heldLots, targetLots } = nettings[next].netting;
      const ordered = targetLots - heldLots;
      const share = ordered === 0 ? 1 : (approved.get(session * width + i) ?? 0) / ordered;
      const lots = heldLots + (wantedLots - heldLots) * share;
      out[d * width + i] = lots * weightOfLot(k, i, session);
    }
  }
  return out;
}

/** Signed, by session x instrument of the decision. */
function approvedLots({ world }: Kernel, trace: Trace): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { order, lots } of trace.orders) {
    if (order.purpose !== "open" && order.purpose !== "close") continue;
    const key = order.session * world.instruments.length + order.instrument;
    found.set(key, (found.get(key) ?? 0) + order.side * lots);
  }
  return found;
}

function weightOfLot(k: Kernel, i: number, session: number): number {
  const value = k.world.scales[i].factor * markAt(k, i, session) * rateAt(k, i, session);
  return value / k.state.curves.nav[session];
}

/** The last close, of the contract that is held after a roll. */
function markAt({ world }: Kernel, i: number, session: number): number {
  const roll = world.futures[i];
  let s = session;
  while (s > 0 && Number.isNaN(world.closes[i][s])) s--;
  return roll !== null && roll.rollAt[s] === 1 ? roll.nextClose[s] : world.closes[i][s];
}

/** By session x instrument. */
function heldWeights(k: Kernel, { positions }: Trace): Float64Array {
  const { world, state } = k;
  const width = world.instruments.length;
  const out = new Float64Array(world.sessionsMs.length * width);
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  const lots = positions.lots.values();
  const marks = positions.mark.values();
  for (let n = 0; n < sessions.length; n++) {
    const i = instruments[n];
    const s = sessions[n];
    const minor = lots[n] * world.scales[i].factor * marks[n] * rateAt(k, i, s);
    out[s * width + i] = minor / state.curves.nav[s];
  }
  return out;
}

/** Stops and breakers close the whole of a position. */
function closedOut({ state }: Kernel, { fillOrders }: Trace): ClosedOut {
  const sessions = state.fills.session.values();
  const instruments = state.fills.instrument.values();
  const own = fillOrders.flatMap((traced, n) => {
    const purpose = traced?.order.purpose;
    return purpose === "stop" || purpose === "flatten" ? [n] : [];
  });
  return {
    sessions: Int32Array.from(own, (n) => sessions[n]),
    instruments: Int32Array.from(own, (n) => instruments[n]),
  };
}

/** Fees, slippage, financing and borrow of each session over net asset value at the close before. */
function costFractions(k: Kernel, { accruals }: Trace): Float64Array {
  const { fills, curves } = k.state;
  const minor = new Float64Array(curves.nav.length);
  const sessions = fills.session.values();
  const instruments = fills.instrument.values();
  const fees = fills.fee.values();
  const slippage = fills.slippage.values();
  for (let n = 0; n < sessions.length; n++) {
    const s = sessions[n];
    minor[s] += (fees[n] + slippage[n]) * rateAt(k, instruments[n], s);
  }
  for (const { session, instrument, amountMinor } of accruals) {
    const rate = instrument === null ? 1 : rateAt(k, instrument, session);
    minor[session] += amountMinor * rate;
  }
  return minor.map((cost, s) => (s === 0 ? 0 : cost / curves.nav[s - 1]));
}
