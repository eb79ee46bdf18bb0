/**
 * What the engine hands over for one trading day: the day's journal entries, and the plain values
 * that stand in no entry. Money is in minor units, prices raw, fractions of net asset value. What is
 * not known comes as Unknown with its reason, which the document repeats.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { Evidence } from "../../domain/evidence.ts";
import type { OpenedOrder, SignalRecord } from "../../domain/journal-entry.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { AccountEntry, TradingMode } from "../../domain/trading-entry.ts";

/** An order of an earlier day that was still at work when this one began. */
export type CarriedOrder = {
  readonly order: OpenedOrder;
  readonly venueOrderId: string | null;
  /** Signed lots filled before today. */
  readonly filledLots: number;
};

/** A signal of an earlier day without its terminal state when this one began. */
export type CarriedSignal = { readonly decidedOn: string; readonly signal: SignalRecord };

export type DailyInput = {
  readonly date: string;
  readonly decidedOn: string;
  readonly mode: TradingMode;
  readonly name: string;
  readonly account: string;
  readonly broker: string;
  readonly currency: string;
  readonly currencyDigits: number;
  readonly mandateHash: string;
  readonly pack: { readonly id: string; readonly until: string };
  readonly codeHash: string;
  /** Hash of the last entry of `entries`. */
  readonly journalHead: string;
  /** Of this day alone, in the order of the journal, at least one: day_opened up to session_closed or a pause. */
  readonly entries: readonly AccountEntry[];
  readonly carried: {
    readonly orders: readonly CarriedOrder[];
    readonly signals: readonly CarriedSignal[];
    /** Why trading was paused when the day began; null: it was not. */
    readonly paused: string | null;
  };
  /** Counted where the strategies are called, not from the journal. */
  readonly forecasts: number;
  readonly holds: number;
  /** Why nothing ran on this day, for a day that is written afterwards; null: it ran. */
  readonly missed: string | null;
  /** Age of the newest bars in sessions; Unknown: there are none, or they were refused as too old. */
  readonly dataAgeSessions: Evidence<number>;
  readonly trial: DailyDocument["trial"];
  readonly regime: {
    readonly volatilityIndex: Evidence<number>;
    readonly volatilityClass: string;
    readonly brake: string;
    readonly brakeScalar: Evidence<number>;
    readonly breaker: string;
  };
  readonly risk: {
    readonly navMinor: Evidence<number>;
    readonly cashMinor: number;
    /** Net asset value at the close before; Unknown on an account's first day. */
    readonly navBeforeMinor: Evidence<number>;
    readonly highWaterMinor: Evidence<number>;
    readonly gross: Evidence<number>;
    readonly net: Evidence<number>;
    readonly heat: Evidence<number>;
  };
  readonly positions: readonly {
    readonly instrument: string;
    readonly lots: number;
    readonly mark: Evidence<number>;
    readonly valueMinor: Evidence<number>;
    readonly costMinor: number;
  }[];
  readonly health: {
    readonly runtimeS: number;
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
  };
  readonly stages: Json;
};
