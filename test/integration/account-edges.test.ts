/**
 * Where an account meets what is not its own doing: money it had before, prices that are old or come two
 * days late, a venue that ends what was to close everything. Each on a real venue, one share at 100.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DailyDocument } from "../../src/domain/daily-document.ts";
import { flattenAccount, pauseAccount, resumeAccount } from "../../src/engine/trading/operator.ts";
import { settleOpenOrders } from "../../src/engine/trading/settle-orders.ts";
import { atVenue } from "../support/account-bench.ts";
import { rehearse, type Rehearsal } from "../support/rehearsal.ts";
import { DATES, dateOf } from "../support/scripted-mandate.ts";

const FIRST = 5;
const BY = { operator: "ann", reason: "a test" };
let folder: string;
let places = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-edges-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it("opens on the balances there are: what the account did before moves nothing again", async () => {
  await at(FIRST, {}, async ({ rehearsal }) => {
    const deposit = { act: "adjust_cash", amount: "50000", silent: false };
    await atVenue(rehearsal.venue, "POST", "/assay/v1/faults", { acts: [deposit] });
    const [first, second] = await rehearsal.trade(2);
    expect(resultsOf(first)).toEqual(["PASS", "PASS"]);
    expect([first.risk.nav, second.status]).toEqual(["150000.00", "TRADED"]);
  });
});

it("closes everything again where the venue ended it undone", async () => {
  await at(FIRST, {}, async ({ rehearsal }) => {
    await rehearsal.trade(2);
    await rehearsal.again();
    await pauseAccount(rehearsal.desk(), BY);
    expect(await flattenAccount(rehearsal.desk(), BY)).toBe(1);
    await expect(flattenAccount(rehearsal.desk(), BY)).rejects.toThrow("already");
    await atVenue(rehearsal.venue, "DELETE", "/v2/orders");
    expect(await settleOpenOrders(rehearsal.desk())).toBe("settled");
    expect(await flattenAccount(rehearsal.desk(), BY)).toBe(1);
    const [day] = await rehearsal.trade(1);
    expect([day.positions, resultsOf(day)]).toEqual([[], ["PASS", "PASS"]]);
    expect(day.health.errors).toEqual([]);
  });
});

it("goes on where the bars of two sessions come together", async () => {
  await at(FIRST, {}, async ({ rehearsal, bars }) => {
    await rehearsal.trade(2);
    bars({ to: DATES.length, without: 7 });
    expect((await rehearsal.trade(1)).map(codesOf)).toEqual([["no_bars"]]);
    const { broker, clock } = rehearsal.trading().ports;
    const [{ closeMs }] = await broker.sessions(dateOf(8), dateOf(8));
    const waitUntil = clock.waitUntil.bind(clock);
    clock.waitUntil = (ms, wake) => {
      if (ms >= closeMs) bars({ to: DATES.length, without: null });
      return waitUntil(ms, wake);
    };
    expect((await rehearsal.trade(1)).map(codesOf)).toEqual([["late_bars"]]);
    await rehearsal.again();
    const [ninth, tenth] = await rehearsal.trade(2);
    expect([ninth.risk.nav, codesOf(ninth), tenth.status]).toEqual(["100000.00", [], "TRADED"]);
  });
});

it("decides nothing on old prices on its first day", async () => {
  await at(30, {}, async ({ rehearsal, bars }) => {
    bars({ to: FIRST, without: null });
    await expect(rehearsal.trade(1)).rejects.toThrow(
      `the data ends on ${dateOf(FIRST)}, and the venue had a session on ${dateOf(29)}`,
    );
    expect(rehearsal.venue.exchange.state.orders).toEqual([]);
  });
});

describe("a protective stop", () => {
  const stopped = { script: "{ weight: 0.2, stop: { distance: 5 } }" };
  const stopsOf = ({ venue }: Rehearsal) =>
    venue.exchange.state.orders.flatMap(({ type, status }) => (type === "stop" ? [status] : []));

  it("makes room for a person who closes everything, where it holds the shares", async () => {
    await at(FIRST, { ...stopped, model: "alpaca" }, async ({ rehearsal }) => {
      await rehearsal.trade(1);
      await beforeOpen(rehearsal, FIRST + 1);
      await rehearsal.trade(1);
      expect(stopsOf(rehearsal)).toHaveLength(1);
      await rehearsal.again();
      expect(await flattenAccount(rehearsal.desk(), BY)).toBe(1);
      expect(stopsOf(rehearsal)).toEqual(["canceled"]);
      await beforeOpen(rehearsal, FIRST + 2);
      const [day] = await rehearsal.trade(1);
      expect([day.positions, resultsOf(day)]).toEqual([[], ["PASS", "PASS"]]);
    });
  });

  it("that a pause keeps from leaving is sent once trading is open", async () => {
    await at(FIRST, stopped, async ({ rehearsal }) => {
      await rehearsal.trade(1);
      const { requests } = rehearsal.trading().ports;
      const { waiting } = requests;
      let asked = false;
      Object.assign(requests, {
        waiting: async () => {
          const isHeld = rehearsal.venue.exchange.state.positions.some((p) => p.qtyNano > 0n);
          if (!isHeld || asked) return waiting();
          asked = true;
          return [{ ...BY, done: () => Promise.resolve() }];
        },
      });
      const [day] = await rehearsal.trade(1);
      expect([day.status, day.trades.fills.length]).toEqual(["PAUSED", 1]);
      expect(stopsOf(rehearsal)).toEqual([]);
      await rehearsal.again();
      await resumeAccount(rehearsal.desk(), BY, { force: false });
      const [next] = await rehearsal.trade(1);
      expect(resultsOf(next)).toEqual(["PASS", "PASS"]);
      expect(stopsOf(rehearsal)).toEqual(["new"]);
      expect(next.health.errors).toEqual([]);
    });
  });
});

it("ends an order that a split has made smaller, and says so", async () => {
  await at(FIRST, { splits: { 6: 0.1 } }, async ({ rehearsal }) => {
    const [, split, after] = await rehearsal.trade(3);
    expect(codesOf(split)).toEqual(["order_resized", "expected_split"]);
    expect([resultsOf(split), resultsOf(after)]).toEqual([
      ["PASS", "PASS"],
      ["PASS", "PASS"],
    ]);
  });
});

it("books the money for a fraction of a share once, as the venue posts it", async () => {
  await at(FIRST, { script: "{ weight: 0.2034 }", splits: { 7: 0.1 } }, async ({ rehearsal }) => {
    const [, bought, split] = await rehearsal.trade(3);
    expect(bought.positions.map(({ lots }) => lots)).toEqual([203]);
    expect(split.positions.map(({ lots }) => lots)).toEqual([20]);
    expect([resultsOf(split), split.risk.nav]).toEqual([["PASS", "PASS"], "100000.00"]);
  });
});

async function beforeOpen(rehearsal: Rehearsal, session: number): Promise<void> {
  const { broker, clock } = rehearsal.trading().ports;
  const [{ openMs }] = await broker.sessions(dateOf(session), dateOf(session));
  await clock.waitUntil(openMs - 30 * 60_000);
}

type Special = {
  readonly model?: "alpaca";
  /** What is wished on the close of session 5. */
  readonly script?: string;
  /** By session: new shares for each old one. */
  readonly splits?: { readonly [session: number]: number };
};

