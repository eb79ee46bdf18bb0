/**
 * The doctor over whole runs: each plant is a mandate that somebody could have written, its healthy
 * sibling is clear of the same lint; `assay doctor` says of the files what the run said of itself,
 * tells an altered result, and what it takes on trust where the mandate is not at hand.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LintResult } from "../../src/domain/lint-result.ts";
import { EXIT_CODES } from "../../src/domain/run-status.ts";
import { LINTS } from "../../src/research/doctor/diagnose.ts";
import { assay, mandate, root } from "../support/comparing.ts";

afterAll(() => rmSync(root, { recursive: true, force: true }));

const BASE = {
  account: "{ currency: USD, initial_equity: 1000000 }",
  market: "{ instruments: 6, sessions: 400, start: 2015-01-05 }",
  strategy:
    "{ name: cross, use: ma-cross, instruments: all, params: { fast: 3, slow: 10, adx_min: 0, strength: 0.15 } }",
  more: "fees: { bps: 1 }\nslippage: { bps: 1 }",
};

const text = (over: Partial<typeof BASE>): string => {
  const { account, market, strategy, more } = { ...BASE, ...over };
  return `assay: 1
name: doctor
seed: 3
profile: plain
account: ${account}
data: { kind: simulated, simulated: ${market} }
strategies:
  - ${strategy}
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
${more}
`;
};

const params = (use: string, more: string) =>
  `{ name: planted, use: ${use}, instruments: all, params: { ${more} } }`;

type Planted = {
  readonly lint: string;
  readonly over: Partial<typeof BASE>;
  readonly says: RegExp;
};

const PLANTS: readonly Planted[] = [
  {
    lint: "same_close",
    over: { more: "execution: { fill: same_close }" },
    says: /cannot be promoted/,
  },
  {
    lint: "zero_trades",
    over: { strategy: params("ma-cross", "fast: 3, slow: 10, adx_min: 100") },
    says: /^no fill from \d/,
  },
  {
    lint: "too_few_observations",
    over: { strategy: params("buy-and-hold", "strength: 0.3") },
    says: /^[0-6] fills? of orders/,
  },
  { lint: "costs_above_edge", over: { more: "fees: { bps: 150 }" }, says: /before/ },
  {
    lint: "one_instrument",
    over: { market: "{ instruments: 1, sessions: 400, start: 2015-01-05 }" },
    says: /alone was traded/,
  },
  {
    lint: "warm_up_dependence",
    over: { strategy: params("rsi-reversion", "window: 120, enter: 49, exit: 51, max_bars: 1000") },
    says: /answers of planted \(\d/,
  },
  {
    lint: "turnover",
    over: {
      strategy: params("ma-cross", "fast: 1, slow: 2, adx_min: 0, short: 1, strength: 0.16"),
    },
    says: /times the mean net asset value a year/,
  },
  {
    lint: "capacity",
    over: { account: "{ currency: USD, initial_equity: 100000000000 }" },
    says: /^largest order/,
  },
  {
    lint: "margin_breach",
    over: { strategy: params("buy-and-hold", "strength: 0.9"), more: "limits: { gross: 3 }" },
    says: /cash in debit by more than 1 %/,
  },
];

type Diagnosed = { readonly doctor: readonly LintResult[]; readonly code: number };

async function run(folder: string): Promise<Diagnosed> {
  const { code, stdout, stderr } = await assay("run", folder, "--json");
  if (!stdout.includes('"doctor"')) throw new Error(stderr);
  return { ...(JSON.parse(stdout) as { doctor: readonly LintResult[] }), code };
}

type Again = {
  readonly run_id: string;
  readonly holds: boolean;
  readonly doctor: readonly LintResult[];
  readonly as_recorded: readonly string[];
  readonly notes: readonly string[];
  readonly differing: readonly string[];
};

async function again(...argv: readonly string[]): Promise<Again & { readonly code: number }> {
  const { code, stdout, stderr } = await assay("doctor", ...argv, "--json");
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Again), code };
}

const of = (doctor: readonly LintResult[], name: string) =>
  doctor.find(({ lint }) => lint === name);

let sound = "";
let healthy: Diagnosed;
beforeAll(async () => {
  sound = mandate("sound", text({}));
  healthy = await run(sound);
});

describe.for(PLANTS)("$lint", ({ lint, over, says }) => {
  it("is found by the run, and by its files alone", async () => {
    expect(of(healthy.doctor, lint)?.result).not.toBe("found");
    const folder = mandate(`planted-${lint}`, text(over));
    const { doctor } = await run(folder);
    const finding = of(doctor, lint);
    expect(finding?.result).toBe("found");
    expect(finding?.evidence).toMatch(says);
    const files = await again(folder);
    expect(files).toMatchObject({
      code: EXIT_CODES.OK,
      holds: true,
      as_recorded: [],
      differing: [],
    });
    expect(files.doctor).toEqual(doctor);
  });
});

describe("assay doctor", () => {
  it("prints every lint, and run.json holds them", async () => {
    const { stdout, code } = await assay("doctor", sound);
    expect(code).toBe(EXIT_CODES.OK);
    expect(stdout).toMatch(/^[0-9a-f]{32} {2}\d+ findings? of 16 lints, as recorded$/m);
    for (const { name } of LINTS) expect(stdout).toContain(`  ${name}  `);
    const { run_id } = await again(sound);
    const document = JSON.parse(
      readFileSync(join(sound, ".assay/runs", run_id, "run.json"), "utf8"),
    ) as { readonly doctor: readonly LintResult[] };
    expect(document.doctor).toEqual(healthy.doctor);
  });

  it("says what it takes on trust without the mandate", async () => {
    const home = join(sound, ".assay");
    renameSync(join(sound, "mandate.yaml"), join(sound, "elsewhere.yaml"));
    const alone = await again("--home", home);
    expect(alone).toMatchObject({ code: EXIT_CODES.OK, holds: true, doctor: healthy.doctor });
    expect(alone.as_recorded).toEqual(
      expect.arrayContaining(["too_many_parameters", "margin_breach"]),
    );
    expect(alone.notes.join()).toContain("no mandate beside the record");
    const named = await again("--home", home, "--mandate", join(sound, "elsewhere.yaml"));
    expect(named).toMatchObject({ as_recorded: [], notes: [], doctor: healthy.doctor });
    renameSync(join(sound, "elsewhere.yaml"), join(sound, "mandate.yaml"));
  });

  it("takes on trust too what the run could not evaluate for a reason of its own", async () => {
    const { run_id } = await again(sound);
    const path = join(sound, ".assay/runs", run_id, "run.json");
    const recorded = readFileSync(path, "utf8");
    const document = JSON.parse(recorded) as { doctor: LintResult[] };
    const unasked = { result: "not_evaluated", evidence: "the run failed a check" } as const;
    document.doctor = document.doctor.map((each) =>
      each.lint === "warm_up_dependence" ? { ...each, ...unasked } : each,
    );
    writeFileSync(path, JSON.stringify(document));
    renameSync(join(sound, "mandate.yaml"), join(sound, "elsewhere.yaml"));
    const alone = await again("--home", join(sound, ".assay"));
    renameSync(join(sound, "elsewhere.yaml"), join(sound, "mandate.yaml"));
    writeFileSync(path, recorded);
    expect(alone).toMatchObject({ code: EXIT_CODES.OK, holds: true, differing: [] });
    expect(alone.as_recorded).toContain("warm_up_dependence");
  });

  it("refuses a mandate that is not the run's, and names it where it was only found", async () => {
    const other = await again(sound, "--set", "fees.bps=2");
    expect(other.notes.join()).toContain("is not the run's mandate");
    const file = join(sound, "mandate.yaml");
    const named = await assay("doctor", sound, "--mandate", file, "--set", "fees.bps=2");
    expect(named.code).toBe(EXIT_CODES.VERIFY);
    expect(named.stderr).toContain("is not the run's mandate");
  });

  it("ends with 6 when a result was altered, and names it", async () => {
    const { run_id } = await again(sound);
    const path = join(sound, ".assay/runs", run_id, "run.json");
    const recorded = readFileSync(path, "utf8");
    const document = JSON.parse(recorded) as { doctor: LintResult[] };
    document.doctor = document.doctor.map((each) =>
      each.lint === "turnover" ? { ...each, observed: 0.5 } : each,
    );
    writeFileSync(path, JSON.stringify(document));
    const altered = await again(sound);
    expect(altered).toMatchObject({ code: EXIT_CODES.VERIFY, holds: false });
    expect(altered.differing).toHaveLength(1);
    expect(altered.differing[0]).toMatch(/^turnover: the run recorded clear: /);
    const { doctor, ...older } = document;
    writeFileSync(path, JSON.stringify(older));
    const without = await assay("doctor", sound);
    expect([without.code, doctor.length]).toEqual([EXIT_CODES.DATA, LINTS.length]);
    expect(without.stderr).toContain("recorded by code that had no lints");
    writeFileSync(path, recorded);
  });

  it("refuses files that were changed", async () => {
    const { run_id } = await again(sound);
    const path = join(sound, ".assay/runs", run_id, "artifacts/fills.csv");
    const recorded = readFileSync(path, "utf8");
    writeFileSync(path, recorded.replace(/\n$/, "a\n"));
    const { code, stderr } = await assay("doctor", sound);
    expect(code).toBe(EXIT_CODES.VERIFY);
    expect(stderr).toContain("fills.csv");
    writeFileSync(path, recorded);
  });
});
