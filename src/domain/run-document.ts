/**
 * run.json: what one run was and what came of it. No absolute path and no wall-clock time, so two
 * runs of one identity give the same bytes. Undefined numbers are null with a reason beside them.
 */
import type { WrittenArtifact } from "./artifact.ts";
import type { LayersDocument } from "./layers-document.ts";
import type { LintResult } from "./lint-result.ts";
import type { PackKind } from "./pack.ts";
import type { TerminalState } from "./refusal.ts";
import type { BrakeRegime } from "./regime.ts";
import type { ResultParts } from "./result-parts.ts";
import type { RunStatus } from "./run-status.ts";
import type { SharpeTest } from "./sharpe-test.ts";
import type { StageRecord } from "./stage-record.ts";
import type { VolatilityGap } from "./volatility-gap.ts";

/** Ratios are per year where the name says so; money in currency units. */
export type Metrics = {
  readonly start_equity: number;
  readonly final_equity: number;
  readonly total_return: number | null;
  readonly cagr: number | null;
  readonly annual_volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  /** Fraction lost from the highest wealth so far, starting wealth included: 0.25 = -25 %. */
  readonly max_drawdown: number | null;
  /** Fills. */
  readonly trades: number;
  /** Sum of |notional| over mean net asset value, per year. */
  readonly turnover: number | null;
  /** fees + slippage + financing + borrow. */
  readonly costs: number;
  /** Key -> why it is null. */
  readonly undefined_because: { readonly [metric: string]: string };
};

export type Window = { readonly from: string; readonly to: string; readonly sessions: number };

export type SignalCounts = {
  readonly forecasts: number;
  readonly holds: number;
  readonly signals: number;
  readonly terminal: { readonly [state in TerminalState]?: number };
};

export type RunDocument = {
  readonly format_version: 1;
  readonly run_id: string;
  readonly status: RunStatus;
  readonly failure: {
    readonly invariant: number | null;
    readonly message: string;
    /** Which of the run's checks found it. */
    readonly check: string;
  } | null;
  readonly mode: "backtest";
  readonly name: string;
  readonly seed: number;
  readonly mandate_hash: string;
  readonly pack: {
    readonly id: string;
    readonly kind: PackKind;
    readonly rights: readonly string[];
    readonly instruments: readonly string[];
    readonly sessions: number;
    readonly from: string;
    readonly to: string;
  };
  readonly code_hash: string;
  readonly runtime: string;
  readonly currency: string;
  readonly journal: { readonly entries: number; readonly head: string };
  readonly window: { readonly full: Window; readonly evaluation: Window };
  /** Over the evaluation window: the headline. */
  readonly metrics: Metrics;
  readonly metrics_full: Metrics;
  /** What can be said of the Sharpe ratio, given how many observations and trials there were. */
  readonly sharpe_test: SharpeTest;
  /** Since the deposit; null where a check failed before the books were closed. */
  readonly result: ResultParts | null;
  readonly costs: {
    readonly fees: number;
    readonly slippage: number;
    readonly financing: number;
    readonly borrow: number;
  };
  readonly stages: readonly StageRecord[];
  /** What the portfolio's stages did; null under allocation direct. */
  readonly layers: LayersDocument | null;
  /** Realised against target volatility, layer by layer; null where no volatility was aimed at. */
  readonly volatility_gap: VolatilityGap | null;
  readonly signals: SignalCounts;
  /** Protective stops: placed = filled + cancelled + expired; cancelled includes replaced by a new size. */
  readonly system_intents: {
    readonly placed: number;
    readonly filled: number;
    readonly cancelled: number;
    readonly expired: number;
    /** Positions that the breakers closed: flattens = flattened + flattens_expired. */
    readonly flattens: number;
    readonly flattened: number;
    readonly flattens_expired: number;
    /** Positions carried into the next contract. */
    readonly rolls: number;
  };
  /** Marks that say how far the result may be trusted: LOOKAHEAD, SIMULATED. */
  readonly marks: readonly string[];
  readonly warnings: readonly string[];
  /** What the quality checks warn about the pack's bars. Facts about the source, not about the run's identity. */
  readonly data_warnings: readonly string[];
  /** How far the result may be relied on: every lint, findings first, the heaviest of them first. */
  readonly doctor: readonly LintResult[];
  readonly artifacts: readonly WrittenArtifact[];
};

/** run.json of a run that broke off: what it was, how far it came, and why it stopped. */
export type FailureDocument = Pick<
  RunDocument,
  "format_version" | "run_id" | "mode" | "name" | "seed" | "mandate_hash" | "code_hash" | "runtime"
> & {
  readonly status: "ERROR";
  readonly failure: { readonly invariant: number | null; readonly message: string };
  readonly pack: Pick<RunDocument["pack"], "id" | "kind">;
};

/** Everything the report draws; arrays have one value per session. */
export type ReportInput = {
  readonly document: RunDocument;
  readonly mandate: readonly {
    readonly key: string;
    readonly value: string;
    readonly origin: string;
  }[];
  readonly datesMs: Float64Array;
  /** Net asset value in currency units at each close. */
  readonly equity: Float64Array;
  /** Simple return of the day; NaN where undefined. */
  readonly returns: Float64Array;
  /** 0 at a high, -0.25 a quarter below it. */
  readonly drawdown: Float64Array;
  /** Fractions of net asset value at each close. */
  readonly grossExposure: Float64Array;
  readonly netExposure: Float64Array;
  /** Annual, of the daily returns of the quarter before; NaN until it is full. */
  readonly rollingVolatility: Float64Array;
  /** What the portfolio's stages said; null under allocation direct. */
  readonly portfolio: PortfolioSeries | null;
  /** Index of the evaluation window's first session. */
  readonly evaluationStart: number;
  /** First session whose net asset value was <= 0, or null. */
  readonly ruinedAt: number | null;
};

/** By session, as the artifacts decisions and regimes have them. */
export type PortfolioSeries = {
  /**
   * Gross exposure that the last decision asked for, from the session on which it could be held:
   * after risk targeting, and after all stages. NaN before the first decision.
   */
  readonly targetedGross: Float64Array;
  readonly clampedGross: Float64Array;
  /** The brake as of each close. */
  readonly regimes: readonly BrakeRegime[];
  readonly scalar: Float64Array;
  readonly breakers: readonly string[];
};
