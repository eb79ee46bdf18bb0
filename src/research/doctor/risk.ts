/** Whether the account was where it was meant to be: volatility, solvency, margin. */
import { formatDate } from "../../base/instant.ts";
import { minorToAmount } from "../../base/money.ts";
import { sampleDeviation } from "../../base/statistics.ts";
import type { Evidence } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated, type Opinion } from "./lint.ts";
import { counted, decimal, percent } from "./words.ts";

/** Of the target. A year of days estimates a volatility to 1 / sqrt(2 x 252) = 4.5 %: a quarter is no chance. */
const OFF_TARGET = 0.25;

export const VOLATILITY_OFF_TARGET: Lint = {
  name: "volatility_off_target",
  when: `realised volatility is more than ${percent(OFF_TARGET, 0)} of the target away from it`,
  why: "a year of days estimates volatility to 4.5 % of itself, so a quarter is not chance: targeting, brake or limits do something else than the target says",
  judge: (evidence) => {
    const { targetVolatility: target, mandate, navMinor, days } = evidence;
    if (target === null) return notEvaluated("no volatility was aimed at");
    if (mandate === null)
      return notEvaluated("the mandate, which says how many periods a year has, is not at hand");
    if (evidence.ruin >= 0)
      return notEvaluated("net asset value fell to zero or below: returns have no meaning");
    if (days.length < 3)
      return notEvaluated(`the evaluation window has ${counted(days.length, "day")}`);
    const returns = Float64Array.from(days.slice(1), (s, n) => navMinor[s] / navMinor[days[n]] - 1);
    const realised = sampleDeviation(returns) * Math.sqrt(mandate.periodsPerYear);
    const away = realised / target - 1;
    const measured = { observed: Math.abs(away), limit: OFF_TARGET, unit: "share of the target" };
    const text = `realised ${percent(realised, 2)} against a target of ${percent(target, 2)}: ${away < 0 ? "" : "+"}${percent(away)} of it`;
    return Math.abs(away) > OFF_TARGET
      ? found(Math.min(0.6, Math.abs(away)), text, measured)
      : clear(text, measured);
  },
};

export const EQUITY_BELOW_ZERO: Lint = {
  name: "equity_below_zero",
  when: "net asset value is at or below zero at a close",
  why: "the account was gone: what came after did not happen (RUINED)",
  judge: (evidence) => {
    const { navMinor, sessionsMs, digits, currency } = evidence;
    const amount = (s: number) =>
      `${decimal(minorToAmount(navMinor[s], digits))} ${currency} on ${formatDate(sessionsMs[s])}`;
    let lowest = 0;
    for (let s = 1; s < navMinor.length; s++) if (navMinor[s] < navMinor[lowest]) lowest = s;
    const measured = {
      observed: minorToAmount(navMinor[lowest], digits),
      limit: 0,
      unit: currency,
    };
    const { ruin } = evidence;
    return ruin >= 0
      ? found(
          1,
          `net asset value was ${amount(ruin)}${lowest === ruin ? "" : `, and ${amount(lowest)} at its lowest`}`,
          measured,
        )
      : clear(`the lowest net asset value was ${amount(lowest)}`, measured);
  },
};

/** Of net asset value, and of sessions: less is the price that moved between decision and fill. */
const DEBIT_DEPTH = 0.01;
const DEBIT_SESSIONS = 0.05;

