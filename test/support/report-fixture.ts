/**
 * A believable ReportInput out of a seed: weekdays of some years, a long-short strategy that waits
 * for its slow average, loses in a crisis and recovers. The metrics are computed from the series,
 * so that a test may compare what the page shows with what the series say.
 */
import { DAY_MS, formatDate, parseIsoDate, weekdayOfDays } from "../../src/base/instant.ts";
import type {
  Metrics,
  ReportInput,
  RunDocument,
  SignalCounts,
  Window,
} from "../../src/domain/run-document.ts";
import type { LintResult } from "../../src/domain/lint-result.ts";
import type { StageRecord } from "../../src/domain/stage-record.ts";
import { rollingVolatility } from "../../src/research/evaluation/rolling-volatility.ts";
import { sharpeTest } from "../../src/research/evaluation/sharpe-probability.ts";
import { GAP, layersOf, LINTS, portfolioOf, resultOf } from "./report-portfolio.ts";

export type ReportVariant = "normal" | "ruined" | "zero_trades" | "simulated" | "layered";

type Options = {
  readonly variant?: ReportVariant;
  readonly seed?: number;
  readonly years?: number;
};

type Series = Omit<ReportInput, "document" | "mandate">;

const START_EQUITY = 100_000;
const WARM_UP = 200;

export function reportFixture(options: Options = {}): ReportInput {
  const { variant = "normal", seed = 7, years = 20 } = options;
  const series = simulate(variant, seed, years);
  return { document: documentOf(variant, series), mandate: MANDATE, ...series };
}

