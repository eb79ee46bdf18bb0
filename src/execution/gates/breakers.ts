/**
 * The circuit breakers: one state machine stepped at every close, before the decision, and the
 * order gate that reads its state. Enters: net asset value in minor units, sessions, calendar day
 * numbers; thresholds are fractions of net asset value (spec execution, "circuit breakers"). Leaves:
 * the change of state, with what was observed against which limit, for the journal.
 *
 *   NORMAL, RAMPUP --daily loss or drawdown--> HALT        --cooled down, healthy--> RAMPUP
 *   NORMAL, RAMPUP, HALT --deeper drawdown---> PANIC       --cooled down, healthy--> RAMPUP
 *   RAMPUP --its sessions are over, healthy--> NORMAL
 *
 * While HALT cools down, a further daily loss or drawdown does not start it anew (it could never
 * end: the mark is only rebased by leaving); a drawdown to the PANIC level does count. What
 * loosens (into RAMPUP, into NORMAL) needs known health; into RAMPUP also a day that itself breaks
 * no daily loss, and something left to trade with.
 */
import { invariant, unreachable } from "../../base/assert.ts";
import type { Evidence } from "../../domain/evidence.ts";
import type { Verdict } from "../../domain/refusal.ts";
import type { BreakerState } from "../../domain/regime.ts";
import type { SectionIssue } from "../../domain/section.ts";

export type BreakerLevels = {
  /** Fractions of net asset value. */
  readonly dailyLoss: number;
  readonly halt: number;
  readonly panic: number;
  /** Sessions a state lasts at least. */
  readonly haltSessions: number;
  readonly panicSessions: number;
  readonly rampupScale: number;
  readonly rampupSessions: number;
};

/** What survives from close to close (invariant 14); plain data, so that it can be stored. */
export type BreakerBook = {
  state: BreakerState;
  /** Session in which the state began. */
  since: number;
  highWaterMinor: number;
  /** Net asset value at the last close of the day before `day`. */
  dayStartMinor: number;
  day: number;
  lastNavMinor: number;
  /** Why the state lasts beyond its sessions, as last said; null while nothing holds it. */
  heldBy: string | null;
};

/** `from` equals `to` where a state lasts beyond its sessions: `rule` says why, once per reason. */
export type BreakerChange = {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly rule: string;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly highWaterMinor: number;
};

/** The mandate's section `breakers`, without its switch. */
type BreakerTerms = {
  readonly daily_loss: number;
  readonly halt: number;
  readonly panic: number;
  readonly unit: "nav" | "target_vol";
  readonly halt_sessions: number;
  readonly panic_sessions: number;
  readonly rampup_scale: number;
  readonly rampup_sessions: number;
};

type Close = {
  readonly session: number;
  /** Calendar day number. */
  readonly day: number;
  readonly navMinor: number;
  readonly healthy: Evidence<true>;
};

type Cause = Pick<BreakerChange, "rule" | "observed" | "limit">;

/** Sessions in the year that an annual volatility is said of. */
const SESSIONS_PER_YEAR = 252;

/** Thresholds as fractions of net asset value; `targetVol` is annual and read with unit target_vol only. */
export function breakerLevels(terms: BreakerTerms, targetVol: number): BreakerLevels {
  const byVolatility = terms.unit === "target_vol";
  const annual = byVolatility ? targetVol : 1;
  const daily = byVolatility ? targetVol / Math.sqrt(SESSIONS_PER_YEAR) : 1;
  return {
    dailyLoss: terms.daily_loss * daily,
    halt: terms.halt * annual,
    panic: terms.panic * annual,
    haltSessions: terms.halt_sessions,
    panicSessions: terms.panic_sessions,
    rampupScale: terms.rampup_scale,
    rampupSessions: terms.rampup_sessions,
  };
}

/**
 * Thresholds that can never fire, as fractions of net asset value; `targetVol` is null where risk
 * targeting is off.
 */
export function breakerIssues(
  terms: BreakerTerms,
  targetVol: number | null,
): readonly SectionIssue[] {
  if (terms.unit === "target_vol" && targetVol === null) {
    const message =
      "target_vol measures losses by risk_targeting.target_vol, and risk targeting is off; set unit: nav with fractions of net asset value, or risk_targeting.enabled: true";
    return [{ path: ["unit"], message }];
  }
  const levels = breakerLevels(terms, targetVol ?? Number.NaN);
  const [dailyLoss, halt, panic] = [levels.dailyLoss, levels.halt, levels.panic].map(
    // 1.5 x 0.1 is 0.15 to a person.
    (level) => Number(level.toPrecision(12)),
  );
  const issues: SectionIssue[] = [];
  if (halt >= panic) {
    const message = `${halt} of net asset value can never fire: breakers.panic flattens at ${panic}; set halt below panic`;
    issues.push({ path: ["halt"], message });
  }
  if (panic >= 1) {
    const message = `${panic} of net asset value can never fire before everything is lost; set it so that it comes to less than 1`;
    issues.push({ path: ["panic"], message });
  }
  if (dailyLoss >= halt) {
    const message = `${dailyLoss} of net asset value in a day can never fire: the drawdown is then no smaller and breakers.halt, ${halt}, fires first; set daily_loss below halt`;
    issues.push({ path: ["daily_loss"], message });
  }
  return issues;
}

