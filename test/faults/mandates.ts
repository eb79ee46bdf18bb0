/**
 * The small mandates that faults are planted on; each is healthy without one. On three of them every
 * portfolio stage and every gate has something to do: `layers` switches all stages on, `gates` leaves
 * the limits to the gates, `futures` rolls contracts in three currencies; `floor` begins with a brake
 * that knows nothing, `early` wants positions before anything about them can be measured. `plain` and `holes` trade targets as they are, the one with corporate actions,
 * shorts and a debit, the other on an instrument that stops trading for a while. Their market of
 * shares is seeded: calm, a storm with a volatility index to match, an aftermath; one instrument has
 * holes.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import { nextNormal, nextUniform, type Prng, prngOf } from "../../src/base/prng.ts";
import { at } from "../support/market-fixture.ts";

export const MANDATE_NAMES = [
  "plain",
  "holes",
  "layers",
  "floor",
  "early",
  "gates",
  "futures",
] as const;
export type MandateName = (typeof MANDATE_NAMES)[number];

const BARS = `
data:
  kind: real
  sources:
    - { file: ../bars.csv, layout: long, instrument_column: id, date: { column: date, format: YYYY-MM-DD },
        columns: { open: open, high: high, low: low, close: close }, rights: made for a test }
  references:
    - { id: VIX, kind: volatility_index, file: ../vix.csv, date: { column: date, format: YYYY-MM-DD },
        column: close, rights: made for a test }
  instrument_defaults: { asset_class: etf }
  quality: { max_jump: 0.5 }
`;

const SHARES = `${BARS}
strategies:
  - { name: trend, use: ts-momentum, instruments: all, params: { slow: 40, middle: 20, fast: 8 } }
  - { name: dip, use: rsi-reversion, instruments: all, params: { window: 5, enter: 45, exit: 60 } }
  - { name: hold, use: buy-and-hold, instruments: [BA, CA], params: { strength: 0.5 } }
schedule: { decide: friday }
allocation: { method: inverse-volatility, update: monthly, lookback_days: 60, min_observations: 20 }
risk_targeting: { target_vol: 0.12, lookback: 25 }
correlation: { limit: 0.8, days: 40, min_overlap: 15 }
slippage: { bps: 2 }
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;

const MANDATES: { readonly [name in MandateName]: string } = {
  plain: `assay: 1
name: plain
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: simulated
  simulated: { instruments: 3, sessions: 420, start: 2015-01-05 }
strategies:
  - { name: hold, use: buy-and-hold, instruments: [SIM01], params: { strength: 0.6 } }
  - { name: cross, use: ma-cross, instruments: [SIM02], params: { fast: 3, slow: 10, adx_min: 0, short: 1, strength: 0.38 } }
  - { name: wide, use: ma-cross, instruments: [SIM03], params: { fast: 3, slow: 10, adx_min: 0, strength: 0.9 } }
schedule: { rebalance: monday }
slippage: { bps: 2 }
fees: { per_share: 0.01, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
limits: { gross: 1.5, symbol: 0.8 }
`,
  holes: `${BARS}
assay: 1
name: holes
profile: plain
account: { currency: USD, initial_equity: 100000 }
strategies:
  - { name: cross, use: ma-cross, instruments: [DA], params: { fast: 3, slow: 10, adx_min: 0, short: 1, strength: 0.4 } }
  - { name: hold, use: buy-and-hold, instruments: [BA], params: { strength: 0.4 } }
  - { name: wide, use: buy-and-hold, instruments: [CA], params: { strength: 0.5 } }
schedule: { rebalance: every_session }
freshness: { max_age_sessions: 0 }
slippage: { bps: 2 }
fees: { bps: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
limits: { gross: 0.9, symbol: 0.48 }
`,
  floor: `${SHARES}
assay: 1
name: floor
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
overlay: { mode: compute, profile: M, during_warm_up: floor, trade_on_upgrade: true }
limits: { gross: 1.5, net: 1.2, symbol: 0.6 }
`,
  layers: `${SHARES}
assay: 1
name: layers
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
overlay: { mode: compute, profile: M, during_warm_up: none, trade_on_upgrade: true }
policy: { enabled: true, map: { trend: trend, dip: trend }, exempt: [hold] }
clamps:
  caps: { enabled: true }
  throttle: { enabled: true, start: 0.03, recovery: 0.01 }
  clusters: { enabled: true, cap: 0.5 }
  tail: { enabled: true, paths: 200, limit: 0.05, confidence: 0.95 }
breakers: { enabled: true, unit: nav, daily_loss: 0.025, halt: 0.06, panic: 0.12, rampup_sessions: 15 }
heat: { limit: 0.1 }
volatility_regime: { enabled: true, gross_scale: { high: 0.7, crisis: 0.4 } }
limits: { gross: 1.5, net: 1.2, symbol: 0.6 }
`,
  early: `${BARS}
assay: 1
name: early
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
strategies:
  - { name: hold, use: buy-and-hold, instruments: all, params: { strength: 0.5 } }
  - { name: dip, use: rsi-reversion, instruments: all, params: { window: 5, enter: 45, exit: 60 } }
schedule: { decide: friday }
allocation: { method: equal, update: monthly }
risk_targeting: { enabled: false }
overlay: { mode: "off" }
clamps: { caps: { enabled: false }, throttle: { enabled: false }, clusters: { enabled: false } }
breakers: { enabled: true, unit: nav, daily_loss: 0.03, halt: 0.2, panic: 0.3 }
correlation: { limit: 0.8, days: 40, min_overlap: 15 }
heat: { limit: 0.2 }
slippage: { bps: 2 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
limits: { gross: 1.5, net: 1.2, symbol: 0.6 }
`,
  gates: `${SHARES}
assay: 1
name: gates
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
overlay: { mode: compute, profile: M, during_warm_up: none, trade_on_upgrade: true }
clamps: { caps: { enabled: false }, throttle: { enabled: false }, clusters: { enabled: false } }
breakers:
  { enabled: true, unit: nav, daily_loss: 0.0149, halt: 0.05, panic: 0.07, halt_sessions: 15, rampup_sessions: 25 }
heat: { limit: 0.015 }
volatility_regime: { enabled: true, gross_scale: { high: 0.7, crisis: 0.4 } }
limits: { gross: 0.9, net: 0.6, symbol: 0.35 }
`,
  futures: `
assay: 1
name: futures
profile: futures-layers
account: { currency: USD, initial_equity: 10000000 }
data:
  kind: simulated
  simulated: { market: calibrated, start: 2010-01-04, years: 1 }
strategies:
  - { name: trend, use: ts-momentum, instruments: all, params: { slow: 40, middle: 20, fast: 8 } }
  - { name: hold, use: buy-and-hold, instruments: all, params: { strength: 0.4 } }
schedule: { decide: friday }
allocation: { method: equal, update: monthly }
risk_targeting: { target_vol: 0.15, lookback: 35 }
overlay: { mode: compute, during_warm_up: none }
clamps: { caps: { enabled: false }, clusters: { enabled: false } }
limits: { gross: 3, net: 1.5, margin: 0.08 }
slippage: { bps: 2 }
fees: { per_share: 0.005, per_contract: 2, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`,
};

/** Writes them with their data; returns the folder of each. */
export function writeMandates(folder: string): { readonly [name in MandateName]: string } {
  const { bars, index } = market();
  writeFileSync(join(folder, "bars.csv"), bars);
  writeFileSync(join(folder, "vix.csv"), index);
  const places = MANDATE_NAMES.map((name) => {
    const place = join(folder, name);
    mkdirSync(place);
    writeFileSync(join(place, "mandate.yaml"), MANDATES[name]);
    return [name, place] as const;
  });
  return Object.fromEntries(places) as { [name in MandateName]: string };
}

