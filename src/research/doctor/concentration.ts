/** Whether the result is many small ones or a single one. */
import { convertMinor, minorToAmount } from "../../base/money.ts";
import { windowMonths } from "./curve.ts";
import type { Evidence, Judged } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated, type Opinion } from "./lint.ts";
import { percent, whole } from "./words.ts";

/** Of the result: above it, what is left without the one is less than the one. */
const CARRIED = 0.5;

export const ONE_INSTRUMENT: Lint = {
  name: "one_instrument",
  when: `one instrument made more than ${percent(CARRIED, 0)} of what all of them made or lost in the whole run, before financing`,
  why: "without it less than half the result is left: it is a statement about that instrument",
  judge: (evidence) => {
    const results = resultsOf(evidence);
    if (typeof results === "string") return notEvaluated(results);
    const total = results.reduce((sum, each) => sum + each.minor, 0);
    if (total === 0)
      return notEvaluated("profit and loss add up to nothing: no share can be taken of it");
    const most = largest(results, total);
    const amount = (minor: number) => whole(minorToAmount(minor, evidence.digits));
    const share = most.minor / total;
    const measured = { observed: share, limit: CARRIED, unit: "share of the result" };
    if (results.length === 1) {
      return found(
        0.2,
        `${most.id} alone was traded: the result is a statement about it`,
        measured,
      );
    }
    const text = `${most.id} made ${amount(most.minor)} of ${amount(total)} ${evidence.currency} (${percent(share)}) among ${results.length} traded; without it ${amount(total - most.minor)}${financed(evidence, total, amount)}`;
    return share > CARRIED ? found(weightOf(share), text, measured) : clear(text, measured);
  },
};

/** Interest on the account's cash belongs to no instrument, and may be more than all of them made. */
function financed(
  { navMinor, depositMinor, digits }: Evidence,
  total: number,
  amount: (minor: number) => string,
): string {
  const change = navMinor[navMinor.length - 1] - depositMinor;
  const isWhole = Math.abs(minorToAmount(change - total, digits)) < 1;
  return isWhole ? "" : `; after financing the result is ${amount(change)}`;
}

type Result = { readonly id: string; readonly minor: number };

/** Of each instrument that was traded, in the account's currency at the last rate; or what is missing. */
function resultsOf(evidence: Evidence): readonly Result[] | string {
  const { instruments, fills, income, digits } = evidence;
  const minor = Float64Array.from(instruments, (each) => each.finalValueMinor);
  const traded = new Uint8Array(instruments.length);
  for (let n = 0; n < fills.session.length; n++) {
    traded[fills.instrument[n]] = 1;
    minor[fills.instrument[n]] -= fills.notionalMinor[n] + fills.feeMinor[n];
  }
  for (const { instrument, amountMinor } of income) minor[instrument] += amountMinor;
  const results: Result[] = [];
  for (const [i, { id, rate, digits: own }] of instruments.entries()) {
    if (traded[i] === 0) continue;
    const last = rate === null ? 1 : rate[rate.length - 1];
    if (!(last > 0)) return `no rate at the end of the run for ${id}`;
    results.push({
      id,
      minor: rate === null ? minor[i] : convertMinor(minor[i], last, own, digits),
    });
  }
  return results.length === 0 ? "nothing was traded" : results;
}

/** The one that pulled hardest in the direction of the whole. */
function largest(results: readonly Result[], total: number): Result {
  return results.reduce((most, each) => (each.minor / total > most.minor / total ? each : most));
}

/** From 0.2 where half is carried to 0.6 where all is. */
function weightOf(share: number): number {
  return Math.min(0.6, 0.2 + (share - CARRIED) * 0.8);
}

export const ONE_MONTH: Lint = {
  name: "one_month",
  when: `one calendar month made more than ${percent(CARRIED, 0)} of the logarithmic growth or loss of the evaluation window`,
  why: "without it less than half the result is left: it is an event, not an edge",
  judge: (evidence) => {
    if (evidence.ruin >= 0)
      return notEvaluated("net asset value fell to zero or below: growth has no meaning");
    const growths = monthlyGrowth(evidence);
    if (growths.length < 2) return notEvaluated("the evaluation window lies in one month");
    const total = growths.reduce((sum, each) => sum + each.log, 0);
    return total === 0
      ? notEvaluated("net asset value ended where it began")
      : monthOpinion(growths, total);
  },
};

type Growth = { readonly month: string; readonly log: number };

function monthlyGrowth(evidence: Judged): readonly Growth[] {
  const { navMinor, evaluationStart, depositMinor } = evidence;
  let before = evaluationStart === 0 ? depositMinor : navMinor[evaluationStart];
  return windowMonths(evidence).map(({ month, last }) => {
    const log = Math.log(navMinor[last] / before);
    before = navMinor[last];
    return { month, log };
  });
}

function monthOpinion(growths: readonly Growth[], total: number): Opinion {
  const most = growths.reduce((a, b) => (b.log / total > a.log / total ? b : a));
  const share = most.log / total;
  const measured = { observed: share, limit: CARRIED, unit: "share of log growth" };
  const grew = (log: number) => percent(Math.exp(log) - 1);
  const text = `${most.month} made ${grew(most.log)} of ${grew(total)} over ${growths.length} months (${percent(share)} of the log growth); without it ${grew(total - most.log)}`;
  return share > CARRIED ? found(weightOf(share), text, measured) : clear(text, measured);
}