/** Linear congruential generator with the constants of Numerical Recipes; values in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function weekdays(years: number): Float64Array {
  const first = (parseIsoDate("2003-01-02") ?? 0) / DAY_MS;
  const days: number[] = [];
  for (let day = first; day < first + years * 365.25; day++) {
    if (weekdayOfDays(day) < 5) days.push(day * DAY_MS);
  }
  return Float64Array.from(days);
}

function simulate(variant: ReportVariant, seed: number, years: number): Series {
  const next = generator(seed);
  const normal = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  };
  const datesMs = weekdays(years);
  const n = datesMs.length;
  const start = Math.min(WARM_UP, Math.floor(n / 4));
  const [equity, returns, drawdown, gross, net] = [0, 1, 2, 3, 4].map(() => new Float64Array(n));
  const crisis = Math.floor(n * 0.28);
  let peak = START_EQUITY;
  let value = START_EQUITY;
  let position = 0;
  let ruinedAt: number | null = null;
  for (let i = 0; i < n; i++) {
    const active = variant !== "zero_trades" && i >= start;
    const stress = i > crisis && i < crisis + 260;
    if (active && (position === 0 || next() < 0.012)) position = next() < 0.72 ? 1 : -0.6;
    if (!active || ruinedAt !== null) position = 0;
    const ruin = variant === "ruined" && i === Math.floor(n * 0.6);
    const move = ruin ? -1.07 : (stress ? -0.0011 : 0.00052) + normal() * (stress ? 0.017 : 0.0088);
    const change = position === 0 ? 0 : ruin ? move : move * Math.abs(position);
    value = ruinedAt !== null ? value : Math.round(value * (1 + change) * 100) / 100;
    if (value <= 0 && ruinedAt === null) ruinedAt = i;
    peak = Math.max(peak, value);
    equity[i] = value;
    returns[i] = i === 0 || ruinedAt !== null ? Number.NaN : value / equity[i - 1] - 1;
    drawdown[i] = value / peak - 1;
    net[i] = ruinedAt !== null ? Number.NaN : position * (0.985 + 0.03 * next());
    gross[i] = Math.abs(net[i]);
  }
  return {
    datesMs,
    equity,
    returns,
    drawdown,
    grossExposure: gross,
    netExposure: net,
    evaluationStart: start,
    ruinedAt,
    rollingVolatility: rollingVolatility(datesMs, equity, 252),
    portfolio: variant === "layered" ? portfolioOf(gross) : null,
  };
}

function metricsOf(series: Series, from: number, trades: number, costs: number): Metrics {
  const { equity, returns, datesMs, ruinedAt } = series;
  const n = equity.length;
  const startEquity = from === 0 ? START_EQUITY : equity[from - 1];
  const common = { start_equity: startEquity, final_equity: equity[n - 1], trades, costs };
  const reason = ruinedAt !== null ? "net asset value fell to zero or below" : "nothing was traded";
  if (ruinedAt !== null || trades === 0) {
    const flat = ruinedAt === null;
    const keys = ["cagr", "annual_volatility", "sharpe", "sortino", "calmar"];
    const undefined_because = Object.fromEntries(
      (flat ? keys.slice(2) : [...keys, "total_return", "max_drawdown", "turnover"]).map((key) => [
        key,
        reason,
      ]),
    );
    const known = flat ? 0 : null;
    return {
      ...common,
      total_return: known,
      cagr: known,
      annual_volatility: known,
      sharpe: null,
      sortino: null,
      calmar: null,
      max_drawdown: known,
      turnover: known,
      undefined_because,
    };
  }
  const daily = [...returns.subarray(Math.max(from, 1))];
  const mean = daily.reduce((a, b) => a + b, 0) / daily.length;
  const variance = daily.reduce((a, b) => a + (b - mean) ** 2, 0) / (daily.length - 1);
  const downside = Math.sqrt(daily.reduce((a, b) => a + Math.min(b, 0) ** 2, 0) / daily.length);
  const years = (datesMs[n - 1] - datesMs[from]) / DAY_MS / 365.25;
  const cagr = (equity[n - 1] / startEquity) ** (1 / years) - 1;
  const depth = 0 - Math.min(0, ...series.drawdown.subarray(from));
  return {
    ...common,
    total_return: equity[n - 1] / startEquity - 1,
    cagr,
    annual_volatility: Math.sqrt(variance * 252),
    sharpe: (mean / Math.sqrt(variance)) * Math.sqrt(252),
    sortino: (mean / downside) * Math.sqrt(252),
    calmar: cagr / depth,
    max_drawdown: depth,
    turnover: 4.37,
    undefined_because: {},
  };
}

function windowOf({ datesMs }: Series, from: number): Window {
  const n = datesMs.length;
  return { from: formatDate(datesMs[from]), to: formatDate(datesMs[n - 1]), sessions: n - from };
}

function documentOf(variant: ReportVariant, series: Series): RunDocument {
  const n = series.datesMs.length;
  const idle = variant === "zero_trades";
  const costs = idle
    ? { fees: 0, slippage: 0, financing: 0, borrow: 0 }
    : { fees: 1_482.5, slippage: 2_911.07, financing: 318.44, borrow: 96.2 };
  const total = costs.fees + costs.slippage + costs.financing + costs.borrow;
  const signals = signalsOf(n - series.evaluationStart, idle);
  const trades = signals.terminal.EXECUTED ?? 0;
  const full = windowOf(series, 0);
  const simulated = variant === "simulated";
  return {
    format_version: 1,
    run_id: hash("run", variant),
    status: variant === "ruined" ? "RUINED" : idle ? "ZERO_TRADES" : "OK",
    failure: null,
    mode: "backtest",
    name: simulated
      ? "Simulated equities, moving-average cross"
      : "S&P 500, moving-average cross 50/200",
    seed: 1,
    mandate_hash: hash("mandate", variant),
    pack: {
      id: hash("pack", variant),
      kind: simulated ? "SIMULATED" : "REAL",
      rights: [simulated ? "simulated" : "ODC-PDDL"],
      instruments: simulated ? ["SIM1", "SIM2", "SIM3"] : ["SPX"],
      sessions: n,
      from: full.from,
      to: full.to,
    },
    code_hash: hash("code", ""),
    runtime: "node 24.21.0",
    currency: "USD",
    journal: { entries: 4 + signals.signals * 3, head: hash("head", variant) },
    window: { full, evaluation: windowOf(series, series.evaluationStart) },
    metrics: metricsOf(series, series.evaluationStart, trades, total),
    metrics_full: metricsOf(series, 0, trades, total),
    costs,
    ...portfolioParts(variant, series),
    sharpe_test: sharpeTest(series.returns.subarray(series.evaluationStart + 1), {
      periodsPerYear: 252,
      riskFree: 0,
    }),
    stages: stagesOf(signals),
    signals,
    system_intents: intentsOf(idle),
    marks: simulated ? ["SIMULATED", "LOOKAHEAD"] : [],
    data_warnings: [],
    warnings: simulated
      ? ["SIM2: 3 of 5 218 bars have a range above 20 %", "1 dividend was paid on its ex-date"]
      : [],
    doctor: variant === "layered" ? LINTS : doctorOf(idle, trades),
    artifacts: ["orders", "fills", "positions", "equity", "returns", "signals"].map((name, i) => ({
      name,
      file: `${name}.csv`,
      sha256: hash(name, variant),
      rows: i < 3 ? trades * (i + 1) : n,
    })),
  };
}

function portfolioParts(
  variant: ReportVariant,
  { datesMs, equity }: Series,
): Pick<RunDocument, "layers" | "volatility_gap" | "result"> {
  if (variant !== "layered") {
    return { layers: null, volatility_gap: null, result: null };
  }
  return {
    layers: layersOf(datesMs),
    volatility_gap: GAP,
    result: resultOf(START_EQUITY, equity[equity.length - 1]),
  };
}

function intentsOf(idle: boolean): RunDocument["system_intents"] {
  const [placed, filled, cancelled, expired] = idle ? [0, 0, 0, 0] : [41, 12, 22, 7];
  const flattened = { flattens: 0, flattened: 0, flattens_expired: 0, rolls: 0 };
  return { placed, filled, cancelled, expired, ...flattened };
}

function signalsOf(forecasts: number, idle: boolean): SignalCounts {
  if (idle) return { forecasts, holds: forecasts, signals: 0, terminal: {} };
  const terminal = { EXECUTED: 241, EXPIRED: 9, REJECTED_BY_SIZING: 4, REJECTED_BY_CASH: 17 };
  const signals = 241 + 9 + 4 + 17;
  return { forecasts, holds: forecasts - signals, signals, terminal };
}

function stagesOf({ forecasts, signals }: SignalCounts): StageRecord[] {
  const names = ["allocation.direct", "sizing", "freshness", "duplicate", "limits", "cash"];
  return names.map((name, i) => {
    const reached = i === 0 ? forecasts : signals;
    const bound = reached === 0 ? 0 : [0, 4, 0, 0, 0, 17][i];
    const enabled = name !== "limits";
    return {
      name,
      kind: i < 2 ? "stage" : "gate",
      enabled,
      effective: enabled,
      binding: bound > 0,
      reached,
      evaluated: enabled ? reached : 0,
      applied: enabled ? reached : 0,
      bound,
      not_evaluated: 0,
      warm_up: 0,
      inert_reason: null,
    };
  });
}

/** 64 hex digits that look like a hash and are none. */
function hash(label: string, variant: string): string {
  const next = generator(
    Array.from(`${label}/${variant}`).reduce(
      (a, c) => (Math.imul(a, 31) + c.charCodeAt(0)) | 0,
      17,
    ),
  );
  return Array.from({ length: 64 }, () => Math.floor(next() * 16).toString(16)).join("");
}

