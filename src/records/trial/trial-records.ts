/**
 * What a trial report is computed from: the account's journal, the days' files with the hashes they
 * have now, and the rows of metrics.csv. Nothing of a running system, nothing of a mandate but the one
 * limit that drawdown is judged by.
 */
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { MetricsRow } from "../../domain/daily-metrics.ts";
import type { SharpeTest } from "../../domain/sharpe-test.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";

/** The files of one day as they lie on disk now. */
export type RecordedDay = {
  readonly date: string;
  /** Null: there is no such file. */
  readonly jsonSha256: string | null;
  readonly markdownSha256: string | null;
  /** Null where the file is missing or does not read. */
  readonly document: DailyDocument | null;
  readonly unreadable: string | null;
};

/** The same mandate in a backtest over the same sessions. */
export type BacktestTwin = {
  readonly runId: string;
  readonly mandateHash: string;
  /** Net asset value that each decision was sized on, minor units. */
  readonly decisions: readonly { readonly date: string; readonly navMinor: number }[];
  /** Orders by the session decided on, and fills by the session filled in; signed lots. */
  readonly intents: readonly { readonly date: string; readonly instrument: string; lots: number }[];
  readonly fills: readonly {
    readonly date: string;
    readonly instrument: string;
    readonly lots: number;
    readonly price: number;
  }[];
};

export type TrialRecords = {
  /** Of the whole account, in the order of the journal. */
  readonly entries: readonly AccountEntry[];
  readonly journal: {
    readonly seq: number;
    readonly hash: string;
    /** What verification of the chain found; empty: every link holds. */
    readonly findings: readonly string[];
  };
  readonly days: readonly RecordedDay[];
  readonly metrics: { readonly rows: readonly MetricsRow[]; readonly unreadable: string | null };
  /** Drawdown at which trading halts, as a fraction; null: not handed in. */
  readonly haltDrawdown: number | null;
  readonly twin: BacktestTwin | null;
};

/** Of daily returns: how far their Sharpe ratio can be told from luck (research/evaluation). */
export type SharpeJudge = (returns: Float64Array) => SharpeTest;
