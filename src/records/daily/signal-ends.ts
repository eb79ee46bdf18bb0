/**
 * How each signal ended on one day, from the journal: at its decision, with a fill, with the end of
 * an order, or by meeting another sleeve inside. Refused with invariant 2: a second terminal state,
 * one of a signal nobody knows, a signal that is lost, forecasts that are not holds and signals.
 */
import { invariant } from "../../base/assert.ts";
import type { DailyDocument, DailySignal } from "../../domain/daily-document.ts";
import type { SignalRecord, TerminalRecord } from "../../domain/journal-entry.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { CarriedSignal, DailyInput } from "./daily-input.ts";
import { isAtWork, type OrderBook } from "./order-facts.ts";

export type DaySignal = {
  readonly decidedOn: string;
  readonly today: boolean;
  readonly signal: SignalRecord;
  readonly terminal: TerminalRecord | null;
};

/** Today's, then those of earlier days that were still open. */
export function foldSignals(
  entries: readonly AccountEntry[],
  {
    decidedOn,
    carried,
  }: { readonly decidedOn: string; readonly carried: readonly CarriedSignal[] },
): readonly DaySignal[] {
  const signals = new Map<string, DaySignal>();
  const open = (signal: SignalRecord, on: string, today: boolean): void => {
    invariant(!signals.has(signal.signal_id), 2, `signal ${signal.signal_id} stands in two places`);
    signals.set(signal.signal_id, { decidedOn: on, today, signal, terminal: signal.terminal });
  };
  for (const { payload } of entries) {
    if (payload.kind === "decision") for (const one of payload.signals) open(one, decidedOn, true);
  }
  for (const one of carried) open(one.signal, one.decidedOn, false);
  for (const { payload } of entries) {
    for (const end of endsIn(payload)) {
      const found = signals.get(end.signal_id);
      invariant(found !== undefined, 2, `signal ${end.signal_id} ended and was never decided`);
      invariant(found.terminal === null, 2, `signal ${end.signal_id} has a second terminal state`);
      signals.set(end.signal_id, { ...found, terminal: end });
    }
  }
  return [...signals.values()];
}

/** The counts of today's signals, which must add up with what the strategies were asked. */
export function signalCounts(
  all: readonly DaySignal[],
  { forecasts, holds, date }: Pick<DailyInput, "forecasts" | "holds" | "date">,
): Omit<DailyDocument["signals"], "list"> {
  const today = all.filter((one) => one.today);
  const raw = today.length;
  const terminals: { [state: string]: number } = {};
  for (const { terminal } of today) {
    if (terminal !== null) terminals[terminal.state] = (terminals[terminal.state] ?? 0) + 1;
  }
  const open = today.filter((one) => one.terminal === null).length;
  invariant(
    forecasts === holds + raw,
    2,
    `${date}: ${forecasts} forecasts are not ${holds} holds and ${raw} signals`,
  );
  return { forecasts, holds, raw, executed: terminals["EXECUTED"] ?? 0, terminals, open };
}

/**
 * A signal may be without its end only while an order works for it. One without orders waits to
 * meet another sleeve.
 */
export function refuseLost(all: readonly DaySignal[], orders: OrderBook): void {
  for (const { signal, terminal } of all) {
    if (terminal !== null || signal.order_ids.length === 0) continue;
    const served = signal.order_ids.some((id) => {
      const facts = orders.get(id);
      return facts !== undefined && isAtWork(facts);
    });
    invariant(served, 2, `signal ${signal.signal_id} has no terminal state and no order at work`);
  }
}

export function dailySignal({ decidedOn, signal, terminal }: DaySignal): DailySignal {
  return {
    signal_id: signal.signal_id,
    decided_on: decidedOn,
    strategy: signal.strategy,
    instrument: signal.instrument,
    current_lots: signal.current_lots,
    belief_lots: signal.belief_lots,
    final_lots: signal.final_lots,
    terminal: terminal?.state ?? null,
    share: terminal?.share ?? null,
    cut_by: terminal?.cut_by ?? [],
    observed: terminal?.observed ?? null,
    limit: terminal?.limit ?? null,
    unit: terminal?.unit ?? null,
    order_ids: signal.order_ids,
  };
}

function endsIn(payload: AccountPayload): readonly TerminalRecord[] {
  switch (payload.kind) {
    case "fill":
    case "order_ended":
    case "cross":
      return payload.terminals;
    default:
      return [];
  }
}
