/**
 * Bad inputs through the real command line. What it says and how it ends are golden files, one per
 * group (golden/*.txt; UPDATE_GOLDEN=1 accepts a change after it was looked at). For each: nothing
 * on standard output, one clear line first, with --json one document with the same words, the same
 * answer when asked twice, and nothing half-written left behind.
 */
import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT_CODES } from "../../src/domain/run-status.ts";
import { compareGolden } from "../support/golden.ts";
import { type Answer, type BadInput, inFolder, inProcess, pathsBelow } from "./bad-input.ts";
import { CLI_CASES } from "./cases-cli.ts";
import { DATA_CASES } from "./cases-data.ts";
import { MANDATE_CASES } from "./cases-mandate.ts";
import { OVERLAY_CASES } from "./cases-overlay.ts";
import { STRATEGY_CASES } from "./cases-strategy.ts";
import { TRADING_CASES } from "./cases-trading.ts";
import { leftovers } from "./leftovers.ts";
import { paragraph } from "./rendered.ts";
import { byProcess } from "./shell.ts";

const GROUPS: readonly (readonly [string, readonly BadInput[]])[] = [
  ["command-line", CLI_CASES],
  ["mandate", [...MANDATE_CASES, ...OVERLAY_CASES]],
  ["data", DATA_CASES],
  ["strategy", STRATEGY_CASES],
  ["trading", TRADING_CASES],
];

/** Facts that may stay behind a refusal. */
const ALLOWED = ["a pack", "a failed run", "an empty account"];

const KINDS_BY_CODE: { readonly [code: number]: readonly string[] } = {
  [EXIT_CODES.USAGE]: ["usage"],
  [EXIT_CODES.MANDATE]: ["mandate", "strategy"],
  [EXIT_CODES.DATA]: ["data"],
  [EXIT_CODES.FAILED_RUN]: ["run", "invariant"],
  [EXIT_CODES.VERIFY]: ["verify"],
  [EXIT_CODES.PAUSED]: ["busy", "broker", "paused"],
};

describe.each(GROUPS)("bad %s", (group, cases) => {
  const paragraphs: string[] = [];

  it.each(cases.map((input) => [input.name, input] as const))("%s", async (_, input) => {
    await inFolder(input, async (folder) => {
      const before = pathsBelow(folder);
      const answer = await inProcess(input.argv, folder, input.environment ?? {});
      const fresh = pathsBelow(folder).filter((path) => !before.includes(path));
      const left = await leftovers(folder, fresh, inProcess);
      paragraphs.push(paragraph(input, { answer, folder, left }));
      expect(answer.stdout).toBe("");
      expect(left.filter((what) => !ALLOWED.includes(what))).toEqual([]);
      if (input.isPlain === true) return;
      const machine = await inProcess([...input.argv, "--json"], folder, input.environment ?? {});
      expectSameWords(answer, machine);
    });
  });

  afterAll(() => {
    // A run of single tests (-t) has nothing to compare.
    if (paragraphs.length < cases.length) return;
    const difference = compareGolden(
      `${group}.txt`,
      paragraphs.join("\n"),
      resolve(import.meta.dirname, "golden"),
    );
    expect(difference).toBeNull();
  });
});

/** One document on standard output, with the lines that a person reads on standard error. */
function expectSameWords(person: Answer, machine: Answer): void {
  expect(machine.code).toBe(person.code);
  expect(machine.stderr).toBe(person.stderr);
  const { error } = JSON.parse(machine.stdout) as {
    error: { kind: string; message: string; details: readonly string[]; exit_code: number };
  };
  expect(error.exit_code).toBe(person.code);
  expect(KINDS_BY_CODE[person.code]).toContain(error.kind);
  const lines = [`assay: ${error.message}`, ...error.details.map((detail) => `  ${detail}`)];
  expect(person.stderr).toBe(`${lines.join("\n")}\n`);
  for (const line of lines) expect(line).not.toMatch(/\n|\[object |    at /);
}

it("answers as a process as it does in this one", async () => {
  const chosen = GROUPS.flatMap(([, cases]) => cases.filter((_, n) => n % 12 === 0));
  const answers = await inPairs(chosen, (input) =>
    inFolder(input, async (folder) => {
      const environment = input.environment ?? {};
      const shell = await byProcess(input.argv, folder, environment);
      return { input, folder, shell };
    }),
  );
  for (const { input, folder, shell } of answers) {
    await inFolder(input, async (other) => {
      const here = await inProcess(input.argv, other, input.environment ?? {});
      const moved = { ...here, stderr: here.stderr.replaceAll(other, folder) };
      expect(shell, input.name).toEqual(moved);
    });
  }
});

/** Two at a time: this machine has other work. */
async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += 2) {
    results.push(...(await Promise.all(items.slice(i, i + 2).map(work))));
  }
  return results;
}
