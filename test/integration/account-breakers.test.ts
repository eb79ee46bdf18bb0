/**
 * Prices crash on the venue's market, and a trading account does what its breakers say: HALT or PANIC with
 * baselines that survive restarts, everything sold at the venue in a PANIC, RAMPUP after it, open again. A
 * pause holds the selling back, and a resume lets it come (spec execution, 2; invariant 14).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { pauseAccount, resumeAccount } from "../../src/engine/trading/operator.ts";
import { rehearse, type Rehearsal, writeRandomMandate } from "../support/rehearsal.ts";

const START = "2019-03-04";
/** The session before which everything is worth so much less. */
const CRASH = "2019-03-07";
const SIGNED = { operator: "ann", reason: "a test" };

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Four shares that lose `part` of their price over the night before the crash, for good. */
function crashed(part: number): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-crash-"));
  folders.push(folder);
  const mandate = writeRandomMandate(folder, 11, { more: "breakers: { panic_sessions: 4 }\n" });
  // One that wants the shares whatever they do: what is sold is the breakers' doing.
  const text = readFileSync(mandate, "utf8");
  const trend = "use: ts-momentum, params: { short: 0, slow: 60, middle: 30, fast: 10 }";
  if (!text.includes(trend)) throw new Error("the mandate has another strategy");
  writeFileSync(mandate, text.replace(trend, "use: buy-and-hold"));
  for (const id of ["AAA", "BBB", "CCC", "DDD"]) {
    const path = join(folder, `${id}.csv`);
    const [header, ...rows] = readFileSync(path, "utf8").trimEnd().split("\n");
    const fallen = rows.map((row) => {
      const [date, ...columns] = row.split(",");
      if (date < CRASH) return row;
      const prices = columns.slice(0, 4).map((text) => (Number(text) * (1 - part)).toFixed(2));
      return [date, ...prices, columns[4]].join(",");
    });
    writeFileSync(path, `${[header, ...fallen].join("\n")}\n`);
  }
  return mandate;
}

function heldAtVenue({ venue }: Rehearsal): number {
  return venue.exchange.state.positions.filter(({ qtyNano }) => qtyNano !== 0n).length;
}

const stateOf = ({ risk }: DailyDocument) => risk.breaker;
const last = (days: readonly DailyDocument[]) => days[days.length - 1];

describe("a crash", () => {
  it("of a third is a PANIC: all is sold, and trading comes back in steps", {
    timeout: 60_000,
  }, async () => {
    const rehearsal = await rehearse({ mandate: crashed(0.33), start: START });
    const before = last(await rehearsal.trade(3));
    expect([stateOf(before), heldAtVenue(rehearsal)]).toEqual(["NORMAL", 4]);
    const [crash] = await rehearsal.trade(1);
    expect([crash.date, stateOf(crash)]).toEqual([CRASH, "PANIC"]);
    expect(crash.risk.drawdown).toBeGreaterThan(0.2);
    await rehearsal.again();
    const [sold] = await rehearsal.trade(1);
    expect(sold.trades.orders.map(({ purpose, state }) => `${purpose} ${state}`)).toEqual(
      Array.from({ length: 4 }, () => "flatten filled"),
    );
    expect([heldAtVenue(rehearsal), sold.positions, stateOf(sold)]).toEqual([0, [], "PANIC"]);
    expect(sold.risk.high_water).toBe(crash.risk.high_water);
    const states: string[] = [];
    for (let day = 0; day < 12; day++) {
      if (day % 4 === 0) await rehearsal.again();
      const [one] = await rehearsal.trade(1);
      states.push(stateOf(one));
      if (stateOf(one) === "PANIC") expect(one.trades.placed).toBe(0);
      expect(one.health.reconciliation.map(({ result }) => result)).toEqual(["PASS", "PASS"]);
    }
    const steps = states.filter((state, n) => n === 0 || state !== states[n - 1]);
    expect(steps).toEqual(["PANIC", "RAMPUP", "NORMAL"]);
    expect(states.filter((state) => state === "RAMPUP")).toHaveLength(5);
    expect(heldAtVenue(rehearsal)).toBeGreaterThan(0);
    await rehearsal.close();
  });

  it("of a seventh is a HALT: what is held stays, and nothing is added", {
    timeout: 60_000,
  }, async () => {
    const rehearsal = await rehearse({ mandate: crashed(0.15), start: START });
    const days = await rehearsal.trade(4);
    expect(stateOf(last(days))).toBe("HALT");
    await rehearsal.again();
    const [halted] = await rehearsal.trade(1);
    expect([stateOf(halted), halted.risk.high_water]).toEqual(["HALT", last(days).risk.high_water]);
    expect(heldAtVenue(rehearsal)).toBeGreaterThan(0);
    const before = new Map(last(days).positions.map(({ instrument, lots }) => [instrument, lots]));
    for (const { instrument, lots } of halted.positions) {
      expect(Math.abs(lots)).toBeLessThanOrEqual(Math.abs(before.get(instrument) ?? 0));
    }
    await rehearsal.close();
  });
});

it("sells nothing while a person has paused, and sells when it is resumed", {
  timeout: 60_000,
}, async () => {
  const rehearsal = await rehearse({ mandate: crashed(0.33), start: START });
  await rehearsal.trade(3);
  await pauseAccount(rehearsal.desk(), SIGNED);
  const [crash] = await rehearsal.trade(1);
  expect([crash.date, crash.status, stateOf(crash)]).toEqual([CRASH, "PAUSED", "PANIC"]);
  await rehearsal.again();
  const sent = rehearsal.venue.exchange.state.orders.length;
  const [held] = await rehearsal.trade(1);
  expect([rehearsal.venue.exchange.state.orders.length, heldAtVenue(rehearsal)]).toEqual([sent, 4]);
  expect([held.status, held.trades.fills.length, stateOf(held)]).toEqual(["PAUSED", 0, "PANIC"]);
  await rehearsal.again();
  await resumeAccount(rehearsal.desk(), SIGNED, { force: false });
  const [sold] = await rehearsal.trade(1);
  expect([sold.status, heldAtVenue(rehearsal), sold.positions]).toEqual(["TRADED", 0, []]);
  expect(sold.trades.fills).toHaveLength(4);
  await rehearsal.close();
});
