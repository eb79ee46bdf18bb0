/**
 * The books of real runs as other programs read them: `assay ledger export` of four examples is
 * accepted by bean-check and by hledger, whose cash (of each currency, at the last rate) equals the
 * run's last equity row; and the books are a fold: delete everything but the journal, and they come out the same.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { centsAt, centsIn, minorIn } from "../support/exact-cents.ts";
import {
  assay,
  command,
  EXAMPLES,
  exampleFolder,
  exampleRun,
  type ExampleRun,
  isHere,
  runInto,
} from "../support/example-runs.ts";
import { readArtifact, type Row } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";
import { type Source, sourceOfExample } from "../support/source-bars.ts";

const NAMES = ["simulated", "aapl-2014", "wti-ma-cross", "spx-pullback"];
/** Twenty years of the calibrated market take bean-check half a minute; four have all kinds of entries. */
const FEWER = ["--set", "data.simulated.years=4"];
const CHOSEN = EXAMPLES.filter(({ name }) => NAMES.includes(name));
const FORMATS = ["beancount", "hledger"] as const;
type Format = (typeof FORMATS)[number] | "csv";

const folder = mkdtempSync(join(tmpdir(), "assay-books-of-runs-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const isOnPath = (program: string): boolean =>
  spawnSync(program, ["--version"]).error === undefined;
const there = { "bean-check": isOnPath("bean-check"), hledger: isOnPath("hledger") };

function needing(program: keyof typeof there, title: string): string {
  return there[program] ? title : `${title} [SKIPPED: ${program} is not on PATH]`;
}

let simulated: Promise<ExampleRun> | null = null;
function runOf(name: string): Promise<ExampleRun> {
  if (name !== "simulated") return exampleRun(name);
  simulated ??= runInto(join(folder, "home"), exampleFolder(name), FEWER);
  return simulated;
}

it("finds its four examples", () => {
  expect(CHOSEN.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());
});

describe.for(CHOSEN)("$name", (example) => {
  const { name } = example;
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    const paths = new Map<Format, string>();
    let cash: bigint;
    let source: Source;
    let last: string;
    beforeAll(async () => {
      const { home, json, folder: run } = await runOf(name);
      for (const format of FORMATS) {
        const { code, stdout } = await exported(json.run_id, home, format);
        expect([format, code]).toEqual([format, 0]);
        const path = join(folder, `${name}.${format}`);
        writeFileSync(path, stdout);
        paths.set(format, path);
      }
      const row = readArtifact(run, "equity").at(-1) as Row;
      cash = centsIn(row["cash"]);
      last = row["date"];
      source = await sourceOfExample(name, home);
    });

    it.skipIf(!there["bean-check"])(needing("bean-check", "bean-check accepts it"), async () => {
      const path = paths.get("beancount") as string;
      expect(await command("bean-check", [path], process.env)).toMatchObject(ACCEPTED);
    });

    it.skipIf(!there.hledger)(needing("hledger", "hledger accepts it, cash and all"), async () => {
      const path = paths.get("hledger") as string;
      const checks = ["check", "--strict", "ordereddates", "balancednoautoconversion"];
      const checked = await command("hledger", ["-f", path, ...checks], process.env);
      expect(checked).toMatchObject(ACCEPTED);
      const asked = ["balance", "Assets:Cash", "--flat", "--no-total", "-O", "csv"];
      const { stdout } = await command("hledger", ["-f", path, ...asked], process.env);
      expect([stdout, cashIn(stdout, source, last)]).toEqual([stdout, cash]);
    });
  });
});

it("comes out of the journal alone the same, with everything else of the run deleted", async () => {
  const { home, json } = await runOf("simulated");
  const bare = join(folder, "bare");
  cpSync(join(home, "packs"), join(bare, "packs"), { recursive: true });
  for (const file of ["HEAD", "journal.sqlite"]) {
    const inRun = join("runs", json.run_id, file);
    cpSync(join(home, inRun), join(bare, inRun));
  }
  expect(readdirSync(join(bare, "runs", json.run_id))).toEqual(["HEAD", "journal.sqlite"]);
  const whole = await exported(json.run_id, home, "csv");
  const refolded = await exported(json.run_id, bare, "csv");
  expect(whole.stdout.length).toBeGreaterThan(10_000);
  expect(refolded.stdout === whole.stdout).toBe(true);
});

/** Balances of `Assets:Cash`, one for each currency, in cents of the account. */
function cashIn(balances: string, { rates, contracts }: Source, on: string): bigint {
  let total = 0n;
  for (const [, amount, currency] of balances.matchAll(
    /"Assets:Cash[:A-Z]*","(-?[\d.]+) ([A-Z]+)"/g,
  )) {
    if (currency === "USD") {
      total += centsIn(amount);
      continue;
    }
    const digits = [...(contracts ?? [])].find(([, c]) => c.currency === currency)?.[1].digits;
    const rate = [...(rates?.get(currency) ?? [])].findLast(([date]) => date <= on)?.[1];
    total += centsAt(minorIn(amount, digits as number), rate as string, digits as number);
  }
  return total;
}

const ACCEPTED = { code: 0, stdout: "", stderr: "" };

function exported(run: string, home: string, format: Format) {
  return assay(["ledger", "export", run, "--home", home, "--format", format], home);
}
