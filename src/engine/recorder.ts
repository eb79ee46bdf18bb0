/**
 * What the kernel tells whoever listens. The journalling recorder makes entries and traces, the
 * null recorder drops everything; the kernel computes the same numbers with either.
 */
import type { ExecutionReport, Order } from "../domain/order.ts";
import type { Verdict } from "../domain/refusal.ts";
import type { Signal } from "./signal.ts";

export type FillMoney = {
  readonly notionalMinor: number;
  readonly feeMinor: number;
  readonly slippageMinor: number;
};

export type AccrualRecord = {
  readonly accrual: "financing" | "borrow";
  readonly instrument: number | null;
  readonly days: number;
  readonly baseMinor: number;
  readonly rate: number;
  readonly perDayMinor: number;
  readonly amountMinor: number;
};

export type SplitRecord = {
  readonly instrument: number;
  readonly ratio: number;
  readonly lotsBefore: number;
  readonly lotsAfter: number;
  readonly cashInLieuMinor: number;
  readonly orders: readonly Order[];
};

export type DividendRecord = {
  readonly instrument: number;
  readonly lots: number;
  readonly amountPerUnit: number;
  readonly amountMinor: number;
  readonly payDateMs: number;
};

export type ForecastRecord = {
  readonly variant: number;
  readonly kind: "weight" | "units" | "none";
  readonly target: number;
  readonly currentLots: number;
  /** Raw price it would be sized at. */
  readonly price: number;
  /** Ordinal of the signal it became, or -1 for a hold. */
  readonly signal: number;
};

/** `ended` is the signal whose terminal state this event settles, or null. */
export type Recorder = {
  readonly flow: (session: number, amountMinor: number) => void;
  readonly accrual: (session: number, record: AccrualRecord) => void;
  readonly split: (session: number, record: SplitRecord) => void;
  readonly dividend: (session: number, record: DividendRecord) => void;
  readonly dividendPaid: (
    session: number,
    record: { instrument: number; amountMinor: number; exDateMs: number },
  ) => void;
  readonly forecast: (session: number, record: ForecastRecord) => void;
  readonly decision: (session: number, navMinor: number, signals: readonly Signal[]) => void;
  readonly order: (session: number, order: Order, verdicts: readonly Verdict[]) => void;
  readonly fill: (
    session: number,
    report: ExecutionReport,
    money: FillMoney,
    ended: Signal | null,
  ) => void;
  readonly ended: (session: number, report: ExecutionReport, ended: Signal | null) => void;
  /** False when forecasts need not be told one by one: the trial lane. */
  readonly tracesForecasts: boolean;
  /** Positions as they stand at the close. */
  readonly close: (session: number, lots: Float64Array, mark: Float64Array) => void;
};

const nothing = (): void => undefined;

export const nullRecorder: Recorder = {
  flow: nothing,
  accrual: nothing,
  split: nothing,
  dividend: nothing,
  dividendPaid: nothing,
  forecast: nothing,
  decision: nothing,
  order: nothing,
  fill: nothing,
  ended: nothing,
  tracesForecasts: false,
  close: nothing,
};
