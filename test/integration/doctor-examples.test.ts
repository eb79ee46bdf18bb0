/**
 * The doctor's two ways to its evidence, from the kernel's memory and from the files, on every
 * example: the same results to the last digit. And what the simulated example is told is what its
 * own run document and artifacts say.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { doctorResult } from "../../src/apps/cli/doctor-command.ts";
import { paintFor } from "../../src/apps/cli/terminal.ts";
import type { LintResult } from "../../src/domain/lint-result.ts";
import {
  EXAMPLES,
  exampleFolder,
  type ExampleRun,
  exampleRuns,
  isHere,
} from "../support/example-runs.ts";
import { readArtifact } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";

const here = EXAMPLES.filter(isHere);
let runs: ReadonlyMap<string, ExampleRun>;
beforeAll(async () => {
  runs = await exampleRuns(here);
});

const runOf = (name: string) => runs.get(name) as ExampleRun;
const recorded = (name: string) =>
  (runOf(name).json as unknown as { readonly doctor: readonly LintResult[] }).doctor;

describe.for(EXAMPLES)("$name", (example) => {
  const { name } = example;
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    it("is told the same by its files as by the run", async () => {
      const { document, holds } = await doctorResult(
        {
          target: runOf(name).folder,
          home: null,
          environment: {},
          mandate: exampleFolder(name),
          flags: [],
          progress: () => undefined,
          nowMs: 0,
        },
        paintFor({ write: () => true }, {}),
      );
      expect(document).toMatchObject({ as_recorded: [], notes: [], differing: [] });
      expect(document).toMatchObject({ doctor: recorded(name) });
      expect(holds).toBe(true);
    });
  });
});

describe("examples/simulated", () => {
  const lint = (name: string) => recorded("simulated").find((each) => each.lint === name);

  it("is told of margin above its limit, as leverage.csv has it, and of nothing else", () => {
    const found = recorded("simulated").filter(({ result }) => result === "found");
    expect(found.map((each) => each.lint)).toEqual(["margin_breach"]);
    const margins = readArtifact(runOf("simulated").folder, "leverage").map((row) =>
      Number(row["initial_margin"]),
    );
    expect(found[0].observed).toBeCloseTo(Math.max(...margins), 12);
    const above = margins.filter((share) => share > 0.14).length;
    expect(found[0].evidence).toContain(`above the limit of 14.0 % at ${above} closes`);
  });

  it("has each instrument's result as its sleeves add up to it", () => {
    const totals = new Map<string, number>();
    for (const row of readArtifact(runOf("simulated").folder, "sleeves")) {
      const id = row["instrument"] ?? "";
      if (row["currency"] === "USD") totals.set(id, (totals.get(id) ?? 0) + Number(row["total"]));
    }
    const best = Math.max(...totals.values());
    expect(lint("one_instrument")?.evidence).toContain(
      ` made ${Math.round(best).toLocaleString("en-US")} of `,
    );
  });

  it("has costs, turnover and fills as its metrics have them", () => {
    const { metrics } = runOf("simulated").json as unknown as {
      readonly metrics: { readonly [name: string]: number };
    };
    expect(lint("turnover")?.observed).toBeCloseTo(metrics["turnover"], 9);
    const earned = metrics["final_equity"] - metrics["start_equity"] + metrics["costs"];
    expect(lint("costs_above_edge")?.observed).toBeCloseTo(metrics["costs"] / earned, 12);
    const off = Math.abs(metrics["annual_volatility"] / 0.1 - 1);
    expect(lint("volatility_off_target")?.observed).toBeCloseTo(off, 12);
    const ordered = readArtifact(runOf("simulated").folder, "fills").filter(
      (row) => row["order_id"] !== "",
    );
    expect(lint("zero_trades")?.observed).toBe(ordered.length);
  });
});
