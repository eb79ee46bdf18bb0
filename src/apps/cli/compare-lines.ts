/** Two runs side by side in aligned lines for a person. */
import type { StateStatistics } from "../../research/evaluation/state-statistics.ts";
import type { Comparison, MetricRow } from "../../research/evaluation/compare.ts";
import type { Cell, Parting } from "../../research/evaluation/parting.ts";
import type { SignalEnd } from "../../research/evaluation/paths.ts";
import type { CommonWindow, MetricName } from "../../research/evaluation/common-metrics.ts";
import type { Pair, Side } from "./compare-targets.ts";
import { amount, count, percent, ratio } from "./numbers.ts";
import type { RunStates } from "./run-states.ts";
import type { Paint } from "./terminal.ts";

/** Everything that is said of a pair of runs. */
export type Compared = Comparison & {
  readonly pair: Pair;
  readonly window: CommonWindow;
  readonly states: { readonly a: RunStates | null; readonly b: RunStates | null };
  /** The first day of each series on which the two differ, earliest first. */
  readonly parting: readonly Parting[];
  /** Where the first of these is an order: how the signals behind it ended. */
  readonly signals: { readonly a: readonly SignalEnd[]; readonly b: readonly SignalEnd[] } | null;
  readonly notes: readonly string[];
};

const LABEL = 13;
/** Of a line without its label: what is longer is broken in two. */
const WIDEST = 90;

export function compareLines(compared: Compared, paint: Paint): string[] {
  const { pair, window, correlation, notes } = compared;
  const names = [pair.a.document.name, pair.b.document.name];
  const width = Math.max(...names.map((name) => name.length));
  const value =
    correlation.value === null
      ? `undefined: ${correlation.undefined_because}`
      : `${amount(correlation.value, 4)} of ${count(correlation.days)} daily returns`;
  return [
    sideLine("A", pair.a, width, paint),
    sideLine("B", pair.b, width, paint),
    "",
    ...(pair.overrides.length === 0 ? [] : [pairOf("B has", pair.overrides.join(", "))]),
    pairOf("window", `${window.from} to ${window.to}, ${count(window.sessions)} common days`),
    "",
    ...table(metricCells(compared.metrics, pair.a.document.currency), paint),
    ...undefinedLines(compared.metrics),
    "",
    pairOf("correlation", value),
    ...stateLines(compared.states),
    ...partingLines(compared.parting),
    ...signalLines(compared.signals),
    ...largestLines(compared, paint),
    ...notes.map((note) => `  ${paint.yellow("note")}${" ".repeat(LABEL - 4)}${note}`),
  ];
}

function sideLine(side: "A" | "B", { document, isNew }: Side, width: number, paint: Paint): string {
  const { name, status, run_id: id, marks } = document;
  const state = status === "OK" ? paint.green(status) : paint.yellow(status);
  const tags = marks.map((mark) => `  ${paint.yellow(mark)}`).join("");
  return `${paint.bold(side)}  ${name.padEnd(width)}  ${state}  ${id}${isNew ? "  run now" : ""}${tags}`;
}

function pairOf(label: string, text: string): string {
  return `  ${label.padEnd(LABEL)}${text}`;
}

/** Rows of cells under a header, the first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) =>
        c === 0 ? cell.padEnd(Math.max(widths[0], LABEL - 2)) : cell.padStart(widths[c]),
      )
      .join("  ");
  return rows.map((row, n) => `  ${n === 0 ? paint.dim(line(row)) : line(row)}`);
}

const METRIC_WORDS: { readonly [name in MetricName]: string } = {
  total_return: "return",
  cagr: "CAGR",
  annual_volatility: "volatility",
  sharpe: "Sharpe",
  sortino: "Sortino",
  calmar: "Calmar",
  max_drawdown: "max drawdown",
  trades: "fills",
  turnover: "turnover",
  costs: "costs",
};

function metricCells(metrics: readonly MetricRow[], currency: string): string[][] {
  const rows = metrics.map(({ name, a, b, difference }) => {
    const label = name === "costs" ? `costs ${currency}` : METRIC_WORDS[name];
    return [label, ...[a, b, difference].map((value) => metricText(name, value))];
  });
  return [["", "A", "B", "B - A"], ...rows];
}

function metricText(name: MetricName, value: number | null): string {
  switch (name) {
    case "total_return":
    case "cagr":
    case "annual_volatility":
    case "max_drawdown":
      return percent(value);
    case "sharpe":
    case "sortino":
    case "calmar":
    case "turnover":
      return ratio(value);
    case "trades":
      return value === null ? "-" : count(value);
    case "costs":
      return value === null ? "-" : amount(value);
  }
}

/** One line for each reason, with all it concerns. */
function undefinedLines(metrics: readonly MetricRow[]): string[] {
  const concerned = new Map<string, string[]>();
  for (const { name, undefined_because: because } of metrics) {
    for (const side of ["a", "b"] as const) {
      const reason = because[side];
      if (reason === undefined) continue;
      const text = `${side.toUpperCase()}: ${reason}`;
      concerned.set(text, [...(concerned.get(text) ?? []), METRIC_WORDS[name]]);
    }
  }
  return [...concerned].map(([reason, names]) =>
    pairOf("undefined", `${names.join(", ")} of ${reason}`),
  );
}

