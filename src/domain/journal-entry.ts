/**
 * What a run's journal holds. Written names are snake_case; amounts are integers of the minor
 * unit; lots are whole lots, signed. The ledger folds these alone: postings are never journalled.
 */
import type { Json } from "../base/canonical-json.ts";
import type { BreakerState } from "./regime.ts";
import type { OrderEnd, OrderPurpose, OrderType } from "./order.ts";
import type { TerminalState, Verdict } from "./refusal.ts";

/** 2: futures, several currencies, sleeves. Version 1 was never released. */
export const JOURNAL_FORMAT_VERSION = 2;

/** The end of one signal; the store keeps one per signal under a unique constraint. */
export type TerminalRecord = {
  readonly signal_id: string;
  readonly state: TerminalState;
  /** Filled part of the wanted change, 0..1. */
  readonly share: number;
  /** Who cut it, and why: "cash/buying_power". */
  readonly cut_by: readonly string[];
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
};

export type SignalRecord = {
  readonly signal_id: string;
  readonly variant_id: string;
  readonly strategy: string;
  readonly instrument: string;
  /** forecast: `target` is strength x confidence. */
  readonly target_kind: "weight" | "units" | "forecast";
  readonly target: number;
  /** Raw price the decision was sized at. */
  readonly price: number;
  /** Whole lots, or a sleeve's fraction of them. */
  readonly current_lots: number;
  /** What the forecast alone wants after allocation and risk targeting; null when sizing could not say. */
  readonly belief_lots: number | null;
  /** What all stages left of it; equal to the belief where no stage cuts. */
  readonly final_lots: number | null;
  /** What the signal gates said of it: places in the decision's list of verdicts. */
  readonly verdicts: readonly number[];
  /** Orders that serve it. */
  readonly order_ids: readonly string[];
  /** Present when it ended at the decision itself. */
  readonly terminal: TerminalRecord | null;
};

export type OpenedOrder = {
  readonly order_id: string;
  readonly instrument: string;
  readonly purpose: OrderPurpose;
  readonly leg: number;
  readonly generation: number;
  readonly type: OrderType;
  /** Signed. */
  readonly lots: number;
  readonly price: number | null;
  readonly time_in_force: "day" | "gtc";
  /** The signals it serves; none for a system intent. */
  readonly signal_ids: readonly string[];
  readonly verdicts: readonly Verdict[];
};

/**
 * A sleeve's part of what was traded. Sleeves hold fractions of lots, counted in millionths, so
 * that parts add up to the whole exactly; signed.
 */
export type SleeveShare = { readonly variant_id: string; readonly micro_lots: number };

/** Millionths of a lot in one lot. */
export const MICRO_LOTS = 1_000_000;

