/**
 * Stage sizing: the net becomes whole lots. Position buffer, rounding and minimum notional act
 * here, once, on the netted instrument; what they leave untraded is told to the signals that wanted
 * more.
 */
import { invariant } from "../../base/assert.ts";
import { minorToAmount } from "../../base/money.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Refusal } from "../../domain/refusal.ts";
import { type NetSizing, sizeNet } from "../../portfolio/sizing/size-net.ts";
import type { LayerState } from "../layers/state.ts";
import type { Wish } from "../order-legs.ts";
import type { Signal } from "../signal.ts";
import type { Kernel } from "../state.ts";
import type { NettedWish } from "./netting.ts";

/** How far arithmetic alone carries a weight that was cut to a limit beyond it. */
const NOISE = 1e-9;

export function sizingStage(
  k: Kernel,
  layers: LayerState,
  netted: readonly NettedWish[],
): readonly Wish[] {
  const counts = k.state.tally.stages.sizing;
  const wishes: Wish[] = [];
  for (const wish of netted) {
    const sized = sizeOne(k, layers, wish);
    counts.evaluated++;
    counts.applied++;
    if (sized !== null) wishes.push(sized);
  }
  return wishes;
}

function sizeOne(k: Kernel, layers: LayerState, wish: NettedWish): Wish | null {
  const { instrument, netting, wantedLots } = wish;
  const held = k.state.lots[instrument];
  const fullLots = fullStrength(k, layers, instrument);
  const result = sizeNet(
    { buffer: layers.plan.sizing.buffer, minNotional: layers.plan.sizing.min_notional },
    {
      wantedLots,
      heldLots: held,
      fullLots,
      mostLots: mostLots(k, layers, wish),
      lotNotional: lotNotional(k, instrument),
    },
  );
  const counts = k.state.tally.stages.sizing;
  const signals = onSide(netting.signals, netting.wanted, wantedLots - held);
  invariant(signals.length > 0, 1, () => {
    return `stage netting was not applied: nobody asked to go from ${held} to ${wantedLots} lots of instrument ${instrument}`;
  });
  if (!result.ok) {
    counts.bound++;
    for (const signal of signals) signal.refusals.push(result.error);
    return null;
  }
  const { lots, cutBy } = result.value;
  k.recorder.netting(k.state.session, {
    instrument,
    wantedLots,
    heldLots: held,
    fullLots,
    sizeScale: layers.sheet.sizeScale,
    targetLots: lots,
    cutBy,
    crossedLots: netting.toCross,
  });
  if (cutBy !== null) counts.bound++;
  // A fraction of a lot that a trade leaves over, or too little to be told from nothing, is a cut too.
  const rule = cutBy ?? (isShort(lots, result.value.ideal, held) ? "rounding" : null);
  if (rule !== null) {
    const refusal = sizingRefusal(result.value, held, rule);
    for (const signal of signals) signal.refusals.push(refusal);
  }
  if (lots === held) return null;
  const { session } = k.state;
  return { instrument, session, lots, entry: "market", timeInForce: "gtc", signals };
}

/** Whether less is traded than was wished, be it by a millionth of a lot. */
function isShort(lots: number, ideal: number, held: number): boolean {
  const left = Math.abs(ideal - held) - Math.abs(lots - held);
  return Math.round(left * MICRO_LOTS) > 0;
}

/**
 * What was wished in whole lots, where a limit lies between it and the next lot: the symbol limit's
 * own, or that of the book where it stands at its gross or net limit. A wish beyond its limit is
 * the gates' to refuse.
 */
function mostLots(k: Kernel, { sheet }: LayerState, wish: NettedWish): number | null {
  const { limits, navMinor } = k.state;
  const wanted = Math.abs(wish.wantedLots);
  const symbol = ((limits.symbol ?? limits.gross) * navMinor) / lotMinor(k, wish.instrument);
  const bySymbol = wanted <= symbol * (1 + NOISE) && Math.ceil(wanted) > symbol;
  return bySymbol || isAtLimit(k, sheet.netAfter) ? Math.floor(wanted + 1 / MICRO_LOTS) : null;
}

/** Near enough to a limit of the book that half a lot more of everything wanted would carry it over. */
function isAtLimit(k: Kernel, weights: Float64Array): boolean {
  const { limits, navMinor } = k.state;
  let long = 0;
  let short = 0;
  let roundedUp = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    if (weights[i] > 0) long += weights[i];
    else short -= weights[i];
    roundedUp += (0.5 * lotMinor(k, i)) / navMinor;
  }
  const isNear = (size: number, limit: number) =>
    size + roundedUp > limit && size <= limit * (1 + NOISE);
  const { gross, net } = limits;
  return isNear(long + short, gross) || (net !== null && isNear(Math.abs(long - short), net));
}

/**
 * |Position| in lots if every sleeve of the instrument believed fully and the same way, as far as
 * the limit on one instrument lets it: a band around a position that may never be would hold every
 * trade back.
 */
function fullStrength(k: Kernel, { sheet, plan }: LayerState, i: number): number {
  let own = 0;
  for (const v of plan.sleevesOf[i]) own += sheet.budget[v];
  let all = 0;
  for (const budget of sheet.budget) all += budget;
  const weight = sheet.risk === null ? own : (sheet.risk.gross * own) / all;
  const { symbol, gross } = k.state.limits;
  const allowed = Math.min(weight, symbol ?? gross);
  const lots = (allowed * sheet.sizeScale * k.state.navMinor) / lotMinor(k, i);
  // Without a measurement nothing is added; what is held stays as it is, within no band.
  return Number.isFinite(lots) ? Math.abs(lots) : 0;
}

function lotMinor({ state, world }: Kernel, i: number): number {
  return state.mark[i] * world.scales[i].factor * state.exposureRate[i];
}

function lotNotional(k: Kernel, i: number): number {
  return minorToAmount(lotMinor(k, i), k.world.currencies[0].digits);
}

/** Whose wish the net is: those that want to change in its direction. */
function onSide(
  signals: readonly Signal[],
  wanted: Float64Array,
  change: number,
): readonly Signal[] {
  return signals.filter((_, n) => wanted[n] * change > 0 || change === 0);
}

function sizingRefusal(sized: NetSizing, held: number, rule: string): Refusal {
  return {
    state: "REJECTED_BY_SIZING",
    by: "sizing",
    rule,
    observed: Math.abs(sized.ideal - held),
    limit: rule === "inside_buffer" ? sized.buffer : 1,
    unit: "lots",
  };
}
