/**
 * A trial report as Markdown: the decision first, then what was examined and how, what was found, the
 * figures, and the limits of the evidence. Amounts in the account's currency. It says nothing that
 * the report does not hold.
 */
import { counted, fixed, money, percent, signedPercent } from "../../base/figures.ts";
import { inlineText, left, markdownTable, right } from "../../base/markdown.ts";
import { driftLines, eventLines, fillSection } from "./markdown-parts.ts";
import type { Seen, Share, TrialReport } from "./report.ts";
import { figureText } from "./results.ts";

export function trialMarkdown(report: TrialReport): string {
  const sections = [
    titleLines(report),
    checklistLines(report),
    examinedLines(report),
    findingLines(report),
    identityLines(report),
    resultLines(report),
    dayLines(report),
    signalLines(report),
    regimeLines(report),
    fillSection(report),
    ...eventLines(report),
    driftLines(report),
    list("## What was not measured", report.not_measured, "Nothing is known to be left out."),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const VERDICTS: { readonly [verdict in TrialReport["decision"]["verdict"]]: string } = {
  VOID: "VOID: the mandate was changed during the trial. Nothing below is evidence for going live.",
  NO_GO: "NO-GO: at least one criterion failed.",
  NOT_EVALUATED: "NO DECISION: no criterion failed, and at least one could not be evaluated.",
  GO: "GO: every criterion passed. They judge how the trial was run, not whether the strategy earns: for that see Result.",
};

function titleLines({ decision, identity, days }: TrialReport): string[] {
  const { trial_id, voided, frozen_mandate_hash: frozen } = identity;
  const lines = [
    `# Trial ${inlineText(trial_id)}: ${decision.verdict.replace("_", "-")}`,
    "",
    `**${VERDICTS[decision.verdict]}**`,
    "",
  ];
  if (voided !== null) {
    lines.push(
      `Voided at ${voided.at}: mandate hash ${voided.observed_hash} was seen, ${frozen} is frozen.`,
      "",
    );
  }
  const { mode, broker, account } = identity;
  lines.push(
    `Day ${days.reached} of ${identity.days_planned}; ${mode.replace("_", "-")} on account ${inlineText(account)} at ${inlineText(broker)}, from ${identity.first_date}, started by ${inlineText(identity.operator)}.`,
  );
  if (mode === "dry_run") lines.push("", "**DRY_RUN: no order left the machine.**");
  for (const reason of decision.because) lines.push("", `- ${inlineText(reason)}`);
  return lines;
}

function checklistLines({ checklist }: TrialReport): string[] {
  const rows = checklist.map(({ id, rule, observed, limit, result }) => [
    id,
    result === "not_evaluated" ? "not evaluated" : result,
    observed,
    limit,
    rule,
  ]);
  const columns = [
    left("Criterion"),
    left("Result"),
    right("Observed"),
    right("Limit"),
    left("Rule"),
  ];
  return ["## Go/no-go checklist", "", ...markdownTable(columns, rows)];
}

function examinedLines({ examined, identity, days }: TrialReport): string[] {
  const { journal } = identity;
  const twin = examined.twin === null ? "none was handed in" : `run ${examined.twin}`;
  return [
    "## What was examined, and how",
    "",
    `- The account's journal: ${counted(examined.journal_entries, "entry", "entries")} of the trial; every link recomputed up to entry ${journal.seq}, hash ${journal.hash}.`,
    `- ${counted(examined.documents, "daily document")} for ${counted(days.list.length, "day")}: a document is used only where its bytes have the hash that the journal recorded when the day was closed.`,
    `- metrics.csv: ${counted(examined.metrics_rows, "row")}, compared with the documents field by field.`,
    `- Backtest twin: ${twin}.`,
    "- Signals were counted from the documents and from the journal apart; so were executions.",
    "- The venue itself was not asked: what it reported on each day is what the reconciliations recorded.",
  ];
}

function findingLines({ findings }: TrialReport): string[] {
  return list("## Findings", findings, "None: records and journal agree.");
}

function identityLines({ identity, events }: TrialReport): string[] {
  const rows: string[][] = [
    ["Frozen mandate", identity.frozen_mandate_hash, ""],
    ...identity.mandates.map((one) => ["Mandate seen", one.value, span(one)]),
    ...identity.codes.map((one) => ["Code seen", one.value, span(one)]),
    ...packRows(identity.packs),
    ["Journal head", identity.journal.hash, `entry ${identity.journal.seq}`],
  ];
  const timeline = events.timeline.map(({ seq, at, what }) => [String(seq), at, what]);
  return [
    "## Identity and timeline",
    "",
    ...markdownTable([left("What"), left("Which"), left("Days")], rows),
    "",
    ...markdownTable([right("Entry"), left("At"), left("What happened")], timeline),
  ];
}

/** A pack grows by a day each day, so there may be as many as days. */
function packRows(packs: readonly Seen[]): string[][] {
  const more = packs.length - MOST_PACKS;
  const rows = packs.slice(-MOST_PACKS).map((one) => ["Pack seen", one.value, span(one)]);
  return more > 0 ? [["Packs before", `${more} more, in the JSON report`, ""], ...rows] : rows;
}

const MOST_PACKS = 3;

function span({ days, first, last }: { days: number; first: string; last: string }): string {
  return `${days}, ${first} to ${last}`;
}

function resultLines({ results, costs, identity }: TrialReport): string[] {
  const { rough_standard_error: error, sharpe_test: test } = results;
  const rows: string[][] = [
    ["Net asset value, first close", money(results.first_nav)],
    ["Net asset value, last close", money(results.last_nav)],
    ["Total return, linked daily", signedPercent(results.total_return)],
    ["Volatility, a year", percent(results.annual_volatility)],
    ["Sharpe ratio, a year", fixed(results.sharpe)],
    ["Its rough standard error", fixed(error)],
    ["Chance that the true ratio is above 0", percent(test.psr, 1)],
    ["Deepest drawdown", figureText(results.maximum_drawdown, false)],
    ["Worst day", figureText(results.worst_day)],
    ["Best day", figureText(results.best_day)],
    ["Fees paid", money(costs.fees)],
    ["Interest received", money(costs.interest)],
    ["Dividends received", money(costs.dividends)],
  ];
  return [
    "## Result",
    "",
    ...results.statements.map((sentence) => `- ${sentence}`),
    ...results.undefined_because.map((reason) => `- Undefined: ${reason}.`),
    "",
    ...markdownTable([left(`Measure, ${identity.currency}`), right("Value")], rows),
  ];
}

function dayLines({ days }: TrialReport): string[] {
  const { counts } = days;
  const columns = [
    left("Date"),
    left("Status"),
    right("Net asset value"),
    right("Return"),
    right("Signals"),
    right("Fills"),
    left("Start"),
    left("End"),
    left("Files"),
  ];
  const rows = days.list.map((day) => [
    day.date,
    day.status ?? "not closed",
    money(day.nav),
    signedPercent(day.day_return),
    day.signals === null ? "-" : String(day.signals),
    day.fills === null ? "-" : String(day.fills),
    day.start ?? "not run",
    day.end ?? "not run",
    day.problems.length === 0 ? "as recorded" : day.problems.join("; "),
  ]);
  const without = days.without_trades.map(
    ({ because, dates }) => `${counted(dates.length, "day")}: ${because} (${someOf(dates)})`,
  );
  return [
    "## Days",
    "",
    `${counts.TRADED} traded, ${counts.NO_TRADES} without trades, ${counts.PAUSED} paused, ${counts.MISSED} missed.`,
    "",
    ...markdownTable(columns, rows),
    "",
    ...list("### Days without trades, and why", without, "None."),
  ];
}

/** The JSON report has all of them. */
function someOf(dates: readonly string[]): string {
  const more = dates.length - MOST_DATES;
  const shown = dates.slice(0, MOST_DATES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const MOST_DATES = 5;

function signalLines({ signals }: TrialReport): string[] {
  const ends = Object.entries(signals.terminals)
    .toSorted(([, a], [, b]) => b - a)
    .map(([state, count]) => [state, String(count)]);
  if (signals.open > 0) ends.push(["open, its orders at work", String(signals.open)]);
  const cuts = signals.cut_by.map(({ by, signals: count }) => [by, String(count)]);
  const lines = [
    "## Signals, from raw to terminal",
    "",
    `${counted(signals.forecasts, "forecast")} = ${counted(signals.holds, "hold")} + ${counted(signals.raw, "signal")}; the journal holds ${counted(signals.in_journal, "signal")}.`,
  ];
  if (ends.length > 0) lines.push("", ...markdownTable([left("End"), right("Signals")], ends));
  if (cuts.length > 0) lines.push("", ...markdownTable([left("Cut by"), right("Signals")], cuts));
  return lines;
}

function regimeLines({ regimes }: TrialReport): string[] {
  const rows = [
    ...shares("Volatility index", regimes.volatility),
    ...shares("Brake", regimes.brake),
    ...shares("Circuit breaker", regimes.breaker),
  ];
  if (rows.length === 0) return ["## Regimes", "", "No day is recorded."];
  const columns = [left("Measure"), left("State"), right("Days"), right("Share")];
  return ["## Regimes", "", ...markdownTable(columns, rows)];
}

function shares(measure: string, parts: readonly Share[]): string[][] {
  const all = parts.reduce((sum, { days }) => sum + days, 0);
  return parts.map(({ name, days }) => [measure, name, String(days), percent(days / all, 1)]);
}

function list(title: string, sentences: readonly string[], otherwise: string): string[] {
  if (sentences.length === 0) return [title, "", otherwise];
  return [title, "", ...sentences.map((sentence) => `- ${inlineText(sentence)}`)];
}
