/**
 * After a panic the simulated market trades again: the example with breakers so tight that they
 * fire many times in three years. From the journal, nettings and positions a run left: HALT adds
 * nothing, PANIC leaves the book flat until its cool-down, RAMPUP trades at half size from a new
 * high-water mark, NORMAL trades in full.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { centsIn } from "../support/exact-cents.ts";
import { exampleFolder, type ExampleRun, runInto } from "../support/example-runs.ts";
import { type Entry, readArtifact, readJournal, type Row } from "../support/run-files.ts";

const HALT_SESSIONS = 10;
const PANIC_SESSIONS = 20;
const RAMPUP_SESSIONS = 5;

/** Losses of 3 and 4 % instead of 15 and 20; the throttle must start before the panic. */
const TIGHTER = `
breakers: { unit: nav, daily_loss: 0.02, halt: 0.03, panic: 0.04 }
clamps: { throttle: { start: 0.03, recovery: 0.02 } }
`;

type Change = {
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly session: number;
  readonly highWater: bigint;
};

const own = mkdtempSync(join(tmpdir(), "assay-breakers-recover-"));
let run: ExampleRun;
let sessions: readonly string[];
let changes: readonly Change[];
let orders: readonly Row[];
let nettings: readonly Row[];

beforeAll(async () => {
  const folder = join(own, "mandate");
  mkdirSync(folder);
  const example = readFileSync(join(exampleFolder("simulated"), "mandate.yaml"), "utf8");
  // Weekly: a RAMPUP of five sessions then holds a decision.
  const shorter = example
    .replace("years: 20", "years: 3")
    .replace("decide: month_end", "decide: friday");
  expect(shorter.match(/years: 3 |decide: friday/g)).toHaveLength(2);
  writeFileSync(join(folder, "mandate.yaml"), `${shorter}${TIGHTER}`);
  run = await runInto(join(own, "home"), folder);
  sessions = readArtifact(run.folder, "equity").map((row) => row["date"]);
  changes = readJournal(run.folder).flatMap((entry) => changeIn(entry));
  orders = readArtifact(run.folder, "orders");
  nettings = readArtifact(run.folder, "nettings");
});
afterAll(() => {
  rmSync(own, { recursive: true });
});

function changeIn({ kind, at, payload }: Entry): readonly Change[] {
  const { from, to, high_water_minor: highWater } = payload;
  // A breaker that is kept shut tells why, once, and changes nothing.
  if (kind !== "breaker" || from === undefined || to === undefined || from === to) return [];
  const date = at.slice(0, 10);
  return [{ from, to, date, session: sessions.indexOf(date), highWater: BigInt(highWater ?? -1) }];
}

/** Sessions [from, until) that a state lasted, to the next change. */
function spans(state: string): readonly { readonly from: number; readonly until: number }[] {
  return changes.flatMap(({ to, session }, n) =>
    to === state ? [{ from: session, until: changes[n + 1]?.session ?? sessions.length }] : [],
  );
}

const decidedIn = (rows: readonly Row[], column: string, from: number, until: number) =>
  rows.filter((row) => sessions[from] <= row[column] && row[column] < (sessions[until] ?? "~"));

