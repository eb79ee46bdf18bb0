/**
 * Why nothing was traded on a day, computed from its records: one sentence per cause, the first cause
 * first. Empty where something was. A day without fills and without a cause would be a hole in the
 * record: invariant 18.
 */
import { invariant } from "../../base/assert.ts";
import { brief, counted } from "../../base/figures.ts";
import type { DailyOrder } from "../../domain/daily-document.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { DailyInput } from "./daily-input.ts";
import type { DaySignal } from "./signal-ends.ts";

export type Happened = {
  readonly input: DailyInput;
  readonly signals: readonly DaySignal[];
  readonly orders: readonly DailyOrder[];
  readonly fills: number;
  /** Why trading is paused when the day ends; null: it is not. */
  readonly paused: string | null;
};

export function noTradesBecause(day: Happened): string[] {
  if (day.fills > 0) return [];
  const { input } = day;
  const isPaused = day.paused !== null || input.carried.paused !== null;
  if (input.missed !== null && !isPaused) return [`The day was missed: ${ended(input.missed)}`];
  const sentences = [
    ...pauseSentences(day),
    ...dataSentences(input),
    ...decisionSentences(day),
    ...refusalSentences(day.signals),
    ...crossSentences(day),
    ...orderSentences(day.orders),
  ];
  invariant(sentences.length > 0, 18, `${input.date}: nothing was traded and no record says why`);
  return sentences;
}

function pauseSentences({ input, paused }: Happened): string[] {
  const before = input.carried.paused;
  if (before !== null) return [`Trading was paused when the day began: ${ended(before)}`];
  if (paused !== null) return [`Trading was paused: ${ended(paused)}`];
  const start = input.entries
    .map((entry) => entry.payload)
    .find((payload) => payload.kind === "reconciled" && payload.phase === "start");
  if (start?.kind !== "reconciled" || start.result === "PASS") return [];
  return [`The reconciliation at the start was ${start.result}, and only PASS opens trading.`];
}

function dataSentences({ dataAgeSessions: age }: DailyInput): string[] {
  return age.known ? [] : [`The data were not fresh: ${ended(age.reason)}`];
}

function decisionSentences({ input, signals }: Happened): string[] {
  const decided = decisionOf(input.entries);
  if (decided === null) {
    return input.carried.paused !== null ? [] : ["No decision was made on this day."];
  }
  if (signals.some((one) => one.today)) return [];
  if (!decided.on_schedule) {
    return ["Not a decision day: the schedule has none on the newest close."];
  }
  if (input.forecasts === 0) {
    return ["No strategy gave a forecast on the newest close."];
  }
  return [
    `${counted(input.forecasts, "forecast")}, all held: what is wanted is what is held already.`,
  ];
}

function decisionOf(entries: readonly AccountEntry[]) {
  for (const { payload } of entries) if (payload.kind === "decided") return payload;
  return null;
}

/** "3 signals ended REJECTED_BY_CASH (cash/buying_power): observed 1.02, limit 1 fraction." */
function refusalSentences(signals: readonly DaySignal[]): string[] {
  const groups = new Map<string, DaySignal[]>();
  for (const one of signals) {
    // What an order's end brought about is told with the order.
    if (one.terminal === null || !endedInside(one.terminal.state, one)) continue;
    const key = `${one.terminal.state} ${one.terminal.cut_by.join(", ")}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const { terminal } = group[0];
    invariant(terminal !== null, 2, "a group of ended signals holds one that has not ended");
    const by = terminal.cut_by.length === 0 ? "" : ` (${terminal.cut_by.join(", ")})`;
    const names = group.map((one) => one.signal.instrument).join(", ");
    return `${counted(group.length, "signal")} ended ${terminal.state}${by}: ${names}${evidence(group)}.`;
  });
}

function endedInside(state: string, { signal }: DaySignal): boolean {
  if (state === "EXECUTED") return false;
  return state.startsWith("REJECTED_BY_") || signal.order_ids.length === 0;
}

/** The figures of one signal; of several, each has its own in the list. */
function evidence(group: readonly DaySignal[]): string {
  const end = group[0].terminal;
  if (group.length > 1 || end === null || end.observed === null) return "";
  const limit = end.limit === null ? "" : `, limit ${brief(end.limit)}`;
  return `; observed ${brief(end.observed)}${limit}${end.unit === null ? "" : ` ${end.unit}`}`;
}

/** Sleeves that met inside: executed, and nothing went to the venue. */
function crossSentences({ signals }: Happened): string[] {
  const inside = signals.filter(({ terminal }) => terminal?.state === "EXECUTED").length;
  const waiting = signals.filter(
    (one) => one.terminal === null && one.signal.order_ids.length === 0,
  );
  const sentences: string[] = [];
  if (inside > 0) {
    sentences.push(`${counted(inside, "signal")} met inside between sleeves; nothing went out.`);
  }
  if (waiting.length > 0) {
    sentences.push(
      `${counted(waiting.length, "signal")} without an order: each meets another sleeve.`,
    );
  }
  return sentences;
}

function orderSentences(orders: readonly DailyOrder[]): string[] {
  const groups = new Map<string, DailyOrder[]>();
  for (const order of orders) groups.set(order.state, [...(groups.get(order.state) ?? []), order]);
  return [...groups].map(([state, group]) => {
    const which = group.map(orderWords).join(", ");
    return `${counted(group.length, "order")} without a fill, ${STATE_WORDS[state] ?? state}: ${which}.`;
  });
}

const STATE_WORDS: { readonly [state: string]: string } = {
  created: "journalled and not sent",
  acknowledged: "at work at the venue",
  unknown: "with an unknown outcome",
};

function orderWords({ instrument, lots, refusal }: DailyOrder): string {
  const side = lots > 0 ? "buy" : "sell";
  const why = refusal === null ? "" : ` (${refusal})`;
  return `${side} ${brief(Math.abs(lots))} ${instrument}${why}`;
}

function ended(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
