/** assay secrets, from the command line: values by standard input or typed unseen, and never printed. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/apps/cli/command-line.ts";
import type { InputStream } from "../../../src/apps/cli/hidden-input.ts";

const root = mkdtempSync(join(tmpdir(), "assay-secrets-cli-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let homes = 0;
const freshHome = () => join(root, `home-${homes++}`);
const VALUE = "PK-VALUE-9";

async function assay(
  argv: readonly string[],
  options: {
    readonly home: string;
    readonly stdin?: InputStream;
    readonly environment?: Record<string, string>;
  },
): Promise<{ code: number; out: string; err: string; all: string }> {
  const { home, stdin = Readable.from([]), environment = {} } = options;
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommandLine(["secrets", ...argv, "--home", home], {
    stdout: { write: (text) => void out.push(text) },
    stderr: { write: (text) => void err.push(text) },
    environment,
    stdin: () => stdin,
  });
  const all = [...out, ...err].join("");
  return { code, out: out.join(""), err: err.join(""), all };
}

const piped = (...chunks: string[]) => Readable.from(chunks.map((text) => Buffer.from(text)));

/** A terminal: what is typed, and whether it showed it. */
function terminal(...typed: string[]) {
  const modes: boolean[] = [];
  const stream = Object.assign(piped(...typed), {
    isTTY: true,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  return { stream, modes };
}

const storedIn = (home: string) =>
  JSON.parse(readFileSync(join(home, "secrets.json"), "utf8")).secrets;

describe("assay secrets set", () => {
  it.each([
    [VALUE, [VALUE]],
    ["with its line end", [`${VALUE}\n`]],
    ["with that of Windows", [`${VALUE}\r\n`]],
    ["in pieces", ["PK-", "VALUE", "-9\n"]],
  ])("stores what is piped to it: %s", async (_what, chunks) => {
    const home = freshHome();
    const ended = await assay(["set", "alpaca_paper_key_id"], { home, stdin: piped(...chunks) });
    expect(ended.code).toBe(0);
    expect(ended.out).toBe(`stored alpaca_paper_key_id in ${join(home, "secrets.json")}\n`);
    expect(storedIn(home)).toEqual({ alpaca_paper_key_id: VALUE });
    expect(statSync(join(home, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("takes what is typed, with corrections, and shows none of it", async () => {
    const home = freshHome();
    const { stream, modes } = terminal("PK-VALL", "\u007fUE", "-é\b9", "\rmore");
    const ended = await assay(["set", "alpaca_paper_secret"], { home, stdin: stream });
    expect(ended.code).toBe(0);
    expect(storedIn(home)).toEqual({ alpaca_paper_secret: VALUE });
    expect(ended.err).toBe("alpaca_paper_secret (not shown): \n");
    expect(modes).toEqual([true, false]);
  });

  it.each([
    ["an interrupt", "PK-VALUE\u0003", /interrupted; nothing was stored/],
    ["a terminal that goes away", "PK-VALUE", /the terminal went away; nothing was stored/],
    ["nothing", "\r", /the value of alert_to is empty/],
  ])("after %s has stored nothing, and the terminal shows again", async (_what, typed, message) => {
    const home = freshHome();
    const { stream, modes } = terminal(typed);
    const ended = await assay(["set", "alert_to"], { home, stdin: stream });
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(message);
    expect(modes).toEqual([true, false]);
    expect(() => storedIn(home)).toThrow(/ENOENT/);
  });

  it.each([
    [["set", "alpaca_paper_secret", VALUE]],
    [["set", `alpaca_paper_secret=${VALUE}`]],
    [["set", "alpaca_paper_secret", `--${VALUE}`]],
    [["set", `--${VALUE}`]],
    [["set", VALUE]],
    [["remove", VALUE]],
  ])("takes no value from the command line: %j", async (argv) => {
    const home = freshHome();
    const ended = await assay(argv, { home, stdin: piped("x") });
    expect(ended.code).toBe(2);
    expect(ended.all).not.toContain(VALUE);
    expect(() => storedIn(home)).toThrow(/ENOENT/);
  });

  it("says that the environment wins, and what it replaces", async () => {
    const home = freshHome();
    const environment = { ASSAY_ALERT_TO: "bob@example.org" };
    await assay(["set", "alert_to"], { home, stdin: piped("a@b") });
    const again = ["set", "alert_to", "--json"];
    const ended = await assay(again, { home, stdin: piped("c@d"), environment });
    expect(JSON.parse(ended.out)).toEqual({
      name: "alert_to",
      path: join(home, "secrets.json"),
      replaced: true,
      overruled: true,
    });
  });

  it("refuses more than a secret can be", async () => {
    const home = freshHome();
    const ended = await assay(["set", "alert_to"], { home, stdin: piped("x".repeat(70_000)) });
    expect(ended.err).toMatch(/standard input holds more than 65536 bytes/);
  });
});

describe("assay secrets list and remove", () => {
  it("show names and places, no values", async () => {
    const home = freshHome();
    await assay(["set", "alpaca_paper_secret"], { home, stdin: piped(VALUE) });
    const environment = { ASSAY_ALPACA_PAPER_SECRET: VALUE, ASSAY_ALERT_TO: VALUE };
    const ended = await assay(["list"], { home, environment });
    expect(ended.out).toMatch(
      /^alpaca_paper_secret +environment ASSAY_ALPACA_PAPER_SECRET, file \(overruled\)/m,
    );
    expect(ended.out).toMatch(/^alert_to +environment ASSAY_ALERT_TO/m);
    expect(ended.out).toMatch(/^alert_from +- /m);
    const json = await assay(["list", "--json"], { home, environment });
    expect(JSON.parse(json.out).secrets).toContainEqual({
      name: "alpaca_paper_secret",
      in_file: true,
      in_environment: true,
      variable: "ASSAY_ALPACA_PAPER_SECRET",
    });
    expect(ended.all + json.all).not.toContain(VALUE);
  });

  it("take out what is there, and say what is not", async () => {
    const home = freshHome();
    await assay(["set", "alert_to"], { home, stdin: piped("a@b") });
    expect((await assay(["remove", "alert_to"], { home })).out).toMatch(/^removed alert_to from/);
    expect(storedIn(home)).toEqual({});
    const ended = await assay(["remove", "alert_to"], { home });
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/does not hold alert_to; nothing was changed/);
  });
});