const STATES = [
  ["brake", "brake"],
  ["volatility_regime", "vol. regime"],
  ["breaker", "breaker"],
] as const;

function stateLines({ a, b }: Compared["states"]): string[] {
  const both = [
    ["A", a],
    ["B", b],
  ] as const;
  const scalars = both.flatMap(([side, states]) =>
    states === null ? [] : [`${side}  ${scalarText(states.scalar)}`],
  );
  const rows = STATES.flatMap(([name, label]) =>
    both.flatMap(([side, states]) => {
      const statistics = states?.[name] ?? null;
      return statistics === null ? [] : [[label, `${side}  ${stateText(statistics)}`] as const];
    }),
  );
  const labelled = [...scalars.map((text) => ["scalar", text] as const), ...rows];
  return labelled.map(([label, text], n) =>
    pairOf(label === labelled[n - 1]?.[0] ? "" : label, text),
  );
}

function scalarText(scalar: RunStates["scalar"]): string {
  const { mean, min, below_one: below, sessions, applied } = scalar;
  if (mean === null || min === null) return "none was computed";
  const note = applied ? "" : ", not applied";
  return `mean ${amount(mean, 3)}, min ${amount(min, 3)}, below 1 on ${percent(below)} of ${count(sessions)} days${note}`;
}

function stateText({
  sessions,
  transitions,
  transitions_per_year: yearly,
}: StateStatistics): string {
  const days = Object.entries(sessions).map(([state, n]) => `${state} ${count(n)}`);
  const rate = yearly === null ? "" : `, ${amount(yearly, 1)} a year`;
  return `${days.join(", ")} days; ${count(transitions)} transitions${rate}`;
}

function partingLines(parting: readonly Parting[]): string[] {
  if (parting.length === 0) {
    return [pairOf("paths", "never part: what both recorded is equal on every common day")];
  }
  const width = Math.max(...parting.map(({ series }) => series.length));
  return parting.flatMap((each, n) => {
    const start = `${each.date}  ${each.series.padEnd(width)}  ${each.key === "" ? "" : `${each.key}: `}`;
    const [a, b] = valuesText(each);
    const label = n === 0 ? "paths part" : n === 1 ? "then" : "";
    const isLong = start.length + a.length + b.length > WIDEST;
    if (!isLong) return [pairOf(label, `${start}${a}, ${b}`)];
    return [pairOf(label, start + a), pairOf("", " ".repeat(start.length) + b)];
  });
}

/** What cut a signal on both sides explains no difference and is left out. */
function signalLines(signals: Compared["signals"]): string[] {
  if (signals === null) return [];
  const text = (own: readonly SignalEnd[], other: readonly SignalEnd[]) => {
    const parts = own.map(({ strategy, terminal, cut_by }) => {
      const twin = other.find((each) => each.strategy === strategy)?.cut_by ?? [];
      const cuts = cut_by.filter((cut) => !twin.includes(cut));
      return `${strategy} ${terminal}${cuts.length === 0 ? "" : ` (${cuts.join(", ")})`}`;
    });
    return parts.length === 0 ? "no signal" : parts.join(", ");
  };
  const { a, b } = signals;
  return [pairOf("signals", `A ${text(a, b)}; B ${text(b, a)}`)];
}

function valuesText({ a, b, absent }: Parting): readonly [string, string] {
  const [left, right] = shortened(a, b);
  return [
    absent === "a" ? "A has none" : `A ${left}`,
    absent === "b" ? "B has none" : `B ${right}`,
  ];
}

/** Six digits, cents of large amounts, where they tell the two apart; else every digit. */
function shortened(a: Cell, b: Cell): readonly [string, string] {
  const [left, right] = [shortNumber(a), shortNumber(b)];
  return left === right ? [a ?? "unknown", b ?? "unknown"] : [left, right];
}

function shortNumber(cell: Cell): string {
  if (cell === null) return "unknown";
  const value = Number(cell);
  if (!Number.isFinite(value)) return cell;
  return String(Math.abs(value) < 1000 ? Number(value.toPrecision(6)) : Number(value.toFixed(2)));
}

function largestLines({ largest }: Compared, paint: Paint): string[] {
  if (largest.length === 0) return [];
  const rows = largest.map(({ date, a, b, difference }) => [
    date,
    ...[a, b, difference].map((value) => `${amount(value * 100, 3)} %`),
  ]);
  return ["", ...table([["largest", "A", "B", "B - A"], ...rows], paint)];
}
