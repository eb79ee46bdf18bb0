/**
 * A kernel that is written down after every session and read back on a world that has grown by one decides and
 * trades as one that never stopped: entry by entry, on random markets of every kind. Futures are left out: the
 * newest bar of a pack does not tell yet that its contract is rolled.
 */
import { describe, expect, it } from "vitest";
import { planSettings, sleeveUses } from "../../support/layered-fixture.ts";
import { type LayeredListing, type LayeredMarket, packOf } from "../../support/layered-market.ts";
import { randomLayers } from "../../support/layered-random.ts";
import { type WalkedMarket, walkedTwice, type Way } from "../../support/grown-walk.ts";
import * as direct from "../../support/market-fixture.ts";
import { randomRun } from "../../support/random-market.ts";

/** As many sessions as a random market needs before its plan can be made. */
const LAYERED_FROM = 12;
const DIRECT_FROM = 3;

function layeredMarket(seed: number): WalkedMarket {
  const { market, settings } = randomLayers(seed);
  const held = withoutFutures(market);
  return { pack: packOf(held), uses: sleeveUses(held), settings: planSettings(settings) };
}

function withoutFutures(market: LayeredMarket): LayeredMarket {
  const share = (listing: LayeredListing): LayeredListing => {
    const { contracts: _, ...rest } = listing;
    return { ...rest, instrument: { ...rest.instrument, initialMargin: null } };
  };
  const listings = Object.entries(market.listings).map(([id, listing]) => [id, share(listing)]);
  return { ...market, listings: Object.fromEntries(listings) };
}

function directMarket(seed: number): WalkedMarket {
  const { market, settings } = randomRun(seed);
  return {
    pack: direct.packOf(market),
    uses: direct.scriptedUses(market),
    settings: direct.settingsWith(settings),
  };
}

/** Seeds at which the two part, and what was journalled over all of them. */
function carried(
  seeds: number,
  from: number,
  marketOf: (seed: number) => WalkedMarket,
  way: Way = "text",
) {
  const parted: string[] = [];
  const met = new Set<string>();
  for (let seed = 0; seed < seeds; seed++) {
    const { whole, carried: lines } = walkedTwice(marketOf(seed), from, way);
    const at = whole.findIndex((line, n) => line !== lines[n]);
    if (at >= 0) parted.push(`seed ${seed}: ${whole[at]} became ${lines[at] ?? "nothing"}`);
    if (lines.length > whole.length) parted.push(`seed ${seed}: ${lines[whole.length]} as well`);
    for (const line of whole) met.add(/"kind":"(\w+)"/.exec(line)?.[1] ?? "");
  }
  return { parted, met };
}

describe("a state that is carried from session to session", () => {
  it("leaves out nothing that the portfolio's stages go on with", () => {
    const { parted, met } = carried(30, LAYERED_FROM, layeredMarket);
    expect(parted).toEqual([]);
    expect([...met].toSorted()).toEqual([
      "accrual",
      "breaker",
      "cross",
      "decision",
      "dividend",
      "dividend_paid",
      "fill",
      "flow",
      "order",
      "order_ended",
      "split",
    ]);
  });

  it("leaves out nothing that strategies' own targets, limits and stops go on with", () => {
    const { parted, met } = carried(80, DIRECT_FROM, directMarket);
    expect(parted).toEqual([]);
    expect([...met].toSorted()).toEqual([
      "accrual",
      "decision",
      "dividend",
      "dividend_paid",
      "fill",
      "flow",
      "order",
      "order_ended",
      "split",
    ]);
  });

  it("goes on in memory as by way of text", () => {
    expect(carried(15, LAYERED_FROM, layeredMarket, "memory").parted).toEqual([]);
    expect(carried(40, DIRECT_FROM, directMarket, "memory").parted).toEqual([]);
  });
});
