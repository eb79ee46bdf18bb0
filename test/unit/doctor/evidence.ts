/**
 * Evidence of a run in which nothing is wrong, to be spoilt one thing at a time: three years of
 * weekdays, two instruments of 1000.00 USD a lot, a buy or a sell of 100 lots every tenth day.
 */
import { DAY_MS, parseIsoDate, weekdayOfDays } from "../../../src/base/instant.ts";
import type { StageRecord } from "../../../src/domain/stage-record.ts";
import { diagnose } from "../../../src/research/doctor/diagnose.ts";
import type { Evidence, EvidenceInstrument } from "../../../src/research/doctor/evidence.ts";

export const SESSIONS = 750;
const DEPOSIT = 100_000_000;
const VOLUME = 1_000_000;

export const stage = (over: Partial<StageRecord> & { readonly name: string }): StageRecord => ({
  kind: "stage",
  enabled: true,
  effective: true,
  binding: true,
  reached: 10,
  evaluated: 10,
  applied: 10,
  bound: 3,
  not_evaluated: 0,
  warm_up: 0,
  inert_reason: null,
  ...over,
});

export const timesMs = weekdays();

function weekdays(): Float64Array {
  const days: number[] = [];
  for (let day = (parseIsoDate("2015-01-05") ?? 0) / DAY_MS; days.length < SESSIONS; day++) {
    if (weekdayOfDays(day) < 5) days.push(day * DAY_MS);
  }
  return Float64Array.from(days);
}

export const instrument = (id: string, over: Partial<EvidenceInstrument> = {}) => ({
  id,
  lot: 1,
  digits: 2,
  marginMinor: 0,
  timesMs,
  volume: new Float64Array(SESSIONS).fill(VOLUME),
  rate: null,
  finalValueMinor: 0,
  ...over,
});

/** A tenth of a percent up on two days of three and down on the third; a wave keeps volatility at 10 %. */
function nav(): Float64Array {
  const curve = new Float64Array(SESSIONS);
  let value = DEPOSIT;
  for (let s = 0; s < SESSIONS; s++) {
    curve[s] = Math.round(value);
    value *= 1 + 0.0005 + 0.0063 * (s % 2 === 0 ? 1 : -1);
  }
  return curve;
}

export function healthy(over: Partial<Evidence> = {}): Evidence {
  const fills = Array.from({ length: SESSIONS / 10 - 1 }, (_, n) => ({
    session: 10 * n + 10,
    instrument: n % 2,
    lots: n % 4 < 2 ? 100 : -100,
  }));
  const column = (pick: (fill: (typeof fills)[number]) => number) => Float64Array.from(fills, pick);
  const rows = {
    session: column((f) => f.session),
    instrument: column((f) => f.instrument),
    lots: column((f) => f.lots),
  };
  // Each lot was sold for more than it was bought for, in both instruments alike.
  const notional = column((f) => f.lots * (f.lots > 0 ? 1000 : 1400));
  return {
    failure: null,
    sameClose: false,
    currency: "USD",
    digits: 2,
    sessionsMs: timesMs,
    evaluationStart: 0,
    depositMinor: DEPOSIT,
    navMinor: nav(),
    cashMinor: new Float64Array(SESSIONS).fill(1000),
    stages: [stage({ name: "sizing" }), stage({ name: "cash", kind: "gate", bound: 0 })],
    targetVolatility: 0.1,
    forecasts: 750,
    answersAsked: 750,
    instruments: [instrument("AAA"), instrument("BBB")],
    fills: {
      ...rows,
      ordered: new Uint8Array(fills.length).fill(1),
      notionalMinor: notional,
      feeMinor: column(() => 10),
      tradedMinor: notional,
    },
    costsMinor: 100_000,
    orders: rows,
    positions: {
      session: rows.session,
      instrument: rows.instrument,
      lots: rows.lots.map(Math.abs),
    },
    income: [],
    mandate: {
      periodsPerYear: 252,
      marginLimit: null,
      strategies: [{ name: "cross", parameters: 3 }],
      warmUp: {
        recursive: ["cross"],
        tooShort: [],
        starts: 3,
        asked: 1000,
        differing: 4,
        totalDifference: 2,
        largestDifference: 0.9,
        worst: { strategy: "cross", instrument: "AAA", atMs: timesMs[300] },
      },
    },
    ...over,
  };
}

export function resultOf(name: string, over: Partial<Evidence> = {}) {
  const result = diagnose(healthy(over)).find(({ lint }) => lint === name);
  if (result === undefined) throw new Error(`there is no lint ${name}`);
  return result;
}
