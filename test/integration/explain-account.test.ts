/**
 * `assay explain --account` on short rehearsals against the venue's own server. What a signal traded is
 * asked of the venue: its activities name the executions, its orders our ids. What went wrong was
 * planted at the venue, or ordered by a person, on a known day, and is to be told in words.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { openAccountRecord } from "../../src/apps/explain/account-record.ts";
import { knownInstruments } from "../../src/apps/explain/known-instruments.ts";
import { tradeSession } from "../../src/engine/trading/day.ts";
import { pauseAccount, resumeAccount } from "../../src/engine/trading/operator.ts";
import { command, type Said } from "../support/explained.ts";
import { type Rehearsal, rehearse } from "../support/rehearsal.ts";
import { dateOf, type ScriptedName, writeScripted } from "../support/scripted-mandate.ts";
import { ask, stepTo } from "../support/venue-fixture.ts";

type Place = { readonly rehearsal: Rehearsal; readonly days: Map<number, DailyDocument> };

const scratch = mkdtempSync(join(tmpdir(), "assay-explain-account-"));
const places = new Map<ScriptedName, Place>();
const placeOf = (name: ScriptedName): Place => places.get(name) as Place;

beforeAll(async () => {
  places.set("changing", await rehearseFaults());
  places.set("scripted", await rehearseCalm());
}, 60_000);
afterAll(async () => {
  for (const { rehearsal } of places.values()) await rehearsal.close();
  rmSync(scratch, { recursive: true });
});

/** Numbers of sessions on which something goes wrong. */
const FAULTY = 5;
const PAUSED = 6;
const MISSED_FILL = 7;
const BROKEN = 8;
const LATE = 9;
const MISSED_DAY = 10;
const AFTER = 11;

/** Three shares that are to be traded on every session. */
async function rehearseFaults(): Promise<Place> {
  const mandate = writeScripted(scratch, "changing");
  const rehearsal = await rehearse({ mandate, start: dateOf(FAULTY - 1) });
  const days = new Map<number, DailyDocument>();
  const trade = (n: number) => tradeOne(rehearsal, days, n);
  const plant = async (what: unknown) => {
    const { status, body } = await ask(rehearsal.venue, "POST", "/assay/v1/faults", what);
    if (status !== 200) throw new Error(JSON.stringify(body));
  };
  const operator = "ada";
  await trade(FAULTY - 1);
  await plant({
    faults: [
      { kind: "partial_fill", symbol: "EE", share: 0.4 },
      { kind: "lost_ack", call: "place", symbol: "GG" },
    ],
    acts: [{ act: "halt", symbol: "FF", refuses: true }],
  });
  await trade(FAULTY);
  await plant({ acts: [{ act: "resume", symbol: "FF" }] });
  await pauseAccount(rehearsal.desk(), { operator, reason: "the desk is moving house" });
  await trade(PAUSED);
  const resumed = { operator, reason: "all is well again" };
  await resumeAccount(rehearsal.desk(), resumed, { force: false });
  await plant({ faults: [{ kind: "missed_fill", symbol: "EE" }] });
  await trade(MISSED_FILL);
  await trade(BROKEN);
  await resumeAccount(rehearsal.desk(), resumed, { force: false });
  await stepTo(rehearsal.venue, `${dateOf(LATE)}T14:29:00Z`);
  await trade(LATE);
  await trade(AFTER);
  return { rehearsal, days };
}

/** A protective stop is hit, a limit order works into later days. */
async function rehearseCalm(): Promise<Place> {
  const mandate = writeScripted(scratch, "scripted");
  const rehearsal = await rehearse({ mandate, start: dateOf(39) });
  const days = new Map<number, DailyDocument>();
  for (let n = 39; n <= 48; n++) await tradeOne(rehearsal, days, n);
  return { rehearsal, days };
}

async function tradeOne(
  rehearsal: Rehearsal,
  days: Map<number, DailyDocument>,
  n: number,
): Promise<void> {
  const desk = rehearsal.desk();
  const [session] = await desk.ports.broker.sessions(dateOf(n), dateOf(n));
  const outcome = await tradeSession(desk, { session, stopped: () => false });
  if (outcome.kind !== "done") throw new Error(`${session.date}: ${outcome.kind}`);
  days.set(n, outcome.document);
}

