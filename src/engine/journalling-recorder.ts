/**
 * The audited lane's recorder: turns what the kernel tells into journal entries and into the trace
 * the artifacts are made of. It decides nothing and computes no money. Keys of an entry stand in
 * code unit order, as canonical JSON prints them: what is in order need not be copied to be printed.
 */
import { formatDate, formatInstant } from "../base/instant.ts";
import type {
  JournalPayload,
  SignalRecord,
  SleeveShare,
  TerminalRecord,
} from "../domain/journal-entry.ts";
import type { ExecutionReport, Order, OrderEndUnfilled } from "../domain/order.ts";
import type { JournalWriter } from "../records/journal/writer.ts";
import type { Sha256 } from "../ports/hash.ts";
import { BACKTEST_ACCOUNT, orderId, signalId } from "./identity.ts";
import { traceDecision } from "./layers/trace-decision.ts";
import type { FillRecord, Recorder, Share } from "./recorder.ts";
import { type SignalEnd, signalEnd } from "./signal-end.ts";
import type { Signal } from "./signal.ts";
import type { KernelState, Plan } from "./state.ts";
import type { Trace, TracedOrder } from "./trace.ts";
import { traceForecast } from "./trace-forecast.ts";
import { VerdictList } from "./verdict-list.ts";
import type { World } from "./world.ts";

type Context = {
  readonly world: World;
  readonly plan: Plan;
  readonly journal: JournalWriter;
  readonly sha256: Sha256;
  readonly trace: Trace;
  /** Whose orders these are, and who answers for what the breakers do; left out: a backtest. */
  readonly account?: { readonly name: string; readonly operator: string };
};