const SESSIONS = 520;
const STORM = { from: 300, to: 330 };
const AFTERMATH = 380;

/** Share of the common factor, of its own noise, and daily drift; the first two move together. */
const SHARES_OF = {
  AA: { common: 1, own: 0.15, drift: 0 },
  AB: { common: 1, own: 0.15, drift: 0 },
  BA: { common: 0.25, own: 1, drift: 0.0002 },
  CA: { common: 0.1, own: 0.8, drift: 0.0004 },
  DA: { common: 0, own: 1.5, drift: -0.0002 },
} as const;

/** DA does not trade in these sessions, CA falls with the others in the storm. */
const isHole = (t: number): boolean => (t >= 200 && t < 212) || (t >= 415 && t < 419);
const DAILY = 0.007;

function market(): { readonly bars: string; readonly index: string } {
  const prng = prngOf(5);
  const closes = new Map(Object.keys(SHARES_OF).map((id) => [id, 100]));
  const bars = ["date,id,open,high,low,close"];
  const index = ["date,close"];
  let level = 14;
  for (const [t, day] of weekdays().entries()) {
    const stormy = t >= STORM.from && t < STORM.to;
    const common = stormy ? nextNormal(prng) * 0.022 - 0.012 : nextNormal(prng) * DAILY + 0.0009;
    for (const [id, terms] of Object.entries(SHARES_OF)) {
      const share = stormy && id === "CA" ? 0.9 : terms.common;
      const move = share * common + terms.own * DAILY * nextNormal(prng) + terms.drift;
      const bar = nextBar(prng, closes.get(id) as number, move);
      closes.set(id, bar[3]);
      if (id !== "DA" || !isHole(t))
        bars.push([day, id, ...bar.map((p) => p.toFixed(2))].join(","));
    }
    const rest = stormy ? 42 : t >= STORM.to && t < AFTERMATH ? 24 : 14;
    level += (rest - level) * (stormy ? 0.3 : 0.08) + nextNormal(prng) * (stormy ? 4 : 0.5);
    level = Math.max(9, level);
    if (t !== 450) index.push(`${day},${level.toFixed(2)}`);
  }
  return { bars: bars.join("\n"), index: index.join("\n") };
}

/** Open, high, low, close. */
function nextBar(prng: Prng, before: number, move: number): readonly number[] {
  const open = before * (1 + 0.001 * nextNormal(prng));
  const close = before * (1 + move);
  const high = Math.max(open, close) * (1 + 0.002 * nextUniform(prng));
  const low = Math.min(open, close) * (1 - 0.002 * nextUniform(prng));
  return [open, high, low, close];
}

function weekdays(): readonly string[] {
  const days: string[] = [];
  for (let t = at("2014-01-01"); days.length < SESSIONS; t += DAY_MS) {
    const day = new Date(t).getUTCDay();
    if (day !== 0 && day !== 6) days.push(formatDate(t));
  }
  return days;
}
