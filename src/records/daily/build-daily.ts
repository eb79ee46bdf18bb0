/**
 * One trading day's document, computed from the day's journal entries and the plain values the engine
 * hands over. Every null in it has its sentence in `not_known`. Counts that do not add up, a signal
 * that ended twice or never, a venue's fill that no entry booked: invariants 2 and 11.
 */
import { minorText } from "../../base/figures.ts";
import { DAILY_FORMAT_VERSION, type DailyDocument } from "../../domain/daily-document.ts";
import type { Evidence } from "../../domain/evidence.ts";
import type { AccountEntry, TradingDayStatus } from "../../domain/trading-entry.ts";
import type { DailyInput } from "./daily-input.ts";
import { dayMoney, dayProfit, drawdownOf } from "./day-money.ts";
import { dailyFills, dailyOrders } from "./day-trades.ts";
import { noTradesBecause } from "./no-trades.ts";
import { foldOrders, type OrderBook } from "./order-facts.ts";
import {
  dailySignal,
  type DaySignal,
  foldSignals,
  refuseLost,
  signalCounts,
} from "./signal-ends.ts";

export function buildDaily(input: DailyInput): DailyDocument {
  const { entries } = input;
  const say = new NotKnown();
  const book = foldOrders(entries, input.carried.orders);
  const signals = foldSignals(entries, {
    decidedOn: input.decidedOn,
    carried: input.carried.signals,
  });
  refuseLost(signals, book);
  const { fills, strangers } = dailyFills(entries, { input, book, signals });
  for (const sentence of strangers) say.add(sentence);
  const orders = dailyOrders(book);
  const paused = pausedAtEnd(entries, input.carried.paused);
  const document: Omit<DailyDocument, "not_known"> = {
    format_version: DAILY_FORMAT_VERSION,
    ...headOf(input),
    status: statusOf({ missed: input.missed, paused, fills: fills.length }),
    regime: regimeOf(input, say),
    signals: { ...signalCounts(signals, input), list: listed(signals) },
    trades: { ...countsOf(orders, book), orders, fills },
    no_trades_because: noTradesBecause({ input, signals, orders, fills: fills.length, paused }),
    risk: riskOf(input, say),
    positions: positionsOf(input, say),
    health: healthOf(input, paused, say),
    stages: input.stages,
  };
  return { ...document, not_known: say.sentences };
}

/** Collects why something is null. */
class NotKnown {
  readonly sentences: string[] = [];
  add(sentence: string): void {
    if (!this.sentences.includes(sentence)) this.sentences.push(sentence);
  }
  of<T>(what: string, evidence: Evidence<T>): T | null {
    if (evidence.known) return evidence.value;
    this.add(`${what}: ${evidence.reason}`);
    return null;
  }
}

function headOf(input: DailyInput) {
  const { entries } = input;
  return {
    date: input.date,
    mode: input.mode,
    mark: input.mode === "dry_run" ? ("DRY_RUN" as const) : null,
    name: input.name,
    account: input.account,
    broker: input.broker,
    currency: input.currency,
    mandate_hash: input.mandateHash,
    pack: input.pack,
    code_hash: input.codeHash,
    decided_on: input.decidedOn,
    journal: {
      from_seq: entries[0].seq,
      to_seq: entries[entries.length - 1].seq,
      head: input.journalHead,
    },
    trial: input.trial,
  };
}

/** A day that ends paused is not a sound day, whatever was traded before. */
function statusOf(day: {
  readonly missed: string | null;
  readonly paused: string | null;
  readonly fills: number;
}): TradingDayStatus {
  if (day.paused !== null) return "PAUSED";
  if (day.missed !== null) return "MISSED";
  return day.fills > 0 ? "TRADED" : "NO_TRADES";
}

function pausedAtEnd(entries: readonly AccountEntry[], before: string | null): string | null {
  let paused = before;
  for (const { payload } of entries) {
    // The first cause is the one to look into; a second pause must not hide it.
    if (payload.kind === "paused") paused ??= `${payload.cause}: ${payload.message}`;
    if (payload.kind === "resumed") paused = null;
  }
  return paused;
}

/** Signals of earlier days are told once, on the day they end. */
function listed(signals: readonly DaySignal[]) {
  return signals.filter((one) => one.today || one.terminal !== null).map(dailySignal);
}

