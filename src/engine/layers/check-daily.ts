/**
 * What is stepped at every close, worked out again for the checks: the regime of the volatility index
 * from the closes that the pack has for each day, and the circuit breakers from the curve of net asset
 * value, the day's loss against the close before and the drawdown against the highest. Uses nothing of
 * the gates' own steps. A regime that is calmer than its evidence breaks invariant 3, a breaker that
 * is not where the curve puts it invariant 1. Under same_close the curve has the trades of the very
 * close that the breakers looked at before, so nothing is said of them there.
 */
import { formatDate } from "../../base/instant.ts";
import type { Breach } from "../audit.ts";
import type { Kernel } from "../state.ts";
import type { Trace } from "../trace.ts";
import type { LayerPlan } from "./plan.ts";
import type { LayerState } from "./state.ts";

export function checkDaily(k: Kernel, trace: Trace): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  return wrongRegime(k, layers) ?? (k.plan.sameClose ? null : wrongBreaker(k, layers, trace));
}

const BANDS = ["LOW", "NORMAL", "HIGH", "CRISIS"] as const;

function wrongRegime({ world }: Kernel, { plan, daily }: LayerState): Breach | null {
  const terms = plan.volatilityRegime;
  if (terms === null) return null;
  const index = world.references.find(({ id }) => id === terms.reference);
  const closes = new Map(Array.from(index?.timesMs ?? [], (ms, row) => [ms, index?.values[row]]));
  const levels = [Number.NEGATIVE_INFINITY, terms.low, terms.high, terms.crisis];
  let band = -1;
  let calm = 0;
  for (const [s, ms] of world.sessionsMs.entries()) {
    const close = closes.get(ms) ?? Number.NaN;
    const isKnown = close > 0 && close < Number.POSITIVE_INFINITY;
    // LOW ends at its level, the others begin above theirs.
    const now = close > terms.crisis ? 3 : close > terms.high ? 2 : close >= terms.low ? 1 : 0;
    calm = isKnown && now < band && close < terms.leave_factor * levels[band] ? calm + 1 : 0;
    if (isKnown && now >= band) band = now;
    if (calm === terms.leave_closes) {
      band--;
      calm = 0;
    }
    const due = isKnown ? BANDS[band] : "UNKNOWN";
    const found = daily.volatilityRegime[s];
    if (found === due) continue;
    const message = `gate volatility_regime was not heeded on ${formatDate(ms)}: it is said to be ${found}, a close of ${Number.isNaN(close) ? "nothing" : close} makes it ${due}`;
    return { invariant: isKnown ? 1 : 3, status: "INERT_STAGE", message };
  }
  return null;
}

type Stage = "NORMAL" | "RAMPUP" | "HALT" | "PANIC";

function wrongBreaker(k: Kernel, { plan, daily }: LayerState, trace: Trace): Breach | null {
  const levels = plan.breakers;
  if (levels === null) return null;
  const { nav } = k.state.curves;
  const isPriced = createHealth(k, trace);
  const book = { stage: "NORMAL" as Stage, since: 0, high: k.plan.initialEquityMinor };
  let before = k.plan.initialEquityMinor;
  for (let s = 0; s < nav.length; s++) {
    book.high = Math.max(book.high, nav[s]);
    const seen = { drawdown: lost(book.high, nav[s]), dayLoss: lost(before, nav[s]) };
    const healthy = isPriced(s);
    const next = stageDue(levels, book.stage, {
      ...seen,
      healthy,
      ruined: nav[s] <= 0,
      sessions: s - book.since,
    });
    if (next !== book.stage) {
      if (next === "RAMPUP") book.high = nav[s];
      book.stage = next;
      book.since = s;
    }
    before = nav[s];
    if (daily.breaker[s] === next) continue;
    const on = formatDate(k.world.sessionsMs[s]);
    const message = `gate breakers was not heeded on ${on}: it is said to be ${daily.breaker[s]}, a loss of ${seen.dayLoss} in the day and a drawdown of ${seen.drawdown} make it ${next}`;
    return { invariant: 1, status: "INERT_STAGE", message };
  }
  return null;
}

type Seen = {
  readonly drawdown: number;
  readonly dayLoss: number;
  readonly healthy: boolean;
  readonly ruined: boolean;
  /** Since the state began. */
  readonly sessions: number;
};

function stageDue(levels: NonNullable<LayerPlan["breakers"]>, stage: Stage, seen: Seen): Stage {
  const isDayBroken = seen.dayLoss >= levels.dailyLoss;
  if (stage !== "PANIC" && seen.drawdown >= levels.panic) return "PANIC";
  switch (stage) {
    case "NORMAL":
      return isDayBroken || seen.drawdown >= levels.halt ? "HALT" : "NORMAL";
    case "RAMPUP":
      if (isDayBroken || seen.drawdown >= levels.halt) return "HALT";
      return seen.healthy && seen.sessions >= levels.rampupSessions ? "NORMAL" : "RAMPUP";
    case "HALT":
    case "PANIC": {
      const least = stage === "HALT" ? levels.haltSessions : levels.panicSessions;
      const mayLoosen = seen.healthy && !seen.ruined && !isDayBroken;
      return mayLoosen && seen.sessions >= least ? "RAMPUP" : stage;
    }
  }
}

/** Fraction; all of it where there was nothing to lose. */
function lost(from: number, to: number): number {
  return from > 0 ? (from - to) / from : 1;
}

/** Whether all that is held has had a bar of late; asked for sessions in their order. */
function createHealth({ world, plan }: Kernel, { positions }: Trace): (session: number) => boolean {
  const sessions = positions.session.values();
  const instruments = positions.instrument.values();
  const lastBar = new Int32Array(world.instruments.length).fill(-1);
  let next = 0;
  return (session) => {
    for (let i = 0; i < lastBar.length; i++) {
      if (!Number.isNaN(world.closes[i][session])) lastBar[i] = session;
    }
    let healthy = true;
    for (; next < sessions.length && sessions[next] === session; next++) {
      if (session - lastBar[instruments[next]] > plan.maxAgeSessions) healthy = false;
    }
    return healthy;
  };
}
