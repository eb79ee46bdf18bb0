/**
 * Every break code planted at a running venue and met by the whole trading day: found under its code,
 * trading closed for good (a new start finds it closed), people told, the day's documents and the break
 * pack written, one incident however often it is found again; nothing is sent while it stands, and a
 * resume opens only once the books agree with the venue again (spec execution, 5; acceptance 5).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adoptAccount, resumeAccount } from "../../src/engine/trading/operator.ts";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { Fault } from "../../src/domain/fault.ts";
import { BREAK_CODES, type BreakCode } from "../../src/domain/reconciliation.ts";
import type { AccountEntry } from "../../src/domain/trading-entry.ts";
import { decodeAccountBody } from "../../src/records/journal/chain.ts";
import { atVenue } from "../support/account-bench.ts";
import { rehearse, type Rehearsal, writeRandomMandate } from "../support/rehearsal.ts";
import { startWebServer, type WebServer } from "../unit/alerts/servers.ts";

const NANO = 1_000_000_000n;
const SIGNED = { operator: "ann", reason: "the cause is undone" };

let folder: string;
let hook: WebServer;
let rehearsal: Rehearsal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "assay-breaks-"));
  hook = await startWebServer();
  rehearsal = await rehearse({
    mandate: writeRandomMandate(folder, 11),
    start: "2019-03-04",
    environment: { ASSAY_ALERT_WEBHOOK_URL: hook.url },
  });
  await rehearsal.trade(2);
}, 60_000);

afterAll(async () => {
  await rehearsal.close();
  await hook.close();
  rmSync(folder, { recursive: true, force: true });
});

const act = (...acts: readonly object[]) =>
  atVenue(rehearsal.venue, "POST", "/assay/v1/faults", { acts });
const fault = (...faults: readonly object[]) =>
  atVenue(rehearsal.venue, "POST", "/assay/v1/faults", { faults });

function held(symbol: string): bigint {
  const { positions } = rehearsal.venue.exchange.state;
  return (positions.find((one) => one.symbol === symbol)?.qtyNano ?? 0n) / NANO;
}

function entries(): readonly AccountEntry[] {
  return [...rehearsal.trading().ports.journal.rows(1)].map(({ body }) => decodeAccountBody(body));
}

const breakIn = (day: DailyDocument, code: BreakCode) =>
  day.health.reconciliation.flatMap(({ breaks }) => breaks).find((one) => one.code === code);

type Planted = {
  readonly code: BreakCode;
  /** Found before the day decides, or by the proof at its end. */
  readonly found: "start" | "end";
  readonly plant: () => Promise<unknown>;
  /** What puts an end to the cause, and what it was about. Null: the books follow by themselves. */
  readonly undo: ((subject: string, ours: string | null) => Promise<unknown>) | null;
};

const units = (qty: bigint | string) => ({ act: "change_position", symbol: "AAA", qty: `${qty}` });
let phantom = 0n;

const PLANTED: readonly Planted[] = [
  {
    code: "PHANTOM_POSITION",
    found: "start",
    plant: () => {
      phantom = held("AAA");
      return act(units(-phantom));
    },
    undo: () => act(units(phantom)),
  },
  {
    code: "MISSING_POSITION",
    found: "start",
    plant: () => act({ act: "change_position", symbol: "BBB", qty: "5" }),
    undo: () => act({ act: "change_position", symbol: "BBB", qty: "-5" }),
  },
  {
    code: "QUANTITY",
    found: "start",
    plant: () => act(units("7")),
    undo: () => act(units("-7")),
  },
  {
    code: "CASH",
    found: "start",
    plant: () => act({ act: "adjust_cash", amount: "-12.34", silent: true }),
    undo: () => act({ act: "adjust_cash", amount: "12.34", silent: true }),
  },
  {
    code: "PHANTOM_ORDER",
    found: "start",
    plant: () => act({ act: "place_phantom", symbol: "BBB", qty: "3", price: "1" }),
    undo: () => atVenue(rehearsal.venue, "DELETE", "/v2/orders"),
  },
  {
    code: "AVERAGE_PRICE",
    found: "end",
    plant: () => fault({ kind: "price_bust", price: "70.5" }),
    undo: (execution, ours) =>
      act({ act: "bust_price", execution_id: execution, price: ours as string }),
  },
  {
    code: "STUCK_ORDER",
    found: "end",
    plant: () => fault({ kind: "stuck_order" }),
    undo: async () => {
      const { orders } = rehearsal.venue.exchange.state;
      const stuck = orders.find((order) => order.isStuck);
      if (stuck === undefined) throw new Error("no order is stuck");
      stuck.isStuck = false;
      await atVenue(rehearsal.venue, "DELETE", `/v2/orders/${stuck.id}`);
    },
  },
  {
    code: "MISSED_FILL",
    found: "end",
    plant: () => fault({ kind: "missed_fill" }),
    undo: null,
  },
  {
    code: "DUPLICATE_FILL",
    found: "end",
    plant: () => fault({ kind: "duplicate_fill" }),
    // Nobody can take it out of the venue's record: a person takes its word.
    undo: () => adoptAccount(rehearsal.desk(), SIGNED, { packId: null, until: "", coming: "" }),
  },
];

