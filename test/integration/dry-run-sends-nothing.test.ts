/**
 * A dry run is the whole day, and nothing leaves the machine: proved on the real process, in which every
 * connection, datagram and name that is looked up is recorded (acceptance 6). What it leaves is marked
 * DRY_RUN, and a day is done once, however often it is asked for (spec execution, 4).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { MANDATE, PRICES } from "../refusals/files.ts";

const MAIN = resolve(import.meta.dirname, "../../src/apps/cli/main.ts");
const WATCHER = resolve(import.meta.dirname, "../support/record-connects.ts");

let folder: string;
let account: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-dry-run-"));
  account = join(folder, ".assay/accounts/dry-run");
  writeFileSync(join(folder, "mandate.yaml"), MANDATE);
  writeFileSync(join(folder, "prices.csv"), PRICES);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real process; what it tried to reach. */
function started(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly out: string; readonly reached: string }> {
  const record = join(folder, "reached.txt");
  rmSync(record, { force: true });
  const child = spawn(process.execPath, ["--import", WATCHER, MAIN, ...argv], {
    env: { ...environment, RECORD_CONNECTS: record },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (out += text));
  }
  return new Promise((done) => {
    child.on("close", (code) => {
      done({ code, out, reached: existsSync(record) ? readFileSync(record, "utf8") : "" });
    });
  });
}

/** It was listened on a moment ago. */
async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function here(...more: readonly string[]): Promise<{ code: number; out: string }> {
  let out = "";
  const stream = { write: (text: string) => (out += text) };
  const code = await runCommandLine(["trade", folder, "--mode", "dry-run", ...more], {
    stdout: stream,
    stderr: stream,
    environment: {},
  });
  return { code, out };
}

const dayOf = (date: string) =>
  JSON.parse(readFileSync(join(account, `artifacts/json/${date}.json`), "utf8")) as DailyDocument;
const intents = () =>
  readFileSync(join(account, "intents.jsonl"), "utf8").trimEnd().split("\n").length;

describe("a dry run", () => {
  it("reaches nothing, in the real process", { timeout: 60_000 }, async () => {
    const argv = ["trade", folder, "--mode", "dry-run", "--date", "2024-01-04"];
    const { code, out, reached } = await started(argv, {});
    expect([code, reached]).toEqual([0, ""]);
    expect(out).toMatch(/2024-01-04 {2}TRADED +DRY_RUN .*1 order, 1 fill/);
  });

  it("is watched by something that sees", { timeout: 60_000 }, async () => {
    const url = `http://127.0.0.1:${await portOfNobody()}`;
    const { code, reached } = await started(["trade", folder, "--mode", "paper", "--venue", url], {
      ASSAY_ALPACA_PAPER_KEY_ID: "PKTEST",
      ASSAY_ALPACA_PAPER_SECRET: "no-secret",
      ASSAY_HOME: join(folder, "other"),
    });
    expect([code, reached]).toEqual([9, expect.stringContaining("connect")]);
  });

  it("marks everything it leaves", () => {
    const day = dayOf("2024-01-04");
    expect([day.mode, day.mark, day.broker]).toEqual(["dry_run", "DRY_RUN", "dry-run"]);
    expect(day.signals.terminals).toEqual({ EXECUTED: 1 });
    const read = (name: string) => readFileSync(join(account, name), "utf8");
    const text = read("artifacts/markdown/2024-01-04.md");
    expect(text.split("\n")[0]).toContain("DRY_RUN");
    expect(text).toMatch(/\| Signal \(DRY_RUN\) \|.*\n.*\n.*\| EXECUTED \|/);
    expect(read("metrics.csv")).toContain("dry_run");
    expect(read("intents.jsonl")).toContain("DRY_RUN");
  });

  it("is done once, whatever is asked again", async () => {
    const before = readFileSync(join(account, "HEAD"), "utf8");
    const again = await here("--date", "2024-01-04");
    expect([again.code, again.out]).toEqual([0, expect.stringContaining("was traded before")]);
    expect([readFileSync(join(account, "HEAD"), "utf8"), intents()]).toEqual([before, 1]);
  });

  it("goes forward only, and says which days nothing ran on", async () => {
    const back = await here("--date", "2024-01-03");
    expect([back.code, back.out]).toEqual([2, expect.stringContaining("traded up to 2024-01-04")]);
    const on = await here("--date", "2024-01-09");
    expect([on.code, on.out]).toEqual([0, expect.stringContaining("2024-01-09")]);
    expect(["2024-01-05", "2024-01-08"].map((date) => dayOf(date).status)).toEqual([
      "MISSED",
      "MISSED",
    ]);
    expect(dayOf("2024-01-09").mark).toBe("DRY_RUN");
  });
});
