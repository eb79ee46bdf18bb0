/** The trial report against planted faults: each is found, named, and keeps the trial from a GO. */
import { describe, expect, it } from "vitest";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { trialMarkdown } from "../../../src/records/trial/markdown.ts";
import { trialReport } from "../../../src/records/trial/report.ts";
import type { BacktestTwin, TrialRecords } from "../../../src/records/trial/trial-records.ts";
import { decided, decision, MANDATE, reconciled, REFUSED, terminal } from "../daily/day-fixture.ts";
import {
  type DayScript,
  dates,
  HELD,
  judge,
  recordsOf,
  script,
  tradedPayloads,
} from "./trial-fixture.ts";

const report = (records: TrialRecords) => trialReport(records, judge);
const result = (records: TrialRecords, id: string) =>
  report(records).checklist.find((criterion) => criterion.id === id)?.result;

const TWIN: BacktestTwin = {
  runId: "run-1",
  mandateHash: MANDATE,
  intents: [{ date: "2010-02-26", instrument: "SPY", lots: 10 }],
  fills: [{ date: "2010-03-01", instrument: "SPY", lots: 10, price: 101 }],
};

const PAUSED: AccountPayload = {
  kind: "paused",
  cause: "reconciliation",
  message: "CASH USD",
  operator: null,
};
const RESUMED: AccountPayload = {
  kind: "resumed",
  operator: "ann",
  reason: "fee found",
  forced: false,
};
const PASSED: AccountPayload = { ...reconciled("start"), phase: "resume" } as AccountPayload;

function change(
  records: TrialRecords,
  i: number,
  news: Partial<TrialRecords["days"][number]>,
): TrialRecords {
  return {
    ...records,
    days: records.days.map((day, at) => (at === i ? { ...day, ...news } : day)),
  };
}

describe("a sound trial", () => {
  const sound = { ...recordsOf(script(40, (i) => (i % 3 === 0 ? -0.002 : 0.002))), twin: TWIN };
  const found = report(sound);

  it("is a GO when every criterion passes, with no finding", () => {
    expect(found.checklist.filter((one) => one.result !== "pass")).toEqual([]);
    expect(found.decision).toEqual({ verdict: "GO", because: [] });
    expect(found.findings).toEqual([]);
    expect(found.days).toMatchObject({ reached: 40, counts: { TRADED: 1, NO_TRADES: 39 } });
  });

  it("computes the figures that plain arithmetic gives", () => {
    const returns = sound.days.map((day) => day.document?.risk.day_return ?? Number.NaN);
    const n = returns.length;
    const mean = returns.reduce((a, b) => a + b, 0) / n;
    const sd = Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1));
    const { results } = found;
    expect(results.sharpe).toBeCloseTo((mean / sd) * Math.sqrt(252), 9);
    expect(results.annual_volatility).toBeCloseTo(sd * Math.sqrt(252), 12);
    expect(results.total_return).toBeCloseTo(returns.reduce((w, r) => w * (1 + r), 1) - 1, 12);
    expect(results.rough_standard_error).toBeCloseTo(Math.sqrt(252 / n), 12);
    expect(results.sharpe_test.observations).toBe(40);
    expect(results.statements.join(" ")).toContain("cannot be told from zero");
  });

  it("weighs a fill against the price it was decided at", () => {
    expect(found.fills).toMatchObject({
      fills: 1,
      compared: 1,
      shortfall: "10.00",
      traded: "1010.00",
    });
    expect(found.fills.shortfall_bps).toBeCloseTo(100, 9);
    const [spy] = found.fills.by_instrument;
    expect(spy).toMatchObject({ instrument: "SPY", fills: 1 });
  });

  it("reads like an audit: decision, method, findings, limits; nothing undefined", () => {
    const text = trialMarkdown(found);
    const headings = text.split("\n").filter((line) => line.startsWith("#"));
    expect(headings[0]).toBe("# Trial trial-1: GO");
    expect(headings).toContain("## What was examined, and how");
    expect(headings).toContain("## Findings");
    expect(headings.at(-1)).toBe("## What was not measured");
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it("is the same report from the same records", () => {
    expect(trialMarkdown(report(sound))).toBe(trialMarkdown(found));
  });
});

