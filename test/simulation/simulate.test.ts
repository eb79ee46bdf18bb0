/** The runner as a process: its exit codes, what it prints into a pipe, and what a failure tells. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askedFor } from "./simulate-options.ts";

const RUNNER = join(import.meta.dirname, "simulate.ts");

function simulate(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("npm run simulate", () => {
  it("prints one line into a pipe where all is well", () => {
    const { status, stdout, stderr } = simulate("--seeds", "4", "--from", "9");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^4 seeds from 9: 0 with violations \(.*\)\n$/);
    expect(stderr).toBe("");
  });

  it("exits with 1 on a violation, and says what it takes to see it again", () => {
    const { status, stdout } = simulate("--seeds", "3", "--plant", "lateDisk");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^seed 0: \d+ violations, market \w+, \d days$/m);
    expect(stdout).toMatch(/^ {2}persistedBeforeSent: life \d+ sent order/m);
    expect(stdout).toMatch(/^ {2}faults: /m);
    expect(stdout).toMatch(/^ {2}killed: /m);
    expect(stdout).toContain("again: npm run simulate -- --seed 0 --trace");
    expect(stdout).toMatch(/3 seeds from 0: 3 with violations/);
  });

  it("tells the whole story of one seed", () => {
    const { status, stdout } = simulate("--seed", "2", "--trace");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^life 1, to trade 20\d\d-/m);
    expect(stdout).toMatch(/^ {2}journal \{.*"kind":"account_opened"/m);
    expect(stdout).toMatch(/^place [0-9a-f]{10}: /m);
  });

  it("refuses a word it does not know with 2", () => {
    const { status, stderr, stdout } = simulate("--seedz", "4");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^simulate: .*--seedz/);
    expect(stdout).toBe("");
  });

  it.each([
    [["--seeds", "many"], "--seeds many is not a whole number"],
    [["--seeds", "0"], "--seeds 0 is not a whole number from 1 on"],
    [["--seed", "1", "--from", "2"], "--seed is one"],
    [["--trace"], "--trace tells of one seed"],
    [["--plant", "hope"], "--plant hope: there are blindRetry"],
  ])("refuses %j", (args, says) => {
    expect(askedFor(args, () => undefined)).toEqual({
      ok: false,
      error: expect.stringContaining(says),
    });
  });
});
