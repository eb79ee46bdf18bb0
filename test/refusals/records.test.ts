/**
 * Refusals that need a record: one that was changed (exit code 6), and one that another process
 * holds (exit code 9). The words are a golden file, as for every bad input.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openRunStores } from "../../src/apps/cli/compose-records.ts";
import { EXIT_CODES } from "../../src/domain/run-status.ts";
import { compareGolden } from "../support/golden.ts";
import { type Answer, type BadInput, inFolder, inProcess, pathsBelow } from "./bad-input.ts";
import { changed, FILE_MANDATE, MANDATE, PRICES, STRATEGY } from "./files.ts";
import { leftovers } from "./leftovers.ts";
import { paragraph } from "./rendered.ts";
import { byProcess } from "./shell.ts";

const SOUND: BadInput["files"] = { "mandate.yaml": MANDATE, "prices.csv": PRICES };
const paragraphs: string[] = [];

describe("a record", () => {
  it("whose HEAD was changed is not exported", async () => {
    const argv = ["ledger", "export", "--format", "csv"];
    const answer = await refused({ name: "a changed HEAD", files: SOUND, argv }, async (folder) => {
      const run = await firstRun(folder);
      const head = join(run, "HEAD");
      const text = readFileSync(head, "utf8");
      writeFileSync(head, text.replaceAll(/[0-9a-f]{64}/g, "0".repeat(64)));
    });
    expect(answer.code).toBe(EXIT_CODES.VERIFY);
  });

  it("is not replayed with another mandate", async () => {
    const argv = ["verify", "--replay"];
    const input = { name: "a replay with another mandate", files: SOUND, argv };
    const answer = await refused(input, async (folder) => {
      await firstRun(folder);
      const other = changed(MANDATE, "{ bps: 1 }", "{ bps: 2 }");
      writeFileSync(join(folder, "mandate.yaml"), other);
    });
    expect(answer.code).toBe(EXIT_CODES.VERIFY);
  });

  it("of a failed run is kept, and running again fails the same", async () => {
    await inFolder(failing("run ."), async (folder) => {
      const first = await inProcess(["run", "."], folder, {});
      const again = await inProcess(["run", "."], folder, {});
      expect(first.code).toBe(EXIT_CODES.FAILED_RUN);
      expect(again).toEqual(first);
      const listed = await inProcess(["runs"], folder, {});
      expect(listed.stdout).toMatch(/failed {2}strategy mine on ACME at 2024-01-04: .*no idea/);
    });
  });

  it("that another process writes is left alone", async () => {
    await inFolder(failing("a run that another process holds"), async (folder) => {
      await inProcess(["run", "."], folder, {});
      const { journal } = openRunStores(onlyRun(folder));
      const input = failing("a run that another process holds");
      const before = pathsBelow(folder);
      const answer = await byProcess(["run", "."], folder, {});
      const fresh = pathsBelow(folder).filter((path) => !before.includes(path));
      await journal.close();
      const left = await leftovers(folder, fresh, inProcess);
      paragraphs.push(paragraph(input, { answer, folder, left }));
      expect(answer).toMatchObject({ code: EXIT_CODES.PAUSED, stdout: "" });
      expect(left).toEqual([]);
    });
  });

  afterAll(() => {
    if (paragraphs.length < 3) return;
    const golden = resolve(import.meta.dirname, "golden");
    expect(compareGolden("records.txt", paragraphs.join("\n"), golden)).toBeNull();
  });
});

async function refused(
  input: BadInput,
  prepare: (folder: string) => Promise<void>,
): Promise<Answer> {
  return inFolder(input, async (folder) => {
    await prepare(folder);
    const before = pathsBelow(folder);
    const answer = await inProcess(input.argv, folder, {});
    const left = pathsBelow(folder).filter((path) => !before.includes(path));
    paragraphs.push(paragraph(input, { answer, folder, left }));
    expect(answer.stdout).toBe("");
    expect(left).toEqual([]);
    return answer;
  });
}

async function firstRun(folder: string): Promise<string> {
  const { code, stderr } = await inProcess(["run", "."], folder, {});
  expect(stderr).toBe("");
  expect(code).toBe(EXIT_CODES.OK);
  return onlyRun(folder);
}

function onlyRun(folder: string): string {
  const runs = join(folder, ".assay/runs");
  const [name, ...others] = readdirSync(runs);
  expect(others).toEqual([]);
  return join(runs, name);
}

function failing(name: string): BadInput {
  const body = "({ weight: row.close > row.slow ? 1 : -1 })";
  const text = changed(STRATEGY, body, "{ throw new Error('no idea'); }");
  const files = { "mandate.yaml": FILE_MANDATE, "prices.csv": PRICES, "strategy.ts": text };
  return { name, files, argv: ["run", "."] };
}
