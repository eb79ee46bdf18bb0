/**
 * What the kernel tells whoever listens. The journalling recorder makes entries and traces, the
 * null recorder drops everything; the kernel computes the same numbers with either.
 */
import type { Approved, ExecutionReport, Order } from "../domain/order.ts";
import type { Verdict } from "../domain/refusal.ts";
import type { BreakerChange } from "../execution/gates/breakers.ts";
import type { LayerState } from "./layers/state.ts";
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

/** Variation margin of one future at one close, minor units of its currency. */
export type Settlement = {
  readonly instrument: number;
  readonly price: number;
  readonly amountMinor: number;
};

export type RollRecord = {
  readonly instrument: number;
  readonly fromContract: number;
  readonly toContract: number;
  readonly lots: number;
  readonly fromPrice: number;
  readonly toPrice: number;
  readonly fromReference: number;
  readonly toReference: number;
  readonly fromNotionalMinor: number;
  readonly toNotionalMinor: number;
  readonly feeMinor: number;
  readonly slippageMinor: number;
  /** Working orders whose price moved with the contract. */
  readonly orders: readonly Order[];
};

export type DividendRecord = {
  readonly instrument: number;
  readonly lots: number;
  readonly amountPerUnit: number;
  readonly amountMinor: number;
  readonly payDateMs: number;
};

/** One instrument's net at a decision. */
export type NettingRecord = {
  readonly instrument: number;
  readonly wantedLots: number;
  readonly heldLots: number;
  readonly fullLots: number;
  readonly sizeScale: number;
  readonly targetLots: number;
  readonly cutBy: string | null;
  /** Millionths of a lot that met inside. */
  readonly crossedLots: number;
};

export type ForecastRecord = {
  readonly variant: number;
  readonly kind: "weight" | "units" | "forecast" | "none";
  readonly target: number;
  /** Of a forecast; NaN for a target. */
  readonly confidence: number;
  readonly currentLots: number;
  /** Lots the forecast alone wants and what is left of it; NaN where a signal carries them, or nothing could be sized. */
  readonly beliefLots: number;
  readonly finalLots: number;
  /** Raw price it would be sized at. */
  readonly price: number;
  /** Ordinal of the signal it became, or -1 for a hold. */
  readonly signal: number;
};

/** A sleeve's signed millionths of a lot. */
export type Share = { readonly variant: number; readonly microLots: number };

/** `ended`: the signals whose terminal state this event settles. */
export type FillRecord = {
  readonly report: ExecutionReport;
  readonly money: FillMoney;
  readonly shares: readonly Share[];
  readonly ended: readonly Signal[];
};

export type CrossRecord = {
  readonly instrument: number;
  /** NaN: nothing crossed before the wishes were replaced. */
  readonly price: number;
  readonly shares: readonly Share[];
  readonly ended: readonly Signal[];
};

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
  readonly order: (session: number, order: Approved<Order>, verdicts: readonly Verdict[]) => void;
  readonly fill: (session: number, fill: FillRecord) => void;
  readonly ended: (session: number, report: ExecutionReport, ended: readonly Signal[]) => void;
  readonly settlement: (session: number, settled: readonly Settlement[]) => void;
  readonly roll: (session: number, record: RollRecord) => void;
  readonly cross: (session: number, record: CrossRecord) => void;
  readonly breaker: (session: number, change: BreakerChange) => void;
  /** What every stage made of every sleeve at a decision; told when `tracesForecasts`. */
  readonly netting: (session: number, record: NettingRecord) => void;
  readonly layers: (session: number, layers: LayerState) => void;
  /** False when forecasts need not be told one by one: the trial lane. */
  readonly tracesForecasts: boolean;
  /** False when nobody reads what let an order pass, nor what became of it: the trial lane. */
  readonly keepsEvidence: boolean;
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
  settlement: nothing,
  roll: nothing,
  cross: nothing,
  breaker: nothing,
  netting: nothing,
  layers: nothing,
  tracesForecasts: false,
  keepsEvidence: false,
  close: nothing,
};
