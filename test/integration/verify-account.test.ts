/**
 * assay verify --account on a rehearsed account: it holds, its days execute again to the same bytes, under another
 * mandate both are named and compared all the same, and an edited page is told with its invariant.
 */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { type Rehearsal, rehearse, writeRandomMandate } from "../support/rehearsal.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-verify-account-"));
let rehearsal: Rehearsal;
let mandate: string;
let days: readonly DailyDocument[];

beforeAll(async () => {
  mandate = writeRandomMandate(folder, 5);
  rehearsal = await rehearse({ mandate, start: "2019-03-04" });
  days = [...(await rehearsal.trade(2))];
  await rehearsal.again();
  days = [...days, ...(await rehearsal.trade(2))];
  // A journal is verified when nobody writes it.
  await rehearsal.trading().close();
}, 60_000);

afterAll(async () => {
  await rehearsal.venue.close();
  rmSync(rehearsal.home, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function assay(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await runCommandLine(["verify", mandate, "--account", "paper", ...args], {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    environment: rehearsal.environment,
  });
  return { code, out, err };
}

describe("assay verify --account", () => {
  it("finds every link, file, state and sum as it was left", async () => {
    const { code, out, err } = await assay("--json");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      holds: true,
      findings: [],
      invariants: [],
      replay: null,
      checked: { days: 4, sessions: 4, closed_days: 4, states: 5 },
    });
  });

  it("executes every day again, byte for byte, a restart in the middle included", async () => {
    const { code, out } = await assay("--replay", "--json");
    const { replay, findings, notes } = JSON.parse(out) as {
      replay: { days: { date: string; derived: number; differences: string[] }[] };
      findings: string[];
      notes: string[];
    };
    expect([...findings, ...notes]).toEqual([]);
    expect(code).toBe(0);
    expect(replay.days.map(({ date }) => date)).toEqual(days.map(({ date }) => date));
    expect(replay.days.reduce((sum, { derived }) => sum + derived, 0)).toBeGreaterThan(8);
  });

  it("names both mandates where another one executes a day, and compares all the same", async () => {
    const { date, mandate_hash: recorded } = days[0];
    const { code, out } = await assay("--replay", "--day", date, "--set", "limits.gross=0.1");
    expect(code).toBe(6);
    expect(out).toContain(
      `mandate differs: 1 day from ${date} to ${date} recorded under ${recorded}`,
    );
    expect(out).toMatch(/finding {2}replay of .*: entry \d+ \(decision\) differs: recorded /);
    expect(out).toContain("breaks   invariant 20");
  });

  it("refuses a day that the account never had, and days without an account or a replay", async () => {
    const strange = await assay("--replay", "--day", "2018-01-02");
    expect(strange.code).toBe(2);
    expect(strange.err).toContain("the account has no day 2018-01-02: its days go from 2019-03-04");
    const idle = await assay("--day", days[0].date);
    expect(idle.code).toBe(2);
    expect(idle.err).toContain("it goes with --replay");
  });

  it("tells an edited page with its day and its invariant", async () => {
    const page = `artifacts/markdown/${days[3].date}.md`;
    appendFileSync(join(rehearsal.folder, page), "and it was a very good day\n");
    const { code, out } = await assay();
    expect(code).toBe(6);
    expect(out).toContain(`${page} was changed`);
    expect(out).toContain("breaks   invariant 21");
  });
});