type Place = {
  readonly rehearsal: Rehearsal;
  readonly bars: (of: { readonly to: number; readonly without: number | null }) => void;
};

async function at(
  start: number,
  { model, script, splits }: Special,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const place = join(folder, `${places++}`);
  mkdirSync(place);
  const bars: Place["bars"] = ({ to, without }) => {
    let units = 1;
    const rows = DATES.slice(0, to).flatMap((date, n) => {
      const split = splits?.[n + 1] ?? 1;
      units *= split;
      const price = 100 / units;
      if (n + 1 === without) return [];
      return [`${date},${price},${price + 0.5},${price - 0.5},${price},${n + 1},${split}`];
    });
    const head = "date,open,high,low,close,volume,split";
    writeFileSync(join(place, "AA.csv"), `${head}\n${rows.join("\n")}\n`);
  };
  bars({ to: DATES.length, without: null });
  writeFileSync(join(place, "script.ts"), scriptOf(script ?? "{ weight: 0.2 }"));
  writeFileSync(join(place, "mandate.yaml"), MANDATE);
  const mandate = join(place, "mandate.yaml");
  const how = model === undefined ? {} : { model };
  const rehearsal = await rehearse({ mandate, start: dateOf(start), ...how });
  try {
    await work({ rehearsal, bars });
  } finally {
    await rehearsal.close();
  }
}

const resultsOf = ({ health }: DailyDocument) => health.reconciliation.map(({ result }) => result);
const codesOf = ({ health }: DailyDocument) => health.incidents.map(({ code }) => code);

const scriptOf = (wish: string) => `import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "script",
  version: "1",
  params: {},
  orders: ["stop"],
  columns: (m) => ({ count: m.mul(m.volume, m.div(m.close, m.raw.close)) }),
  decide: (row) => {
    switch (Math.round(row.count)) {
      case 5: return ${wish};
      case 9: return { weight: 0.3 };
      default: return null;
    }
  },
});
`;

const MANDATE = `assay: 1
name: one share
profile: plain
account: { currency: USD, initial_equity: 100000 }
data:
  kind: real
  sources:
    - { file: ./AA.csv, layout: single, instrument: AA, date: { column: date, format: YYYY-MM-DD },
        columns: { open: open, high: high, low: low, close: close, volume: volume, split: split },
        rights: made for a test }
  quality: { max_jump: 0.95 }
strategies: [{ name: script, file: ./script.ts, instruments: [AA] }]
financing: { debit_rate: 0, borrow_rate: 0 }
`;
