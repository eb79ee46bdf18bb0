/**
 * One signal of a trading account: its path from the decision to the venue's own executions, as the
 * journal has it, and the answer in a few sentences. What a run keeps in artifacts (a row for each
 * stage) an account does not keep: there the day's document counts, and the end names who cut.
 */
import { invariant } from "../../base/assert.ts";
import { openBooks } from "./books.ts";
import { type AccountRecord, bookEntries, pipelineEntries } from "./account-record.ts";
import { withVenue } from "./account-orders.ts";
import type { EntryOf } from "./record.ts";
import { type Answer, answerOf, endText } from "./signal-answer.ts";
import { journalPath, type Panels, type SignalPath } from "./signal-path.ts";
import { type Standing, standingAt, standingText } from "./standing.ts";
import { told } from "./told.ts";
import { executionsText, isAtWork, refusalsText } from "./venue-words.ts";
import { brief, lotsOf } from "./words.ts";

export type AccountSignal = {
  readonly path: SignalPath;
  /** As trading stood when it was decided. */
  readonly standing: Standing;
};

/** An account writes none of these artifacts. */
const NO_PANELS: Panels = {
  forecast: null,
  weights: null,
  decision: null,
  clamps: [],
  netting: null,
};

export function accountSignal(record: AccountRecord, id: string): AccountSignal {
  const decision = told(record.entries, "decision").find(({ signals }) =>
    signals.some(({ signal_id }) => signal_id === id),
  );
  const signal = decision?.signals.find(({ signal_id }) => signal_id === id);
  invariant(decision !== undefined && signal !== undefined, 2, `no decision made signal ${id}`);
  const { seq, at, ...payload } = decision;
  const { instrument } = signal;
  const entries = pipelineEntries(record, instrument);
  const books = openBooks(record, instrument, bookEntries(record, instrument));
  const entry: EntryOf<"decision"> = { seq, at, payload };
  const path = journalPath({ decision: entry, signal, entries, books }, NO_PANELS);
  return {
    path: {
      ...path,
      orders: path.orders.map((order) => withVenue(record, order)),
    },
    standing: standingAt(record.entries, seq),
  };
}

/** The run's own sentence, and what a venue adds to it. */
export function accountAnswer({ path, standing }: AccountSignal, record: AccountRecord): Answer {
  const { end, orders } = path;
  const executions = executionsText(orders);
  if (end === null) {
    const sentence = [openText(path), executions].filter((each) => each !== null).join(" ");
    return { traded: executions !== null, sentence, decided_by: null };
  }
  const answer = answerOf(path, record);
  const closed = end.state === "REJECTED_BY_PAUSE" ? standingText(standing) : null;
  const isShort = end.state === "EXECUTED" && end.share < 1;
  const unfilled = isShort ? orders.filter(({ end: over }) => over !== null).map(endText) : [];
  const sentences = [
    answer.sentence,
    executions,
    unfilled.length === 0 ? null : `The rest: ${unfilled.join("; ")}.`,
    end.state === "EXECUTED" || end.state === "REJECTED_BY_BROKER" ? refusalsText(orders) : null,
    closed === null ? null : `Trading was closed: ${closed}.`,
  ];
  return { ...answer, sentence: sentences.filter((each) => each !== null).join(" ") };
}

/** It has no end yet: an order is at work, or another sleeve is to be met inside. */
function openText({ orders, signal }: SignalPath): string {
  const working = orders.filter(isAtWork);
  if (working.length === 0) {
    return `It has not ended: it waits to meet another sleeve of ${signal.instrument}.`;
  }
  const said = working.map(({ lots, fills, venue }) => {
    const filled = fills.reduce((sum, fill) => sum + fill.lots, 0);
    const known = venue?.venue_order_id ?? null;
    const where = known === null ? "on its way to the venue" : `at work as order ${known}`;
    return `${lots > 0 ? "buys" : "sells"} ${lotsOf(lots)}, ${filled === 0 ? "none" : brief(Math.abs(filled))} of them filled, and is ${where}`;
  });
  return `It has not ended: its order ${said.join("; another ")}.`;
}

/** Ids of all signals, in the order in which they were decided. */
export function signalIds({ entries }: Pick<AccountRecord, "entries">): readonly string[] {
  return told(entries, "decision").flatMap(({ signals }) => signals.map(({ signal_id: id }) => id));
}
