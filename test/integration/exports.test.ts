/**
 * The exports as beancount and hledger read them: both programs accept the files, and hledger's own
 * balances equal the ledger's. A program that is not installed shows in the test's name.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportBeancount } from "../../src/records/ledger/export-beancount.ts";
import { amountText, symbolsOf, unitsText } from "../../src/records/ledger/export-format.ts";
import { exportHledger } from "../../src/records/ledger/export-hledger.ts";
import { foldLedger, type Ledger } from "../../src/records/ledger/fold.ts";
import type { LotMethod } from "../../src/records/ledger/lots.ts";
import { SAMPLE_ACCOUNT } from "../unit/ledger/account-journal.ts";
import { mixedJournal, mixedOptions } from "../unit/ledger/mixed-journal.ts";
import { daily, deposit, fill, optionsFor, SAMPLE } from "../unit/ledger/sample-journal.ts";

const STRICT = daily([
  deposit(1_000_000),
  fill("AAPL", 3, 33.335, 1),
  fill("AAPL", -1, 35.1, 1),
  fill("AAPL", 2, 34.005, 1),
  fill("AAPL", -4, 36.017, 1),
  fill("AAPL", -7, 36.5, 1),
  fill("AAPL", 9, 30.001, 1),
]);

/** Three currencies, futures with variation margin and rolls, crosses, prices at and below zero. */
const MIXED = mixedJournal(41, 60);
const FX_PRICES = MIXED.flatMap(({ entries, rates }) =>
  entries.slice(0, 1).flatMap(({ at }) => [
    { date: at, currency: "EUR", rate: rates("EUR") },
    { date: at, currency: "JPY", rate: rates("JPY") },
  ]),
);

const CASES: readonly (readonly [LotMethod | "account", () => Ledger])[] = [
  ["fifo", () => foldLedger(SAMPLE, optionsFor("fifo"))],
  ["lifo", () => foldLedger(SAMPLE, optionsFor("lifo"))],
  ["hifo", () => foldLedger(SAMPLE, optionsFor("hifo"))],
  ["average", () => foldLedger(SAMPLE, optionsFor("average"))],
  ["strict", () => foldLedger(STRICT, optionsFor("strict"))],
  ["strict_with_size", () => foldLedger(STRICT, optionsFor("strict_with_size"))],
  ["account", () => foldLedger(SAMPLE_ACCOUNT, optionsFor("fifo"))],
];

const MIXED_CASES: readonly (readonly [LotMethod, () => Ledger])[] = (
  ["fifo", "lifo", "hifo", "average"] as const
).map((method) => {
  const entries = MIXED.flatMap((day) => day.entries);
  return [method, () => foldLedger(entries, mixedOptions(method, true))];
});

