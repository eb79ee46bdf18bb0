/**
 * What a trial earned, from the returns its days recorded: linked return, volatility, Sharpe ratio and
 * how little so many days can show of it, the deepest fall. Sample deviation, 252 days a year,
 * risk-free 0. A figure that cannot be is null with its reason; a day without a return leaves the
 * linked figures undefined, because leaving it out would invent a zero.
 */
import { counted, fixed, percent, signedPercent } from "../../base/figures.ts";
import { mean, sampleDeviation } from "../../base/statistics.ts";
import type { SharpeTest } from "../../domain/sharpe-test.ts";
import type { DecimalText } from "../../domain/venue-report.ts";
import type { TrialDay } from "./period.ts";
import type { SharpeJudge } from "./trial-records.ts";

export const DAYS_PER_YEAR = 252;
const LEAST_DEVIATION = 1e-12;

export type DayFigure = { readonly date: string; readonly value: number };

export type TrialResults = {
  readonly first_nav: DecimalText | null;
  readonly last_nav: DecimalText | null;
  readonly days_with_return: number;
  readonly total_return: number | null;
  readonly annual_volatility: number | null;
  readonly sharpe: number | null;
  /** Of an annual ratio near zero over independent normal returns: sqrt(252 / n) (A. Lo 2002). */
  readonly rough_standard_error: number | null;
  readonly sharpe_test: SharpeTest;
  readonly maximum_drawdown: DayFigure | null;
  readonly worst_day: DayFigure | null;
  readonly best_day: DayFigure | null;
  readonly days_up: number;
  readonly days_down: number;
  readonly days_flat: number;
  readonly ruined_on: string | null;
  /** The verdict in words, bad news first. */
  readonly statements: readonly string[];
  readonly undefined_because: readonly string[];
};

export function trialResults(days: readonly TrialDay[], judge: SharpeJudge): TrialResults {
  const figures = days.flatMap(({ date, document }): DayFigure[] => {
    const value = document?.risk.day_return ?? null;
    return value === null ? [] : [{ date, value }];
  });
  const reasons = holes(days);
  const returns = Float64Array.from(figures, ({ value }) => value);
  const ruined = days.find(({ document }) => isRuined(document?.risk.nav ?? null));
  const linked = reasons.length === 0 && figures.length > 0;
  const deviation = sampleDeviation(returns);
  const varies = deviation > LEAST_DEVIATION;
  if (figures.length < 2) reasons.push(`${counted(figures.length, "daily return")}: no deviation`);
  else if (!varies) reasons.push("the daily returns do not vary: no Sharpe ratio");
  const navs = days.flatMap(({ document }) => document?.risk.nav ?? []);
  const results = {
    first_nav: navs[0] ?? null,
    last_nav: navs.at(-1) ?? null,
    days_with_return: figures.length,
    total_return: linked ? returns.reduce((wealth, r) => wealth * (1 + r), 1) - 1 : null,
    annual_volatility: figures.length < 2 ? null : deviation * Math.sqrt(DAYS_PER_YEAR),
    sharpe: varies ? (mean(returns) / deviation) * Math.sqrt(DAYS_PER_YEAR) : null,
    rough_standard_error: figures.length < 2 ? null : Math.sqrt(DAYS_PER_YEAR / figures.length),
    sharpe_test: judge(returns),
    maximum_drawdown: linked ? deepestFall(figures) : null,
    worst_day: extreme(figures, (a, b) => a < b),
    best_day: extreme(figures, (a, b) => a > b),
    days_up: figures.filter(({ value }) => value > 0).length,
    days_down: figures.filter(({ value }) => value < 0).length,
    days_flat: figures.filter(({ value }) => value === 0).length,
    ruined_on: ruined?.date ?? null,
    undefined_because: reasons,
  };
  return { ...results, statements: statements(results) };
}

function holes(days: readonly TrialDay[]): string[] {
  const without = days.filter(({ document }) => (document?.risk.day_return ?? null) === null);
  if (without.length === 0) return days.length === 0 ? ["no day was recorded"] : [];
  const [first] = without;
  const count = counted(without.length, "day");
  return [`${count} without a recorded return, the first ${first.date}: nothing is linked over it`];
}

function isRuined(nav: DecimalText | null): boolean {
  return nav !== null && Number(nav) <= 0;
}

/** Of the linked wealth, its start of 1 included; positive: 0.25 is a quarter lost. */
function deepestFall(figures: readonly DayFigure[]): DayFigure {
  let wealth = 1;
  let high = 1;
  let deepest: DayFigure = { date: figures[0].date, value: 0 };
  for (const { date, value } of figures) {
    wealth *= 1 + value;
    high = Math.max(high, wealth);
    const fall = 1 - wealth / high;
    if (fall > deepest.value) deepest = { date, value: fall };
  }
  return deepest;
}

function extreme(
  figures: readonly DayFigure[],
  isMore: (a: number, b: number) => boolean,
): DayFigure | null {
  return figures.reduce<DayFigure | null>(
    (found, one) => (found === null || isMore(one.value, found.value) ? one : found),
    null,
  );
}

type Figures = Omit<TrialResults, "statements">;

function statements(results: Figures): string[] {
  const said: string[] = [];
  if (results.ruined_on !== null) {
    said.push(
      `The account was ruined on ${results.ruined_on}: its net asset value was not above 0.`,
    );
  }
  const total = results.total_return;
  if (total === null) said.push("The total return is not known.");
  else if (total < 0) said.push(`The trial lost ${percent(-total)}.`);
  else if (total === 0) said.push("The trial neither gained nor lost.");
  else said.push(`The trial gained ${percent(total)}.`);
  const days = results.days_with_return;
  if (days > 0) {
    said.push(
      `Of ${counted(days, "daily return")} ${results.days_up} were above zero, ${results.days_down} below, ${results.days_flat} zero.`,
    );
  }
  if (results.days_down === days && days > 0) said.push("Every day lost.");
  said.push(...sharpeWords(results));
  return said;
}

/** What n days can and cannot show. */
function sharpeWords({ sharpe, rough_standard_error: error, sharpe_test: test, ...rest }: Figures) {
  if (sharpe === null || error === null) return ["No Sharpe ratio can be given."];
  const days = counted(rest.days_with_return, "daily return");
  const span = `${fixed(sharpe - 2 * error)} to ${fixed(sharpe + 2 * error)}`;
  const told = Math.abs(sharpe) > 2 * error ? "differs from zero" : "cannot be told from zero";
  const words = [
    `Sharpe ratio ${fixed(sharpe)} a year. With ${days} its standard error is about ${fixed(error)}, so two of them span ${span}: it ${told}.`,
    `An annual ratio of 1 takes about ${fixed(4 * DAYS_PER_YEAR, 0)} daily returns to be two standard errors from zero; these are ${rest.days_with_return}.`,
  ];
  if (test.undefined_because !== null)
    words.push(`Probabilistic Sharpe ratio ${test.undefined_because}.`);
  else if (test.psr !== null) {
    words.push(
      `The chance that the true ratio is above zero, skew and kurtosis counted, is ${percent(test.psr, 1)}.`,
    );
  }
  return words;
}

/** For tables: "-1.23 % on 2010-03-04". */
export function figureText(figure: DayFigure | null, isSigned = true): string {
  if (figure === null) return "-";
  return `${isSigned ? signedPercent(figure.value) : percent(figure.value)} on ${figure.date}`;
}
