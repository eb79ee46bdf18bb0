/**
 * What `assay explain` refuses: unknown names, a run that broke off, a record that was altered. What
 * it needs: the run's folder, neither pack nor mandate. Where it is coloured: on a terminal.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters as withoutColour } from "node:util";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import { copied, document, explain, type Place, recorded } from "../support/explained.ts";
import { readArtifact } from "../support/run-files.ts";
import { AA_HOLE, dateOf, writeScripted } from "../support/scripted-mandate.ts";

type RunName = "scripted" | "braked";

const scratch = mkdtempSync(join(tmpdir(), "assay-explain-refused-"));
const runs = new Map<RunName, Place>();
beforeAll(async () => {
  for (const name of ["scripted", "braked"] as const) {
    const mandate = writeScripted(scratch, name);
    runs.set(name, await recorded(mandate, join(scratch, `home-${name}`)));
  }
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

const placeOf = (name: RunName): Place => runs.get(name) as Place;

describe("what cannot be explained is refused in one line", () => {
  const signalOf = (place: Place) =>
    readArtifact(place.folder, "signals").flatMap(({ signal_id: id }) => (id === "" ? [] : [id]));

  it("an id that no signal has: the nearest is named", async () => {
    const [id] = signalOf(placeOf("scripted"));
    const other = `${id.slice(0, 10)}${id[10] === "0" ? "1" : "0"}${id.slice(11)}`;
    const { code, stdout, stderr } = await explain(placeOf("scripted"), other);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`begins with ${other}; the nearest is ${id}`);
  });

  it("a beginning that several have: they are named", async () => {
    const ids = signalOf(placeOf("braked"));
    const first = new Map<string, number>();
    for (const id of ids) first.set(id[0], (first.get(id[0]) ?? 0) + 1);
    const [digit, count] = [...first].find(([, n]) => n > 1) as [string, number];
    const { code, stderr } = await explain(placeOf("braked"), digit);
    expect(code).toBe(2);
    expect(stderr).toContain(`${count} signals of run`);
    expect(stderr).toContain(ids.filter((id) => id.startsWith(digit)).toSorted()[0]);
  });

  it("a beginning that one has is enough", async () => {
    const [id] = signalOf(placeOf("scripted"));
    expect((await document(placeOf("scripted"), id.slice(0, 8))).signal["signal_id"]).toBe(id);
  });

  it.for<readonly [readonly string[], RegExp]>([
    [["AB", dateOf(5)], /has no instrument AB; did you mean AA\? It has AA, BB/],
    [["AA", "2020-02-30"], /2020-02-30 is no date; expected YYYY-MM-DD/],
    [["AA"], /AA is an instrument: give a date too/],
    [["hello"], /hello is no signal id/],
    [["AA", dateOf(5), "--run", "feedfeed"], /feedfeed/],
    [[], /missing required argument/],
  ])("%j", async ([args, message]) => {
    const { code, stdout, stderr } = await explain(placeOf("scripted"), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("the record is verified first", () => {
  it("and needs neither pack nor mandate", async () => {
    const alone = copied(placeOf("scripted"), join(scratch, "alone"));
    const [row] = readArtifact(alone.folder, "signals").filter((each) => each["signal_id"] !== "");
    const here = await explain(placeOf("scripted"), row["signal_id"]);
    expect(await explain(alone, row["signal_id"])).toEqual(here);
    const day = await document(alone, "AA", dateOf(AA_HOLE));
    expect({ bar: day.bar, kind: day.quiet?.kind }).toEqual({ bar: null, kind: "held" });
    const { stdout } = await explain(alone, "AA", dateOf(AA_HOLE));
    expect(stdout).toMatch(/─ bar +not known: the record alone does not tell/);
  });

  it.for<readonly [string, (place: Place) => void, number, RegExp]>([
    [
      "a changed number in an artifact",
      ({ folder }) => {
        const path = join(folder, "artifacts", "signals.csv");
        writeFileSync(path, readFileSync(path, "utf8").replace(",0.2,", ",0.3,"));
      },
      6,
      /does not hold, and what does not hold is not explained/,
    ],
    [
      "a changed entry",
      ({ folder }) => {
        const journal = new Database(join(folder, "journal.sqlite"));
        journal.exec("UPDATE entries SET body = replace(body, '100.05', '100.06') WHERE seq = 8");
        journal.exec("UPDATE entries SET body = replace(body, '51.0255', '51.0256') WHERE seq = 6");
        journal.close();
      },
      6,
      /does not hold/,
    ],
    ["a run that was stopped", ({ folder }) => rewriteHead(folder), 4, /is not finished/],
    [
      "a run that broke",
      ({ folder }) => {
        rewriteHead(folder);
        const failure = { invariant: 1, message: "stage clamps was not applied" };
        writeFileSync(join(folder, "run.json"), JSON.stringify({ status: "ERROR", failure }));
      },
      5,
      /broke off before its record was sealed.*stage clamps was not applied/,
    ],
  ])("%s is refused", async ([name, damage, exit, message]) => {
    const place = copied(placeOf("scripted"), join(scratch, name.replaceAll(" ", "-")));
    damage(place);
    const { code, stdout, stderr } = await explain(place, "AA", dateOf(6), "--run", place.runId);
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toMatch(message);
  });

  /** As it was before the run's documents were recorded. */
  function rewriteHead(folder: string): void {
    const path = join(folder, "HEAD");
    const { hash, seq } = JSON.parse(readFileSync(path, "utf8")) as { hash: string; seq: number };
    writeFileSync(path, `${JSON.stringify({ hash, seq })}\n`);
  }
});

it("colours its lines on a terminal alone", async () => {
  const { home } = placeOf("scripted");
  const said = async (isTTY: boolean) => {
    let text = "";
    const stdout = { isTTY, write: (part: string) => (text += part) };
    const args = ["explain", "AA", dateOf(6)];
    await runCommandLine(args, { stdout, stderr: stdout, environment: { ASSAY_HOME: home } });
    return text;
  };
  const [plain, coloured] = [await said(false), await said(true)];
  expect(plain).not.toContain("\u001b[");
  expect(coloured).toContain("\u001b[31mIt did not trade");
  expect(withoutColour(coloured)).toBe(plain);
});
