/**
 * Paper trading is the backtest's own trading: against a venue at the backtest's fill model, through the
 * official client, the same intents and the same fills come out, and the same net asset value to the cent
 * (acceptance: "backtest and paper give identical intents and fills"). Compared with the files of a run of
 * the same mandate, read here without src.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { runMandate } from "../../src/apps/cli/run-command.ts";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { parseCsv, type Row } from "../support/run-files.ts";
import { rehearse, writeRandomMandate } from "../support/rehearsal.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function backtest(mandate: string): Promise<{ [name: string]: readonly Row[] }> {
  const home = fresh();
  const loaded = loadMandate(mandate, [], { ASSAY_HOME: home });
  const { folder } = await runMandate({ loaded, progress: () => undefined, nowMs: 0 });
  const read = (name: string) =>
    parseCsv(readFileSync(join(folder, `artifacts/${name}.csv`), "utf8"));
  return {
    equity: read("equity"),
    fills: read("fills"),
    orders: read("orders"),
    signals: read("signals"),
  };
}

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-trading-"));
  folders.push(folder);
  return folder;
}

const withinDays = (rows: readonly Row[], dates: ReadonlySet<string>) =>
  rows.filter((row) => dates.has(row["date"]));

const fillOf = (row: { instrument: unknown; lots: unknown; price: unknown }, date: string) =>
  [date, row.instrument, Number(row.lots), Number(row.price)].join(" ");

describe.for(["next_open", "next_close"])("filled at the %s", (fill) => {
  it("trades the backtest's year: intents, fills, cash and net asset value", {
    timeout: 60_000,
  }, async () => {
    const mandate = writeRandomMandate(fresh(), 11, { fill });
    const run = await backtest(mandate);
    const start = run["fills"][0]["date"];
    const rehearsal = await rehearse({ mandate, start: before(start, run["equity"], 3) });
    const days = await rehearsal.trade(45);
    const { folder } = rehearsal;
    const dates = new Set(days.map(({ date }) => date));
    const said = days.map(({ date, risk }) => [date, Number(risk.nav), Number(risk.cash)]);
    expect(said).toEqual(
      withinDays(run["equity"], dates).map((r) => [r["date"], Number(r["nav"]), Number(r["cash"])]),
    );
    const fills = days.flatMap(({ date, trades }) => trades.fills.map((f) => fillOf(f, date)));
    expect(fills.length).toBeGreaterThan(20);
    expect(fills.toSorted()).toEqual(
      withinDays(run["fills"], dates)
        .map((row) => fillOf(row as never, row["date"]))
        .toSorted(),
    );
    expect(intentsOf(days).toSorted()).toEqual(
      run["orders"]
        .filter((row) => dates.has(nextOf(row["decided"], run["equity"])))
        .map(orderOf)
        .toSorted(),
    );
    expect(days.flatMap((day) => day.health.reconciliation.map(({ result }) => result))).toEqual(
      days.flatMap(() => ["PASS", "PASS"]),
    );
    expect(days.flatMap(({ health }) => [...health.incidents, ...health.errors])).toEqual([]);
    for (const { date } of days) {
      expect(readFileSync(join(folder, `artifacts/markdown/${date}.md`), "utf8")).toContain(date);
    }
    await rehearsal.close();
  });
});

it("goes on where a process ended: after every day a new one trades the same year", {
  timeout: 60_000,
}, async () => {
  const mandate = writeRandomMandate(fresh(), 12);
  const run = await backtest(mandate);
  const start = run["fills"][0]["date"];
  const rehearsal = await rehearse({ mandate, start });
  const days: DailyDocument[] = [];
  for (let day = 0; day < 12; day++) {
    days.push(...(await rehearsal.trade(1)));
    await rehearsal.again();
  }
  const dates = new Set(days.map(({ date }) => date));
  expect(days.map(({ date, risk }) => [date, Number(risk.nav)])).toEqual(
    withinDays(run["equity"], dates).map((row) => [row["date"], Number(row["nav"])]),
  );
  await rehearsal.close();
});

function before(date: string, sessions: readonly Row[], count: number): string {
  const at = sessions.findIndex((row) => row["date"] === date);
  return sessions[at - count]["date"];
}

/** The session after the one an order was decided on: the day that places it. */
function nextOf(date: string, sessions: readonly Row[]): string {
  const at = sessions.findIndex((row) => row["date"] === date);
  return sessions[at + 1]?.["date"] ?? "";
}

const orderOf = (row: Row) =>
  [
    row["decided"],
    row["instrument"],
    row["purpose"],
    Number(row["lots"]) * Number(row["side"]),
  ].join(" ");

function intentsOf(days: readonly DailyDocument[]): string[] {
  return days.flatMap(({ decided_on: decided, trades }) =>
    trades.orders.map(({ instrument, purpose, lots }) =>
      [decided, instrument, purpose, lots].join(" "),
    ),
  );
}
