/**
 * A day's document as Markdown: one screen that says how the day went, then everything behind it.
 * Prices are rounded to four digits here; the JSON document has them whole.
 * Amounts are in the account's currency, shares of net asset value in percent, times as the venue
 * printed them, in UTC. It says nothing that the document does not hold; a dry run is marked on top
 * and in every table.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import {
  counted,
  fixed,
  money,
  percent,
  priceText,
  signed,
  signedPercent,
} from "../../base/figures.ts";
import { inlineText, left, right } from "../../base/markdown.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { dayTable } from "./day-table.ts";
import { healthLines, provenanceLines, stageLines } from "./markdown-health.ts";
import { fillLines, orderLines, signalLines, tradeSentences } from "./markdown-trades.ts";

/** artifacts/json/YYYY-MM-DD.json: one line of canonical JSON, the same bytes for the same day. */
export function canonicalDaily(document: DailyDocument): string {
  return `${canonicalJson(document as unknown as Json)}\n`;
}

/** artifacts/markdown/YYYY-MM-DD.md. */
export function dailyMarkdown(document: DailyDocument): string {
  const sections = [
    titleLines(document),
    overviewLines(document),
    tradedLines(document),
    regimeLines(document),
    signalLines(document),
    orderLines(document),
    fillLines(document),
    riskLines(document),
    positionLines(document),
    healthLines(document),
    stageLines(document),
    provenanceLines(document),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function titleLines(document: DailyDocument): string[] {
  const { date, status, mark, name, account, broker, mode, currency } = document;
  const lines = [`# ${date}: ${status}${mark === null ? "" : ` (${mark})`}`, ""];
  if (mark !== null) {
    lines.push(`**${mark}: no order left this machine; fills and positions are simulated.**`, "");
  }
  const who = `${inlineText(name)} on account ${inlineText(account)} at ${inlineText(broker)}`;
  lines.push(
    `${who}, ${mode.replace("_", "-")}. Decided on the close of ${document.decided_on}. Amounts in ${currency}; shares are of net asset value.`,
  );
  const { trial } = document;
  if (trial !== null && trial.voided) {
    lines.push("", `**Trial ${inlineText(trial.trial_id)} is void: the mandate was changed.**`);
  } else if (trial !== null) {
    lines.push("", `Trial ${inlineText(trial.trial_id)}: day ${trial.day} of ${trial.days}.`);
  }
  return lines;
}

function overviewLines(document: DailyDocument): string[] {
  const { risk, trades, signals, health } = document;
  const rows: [string, string][] = [
    ["Result", resultWords(document)],
    ["Net asset value", money(risk.nav)],
    ["Cash", money(risk.cash)],
    ["Drawdown", percent(risk.drawdown)],
    ["Gross / net exposure", `${percent(risk.gross)} / ${percent(risk.net)}`],
    ["Reconciliation, start", reconciliationWords(document, "start")],
    ["Reconciliation, end", reconciliationWords(document, "end")],
    [
      "Signals",
      `${signals.raw} of ${counted(signals.forecasts, "forecast")}; ${signals.holds} held`,
    ],
    ["Orders", `${trades.placed} placed, ${trades.filled} filled, ${trades.rejected} rejected`],
    ["Fills", `${trades.fills.length}`],
    ["Trading", health.paused === null ? "open" : `PAUSED: ${inlineText(health.paused)}`],
    ["Circuit breaker", risk.breaker],
    ["Incidents", counted(health.incidents.length, "incident")],
  ];
  return dayTable(document, [left("The day"), left("")], rows);
}

function resultWords({ risk }: DailyDocument): string {
  if (risk.day_profit === null) return "not known, see below";
  return `${signed(risk.day_profit)} (${signedPercent(risk.day_return)})`;
}

function reconciliationWords({ health }: DailyDocument, phase: "start" | "end"): string {
  const last = health.reconciliation.findLast((one) => one.phase === phase);
  if (last === undefined) return "not run";
  const breaks = last.breaks.map((each) => `${each.code} ${each.subject}`).join(", ");
  return `${last.result} at ${last.at}${breaks === "" ? "" : `: ${inlineText(breaks)}`}`;
}

function tradedLines(document: DailyDocument): string[] {
  if (document.no_trades_because.length > 0) {
    const reasons = document.no_trades_because.map((reason) => `- ${inlineText(reason)}`);
    return ["## Why nothing was traded", "", ...reasons];
  }
  return ["## What was traded", "", ...tradeSentences(document).map((line) => `- ${line}`)];
}

function regimeLines(document: DailyDocument): string[] {
  const { regime } = document;
  return [
    "## Regime",
    "",
    ...dayTable(
      document,
      [left("Measure"), right("Value"), left("Class")],
      [
        ["Volatility index", fixed(regime.volatility_index), regime.volatility_class],
        ["Brake, share of exposure left", fixed(regime.brake_scalar, 4), regime.brake],
        ["Circuit breaker", "-", regime.breaker],
      ],
    ),
  ];
}

function riskLines(document: DailyDocument): string[] {
  const { risk } = document;
  const rows: [string, string][] = [
    ["Net asset value", money(risk.nav)],
    ["High-water mark", money(risk.high_water)],
    ["Drawdown", percent(risk.drawdown)],
    ["Profit of the day", signed(risk.day_profit)],
    ["Return of the day", signedPercent(risk.day_return, 4)],
    ["Gross exposure", percent(risk.gross)],
    ["Net exposure", percent(risk.net)],
    ["Heat", percent(risk.heat)],
    ["Fees paid", money(risk.fees)],
    ["Interest received", signed(risk.interest)],
    ["Dividends received", signed(risk.dividends)],
  ];
  return ["## Risk", "", ...dayTable(document, [left("Measure"), right("Value")], rows)];
}

function positionLines(document: DailyDocument): string[] {
  const { positions } = document;
  if (positions.length === 0) return ["## Positions", "", "Nothing is held."];
  const columns = [
    left("Instrument"),
    right("Lots"),
    right("Mark"),
    right("Value"),
    right("Cost"),
    right("Unrealised"),
    right("Share"),
  ];
  const rows = positions.map((held) => [
    held.instrument,
    fixed(held.lots, 0),
    priceText(held.mark),
    money(held.value),
    money(held.cost),
    signed(held.unrealised),
    percent(held.weight),
  ]);
  return ["## Positions", "", ...dayTable(document, columns, rows)];
}
