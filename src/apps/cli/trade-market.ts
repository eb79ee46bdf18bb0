/**
 * The market as a trading day sees it: the mandate's pack, cut at a date, with the session that trades
 * next. Packs are kept while their files stay as they are; the world of the newest cut is kept as well,
 * because a day closes on the world that the next one begins on.
 */
import type { BacktestPack } from "../../domain/pack.ts";
import { Fault } from "../../domain/fault.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { TradingMode } from "../../domain/trading-entry.ts";
import { requireMandateKept } from "../../engine/check-plan.ts";
import { type Prepared, prepareRun, requireAllKeysTaken } from "../../engine/prepare.ts";
import type { Mandate } from "../../engine/sections.ts";
import { cutPack } from "../../engine/trading/cut-pack.ts";
import type { MarketAt, TradingMarket } from "../../engine/trading/ports.ts";
import { parseIsoDate } from "../../base/instant.ts";
import {
  type LoadedMandate,
  type LoadedUse,
  originOf,
  packFor,
  requireBacktestPack,
  sourceOf,
  unreadKeys,
  usesOn,
} from "./compose.ts";
import { sha256 } from "./compose-records.ts";

export type MarketOptions = {
  readonly loaded: LoadedMandate;
  readonly uses: readonly LoadedUse[];
  readonly mode: TradingMode;
  /** A venue on this machine: it may trade a simulated market. */
  readonly isLocal: boolean;
  /** Changes when a file of the data does, and with the day up to which bars are asked from a provider. */
  readonly dataStamp: (until: string) => string;
  readonly nowMs: () => number;
};

export function tradeMarket(options: MarketOptions): TradingMarket {
  const packs = new Map<string, BacktestPack>();
  let newest: { readonly stamp: string; readonly id: string } | null = null;
  let last: { readonly key: string; readonly prepared: Prepared } | null = null;
  async function packOf({ packId, until }: MarketAt): Promise<BacktestPack> {
    const stamp = options.dataStamp(until);
    const id = packId ?? (newest?.stamp === stamp ? newest.id : null);
    const known = id === null ? undefined : packs.get(id);
    if (known !== undefined) return known;
    const pack = admitted(await load(options, packId), options);
    packs.set(pack.id, pack);
    if (packId === null) newest = { stamp, id: pack.id };
    return pack;
  }
  return {
    async prepared(at) {
      const pack = await packOf(at);
      const cut = cutPack(pack, at.until);
      const key = `${pack.id} ${at.coming} ${extentOf(cut)}`;
      if (last?.key !== key) {
        const splitting = isRemote(options) ? splittingOn(pack, at.coming) : new Set<string>();
        last = { key, prepared: { ...prepare(options, cut, at.coming), splitting } };
      }
      return last.prepared;
    },
  };
}

async function load(
  { loaded, nowMs }: MarketOptions,
  packId: string | null,
): Promise<BacktestPack> {
  const progress = () => undefined;
  const request = { loaded, progress, nowMs: nowMs() };
  const found = await packFor(packId === null ? request : { ...request, packId });
  return requireBacktestPack(found.pack);
}

/** The broker's own venue; the local one and a dry run resize what waits over a split, as a backtest does. */
function isRemote({ mode, isLocal }: MarketOptions): boolean {
  return mode !== "dry_run" && !isLocal;
}

export function splittingOn({ actions }: Pick<BacktestPack, "actions">, date: string): Set<string> {
  const exDateMs = parseIsoDate(date);
  const splits = actions.filter((one) => one.kind === "split" && one.exDateMs === exDateMs);
  return new Set(splits.map(({ instrument }) => instrument));
}

/**
 * Alpaca holds the shares of a working stop for it: beside one, no order that adds, reduces or closes is
 * taken, so a position could not be left. Until stops are replaced around orders they are refused there.
 */
export function refuseStops({ loaded, uses, ...options }: MarketOptions): void {
  if (!isRemote({ loaded, uses, ...options })) return;
  const { allocation, sizing } = loaded.resolved.values as unknown as Mandate;
  const named = uses.find(({ strategy }) => strategy.orders?.includes("stop") === true);
  const bySizing = allocation.method !== "direct" && sizing.stop_atr !== null;
  if (named === undefined && !bySizing) return;
  const what = bySizing ? "sizing.stop_atr places" : `strategy ${named?.name} may place`;
  throw new Fault(
    "mandate",
    `${what} protective stops, and the broker takes no other order beside a working stop: trade without them, or against assay venue`,
  );
}

function admitted(pack: BacktestPack, options: MarketOptions): BacktestPack {
  const { mode, isLocal, loaded } = options;
  refuseMadeUp(pack.kind, { mode, isLocal });
  refuseStops(options);
  const { currency } = loaded.mandate.account;
  for (const { instrument } of pack.series) {
    if (isFuture(instrument)) {
      throw new Fault(
        "data",
        `${instrument.id} is a future: a trading account holds what is paid in full; take it out of the mandate's data`,
      );
    }
    if (instrument.currency !== currency) {
      throw new Fault(
        "data",
        `${instrument.id} is quoted in ${instrument.currency} and the account is in ${currency}: a trading account has one currency; take it out of the mandate's data`,
      );
    }
  }
  return pack;
}

/** A made-up market is traded against a venue on this machine alone (spec definitions, "Kinds of pack"). */
export function refuseMadeUp(
  kind: string,
  { mode, isLocal }: Pick<MarketOptions, "mode" | "isLocal">,
): void {
  if (kind.toUpperCase() !== "SIMULATED" || mode === "dry_run") return;
  if (mode === "paper" && isLocal) return;
  throw new Fault(
    "data",
    `the data is a simulated market, which ${mode === "live" ? "live trading" : "paper trading on a remote host"} refuses; bring real data, or trade it against assay venue`,
  );
}

/** How much of its pack a cut holds: over a weekend nothing is added, and the world stays as it is. */
function extentOf({ series, actions, references }: BacktestPack): string {
  const rows = [...series, ...references].map(({ timesMs }) => timesMs.length);
  return [...rows, actions.length].join();
}

function prepare(options: MarketOptions, cut: BacktestPack, coming: string): Prepared {
  const { loaded, uses } = options;
  const comingMs = parseIsoDate(coming);
  if (comingMs === null) throw new Fault("broker", `the venue's next session is "${coming}"`);
  const prepared = prepareRun({
    mandate: loaded.mandate,
    pack: cut,
    uses: usesOn(loaded, cut, uses),
    sourceOf: sourceOf(loaded.mandate),
    precomputed: [],
    sha256,
    comingMs,
    canPause: true,
  });
  requireAllKeysTaken(unreadKeys(loaded), loaded.mandate, (key) => originOf(loaded, key));
  requireMandateKept(loaded.resolved.values as unknown as Mandate, prepared);
  return prepared;
}