const explain = (name: ScriptedName, ...args: readonly string[]): Promise<Said> =>
  command(["explain", ...args, "--account", "paper"], placeOf(name).rehearsal.home);

type Order = {
  readonly order_id: string;
  readonly purpose: string;
  readonly fills: readonly { readonly execution: { readonly execution_id: string } }[];
  readonly venue: { readonly facts: readonly { readonly kind: string }[] };
};
type Answer = {
  readonly answer: string;
  readonly traded: boolean;
  readonly end: { readonly state: string; readonly share: number } | null;
  readonly orders: readonly Order[];
  readonly quiet: { readonly kind: string } | null;
  readonly earlier: readonly Order[];
  readonly placed: readonly Order[];
};

async function document(name: ScriptedName, ...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await explain(name, ...args, "--json");
  if (code !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** As the days' documents list them; a signal of several days stands as it ended. */
function signalsOf(name: ScriptedName): Map<string, DailyDocument["signals"]["list"][number]> {
  const lists = [...placeOf(name).days.values()].flatMap(({ signals }) => signals.list);
  return new Map(lists.map((signal) => [signal.signal_id, signal]));
}

function signalOn(name: ScriptedName, n: number, instrument: string): string {
  const found = placeOf(name)
    .days.get(n)
    ?.signals.list.find((signal) => signal.instrument === instrument);
  if (found === undefined) throw new Error(`no signal of ${instrument} on session ${n}`);
  return found.signal_id;
}

/** Our order's id -> the executions that the venue itself reports for it. */
async function venueExecutions(name: ScriptedName): Promise<Map<string, string[]>> {
  const { venue } = placeOf(name).rehearsal;
  const read = async (path: string) =>
    (await ask(venue, "GET", path)).body as readonly { readonly [key: string]: string }[];
  const orders = await read("/v2/orders?status=all&limit=500");
  const ours = new Map(orders.map((order) => [order["id"], order["client_order_id"]]));
  const found = new Map<string, string[]>();
  for (const fill of await read("/v2/account/activities?activity_types=FILL&page_size=100")) {
    const id = ours.get(fill["order_id"]) as string;
    // The second half of an activity's id is the execution's.
    const execution = fill["id"].split("::")[1];
    found.set(id, [...(found.get(id) ?? []), execution]);
  }
  return found;
}

const executionsIn = (orders: readonly Order[]) =>
  orders.flatMap(({ fills }) => fills.map(({ execution }) => execution.execution_id));

describe.for(["changing", "scripted"] as const)("each signal of each day of %s", (name) => {
  it("is explained up to the executions that the venue reports, and ended as its day says", async () => {
    const reported = await venueExecutions(name);
    const told: string[] = [];
    for (const [id, { order_ids: ids, terminal, share }] of signalsOf(name)) {
      const { orders, end, answer, traded } = await document(name, id);
      const expected = ids.flatMap((order) => reported.get(order) ?? []).toSorted();
      expect(executionsIn(orders).toSorted()).toEqual(expected);
      expect([end?.state ?? null, end?.share ?? null]).toEqual([terminal, share]);
      expect(traded).toBe(expected.length > 0);
      for (const execution of expected) expect(answer).toContain(execution);
      told.push(...expected);
    }
    const bySignals = [...signalsOf(name).values()].flatMap(({ order_ids: ids }) => ids);
    const served = [...reported].filter(([order]) => bySignals.includes(order));
    expect(told.toSorted()).toEqual(served.flatMap(([, executions]) => executions).toSorted());
    expect(told.length).toBeGreaterThan(1);
  });

  it("and each day of each share tells the executions of that day, and nothing else", async () => {
    for (const { date, trades } of placeOf(name).days.values()) {
      for (const instrument of name === "changing" ? ["EE", "FF", "GG"] : ["AA", "BB"]) {
        const { answer, traded } = await document(name, instrument, date);
        const expected = trades.fills.filter((fill) => fill.instrument === instrument);
        expect([date, instrument, traded]).toEqual([date, instrument, expected.length > 0]);
        for (const fill of expected) expect(answer).toContain(fill.execution_id);
      }
    }
  });
});

describe("what went wrong is told in words", () => {
  const sentence = async (n: number, instrument: string) =>
    (await document("changing", signalOn("changing", n, instrument))).answer;

  it("a pause names the person and the reason", async () => {
    const said = await sentence(PAUSED, "EE");
    expect(said).toMatch(/^It did not trade: refused by gate pause: trading is closed/);
    expect(said).toMatch(/ada had paused it on \S+ \(entry \d+\): the desk is moving house\.$/);
  });

  it("a pause by a reconciliation names the break", async () => {
    const said = await sentence(BROKEN, "GG");
    const fills = placeOf("changing").days.get(MISSED_FILL)?.trades.fills ?? [];
    const execution = fills.find(({ source }) => source === "activity")?.execution_id;
    expect(execution).toMatch(/^[0-9a-f-]{36}$/);
    expect(said).toContain(`MISSED_FILL ${execution} (ours none, theirs 5, in units)`);
    expect(said).toContain("the end reconciliation had paused it");
    const { stdout } = await explain("changing", signalOn("changing", BROKEN, "GG"));
    expect(stdout).toMatch(/trading closed {2}.*\n.*break {2}MISSED_FILL/);
  });

  it("a refusal gives the broker's code and message", async () => {
    const said = await sentence(FAULTY, "FF");
    expect(said).toContain("the venue rejected its order with code 42210000");
    expect(said).toMatch(
      /a local venue refused it with code 42210000 and said: asset "FF" is not tradable/,
    );
  });

  it("a partial fill says what became of the rest", async () => {
    const said = await sentence(FAULTY, "EE");
    expect(said).toMatch(/^It traded: sold 36 lots at 100 on 2020-01-10, 39\.5604 % of its wish\./);
    expect(said).toMatch(
      /The rest: a local venue let its market order .* expire .* 36 units of it filled/,
    );
  });

  it("a missed fill says that the stream did not tell of it", async () => {
    expect(await sentence(MISSED_FILL, "EE")).toContain("found later in the venue's activities");
    const { stdout } = await explain("changing", signalOn("changing", MISSED_FILL, "EE"));
    expect(stdout).toContain("the stream was listening and never told of it");
  });

  it("an order that was withdrawn says why", async () => {
    expect(await sentence(LATE, "FF")).toMatch(
      /^It did not trade: its market order of \S+ was withdrawn on \S+ and never traded: its auction had passed before it could be sent\.$/,
    );
  });

  it("a lost answer is followed from the unknown outcome to the look-up", async () => {
    const { orders } = await document("changing", signalOn("changing", FAULTY, "GG"));
    const kinds = orders.flatMap(({ venue }) => venue.facts.map(({ kind }) => kind));
    expect(kinds).toEqual(["order_unknown", "order_acknowledged"]);
    const { stdout } = await explain("changing", signalOn("changing", FAULTY, "GG"));
    expect(stdout).toMatch(/nobody knew what became of it: .*; it was looked up by its own id/);
    expect(stdout).toContain("asked by its own id, the venue answered that it has it, as order");
  });

  it("a missed day, and one on which all held", async () => {
    const missed = await document("changing", "EE", dateOf(MISSED_DAY));
    expect(missed.quiet?.kind).toBe("missed");
    expect(missed.answer).toContain(`nothing ran on ${dateOf(MISSED_DAY)}`);
    const held = await document("changing", "EE", dateOf(AFTER));
    expect(held.quiet?.kind).toBe("held");
    expect(held.answer).toContain("159 lots stay held");
  });
});

describe("orders that live longer than their signal or their day", () => {
  it("a protective stop is told by its execution on the day it was hit", async () => {
    const { answer, earlier, placed } = await document("scripted", "AA", dateOf(43));
    const reported = [...(await venueExecutions("scripted"))];
    // The one of the days before gave way to a smaller one on that day.
    const stops = [...earlier, ...placed].filter(({ purpose }) => purpose === "stop");
    const [hit] = stops.filter(({ fills }) => fills.length > 0);
    expect(stops.map(({ fills }) => fills.length)).toEqual([0, 1]);
    expect(reported).toContainEqual([hit.order_id, executionsIn([hit])]);
    expect(answer).toMatch(/sold 149 lots at 93\.9\d+ by a protective stop of/);
    expect(answer).toMatch(/its position went from 150 to 0 lots\.$/);
  });

  it("a signal whose order still works has no end yet, and says where it works", async () => {
    const { answer, end, traded } = await document("scripted", signalOn("scripted", 47, "AA"));
    expect({ end, traded }).toEqual({ end: null, traded: false });
    expect(answer).toMatch(/^It has not ended: its order buys \d+ lots, none of them filled/);
    const later = await document("scripted", "AA", dateOf(48));
    expect(later.answer).toContain(`an order of ${dateOf(46)} was at work and found no price`);
  });
});

it("a dry run is explained like any account, and says what it is", async () => {
  const home = join(scratch, "dry");
  const mandate = join(scratch, "changing");
  const traded = await command(["trade", mandate, "--mode", "dry-run", "--date", dateOf(5)], home);
  expect(traded.code).toBe(0);
  const day = ["explain", "FF", dateOf(5), "--account", "dry-run"];
  const { stdout } = await command(day, home);
  expect(stdout).toMatch(/^It traded: bought \d+ lots at 100\.1 by an order of/);
  expect(stdout).toContain(`FF, ${dateOf(5)}  DRY_RUN\n`);
  const [, id] = /assay explain ([0-9a-f]+) --account dry-run/.exec(stdout) ?? [];
  const signal = await command(["explain", id, "--account", "dry-run"], home);
  expect(signal.stdout).toContain("EXECUTED  DRY_RUN  signal");
  expect(signal.stdout).toMatch(/execution {2}[0-9a-f-]{36} \(entry \d+\)/);
});

describe("an instrument of which nothing was ever wanted", () => {
  it("is known by the day's pack, where it is still here", async () => {
    const { home } = placeOf("changing").rehearsal;
    const record = { ...openAccountRecord(home, "paper"), entries: [] };
    expect([...(await knownInstruments(record, "EE", home))]).toEqual(["EE", "FF", "GG"]);
    expect([...(await knownInstruments(record, "EE", scratch))]).toEqual([]);
  });
});

describe("what cannot be explained is refused in one line", () => {
  it.for<readonly [readonly string[], RegExp]>([
    [["EF", dateOf(5)], /knows no instrument EF; did you mean .*\? It knows EE, FF, GG/],
    [
      ["EE", "2020-01-11"],
      /no trading day on 2020-01-11, a Saturday: .* 2020-01-10, .* 2020-01-13/,
    ],
    [["EE", "2020-02-30"], /2020-02-30 is no date/],
    [["EE"], /EE is an instrument: give a date too/],
    [["hello"], /hello is no signal id/],
    [["EE", dateOf(5), "--run", "feed"], /--run and --account are two records/],
  ])("%j", async ([args, message]) => {
    const { code, stdout, stderr } = await explain("changing", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("an account that was never traded", async () => {
    const { home } = placeOf("changing").rehearsal;
    const { code, stderr } = await command(["explain", "abc", "--account", "live"], home);
    expect({ code, found: /nothing was traded there/.test(stderr) }).toEqual({
      code: 4,
      found: true,
    });
  });

  it("a day's document that is not the one the journal names", async () => {
    const home = join(scratch, "altered");
    cpSync(placeOf("changing").rehearsal.home, home, { recursive: true });
    const path = join(home, "accounts/paper/artifacts/json", `${dateOf(FAULTY)}.json`);
    const altered = JSON.parse(readFileSync(path, "utf8")) as { runtime_s: number };
    const text = readFileSync(path, "utf8").replace('"raw":3', '"raw":4');
    expect(JSON.parse(text)).not.toEqual(altered);
    writeFileSync(path, text);
    const said = await command(["explain", "EE", dateOf(4), "--account", "paper"], home);
    expect({ code: said.code, stdout: said.stdout }).toEqual({ code: 6, stdout: "" });
    expect(said.stderr).toContain(`${dateOf(FAULTY)}.json is not the file that the journal names`);
  });
});
