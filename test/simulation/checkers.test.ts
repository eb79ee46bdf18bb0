/**
 * Each checker on a day written by hand, which they all let pass, and on the same day with one thing
 * wrong, which the one in question names. What the faults of a whole day do is in planted.test.ts.
 */
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/base/assert.ts";
import type { AccountPayload } from "../../src/domain/trading-entry.ts";
import { violationsOf } from "./checkers/all.ts";
import type { BrokerCall, Evidence } from "./evidence.ts";
import {
  AT_VENUE,
  CASH_BREAK,
  DATE,
  DAY,
  evidence,
  EXECUTED,
  ORDERED,
  PAUSED,
  PLACED,
  RECONCILED,
} from "./sample-day.ts";

const without = (...kinds: readonly AccountPayload["kind"][]) =>
  DAY.filter(({ kind }) => !kinds.includes(kind));
const after = (kind: AccountPayload["kind"], ...more: readonly AccountPayload[]) => {
  const at = DAY.findIndex((payload) => payload.kind === kind) + 1;
  return [...DAY.slice(0, at), ...more, ...DAY.slice(at)];
};
const sound = () => evidence(DAY);

type Case = readonly [checker: string, what: string, evidence: Evidence, says: string];

const torn = (): Evidence => {
  const whole = sound();
  whole.disk.rows.splice(6, 1);
  return whole;
};
const forgotten = (): Evidence => {
  const whole = sound();
  whole.disk.terminals.clear();
  return whole;
};
const altered = (): Evidence => {
  const whole = sound();
  whole.disk.files.set(`json/${DATE}.json`, new Uint8Array([1]));
  return whole;
};
const broken = (error: Error): Evidence => {
  const [life] = sound().lives;
  return evidence(DAY, { lives: [{ ...life, end: { kind: "failed", error } }] });
};

