/** Fills, events and drift of a trial report as Markdown. */
import { counted, fixed, money } from "../../base/figures.ts";
import { inlineText, left, markdownTable, right } from "../../base/markdown.ts";
import { beganAlike } from "./drift.ts";
import type { TrialReport } from "./report.ts";

export function fillSection({ fills }: TrialReport): string[] {
  const lines = [
    "## Fills against expectation",
    "",
    `${counted(fills.orders, "order")}: ${fills.orders_filled} filled, ${fills.orders_rejected} rejected. ${counted(fills.fills, "fill")}, ${fills.late} of them found later and not by stream; ${fills.compared} compared with the price they were decided at. Positive is worse than decided.`,
  ];
  if (fills.fills === 0)
    return [...lines, "", "Nothing was filled: there is no shortfall to give."];
  const row = (name: string, one: (typeof fills.by_instrument)[number]) => [
    name,
    String(one.fills),
    money(one.traded),
    money(one.shortfall),
    fixed(one.shortfall_bps, 1),
    fixed(one.worst_bps, 1),
  ];
  const total = { ...fills, instrument: "all", worst_bps: null };
  const rows = [...fills.by_instrument.map((one) => row(one.instrument, one)), row("all", total)];
  const columns = [
    left("Instrument"),
    right("Fills"),
    right("Traded"),
    right("Shortfall"),
    right("In bp"),
    right("Worst, bp"),
  ];
  const apart = fills.not_compared.map((sentence) => `- Not compared: ${inlineText(sentence)}.`);
  return [
    ...lines,
    "",
    ...markdownTable(columns, rows),
    ...(apart.length > 0 ? ["", ...apart] : []),
  ];
}

export function eventLines({ events }: TrialReport): string[][] {
  return [
    riskLines(events),
    reconciliationLines(events),
    incidentLines(events),
    operationLines(events),
  ];
}

type Events = TrialReport["events"];

function riskLines({ breakers }: Events): string[] {
  if (breakers.length === 0) return ["## Risk events", "", "No circuit breaker changed its state."];
  return ["## Risk events", "", ...breakers.map(({ at, what }) => `- ${at}: ${inlineText(what)}`)];
}

function reconciliationLines({ reconciliations, breaks, unexplained }: Events): string[] {
  const passed = (phase: "start" | "end") =>
    reconciliations.filter((day) => day[phase] === "PASS").length;
  const bad = reconciliations.filter((day) => day.start !== "PASS" || day.end !== "PASS");
  const lines = [
    "## Reconciliation",
    "",
    `Of ${reconciliations.length} days ${passed("start")} passed at the start and ${passed("end")} at the end. Breaks: ${breaks}; unexplained: ${unexplained.length}.`,
  ];
  if (bad.length === 0) return lines;
  const rows = bad.map(({ date, start, end }) => [date, start ?? "not run", end ?? "not run"]);
  return [...lines, "", ...markdownTable([left("Date"), left("Start"), left("End")], rows)];
}

function incidentLines({ incidents, incident_counts }: Events): string[] {
  if (incidents.length === 0) return ["## Incidents", "", "None."];
  const counts = incident_counts.map(({ code, count }) => `${count} ${code}`).join(", ");
  const rows = incidents.map((one) => [
    one.at,
    one.code,
    one.severity,
    one.resolved ? "yes" : "NO",
    one.subject,
    one.message,
  ]);
  const columns = [
    left("At"),
    left("Incident"),
    left("Severity"),
    left("Resolved"),
    left("Subject"),
    left("What happened"),
  ];
  return ["## Incidents", "", `${counts}.`, "", ...markdownTable(columns, rows)];
}

function operationLines({ pauses, missed_days, gaps, slowest_day_s }: Events): string[] {
  const lines = ["## Operation", ""];
  lines.push(
    missed_days.length === 0 ? "- No day was missed." : `- Missed: ${missed_days.join(", ")}.`,
  );
  for (const gap of gaps) lines.push(`- ${gap}.`);
  if (pauses.length === 0) lines.push("- Trading was never paused.");
  for (const { at, cause, message, resumed } of pauses) {
    const how = resumed?.forced === true ? "by force" : "after a PASS";
    const end =
      resumed === null
        ? "still paused"
        : `resumed at ${resumed.at} by ${inlineText(resumed.operator)} ${how}: ${inlineText(resumed.reason)}`;
    lines.push(`- Paused at ${at} (${inlineText(cause)}: ${inlineText(message)}); ${end}.`);
  }
  if (slowest_day_s !== null)
    lines.push(`- The slowest day took ${fixed(slowest_day_s)} s of work.`);
  return lines;
}

export function driftLines({ drift }: TrialReport): string[] {
  const title = "## Drift against the backtest twin";
  if (drift === null) return [title, "", "Not evaluated: no twin was handed in."];
  const { compared, differences } = drift;
  const lines = [
    title,
    "",
    `Compared with run ${drift.run_id}, net per instrument and day: ${compared.intents} intents and ${compared.fills} fills; ${differences.length} differences, ${drift.unexplained} unexplained.`,
  ];
  if (!drift.same_mandate) lines.push("", "**The twin ran under another mandate hash.**");
  if (drift.start !== null && !beganAlike(drift)) {
    const { date, trial_nav_minor: ours, twin_nav_minor: theirs } = drift.start;
    lines.push(
      "",
      `**Not evaluated: at the first common decision, on ${date}, the trial's net asset value was ${ours} minor units and the twin's ${theirs}. Run the twin from the trial's first day with its equity.**`,
    );
  }
  if (differences.length === 0) return [...lines, "", "Intents and fills are identical."];
  const more = differences.length - MOST_DIFFERENCES;
  const rows = differences
    .slice(0, MOST_DIFFERENCES)
    .map((one) => [one.date, one.instrument, one.kind, one.trial, one.twin, one.explained_by]);
  const columns = [
    left("Date"),
    left("Instrument"),
    left("What"),
    right("Trial"),
    right("Twin"),
    left("Explained by"),
  ];
  const rest = more > 0 ? ["", `${more} more are in the JSON report.`] : [];
  return [...lines, "", ...markdownTable(columns, rows), ...rest];
}

const MOST_DIFFERENCES = 25;
