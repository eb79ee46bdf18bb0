/**
 * `assay explain INSTRUMENT DATE`: an answer for every kind of day on which nothing happened, and for
 * every day of a run everything that its journal holds of the instrument.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  copied,
  document,
  explain,
  type Explained,
  type Place,
  recorded,
} from "../support/explained.ts";
import { readArtifact, readJournal } from "../support/run-files.ts";
import {
  AA_DIVIDEND,
  AA_HOLE,
  BB_SPLIT,
  CRASH,
  DATES,
  dateOf,
  FIRST,
  HOLIDAY,
  UNKNOWN,
  writeScripted,
} from "../support/scripted-mandate.ts";

type RunName = "scripted" | "fridays" | "months" | "short" | "braked" | "alike";

const scratch = mkdtempSync(join(tmpdir(), "assay-explain-days-"));
const runs = new Map<RunName, Place>();
beforeAll(async () => {
  const [scripted, braked, alike] = (["scripted", "braked", "alike"] as const).map((name) =>
    writeScripted(scratch, name),
  );
  const place = async (name: RunName, mandate: string, more: readonly string[] = []) =>
    runs.set(name, await recorded(mandate, join(scratch, `home-${name}`), more));
  await place("scripted", scripted);
  await place("fridays", scripted, [
    "--set",
    "schedule.decide=friday",
    "--set",
    "schedule.rebalance=never",
  ]);
  await place("months", scripted, [
    "--set",
    "schedule.decide=month_end",
    "--set",
    "schedule.rebalance=never",
  ]);
  await place("short", scripted, [
    "--set",
    "data.from=2020-02-04",
    "--set",
    "data.to=2020-02-20",
    "--set",
    "schedule.decide=month_end",
    "--set",
    "schedule.rebalance=never",
  ]);
  await place("braked", braked);
  await place("alike", alike);
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

const placeOf = (name: RunName): Place => runs.get(name) as Place;

describe("a day on which nothing happened says why", () => {
  it.for<readonly [string, RunName, string, string, string, RegExp]>([
    [
      "a weekend",
      "scripted",
      "AA",
      "2020-01-11",
      "no_session",
      /2020-01-11 is a Saturday; the sessions around it are 2020-01-10 and 2020-01-13/,
    ],
    [
      "a holiday",
      "scripted",
      "AA",
      HOLIDAY,
      "no_session",
      /is a Monday, and no instrument of the run has a bar on it, as on a holiday; .* 2020-01-17 and 2020-01-21/,
    ],
    [
      "no decision due, stages",
      "alike",
      "CC",
      "2020-01-16",
      "not_due",
      /no decision was due on it in the rhythm the run kept \(friday\): the one before was on 2020-01-10, the next on 2020-01-17/,
    ],
    [
      "no decision due, targets",
      "fridays",
      "BB",
      "2020-01-22",
      "not_due",
      /\(friday\): the one before was on 2020-01-17, the next on 2020-01-24/,
    ],
    [
      "too few decisions to know",
      "months",
      "BB",
      "2020-02-12",
      "not_said",
      /too few decisions \(2020-01-31, 2020-02-28\) to tell/,
    ],
    [
      "warm-up",
      "scripted",
      "AA",
      dateOf(1),
      "warm_up",
      new RegExp(`warming up and gave no forecast: script gave its first on ${dateOf(FIRST)}`),
    ],
    [
      "an unknown column",
      "scripted",
      "AA",
      dateOf(UNKNOWN),
      "unknown_column",
      /a column that script reads was unknown on its row/,
    ],
    [
      "no bar",
      "scripted",
      "AA",
      dateOf(AA_HOLE),
      "no_bar",
      /it had no bar on it; its strategies changed nothing and -\d+ lots are held/,
    ],
    [
      "no wish",
      "scripted",
      "AA",
      dateOf(6),
      "held",
      /200 lots are held \(script: the strategy asked for no change of its wish\)/,
    ],
    [
      "the same wish",
      "scripted",
      "AA",
      dateOf(5),
      "held",
      new RegExp(`weight 0\\.2, is the same since ${dateOf(3)}, and a wish is sized anew only`),
    ],
    [
      "another wish of the same size",
      "scripted",
      "AA",
      dateOf(42),
      "held",
      /its new wish, weight 0\.149, comes to the 162 lots that are held already/,
    ],
    [
      "a view of nothing",
      "alike",
      "CC",
      "2020-01-17",
      "held",
      /early: it wants nothing and holds nothing/,
    ],
    [
      "an order that waits",
      "scripted",
      "AA",
      dateOf(12),
      "held",
      new RegExp(`an order of ${dateOf(11)} was at work and found no price`),
    ],
    [
      "never asked, targets",
      "short",
      "AA",
      "2020-02-10",
      "never_asked",
      /no strategy gave a forecast for AA in the whole run: none was asked on a row past its warm-up/,
    ],
  ])("%s", async ([, name, instrument, date, kind, message]) => {
    const said = await document(placeOf(name), instrument, date);
    expect(said.answer).toMatch(/^It did not trade: .*\.$/);
    expect(said.answer).toMatch(message);
    expect({ traded: said.traded, kind: said.quiet?.kind }).toEqual({ traded: false, kind });
    const { stdout } = await explain(placeOf(name), instrument, date);
    expect(stdout.split("\n")[0]).toBe(said.answer);
  });

  it.for(["2020-01-05", "2020-12-31"])(
    "%s lies outside the run, whose range is named",
    async (date) => {
      const { code, stderr } = await explain(placeOf("scripted"), "AA", date);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`nothing happened on ${date}: run .* covers ${DATES[0]} to ${DATES.at(-1)}`),
      );
    },
  );
});

/** Numbers of all journal entries that an answer shows. */
function entriesIn(said: Explained): ReadonlySet<number> {
  const found = new Set<number>();
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "seq" && typeof inner === "number") found.add(inner);
      walk(inner);
    }
  };
  walk(said);
  return found;
}