const MANDATE: ReportInput["mandate"] = [
  { key: "name", value: '"S&P 500, moving-average cross 50/200"', origin: "mandate.yaml:1" },
  { key: "profile", value: '"plain"', origin: "default" },
  { key: "universe.instruments[0].id", value: '"SPX"', origin: "mandate.yaml:6" },
  { key: "strategies[0].params.fast", value: "50", origin: "mandate.yaml:19" },
  { key: "strategies[0].params.slow", value: "200", origin: "mandate.yaml:20" },
  { key: "execution.fill", value: '"next_open"', origin: "mandate.yaml:24" },
  { key: "fees.bps", value: "2", origin: "ASSAY__FEES__BPS" },
  { key: "financing.debit_rate", value: "0.05", origin: "mandate.yaml:28" },
  { key: "limits.gross", value: "1", origin: "profile plain" },
];

/** Findings first, the heaviest of them first, as a run has them. */
function doctorOf(idle: boolean, trades: number): readonly LintResult[] {
  const bounds = { observed: trades, limit: 30, unit: "fills" };
  const unmeasured = { observed: null, limit: null, unit: null };
  const few = `${trades} fills of orders on 5,017 days of the evaluation window`;
  const found = { result: "found", weight: idle ? 1 : 0.2 } as const;
  const not = { result: "not_evaluated", weight: 0 } as const;
  return [
    idle
      ? {
          lint: "zero_trades",
          ...found,
          ...bounds,
          limit: 1,
          evidence: "no fill from 5,018 forecasts",
        }
      : {
          lint: "one_instrument",
          ...found,
          observed: 1,
          limit: 0.5,
          unit: "share of the result",
          evidence: "SPX alone was traded: the result is a statement about it",
        },
    { lint: "too_few_observations", result: "clear", weight: 0, ...bounds, evidence: few },
    { lint: "capacity", ...not, ...unmeasured, evidence: "the source has no volume: SPX" },
  ];
}