describe("planted faults", () => {
  const base = recordsOf(script(5));

  it("a day's file altered: found, and its figures are not used", () => {
    const altered = change(base, 2, { jsonSha256: "0".repeat(64) });
    const found = report(altered);
    expect(found.findings.join(" ")).toContain("2010-03-03: the json file is not the one");
    expect(result(altered, "two_artifacts")).toBe("fail");
    expect(found.results.total_return).toBeNull();
    expect(found.results.undefined_because[0]).toContain("1 day without a recorded return");
    expect(found.decision.verdict).toBe("NO_GO");
  });

  it("a day's file missing, and one that does not read", () => {
    const missing = change(base, 1, { markdownSha256: null });
    expect(report(missing).findings).toContain("2010-03-02: the markdown file is missing");
    const torn = change(base, 1, {
      document: null,
      unreadable: "2010-03-02.json is no JSON document",
    });
    expect(report(torn).findings).toContain("2010-03-02: 2010-03-02.json is no JSON document");
    expect(result(torn, "two_artifacts")).toBe("fail");
  });

  it("a session that nothing was recorded of", () => {
    const holed = recordsOf(
      script(5)
        .filter((_, i) => i !== 2)
        .map((day, i) => (i === 2 ? { ...day, decidedOn: "2010-03-03" } : day)),
    );
    expect(result(holed, "no_day_missed")).toBe("fail");
    expect(report(holed).findings.join(" ")).toContain("the session of 2010-03-03 was not traded");
  });

  it("metrics: a row twice, a row missing, a row that says otherwise, a file that does not read", () => {
    const { rows } = base.metrics;
    const forged = rows.map((row, i) => (i === 3 ? { ...row, nav: "1.00" } : row));
    const cases = [[...rows, rows[0]], rows.slice(1), forged];
    for (const other of cases) {
      expect(result({ ...base, metrics: { rows: other, unreadable: null } }, "metrics_agree")).toBe(
        "fail",
      );
    }
    const unreadable = { rows, unreadable: "metrics.csv:3: a second row of 2010-03-02" };
    expect(result({ ...base, metrics: unreadable }, "metrics_agree")).toBe("fail");
    expect(result(base, "metrics_agree")).toBe("pass");
    expect(report({ ...base, metrics: { rows: forged, unreadable: null } }).findings).toEqual([
      "metrics.csv differs from the day 2010-03-04 in nav",
    ]);
  });

  it("a broken link of the journal", () => {
    const broken = { ...base, journal: { ...base.journal, findings: ["entry 7 does not follow"] } };
    expect(result(broken, "journal_chain")).toBe("fail");
    expect(report(broken).findings[0]).toBe("Journal: entry 7 does not follow");
  });

  it("a signal that vanished from the documents", () => {
    const days = base.days.map((day, i) => {
      if (i !== 0 || day.document === null) return day;
      const signals = { ...day.document.signals, raw: 0, forecasts: 0, terminals: {}, list: [] };
      return { ...day, document: { ...day.document, signals } };
    });
    expect(result({ ...base, days }, "signals_conserved")).toBe("fail");
  });

  it("an execution that stands twice in the journal, and one no document holds", () => {
    const fill = base.entries.find((entry) => entry.payload.kind === "venue_fill")!;
    const twice = {
      ...base,
      entries: [...base.entries.slice(0, 20), fill, ...base.entries.slice(20)],
    };
    expect(report(twice).fills.differences).toEqual(["execution x0 stands twice in the journal"]);
    const other = { ...fill, payload: { ...fill.payload, execution_id: "x7" } as AccountPayload };
    const lost = {
      ...base,
      entries: [...base.entries.slice(0, 20), other, ...base.entries.slice(20)],
    };
    expect(report(lost).fills.differences).toEqual(["execution x7 stands in no document"]);
    expect(result(lost, "executions_once")).toBe("fail");
  });
});

