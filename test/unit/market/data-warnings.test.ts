/** What a run says of its data: warnings and dropped rows, without places; notes are left out. */
import { expect, it } from "vitest";
import { dataWarnings, type QualityReport } from "../../../src/market/quality/findings.ts";

const report: QualityReport = {
  rows_read: 10,
  rows_outside_range: 0,
  rows_rejected: 2,
  max_rejected_rows: 2,
  series: [],
  references: [],
  findings: [
    { kind: "bad_date", severity: "refuse", instrument: "A", count: 2, first: [] },
    {
      kind: "jump",
      severity: "warn",
      instrument: "A",
      count: 1,
      first: [{ where: "somebody/a.csv:7", value: "close 1 to 9" }],
    },
    { kind: "descending", severity: "note", instrument: "A", count: 8, first: [] },
  ],
};

it("names kind, count and instrument, and no file", () => {
  expect(dataWarnings(report)).toEqual([
    expect.stringMatching(/^dropped 2 rows of A: bad_date, /),
    expect.stringMatching(/^1 row of A: jump, /),
  ]);
  expect(dataWarnings(report).join()).not.toContain("somebody");
});