export function createJournallingRecorder(c: Context): Recorder {
  const emit = (session: number, payload: JournalPayload): void => {
    c.journal.emit(formatInstant(c.world.sessionsMs[session]), payload);
  };
  return {
    tracesForecasts: true,
    keepsEvidence: true,
    ...carryEvents(c, emit),
    forecast: (session, record) => traceForecast(c.trace, session, record),
    decision: (session, navMinor, signals) => {
      const verdicts = new VerdictList();
      const records = signals.map((signal) => signalRecord(c, signal, verdicts));
      emit(session, {
        kind: "decision",
        nav_minor: navMinor,
        signals: records,
        verdicts: verdicts.list,
      });
    },
    order: (session, order, verdicts) => emit(session, openedOrder(c, order, verdicts)),
    fill: (session, fill) => emit(session, fillEntry(c, session, fill)),
    ended: (session, report, ended) => emit(session, endEntry(c, session, report, ended)),
    netting: (session, netting) => c.trace.layers.nettings.push({ session, netting }),
    layers: (session, layers) => traceDecision(c.trace.layers, session, layers),
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
): Pick<
  Recorder,
  | "flow"
  | "accrual"
  | "split"
  | "dividend"
  | "dividendPaid"
  | "settlement"
  | "roll"
  | "cross"
  | "breaker"
> {
  const { instruments } = c.world;
  return {
    flow: (session, amountMinor) =>
      emit(session, {
        kind: "flow",
        amount_minor: amountMinor,
        currency: c.world.currencies[0].code,
        reason: "initial_deposit",
      }),
    accrual: (session, r) => {
      const { instrument, amountMinor } = r;
      c.trace.accruals.push({ session, instrument, amountMinor });
      emit(session, accrualEntry(c, r));
    },
    split: (session, r) =>
      emit(session, {
        kind: "split",
        cash_in_lieu_minor: r.cashInLieuMinor,
        instrument: instruments[r.instrument].id,
        lots_after: r.lotsAfter,
        lots_before: r.lotsBefore,
        orders: r.orders.map((order) => resized(c, order)),
        ratio: r.ratio,
      }),
    dividend: (session, r) =>
      emit(session, {
        kind: "dividend",
        amount_minor: r.amountMinor,
        amount_per_unit: r.amountPerUnit,
        currency: instruments[r.instrument].currency,
        instrument: instruments[r.instrument].id,
        lots: r.lots,
        pay_date: formatDate(r.payDateMs),
      }),
    dividendPaid: (session, r) =>
      emit(session, {
        kind: "dividend_paid",
        amount_minor: r.amountMinor,
        currency: instruments[r.instrument].currency,
        ex_date: formatDate(r.exDateMs),
        instrument: instruments[r.instrument].id,
      }),
    ...portfolioEvents(c, emit),
  };
}

function accrualEntry({ world }: Context, r: Parameters<Recorder["accrual"]>[1]): JournalPayload {
  const charged = r.instrument === null ? null : world.instruments[r.instrument];
  return {
    kind: "accrual",
    accrual: r.accrual,
    amount_minor: r.amountMinor,
    base_minor: r.baseMinor,
    currency: charged === null ? world.currencies[0].code : charged.currency,
    days: r.days,
    instrument: charged === null ? null : charged.id,
    per_day_minor: r.perDayMinor,
    rate: r.rate,
  };
}

/** What only futures and sleeves bring about. */
function portfolioEvents(
  c: Context,
  emit: Emit,
): Pick<Recorder, "settlement" | "roll" | "cross" | "breaker"> {
  const { instruments } = c.world;
  return {
    settlement: (session, settled) =>
      emit(session, {
        kind: "settlement",
        settled: settled.map(({ instrument, price, amountMinor }) => ({
          amount_minor: amountMinor,
          currency: instruments[instrument].currency,
          instrument: instruments[instrument].id,
          price,
        })),
      }),
    roll: (session, r) => {
      if (r.lots !== 0) c.trace.fillOrders.push(null, null);
      if (r.lots !== 0)
        for (const at of [r.fromReference, r.toReference]) c.trace.fillReferences.push(at);
      emit(session, {
        kind: "roll",
        currency: instruments[r.instrument].currency,
        fee_minor: r.feeMinor,
        from_contract: r.fromContract,
        from_notional_minor: r.fromNotionalMinor,
        from_price: r.fromPrice,
        from_reference: r.fromReference,
        instrument: instruments[r.instrument].id,
        lots: r.lots,
        orders: r.orders.map((order) => resized(c, order)),
        slippage_minor: r.slippageMinor,
        to_contract: r.toContract,
        to_notional_minor: r.toNotionalMinor,
        to_price: r.toPrice,
        to_reference: r.toReference,
      });
    },
    cross: (session, r) =>
      emit(session, {
        kind: "cross",
        instrument: instruments[r.instrument].id,
        price: Number.isNaN(r.price) ? null : r.price,
        sleeves: r.shares.map((share) => shareRecord(c, share)),
        terminals: terminalsOf(c, r.ended),
      }),
    breaker: (session, r) =>
      emit(session, {
        kind: "breaker",
        from: r.from,
        high_water_minor: r.highWaterMinor,
        limit: r.limit,
        observed: r.observed,
        operator: c.account?.operator ?? "simulated",
        rule: r.rule,
        to: r.to,
      }),
  };
}

function shareRecord({ plan }: Context, { variant, microLots }: Share): SleeveShare {
  return {
    micro_lots: microLots,
    variant_id: plan.variants[variant].id,
  };
}

function resized(
  c: Context,
  order: Order,
): { readonly order_id: string; readonly lots: number; readonly price: number | null } {
  return {
    lots: order.side * order.lots,
    order_id: traced(c, order).id,
    price: order.price,
  };
}

function signalRecord(c: Context, signal: Signal, verdicts: VerdictList): SignalRecord {
  const variant = c.plan.variants[signal.variant];
  const at = formatInstant(c.world.sessionsMs[signal.session]);
  const id = signalId(variant.id, at, c.sha256);
  // Its orders may be those of other signals as well: each is noted once, with all of them.
  const orders = signal.orders.map((order) => noteServed(c, order, id));
  const end = signal.openOrders === 0 ? signalEnd(signal) : null;
  const { beliefLots, finalLots } = signal;
  c.trace.signals[signal.ordinal] = { id, beliefLots, finalLots, end };
  return {
    belief_lots: signal.beliefLots,
    current_lots: signal.currentLots,
    final_lots: signal.finalLots,
    instrument: c.world.instruments[signal.instrument].id,
    order_ids: orders.map((order) => order.id),
    price: signal.price,
    signal_id: id,
    strategy: variant.strategy,
    target: signal.kind === "forecast" ? signal.target * signal.confidence : signal.target,
    target_kind: signal.kind,
    terminal: end === null ? null : terminalRecord(id, end),
    variant_id: variant.id,
    verdicts: signal.verdicts.map((verdict) => verdicts.placeOf(verdict)),
  };
}

/** For a state that was taken up again: the names its open signals and orders were given. */
export function recallNames(c: Context, state: KernelState): void {
  for (const signal of state.openSignals.values()) {
    const variant = c.plan.variants[signal.variant];
    const id = signalId(variant.id, formatInstant(c.world.sessionsMs[signal.session]), c.sha256);
    const { beliefLots, finalLots } = signal;
    c.trace.signals[signal.ordinal] = { id, beliefLots, finalLots, end: null };
    for (const order of signal.orders) if (order.working) noteServed(c, order, id);
  }
}

function noteServed(c: Context, order: Order, signal: string): TracedOrder {
  const known = c.trace.orderByOrdinal.get(order.ordinal) ?? traceOrder(c, order);
  known.signalIds.push(signal);
  return known;
}

function traceOrder(c: Context, order: Order): TracedOrder {
  const instrument = c.world.instruments[order.instrument].id;
  const at = formatInstant(c.world.sessionsMs[order.session]);
  const { purpose, leg, generation } = order;
  const account = c.account?.name ?? BACKTEST_ACCOUNT;
  const id = orderId({ account, instrument, at, purpose, leg, generation }, c.sha256);
  const { lots, price } = order;
  const entry: TracedOrder = { id, order, lots, price, signalIds: [], end: null, endedSession: -1 };
  c.trace.orders.push(entry);
  c.trace.orderByOrdinal.set(order.ordinal, entry);
  return entry;
}

function traced(c: Context, order: Order): TracedOrder {
  return c.trace.orderByOrdinal.get(order.ordinal) ?? traceOrder(c, order);
}

function openedOrder(
  c: Context,
  order: Order,
  verdicts: Parameters<Recorder["order"]>[2],
): JournalPayload {
  const { id, signalIds } = traced(c, order);
  return {
    kind: "order",
    generation: order.generation,
    instrument: c.world.instruments[order.instrument].id,
    leg: order.leg,
    lots: order.side * order.lots,
    order_id: id,
    price: order.price,
    purpose: order.purpose,
    signal_ids: signalIds,
    time_in_force: order.timeInForce,
    type: order.type,
    verdicts,
  };
}

function fillEntry(
  c: Context,
  session: number,
  { report, money, shares, ended }: FillRecord,
): JournalPayload {
  const order = endTraced(c, session, report);
  c.trace.fillOrders.push(order);
  c.trace.fillReferences.push(report.referencePrice);
  const instrument = c.world.instruments[report.order.instrument];
  return {
    kind: "fill",
    currency: instrument.currency,
    fee_minor: money.feeMinor,
    instrument: instrument.id,
    lots: report.lots,
    notional_minor: money.notionalMinor,
    order_id: order.id,
    price: report.price,
    reference_price: report.referencePrice,
    sleeves: shares.map((share) => shareRecord(c, share)),
    slippage_minor: money.slippageMinor,
    terminals: terminalsOf(c, ended),
  };
}

function endEntry(
  c: Context,
  session: number,
  report: ExecutionReport,
  ended: readonly Signal[],
): JournalPayload {
  const order = endTraced(c, session, report);
  return {
    kind: "order_ended",
    end: report.end as OrderEndUnfilled,
    instrument: c.world.instruments[report.order.instrument].id,
    observed: Number.isNaN(report.price) ? null : report.price,
    order_id: order.id,
    terminals: terminalsOf(c, ended),
  };
}

function endTraced(c: Context, session: number, report: ExecutionReport): TracedOrder {
  const order = traced(c, report.order);
  if (report.end === "partly_filled") return order;
  order.end = report.end;
  order.endedSession = session;
  c.trace.orderByOrdinal.delete(report.order.ordinal);
  return order;
}

function terminalsOf(c: Context, ended: readonly Signal[]): readonly TerminalRecord[] {
  return ended.map((signal) => {
    const end = signalEnd(signal);
    const entry = c.trace.signals[signal.ordinal];
    entry.end = end;
    return terminalRecord(entry.id, end);
  });
}

function terminalRecord(id: string, end: SignalEnd): TerminalRecord {
  return {
    cut_by: end.cutBy,
    limit: end.limit,
    observed: end.observed,
    share: end.share,
    signal_id: id,
    state: end.state,
    unit: end.unit,
  };
}
