/** What a trading day is done with: the doors, and what the mandate and the command say. */
import type { TradingMode } from "../../domain/trading-entry.ts";
import type { Alerts } from "../../ports/alerts.ts";
import type { AccountFiles, BlobStore } from "../../ports/blob-store.ts";
import type { Broker } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { JournalStore } from "../../ports/journal-store.ts";
import type { Prepared } from "../prepare.ts";

/** The market as one day sees it. */
export type MarketAt = {
  /** Null: the newest pack there is. */
  readonly packId: string | null;
  /** Bars up to and with this date. */
  readonly until: string;
  /** The session that trades next. */
  readonly coming: string;
};

export type TradingMarket = {
  /** World and plan of a pack cut at a date. Throws Fault("data") where there is none. */
  prepared(at: MarketAt): Promise<Prepared>;
};

/** A pause asked for while this process holds the account. */
export type PauseRequest = {
  readonly operator: string;
  readonly reason: string;
  /** It is journalled: it need not be asked again. */
  readonly done: () => Promise<void>;
};

export type TradingPorts = {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly journal: JournalStore;
  readonly states: BlobStore;
  readonly files: AccountFiles;
  readonly alerts: Alerts;
  readonly market: TradingMarket;
  readonly sha256: Sha256;
  readonly requests: {
    readonly waiting: () => Promise<readonly PauseRequest[]>;
    /** How long a wait for the market may last before they are looked for again. */
    readonly everyMs: number;
  };
  /** A venue that was asked may have sent what is not here yet: how often to look again, and how to wait between. */
  readonly patience: { readonly looks: number; readonly wait: () => Promise<void> };
  /** Seconds of work so far, for the day's document; waiting for the market not counted. */
  readonly workSeconds: () => number;
};

export type TradingTerms = {
  readonly mode: TradingMode;
  /** The mandate's. */
  readonly name: string;
  readonly mandateHash: string;
  readonly seed: number;
  readonly codeHash: string;
  readonly lotMethod: string;
  readonly currency: string;
  readonly currencyDigits: number;
};

/** In the ids of its orders: one account trades one mandate in one mode. */
export function accountName({ mode }: Pick<TradingTerms, "mode">, accountId: string): string {
  return `${mode}:${accountId}`;
}
