/**
 * Markets by hand for the portfolio's stages: bars, futures with their rolls, reference series, and
 * sleeves whose strength is read off a script. A script's word holds from its date until the next
 * one; before the first a sleeve is flat. The script reaches `decide` the way any strategy's
 * knowledge does, through a column: the index of the row.
 */
import { invariant } from "../../src/base/assert.ts";
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../src/domain/bar.ts";
import type { Forecast } from "../../src/domain/forecast.ts";
import type { BacktestPack, ReferenceSeries } from "../../src/domain/pack.ts";
import type { Strategy } from "../../src/domain/strategy.ts";
import { defineStrategy } from "../../src/research/strategies/define.ts";
import { actionsOf, at, seriesOf, type Listing } from "./market-fixture.ts";

/** What a future's bars are of: its contracts in order, each up to the last session it is held. */
export type Roll = {
  /** At the close of this date the position moves into `into`, at that contract's close. */
  readonly on: string;
  readonly into: number;
  readonly at: number;
};

export type LayeredListing = Omit<Listing, "wishes"> & {
  /** The first contract's delivery month, yyyymm, and the rolls after it; makes it a future. */
  readonly contracts?: { readonly first: number; readonly rolls: readonly Roll[] };
};

/** A number is a strength believed in full; null: no forecast. */
export type Word = number | Forecast | null;

export type SleeveScript = {
  readonly instrument: string;
  readonly says: { readonly [date: string]: Word };
};

export type ReferenceScript =
  | { readonly currency: string; readonly quote: string; readonly values: Dated }
  | { readonly index: true; readonly values: Dated };
type Dated = { readonly [date: string]: number };

export type LayeredMarket = {
  readonly listings: { readonly [id: string]: LayeredListing };
  readonly sleeves: { readonly [name: string]: SleeveScript };
  readonly references?: { readonly [id: string]: ReferenceScript };
};

/** Mondays to Fridays. */
export function weekdays(count: number, from = "2021-01-04"): readonly string[] {
  const dates: string[] = [];
  for (let t = at(from); dates.length < count; t += DAY_MS) {
    const day = new Date(t).getUTCDay();
    if (day !== 0 && day !== 6) dates.push(formatDate(t));
  }
  return dates;
}

/** Bars that open, peak, bottom and close at one price each. */
export function steady(dates: readonly string[], price: number | ((n: number) => number)) {
  const priceOn = typeof price === "number" ? () => price : price;
  return Object.fromEntries(
    dates.map((date, n) => {
      const p = priceOn(n);
      return [date, [p, p, p, p] as const];
    }),
  );
}

export function packOf({ listings, references = {} }: LayeredMarket): BacktestPack {
  const ids = Object.keys(listings).sort();
  return {
    kind: "SIMULATED",
    id: "0".repeat(64),
    series: ids.map((id) => listedSeriesOf(id, listings[id])),
    actions: ids
      .flatMap((id) => actionsOf(id, listings[id]))
      .sort((a, b) => a.exDateMs - b.exDateMs),
    references: Object.keys(references)
      .sort()
      .map((id) => referenceOf(id, references[id])),
    rights: ["simulated"],
  };
}

function listedSeriesOf(id: string, listing: LayeredListing): BarSeries {
  const { bars, instrument, contracts } = listing;
  if (contracts === undefined) return seriesOf(id, listing);
  const future = { assetClass: "future" as const, initialMargin: 1, ...instrument };
  const series = seriesOf(id, { bars, instrument: future });
  return { ...series, futures: futuresOf(Object.keys(bars).sort(), series.close, contracts) };
}

function futuresOf(
  dates: readonly string[],
  close: Float64Array,
  { first, rolls }: NonNullable<LayeredListing["contracts"]>,
): FuturesColumns {
  for (const { on } of rolls) invariant(dates.includes(on), 0, `a roll on ${on}, without a bar`);
  const held = (date: string) => rolls.filter(({ on }) => on < date).at(-1)?.into ?? first;
  const following = (date: string) =>
    rolls.find(({ on }) => on >= date)?.into ?? nextMonth(held(date));
  const expiry = (month: number) => at(`${Math.floor(month / 100)}-${pad(month % 100)}-28`);
  return {
    contract: Float64Array.from(dates, held),
    expiryMs: Float64Array.from(dates, (date) => expiry(held(date))),
    nextExpiryMs: Float64Array.from(dates, (date) => expiry(following(date))),
    nextClose: Float64Array.from(
      dates,
      (date, n) => rolls.find(({ on }) => on === date)?.at ?? close[n],
    ),
  };
}

/** Delivery months as yyyymm. */
export function nextMonth(month: number): number {
  return month % 100 === 12 ? month + 89 : month + 1;
}

const pad = (n: number) => String(n).padStart(2, "0");

function referenceOf(id: string, script: ReferenceScript): ReferenceSeries {
  const dates = Object.keys(script.values).sort();
  const timesMs = Float64Array.from(dates, at);
  const values = Float64Array.from(dates, (date) => script.values[date]);
  if ("index" in script) return { id, timesMs, values, kind: "volatility_index" };
  return { id, timesMs, values, kind: "fx", currency: script.currency, quote: script.quote };
}

/** Knows its row from the volume, which counts the bars; splits divide volumes, so it is scaled back. */
export function scripted(name: string, { says }: SleeveScript, listing: LayeredListing): Strategy {
  const dates = Object.keys(listing.bars).sort();
  const spoken = Object.keys(says).sort();
  const script = dates.map((date): Forecast | null => {
    const last = spoken.findLast((each) => each <= date);
    const word = last === undefined ? 0 : says[last];
    return typeof word === "number" ? { strength: word, confidence: 1 } : word;
  });
  const isSplit = (listing.actions ?? []).some((action) => "split" in action);
  return defineStrategy({
    name,
    version: "1",
    params: {},
    columns: (m) => ({
      count: isSplit ? m.mul(m.volume, m.div(m.close, m.raw.close)) : m.volume,
    }),
    decide: ({ count }) => script[Math.round(count) - 1],
  });
}
