/**
 * The backtest's kernel is the exchange's twin: the same orders on the same market fill at the same
 * prices to the bit, cost the same and leave the same cash to the cent at every close.
 *
 * Three things a client over a wire cannot do as the kernel does, and runs that do them are set apart:
 * place a stop in the middle of a bar it fills in, take an order back between two fills of one
 * auction, and let an order for one auction wait for the next.
 */
import { describe, expect, it } from "vitest";
import { kernelFills, runTwin, type TwinRun } from "../../../support/exchange-twin.ts";
import { type Market, type Outcome, runMarket } from "../../../support/market-fixture.ts";
import { randomRun } from "../../../support/random-market.ts";

const SEEDS = 200;

type Twins = { readonly market: Market; readonly run: Outcome; readonly twin: TwinRun };

/** Nobody can trade on the close that is decided on: those runs fill at the next one. */
function twinsOf(seed: number): Twins {
  const { market, settings } = randomRun(seed);
  const fill = settings.execution?.fill ?? "next_open";
  const run = runMarket(market, {
    ...settings,
    execution: { fill: fill === "same_close" ? "next_close" : fill },
  });
  return { market, run, twin: runTwin(market, run) };
}

/** Why the wire makes a difference to this run, or null. */
function apart({ entries }: Outcome): string | null {
  const born = new Map<
    string,
    { readonly at: string; readonly type: string; readonly purpose: string }
  >();
  let stoppedAt = "";
  for (const { at, payload } of entries) {
    if (payload.kind === "order") born.set(payload.order_id, { at, ...payload });
    if (payload.kind === "fill") {
      const order = born.get(payload.order_id);
      if (order?.purpose === "stop" && order.at === at) return "a stop in the middle of a bar";
      if (order?.purpose === "stop") stoppedAt = `${at} ${payload.instrument}`;
      if (order?.type === "on_open" && order.purpose === "open") return "an order for the open";
    }
    const isTakenBack = payload.kind === "order_ended" && payload.end === "cancelled";
    if (isTakenBack && stoppedAt === `${at} ${payload.instrument}`) {
      if (born.get(payload.order_id)?.purpose === "open") return "an order taken back";
    }
  }
  return null;
}

function difference({ run, twin }: Twins): string | null {
  const kernel = kernelFills(run);
  const parting = kernel.findIndex(
    (fill, n) => JSON.stringify(fill) !== JSON.stringify(twin.fills[n]),
  );
  if (parting >= 0)
    return `fill ${parting}: ${JSON.stringify([kernel[parting], twin.fills[parting]])}`;
  if (kernel.length !== twin.fills.length) return `${twin.fills.length} fills for ${kernel.length}`;
  const day = run.cash.findIndex((cents, n) => cents !== twin.cash[n]);
  return day < 0 ? null : `session ${day}: ${run.cash[day]} and ${twin.cash[day]} cents`;
}

describe("the exchange beside the kernel", () => {
  const all = Array.from({ length: SEEDS }, (_, seed) => ({ seed, ...twinsOf(seed) }));
  const alike = all.filter(({ run }) => apart(run) === null);

  it(`fills and pays the same in ${SEEDS} random markets`, () => {
    const found = alike.flatMap((one) => {
      const parts = difference(one);
      return parts === null ? [] : [`seed ${one.seed}: ${parts}`];
    });
    expect(found).toEqual([]);
    expect(alike.length).toBeGreaterThan(SEEDS * 0.6);
  });

  it("met what it was made for", () => {
    const met = new Set<string>();
    for (const { run, twin } of alike) {
      const types = new Map<string, string>();
      for (const { payload } of run.entries) {
        if (payload.kind === "order") types.set(payload.order_id, payload.type);
        if (payload.kind === "fill") met.add(`fill ${types.get(payload.order_id)}`);
        if (payload.kind === "accrual") met.add(payload.accrual);
      }
      for (const { type } of twin.x.state.activities) met.add(type);
      for (const { reason } of twin.x.state.orders) if (reason !== null) met.add(reason);
    }
    expect([...met].toSorted()).toEqual(
      [
        ...["fill limit", "fill market", "fill on_close", "fill on_open", "fill stop"],
        ...["borrow", "financing", "DIV", "FEE", "FILL", "INT", "REORG", "SPLIT"],
        ...["nothing_to_close", "nothing_left_after_split"],
      ].toSorted(),
    );
  });

  it("shows a difference where there is one: half a cent of spread, a fee, a missing night", () => {
    const busy = alike.find(({ run }) => run.fills.length > 5) as Twins;
    const { run, twin } = busy;
    const [first, ...rest] = twin.fills;
    const dearer = { ...first, price: first.price + 0.005 };
    expect(difference({ ...busy, twin: { ...twin, fills: [dearer, ...rest] } })).toMatch("fill 0");
    expect(difference({ ...busy, twin: { ...twin, fills: rest } })).not.toBeNull();
    const cash = run.cash.map((cents, n) => (n === 3 ? cents + 1 : cents));
    expect(difference({ ...busy, twin: { ...twin, cash } })).toMatch("session 3");
  });
});
