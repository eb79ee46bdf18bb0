/** Whether there is enough to judge by: trades, days, parameters. */
import type { Judged } from "./evidence.ts";
import { orderedFills, windowFloor } from "./curve.ts";
import { clear, found, type Lint, notEvaluated } from "./lint.ts";
import { counted, decimal, whole } from "./words.ts";

export const ZERO_TRADES: Lint = {
  name: "zero_trades",
  when: "no order was filled",
  why: "nothing traded is not OK (invariant 18)",
  judge: (evidence) => {
    const trades = orderedFills(evidence);
    const measured = { observed: trades, limit: 1, unit: "fills" };
    return trades === 0
      ? found(1, `no fill from ${counted(evidence.forecasts, "forecast")}`, measured)
      : clear(`${counted(trades, "fill")} of orders`, measured);
  },
};

/** The least observations that the Sharpe ratio's standard error is given for (research, "Evaluation"). */
const LEAST_TRADES = 30;
/** A year of sessions: less has not seen every season. */
const LEAST_DAYS = 252;

export const TOO_FEW_OBSERVATIONS: Lint = {
  name: "too_few_observations",
  when: `fewer than ${LEAST_TRADES} fills or ${LEAST_DAYS} days in the evaluation window`,
  why: "below 30 observations a standard error is not given; below a year of days a season is missing",
  judge: (evidence) => {
    const trades = orderedFills(evidence, windowFloor(evidence));
    const days = evidence.days.length;
    const text = `${counted(trades, "fill")} of orders on ${counted(days, "day")} of the evaluation window`;
    const byTrades = { observed: trades, limit: LEAST_TRADES, unit: "fills" };
    if (trades < LEAST_TRADES) return found(trades < LEAST_TRADES / 3 ? 0.5 : 0.3, text, byTrades);
    const byDays = { observed: days, limit: LEAST_DAYS, unit: "days" };
    return days < LEAST_DAYS ? found(0.5, text, byDays) : clear(text, byTrades);
  },
};

/** Events for each fitted number: the usual rule of thumb for a regression. */
const TRADES_PER_PARAMETER = 10;

export const TOO_MANY_PARAMETERS: Lint = {
  name: "too_many_parameters",
  when: `fewer than ${TRADES_PER_PARAMETER} fills or days of the evaluation window for each parameter of the strategies`,
  why: "ten events for each free number is the usual least for a regression; with fewer almost any history can be fitted",
  judge: (evidence) => {
    const { mandate } = evidence;
    if (mandate === null)
      return notEvaluated("the mandate, which names the parameters, is not at hand");
    const parameters = mandate.strategies.reduce((sum, s) => sum + s.parameters, 0);
    const names = mandate.strategies.map((s) => `${s.name} ${s.parameters}`).join(", ");
    if (parameters === 0) return clear("the strategies have no parameter");
    return perParameter(evidence, parameters, names);
  },
};

function perParameter(evidence: Judged, parameters: number, names: string) {
  const trades = orderedFills(evidence, windowFloor(evidence));
  const days = evidence.days.length;
  const ratio = Math.min(trades, days) / parameters;
  const measured = { observed: ratio, limit: TRADES_PER_PARAMETER, unit: "fills per parameter" };
  const text = `${counted(parameters, "parameter")} (${names}) against ${whole(trades)} fills and ${whole(days)} days: ${decimal(ratio, 1)} each`;
  return ratio < TRADES_PER_PARAMETER
    ? found(ratio < TRADES_PER_PARAMETER / 3 ? 0.4 : 0.2, text, measured)
    : clear(text, measured);
}