describe("the simulated example with tighter breakers", () => {
  it("ends well, and went through every state and back", () => {
    expect([run.exitCode, run.json.status]).toEqual([0, "OK"]);
    const seen = new Set(changes.map(({ from, to }) => `${from} ${to}`));
    for (const step of ["NORMAL HALT", "HALT PANIC", "HALT RAMPUP", "PANIC RAMPUP"]) {
      expect([...seen]).toContain(step);
    }
    // After every panic: half size, then trading as before.
    const after = changes.flatMap(({ to }, n) =>
      to === "PANIC" ? [changes.slice(n + 1, n + 3).map((change) => change.to)] : [],
    );
    expect(after.length).toBeGreaterThan(1);
    expect(after).toEqual(after.map(() => ["RAMPUP", "NORMAL"]));
    const listed = run.json.layers?.breakers.filter(({ from, to }) => from !== to);
    expect(listed?.map(({ date, to }) => [date, to])).toEqual(
      changes.map(({ date, to }) => [date, to]),
    );
  });

  it("each state follows the one before, and lasts as long as it must", () => {
    const least: { readonly [state: string]: number } = {
      HALT: HALT_SESSIONS,
      PANIC: PANIC_SESSIONS,
      RAMPUP: RAMPUP_SESSIONS,
    };
    changes.forEach(({ from, to, session, date }, n) => {
      const before = changes[n - 1];
      expect([date, from]).toEqual([date, before?.to ?? "NORMAL"]);
      // Only losses cut a state short.
      if (to === "HALT" || to === "PANIC") return;
      expect([date, session - before.session >= least[from]]).toEqual([date, true]);
    });
  });

  it("HALT and PANIC open nothing, and end what asks for it as the breaker's", () => {
    const shut = [...spans("HALT"), ...spans("PANIC")];
    for (const { from, until } of shut) {
      const opened = decidedIn(orders, "decided", from, until).filter(
        ({ purpose }) => purpose === "open",
      );
      expect([sessions[from], opened]).toEqual([sessions[from], []]);
    }
    const signals = readArtifact(run.folder, "signals");
    const refused = signals.filter((row) => row["terminal"] === "REJECTED_BY_CIRCUIT_BREAKER");
    expect(refused.length).toBeGreaterThan(20);
    const inside = shut.flatMap(({ from, until }) => sessions.slice(from, until));
    for (const { date } of refused) expect(inside).toContain(date);
  });

  it("PANIC sells everything at the next open, and nothing is held until RAMPUP", () => {
    const positions = readArtifact(run.folder, "positions");
    for (const { from, until } of spans("PANIC")) {
      const sold = decidedIn(orders, "decided", from, from + 1).filter(
        ({ purpose }) => purpose === "flatten",
      );
      const held = decidedIn(positions, "date", from, from + 1);
      expect([sessions[from], sold.map((row) => row["instrument"]).toSorted()]).toEqual([
        sessions[from],
        held.map((row) => row["instrument"]).toSorted(),
      ]);
      expect(sold.length).toBeGreaterThan(5);
      expect(new Set(sold.map(({ end }) => end))).toEqual(new Set(["filled"]));
      const last = sold
        .map(({ ended }) => ended)
        .toSorted()
        .at(-1) as string;
      // A market that was shut on the next day opens within the week.
      expect([sessions[from], sessions.indexOf(last) - from <= 5]).toEqual([sessions[from], true]);
      const left = decidedIn(positions, "date", sessions.indexOf(last), until);
      expect([sessions[from], left]).toEqual([sessions[from], []]);
    }
    expect(run.json.system_intents["flattened"]).toBeGreaterThan(10);
  });

  it("RAMPUP starts from its own high-water mark and trades at half size, NORMAL in full", () => {
    const nav = readArtifact(run.folder, "equity").map((row) => centsIn(row["nav"]));
    for (const { to, session, highWater } of changes) {
      if (to !== "RAMPUP") continue;
      expect([sessions[session], highWater]).toEqual([sessions[session], nav[session]]);
    }
    const half = spans("RAMPUP").flatMap(({ from, until }) => sessions.slice(from, until));
    const scales = nettings.map((row) => [row["date"], row["size_scale"]]);
    expect(scales).toEqual(nettings.map(({ date }) => [date, half.includes(date) ? "0.5" : "1"]));
    expect(nettings.filter(({ date }) => half.includes(date)).length).toBeGreaterThan(10);
  });

  it("trades again after every panic: something is opened in RAMPUP, and more in NORMAL", () => {
    const leverage = readArtifact(run.folder, "leverage");
    const gross = (session: number) => Number(leverage[session]["gross"]);
    for (const { until: begun } of spans("PANIC")) {
      const ramped = changes.find(({ session }) => session === begun) as Change;
      const again = changes.find((one) => one.session > ramped.session && one.to === "NORMAL");
      const opens = (from: number, until: number) =>
        decidedIn(orders, "decided", from, until).filter(
          ({ purpose, end }) => purpose === "open" && end === "filled",
        );
      const back = (again as Change).session;
      const [small, large] = [opens(begun, back), opens(back, back + 10)];
      expect([sessions[begun], small.length > 2, large.length > 2]).toEqual([
        sessions[begun],
        true,
        true,
      ]);
      expect([sessions[begun], gross(back - 1) < gross(back + 9)]).toEqual([sessions[begun], true]);
    }
  });
});