const CASES: readonly Case[] = [
  [
    "noInvariantBroken",
    "a life that broke a rule of ours",
    broken(new InvariantError(12, "sold more than held")),
    "life 1 broke: invariant 12",
  ],
  ["chainHolds", "an entry is gone", torn(), "entry 7 is missing"],
  [
    "replaysTheSame",
    "the facts give something else",
    evidence(DAY, { replay: { differences: ["entry 9 differs"] } }),
    "entry 9 differs",
  ],
  [
    "noOrderDoubled",
    "the venue has it twice",
    evidence(DAY, {
      venue: { ...sound().venue, orders: [AT_VENUE, { ...AT_VENUE, venueOrderId: "venue-2" }] },
    }),
    "order order-1 is twice at the venue",
  ],
  [
    "noOrderDoubled",
    "an id with the run in it",
    evidence(DAY, {
      venue: {
        ...sound().venue,
        orders: [AT_VENUE, { ...AT_VENUE, clientOrderId: "order-1-of-run-2" }],
      },
    }),
    "an order that the journal does not know",
  ],
  [
    "noOrderDoubled",
    "one intent under two ids",
    evidence(after("order", { ...(DAY[ORDERED - 1] as object), order_id: "order-2" } as never)),
    "are one: AAA",
  ],
  [
    "noOrderLost",
    "it never came to the venue",
    evidence(DAY, { venue: { ...sound().venue, orders: [] } }),
    "order order-1 is lost",
  ],
  [
    "noOrderLost",
    "nobody saw it there",
    evidence(without("order_acknowledged", "venue_fill")),
    "the journal never saw it there",
  ],
  [
    "persistedBeforeSent",
    "sent before it was written",
    evidence(DAY, { calls: [{ ...PLACED, durable: ORDERED - 1 }] }),
    "it was written as entry 7",
  ],
  [
    "noBlindRetry",
    "sent again after no answer",
    evidence(DAY, { calls: [{ ...PLACED, answer: "unknown" }, PLACED] }),
    "place had answered unknown",
  ],
  [
    "noBlindRetry",
    "sent again after a lookup without an answer",
    evidence(DAY, {
      calls: [
        { ...PLACED, answer: "unknown" },
        { ...PLACED, call: "lookup", answer: "unavailable" },
        PLACED,
      ],
    }),
    "sent order order-1 again",
  ],
  [
    "signalsEndOnce",
    "a signal that ends twice",
    evidence(
      after("fill", {
        kind: "order_ended",
        order_id: "order-1",
        instrument: "AAA",
        end: "expired",
        observed: null,
        terminals: [{ ...EXECUTED, state: "EXPIRED" }],
      }),
    ),
    "ended EXECUTED, and in entry 11 EXPIRED",
  ],
  ["signalsEndOnce", "a signal that never ends", evidence(without("fill")), "never ended"],
  ["signalsEndOnce", "the table forgot it", forgotten(), "the table of terminals holds 0"],
  [
    "ledgerIsVenueOrPaused",
    "the venue holds something else",
    evidence(DAY, { venue: { ...sound().venue, positions: [{ symbol: "AAA", qty: "9" }] } }),
    "we hold 10, the venue says 9; and trading is open",
  ],
  [
    "ledgerIsVenueOrPaused",
    "a cent",
    evidence(DAY, { venue: { ...sound().venue, cashMinor: 79_901 } }),
    "cash: ours is 79900 cents, the venue's 79901",
  ],
  [
    "ledgerIsVenueOrPaused",
    "a break that nothing explains",
    evidence(after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED)),
    "finds the break CASH of USD",
  ],
  [
    "ledgerIsVenueOrPaused",
    "paused for another break",
    evidence(after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED), {
      venue: { ...sound().venue, positions: [{ symbol: "AAA", qty: "9" }] },
      disturbances: [{ kind: "cash_adjusted", explains: ["CASH"] }],
    }),
    "paused, but not for it",
  ],
  [
    "nothingSentWhilePaused",
    "sent while a person had paused",
    evidence(after("decided", PAUSED), { calls: [{ ...PLACED, durable: ORDERED + 1 }] }),
    "while trading was paused",
  ],
  [
    "nothingSentWhilePaused",
    "sent before anything was reconciled",
    evidence(without("reconciled"), { calls: [{ ...PLACED, durable: ORDERED - 1 }] }),
    "the last reconciliation before was none",
  ],
  [
    "failurePauses",
    "it failed, and went on",
    evidence([
      ...DAY.slice(0, 3),
      { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] },
      ...DAY.slice(3),
    ]),
    "entry 6 decides, and nothing paused",
  ],
  ["eachDayOnce", "decided twice", evidence([...DAY, DAY[4]]), "is a second decided of 2021-03-01"],
  ["eachDayOnce", "left open", evidence(without("day_closed")), "2021-03-01 was never closed"],
  ["filesAsSaid", "a day's file was altered", altered(), "is not what the journal says"],
];

describe("the checkers", () => {
  it("let a sound day pass, and a pause for a break that was planted", () => {
    expect(violationsOf(sound())).toEqual([]);
    const paused = evidence(
      after("venue_cash", { ...RECONCILED, result: "FAIL", breaks: [CASH_BREAK] }, PAUSED),
      {
        venue: { ...sound().venue, cashMinor: 70_000 },
        disturbances: [{ kind: "cash_adjusted", explains: ["CASH"] }],
      },
    );
    expect(violationsOf(paused)).toEqual([]);
  });

  it("let a second sending pass after the venue said that it knows no such order", () => {
    const calls: readonly BrokerCall[] = [
      { ...PLACED, answer: "unknown" },
      { ...PLACED, call: "lookup", answer: "none" },
      PLACED,
    ];
    expect(violationsOf(evidence(DAY, { calls }))).toEqual([]);
  });

  it.each(CASES)("%s names it: %s", (checker, _, given, says) => {
    const found = violationsOf(given).filter((violation) => violation.checker === checker);
    expect(found.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining(says)]),
    );
  });
});
