/** What is written of a day: metrics.csv, Markdown, JSON, the incident log, the break pack. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minorOfText, minorText } from "../../../src/base/figures.ts";
import type { AccountPayload } from "../../../src/domain/trading-entry.ts";
import { breakPack } from "../../../src/records/daily/break-pack.ts";
import { buildDaily } from "../../../src/records/daily/build-daily.ts";
import { incidentLog, mergeIncidents } from "../../../src/records/daily/incident-log.ts";
import { canonicalDaily, dailyMarkdown } from "../../../src/records/daily/markdown.ts";
import {
  METRICS_COLUMNS,
  mergeMetrics,
  metricsCsv,
  metricsRow,
  parseMetrics,
  upsertRow,
} from "../../../src/records/daily/metrics.ts";
import { readDaily } from "../../../src/records/daily/read-daily.ts";
import { entries, input, reconciled, tradedDay } from "./day-fixture.ts";

const DAY = buildDaily(input(tradedDay()));
const on = (date: string) => ({ ...metricsRow(DAY), date });

describe("metrics.csv", () => {
  it("has a row per day with what the document says, and reads back as written", () => {
    const row = metricsRow(DAY);
    expect(row).toMatchObject({ nav: "99900.00", traded: "1010.00", fees: "0.03", fills: 1 });
    expect(row.ended).toMatchObject({ EXECUTED: 1, REJECTED_BY_CASH: 1, EXPIRED: 0 });
    expect(row).toMatchObject({ reconciliation_start: "PASS", reconciliation_end: "PASS" });
    const text = metricsCsv([row]);
    expect(parseMetrics(text)).toEqual([row]);
    expect(text.split("\n")[1].split(",")).toHaveLength(METRICS_COLUMNS.length);
  });

  it("keeps one row per date whatever is run again, in whatever order", () => {
    const dates = fc.array(fc.integer({ min: 1, max: 28 }), { maxLength: 40 });
    fc.assert(
      fc.property(dates, (days) => {
        const names = days.map((day) => `2010-03-${String(day).padStart(2, "0")}`);
        let text = metricsCsv([]);
        names.forEach((date, i) => {
          const row = { ...on(date), incidents: i };
          const merged = mergeMetrics(text, row);
          text = metricsCsv(upsertRow(parseMetrics(text), row));
          expect(merged.text).toBe(text);
          expect(merged.before).toEqual(parseMetrics(text).filter(({ date }) => date < row.date));
        });
        const rows = parseMetrics(text);
        expect(rows.map((row) => row.date)).toEqual([...new Set(names)].toSorted());
        for (const row of rows) expect(row.incidents).toBe(names.lastIndexOf(row.date));
      }),
      { numRuns: 50 },
    );
  });

  it("refuses two rows of a date when it writes and when it reads", () => {
    expect(() => metricsCsv([on("2010-03-04"), on("2010-03-04")])).toThrow("invariant 21");
    const [header, line] = metricsCsv([on("2010-03-04")]).split("\n");
    const doubled = [header, line, line, ""].join("\n");
    expect(() => parseMetrics(doubled)).toThrow("metrics.csv:3: a second row of 2010-03-04");
    const back = [header, line.replace("2010-03-04", "2010-03-05"), line, ""].join("\n");
    expect(() => parseMetrics(back)).toThrow("out of order");
  });

  it.each([
    ["another header", (text: string) => text.replace("date,mode", "day,mode"), "header"],
    ["a field too few", (text: string) => text.replace(/,\d+\n$/, "\n"), "fields"],
    ["a word for a number", (text: string) => text.replace("-0.001", "loss"), "day_return"],
    ["a status nobody has", (text: string) => text.replace("TRADED", "FINE"), "status"],
    ["an empty cash", (text: string) => text.replace("98890.00", ""), "cash is empty"],
    ["a torn end", (text: string) => text.slice(0, -1), "cut off"],
  ])("refuses %s", (_what, tear, complaint) => {
    const torn = tear(metricsCsv([on("2010-03-04")]));
    expect(() => parseMetrics(torn)).toThrow(complaint);
  });
});

describe("a day as Markdown", () => {
  const text = dailyMarkdown(DAY);

  it("says on its first screen how the day went, losses with their sign", () => {
    const screen = text.split("\n").slice(0, 30).join("\n");
    expect(screen).toContain("# 2010-03-04: TRADED");
    expect(screen).toMatch(/\| Result +\| -100\.00 \(-0\.10 %\)/);
    expect(screen).toMatch(/\| Reconciliation, end +\| PASS at/);
    expect(screen).toContain("bought 10 SPY at 101, 1,010.00 USD; decided at 100: 100.0 bp worse");
  });

  it("holds the venue's ids, the reasons and the provenance", () => {
    for (const part of ["v-o1", "x1", "cash/buying_power; observed 1.02, limit 1 fraction"]) {
      expect(text).toContain(part);
    }
    expect(text).toContain(DAY.mandate_hash);
    expect(text).not.toContain("undefined");
    expect(text).not.toContain("NaN");
  });

  it("lines up every table, and only a dry run is marked, in each of them", () => {
    const dry = dailyMarkdown(buildDaily(input(tradedDay(), { mode: "dry_run" })));
    for (const page of [text, dry]) {
      for (const table of tablesOf(page)) {
        expect(new Set(table.map((line) => line.length)).size).toBe(1);
      }
    }
    expect(tablesOf(dry).length).toBeGreaterThan(6);
    for (const [header] of tablesOf(dry)) expect(header).toContain("DRY_RUN");
    expect(dry.split("\n")[0]).toContain("DRY_RUN");
    expect(text).not.toContain("DRY_RUN");
  });

  it("lets no message from outside make a heading, a cell or emphasis", () => {
    const warnings = ["# fine\n| all | *good* |"];
    const page = dailyMarkdown(
      buildDaily(input(tradedDay(), { health: { runtimeS: 1, errors: [], warnings } })),
    );
    expect(page).toContain("- \\# fine \\| all \\| \\*good\\* \\|");
  });

  it("says why nothing was traded, a void trial, a failed reconciliation", () => {
    const paused: AccountPayload = {
      kind: "paused",
      cause: "reconciliation",
      message: "CASH",
      operator: null,
    };
    const trial = { trial_id: "t1", day: 3, days: 60, voided: true };
    const day = buildDaily(
      input([reconciled("start", "FAIL"), paused], { forecasts: 0, holds: 0, trial }),
    );
    const page = dailyMarkdown(day);
    expect(page).toContain("# 2010-03-04: PAUSED");
    expect(page).toContain("**Trial t1 is void: the mandate was changed.**");
    expect(page).toContain("- Trading was paused: reconciliation: CASH.");
    expect(page).toMatch(/FAIL at .*CASH USD/);
    expect(page).toContain("10 USD are missing at the venue");
  });
});

function tablesOf(page: string): string[][] {
  return page
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line.startsWith("|")))
    .filter((lines) => lines.length > 0);
}

describe("a day as JSON", () => {
  it("reads back as written, and nothing else does", () => {
    const text = canonicalDaily(DAY);
    expect(text.endsWith("}\n")).toBe(true);
    expect(readDaily(text, "2010-03-04")).toEqual(JSON.parse(text));
    expect(() => readDaily(text.replace("99900.00", "199900.00 "), "2010-03-05")).toThrow(
      "holds the day",
    );
    expect(() => readDaily(` ${text}`, "2010-03-04")).toThrow("edited");
    expect(() => readDaily("{", "2010-03-04")).toThrow("no JSON");
    expect(() => readDaily("null\n", "2010-03-04")).toThrow("format undefined");
  });
});

describe("the incident log", () => {
  it("tells failures, pauses and who ended them, break by break, and nothing that passed", () => {
    const log = incidentLog(
      entries([
        reconciled("start"),
        reconciled("end", "FAIL"),
        { kind: "paused", cause: "reconciliation", message: 'CASH, "USD"', operator: null },
        { kind: "resumed", operator: "ann", reason: "fee found", forced: true },
        { kind: "incident", code: "late_fill", severity: "warning", message: "m", subject: "x1" },
      ]),
    );
    const lines = log.trimEnd().split("\n");
    expect(lines.map((line) => line.split(",")[0])).toEqual(["seq", "11", "11", "12", "13", "14"]);
    expect(lines[2]).toContain("CASH,USD,10 USD are missing");
    expect(lines[3]).toContain('"CASH, ""USD"""');
    expect(lines[4]).toContain('critical,resumed,"forced, without a PASS",fee found,ann');
  });
});

describe("the incident log that grows by days", () => {
  const incident = (i: number): AccountPayload => ({
    kind: "incident",
    code: `c${i}`,
    severity: "warning",
    message: `line one\nline two, of ${i}`,
    subject: "x",
  });
  const all = entries([0, 1, 2, 3, 4, 5].map(incident), 1);

  it("is the same whether made at once or day by day, a day closed twice included", () => {
    let log = incidentLog([]);
    for (const day of [all.slice(0, 2), all.slice(2, 4), all.slice(2, 4), all.slice(4)]) {
      log = mergeIncidents(log, day);
    }
    expect(log).toBe(incidentLog(all));
    expect(log.trimEnd().split("\n")).toHaveLength(7);
  });

  it("is refused where it begins or ends otherwise", () => {
    expect(() => mergeIncidents("seq\n", all)).toThrow("made anew from the journal");
    expect(() => mergeIncidents(incidentLog(all).slice(0, -3), all)).toThrow("made anew");
  });
});

describe("the break pack", () => {
  const found = reconciled("start", "FAIL");
  const breaks = found.kind === "reconciled" ? found.breaks : [];
  const base = {
    date: "2010-03-04",
    at: "2010-03-04T13:00:00Z",
    phase: "start" as const,
    account: "PA1",
    broker: "alpaca",
    ours: { cash: { USD: "100.00" } },
  };
  const compared = { positions: 1, currencies: 1, orders: 0, fills: 0 };

  it("holds both sides whole and what to do about each code", () => {
    const snapshot = {
      at: base.at,
      accountId: "PA1",
      cash: [{ currency: "USD", amount: "90.00" }],
      positions: [],
      openOrders: [],
    };
    const reconciliation = { result: "FAIL" as const, breaks, warnings: [], compared };
    const pack = JSON.parse(breakPack({ ...base, reconciliation, snapshot })) as {
      readonly what_to_do: readonly string[];
    };
    expect(pack).toMatchObject({ ours: base.ours, theirs: snapshot, breaks });
    expect(pack.what_to_do[0]).toMatch(/^CASH: /);
    expect(pack.what_to_do.at(-1)).toContain("assay resume --operator NAME --reason TEXT");
  });

  it("says that nothing was compared where the venue did not answer", () => {
    const reconciliation = { result: "NOT_RUN" as const, breaks: [], warnings: [], compared };
    const pack = JSON.parse(breakPack({ ...base, reconciliation, snapshot: null }));
    expect(pack.theirs).toBeNull();
    expect(pack.what_to_do[0]).toContain("did not answer");
  });
});

describe("minor units as text", () => {
  it("come back exactly, for every count of digits", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 4 }), (minor, digits) => {
        const text = minorText(minor === 0 ? 0 : minor, digits);
        expect(minorOfText(text, digits)).toBe(minor === 0 ? 0 : minor);
        expect(text.split(".")[1]?.length ?? 0).toBe(digits);
      }),
    );
    expect(minorOfText("1.234", 2)).toBeNull();
    expect(() => minorText(0.5, 2)).toThrow(RangeError);
  });
});