it("plants every code there is", () => {
  expect(PLANTED.map(({ code }) => code).toSorted()).toEqual([...BREAK_CODES].toSorted());
});

describe.for(PLANTED)("$code", ({ code, found, plant, undo }) => {
  it("is found, closes trading for good, and opens again once it is gone", {
    timeout: 30_000,
  }, async () => {
    const before = entries().length;
    const alerted = hook.posted.length;
    await plant();
    const [day] = await rehearsal.trade(1);
    const one = breakIn(day, code);
    expect(day.health.reconciliation.find(({ result }) => result === "FAIL")?.phase).toBe(found);
    expect(day.status).toBe("PAUSED");
    expect(day.health.paused).toContain(code);
    expectDocuments(day, code);
    expectAlert(alerted, code);
    await expectClosed(found === "start" ? day : null);
    expectOneIncident(before, code);
    if (undo !== null) {
      await expectRefused(code);
      await undo(one?.subject as string, one?.ours ?? null);
    }
    await resumeAccount(rehearsal.desk(), SIGNED, { force: false });
    const [after] = await rehearsal.trade(1);
    expect([after.status, after.health.incidents]).toEqual(["TRADED", []]);
    expect(after.health.reconciliation.map(({ result }) => result)).toEqual(["PASS", "PASS"]);
  });
});

/** Of the account's folder: JSON, Markdown, break pack and what the venue had said, all of this day. */
function expectDocuments(day: DailyDocument, code: BreakCode): void {
  const read = (name: string) => readFileSync(join(rehearsal.folder, name), "utf8");
  const json = JSON.parse(read(`artifacts/json/${day.date}.json`)) as DailyDocument;
  expect(breakIn(json, code)).toEqual(breakIn(day, code));
  expect(read(`artifacts/markdown/${day.date}.md`)).toMatch(
    new RegExp(`PAUSED[^]*\\| ${code} +\\|`),
  );
  const pack = /breaks\/([^;\s]+)\.json/.exec(day.health.paused as string)?.[1] as string;
  expect(read(`breaks/${pack}.json`)).toContain(`"${code}"`);
  expect(readdirSync(join(rehearsal.folder, "snapshots"))).toContain(`${pack}.json`);
}

function expectAlert(alerted: number, code: BreakCode): void {
  const texts = hook.posted.slice(alerted).map(({ body }) => JSON.parse(body) as object);
  const paused = {
    level: "critical",
    subject: expect.stringMatching(`paused: .*${code}`) as string,
  };
  expect(texts).toContainEqual(expect.objectContaining(paused));
}

/** After a new start: what was decided is refused, and no order reaches the venue. */
async function expectClosed(decided: DailyDocument | null): Promise<void> {
  await rehearsal.again();
  expect(rehearsal.desk().core.view.safety.pause?.cause).toBe("reconciliation");
  const { orders } = rehearsal.venue.exchange.state;
  const sent = orders.length;
  const [day] = decided === null ? await rehearsal.trade(1) : [decided];
  expect(orders.length).toBe(sent);
  expect(day.trades.placed).toBe(0);
  expect(day.signals.raw).toBeGreaterThan(0);
  expect(day.signals.terminals).toEqual({ REJECTED_BY_PAUSE: day.signals.raw });
  expect(day.no_trades_because.join()).toContain("paused");
}

/** However often it was found again since. */
function expectOneIncident(before: number, code: BreakCode): void {
  const incidents = entries()
    .slice(before)
    .flatMap(({ payload }) =>
      payload.kind === "incident" && payload.code === "reconciliation_break"
        ? [payload.message]
        : [],
    );
  expect(incidents).toHaveLength(1);
  expect(incidents[0]).toContain(code);
}

async function expectRefused(code: BreakCode): Promise<void> {
  const refused = resumeAccount(rehearsal.desk(), SIGNED, { force: false });
  const error = await refused.then(
    () => null,
    (reason: unknown) => reason as Fault,
  );
  expect(error).toBeInstanceOf(Fault);
  expect(error?.message).toContain("not resumed: the fresh reconciliation is FAIL");
  expect(error?.details.join("\n")).toContain(code);
  expect(rehearsal.desk().core.view.safety.pause).not.toBeNull();
}

it("books each execution once, whatever the stream lost and whatever came twice", () => {
  const booked = entries().flatMap(({ payload }) =>
    payload.kind === "venue_fill" ? [payload.execution_id] : [],
  );
  expect(new Set(booked).size).toBe(booked.length);
  const missed = entries().filter(
    ({ payload }) => payload.kind === "incident" && payload.code === "missed_fill",
  );
  expect(missed).toHaveLength(1);
});
