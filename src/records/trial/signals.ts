/**
 * The signals of a trial: how many were asked for, how each ended, on whichever day it did, and
 * whether any was lost or ended twice (invariant 2). The journal's count of decided signals stands
 * beside the documents' own.
 */
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { TrialDay } from "./period.ts";

export type TrialSignals = {
  readonly forecasts: number;
  readonly holds: number;
  readonly raw: number;
  readonly terminals: { readonly [state: string]: number };
  /** Without an end on the last day, their orders at work. */
  readonly open: number;
  /** Of the journal's decisions in the same period; equal to `raw` where every day has its document. */
  readonly in_journal: number;
  /** Why signals ended without being executed whole: "cash/buying_power", most frequent first. */
  readonly cut_by: readonly { readonly by: string; readonly signals: number }[];
  /** What does not add up, one sentence each. */
  readonly leaks: readonly string[];
};

type Known = { decided: string | null; ends: string[]; openOn: string | null };

export function trialSignals(
  days: readonly TrialDay[],
  entries: readonly AccountEntry[],
): TrialSignals {
  const known = new Map<string, Known>();
  const cuts = new Map<string, number>();
  const leaks: string[] = [];
  const sums = { forecasts: 0, holds: 0, raw: 0 };
  for (const { date, document } of days) {
    if (document === null) continue;
    const { signals } = document;
    sums.forecasts += signals.forecasts;
    sums.holds += signals.holds;
    sums.raw += signals.raw;
    leaks.push(...countLeaks(date, signals));
    for (const one of signals.list) {
      note(known, one, { date, isToday: one.decided_on === document.decided_on });
      for (const by of one.cut_by) cuts.set(by, (cuts.get(by) ?? 0) + 1);
    }
  }
  const terminals: { [state: string]: number } = {};
  let open = 0;
  const lastDate = days.at(-1)?.date ?? null;
  for (const [id, { ends, openOn }] of known) {
    for (const end of ends) terminals[end] = (terminals[end] ?? 0) + 1;
    if (ends.length > 1) leaks.push(`signal ${id} ended ${ends.length} times: ${ends.join(", ")}`);
    if (ends.length === 0) open += 1;
    if (ends.length === 0 && !stillWorks(id, days)) {
      leaks.push(`signal ${id}, open on ${openOn}, has no end and no order at work on ${lastDate}`);
    }
  }
  const inJournal = journalled(entries);
  if (inJournal !== sums.raw) {
    leaks.push(`the journal holds ${inJournal} decided signals, the documents ${sums.raw}`);
  }
  const cutBy = [...cuts].map(([by, signals]) => ({ by, signals }));
  cutBy.sort((a, b) => b.signals - a.signals || (a.by < b.by ? -1 : 1));
  return { ...sums, terminals, open, in_journal: inJournal, cut_by: cutBy, leaks };
}

type Signals = NonNullable<TrialDay["document"]>["signals"];

function countLeaks(date: string, signals: Signals): string[] {
  const { forecasts, holds, raw, open, terminals } = signals;
  const ended = Object.values(terminals).reduce((sum, count) => sum + count, 0);
  const leaks: string[] = [];
  if (forecasts !== holds + raw) {
    leaks.push(`${date}: ${forecasts} forecasts are not ${holds} holds and ${raw} signals`);
  }
  if (raw !== ended + open) {
    leaks.push(`${date}: ${raw} signals are not ${ended} ended and ${open} open`);
  }
  return leaks;
}

function note(
  known: Map<string, Known>,
  signal: Signals["list"][number],
  { date, isToday }: { readonly date: string; readonly isToday: boolean },
): void {
  const found = known.get(signal.signal_id) ?? { decided: null, ends: [], openOn: null };
  if (isToday) found.decided = date;
  if (signal.terminal === null) found.openOn = date;
  else found.ends.push(signal.terminal);
  known.set(signal.signal_id, found);
}

/** One of its orders is at work in the document of the last day. */
function stillWorks(signalId: string, days: readonly TrialDay[]): boolean {
  const last = days.at(-1)?.document;
  if (last === undefined || last === null) return false;
  const orders = days
    .flatMap(({ document }) => document?.signals.list ?? [])
    .filter((one) => one.signal_id === signalId)
    .flatMap((one) => one.order_ids);
  return last.trades.orders.some(
    (order) => orders.includes(order.order_id) && WORKING.includes(order.state),
  );
}

const WORKING: readonly string[] = ["created", "acknowledged", "unknown", "partially_filled"];

function journalled(entries: readonly AccountEntry[]): number {
  return entries.reduce(
    (sum, { payload }) => sum + (payload.kind === "decision" ? payload.signals.length : 0),
    0,
  );
}
