/**
 * The market that seeds share: a year would teach nothing that twenty sessions of two instruments do
 * not. Made once for each flavour and never changed; plans are kept by the session they decide on.
 * `sessions` counts from the first bar; trading days are the last ones.
 */
import { sha256 } from "../../src/adapters/system/hash.ts";
import { nextUint32, type Prng, prngOf } from "../../src/base/prng.ts";
import type { BacktestPack } from "../../src/domain/pack.ts";
import type { Strategy } from "../../src/domain/strategy.ts";
import type { StrategyUse } from "../../src/engine/plan-input.ts";
import { type Prepared, prepareRun } from "../../src/engine/prepare.ts";
import { type Mandate, SECTIONS } from "../../src/engine/sections.ts";
import { cutPack } from "../../src/engine/trading/cut-pack.ts";
import { newYorkHours, type SessionHours } from "../../src/market/calendars/new-york-time.ts";
import { resolveMandate } from "../../src/mandate/resolve.ts";
import { defineStrategy } from "../../src/research/strategies/define.ts";
import { at, type Ohlc, seriesOf } from "../support/market-fixture.ts";
import { weekdays } from "../support/layered-market.ts";

/** paper: as direct, at a venue with the documented rules of paper accounts. */
export const FLAVOURS = ["direct", "layers", "close", "paper"] as const;
export type Flavour = (typeof FLAVOURS)[number];

export type SimulatedMarket = {
  readonly flavour: Flavour;
  readonly mandate: Mandate;
  readonly mandateHash: string;
  readonly uses: readonly StrategyUse[];
  /** Bars of every session, those that are still to come included. */
  readonly pack: BacktestPack;
  /** YYYY-MM-DD, ascending, history first. */
  readonly dates: readonly string[];
  /** Those that are traded. */
  readonly sessions: readonly SessionHours[];
};

export const SYMBOLS = ["AAA", "BBB"];
export const HISTORY = 14;
export const TRADING = 8;

const known = new Map<Flavour, SimulatedMarket>();

export function marketOf(flavour: Flavour): SimulatedMarket {
  let market = known.get(flavour);
  if (market === undefined) {
    market = build(flavour);
    known.set(flavour, market);
  }
  return market;
}

/** World and plan as a day sees them; every seed sees the same, so each is made once. */
export function preparedAt(market: SimulatedMarket, until: string, coming: string): Prepared {
  const key = `${market.flavour} ${until} ${coming}`;
  let prepared = plans.get(key);
  if (prepared === undefined) {
    prepared = prepareRun({
      mandate: market.mandate,
      pack: cutPack(market.pack, until),
      uses: market.uses,
      sourceOf: (id) => id,
      precomputed: [],
      sha256,
      comingMs: at(coming),
      canPause: true,
    });
    plans.set(key, prepared);
  }
  return prepared;
}

const plans = new Map<string, Prepared>();

function build(flavour: Flavour): SimulatedMarket {
  const dates = weekdays(HISTORY + TRADING);
  const { values, hash } = resolveMandate({
    sections: SECTIONS,
    text: TEXTS[flavour],
    fileName: "mandate.yaml",
    environment: {},
    flags: [],
    sha256,
  });
  const series = SYMBOLS.map((id, n) =>
    seriesOf(id, {
      bars: walk(dates, prngOf(n + 1)),
      instrument: { assetClass: "etf", tick: 0.01 },
    }),
  );
  const mandate = values as unknown as Mandate;
  return {
    flavour,
    mandate,
    mandateHash: hash,
    uses: STRATEGIES[flavour].map((strategy) => ({
      name: strategy.name,
      strategy,
      params: {},
      codeHash: sha256(strategy.name),
      instruments: SYMBOLS,
    })),
    pack: {
      kind: "SIMULATED",
      id: sha256(`simulated market ${flavour}`),
      series,
      actions: [],
      references: [],
      rights: ["simulated"],
    },
    dates,
    sessions: newYorkHours(dates.slice(HISTORY).map(at)),
  };
}

/** In cents, opening away from the last close; integers and comparisons alone. */
function walk(dates: readonly string[], prng: Prng): { readonly [date: string]: Ohlc } {
  const step = (range: number) => (nextUint32(prng) % (2 * range + 1)) - range;
  let last = 10_000;
  return Object.fromEntries(
    dates.map((date) => {
      const open = Math.max(2_000, last + step(120));
      const close = Math.max(2_000, open + step(250));
      last = close;
      const high = Math.max(open, close) + (nextUint32(prng) % 60);
      const low = Math.min(open, close) - (nextUint32(prng) % 60);
      return [date, [open / 100, high / 100, low / 100, close / 100] as const];
    }),
  );
}

const COMMON = [
  "assay: 1",
  "name: a market made for faults",
  "profile: plain",
  "seed: 7",
  "account: { currency: USD, initial_equity: 100000 }",
  "data: { kind: simulated, simulated: { instruments: 2, sessions: 22, start: 2021-01-04 } }",
  "financing: { debit_rate: 0.05, borrow_rate: 0.01 }",
  "slippage: { bps: 2 }",
  "fees: { per_share: 0.005, minimum: 1 }",
];

const DIRECT = [
  ...COMMON,
  "strategies: [{ name: swing, use: ma-cross, instruments: all }]",
  "",
].join("\n");

const TEXTS: { readonly [flavour in Flavour]: string } = {
  direct: DIRECT,
  paper: DIRECT,
  layers: [
    ...COMMON,
    "strategies:",
    "  - { name: swing, use: ma-cross, instruments: all }",
    "  - { name: against, use: ma-cross, instruments: all }",
    "allocation: { method: equal }",
    "breakers: { enabled: true, daily_loss: 0.5, halt: 0.6, panic: 0.7 }",
    "heat: { limit: 0.9 }",
    "",
  ].join("\n"),
  close: [
    ...COMMON,
    "strategies: [{ name: swing, use: ma-cross, instruments: all }]",
    "execution: { fill: next_close }",
    "",
  ].join("\n"),
};

/** Wishes something else on nearly every session, so that every day has orders to lose. */
const swing = defineStrategy({
  name: "swing",
  version: "1",
  params: {},
  columns: (m) => ({ price: m.close, mean: m.sma(m.close, 3) }),
  decide: ({ price, mean }) => ({ weight: bounded((price / mean - 1) * 12, 0.3) }),
});

const swingForecast = defineStrategy({
  name: "swing",
  version: "1",
  params: {},
  columns: (m) => ({ price: m.close, mean: m.sma(m.close, 3) }),
  decide: ({ price, mean }) => ({ strength: bounded((price / mean - 1) * 40, 1), confidence: 1 }),
});

/** The opposite, more slowly: sleeves cross inside. */
const againstForecast = defineStrategy({
  name: "against",
  version: "1",
  params: {},
  columns: (m) => ({ price: m.close, mean: m.sma(m.close, 9) }),
  decide: ({ price, mean }) => ({ strength: bounded((1 - price / mean) * 25, 1), confidence: 1 }),
});

const STRATEGIES: { readonly [flavour in Flavour]: readonly Strategy[] } = {
  direct: [swing],
  paper: [swing],
  layers: [swingForecast, againstForecast],
  close: [swing],
};

function bounded(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