/** The book before the first close; the first day starts from `navMinor`. */
export function newBreaker(navMinor: number): BreakerBook {
  return {
    state: "NORMAL",
    since: 0,
    highWaterMinor: navMinor,
    dayStartMinor: navMinor,
    day: 0,
    lastNavMinor: navMinor,
    heldBy: null,
  };
}

/** One close; changes the book, and says what changed or what holds it back. */
export function stepBreaker(
  levels: BreakerLevels,
  book: BreakerBook,
  close: Close,
): BreakerChange | null {
  const { navMinor } = close;
  invariant(Number.isFinite(navMinor), 3, "a circuit breaker was shown an unknown net asset value");
  if (close.day !== book.day) {
    book.day = close.day;
    book.dayStartMinor = book.lastNavMinor;
  }
  book.lastNavMinor = navMinor;
  if (navMinor > book.highWaterMinor) book.highWaterMinor = navMinor;
  const drawdown = lossFrom(book.highWaterMinor, navMinor);
  const dayLoss = lossFrom(book.dayStartMinor, navMinor);
  if (book.state !== "PANIC" && drawdown >= levels.panic) {
    const cause = { rule: "drawdown_panic", observed: drawdown, limit: levels.panic };
    return enter(book, "PANIC", close, cause);
  }
  switch (book.state) {
    case "NORMAL":
      return halted(levels, book, close, { drawdown, dayLoss });
    case "RAMPUP":
      return (
        halted(levels, book, close, { drawdown, dayLoss }) ??
        loosen(book, close, { after: levels.rampupSessions, to: "NORMAL", obstacle: null })
      );
    case "HALT":
    case "PANIC": {
      const after = book.state === "HALT" ? levels.haltSessions : levels.panicSessions;
      return loosen(book, close, {
        after,
        to: "RAMPUP",
        obstacle: obstacleTo(levels, close, dayLoss),
      });
    }
    default:
      return unreachable(book.state);
  }
}

/** HALT and PANIC refuse what adds exposure. */
export function breakersGate(state: BreakerState, reduces: boolean): Verdict {
  const open = state === "NORMAL" || state === "RAMPUP";
  return {
    gate: "breakers",
    limit: null,
    observed: null,
    result: open || reduces ? "pass" : "fail",
    rule: state.toLowerCase(),
    unit: "state",
  };
}

/**
 * What sizing multiplies the net with. 1 under HALT and PANIC: there the gate refuses, so that the
 * signal ends with the breaker's name and not with that of sizing.
 */
export function rampupScale(state: BreakerState, levels: BreakerLevels): number {
  return state === "RAMPUP" ? levels.rampupScale : 1;
}

/** Fraction lost; all of it where there was nothing to lose. */
function lossFrom(baseMinor: number, navMinor: number): number {
  return baseMinor > 0 ? (baseMinor - navMinor) / baseMinor : 1;
}

function halted(
  levels: BreakerLevels,
  book: BreakerBook,
  close: Close,
  { drawdown, dayLoss }: { readonly drawdown: number; readonly dayLoss: number },
): BreakerChange | null {
  if (drawdown >= levels.halt) {
    const cause = { rule: "drawdown_halt", observed: drawdown, limit: levels.halt };
    return enter(book, "HALT", close, cause);
  }
  if (dayLoss >= levels.dailyLoss) {
    const cause = { rule: "daily_loss", observed: dayLoss, limit: levels.dailyLoss };
    return enter(book, "HALT", close, cause);
  }
  return null;
}

/** What keeps a cooled-down breaker shut beside health; null: nothing. */
function obstacleTo(levels: BreakerLevels, close: Close, dayLoss: number): Cause | null {
  if (close.navMinor <= 0) return { rule: "ruin", observed: close.navMinor, limit: 0 };
  if (dayLoss < levels.dailyLoss) return null;
  return { rule: "daily_loss", observed: dayLoss, limit: levels.dailyLoss };
}

type Loosening = {
  readonly after: number;
  readonly to: "RAMPUP" | "NORMAL";
  readonly obstacle: Cause | null;
};

function loosen(
  book: BreakerBook,
  close: Close,
  { after, to, obstacle }: Loosening,
): BreakerChange | null {
  const sessions = close.session - book.since;
  if (sessions < after) return null;
  const held = obstacle ?? unhealthy(close.healthy);
  if (held !== null) return hold(book, held);
  if (to === "RAMPUP") book.highWaterMinor = close.navMinor;
  const rule = to === "RAMPUP" ? "cooled_down" : "ramped_up";
  return enter(book, to, close, { rule, observed: sessions, limit: after });
}

function unhealthy(healthy: Evidence<true>): Cause | null {
  if (healthy.known) return null;
  return { rule: `unhealthy: ${healthy.reason}`, observed: null, limit: null };
}

/** The state stays; a reason that was already given is not given again. */
function hold(book: BreakerBook, cause: Cause): BreakerChange | null {
  if (book.heldBy === cause.rule) return null;
  book.heldBy = cause.rule;
  return { from: book.state, to: book.state, ...cause, highWaterMinor: book.highWaterMinor };
}

function enter(book: BreakerBook, to: BreakerState, close: Close, cause: Cause): BreakerChange {
  const from = book.state;
  book.state = to;
  book.since = close.session;
  book.heldBy = null;
  return { from, to, ...cause, highWaterMinor: book.highWaterMinor };
}
