import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../src/base/assert.ts";
import {
  DAY_MS,
  civilFromDays,
  dayNumber,
  formatDate,
  parseIsoDate,
} from "../../../src/base/instant.ts";
import { sessionsOf } from "../../../src/market/calendars/calendar.ts";
import {
  type ExpiryRule,
  type RollRule,
  rollCalendar,
} from "../../../src/market/futures/roll-calendar.ts";

function ms(date: string): number {
  const parsed = parseIsoDate(date);
  if (parsed === null) throw new Error(`no date ${date}`);
  return parsed;
}

const QUARTERS = [3, 6, 9, 12];
const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const EXPIRIES: readonly ExpiryRule[] = [
  "third_friday",
  "third_wednesday",
  "month_end_minus_3",
  "day_20_minus_3",
];
const sessions = (from: string, to: string) => sessionsOf("XCME", ms(from), ms(to));

/** Expiry of each contract held in a time, by contract; sessions are known for a year beyond it. */
function expiries(rule: RollRule, from: string, to: string): Record<number, string> {
  const known = sessionsOf("XCME", ms(from), ms(to) + 366 * DAY_MS);
  const { contract, expiryMs } = rollCalendar(rule, known);
  const rows = sessions(from, to).length;
  return Object.fromEntries(
    Array.from(contract.subarray(0, rows), (name, t) => [name, formatDate(expiryMs[t])]),
  );
}

describe("last trading days", () => {
  it("equity indices: CME's third Fridays of 2012 and 2013", () => {
    const rule: RollRule = { months: QUARTERS, expiry: "third_friday", rollSessionsBefore: 0 };
    expect(expiries(rule, "2012-05-01", "2013-06-21")).toEqual({
      201206: "2012-06-15",
      201209: "2012-09-21",
      201212: "2012-12-21",
      201303: "2013-03-15",
      201306: "2013-06-21",
    });
  });

  it("a third Friday that is Good Friday snaps to the Thursday", () => {
    const rule: RollRule = { months: [4], expiry: "third_friday", rollSessionsBefore: 0 };
    expect(expiries(rule, "2019-04-01", "2019-04-18")).toEqual({ 201904: "2019-04-18" });
  });

  it("third Wednesdays, Juneteenth snapped to the Tuesday", () => {
    const rule: RollRule = { months: [6, 9], expiry: "third_wednesday", rollSessionsBefore: 0 };
    expect(expiries(rule, "2024-06-03", "2024-09-18")).toEqual({
      202406: "2024-06-18",
      202409: "2024-09-18",
    });
  });

  it("metals: COMEX gold's last trading days, third last of the month", () => {
    const months = [2, 4, 6, 8, 10, 12];
    const rule: RollRule = { months, expiry: "month_end_minus_3", rollSessionsBefore: 0 };
    expect(expiries(rule, "2024-01-30", "2024-06-26")).toEqual({
      202402: "2024-02-27",
      202404: "2024-04-26",
      202406: "2024-06-26",
    });
  });

  it("three sessions before the 20th, a 20th without session snapped back first", () => {
    const rule: RollRule = { months: MONTHS, expiry: "day_20_minus_3", rollSessionsBefore: 0 };
    // 2024-01-20 is a Saturday: from Friday the 19th, over Martin Luther King's day, to the 16th.
    expect(expiries(rule, "2024-01-02", "2024-02-14")).toEqual({
      202401: "2024-01-16",
      202402: "2024-02-14",
    });
  });
});

describe("the contract held", () => {
  const rule: RollRule = { months: QUARTERS, expiry: "third_friday", rollSessionsBefore: 5 };

  it("is held up to the close that many sessions before its last trading day", () => {
    const at = sessions("2024-03-04", "2024-03-15");
    const { contract, expiryMs, nextExpiryMs } = rollCalendar(rule, at);
    const last = Array.from(at).findIndex((day) => formatDate(day) === "2024-03-08");
    expect([contract[last], contract[last + 1]]).toEqual([202403, 202406]);
    expect(formatDate(nextExpiryMs[last])).toBe("2024-06-21");
    expect(formatDate(expiryMs[last + 1])).toBe("2024-06-21");
    expect(formatDate(nextExpiryMs[last + 1])).toBe("2024-09-20");
  });

  it("0 sessions before: up to and with the last trading day itself", () => {
    const at = sessions("2024-03-14", "2024-03-18");
    const { contract } = rollCalendar({ ...rule, rollSessionsBefore: 0 }, at);
    expect([...contract]).toEqual([202403, 202403, 202406]);
  });

  it("where the sessions end every weekday counts: Good Friday is found out later", () => {
    const april: RollRule = { months: [4], expiry: "third_friday", rollSessionsBefore: 0 };
    const expiry = (to: string) =>
      formatDate(rollCalendar(april, sessions("2019-04-01", to)).expiryMs[0]);
    expect([expiry("2019-04-18"), expiry("2019-04-22")]).toEqual(["2019-04-19", "2019-04-18"]);
  });

  it("no sessions, no rows", () => {
    expect(rollCalendar(rule, new Float64Array()).contract).toHaveLength(0);
  });

  it("months in any order; an expiry on a closed day is placed before it", () => {
    const at = sessions("2018-11-01", "2019-02-01");
    const sorted = rollCalendar(rule, at);
    expect(rollCalendar({ ...rule, months: [12, 3, 9, 6] }, at)).toEqual(sorted);
    // Sessions that skip the third Friday of December 2018.
    const without = at.filter((day) => formatDate(day) !== "2018-12-21");
    expect(formatDate(rollCalendar(rule, without).expiryMs[0])).toBe("2018-12-20");
  });

  it.each([
    ["no month", { ...rule, months: [] }],
    ["month 13", { ...rule, months: [13] }],
    ["a month twice", { ...rule, months: [3, 3] }],
    ["half a session", { ...rule, rollSessionsBefore: 0.5 }],
    ["after expiry", { ...rule, rollSessionsBefore: -1 }],
    ["a season before", { ...rule, rollSessionsBefore: 61 }],
  ])("refuses %s", (_, wrong) => {
    expect(() => rollCalendar(wrong, sessions("2024-01-02", "2024-02-01"))).toThrow(InvariantError);
  });

  it("refuses sessions out of order or twice", () => {
    const [first, second] = sessions("2024-01-02", "2024-01-03");
    for (const wrong of [
      [second, first],
      [first, first],
    ]) {
      expect(() => rollCalendar(rule, Float64Array.from(wrong))).toThrow(InvariantError);
    }
  });
});