describe("reconciliation, pauses, incidents", () => {
  const withDay = (payloads: readonly AccountPayload[], after: readonly AccountPayload[] = []) => {
    const days: DayScript[] = script(4);
    days[3] = { ...days[3], payloads, after, forecasts: 0, holds: 0 };
    return recordsOf(days);
  };

  it("a FAIL without an answer is unexplained and leaves the trial paused", () => {
    const failed = withDay([reconciled("start", "FAIL"), PAUSED]);
    const found = report(failed);
    expect(found.events.unexplained[0]).toContain("CASH USD; no reconciliation has passed since");
    for (const id of [
      "reconciled_at_start",
      "reconciled_at_end",
      "breaks_explained",
      "not_paused",
    ]) {
      expect([id, result(failed, id)]).toEqual([id, "fail"]);
    }
    expect(found.days.counts.PAUSED).toBe(1);
  });

  it("one that a PASS and an operator answered is explained; one passed over by force is not", () => {
    const answered = withDay([
      reconciled("start", "FAIL"),
      PAUSED,
      PASSED,
      RESUMED,
      decided(false),
      reconciled("end"),
    ]);
    expect(result(answered, "breaks_explained")).toBe("pass");
    expect(result(answered, "not_paused")).toBe("pass");
    expect(result(answered, "reconciled_at_start")).toBe("fail");
    const forced = { ...RESUMED, forced: true } as AccountPayload;
    const pushed = withDay([
      reconciled("start", "FAIL"),
      PAUSED,
      forced,
      decided(false),
      reconciled("end"),
    ]);
    expect(result(pushed, "breaks_explained")).toBe("fail");
    expect(result(pushed, "not_forced")).toBe("fail");
  });

  it("a critical incident is resolved by the next PASS and by nothing else", () => {
    const incident: AccountPayload = {
      kind: "incident",
      code: "missed_fill",
      severity: "critical",
      message: "m",
      subject: "x",
    };
    expect(
      result(withDay([incident, ...HELD].slice(0, 3), [reconciled("end")]), "incidents_resolved"),
    ).toBe("pass");
    expect(result(withDay([...HELD, incident]), "incidents_resolved")).toBe("fail");
  });

  it("a breaker that fired", () => {
    const halt: AccountPayload = {
      kind: "breaker",
      from: "NORMAL",
      to: "HALT",
      rule: "drawdown",
      observed: 0.09,
      limit: 0.08,
      high_water_minor: 1,
      operator: "none",
    };
    const fired = withDay([reconciled("start"), decided(false), halt, reconciled("end")]);
    expect(result(fired, "no_halt")).toBe("fail");
    expect(trialMarkdown(report(fired))).toContain(
      "breaker NORMAL -> HALT by drawdown, observed 0.09, limit 0.08",
    );
  });
});

describe("a void trial says so first", () => {
  it("by the journal's word", () => {
    const voided: AccountPayload = {
      kind: "trial_voided",
      trial_id: "trial-1",
      frozen_hash: MANDATE,
      observed_hash: "0".repeat(64),
    };
    const days = script(4);
    days[1] = { ...days[1], after: [voided] };
    const text = trialMarkdown(report(recordsOf(days)));
    expect(text.split("\n")[0]).toBe("# Trial trial-1: VOID");
    expect(text.split("\n")[2]).toContain("VOID: the mandate was changed");
  });

  it("by the days' own hashes, even where nobody journalled it", () => {
    const days = script(4);
    days[2] = { ...days[2], mandateHash: "0".repeat(64) };
    const found = report(recordsOf(days));
    expect(found.decision.verdict).toBe("VOID");
    expect(found.identity.mandates).toHaveLength(2);
  });
});

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
    expect(found.days.without_trades).toHaveLength(3);
    expect(found.days.without_trades[0].because).toContain("REJECTED_BY_CASH");
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
});
