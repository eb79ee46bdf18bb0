/**
 * What a book earns and owes without trading: ACT/360 per calendar day on the last close, splits
 * with cash in lieu, dividends earned on the ex-date and paid later. Cents by hand.
 */
import { describe, expect, it } from "vitest";
import { entriesOf, soundRun } from "../../support/market-fixture.ts";

const THU = "2021-03-04";
const FRI = "2021-03-05";
const MON = "2021-03-08";
const TUE = "2021-03-09";

const flat = [100, 100, 100, 100] as const;
const quiet = { [THU]: flat, [FRI]: flat, [MON]: flat, [TUE]: flat };

describe("financing", () => {
  it("charges a margin debit for the three days of a weekend, each rounded by itself", () => {
    // Gross 200 %: 200 lots at 100 leave a debit of 10 000.00 on Friday's close.
    const run = soundRun(
      { A: { bars: quiet, wishes: { [THU]: { weight: 2 } } } },
      { limits: { gross: 2 }, financing: { debit_rate: 0.05 } },
    );
    // 1 000 000 x 0.05 / 360 = 138.88... -> 139; three days 417, not 416.67 -> 417 by luck:
    // the next day's base is 1 000 417: 138.94... -> 139.
    expect(entriesOf(run, "accrual")).toMatchObject([
      {
        accrual: "financing",
        days: 3,
        base_minor: 1_000_000,
        per_day_minor: 139,
        amount_minor: 417,
      },
      {
        accrual: "financing",
        days: 1,
        base_minor: 1_000_417,
        per_day_minor: 139,
        amount_minor: 139,
      },
    ]);
    expect(run.cash).toEqual([1_000_000, -1_000_000, -1_000_417, -1_000_556]);
    expect(run.k.state.costs.financing).toBe(556);
  });

  it("rounds days, not weekends: 4.40 cents a day are 12 for three days, not 13", () => {
    // 300 units too many at 1.056: a debit of 316.80; at 5 %: 31 680 x 0.05 / 360 = 4.4 cents.
    const bars = {
      [THU]: [1, 1, 1, 1],
      [FRI]: [1.02, 1.02, 1.02, 1.02],
      [MON]: [1, 1, 1, 1],
    } as const;
    const run = soundRun(
      { A: { bars, wishes: { [THU]: { weight: 1 } } } },
      { initialEquity: 15_840, financing: { debit_rate: 0.05 } },
    );
    // 15 840 lots at 1.02 cost 16 156.80: a debit of 316.80.
    expect(run.cash).toEqual([1_584_000, -31_680, -31_692]);
  });

  it("charges nothing while cash is not negative, nor at a rate of 0", () => {
    const wishes = { [THU]: { weight: 1 } };
    const run = soundRun({ A: { bars: quiet, wishes } }, { financing: { debit_rate: 0.05 } });
    expect(entriesOf(run, "accrual")).toEqual([]);
  });
});

describe("borrow", () => {
  it("charges the value of a short at the last close, per calendar day", () => {
    const bars = { ...quiet, [FRI]: [100, 110, 100, 110], [MON]: flat } as const;
    const run = soundRun(
      { A: { bars, wishes: { [THU]: { weight: -0.5 } } } },
      { financing: { borrow_rate: 0.03 } },
    );
    // 50 short at 100, worth 5 500.00 on Friday: 550 000 x 0.03 / 360 = 45.83... -> 46, three days 138;
    // worth 5 000.00 on Monday: 41.66... -> 42.
    expect(entriesOf(run, "accrual")).toMatchObject([
      { accrual: "borrow", instrument: "A", days: 3, base_minor: 550_000, amount_minor: 138 },
      { accrual: "borrow", instrument: "A", days: 1, base_minor: 500_000, amount_minor: 42 },
    ]);
    expect(run.cash).toEqual([1_000_000, 1_500_000, 1_499_862, 1_499_820]);
    expect(run.nav).toEqual([1_000_000, 950_000, 999_862, 999_820]);
  });
});

describe("splits", () => {
  it("double the lots at half the price, and the net asset value does not move", () => {
    const bars = { ...quiet, [MON]: [50, 50, 50, 50], [TUE]: [50, 50, 50, 50] } as const;
    const run = soundRun({
      A: { bars, wishes: { [THU]: { weight: 1 } }, actions: [{ split: 2, on: MON }] },
    });
    expect(run.nav).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
    expect([...run.k.state.lots]).toEqual([200]);
  });

  it.each([
    // 1:10 of 17 lots is 1.7: one lot, and 0.7 x 1 000 in cash. Short: owed.
    [17, 1, 70_000],
    [-17, -1, -70_000],
    // 20 lots divide: nothing in lieu.
    [20, 2, 0],
    // 9 lots are less than one: all in cash.
    [9, 0, 90_000],
  ])("reverse split of %d lots leaves %d and %d cents in lieu", (units, after, inLieu) => {
    const bars = {
      ...quiet,
      [MON]: [1000, 1000, 1000, 1000],
      [TUE]: [1000, 1000, 1000, 1000],
    } as const;
    const run = soundRun({
      A: { bars, wishes: { [THU]: { units } }, actions: [{ split: 0.1, on: MON }] },
    });
    expect([...run.k.state.lots]).toEqual([after]);
    expect(entriesOf(run, "split")).toMatchObject([
      { lots_before: units, lots_after: after, cash_in_lieu_minor: inLieu },
    ]);
    expect(run.nav).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
  });

  it("cash in lieu rounds the decimal product: 0.9 x 1.05 is a tie, 0.95", () => {
    // 19 lots by 0.1 are 1.9; the double 1.9 - 1 is 0.8999999999999999, the fraction is 0.9.
    const dime = [0.105, 0.105, 0.105, 0.105] as const;
    const bars = { [THU]: dime, [FRI]: dime, [MON]: [1.05, 1.05, 1.05, 1.05] } as const;
    const run = soundRun({
      A: { bars, wishes: { [THU]: { units: 19 } }, actions: [{ split: 0.1, on: MON }] },
    });
    expect(entriesOf(run, "split")).toMatchObject([{ lots_after: 1, cash_in_lieu_minor: 95 }]);
  });

  it("a third of 30 lots is ten: the double 1/3 loses none", () => {
    const bars = { ...quiet, [MON]: [300, 300, 300, 300], [TUE]: [300, 300, 300, 300] } as const;
    const run = soundRun({
      A: { bars, wishes: { [THU]: { units: 30 } }, actions: [{ split: 1 / 3, on: MON }] },
    });
    expect(entriesOf(run, "split")).toMatchObject([{ lots_after: 10, cash_in_lieu_minor: 0 }]);
  });
});

