/**
 * What the lints judge: plain values about one run, made from the kernel's memory when the run ends
 * (engine/doctor) or from its files later (apps/cli). Money is integers of the minor unit, so that
 * both ways give the same bits; quantities are signed lots; sessions are indices into `sessionsMs`.
 * What neither could find out is null, and the lint that needs it is not evaluated.
 */
import type { StageRecord } from "../../domain/stage-record.ts";

export type Evidence = {
  /** A check of the run itself that failed, with its invariant. */
  readonly failure: { readonly invariant: number | null; readonly message: string } | null;
  /** Orders filled on the close that decided them. */
  readonly sameClose: boolean;
  readonly currency: string;
  readonly digits: number;
  readonly sessionsMs: Float64Array;
  /** First session of the evaluation window. */
  readonly evaluationStart: number;
  readonly depositMinor: number;
  /** At each close. */
  readonly navMinor: Float64Array;
  readonly cashMinor: Float64Array;
  readonly stages: readonly StageRecord[];
  /** Annual; null where no volatility was aimed at. */
  readonly targetVolatility: number | null;
  readonly forecasts: number;
  /** Recorded answers that strategies gave once more at the run's end; null when it failed before. */
  readonly answersAsked: number | null;
  readonly instruments: readonly EvidenceInstrument[];
  readonly fills: EvidenceFills;
  /** Of the evaluation window, in the account's currency: fees + slippage + financing + borrow. */
  readonly costsMinor: number;
  readonly orders: EvidenceRows;
  /** Held at each close. */
  readonly positions: EvidenceRows;
  /** Dividends, cash for fractions, borrow (negative): in each instrument's currency. */
  readonly income: readonly { readonly instrument: number; readonly amountMinor: number }[];
  /** What only the mandate and its strategies can say; null where they are not at hand. */
  readonly mandate: MandateEvidence | null;
};

/** With what several lints make of it. */
export type Judged = Evidence & {
  /** Sessions of the evaluation window at which a day ends, its first session before them. */
  readonly days: readonly number[];
  /** First session with a net asset value at or below zero, or -1. */
  readonly ruin: number;
};

export type EvidenceInstrument = {
  readonly id: string;
  /** Units in one lot. */
  readonly lot: number;
  readonly digits: number;
  /** Money reserved for one lot, minor units; 0 where it is paid in full. */
  readonly marginMinor: number;
  /** Of its own bars. */
  readonly timesMs: Float64Array;
  /** Units traded in each bar; null when the source has none. */
  readonly volume: Float64Array | null;
  /** Units of the account's currency for one unit, at each session; null: the account's own. */
  readonly rate: Float64Array | null;
  /** What is held after the last close, marked. */
  readonly finalValueMinor: number;
};

/** Parallel columns. */
export type EvidenceRows = {
  readonly session: Float64Array;
  readonly instrument: Float64Array;
  readonly lots: Float64Array;
};

export type EvidenceFills = EvidenceRows & {
  /** 0: a leg of a roll, which nobody ordered. */
  readonly ordered: Uint8Array;
  /** Signed, in the instrument's currency. */
  readonly notionalMinor: Float64Array;
  readonly feeMinor: Float64Array;
  /** The notional in the account's currency. */
  readonly tradedMinor: Float64Array;
};

export type MandateEvidence = {
  readonly periodsPerYear: number;
  /** limits.margin: initial margin as a fraction of net asset value; null without one. */
  readonly marginLimit: number | null;
  readonly strategies: readonly { readonly name: string; readonly parameters: number }[];
  /** Null when the run failed before its strategies could be asked. */
  readonly warmUp: WarmUpEvidence | null;
};

/** What strategies with recursive columns answer on a pack that starts later. */
export type WarmUpEvidence = {
  /** Strategies with a recursive column. */
  readonly recursive: readonly string[];
  /** Those of them whose history is too short to start later. */
  readonly tooShort: readonly string[];
  readonly starts: number;
  readonly asked: number;
  readonly differing: number;
  /** Sum and largest of |difference|, in strength x confidence or weight. */
  readonly totalDifference: number;
  readonly largestDifference: number;
  /** Where the largest one was. */
  readonly worst: {
    readonly strategy: string;
    readonly instrument: string;
    readonly atMs: number;
  } | null;
};
