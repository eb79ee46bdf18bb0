/**
 * A trial on a trading account, by the words of the command line: it freezes the mandate, counts its days,
 * is not begun twice, and is void the moment that another mandate is traded. Journal, documents, status,
 * report and alert say so, the report before anything else (invariant 19; acceptance 8).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBench, readText, type Bench } from "../support/account-bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ start: "2019-03-04" });
}, 60_000);
afterAll(() => bench.close());

const begin = () =>
  bench.words(
    ...["trial", "start", bench.mandate, "--mode", "paper", "--venue", bench.venue.url],
    ...["--days", "5", "--operator", "ann"],
  );
const read = (what: "status" | "report") =>
  bench.words("trial", what, bench.mandate, "--mode", "paper");

it("begins with an account's next session, once", { timeout: 30_000 }, async () => {
  const none = await read("report");
  expect([none.code, none.out]).toEqual([4, ""]);
  const begun = await begin();
  expect([begun.code, begun.out]).toEqual([
    0,
    expect.stringMatching(/^trial [0-9a-f]{16} of 5 days begins with the session of 2019-03-04\n/),
  ]);
  const twice = await begin();
  expect([twice.code, twice.err]).toEqual([2, expect.stringMatching(/runs since 2019-03-04/)]);
  expect(bench.entries("trial_started")).toHaveLength(1);
});

it("counts its days", { timeout: 30_000 }, async () => {
  const first = (await bench.trade()).day;
  const second = (await bench.trade()).day;
  expect([first.trial?.day, second.trial?.day, second.trial?.voided]).toEqual([1, 2, false]);
  expect((await read("status")).out).toContain("day 2 of 5");
  expect((await bench.words("status", bench.mandate)).out).toMatch(
    /trial +[0-9a-f]{16}, day 2 of 5/,
  );
});

it("is void when another mandate is traded, and everybody hears of it", {
  timeout: 30_000,
}, async () => {
  const text = readFileSync(bench.mandate, "utf8");
  writeFileSync(bench.mandate, text.replace("slippage: { bps: 2 }", "slippage: { bps: 3 }"));
  const { day } = await bench.trade();
  expect([day.date, day.trial?.voided]).toEqual(["2019-03-06", true]);
  const [voided] = bench.entries("trial_voided");
  expect(voided.frozen_hash).not.toBe(voided.observed_hash);
  expect(voided.observed_hash).toBe(day.mandate_hash);
  expect(day.health.incidents.map(({ code }) => code)).toEqual(["trial_voided"]);
  const markdown = readText(bench, "artifacts/markdown/2019-03-06.md");
  expect(markdown.slice(0, 700)).toMatch(/void/i);
  expect(bench.alerts().filter(({ subject }) => subject.includes("is void"))).toHaveLength(1);
  expect((await bench.words("status", bench.mandate)).out).toContain(
    "VOID: the mandate was changed",
  );
  const report = await read("report");
  expect(report.out).toMatch(/^# Trial [0-9a-f]{16}: VOID\n\n\*\*V/);
});

it("stays void when the first mandate comes back, and another can begin", {
  timeout: 30_000,
}, async () => {
  const text = readFileSync(bench.mandate, "utf8");
  writeFileSync(bench.mandate, text.replace("slippage: { bps: 3 }", "slippage: { bps: 2 }"));
  const { day } = await bench.trade();
  expect([day.status, day.trial?.voided]).toEqual(["TRADED", true]);
  expect(bench.entries("trial_voided")).toHaveLength(1);
  expect((await begin()).code).toBe(0);
  expect((await bench.trade()).day.trial).toMatchObject({ day: 1, days: 5, voided: false });
});

it("is not void for what is traded after its last day", { timeout: 60_000 }, async () => {
  for (let day = 2; day <= 5; day++) {
    expect((await bench.trade()).day.trial).toMatchObject({ day, days: 5, voided: false });
  }
  const text = readFileSync(bench.mandate, "utf8");
  writeFileSync(bench.mandate, text.replace("slippage: { bps: 2 }", "slippage: { bps: 3 }"));
  expect((await bench.trade()).day.trial).toBeNull();
  expect(bench.entries("trial_voided")).toHaveLength(1);
  expect((await bench.words("status", bench.mandate)).out).toMatch(
    /trial +[0-9a-f]{16}, day 5 of 5/,
  );
  expect((await read("report")).out).toMatch(/^# Trial [0-9a-f]{16}: (?!VOID)/);
});
