/** `assay trial` and `assay status` over an account's folder on disk. */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createOutput } from "../../../src/apps/cli/output.ts";
import { statusResult } from "../../../src/apps/cli/status-command.ts";
import { paintFor } from "../../../src/apps/cli/terminal.ts";
import { readTwin } from "../../../src/apps/cli/backtest-twin.ts";
import { addTrial } from "../../../src/apps/cli/trial-command.ts";
import { order, reconciled } from "../daily/day-fixture.ts";
import { freshFolder, openFresh, payloadNumber } from "../records/journal-fixture.ts";
import { writeAccount } from "./account-folder.ts";
import { recordsOf, script } from "./trial-fixture.ts";

const PAINT = paintFor({ write: () => undefined }, {});

async function trial(args: readonly string[]) {
  let text = "";
  let exit = 0;
  const stdout = { write: (part: string) => void (text += part) };
  const output = createOutput({
    json: args.includes("--json"),
    stdout,
    stderr: stdout,
    environment: {},
  });
  const program = new Command("assay").exitOverride();
  addTrial(program, { output, environment: {}, exit: (code) => void (exit = code) }, async () => {
    throw new Error("no trial is started here");
  });
  await program.parseAsync(["trial", ...args], { from: "user" });
  return { text, exit };
}

describe("assay trial", () => {
  it("reports from the files alone, as text and as JSON", async () => {
    const { home } = await writeAccount(recordsOf(script(5)));
    const { text, exit } = await trial(["report", "--home", home]);
    expect(text).toContain("# Trial trial-1: NOT-EVALUATED");
    expect(text).toContain("None: records and journal agree.");
    expect(exit).toBe(0);
    const json = JSON.parse((await trial(["report", "--home", home, "--json"])).text);
    expect(json).toMatchObject({
      findings: [],
      days: { reached: 5 },
      identity: { operator: "ann" },
    });
  });

  it("names a day's file that was edited, and ends with exit code 6", async () => {
    const { home, folder } = await writeAccount(recordsOf(script(5)));
    const file = join(folder, "artifacts", "json", "2010-03-02.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("98890.00", "98890.01"));
    const { text, exit } = await trial(["report", "--home", home]);
    expect(text).toContain("2010-03-02: the json file is not the one that was recorded");
    expect(exit).toBe(6);
  });

  it("names what is missing, torn, or doubled", async () => {
    const { home, folder } = await writeAccount(recordsOf(script(5)));
    rmSync(join(folder, "artifacts", "markdown", "2010-03-03.md"));
    appendFileSync(join(folder, "artifacts", "json", "2010-03-04.json"), "}");
    const metrics = join(folder, "metrics.csv");
    appendFileSync(metrics, `${readFileSync(metrics, "utf8").split("\n")[1]}\n`);
    const { text } = await trial(["report", "--home", home]);
    expect(text).toContain("2010-03-03: the markdown file is missing");
    expect(text).toContain("2010-03-04.json is no JSON document");
    expect(text).toContain("metrics.csv:7: out of order: 2010-03-01");
  });

  it("tells the day of the trial and what fails so far", async () => {
    const { home } = await writeAccount(recordsOf(script(5), { planned: 60 }));
    const { text } = await trial(["status", "--home", home]);
    expect(text).toContain("trial trial-1: day 5 of 60");
    expect(text).toContain("days_reached: failed, observed 5, limit at least 60");
  });

  it("refuses a home without an account, and a count of days that is none", async () => {
    const { home } = await writeAccount(recordsOf(script(1)));
    await expect(trial(["report", "--home", home, "--mode", "live"])).rejects.toThrow(
      "nothing was traded there",
    );
    const start = ["start", "m.yaml", "--operator", "ann", "--days"];
    await expect(trial([...start, "0"])).rejects.toThrow("--days 0: expected a whole number");
  });
});

describe("the backtest twin", () => {
  it("is read from a run's journal", async () => {
    const home = freshFolder();
    const folder = join(home, "runs", "ab".repeat(16));
    const { store, writer } = openFresh(folder);
    writer.emit("2010-02-26", payloadNumber(1));
    writer.emit("2010-02-26", { kind: "order", ...order("o1") });
    writer.emit("2010-03-01", payloadNumber(2));
    const { rows, terminals } = writer.takeBatch();
    await store.append(rows, terminals);
    await store.close();
    const twin = readTwin({ target: folder, home, environment: {} });
    expect(twin).toEqual({
      runId: "ab".repeat(16),
      mandateHash: "m".repeat(64),
      decisions: [],
      intents: [{ date: "2010-02-26", instrument: "SPY", lots: 10 }],
      fills: [{ date: "2010-03-01", instrument: "SPY", lots: 2, price: 100 + 2 / 7 }],
    });
    const { home: other } = await writeAccount(recordsOf(script(3)));
    const { text } = await trial(["report", "--home", other, "--twin", folder]);
    expect(text).toContain(`Compared with run ${"ab".repeat(16)}`);
    expect(text).toContain("no record explains it");
  });
});

describe("assay status", () => {
  const view = (home: string, nowMs = Date.now()) =>
    statusResult({ home, mode: "paper", nowMs, paint: PAINT });

  it("says where the account stands", async () => {
    const { home } = await writeAccount(recordsOf(script(3), { planned: 60 }));
    const { lines, paused } = view(home);
    const text = lines.join("\n");
    expect(paused).toBe(false);
    expect(text).toMatch(
      /last day +2010-03-03 NO_TRADES, net asset value 100,300\.30, day \+100\.20/,
    );
    expect(text).toMatch(/reconciliation, end +PASS at/);
    expect(text).toMatch(/position SPY +10 lots, value 1,010\.00/);
    expect(text).toMatch(/orders at work +none/);
    expect(text).toMatch(/trial +trial-1, day 3 of 60/);
    expect(text).toMatch(/HEAD +0 s old, at most 108\.0 h/);
  });

  it("says that it is paused, since when and why, and which break did it", async () => {
    const days = script(2);
    const pause = {
      kind: "paused",
      cause: "reconciliation",
      message: "CASH USD",
      operator: null,
    } as const;
    days[1] = {
      ...days[1],
      payloads: [reconciled("start", "FAIL"), pause],
      forecasts: 0,
      holds: 0,
    };
    const { home } = await writeAccount(recordsOf(days));
    const { lines, paused } = view(home);
    expect(paused).toBe(true);
    expect(lines.join("\n")).toContain(
      "PAUSED since 2010-03-02T20:00:00Z by reconciliation: CASH USD",
    );
    expect(lines.join("\n")).toMatch(/reconciliation, start +FAIL at .*: CASH USD/);
  });

  it("calls a state file stale that is older than its maximum, and one that is gone missing", async () => {
    const { home, folder } = await writeAccount(recordsOf(script(2)));
    rmSync(join(folder, "metrics.csv"));
    const text = view(home, Date.now() + 5 * 86_400_000).lines.join("\n");
    expect(text).toMatch(/HEAD +STALE: 120\.0 h old, at most 108\.0 h/);
    expect(text).toMatch(/metrics\.csv +missing/);
  });

  it("names an order at work and a trial that is void", async () => {
    const days = script(3);
    days[2] = { ...days[2], mandateHash: "0".repeat(64) };
    const records = recordsOf(days);
    const made = records.entries.find(({ payload }) => payload.kind === "order")!;
    const open = { ...made, payload: { ...made.payload, order_id: "o9" } } as typeof made;
    const { home } = await writeAccount({ ...records, entries: [...records.entries, open] });
    const text = view(home).lines.join("\n");
    expect(text).toMatch(/order at work +buy 10 SPY market, created, o9/);
    expect(text).toContain("trial-1 is VOID");
  });
});
