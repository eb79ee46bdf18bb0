/** Results of a trial as they are, bad ones first, and drift against its backtest twin. */
import { describe, expect, it } from "vitest";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { driftOf } from "../../../src/records/trial/drift.ts";
import { trialMarkdown } from "../../../src/records/trial/markdown.ts";
import { trialPeriod } from "../../../src/records/trial/period.ts";
import { trialReport } from "../../../src/records/trial/report.ts";
import type { BacktestTwin, TrialRecords } from "../../../src/records/trial/trial-records.ts";
import { decided, decision, MANDATE, reconciled, REFUSED, terminal } from "../daily/day-fixture.ts";
import { dates, judge, recordsOf, script, tradedPayloads } from "./trial-fixture.ts";

const report = (records: TrialRecords) => trialReport(records, judge);
const result = (records: TrialRecords, id: string) =>
  report(records).checklist.find((criterion) => criterion.id === id)?.result;

const TWIN: BacktestTwin = {
  runId: "run-1",
  mandateHash: MANDATE,
  decisions: [],
  intents: [{ date: "2010-02-26", instrument: "SPY", lots: 10 }],
  fills: [{ date: "2010-03-01", instrument: "SPY", lots: 10, price: 101 }],
};

describe("results are stated as they are", () => {
  it("all returns negative", () => {
    const found = report(
      recordsOf(script(30, () => -0.01).map((day, i) => ({ ...day, earns: -0.01 - i / 10_000 }))),
    );
    let wealth = 1;
    for (let i = 0; i < 30; i++) wealth *= 1 - 0.01 - i / 10_000;
    const lost = ((1 - wealth) * 100).toFixed(2);
    expect(found.results.statements[0]).toBe(`The trial lost ${lost} %.`);
    expect(found.results.statements).toContain("Every day lost.");
    expect(result(recordsOf(script(30, () => -0.01)), "drawdown")).toBe("fail");
  });

  it("days without a trade, each with its reason; nothing traded at all is no evidence", () => {
    const idle = recordsOf(
      script(3).map((day, i) =>
        i === 0
          ? {
              ...day,
              payloads: [reconciled("start"), decided(), decision([REFUSED]), reconciled("end")],
              forecasts: 1,
              holds: 0,
            }
          : day,
      ),
    );
    const found = report(idle);
    expect(found.days.without_trades).toMatchObject([
      {
        because: "1 forecast, all held: what is wanted is what is held already.",
        dates: dates(3).slice(1),
      },
      { dates: dates(1) },
    ]);
    expect(found.days.without_trades[1].because).toContain("REJECTED_BY_CASH");
    expect(found.signals.cut_by).toEqual([{ by: "cash/buying_power", signals: 1 }]);
    expect(result(idle, "traded")).toBe("fail");
    expect(result(idle, "costs_known")).toBe("not_evaluated");
    expect(trialMarkdown(found)).toContain("Nothing was filled: there is no shortfall to give.");
  });

  it("ruin", () => {
    const days = script(4);
    days[2] = { ...days[2], navMinor: -5_00 };
    days[3] = { ...days[3], navMinor: -5_00 };
    const found = report(recordsOf(days));
    expect(found.results.statements[0]).toContain("was ruined on 2010-03-03");
    expect(found.results).toMatchObject({ total_return: null, ruined_on: "2010-03-03" });
    expect(result(recordsOf(days), "not_ruined")).toBe("fail");
  });

  it("returns that do not vary have no Sharpe ratio, one return no deviation", () => {
    const flat = report(recordsOf(script(5, () => 0))).results;
    expect(flat.sharpe).toBeNull();
    expect(flat.statements[0]).toBe("The trial neither gained nor lost.");
    const one = report(recordsOf(script(1))).results;
    expect(one).toMatchObject({ sharpe: null, annual_volatility: null });
    expect(one.undefined_because.join()).toContain("no deviation");
  });

  it("a trial that is not over fails the days, one without a twin is not decided", () => {
    const young = recordsOf(script(5), { planned: 60 });
    expect(report(young).decision.because[0]).toContain(
      "days_reached: failed, observed 5, limit at least 60",
    );
    expect(report(recordsOf(script(5))).decision.verdict).toBe("NOT_EVALUATED");
  });

  it("days beyond the planned ones are not part of it", () => {
    const found = report(recordsOf(script(8), { planned: 5 }));
    expect(found.days.reached).toBe(5);
    expect(found.days.list.at(-1)?.date).toBe(dates(5).at(-1));
  });

  it("an account without a trial is told how to begin one", () => {
    const base = recordsOf(script(1));
    const none = base.entries.filter(({ payload }) => payload.kind !== "trial_started");
    expect(() => report({ ...base, entries: none })).toThrow("assay trial start");
  });
});

