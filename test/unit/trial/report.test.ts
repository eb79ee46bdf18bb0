/** The trial report against planted faults: each is found, named, and keeps the trial from a GO. */
import { describe, expect, it } from "vitest";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { trialMarkdown } from "../../../src/records/trial/markdown.ts";
import { trialReport } from "../../../src/records/trial/report.ts";
import type { BacktestTwin, TrialRecords } from "../../../src/records/trial/trial-records.ts";
import { decided, MANDATE, reconciled } from "../daily/day-fixture.ts";
import { type DayScript, HELD, judge, recordsOf, script } from "./trial-fixture.ts";

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
      "breaker from NORMAL to HALT by drawdown, observed 0.09, limit 0.08",
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
