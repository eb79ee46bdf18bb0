/**
 * One instrument's hidden path: spot, carry, volatility and the drift nobody is told. Enters: its
 * terms, the weather and its own random stream; leaves: columns with one value per weekday.
 *
 * A day's shock mixes the common factor, the group's and an own one, with loadings that rise in a
 * crisis; its scale is calm volatility x crisis x an own slow state x now and then an event day.
 * Only + - x / and square roots; returns are simple returns.
 */
import { type Prng, nextNormal } from "../../../base/prng.ts";
import { happens, nextRough } from "./draws.ts";
import type { Group, Terms } from "./terms.ts";
import type { Weather } from "./weather.ts";

export type LatentPath = {
  /** Price of the thing itself; for a stock with dividends kept and no split. */
  readonly spot: Float64Array;
  /** Annual; a contract stands at spot / (1 + carry x years to expiry). */
  readonly carry: Float64Array;
  /** The day's simple return of spot. */
  readonly move: Float64Array;
  /** Standard deviation of an open day's `move` as known the evening before, as a fraction. */
  readonly scale: Float64Array;
  /** Hidden expected `move`, in units of `scale`; premium, pull and state together. */
  readonly drift: Float64Array;
};

/** Loadings on the common factor and on the group's, in calm times and in a crisis. */
type Loadings = {
  readonly common: number;
  readonly commonCrisis: number;
  readonly group: number;
  readonly groupCrisis: number;
  /** Volatility in a crisis over that in calm times. */
  readonly stress: number;
};

const LOADINGS: Readonly<Record<Group, Loadings>> = {
  equity: { common: 0.58, commonCrisis: 0.88, group: 0.5, groupCrisis: 0.3, stress: 2.2 },
  rates: { common: 0.42, commonCrisis: 0.76, group: 0.6, groupCrisis: 0.4, stress: 1.7 },
  fx: { common: 0.4, commonCrisis: 0.74, group: 0, groupCrisis: 0, stress: 1.7 },
  energy: { common: 0.43, commonCrisis: 0.78, group: 0.4, groupCrisis: 0.3, stress: 1.9 },
  metals: { common: 0.47, commonCrisis: 0.8, group: 0.55, groupCrisis: 0.4, stress: 1.8 },
};

const SESSIONS_PER_YEAR = 252;
const ROOT_YEAR = Math.sqrt(SESSIONS_PER_YEAR);
/** Memory per day of the slow states: half-lives of 43, 92 and 5 days. */
const DRIFT_MEMORY = 0.984;
const VOLATILITY_MEMORY = 0.9925;
const DRIFT_TURN = Math.sqrt(1 - DRIFT_MEMORY * DRIFT_MEMORY);
const VOLATILITY_TURN = Math.sqrt(1 - VOLATILITY_MEMORY * VOLATILITY_MEMORY);
const REVERSION_MEMORY = 0.87;
/** Share of event days and their scale. */
const EVENT_SHARE = 0.04;
const EVENT_SCALE = 1.9;
const EVENT_NORM = 1 / Math.sqrt(1 - EVENT_SHARE + EVENT_SHARE * EVENT_SCALE * EVENT_SCALE);
/** Own volatility stays within a factor of (2 + c) / (2 - c) of usual. */
const VOLATILITY_BOUND = 0.8;
/** Crisis and own state together stay below this multiple of usual, a shock within +-. */
const TIMES_BOUND = 2.8;
const SHOCK_BOUND = 4.5;
/** A level this many annual deviations away from its anchor turns a hidden drift by one deviation. */
const TURNS_AT = 2.5;
/** Pull on levels without a hidden drift, in daily deviations at one annual deviation away. */
const PULL = 0.015;
/** Little happens to a price while its exchange is shut. */
const HOLIDAY_SCALE = 0.35;
/** No day multiplies a price by more than (2 + c) / (2 - c), or divides it by more. */
const GROWTH_BOUND = 1.2;

/**
 * One instrument on its way: its constants as plain numbers, and its states. Every walker is made
 * by one literal and has one shape, or the loop below would be compiled anew for each.
 */
type Walker = {
  readonly prng: Prng;
  readonly loads: Loadings;
  readonly sign: number;
  readonly loading: number;
  readonly volatility: number;
  readonly ownSpread: number;
  readonly premium: number;
  /** Of the slow drift; 0 where there is none. */
  readonly strength: number;
  /** Of every shock that comes back; 0 where none does. */
  readonly share: number;
  /** Pull per annual deviation from the anchor; a slow drift is turned instead. */
  readonly pull: number;
  spot: number;
  /** Where the level is pulled to: grows with the premium. */
  anchor: number;
  /** Slow drift state, about standard normal. */
  hidden: number;
  /** Part of the carry that the hidden state does not explain. */
  noise: number;
  ownState: number;
  /** What of past shocks has still to come back. */
  displaced: number;
};

