/**
 * The audited lane's recorder: turns what the kernel tells into journal entries and into the trace
 * the artifacts are made of. It decides nothing and computes no money.
 */
import { GrowingColumn } from "../base/growing-column.ts";
import { formatDate, formatInstant } from "../base/instant.ts";
import type { JournalPayload, SignalRecord, TerminalRecord } from "../domain/journal-entry.ts";
import type { ExecutionReport, Order, OrderEnd } from "../domain/order.ts";
import type { JournalWriter } from "../records/journal/writer.ts";
import type { Sha256 } from "../ports/hash.ts";
import { orderId, signalId } from "./identity.ts";
import type { FillMoney, Recorder } from "./recorder.ts";
import { type SignalEnd, signalEnd } from "./signal-end.ts";
import type { Signal } from "./signal.ts";
import type { Plan } from "./state.ts";
import type { World } from "./world.ts";

/** Everything the artifacts need beyond the kernel's own columns. */
export type Trace = {
  readonly forecasts: {
    readonly session: GrowingColumn;
    readonly variant: GrowingColumn;
    /** 0 none, 1 weight, 2 units. */
    readonly kind: GrowingColumn;
    readonly target: GrowingColumn;
    readonly currentLots: GrowingColumn;
    readonly price: GrowingColumn;
    /** Ordinal of the signal, -1 for a hold. */
    readonly signal: GrowingColumn;
  };
  readonly positions: {
    readonly session: GrowingColumn;
    readonly instrument: GrowingColumn;
    readonly lots: GrowingColumn;
    readonly mark: GrowingColumn;
  };
  /** By signal ordinal. */
  readonly signals: { id: string; beliefLots: number | null; end: SignalEnd | null }[];
  /** In order of submission. */
  readonly orders: TracedOrder[];
  readonly orderByOrdinal: Map<number, TracedOrder>;
  /** By fill number. */
  readonly fillOrders: TracedOrder[];
  readonly fillReferences: GrowingColumn;
};

export type TracedOrder = {
  readonly id: string;
  readonly order: Order;
  /** As submitted; a split rewrites the order itself. */
  readonly lots: number;
  readonly price: number | null;
  readonly signalId: string | null;
  end: OrderEnd | null;
  endedSession: number;
};

type Context = {
  readonly world: World;
  readonly plan: Plan;
  readonly journal: JournalWriter;
  readonly sha256: Sha256;
  readonly trace: Trace;
};

export function createTrace(): Trace {
  const column = () => new GrowingColumn();
  return {
    forecasts: {
      session: column(),
      variant: column(),
      kind: column(),
      target: column(),
      currentLots: column(),
      price: column(),
      signal: column(),
    },
    positions: { session: column(), instrument: column(), lots: column(), mark: column() },
    signals: [],
    orders: [],
    orderByOrdinal: new Map(),
    fillOrders: [],
    fillReferences: column(),
  };
}

export function createJournallingRecorder(c: Context): Recorder {
  const emit = (session: number, payload: JournalPayload): void => {
    c.journal.emit(formatInstant(c.world.sessionsMs[session]), payload);
  };
  return {
    tracesForecasts: true,
    ...carryEvents(c, emit),
    forecast: (session, record) => traceForecast(c.trace, session, record),
    decision: (session, navMinor, signals) =>
      emit(session, {
        kind: "decision",
        nav_minor: navMinor,
        signals: signals.map((signal) => signalRecord(c, signal)),
      }),
    order: (session, order, verdicts) => emit(session, openedOrder(c, order, verdicts)),
    fill: (session, report, money, ended) =>
      emit(session, fillEntry(c, session, report, money, ended)),
    ended: (session, report, ended) => emit(session, endEntry(c, session, report, ended)),
    close: (session, lots, mark) => {
      const { positions } = c.trace;
      for (let i = 0; i < lots.length; i++) {
        if (lots[i] === 0) continue;
        positions.session.push(session);
        positions.instrument.push(i);
        positions.lots.push(lots[i]);
        positions.mark.push(mark[i]);
      }
    },
  };
}

type Emit = (session: number, payload: JournalPayload) => void;

function carryEvents(
  c: Context,
  emit: Emit,
): Pick<Recorder, "flow" | "accrual" | "split" | "dividend" | "dividendPaid"> {
  const { instruments } = c.world;
  return {
    flow: (session, amountMinor) =>
      emit(session, {
        kind: "flow",
        currency: instruments[0].currency,
        amount_minor: amountMinor,
        reason: "initial_deposit",
      }),
    accrual: (session, r) =>
      emit(session, {
        kind: "accrual",
        accrual: r.accrual,
        instrument: r.instrument === null ? null : instruments[r.instrument].id,
        currency: instruments[r.instrument ?? 0].currency,
        days: r.days,
        base_minor: r.baseMinor,
        rate: r.rate,
        per_day_minor: r.perDayMinor,
        amount_minor: r.amountMinor,
      }),
    split: (session, r) =>
      emit(session, {
        kind: "split",
        instrument: instruments[r.instrument].id,
        ratio: r.ratio,
        lots_before: r.lotsBefore,
        lots_after: r.lotsAfter,
        cash_in_lieu_minor: r.cashInLieuMinor,
        orders: r.orders.map((order) => ({
          order_id: traced(c, order).id,
          lots: order.side * order.lots,
          price: order.price,
        })),
      }),
    dividend: (session, r) =>
      emit(session, {
        kind: "dividend",
        instrument: instruments[r.instrument].id,
        currency: instruments[r.instrument].currency,
        lots: r.lots,
        amount_per_unit: r.amountPerUnit,
        amount_minor: r.amountMinor,
        pay_date: formatDate(r.payDateMs),
      }),
    dividendPaid: (session, r) =>
      emit(session, {
        kind: "dividend_paid",
        instrument: instruments[r.instrument].id,
        currency: instruments[r.instrument].currency,
        amount_minor: r.amountMinor,
        ex_date: formatDate(r.exDateMs),
      }),
  };
}

