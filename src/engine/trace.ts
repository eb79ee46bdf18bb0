/**
 * What the audited lane writes down beside the journal: the columns that the artifacts are made of.
 */
import { GrowingColumn } from "../base/growing-column.ts";
import type { Order, OrderEnd } from "../domain/order.ts";
import type { NettingRecord } from "./recorder.ts";
import type { SignalEnd } from "./signal-end.ts";

/** Everything the artifacts need beyond the kernel's own columns. */
export type Trace = {
  readonly forecasts: {
    readonly session: GrowingColumn;
    readonly variant: GrowingColumn;
    /** 0 none, 1 weight, 2 units, 3 forecast. */
    readonly kind: GrowingColumn;
    /** A forecast's is its strength. */
    readonly target: GrowingColumn;
    /** NaN except of a forecast. */
    readonly confidence: GrowingColumn;
    readonly currentLots: GrowingColumn;
    readonly beliefLots: GrowingColumn;
    readonly finalLots: GrowingColumn;
    readonly price: GrowingColumn;
    /** Ordinal of the signal, -1 for a hold. */
    readonly signal: GrowingColumn;
  };
  readonly positions: {
    readonly session: GrowingColumn;
    readonly instrument: GrowingColumn;
    readonly lots: GrowingColumn;
    readonly mark: GrowingColumn;
  };
  /** By signal ordinal. */
  readonly signals: {
    id: string;
    beliefLots: number | null;
    finalLots: number | null;
    end: SignalEnd | null;
  }[];
  /** In order of submission. */
  readonly orders: TracedOrder[];
  readonly orderByOrdinal: Map<number, TracedOrder>;
  /** By fill number; null for the two legs of a roll. */
  readonly fillOrders: (TracedOrder | null)[];
  readonly fillReferences: GrowingColumn;
  /** Interest on a debit, or the loan of a short; in the currency of what was charged. */
  readonly accruals: {
    readonly session: number;
    /** Null: the account itself. */
    readonly instrument: number | null;
    readonly amountMinor: number;
  }[];
  /** One row per decision x variant: what every stage made of it. Empty under allocation direct. */
  readonly layers: LayerTrace;
};

/** Numbers as the decision sheet had them, `n` variants per decision. */
export type LayerTrace = {
  readonly decisions: {
    readonly session: number;
    readonly offCycle: boolean;
    readonly riskStatus: string | null;
    readonly sigma: number;
    readonly grossTarget: number;
    readonly grossReference: number;
    readonly multiplier: number;
    readonly grossLimit: number;
    readonly brakeRegime: string;
    readonly scalar: number;
    readonly warmUp: boolean;
    readonly volatilityRegime: string;
    readonly breaker: string;
    readonly sizeScale: number;
    readonly policyOn: readonly boolean[];
  }[];
  readonly columns: { readonly [name in SheetColumn]: GrowingColumn };
  /** Why a sleeve had no budget, beside the columns; null where it had one. */
  readonly reasons: (string | null)[];
  readonly nettings: { readonly session: number; readonly netting: NettingRecord }[];
};

export const SHEET_COLUMNS = [
  "strength",
  "confidence",
  "budget",
  "allocated",
  "permitted",
  "targeted",
  "braked",
  "clamped",
  "beliefLots",
  "finalLots",
  "currentLots",
] as const;
export type SheetColumn = (typeof SHEET_COLUMNS)[number];

export type TracedOrder = {
  readonly id: string;
  readonly order: Order;
  /** As submitted; a split rewrites the order itself. */
  readonly lots: number;
  readonly price: number | null;
  readonly signalIds: string[];
  end: OrderEnd | null;
  endedSession: number;
};

export function createTrace(): Trace {
  const column = () => new GrowingColumn();
  return {
    forecasts: {
      session: column(),
      variant: column(),
      kind: column(),
      target: column(),
      confidence: column(),
      currentLots: column(),
      beliefLots: column(),
      finalLots: column(),
      price: column(),
      signal: column(),
    },
    positions: { session: column(), instrument: column(), lots: column(), mark: column() },
    signals: [],
    orders: [],
    orderByOrdinal: new Map(),
    fillOrders: [],
    fillReferences: column(),
    accruals: [],
    layers: {
      decisions: [],
      reasons: [],
      columns: Object.fromEntries(SHEET_COLUMNS.map((name) => [name, column()])) as {
        [name in SheetColumn]: GrowingColumn;
      },
      nettings: [],
    },
  };
}