type Source = {
  readonly weather: Weather;
  /** 1 on the days of the grid on which the instrument's exchange is open, else 0. */
  readonly openDays: Uint8Array;
  readonly prng: Prng;
};

export function latentPath(terms: Terms, source: Source): LatentPath {
  const { intensity, common, groups } = source.weather;
  const groupShocks = groups[terms.group];
  const { openDays } = source;
  const days = intensity.length;
  const column = () => new Float64Array(days);
  const path = {
    spot: column(),
    carry: column(),
    move: column(),
    scale: column(),
    drift: column(),
  };
  const { spread = 0, mean = 0 } = terms.carry ?? {};
  const shown = terms.hidden.kind === "carry" ? terms.hidden.shown : 0;
  const unshown = Math.sqrt(1 - shown * shown);
  const usual = usualScale(terms);
  const walker = walkerOf(terms, source.prng);
  const { stress } = walker.loads;
  for (let t = 0; t < days; t++) {
    const own = nearExp(walker.ownSpread * walker.ownState, VOLATILITY_BOUND);
    const scale = usual * Math.min((1 + (stress - 1) * intensity[t]) * own, TIMES_BOUND);
    const drift = driftOf(walker);
    const shock = nextShock(walker, intensity[t], walker.sign * common[t], groupShocks[t]);
    const felt = openDays[t] === 1 ? scale : HOLIDAY_SCALE * scale;
    const growth = nearExp(felt * (drift + shock - felt / 2), GROWTH_BOUND);
    walker.spot *= growth;
    walker.anchor *= 1 + walker.premium * usual;
    path.spot[t] = walker.spot;
    path.carry[t] = mean + spread * (shown * walker.hidden + unshown * walker.noise);
    path.move[t] = growth - 1;
    path.scale[t] = scale;
    path.drift[t] = drift;
    advance(walker, shock);
  }
  return path;
}

/** Standard deviation of a calm day, as a fraction. */
export function usualScale({ volatility }: Terms): number {
  return volatility / ROOT_YEAR;
}

function walkerOf(terms: Terms, prng: Prng): Walker {
  const { hidden } = terms;
  const strength = hidden.kind === "trend" || hidden.kind === "carry" ? hidden.strength : 0;
  return {
    prng,
    loads: LOADINGS[terms.group],
    sign: terms.sign,
    loading: terms.loading,
    volatility: terms.volatility,
    ownSpread: terms.ownVolatility,
    premium: terms.premium,
    strength,
    share: hidden.kind === "reversion" ? hidden.share : 0,
    pull: strength > 0 ? 0 : PULL,
    spot: terms.startPrice,
    anchor: terms.startPrice,
    hidden: nextNormal(prng),
    noise: nextNormal(prng),
    ownState: nextNormal(prng),
    displaced: 0,
  };
}

/** (2 + x) / (2 - x) is close to exp(x) within the bound, and the same bits in every runtime. */
function nearExp(x: number, bound: number): number {
  const held = Math.min(Math.max(x, -bound), bound);
  return (2 + held) / (2 - held);
}

function driftOf(walker: Walker): number {
  const slow = walker.strength * walker.hidden;
  const back = walker.pull * away(walker) + (1 - REVERSION_MEMORY) * walker.displaced;
  return walker.premium + slow - back;
}

/** How far the level is from its anchor, in annual deviations; about the log of their ratio. */
function away({ spot, anchor, volatility }: Walker): number {
  return (2 * (spot - anchor)) / ((spot + anchor) * volatility);
}

/** `common` is signed; the loadings rise with the intensity k. */
function nextShock(walker: Walker, k: number, common: number, group: number): number {
  const { loads, prng } = walker;
  const a = walker.loading * (loads.common + (loads.commonCrisis - loads.common) * k);
  const b = loads.group + (loads.groupCrisis - loads.group) * k;
  const own = Math.sqrt(1 - a * a - b * b);
  const event = happens(prng, EVENT_SHARE) ? EVENT_SCALE : 1;
  const mixed = a * common + b * group + own * nextNormal(prng);
  return Math.min(Math.max(EVENT_NORM * event * mixed, -SHOCK_BOUND), SHOCK_BOUND);
}

function advance(walker: Walker, shock: number): void {
  const { prng } = walker;
  walker.ownState = VOLATILITY_MEMORY * walker.ownState + VOLATILITY_TURN * nextRough(prng);
  walker.noise = DRIFT_MEMORY * walker.noise + DRIFT_TURN * nextRough(prng);
  walker.displaced = REVERSION_MEMORY * walker.displaced + walker.share * shock;
  if (walker.strength === 0) return;
  const turn = ((1 - DRIFT_MEMORY) / TURNS_AT) * away(walker);
  walker.hidden = DRIFT_MEMORY * walker.hidden + DRIFT_TURN * nextRough(prng) - turn;
}
