/**
 * The first line for an instrument on a date: did it trade, and if not why. Enters: what the record
 * says of the day; leaves: one sentence, the kind of quiet day it was, and why each hold is a hold.
 */
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import type { BarLookup } from "./bars.ts";
import type { DayPath } from "./day-path.ts";
import { noSession, notAsked, type Quiet } from "./quiet-day.ts";
import type { Row, RunRecord } from "./record.ts";
import { answerOf, endText } from "./signal-answer.ts";
import { brief, deciderText, exact, lotsOf } from "./words.ts";

export type Hold = {
  readonly strategy: string;
  readonly variant_id: string;
  readonly reason: string;
};

export type DayAnswer = {
  readonly traded: boolean;
  readonly sentence: string;
  /** Null on a date when something was traded or decided. */
  readonly quiet: {
    readonly kind: Quiet["kind"] | "held" | "no_bar";
    readonly message: string;
  } | null;
  /** Why none of its strategies was asked on a session; null where one was. */
  readonly unasked: Quiet | null;
  readonly holds: readonly Hold[];
};

export function dayAnswer(record: RunRecord, day: DayPath, bar: BarLookup): DayAnswer {
  const holds = holdsOf(record, day);
  if (day.sessions.length === 0) return { ...quietly(noSession(day), day), unasked: null, holds };
  const unasked = day.forecasts.length === 0 ? notAsked(record, day) : null;
  const about = { unasked, holds };
  const trades = tradesOf(day);
  const decided = decisionText(record, day);
  if (trades.length > 0) {
    const moved = `its position went from ${lotsAt(day.before)} to ${lotsAt(day.after)} lots`;
    const after = decided === null ? "" : ` At the close, ${decided}.`;
    return {
      traded: true,
      sentence: `It traded: ${trades.join(", ")}; ${moved}.${after}`,
      quiet: null,
      ...about,
    };
  }
  if (decided !== null) {
    const sentence = `It did not trade on this date; at its close, ${decided}.`;
    return { traded: false, sentence, quiet: null, ...about };
  }
  const reason = unasked ?? heldText(day, holds);
  const isBarless = bar.known && !bar.value;
  const quiet: DayAnswer["quiet"] = isBarless
    ? { kind: "no_bar", message: `it had no bar on it; ${reason.message}` }
    : reason;
  return { ...quietly(quiet, day), ...about };
}

function quietly(
  quiet: NonNullable<DayAnswer["quiet"]>,
  day: DayPath,
): Pick<DayAnswer, "traded" | "sentence" | "quiet"> {
  const moved =
    lotsAt(day.before) === lotsAt(day.after)
      ? ""
      : `; its position went from ${lotsAt(day.before)} to ${lotsAt(day.after)} lots without a trade`;
  const waiting = waitingText(day);
  return {
    traded: false,
    sentence: `It did not trade: ${quiet.message}${waiting}${moved}.`,
    quiet,
  };
}

/** Orders of earlier decisions that could have traded on it. */
function waitingText({ earlier, date, sessions }: DayPath): string {
  if (sessions.length === 0) return "";
  const waiting = earlier.filter(
    ({ purpose, fills }) => purpose !== "stop" && fills.every(({ at }) => !at.startsWith(date)),
  );
  const said = waiting.map((order) => {
    const isOver = order.end?.at.startsWith(date) === true;
    return isOver ? endText(order) : `an order of ${order.at} was at work and found no price`;
  });
  return said.length === 0 ? "" : `; ${said.join("; ")}`;
}

export function lotsAt(position: Row | null): string {
  return position === null ? "0" : exact(Number(position["lots"]));
}

