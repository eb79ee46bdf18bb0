/**
 * The first line for an instrument on a trading day of an account: did it trade, by which executions,
 * and if not why. A quiet day has its kind: nothing ran, no decision was due, nobody asked, all held.
 */
import { counted } from "../../base/figures.ts";
import type { AccountDayPath } from "./account-day.ts";
import type { AccountRecord } from "./account-record.ts";
import { accountAnswer, type AccountSignal } from "./account-signal.ts";
import type { OrderPath } from "./order-path.ts";
import { endText } from "./signal-answer.ts";
import { standingText } from "./standing.ts";
import { isAtWork, sourceText } from "./venue-words.ts";
import { exact, lotsOf } from "./words.ts";

export type AccountDayAnswer = {
  readonly traded: boolean;
  readonly sentence: string;
  /** Null where something traded or was decided. */
  readonly quiet: {
    readonly kind: "missed" | "not_decided" | "not_due" | "no_forecast" | "held";
    readonly message: string;
  } | null;
};

export function accountDayAnswer(record: AccountRecord, day: AccountDayPath): AccountDayAnswer {
  const trades = tradesOf(day);
  const signals = day.signals.map((signal) => signalText(signal, record));
  if (trades.length > 0) {
    const moved = `its position went from ${exact(day.lots_before)} to ${exact(day.lots_after)} lots`;
    return {
      traded: true,
      sentence: `It traded: ${trades.join(", ")}; ${moved}.`,
      quiet: null,
    };
  }
  const moved =
    day.lots_before === day.lots_after
      ? ""
      : `; its position went from ${exact(day.lots_before)} to ${exact(day.lots_after)} lots without a trade`;
  const waiting = waitingTexts(day);
  if (signals.length > 0) {
    const sentence = `It did not trade on this day. On the close of ${day.decided_on}, ${signals.join(" ")}`;
    return { traded: false, sentence: `${sentence}${capital(moved.slice(2))}`, quiet: null };
  }
  const quiet = quietOf(record, day);
  const said = [quiet.message, ...waiting, ...pauseText(day)].join("; ");
  return { traded: false, sentence: `It did not trade: ${said}${moved}.`, quiet };
}

/** Those of the day itself: an order may have filled in part before. */
function tradesOf(day: AccountDayPath): readonly string[] {
  const { from_seq: from, until_seq: until } = day;
  return [...day.earlier, ...day.placed].flatMap(({ fills, purpose, at }) =>
    fills
      .filter(({ seq }) => seq >= from && seq <= until)
      .map(({ lots, price, execution }) => {
        const by =
          purpose === "stop"
            ? "a protective stop"
            : purpose === "flatten"
              ? "a flattening"
              : "an order";
        const told =
          execution === undefined
            ? ""
            : `, execution ${execution.execution_id}, ${sourceText(execution)}`;
        return `${lots > 0 ? "bought" : "sold"} ${lotsOf(lots)} at ${exact(price)} by ${by} of ${at}${told}`;
      }),
  );
}

function signalText(signal: AccountSignal, record: AccountRecord): string {
  const { sentence } = accountAnswer(signal, record);
  const { strategy } = signal.path.signal;
  return `${strategy} asked for a change: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function capital(text: string): string {
  return text === "" ? "" : ` ${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Orders of earlier days that could have traded on it. */
function waitingTexts({ earlier, until_seq: until }: AccountDayPath): readonly string[] {
  return earlier
    .filter(({ purpose }) => purpose !== "stop")
    .map((order) =>
      order.end !== null && order.end.seq <= until
        ? endText(order)
        : `an order of ${order.at} was at work and found no price`,
    );
}

function pauseText({ trading }: AccountDayPath): readonly string[] {
  const closed = standingText(trading);
  return closed === null ? [] : [`trading was closed anyway: ${closed}`];
}

function quietOf(
  record: AccountRecord,
  day: AccountDayPath,
): NonNullable<AccountDayAnswer["quiet"]> {
  const { decided, decided_on: on, counts, lots_before: lots } = day;
  const missed = day.incidents.find(({ code }) => code === "missed_day");
  if (missed !== undefined) return { kind: "missed", message: missed.message };
  if (decided === null) {
    return { kind: "not_decided", message: "no decision was made on this day" };
  }
  if (!decided.on_schedule) {
    return {
      kind: "not_due",
      message: `the schedule has no decision on the close of ${on}${nextDecision(record, day)}`,
    };
  }
  if (counts?.forecasts === 0) {
    return { kind: "no_forecast", message: `no strategy gave a forecast on the close of ${on}` };
  }
  const stay = `${lotsOf(lots)} stay ${lots > 0 ? "held" : "short"}`;
  const held = lots === 0 ? "nothing is held" : stay;
  const of =
    counts === null
      ? ""
      : ` (of all instruments there were ${counted(counts.forecasts, "forecast")}: ${counts.holds} held what was held, ${counts.raw} asked for a change; the journal names only the latter)`;
  return {
    kind: "held",
    message: `on the close of ${on} no strategy asked for a change of it, and ${held}${of}`,
  };
}

/** The decisions around it, as they were made. */
function nextDecision({ days }: AccountRecord, { date }: AccountDayPath): string {
  const due = days.filter(({ entries }) =>
    entries.some(({ payload }) => payload.kind === "decided" && payload.on_schedule),
  );
  const before = due.findLast(({ opened }) => opened.date < date);
  const after = due.find(({ opened }) => opened.date > date);
  const around = [
    ...(before === undefined
      ? []
      : [`the one before was on the close of ${before.opened.decided_on}`]),
    ...(after === undefined ? [] : [`the next on that of ${after.opened.decided_on}`]),
  ];
  return around.length === 0 ? "" : ` (${around.join(", ")})`;
}

/** What this day did to an order of an earlier one. */
export function stateOn(order: OrderPath, until: number): string {
  if (order.end !== null && order.end.seq <= until) return endText(order);
  return isAtWork(order) ? "still at work" : "it went on after this day";
}
