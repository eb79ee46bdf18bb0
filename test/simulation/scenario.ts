/**
 * What a seed means: which market, how many days, what goes wrong at the venue and on the wire, when
 * the process is killed and for how long it stays away, which writes find no room, how wrong the clock
 * is, what the operator does. Drawn from the seed alone, so that a seed is all a failure has to name.
 */
import { nextUint32, type Prng, prngOf } from "../../src/base/prng.ts";
import type { BreakCode } from "../../src/domain/reconciliation.ts";
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultRule,
  faultRule,
  type FaultScript,
} from "../../src/venue/faults.ts";
import { FLAVOURS, type Flavour, SYMBOLS } from "./market.ts";

export type Scenario = {
  readonly seed: number;
  readonly flavour: Flavour;
  /** Sessions to trade; the last one is left in peace, so that what can heal has healed. */
  readonly days: number;
  readonly faults: FaultScript;
  /** By life: the moment it is killed at, or null. Later lives are not killed. */
  readonly kills: readonly (number | null)[];
  /** How long after a death or a failure the next life begins, by life. */
  readonly awayMs: readonly number[];
  /** Ordinals of writes to the disk, [from, to), that find no room. */
  readonly full: readonly (readonly [number, number])[];
  readonly clock: ClockTrouble;
  readonly person: Person;
  /** A process goes on from day to day; else each day has one of its own. */
  readonly daemon: boolean;
};

/** What a person does, by the index of the day before whose session it is done; null: never. */
export type Person = {
  readonly pauses: number | null;
  /** Asks for a pause while the day's process holds the account. */
  readonly asksPause: number | null;
  readonly flattens: number | null;
  /** Tries to open what is paused, before every session. */
  readonly resumes: boolean;
  /** Takes over what the account holds, where a resume is refused. */
  readonly adopts: boolean;
};

