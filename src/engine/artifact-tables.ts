/**
 * The run's artifacts as tables, made from the kernel's columns and the recorder's trace. Money is
 * written in currency units, one division away from the minor units that were booked.
 */
import { minorToAmount } from "../base/money.ts";
import type { TableData } from "../domain/artifact.ts";
import { drawdowns, dailyReturns } from "../research/evaluation/metrics.ts";
import type { RunArtifactName } from "../records/artifacts/registry.ts";
import { notionalMinor } from "../base/money.ts";
import { grossCurve, netCurve, positionsCurve, receivableCurve } from "./curves.ts";
import type { Trace, TracedOrder } from "./trace.ts";
import type { Kernel } from "./state.ts";

type Column = TableData["columns"][number];

export function artifactTables(k: Kernel, trace: Trace): { [name in RunArtifactName]: TableData } {
  return {
    orders: ordersTable(k, trace.orders),
    fills: fillsTable(k, trace),
    positions: positionsTable(k, trace),
    equity: equityTable(k),
    returns: table([k.world.sessionsMs, dailyReturns(k.state.curves.nav)]),
    signals: signalsTable(k, trace),
  };
}

export function table(columns: readonly Column[]): TableData {
  return { columns, rows: columns[0].length };
}

function ordersTable(k: Kernel, orders: readonly TracedOrder[]): TableData {
  const { sessionsMs, instruments } = k.world;
  return table([
    orders.map((o) => o.id),
    Float64Array.from(orders, (o) => sessionsMs[o.order.session]),
    orders.map((o) => instruments[o.order.instrument].id),
    orders.map((o) => o.order.purpose),
    Float64Array.from(orders, (o) => o.order.leg),
    orders.map((o) => o.order.type),
    Float64Array.from(orders, (o) => o.order.side),
    Float64Array.from(orders, (o) => o.lots),
    orders.map((o) => o.price),
    orders.map((o) => o.order.timeInForce),
    orders.map((o) => joined(o.signalIds)),
    orders.map((o) => o.end),
    Float64Array.from(orders, (o) =>
      o.endedSession < 0 ? Number.NaN : sessionsMs[o.endedSession],
    ),
  ]);
}

function joined(ids: readonly string[]): string | null {
  return ids.length === 0 ? null : ids.join(" ");
}

/** The legs of a roll are fills without an order. */
function fillsTable(k: Kernel, trace: Trace): TableData {
  const { fills } = k.state;
  const { sessionsMs, instruments, scales } = k.world;
  const instrument = fills.instrument.values();
  const amounts = (minor: Float64Array) =>
    minor.map((value, n) => minorToAmount(value, scales[instrument[n]].digits));
  return table([
    Float64Array.from(trace.fillOrders, (_, n) => n + 1),
    fills.session.values().map((session) => sessionsMs[session]),
    trace.fillOrders.map((order) => order?.id ?? null),
    Array.from(instrument, (i) => instruments[i].id),
    fills.lots.values(),
    fills.price.values(),
    trace.fillReferences.values(),
    amounts(fills.notional.values()),
    amounts(fills.fee.values()),
    amounts(fills.slippage.values()),
    trace.fillOrders.map((order) => (order === null ? null : joined(order.signalIds))),
  ]);
}

function positionsTable(k: Kernel, trace: Trace): TableData {
  const { sessionsMs, instruments, scales } = k.world;
  const { nav } = k.state.curves;
  const session = trace.positions.session.values();
  const instrument = trace.positions.instrument.values();
  const lots = trace.positions.lots.values();
  const mark = trace.positions.mark.values();
  // Each in its own currency; the weight is in the account's, at that session's rate.
  const minor = lots.map((q, n) => notionalMinor(q, mark[n], scales[instrument[n]]));
  const inAccount = minor.map((value, n) => value * rateAt(k, instrument[n], session[n]));
  return table([
    session.map((s) => sessionsMs[s]),
    Array.from(instrument, (i) => instruments[i].id),
    lots,
    mark,
    minor.map((value, n) => minorToAmount(value, scales[instrument[n]].digits)),
    // A weight of a net asset value at or below zero means nothing.
    inAccount.map((value, n) => (nav[session[n]] > 0 ? value / nav[session[n]] : Number.NaN)),
  ]);
}

/** Account minor units for one minor unit of an instrument's currency. */
export function rateAt({ world }: Kernel, i: number, session: number): number {
  const { rate, digits } = world.currencies[world.currencyOf[i]];
  return rate === null ? 1 : rate[session] * 10 ** (world.currencies[0].digits - digits);
}

function equityTable(k: Kernel): TableData {
  const { curves } = k.state;
  const { nav, cash } = curves;
  const net = netCurve(curves);
  const { digits } = k.world.currencies[0];
  const amounts = (minor: Float64Array) => minor.map((value) => minorToAmount(value, digits));
  return table([
    k.world.sessionsMs,
    amounts(nav),
    amounts(cash),
    amounts(receivableCurve(curves)),
    amounts(positionsCurve(curves)),
    fractionsOfNav(grossCurve(curves), nav),
    fractionsOfNav(net, nav),
    drawdowns(nav),
  ]);
}

/** NaN where net asset value is not positive. */
export function fractionsOfNav(minor: Float64Array, nav: Float64Array): Float64Array {
  return minor.map((value, s) => (nav[s] > 0 ? value / nav[s] : Number.NaN));
}

const TARGET_KINDS = [null, "weight", "units", "forecast"] as const;

function signalsTable(k: Kernel, trace: Trace): TableData {
  const { forecasts: f, signals } = trace;
  const { variants } = k.plan;
  const variant = f.variant.values();
  const ordinals = f.signal.values();
  const current = f.currentLots.values();
  // A signal without a note was dropped before its decision was told: its row says so by its gaps,
  // and the run's checks have named it (invariant 2).
  const at = (n: number) => (ordinals[n] < 0 ? null : (signals[ordinals[n]] ?? null));
  const ofSignal = <T>(pick: (signal: Trace["signals"][number]) => T): (T | null)[] =>
    Array.from(ordinals, (_, n) => {
      const signal = at(n);
      return signal === null ? null : pick(signal);
    });
  return table([
    f.session.values().map((s) => k.world.sessionsMs[s]),
    Array.from(variant, (v) => variants[v].id),
    Array.from(variant, (v) => variants[v].strategy),
    Array.from(variant, (v) => k.world.instruments[variants[v].instrument].id),
    Array.from(f.kind.values(), (kind) => TARGET_KINDS[kind]),
    f.target.values(),
    f.confidence.values(),
    f.price.values(),
    current,
    Array.from(f.beliefLots.values(), (lots, n) => {
      const signal = at(n);
      return signal === null ? lots : signal.beliefLots;
    }),
    Array.from(f.finalLots.values(), (lots, n) => {
      const signal = at(n);
      return signal === null ? lots : signal.finalLots;
    }),
    Array.from(ordinals, (ordinal) => ordinal < 0),
    ofSignal((s) => s.id),
    ofSignal((s) => s.end?.state ?? null),
    ofSignal((s) => s.end?.share ?? null),
    ofSignal((s) => s.end?.cutBy.join(" ") ?? null),
    ofSignal((s) => s.end?.observed ?? null),
    ofSignal((s) => s.end?.limit ?? null),
  ]);
}