describe("dividends", () => {
  const ex = { ...quiet, [MON]: [98, 98, 98, 98], [TUE]: [98, 98, 98, 98] } as const;
  const later = [{ dividend: 2, on: MON, paid: TUE }];

  it.each([
    [100, 20_000],
    [-100, -20_000],
  ])("on %d lots: %d cents receivable on the ex-date, cash on the pay date", (units, cents) => {
    const run = soundRun({ A: { bars: ex, wishes: { [THU]: { units } }, actions: later } });
    const paid = 1_000_000 - units * 10_000;
    expect(run.cash).toEqual([1_000_000, paid, paid, paid + cents]);
    expect(run.nav).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
    expect([...(run.k.state.curves.receivable ?? [])]).toEqual([0, 0, cents, 0]);
  });

  it("belong to who held before the ex-date's session: buying on it earns nothing", () => {
    const buys = soundRun({ A: { bars: ex, wishes: { [FRI]: { units: 100 } }, actions: later } });
    expect(entriesOf(buys, "dividend")).toEqual([]);
    const wishes = { [THU]: { units: 100 }, [FRI]: { units: 0 } };
    const sells = soundRun({ A: { bars: ex, wishes, actions: later } });
    expect(entriesOf(sells, "dividend")).toMatchObject([{ lots: 100, amount_minor: 20_000 }]);
    expect(sells.nav.at(-1)).toBe(1_000_000);
  });

  it("are paid at the first session on or after the pay date, and stay receivable beyond the data", () => {
    const saturday = [{ dividend: 2, on: FRI, paid: "2021-03-06" }];
    const early = { ...quiet, [FRI]: [98, 98, 98, 98] } as const;
    const run = soundRun({
      A: { bars: early, wishes: { [THU]: { units: 100 } }, actions: saturday },
    });
    // Bought on Friday itself: nothing. Held from Thursday it would have been earned.
    expect(entriesOf(run, "dividend")).toEqual([]);
    const never = [{ dividend: 2, on: MON, paid: "2021-06-01" }];
    const open = soundRun({ A: { bars: ex, wishes: { [THU]: { units: 100 } }, actions: never } });
    expect(entriesOf(open, "dividend_paid")).toEqual([]);
    expect(open.nav.at(-1)).toBe(1_000_000);
    const weekend = [{ dividend: 2, on: MON, paid: "2021-03-13" }];
    const next = { ...ex, "2021-03-15": [98, 98, 98, 98] } as const;
    const paid = soundRun({
      A: { bars: next, wishes: { [THU]: { units: 100 } }, actions: weekend },
    });
    expect(paid.cash.at(-1)).toBe(20_000);
  });

  it("of a day with a split are per old unit", () => {
    const bars = { ...quiet, [MON]: [49, 49, 49, 49], [TUE]: [49, 49, 49, 49] } as const;
    const run = soundRun({
      A: { bars, wishes: { [THU]: { units: 100 } }, actions: [...later, { split: 2, on: MON }] },
    });
    expect(entriesOf(run, "dividend")).toMatchObject([{ lots: 100, amount_minor: 20_000 }]);
    expect(run.nav.at(-1)).toBe(1_000_000);
  });

  it("after a split that the instrument had no bar for are per new unit", () => {
    // No bar on Friday and Monday: the split of Friday and the dividend of Monday both take
    // effect on Tuesday, in the order of their ex-dates: 200 new units x 1.00.
    const other = { bars: quiet };
    const wed = "2021-03-03";
    const bars = { [wed]: flat, [THU]: flat, [TUE]: [49, 49, 49, 49] } as const;
    const run = soundRun({
      A: {
        bars,
        wishes: { [wed]: { units: 100 } },
        actions: [
          { split: 2, on: FRI },
          { dividend: 1, on: MON, paid: TUE },
        ],
      },
      B: other,
    });
    expect(entriesOf(run, "dividend")).toMatchObject([{ lots: 200, amount_minor: 20_000 }]);
    expect(run.nav.at(-1)).toBe(1_000_000);
  });
});