/** `placed` are today's; an order of an earlier day that was filled or refused today counts there. */
function countsOf(orders: DailyDocument["trades"]["orders"], book: OrderBook) {
  const inState = (state: string) => orders.filter((order) => order.state === state).length;
  const placed = [...book.values()].filter((facts) => facts.today).length;
  return { placed, filled: inState("filled"), rejected: inState("rejected") };
}

function regimeOf({ regime }: DailyInput, say: NotKnown): DailyDocument["regime"] {
  return {
    volatility_index: say.of("volatility index", regime.volatilityIndex),
    volatility_class: regime.volatilityClass,
    brake: regime.brake,
    brake_scalar: say.of("brake scalar", regime.brakeScalar),
    breaker: regime.breaker,
  };
}

function riskOf(input: DailyInput, say: NotKnown): DailyDocument["risk"] {
  const { risk, currencyDigits: digits } = input;
  const text = (minor: number | null) => (minor === null ? null : minorText(minor, digits));
  const money = dayMoney(input.entries, input.currency);
  for (const sentence of money.leftOut) say.add(sentence);
  if (money.otherMinor !== 0) {
    const amount = `${minorText(money.otherMinor, digits)} ${input.currency}`;
    say.add(`cause of ${amount}: the venue booked it under no name of ours; it is in the profit`);
  }
  if (money.transfersMinor !== 0) {
    const amount = `${minorText(money.transfersMinor, digits)} ${input.currency}`;
    say.add(`return on ${amount} that came in today: it counts in the base from the next day on`);
  }
  const { profit, dayReturn } = dayProfit(risk.navMinor, risk.navBeforeMinor, money.transfersMinor);
  return {
    nav: text(say.of("net asset value", risk.navMinor)),
    cash: minorText(risk.cashMinor, digits),
    day_profit: text(say.of("profit of the day", profit)),
    day_return: say.of("return of the day", dayReturn),
    drawdown: say.of("drawdown", drawdownOf(risk.navMinor, risk.highWaterMinor)),
    gross: say.of("gross exposure", risk.gross),
    net: say.of("net exposure", risk.net),
    heat: say.of("heat", risk.heat),
    breaker: input.regime.breaker,
    high_water: text(say.of("high-water mark", risk.highWaterMinor)),
    fees: minorText(money.feesMinor, digits),
    interest: minorText(money.interestMinor, digits),
    dividends: minorText(money.dividendsMinor, digits),
  };
}

function positionsOf(input: DailyInput, say: NotKnown): DailyDocument["positions"] {
  const { currencyDigits: digits } = input;
  const nav = input.risk.navMinor;
  if (nav.known && nav.value <= 0 && input.positions.length > 0) {
    say.add("weights: net asset value is zero or below");
  }
  return input.positions.map(({ instrument, lots, mark, valueMinor, costMinor }) => {
    const value = say.of(`value of ${instrument}`, valueMinor);
    const price = say.of(`mark of ${instrument}`, mark);
    return {
      instrument,
      lots,
      mark: price === null ? null : String(price),
      value: value === null ? null : minorText(value, digits),
      cost: minorText(costMinor, digits),
      unrealised: value === null ? null : minorText(value - costMinor, digits),
      weight: value === null || !nav.known || nav.value <= 0 ? null : value / nav.value,
    };
  });
}

function healthOf(
  input: DailyInput,
  paused: string | null,
  say: NotKnown,
): DailyDocument["health"] {
  const reconciliation: DailyDocument["health"]["reconciliation"][number][] = [];
  const incidents: DailyDocument["health"]["incidents"][number][] = [];
  for (const { at, payload } of input.entries) {
    if (payload.kind === "reconciled") {
      const { phase, result, breaks, warnings, snapshot_sha256 } = payload;
      reconciliation.push({ phase, result, at, breaks, warnings, snapshot_sha256 });
    } else if (payload.kind === "incident") {
      const { code, severity, message, subject } = payload;
      incidents.push({ code, severity, message, subject });
    }
  }
  return {
    runtime_s: input.health.runtimeS,
    errors: input.health.errors,
    warnings: input.health.warnings,
    incidents,
    reconciliation,
    paused,
    data_age_sessions: say.of("age of the data", input.dataAgeSessions),
  };
}
