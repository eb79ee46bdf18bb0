/**
 * Small mandates whose strategies read their wishes from a list, so that what happens on which date
 * is known beforehand: sixty weekdays less one holiday. `scripted` trades targets in two shares: BB
 * drifts and has no bars around the first rebalance; AA is flat at 100 except where its script needs
 * more. In `braked` and `alike` the portfolio's stages decide: a brake that knows nothing yet holds
 * one share down; of two shares that move as one, the second is refused while the first is held. In
 * `changing` three shares at 100 get another wish at every close: a signal a day for each.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, formatDate, parseIsoDate } from "../../src/base/instant.ts";

/** Sessions by number, from 1: weekdays from 2020-01-06 without the holiday. */
export const HOLIDAY = "2020-01-20";
const SESSIONS = 60;

export const DATES: readonly string[] = weekdays();

/** Of session `n`, from 1. */
export const dateOf = (n: number): string => DATES[n - 1];

/** BB's; the rebalance of February falls into it. */
export const HOLE: ReadonlySet<number> = new Set([18, 19, 20]);
/** AA has no bar either on this one, and a position. */
export const AA_HOLE = 36;
/** A column of AA's strategy is unknown on it. */
export const UNKNOWN = 34;
/** The strategies' first forecast. */
export const FIRST = 3;

/** Session -> what AA's strategy wishes from that close on, as TypeScript. */
const SCRIPT: { readonly [session: number]: string } = {
  3: "{ weight: 0.2 }",
  5: "{ weight: 0.2 }",
  7: "{ weight: 0.3, entry: { limit: 90 } }",
  9: '{ weight: 0.3, entry: { limit: 90 }, timeInForce: "gtc" }',
  11: '{ units: 310, entry: { limit: 90 }, timeInForce: "gtc" }',
  20: '{ units: 310, entry: { limit: 90 }, timeInForce: "gtc" }',
  22: "{ weight: 2 }",
  23: "{ weight: 0.9 }",
  24: "{ weight: 0.6 }",
  26: "{ weight: 0 }",
  28: "{ weight: 0.0001 }",
  30: "{ weight: -0.1 }",
  38: "{ weight: 0 }",
  40: "{ weight: 0.15, stop: { distance: 5 } }",
  42: "{ weight: 0.149, stop: { distance: 5 } }",
  46: '{ weight: 0.1, entry: { limit: 80 }, timeInForce: "gtc" }',
};
/** BB has two shares for one from then on. */
export const BB_SPLIT = 50;
export const AA_DIVIDEND = { ex: 32, paid: 35 } as const;
/** AA falls through its stop. */
export const CRASH = 43;

/** Bars are counted by their volume, which splits divide. */
const COUNT = "m.mul(m.volume, m.div(m.close, m.raw.close))";

const casesOf = (script: { readonly [session: number]: string }): string =>
  Object.entries(script)
    .map(([n, wish]) => `      case ${n}: return ${wish};`)
    .join("\n");

const SCRIPTED = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "script",
  version: "1",
  params: {},
  orders: ["limit", "stop"],
  columns: (m) => ({
    count: ${COUNT},
    warm: m.sma(m.close, ${FIRST}),
    odd: m.div(m.constant(1), m.sub(${COUNT}, m.constant(${UNKNOWN}))),
  }),
  decide: (row) => {
    switch (Math.round(row.count)) {
${casesOf(SCRIPT)}
      default: return null;
    }
  },
});
`;

const STEADY = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "steady",
  version: "1",
  params: {},
  columns: (m) => ({ warm: m.sma(m.close, ${FIRST}) }),
  decide: () => ({ weight: 0.5 }),
});
`;

/** Believes fully from a session on; \`from\` is its one parameter. */
const BELIEVER = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "believer",
  version: "1",
  params: { from: { default: 5, min: 1, max: 99, integer: true } },
  answers: "forecast",
  columns: (m) => ({ count: m.volume }),
  decide: (row, p) => ({ strength: row.count >= p.from ? 1 : 0, confidence: 1 }),
});
`;

const LAYERED = `assay: 1
profile: etf-trend
account: { currency: USD, initial_equity: 100000 }
data:
  kind: real
  sources:
    - { file: ./bars.csv, layout: long, instrument_column: id, date: { column: date, format: YYYY-MM-DD },
        columns: { open: open, high: high, low: low, close: close, volume: volume }, rights: made for a test }
policy: { enabled: false }
breakers: { unit: nav, daily_loss: 0.1, halt: 0.2, panic: 0.3 }
risk_targeting: { enabled: false }
clamps: { caps: { enabled: false }, throttle: { enabled: false }, clusters: { enabled: false } }
sizing: { buffer: 0 }
fees: { bps: 0 }
financing: { debit_rate: 0, borrow_rate: 0 }
`;

const BRAKED = `${LAYERED}
name: braked
strategies: [{ name: believer, file: ./believer.ts, instruments: all }]
allocation: { method: equal, update: every_decision }
schedule: { decide: every_session }
overlay: { mode: compute, profile: L, during_warm_up: floor }
`;

const ALIKE = `${LAYERED}
name: alike
strategies:
  - { name: early, file: ./believer.ts, instruments: [CC], params: { from: 30 } }
  - { name: late, file: ./believer.ts, instruments: [DD], params: { from: 40 } }