function tradesOf({ earlier, placed, events, date }: DayPath): readonly string[] {
  const fills = [...earlier, ...placed].flatMap(({ purpose, at, fills: all }) =>
    all
      .filter((fill) => fill.at.startsWith(date))
      .map(({ lots, price }) => {
        const by =
          purpose === "stop"
            ? "a protective stop"
            : purpose === "flatten"
              ? "a flattening"
              : "an order";
        return `${lots > 0 ? "bought" : "sold"} ${lotsOf(lots)} at ${exact(price)} by ${by} of ${at}`;
      }),
  );
  const others = events.flatMap(({ entry: { payload } }) => {
    if (payload.kind === "roll" && payload.lots !== 0) {
      return [
        `rolled ${lotsOf(payload.lots)} from contract ${payload.from_contract} to ${payload.to_contract}`,
      ];
    }
    if (payload.kind !== "cross" || payload.price === null) return [];
    let micro = 0;
    for (const share of payload.sleeves) micro += Math.max(0, share.micro_lots);
    return [`${lotsOf(micro / MICRO_LOTS)} met inside at ${exact(payload.price)}`];
  });
  return [...fills, ...others];
}

/** What asked for a change at this close, and what became of it; null when nothing did. */
function decisionText(record: RunRecord, { signals }: DayPath): string | null {
  if (signals.length === 0) return null;
  if (signals.length === 1) {
    const { sentence } = answerOf(signals[0], record);
    return `${signals[0].signal.strategy} asked for a change: ${uncapitalised(sentence)}`;
  }
  const states = [...new Set(signals.map(({ end }) => end?.state ?? "no end"))];
  const said = states.map((state) => {
    const ended = signals.filter(({ end }) => (end?.state ?? "no end") === state);
    const { decided_by: decider } = answerOf(ended[0], record);
    const why =
      state === "EXECUTED" || decider === null ? "" : `, by ${deciderText(decider, record)}`;
    return `${ended.length} ${state}${why}`;
  });
  return `${signals.length} sleeves asked for a change: ${said.join("; ")}`;
}

function uncapitalised(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}

function heldText(
  { after }: DayPath,
  holds: readonly Hold[],
): { readonly kind: "held"; readonly message: string } {
  const said = holds.map(({ strategy, reason }) => `${strategy}: ${reason}`).join("; ");
  const held = after === null ? "nothing is held" : `${lotsAt(after)} lots are held`;
  return { kind: "held", message: `its strategies changed nothing and ${held} (${said})` };
}

function holdsOf(record: RunRecord, day: DayPath): readonly Hold[] {
  const holding = day.forecasts.filter((row) => row["hold"] === true);
  if (holding.length === 0) return [];
  const history = record
    .rows(RUN_ARTIFACTS.signals, (line) => line.includes(day.instrument))
    .filter((row) => row["instrument"] === day.instrument);
  return holding.map((row) => ({
    strategy: String(row["strategy"]),
    variant_id: String(row["variant_id"]),
    reason: row["target_kind"] === "forecast" ? heldByStages(row) : heldDirectly(row, history),
  }));
}

/** A hold is what is wanted, left over and held at once. */
function heldByStages(row: Row): string {
  const lots = Number(row["current_lots"]);
  if (lots === 0) {
    return row["target"] === 0
      ? "it wants nothing and holds nothing"
      : "no stage left it anything to want, and it holds nothing";
  }
  return `what it wants and what all stages left of it are the ${brief(lots)} lots that it holds`;
}

function heldDirectly(row: Row, history: readonly Row[]): string {
  if (row["target_kind"] === null) return "the strategy asked for no change of its wish";
  const { date, variant_id: variant, target_kind: kind, target } = row;
  const wish = `${kind === "weight" ? "weight" : "units"} ${brief(Number(target))}`;
  let since: string | null = null;
  for (const each of history) {
    if (each["variant_id"] !== variant || each["target_kind"] === null) continue;
    if (String(each["date"]) >= String(date)) break;
    const isSame = each["target_kind"] === kind && each["target"] === target;
    since = isSame ? (since ?? String(each["date"])) : null;
  }
  return since === null
    ? `its new wish, ${wish}, comes to the ${brief(Number(row["current_lots"]))} lots that are held already`
    : `its wish, ${wish}, is the same since ${since}, and a wish is sized anew only when it changes or on a rebalance date`;
}