describe.for(["AA", "BB"])("every session of %s", (instrument) => {
  it("shows all that the journal holds of it on that date, and trades where it filled", async () => {
    const place = copied(placeOf("scripted"), join(scratch, `copy-${instrument}`));
    const journal = readJournal(place.folder);
    const filled = new Set(
      readArtifact(place.folder, "fills")
        .filter((row) => row["instrument"] === instrument)
        .map((row) => row["date"]),
    );
    const lots = new Map(
      readArtifact(place.folder, "positions")
        .filter((row) => row["instrument"] === instrument)
        .map((row) => [row["date"], Number(row["lots"])]),
    );
    expect(filled.size).toBeGreaterThan(1);
    for (const [n, date] of DATES.entries()) {
      const said = await document(place, instrument, date);
      expect([date, said.traded]).toEqual([date, filled.has(date)]);
      const shown = entriesIn(said);
      const missed = journal.filter(
        ({ at, seq, payload }) =>
          at === date &&
          !shown.has(seq) &&
          JSON.stringify(payload).includes(`"instrument":"${instrument}"`),
      );
      expect([date, missed]).toEqual([date, []]);
      expect([date, said.after?.["lots"] ?? 0]).toEqual([date, lots.get(date) ?? 0]);
      expect([date, said.before?.["lots"] ?? 0]).toEqual([date, lots.get(DATES[n - 1]) ?? 0]);
    }
  }, 60_000);
});

describe("what happens without a decision", () => {
  it.for<readonly [string, string, string, RegExp]>([
    [
      "a dividend owed on a short",
      "AA",
      dateOf(AA_DIVIDEND.ex),
      /─ dividend +0\.75 a unit on -\d+ lots: -79\.50 USD, paid on /,
    ],
    [
      "its payment",
      "AA",
      dateOf(AA_DIVIDEND.paid),
      /─ dividend +paid: -79\.50 USD of the ex date /,
    ],
    [
      "the loan of a short",
      "AA",
      dateOf(AA_DIVIDEND.ex),
      /─ borrow +1 days at 0\.03 a year on [\d,.]+ USD: 0\.\d\d USD paid/,
    ],
    [
      "interest of the account",
      "AA",
      dateOf(26),
      /─ financing +of the account: 1 days at 0\.05 a year on [\d,.]+ USD: [\d.]+ USD paid/,
    ],
    ["a split", "BB", dateOf(BB_SPLIT), /─ split +2 for 1: 905 lots became 1,810/],
    [
      "a protective stop",
      "AA",
      dateOf(CRASH),
      /^It traded: sold 162 lots at 95\.0\d+ by a protective stop of .*; its position went from 162 to 0 lots\./,
    ],
  ])("%s", async ([, instrument, date, text]) => {
    const { code, stdout } = await explain(placeOf("scripted"), instrument, date);
    expect(code).toBe(0);
    expect(stdout).toMatch(text);
  });

  it("a split moves lots without a trade, and the first line says so", async () => {
    const said = await document(placeOf("scripted"), "BB", dateOf(BB_SPLIT));
    expect(said.answer).toMatch(/its position went from 905 to 1,810 lots without a trade\.$/);
  });
});