describe("drift against the twin", () => {
  const base = recordsOf(script(4));

  it("finds a missing intent and a missing fill, and calls them unexplained", () => {
    const more = {
      ...TWIN,
      intents: [...TWIN.intents, { date: "2010-03-02", instrument: "TLT", lots: 3 }],
      fills: [...TWIN.fills, { date: "2010-03-03", instrument: "TLT", lots: 3, price: 90 }],
    };
    const { drift } = report({ ...base, twin: more });
    expect(drift?.unexplained).toBe(2);
    expect(result({ ...base, twin: more }, "drift_explained")).toBe("fail");
  });

  it("explains what follows from an order the venue refused", () => {
    const payloads: AccountPayload[] = tradedPayloads("0").filter(
      ({ kind }) => kind !== "venue_fill" && kind !== "fill" && kind !== "order_acknowledged",
    );
    payloads.push(
      { kind: "order_refused", order_id: "o0", code: "403", message: "no shares" },
      {
        kind: "order_ended",
        order_id: "o0",
        instrument: "SPY",
        end: "rejected",
        observed: null,
        terminals: [terminal("s0", "REJECTED_BY_BROKER")],
      },
    );
    const days = script(4);
    days[0] = { ...days[0], payloads };
    const refused = recordsOf(days);
    const { drift } = report({
      ...refused,
      twin: {
        ...TWIN,
        intents: [...TWIN.intents, { date: "2010-03-02", instrument: "SPY", lots: 1 }],
      },
    });
    expect(drift?.differences.map((one) => [one.kind, one.explained_by])).toEqual([
      ["fill", "the order ended rejected with 0 lots of 10 lots filled: 403 no shares"],
      ["intent", "the books parted before, with the fill of SPY on 2010-03-01"],
    ]);
    expect(drift?.unexplained).toBe(0);
  });

  it("does not take a stop at work for the reason of a fill that the twin has not", () => {
    const [day, ...others] = trialPeriod(base).days;
    const [order] = day.document!.trades.orders;
    const stop = { ...order, order_id: "o9", purpose: "stop", lots: -10, filled_lots: 0 };
    const orders = [order, { ...stop, state: "acknowledged" }];
    const document = { ...day.document!, trades: { ...day.document!.trades, orders } };
    const days = [{ ...day, document }, ...others];
    const why = (lots: readonly number[]) => {
      const fills = lots.map((one) => ({ ...TWIN.fills[0], lots: one }));
      const { differences } = driftOf(
        { days, entries: base.entries, mandateHash: "" },
        { ...TWIN, fills },
      );
      return differences.find(({ kind }) => kind === "fill")?.explained_by;
    };
    expect(why([])).toBe("no record explains it");
    expect(why([10, -10])).toBe("the order ended acknowledged with 0 lots of -10 lots filled");
  });

  it("lists another price with its distance, and does not judge another mandate", () => {
    const cheaper = { ...TWIN, fills: [{ ...TWIN.fills[0], price: 100 }] };
    expect(report({ ...base, twin: cheaper }).drift?.differences).toMatchObject([
      {
        kind: "price",
        trial: "101",
        twin: "100",
        explained_by: "the venue's price, 100.0 bp worse than the fill model's",
      },
    ]);
    expect(result({ ...base, twin: { ...TWIN, mandateHash: "x" } }, "drift_explained")).toBe(
      "not_evaluated",
    );
  });

  it("does not judge a twin whose account began with another value, and says so", () => {
    const at = base.entries.find(({ payload }) => payload.kind === "decision")!.at.slice(0, 10);
    const alike = { ...TWIN, decisions: [{ date: at, navMinor: 100_000_00 }] };
    expect(result({ ...base, twin: alike }, "drift_explained")).toBe("pass");
    const richer = { ...TWIN, decisions: [{ date: at, navMinor: 200_000_00 }] };
    expect(result({ ...base, twin: richer }, "drift_explained")).toBe("not_evaluated");
    const text = trialMarkdown(report({ ...base, twin: richer }));
    expect(text).toContain("net asset value was 10000000 minor units and the twin's 20000000");
  });

  it("fails the costs where a fill of an ordinary order has no price of decision", () => {
    const days = base.days.map((day) => {
      if (day.document === null) return day;
      const fills = day.document.trades.fills.map((fill) => ({ ...fill, decision_price: null }));
      return { ...day, document: { ...day.document, trades: { ...day.document.trades, fills } } };
    });
    expect(result({ ...base, days }, "costs_known")).toBe("fail");
    expect(result(base, "costs_known")).toBe("pass");
  });
});