export type ClockTrouble = {
  /** Ours less the venue's at the beginning. */
  readonly skewMs: number;
  /** At these readings of the clock it is moved by so much. */
  readonly jumps: readonly { readonly reading: number; readonly byMs: number }[];
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An order of the venue's own, and what it fills. */
const UNASKED: readonly BreakCode[] = [
  "MISSING_POSITION",
  "PHANTOM_POSITION",
  "QUANTITY",
  "AVERAGE_PRICE",
  "CASH",
  "MISSED_FILL",
  "PHANTOM_ORDER",
];

/** What each fault may make reconciliation find. The others heal by themselves or are booked. */
export const EXPLAINS: { readonly [kind in FaultKind]?: readonly BreakCode[] } = {
  cash_adjusted: ["CASH"],
  unasked_fill: UNASKED,
  duplicate_fill: ["DUPLICATE_FILL"],
  price_bust: ["AVERAGE_PRICE", "CASH"],
  phantom_order: UNASKED,
  position_changed: ["MISSING_POSITION", "PHANTOM_POSITION", "QUANTITY", "AVERAGE_PRICE"],
  stuck_order: ["STUCK_ORDER"],
  // The stream was silent while it listened: booked from the record, and looked into by a person.
  missed_fill: ["MISSED_FILL"],
  stream_stall: ["MISSED_FILL"],
  late_event: ["MISSED_FILL"],
  out_of_order: ["MISSED_FILL"],
};

/** Nothing goes wrong: the days as they should be. */
export function calm(seed: number, flavour: Flavour, days: number): Scenario {
  return {
    seed,
    flavour,
    days,
    faults: { seed, rules: [] },
    kills: [],
    awayMs: [MINUTE],
    full: [],
    clock: { skewMs: 0, jumps: [] },
    person: { pauses: null, asksPause: null, flattens: null, resumes: true, adopts: false },
    daemon: false,
  };
}

export function drawScenario(seed: number, firstOpenMs: number): Scenario {
  const prng = prngOf(seed);
  const flavour = pick(prng, FLAVOURS);
  const days = pick(prng, [2, 2, 3]);
  const quiet = calm(seed, flavour, days);
  return {
    ...quiet,
    faults: { seed, rules: drawFaults(prng, firstOpenMs, days) },
    kills: drawKills(prng),
    awayMs: [0, 1, 2, 3].map(() => pick(prng, [SECOND, 20 * SECOND, 10 * MINUTE, 3 * HOUR])),
    full: chance(prng, 12) ? [drawFull(prng)] : [],
    clock: chance(prng, 4) ? drawClock(prng) : quiet.clock,
    person: {
      pauses: chance(prng, 10) ? below(prng, days) : null,
      asksPause: chance(prng, 10) ? below(prng, days) : null,
      flattens: chance(prng, 10) ? below(prng, days) : null,
      resumes: !chance(prng, 4),
      adopts: chance(prng, 2),
    },
    daemon: chance(prng, 2),
  };
}

function drawFaults(prng: Prng, firstOpenMs: number, days: number): readonly FaultRule[] {
  const count = pick(prng, [0, 1, 1, 1, 2, 2, 3, 5]);
  return Array.from({ length: count }, () => {
    const kind = pick(prng, FAULT_KINDS);
    return faultRule(kind, {
      // Anywhere in the days, the nights between them included, except in the last one.
      fromMs: firstOpenMs - HOUR + below(prng, (days - 1) * 24 * 60) * MINUTE,
      times: pick(prng, [1, 1, 1, 2, 4]),
      probability: pick(prng, [1, 1, 0.5, 0.2]),
      ...DETAILS[kind]?.(prng),
    });
  });
}

const DETAILS: { readonly [kind in FaultKind]?: (prng: Prng) => Partial<FaultRule> } = {
  lost_ack: () => ({ call: "place" }),
  error_before: (prng) => ({ call: pick(prng, ["place", "order", "activities", "positions"]) }),
  error_after: (prng) => ({ call: pick(prng, ["place", "place", "cancel"]) }),
  timeout: (prng) => ({
    call: pick(prng, ["place", "order", "activities", "account", "positions"]),
    durationMs: 30 * SECOND,
  }),
  stream_stall: (prng) => ({ durationMs: pick(prng, [SECOND, MINUTE, HOUR]) }),
  late_event: (prng) => ({ durationMs: pick(prng, [SECOND, 5 * MINUTE]) }),
  late_position: () => ({ durationMs: 10 * SECOND }),
  clock_skew: (prng) => ({ durationMs: pick(prng, [-90, -2, 3, 120]) * SECOND }),
  halt: (prng) => ({ symbol: symbol(prng), durationMs: pick(prng, [MINUTE, 7 * HOUR]) }),
  cash_adjusted: (prng) => ({ amountMinor: 1 + below(prng, 9999) - 5000, times: 1 }),
  unasked_fill: (prng) => ({ ...unasked(prng), times: 1 }),
  phantom_order: (prng) => ({ ...unasked(prng), times: 1 }),
  position_changed: (prng) => ({ ...unasked(prng), price: null, times: 1 }),
  price_bust: (prng) => ({ price: String(30 + below(prng, 100)), times: 1 }),
  duplicate_fill: () => ({ times: 1 }),
  stuck_order: () => ({ times: 1 }),
  partial_fill: (prng) => ({ share: pick(prng, [0.1, 0.5, 0.9]) }),
};

function unasked(prng: Prng): Partial<FaultRule> {
  return {
    symbol: symbol(prng),
    qty: String(pick(prng, [1, -1, 25, -40])),
    price: String(40 + below(prng, 80)),
  };
}

function symbol(prng: Prng): string {
  return pick(prng, SYMBOLS);
}

/** Mostly early in a life, where most of the moments are, and several times in a row. */
function drawKills(prng: Prng): readonly (number | null)[] {
  const count = pick(prng, [0, 1, 1, 2, 3]);
  return Array.from({ length: count }, () => {
    if (chance(prng, 8)) return null;
    return 1 + below(prng, pick(prng, [20, 60, 120]));
  });
}

function drawFull(prng: Prng): readonly [number, number] {
  const from = below(prng, 90);
  return [from, from + 1 + below(prng, 3)];
}

function drawClock(prng: Prng): ClockTrouble {
  const jumps = Array.from({ length: below(prng, 3) }, () => ({
    reading: below(prng, 60),
    byMs: pick(prng, [-HOUR, -5 * SECOND, 5 * SECOND, 10 * MINUTE]),
  }));
  return { skewMs: pick(prng, [-2 * MINUTE, -SECOND, 0, SECOND, 2 * MINUTE]), jumps };
}

/** One chance in `n`. */
function chance(prng: Prng, n: number): boolean {
  return below(prng, n) === 0;
}

function below(prng: Prng, limit: number): number {
  return nextUint32(prng) % limit;
}

function pick<T>(prng: Prng, options: readonly T[]): T {
  return options[below(prng, options.length)];
}