const hasBeancount = isOnPath("bean-check");
const hasHledger = isOnPath("hledger");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-exports-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isOnPath(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

function named(title: string, program: string, isThere: boolean): string {
  return isThere ? title : `${title} [SKIPPED: ${program} is not on PATH]`;
}

function run(program: string, args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return { code: status, output: `${stdout}${stderr}` };
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe.skipIf(!hasBeancount)(`${named("bean-check", "bean-check", hasBeancount)}`, () => {
  it.each(CASES)("accepts %s, with every balance asserted", (method, fold) => {
    const path = written(`${method}.beancount`, exportBeancount(fold(), { title: method }));
    expect(run("bean-check", [path])).toEqual({ code: 0, output: "" });
  });

  it.each(MIXED_CASES)("accepts currencies and futures, %s, with their rates", (method, fold) => {
    const terms = { title: method, fxPrices: FX_PRICES };
    const text = exportBeancount(fold(), terms);
    expect(text).toMatch(/^2020-01-02 price EUR {2}1\.\d+ USD$/m);
    expect(text).toMatch(/balance Assets:Settlement:FGBL {2}-?\d+\.\d\d ~ 0 EUR/);
    expect(run("bean-check", [written(`mixed-${method}.beancount`, text)])).toEqual({
      code: 0,
      output: "",
    });
  });

  it("turns red where a settlement account is off by a cent", () => {
    const [[, fold]] = MIXED_CASES;
    const good = exportBeancount(fold(), { title: "planted" });
    const bad = good.replace(
      /(balance Assets:Settlement:FGBL {2}-?\d+\.\d)(\d)/,
      (_, a, b) => `${a}${b === "7" ? "8" : "7"}`,
    );
    expect(bad).not.toBe(good);
    expect(run("bean-check", [written("bad-settlement.beancount", bad)]).code).not.toBe(0);
  });

  it("turns red on one changed cent, in a posting or in a balance", () => {
    const good = exportBeancount(foldLedger(SAMPLE, optionsFor("fifo")), { title: "planted" });
    const posting = good.replace("Assets:Cash  1000000.00 USD", "Assets:Cash  1000000.01 USD");
    const total = good.replace(/(balance Expenses:Fees {2}\d+\.\d)\d/, "$17");
    for (const [name, bad] of Object.entries({ posting, total })) {
      expect(bad).not.toBe(good);
      expect(run("bean-check", [written(`bad-${name}.beancount`, bad)]).code).not.toBe(0);
    }
  });
});

describe.skipIf(!hasHledger)(`${named("hledger", "hledger", hasHledger)}`, () => {
  const checks = ["check", "--strict", "ordereddates", "balancednoautoconversion"];

  it.each(CASES)("accepts %s, and its balances equal the ledger's", (method, fold) => {
    const ledger = fold();
    const path = written(`${method}.journal`, exportHledger(ledger, { title: method }));
    expect(run("hledger", ["-f", path, ...checks])).toEqual({ code: 0, output: "" });
    const reported = balances(path);
    expect(reported.get("Assets:Cash")).toBe(cash(ledger));
    expect(positions(path)).toEqual(expectedPositions(ledger));
    const atCost = balances(path, "-B");
    for (const [name, minor] of ledger.balances) {
      const expected = minor === 0n ? "0" : `${amountText(minor, 2)} USD`;
      expect([name, atCost.get(spelled(ledger, name)) ?? "0"]).toEqual([name, expected]);
    }
  });

  it.each(MIXED_CASES)("accepts currencies and futures, %s, with their rates", (method, fold) => {
    const ledger = fold();
    const text = exportHledger(ledger, { title: method, fxPrices: FX_PRICES });
    const path = written(`mixed-${method}.journal`, text);
    expect(run("hledger", ["-f", path, ...checks])).toEqual({ code: 0, output: "" });
    const reported = balances(path);
    const settlement = ledger.balances.get("Assets:Settlement:FGBL") ?? 0n;
    expect(reported.get("Assets:Settlement:FGBL")).toBe(`${amountText(settlement, 2)} EUR`);
    const yen = ledger.balances.get("Assets:Cash:JPY") ?? 0n;
    expect(reported.get("Assets:Cash:JPY")).toBe(`${amountText(yen, 0)} JPY`);
    expect(run("hledger", ["-f", path, "prices"]).output).toMatch(/^P 2020-01-02 EUR 1\.\d+ USD$/m);
  });

  it("turns red on one changed cent, in a posting or in a balance", () => {
    const good = exportHledger(foldLedger(SAMPLE, optionsFor("fifo")), { title: "planted" });
    const posting = good.replace("Assets:Cash  1000000.00 USD", "Assets:Cash  1000000.01 USD");
    const total = good.replace(/(Expenses:Fees {2}0\.00 USD = \d+\.\d)\d/, "$17");
    for (const [name, bad] of Object.entries({ posting, total })) {
      expect(bad).not.toBe(good);
      expect(run("hledger", ["-f", written(`bad-${name}.journal`, bad), ...checks]).code).not.toBe(
        0,
      );
    }
  });

  /** Assets:Positions:BRK.B -> Assets:Positions:BRK-B-2. */
  function spelled(ledger: Ledger, name: string): string {
    const symbols = symbolsOf([...ledger.positions.keys()], "USD");
    const id = name.slice(name.lastIndexOf(":") + 1);
    return name.slice(0, name.length - id.length) + (symbols.get(id) ?? id);
  }

  function cash(ledger: Ledger): string {
    return `${amountText(ledger.balances.get("Assets:Cash") ?? 0n, 2)} USD`;
  }

  /** Account -> what hledger says stands in it, without the quotes of its symbols. */
  function balances(path: string, ...args: string[]): Map<string, string> {
    const { output } = run("hledger", [
      "-f",
      path,
      "balance",
      "--flat",
      "--no-total",
      "-O",
      "csv",
      ...args,
    ]);
    const rows = output
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => JSON.parse(`[${line.replaceAll('""', "")}]`) as [string, string]);
    return new Map(rows);
  }

  function positions(path: string): string[] {
    return [...balances(path, "Assets:Positions")]
      .flatMap(([, amounts]) => amounts.split(", "))
      .filter((amount) => !amount.endsWith(" USD"))
      .toSorted();
  }

  function expectedPositions(ledger: Ledger): string[] {
    const symbols = symbolsOf([...ledger.positions.keys()], "USD");
    return [...ledger.positions.values()]
      .filter((p) => p.lots !== 0)
      .map((p) => ({ units: unitsText(p.lots, p.instrument.lot), p }))
      .map(
        ({ units, p }) =>
          `${p.instrument.lot < 1 ? padded(units) : units} ${symbols.get(p.instrument.id)}`,
      )
      .toSorted();
  }

  /** hledger shows the three decimals that the BTC directive declares. */
  function padded(units: string): string {
    const [whole, fraction = ""] = units.split(".");
    return `${whole}.${fraction.padEnd(3, "0")}`;
  }
});