export type JournalPayload =
  | {
      readonly kind: "run_started";
      readonly format_version: number;
      readonly mandate_hash: string;
      readonly pack_id: string;
      readonly seed: number;
      readonly mode: "backtest";
      /** How the ledger closes lots: it folds this journal and nothing else. */
      readonly lot_method: "fifo" | "lifo" | "hifo" | "average" | "strict" | "strict_with_size";
    }
  | {
      readonly kind: "flow";
      readonly currency: string;
      readonly amount_minor: number;
      readonly reason: "initial_deposit";
    }
  | {
      readonly kind: "accrual";
      readonly accrual: "financing" | "borrow";
      /** Null for financing on the cash debit. */
      readonly instrument: string | null;
      readonly currency: string;
      /** Calendar days, each rounded by itself and posted for the day it covers. */
      readonly days: number;
      readonly base_minor: number;
      /** Annual, ACT/360. */
      readonly rate: number;
      readonly per_day_minor: number;
      /** Positive: paid by us. */
      readonly amount_minor: number;
    }
  | {
      readonly kind: "split";
      readonly instrument: string;
      readonly ratio: number;
      readonly lots_before: number;
      readonly lots_after: number;
      /** Paid for the fraction of a lot that vanished; 0 when none did. */
      readonly cash_in_lieu_minor: number;
      /** Working orders re-sized with the position. */
      readonly orders: readonly {
        readonly order_id: string;
        readonly lots: number;
        readonly price: number | null;
      }[];
    }
  | {
      readonly kind: "dividend";
      readonly instrument: string;
      readonly currency: string;
      readonly lots: number;
      readonly amount_per_unit: number;
      /** Signed: negative is owed on a short. Receivable until paid. */
      readonly amount_minor: number;
      readonly pay_date: string;
    }
  | {
      readonly kind: "dividend_paid";
      readonly instrument: string;
      readonly currency: string;
      readonly amount_minor: number;
      readonly ex_date: string;
    }
  | {
      readonly kind: "decision";
      readonly nav_minor: number;
      /** Each distinct verdict of the signal gates once: most signals pass for the same reasons. */
      readonly verdicts: readonly Verdict[];
      readonly signals: readonly SignalRecord[];
    }
  | ({ readonly kind: "order" } & OpenedOrder)
  | {
      readonly kind: "fill";
      readonly order_id: string;
      readonly instrument: string;
      readonly currency: string;
      /** Signed. */
      readonly lots: number;
      readonly price: number;
      readonly reference_price: number;
      /** Signed like lots: the rounded value of lots x price. Cash moves by its negative. */
      readonly notional_minor: number;
      readonly fee_minor: number;
      /** Against the reference price, positive = cost; already inside notional_minor. */
      readonly slippage_minor: number;
      /** How it was shared out among the sleeves it served; sums to `lots`. Empty: one strategy owns the instrument. */
      readonly sleeves: readonly SleeveShare[];
      readonly terminals: readonly TerminalRecord[];
    }
  | {
      /** Variation margin of one session's close: futures settle to it in cash, per instrument. */
      readonly kind: "settlement";
      readonly settled: readonly {
        readonly instrument: string;
        readonly currency: string;
        /** Raw price settled to. */
        readonly price: number;
        /** Signed: positive is received. */
        readonly amount_minor: number;
      }[];
    }
  | {
      /**
       * A position carried from an expiring contract into the next one, both legs at this close:
       * a system intent. The old contract settles first, so that its legs pay only their cost.
       */
      readonly kind: "roll";
      readonly instrument: string;
      readonly currency: string;
      /** Delivery months, yyyymm. */
      readonly from_contract: number;
      readonly to_contract: number;
      /** Signed: what is held before and after. */
      readonly lots: number;
      readonly from_price: number;
      readonly to_price: number;
      readonly from_reference: number;
      readonly to_reference: number;
      /** Of the closing leg (sign of -lots) and of the opening one (sign of lots). */
      readonly from_notional_minor: number;
      readonly to_notional_minor: number;
      readonly fee_minor: number;
      readonly slippage_minor: number;
      /** Working orders whose price moved with the contract, in its ratio. */
      readonly orders: readonly {
        readonly order_id: string;
        readonly lots: number;
        readonly price: number | null;
      }[];
    }
  | {
      /** Sleeves that wanted opposite things met inside: no order, the fill model's price. */
      readonly kind: "cross";
      readonly instrument: string;
      /** Null: the market gave none before the wishes were replaced, and nothing crossed. */
      readonly price: number | null;
      /** Sums to zero; empty when nothing crossed. */
      readonly sleeves: readonly SleeveShare[];
      readonly terminals: readonly TerminalRecord[];
    }
  | {
      /** The circuit breaker changed its state. In a backtest the operator is "simulated". */
      readonly kind: "breaker";
      readonly from: BreakerState;
      readonly to: BreakerState;
      readonly rule: string;
      readonly observed: number | null;
      readonly limit: number | null;
      readonly high_water_minor: number;
      readonly operator: string;
    }
  | {
      readonly kind: "order_ended";
      readonly order_id: string;
      readonly instrument: string;
      readonly end: Exclude<OrderEnd, "filled">;
      readonly observed: number | null;
      readonly terminals: readonly TerminalRecord[];
    }
  | {
      readonly kind: "sealed";
      /** The data artifacts, by name. */
      readonly artifacts: readonly {
        readonly name: string;
        readonly sha256: string;
        readonly rows: number;
      }[];
    };

export type JournalKind = JournalPayload["kind"];

/** One entry before it is chained. `at` is an event time as base/instant prints it. */
export type JournalEntry = {
  readonly seq: number;
  readonly at: string;
  readonly kind: JournalKind;
  readonly payload: Json;
};
