/** What trading cost against what it earned, and how much was traded for it. */
import { minorToAmount } from "../../base/money.ts";
import { orderedFills, windowFloor, windowYears } from "./curve.ts";
import type { Evidence, Judged } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated } from "./lint.ts";
import { decimal, percent, whole } from "./words.ts";

/** Costs half as high again take the rest: the sensitivity that kills a strategy (research, "Evaluation"). */
const COST_SHARE = 2 / 3;

export const COSTS_ABOVE_EDGE: Lint = {
  name: "costs_above_edge",
  when: "costs are two thirds or more of the profit before costs, or there is none",
  why: "from there on nothing is left at 1.5 x the costs, the sensitivity that research asks for",
  judge: (evidence) => {
    const { navMinor, costsMinor, digits, currency } = evidence;
    if (orderedFills(evidence, windowFloor(evidence)) === 0) {
      return notEvaluated("nothing was traded in the evaluation window");
    }
    if (costsMinor === 0) {
      return notEvaluated(
        "no fee, slippage, financing or borrow was charged: what trading costs is not known",
      );
    }
    const amount = (minor: number) => `${whole(minorToAmount(minor, digits))} ${currency}`;
    const gross = navMinor[navMinor.length - 1] - startOf(evidence) + costsMinor;
    if (gross <= 0) {
      return found(
        1,
        `before costs of ${amount(costsMinor)} the result is ${amount(gross)}: there is no edge to pay them`,
      );
    }
    const share = costsMinor / gross;
    const measured = { observed: share, limit: COST_SHARE, unit: "share of profit before costs" };
    const text = `costs of ${amount(costsMinor)} are ${percent(share)} of the ${amount(gross)} earned before them`;
    if (share < COST_SHARE) return clear(text, measured);
    return found(share >= 1 ? 1 : 0.6, text, measured);
  },
};

/** Where the window begins with the run, so does what it earned: with the deposit. */
function startOf({ evaluationStart, depositMinor, navMinor }: Evidence): number {
  return evaluationStart === 0 ? depositMinor : navMinor[evaluationStart];
}

/** The whole book replaced once a week. */
const TURNOVER = 52;

export const TURNOVER_LINT: Lint = {
  name: "turnover",
  when: `more than ${TURNOVER} times the mean net asset value is traded in a year`,
  why: "the book is then replaced once a week, and one basis point of cost that was not thought of takes half a percent a year",
  judge: (evidence) => {
    const years = windowYears(evidence);
    if (evidence.ruin >= 0)
      return notEvaluated("net asset value fell to zero or below: nothing to measure it by");
    if (!(years > 0)) return notEvaluated("the evaluation window has one session");
    const nav = meanNav(evidence);
    const turnover = tradedMinor(evidence) / nav / years;
    const drag = evidence.costsMinor / nav / years;
    const measured = { observed: turnover, limit: TURNOVER, unit: "times a year" };
    const text = `${decimal(turnover)} times the mean net asset value a year; costs take ${percent(drag, 2)} of it a year, each further basis point ${percent(turnover * 1e-4, 2)}`;
    return turnover > TURNOVER
      ? found(turnover > 5 * TURNOVER ? 0.5 : 0.3, text, measured)
      : clear(text, measured);
  },
};

function meanNav({ days, navMinor }: Judged): number {
  return days.reduce((sum, s) => sum + navMinor[s], 0) / days.length;
}

function tradedMinor(evidence: Evidence): number {
  const { session, tradedMinor: traded } = evidence.fills;
  const floor = windowFloor(evidence);
  let total = 0;
  for (let n = 0; n < session.length; n++) if (session[n] > floor) total += Math.abs(traded[n]);
  return total;
}