allocation: { method: equal, update: every_decision }
schedule: { decide: friday }
overlay: { mode: "off" }
correlation: { limit: 0.8, days: 20, min_overlap: 10 }
`;

const MANDATE = `assay: 1
name: scripted
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: real
  sources:
    - { file: ./bars.csv, layout: long, instrument_column: id, date: { column: date, format: YYYY-MM-DD },
        columns: { open: open, high: high, low: low, close: close, volume: volume, dividend: dividend, split: split },
        rights: made for a test }
  dividends:
    pay_dates: [{ instrument: AA, ex_date: ${dateOf(AA_DIVIDEND.ex)}, pay_date: ${dateOf(AA_DIVIDEND.paid)} }]
  quality: { max_jump: 0.9 }
strategies:
  - { name: script, file: ./script.ts, instruments: [AA] }
  - { name: steady, file: ./steady.ts, instruments: [BB] }
schedule: { rebalance: month_start }
limits: { gross: 1.2 }
slippage: { bps: 5 }
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.03 }
`;

/** Something to do for each share on every session. */
const RESTLESS = `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "restless",
  version: "1",
  params: {},
  columns: (m) => ({ count: m.volume }),
  decide: (row) => ({ weight: 0.1 + 0.03 * (row.count % 4) }),
});
`;

const CHANGING = `assay: 1
name: changing
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: real
  sources:
    - { file: ./bars.csv, layout: long, instrument_column: id, date: { column: date, format: YYYY-MM-DD },
        columns: { open: open, high: high, low: low, close: close, volume: volume }, rights: made for a test }
strategies: [{ name: restless, file: ./restless.ts, instruments: all }]
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0, borrow_rate: 0 }
`;

export const SCRIPTED_NAMES = ["scripted", "braked", "alike", "changing"] as const;
export type ScriptedName = (typeof SCRIPTED_NAMES)[number];

const FILES: { readonly [name in ScriptedName]: { readonly [file: string]: () => string } } = {
  scripted: {
    "mandate.yaml": () => MANDATE,
    "script.ts": () => SCRIPTED,
    "steady.ts": () => STEADY,
    "bars.csv": bars,
  },
  braked: {
    "mandate.yaml": () => BRAKED,
    "believer.ts": () => BELIEVER,
    "bars.csv": () => sameBars(["AA"], () => 100),
  },
  alike: {
    "mandate.yaml": () => ALIKE,
    "believer.ts": () => BELIEVER,
    "bars.csv": () => sameBars(["CC", "DD"], (n) => 100 + ((n * 7) % 5)),
  },
  changing: {
    "mandate.yaml": () => CHANGING,
    "restless.ts": () => RESTLESS,
    "bars.csv": () => sameBars(["EE", "FF", "GG"], () => 100),
  },
};

/** Writes one with its data into a folder of its name; returns that folder. */
export function writeScripted(folder: string, name: ScriptedName): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const [file, text] of Object.entries(FILES[name])) writeFileSync(join(place, file), text());
  return place;
}

function sameBars(ids: readonly string[], priceOf: (n: number) => number): string {
  const lines = ["date,id,open,high,low,close,volume"];
  DATES.forEach((date, at) => {
    const price = priceOf(at + 1);
    for (const id of ids) lines.push(`${date},${id},${price},${price},${price},${price},${at + 1}`);
  });
  return lines.join("\n");
}

function bars(): string {
  const lines = ["date,id,open,high,low,close,volume,dividend,split"];
  for (let n = 1; n <= SESSIONS; n++) {
    const drift = (50 + 0.25 * n) / (n < BB_SPLIT ? 1 : 2);
    if (n !== AA_HOLE) lines.push(`${dateOf(n)},AA,${shareBar(n)}`);
    if (!HOLE.has(n)) {
      lines.push(
        `${dateOf(n)},BB,${drift},${drift + 0.5},${drift - 0.5},${drift},${n},0,${n === BB_SPLIT ? 2 : 1}`,
      );
    }
  }
  return lines.join("\n");
}

/** Open, high, low, close, volume, dividend, split. */
function shareBar(n: number): string {
  const price = n >= CRASH ? 90 : 100;
  const open = n === CRASH ? 99 : price;
  const high = Math.max(open, price) + 0.5;
  const dividend = n === AA_DIVIDEND.ex ? 0.75 : 0;
  return `${open},${high},${price - 0.5},${price},${n},${dividend},1`;
}

function weekdays(): readonly string[] {
  const days: string[] = [];
  for (let ms = parseIsoDate("2020-01-06") as number; days.length < SESSIONS; ms += DAY_MS) {
    const day = formatDate(ms);
    const weekday = (ms / DAY_MS + 3) % 7;
    if (weekday < 5 && day !== HOLIDAY) days.push(day);
  }
  return days;
}