export const MARGIN_BREACH: Lint = {
  name: "margin_breach",
  when: `initial margin above net asset value at a close, or above limits.margin; or cash more than ${percent(DEBIT_DEPTH, 0)} of net asset value in debit on more than ${percent(DEBIT_SESSIONS, 0)} of the sessions`,
  why: "margin above what is owned is a call; above the limit it has drifted between decisions. A standing debit is a loan that the result depends on; less than 1 % is the price that moved between decision and fill",
  judge: (evidence) => {
    if (evidence.mandate === null)
      return notEvaluated("the mandate, which has the margin limit, is not at hand");
    const { marginLimit } = evidence.mandate;
    const margin = marginsOf(evidence, marginLimit ?? 1);
    const debit = debitOf(evidence);
    const text = `${marginText(margin, marginLimit)}; ${debit.text}`;
    const limit = marginLimit !== null && margin.called === 0 ? marginLimit : 1;
    const observed = margin.highest === 0 && margin.called > 0 ? null : margin.highest;
    const measured = { observed, limit, unit: "initial margin / net asset value" };
    if (margin.called > 0) return found(0.8, text, measured);
    if (margin.above > 0)
      return found(Math.min(0.4, 0.1 + margin.above / evidence.navMinor.length), text, measured);
    return debit.opinion ?? clear(text, measured);
  },
};

type Margins = {
  /** Highest share of net asset value, and the session of it. */
  highest: number;
  at: string;
  /** Closes above the limit, and above net asset value itself. */
  above: number;
  called: number;
};

function marginsOf(evidence: Evidence, limit: number): Margins {
  const { navMinor, sessionsMs } = evidence;
  const reserved = reservedMinor(evidence);
  const margins: Margins = { highest: 0, at: "", above: 0, called: 0 };
  for (let s = 0; s < navMinor.length; s++) {
    if (reserved[s] === 0) continue;
    const share = navMinor[s] > 0 ? reserved[s] / navMinor[s] : Number.POSITIVE_INFINITY;
    if (share > limit) margins.above++;
    if (share > 1) margins.called++;
    // Of a net asset value at or below zero there is no share to write down.
    if (share === Number.POSITIVE_INFINITY || share <= margins.highest) continue;
    margins.highest = share;
    margins.at = formatDate(sessionsMs[s]);
  }
  return margins;
}

/** By session, in the account's minor units. */
function reservedMinor({ positions, instruments, navMinor, digits }: Evidence): Float64Array {
  const reserved = new Float64Array(navMinor.length);
  for (let n = 0; n < positions.session.length; n++) {
    const { marginMinor, rate, digits: own } = instruments[positions.instrument[n]];
    if (marginMinor === 0) continue;
    const s = positions.session[n];
    const inAccount = rate === null ? 1 : rate[s] * 10 ** (digits - own);
    reserved[s] += Math.abs(positions.lots[n]) * marginMinor * inAccount;
  }
  return reserved;
}

function marginText({ highest, at, above, called }: Margins, limit: number | null): string {
  if (highest === 0 && called === 0) return "nothing held needs margin";
  // No share can be taken of what is gone.
  if (highest === 0) {
    return `initial margin was needed at ${counted(called, "close")}, each with a net asset value at or below zero`;
  }
  const allowed =
    limit === null ? "" : `, above the limit of ${percent(limit)} at ${counted(above, "close")}`;
  const calls = called === 0 ? "" : `, above all of it at ${counted(called, "close")}`;
  return `initial margin up to ${percent(highest)} of net asset value (${at})${allowed}${calls}`;
}

function debitOf({ navMinor, cashMinor }: Evidence): {
  readonly text: string;
  readonly opinion: Opinion | null;
} {
  let deep = 0;
  let deepest = 0;
  for (let s = 0; s < navMinor.length; s++) {
    if (navMinor[s] <= 0) {
      // A debit, of which no share can be taken.
      if (cashMinor[s] < 0) deep++;
      continue;
    }
    const depth = -cashMinor[s] / navMinor[s];
    if (depth > DEBIT_DEPTH) deep++;
    if (depth > deepest) deepest = depth;
  }
  const share = deep / navMinor.length;
  if (deepest === 0 && deep === 0) return { text: "cash was never in debit", opinion: null };
  const text = `cash in debit by more than ${percent(DEBIT_DEPTH, 0)} of net asset value on ${percent(share)} of the sessions, up to ${percent(deepest)}`;
  const measured = { observed: share, limit: DEBIT_SESSIONS, unit: "share of sessions" };
  return { text, opinion: share > DEBIT_SESSIONS ? found(0.1, text, measured) : null };
}
