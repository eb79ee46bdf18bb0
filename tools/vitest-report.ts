/**
 * What vitest's JSON report counts. Enters: the report as parsed JSON, in the shape of its json
 * reporter; leaves: totals and names. A file that failed before its first test, which the
 * report's own totals leave out, counts as one failure. Refuses a report of another shape.
 */

export type Counts = {
  readonly passed: number;
  readonly failed: number;
  /** Full names, "file > title". */
  readonly skipped: readonly string[];
};

export function countReport(report: unknown): Counts {
  const files = field(report, "testResults");
  if (!Array.isArray(files)) throw new TypeError("vitest's report has no list of testResults");
  const counts = { passed: 0, failed: 0, skipped: [] as string[] };
  for (const file of files as readonly unknown[]) countFile(file, counts);
  return counts;
}

function countFile(
  file: unknown,
  counts: { passed: number; failed: number; skipped: string[] },
): void {
  const tests = field(file, "assertionResults");
  if (!Array.isArray(tests)) throw new TypeError("vitest's report has a file without its tests");
  const failedBefore = counts.failed;
  for (const test of tests as readonly unknown[]) {
    const status = field(test, "status");
    if (status === "passed") counts.passed += 1;
    else if (status === "failed") counts.failed += 1;
    else counts.skipped.push(`${String(field(file, "name"))} > ${String(field(test, "fullName"))}`);
  }
  const hidden = field(file, "status") === "failed" && counts.failed === failedBefore;
  if (hidden) counts.failed += 1;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`vitest's report has no object where ${name} should be`);
  }
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