function traceForecast(
  { forecasts }: Trace,
  session: number,
  record: Parameters<Recorder["forecast"]>[1],
): void {
  forecasts.session.push(session);
  forecasts.variant.push(record.variant);
  forecasts.kind.push(record.kind === "none" ? 0 : record.kind === "weight" ? 1 : 2);
  forecasts.target.push(record.target);
  forecasts.currentLots.push(record.currentLots);
  forecasts.price.push(record.price);
  forecasts.signal.push(record.signal);
}

function signalRecord(c: Context, signal: Signal): SignalRecord {
  const variant = c.plan.variants[signal.variant];
  const at = formatInstant(c.world.sessionsMs[signal.session]);
  const id = signalId(variant.id, at, c.sha256);
  const orders = signal.orders.map((order) => traceOrder(c, order, id));
  const end = orders.length === 0 ? signalEnd(signal) : null;
  c.trace.signals[signal.ordinal] = { id, beliefLots: signal.beliefLots, end };
  return {
    signal_id: id,
    variant_id: variant.id,
    strategy: variant.strategy,
    instrument: c.world.instruments[signal.instrument].id,
    target_kind: signal.kind,
    target: signal.target,
    price: signal.price,
    current_lots: signal.currentLots,
    belief_lots: signal.beliefLots,
    verdicts: signal.verdicts,
    order_ids: orders.map((order) => order.id),
    terminal: end === null ? null : terminalRecord(id, end),
  };
}

function traceOrder(c: Context, order: Order, signal: string | null): TracedOrder {
  const instrument = c.world.instruments[order.instrument].id;
  const at = formatInstant(c.world.sessionsMs[order.session]);
  const { purpose, leg, generation } = order;
  const id = orderId({ instrument, at, purpose, leg, generation }, c.sha256);
  const { lots, price } = order;
  const entry = { id, order, lots, price, signalId: signal, end: null, endedSession: -1 };
  c.trace.orders.push(entry);
  c.trace.orderByOrdinal.set(order.ordinal, entry);
  return entry;
}

function traced(c: Context, order: Order): TracedOrder {
  return c.trace.orderByOrdinal.get(order.ordinal) ?? traceOrder(c, order, null);
}

function openedOrder(
  c: Context,
  order: Order,
  verdicts: Parameters<Recorder["order"]>[2],
): JournalPayload {
  const { id, signalId: signal } = traced(c, order);
  return {
    kind: "order",
    order_id: id,
    instrument: c.world.instruments[order.instrument].id,
    purpose: order.purpose,
    leg: order.leg,
    generation: order.generation,
    type: order.type,
    lots: order.side * order.lots,
    price: order.price,
    time_in_force: order.timeInForce,
    signal_id: signal,
    verdicts,
  };
}

function fillEntry(
  c: Context,
  session: number,
  report: ExecutionReport,
  money: FillMoney,
  ended: Signal | null,
): JournalPayload {
  const order = endTraced(c, session, report);
  c.trace.fillOrders.push(order);
  c.trace.fillReferences.push(report.referencePrice);
  const instrument = c.world.instruments[report.order.instrument];
  return {
    kind: "fill",
    order_id: order.id,
    instrument: instrument.id,
    currency: instrument.currency,
    lots: report.lots,
    price: report.price,
    reference_price: report.referencePrice,
    notional_minor: money.notionalMinor,
    fee_minor: money.feeMinor,
    slippage_minor: money.slippageMinor,
    terminals: terminalsOf(c, ended),
  };
}

function endEntry(
  c: Context,
  session: number,
  report: ExecutionReport,
  ended: Signal | null,
): JournalPayload {
  const order = endTraced(c, session, report);
  return {
    kind: "order_ended",
    order_id: order.id,
    instrument: c.world.instruments[report.order.instrument].id,
    end: report.end as Exclude<OrderEnd, "filled">,
    observed: Number.isNaN(report.price) ? null : report.price,
    terminals: terminalsOf(c, ended),
  };
}

function endTraced(c: Context, session: number, report: ExecutionReport): TracedOrder {
  const order = traced(c, report.order);
  order.end = report.end;
  order.endedSession = session;
  c.trace.orderByOrdinal.delete(report.order.ordinal);
  return order;
}

function terminalsOf(c: Context, ended: Signal | null): readonly TerminalRecord[] {
  if (ended === null) return [];
  const end = signalEnd(ended);
  const entry = c.trace.signals[ended.ordinal];
  entry.end = end;
  return [terminalRecord(entry.id, end)];
}

function terminalRecord(id: string, end: SignalEnd): TerminalRecord {
  return {
    signal_id: id,
    state: end.state,
    share: end.share,
    cut_by: end.cutBy,
    observed: end.observed,
    limit: end.limit,
    unit: end.unit,
  };
}