/** Counts and scans day by day over plain lists, given sessions far beyond the rows asked for. */
function naive(rule: RollRule, known: readonly number[], at: number) {
  const chain: { name: number; expiry: number; roll: number }[] = [];
  for (let year = 2009; year <= 2016; year++) {
    for (const month of [...rule.months].sort((a, b) => a - b)) {
      const own = known.filter((day) => {
        const civil = civilFromDays(dayNumber(day));
        return civil.year === year && civil.month === month;
      });
      const expiry = naiveExpiry(rule.expiry, own, known);
      const roll = known[known.indexOf(expiry) - rule.rollSessionsBefore];
      chain.push({ name: year * 100 + month, expiry, roll });
    }
  }
  const held = chain.findIndex(({ roll }) => roll >= at);
  return [chain[held].name, chain[held].expiry, chain[held + 1].expiry];
}

function naiveExpiry(rule: ExpiryRule, month: readonly number[], known: readonly number[]): number {
  const dayOf = (at: number) => civilFromDays(dayNumber(at)).day;
  if (rule === "month_end_minus_3") return month[month.length - 3];
  if (rule === "day_20_minus_3") {
    const upTo = month.filter((at) => dayOf(at) <= 20);
    return known[known.indexOf(upTo[upTo.length - 1]) - 3];
  }
  const wanted = rule === "third_friday" ? 5 : 3;
  let day = month[0] - (dayOf(month[0]) - 1) * DAY_MS;
  let seen = 0;
  for (; ; day += DAY_MS) {
    if ((dayNumber(day) + 4) % 7 === wanted) seen++;
    if (seen === 3) break;
  }
  while (!month.includes(day)) day -= DAY_MS;
  return day;
}

describe("roll calendars against a naive twin", () => {
  const known = [...sessionsOf("XCME", ms("2008-01-01"), ms("2016-12-31"))];
  const rules = fc.record({
    months: fc.constantFrom<readonly number[]>(QUARTERS, MONTHS, [2, 4, 6, 8, 10, 12], [12]),
    expiry: fc.constantFrom(...EXPIRIES),
    rollSessionsBefore: fc.integer({ min: 0, max: 15 }),
  });

  it("holds the same contracts with the same expiries, whatever the window", () => {
    const from = fc.integer({ min: 300, max: 900 });
    fc.assert(
      fc.property(rules, from, fc.integer({ min: 1, max: 120 }), (rule, start, length) => {
        // Reaching two years beyond the rows compared, so that no expiry rests on bare weekdays.
        const rows = Float64Array.from(known.slice(start, start + length + 800));
        const rolls = rollCalendar(rule, rows);
        for (const t of [0, length >> 1, length - 1]) {
          const row = [rolls.contract[t], rolls.expiryMs[t], rolls.nextExpiryMs[t]];
          expect(row).toEqual(naive(rule, known, rows[t]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("more sessions at the end change no contract held earlier, and expiries by holidays at most", () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 300, max: 1500 }), (rule, end) => {
        const short = rollCalendar(rule, Float64Array.from(known.slice(0, end)));
        const long = rollCalendar(rule, Float64Array.from(known));
        const moved = known
          .slice(0, end - 25)
          .filter(
            (_, t) =>
              short.contract[t] !== long.contract[t] ||
              Math.abs(short.expiryMs[t] - long.expiryMs[t]) > 5 * DAY_MS,
          );
        expect(moved).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("never holds an expired contract; contracts and expiries ascend", () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const { contract, expiryMs, nextExpiryMs } = rollCalendar(rule, Float64Array.from(known));
        const wrong = known.filter(
          (at, t) =>
            at > expiryMs[t] ||
            expiryMs[t] >= nextExpiryMs[t] ||
            (t > 0 && contract[t] < contract[t - 1]),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
