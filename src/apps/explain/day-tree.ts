/** A day's path as a tree: position, what happened, orders, what the strategies said at the close. */
import type { BarLookup } from "./bars.ts";
import { type DayAnswer, lotsAt } from "./day-answer.ts";
import type { DayPath, Event } from "./day-path.ts";
import type { OrderPath } from "./order-path.ts";
import { crossNode, fillNode, orderNode, orderText, postingNodes } from "./order-tree.ts";
import type { Row, RunRecord } from "./record.ts";
import { answerOf, endText } from "./signal-answer.ts";
import { amount } from "../cli/numbers.ts";
import { type Node, node } from "./tree.ts";
import { brief, exact, money, shortId } from "./words.ts";

export function dayNodes(
  record: RunRecord,
  day: DayPath,
  { answer, bar }: { readonly answer: DayAnswer; readonly bar: BarLookup },
): readonly Node[] {
  const { earlier, placed, events, date } = day;
  return [
    sessionNode(day, record, bar),
    positionNode(day),
    ...events.map((event) => eventNode(event, record)),
    ...earlier.map((order) => earlierNode(order, date)),
    ...closeNodes(record, day, answer),
    ...placed.map((order) => orderNode(order, record, null)),
  ];
}

function sessionNode(
  { sessions, previous, next, equity, regime }: DayPath,
  { currency, digits }: RunRecord,
  bar: BarLookup,
): Node {
  if (sessions.length === 0) {
    return node("session", `none; ${previous} came before, ${next} came after`, [], "bad");
  }
  const said = !bar.known ? "not known" : bar.value ? "yes" : "none";
  return node("session", sessions.join(", "), [
    node(
      "bar",
      bar.known ? said : `${said}: ${bar.reason}`,
      [],
      bar.known && !bar.value ? "bad" : "plain",
    ),
    node(
      "account",
      `net asset value ${amount(Number(equity?.["nav"]), digits)} ${currency}, gross ${shown(equity, "gross")}, drawdown ${shown(equity, "drawdown")}`,
    ),
    ...(regime === null ? [] : [node("brake", regimeText(regime))]),
  ]);
}

function regimeText(regime: Row): string {
  const brake = `${String(regime["regime"])}, scalar ${shown(regime, "scalar")}`;
  return `${brake}; volatility regime ${String(regime["volatility_regime"])}; breaker ${String(regime["breaker"])}`;
}

function shown(row: Row | null, column: string): string {
  const value = row?.[column] ?? null;
  return typeof value === "number" ? brief(value) : "unknown";
}

function positionNode({ before, after, previous, currency, sessions }: DayPath): Node {
  const at = (row: Row | null) =>
    row === null
      ? "flat"
      : `${lotsAt(row)} lots at ${exact(Number(row["mark"]))}, worth ${exact(Number(row["value"]))}${currency === null ? "" : ` ${currency}`}, ${shown(row, "weight")} of net asset value`;
  if (sessions.length === 0) return node("position", at(before));
  return node("position", "", [
    node("before", `${at(before)}${previous === null ? " (the first session)" : ` (${previous})`}`),
    node("after", at(after)),
  ]);
}

/** An order of an earlier decision: what this date did to it. */
function earlierNode(order: OrderPath, date: string): Node {
  const fills = order.fills.filter(({ at }) => at.startsWith(date));
  const ended = order.end !== null && order.end.at.startsWith(date);
  const serves =
    order.signal_ids.length === 0
      ? order.purpose === "stop"
        ? "a protective stop"
        : "a system intent"
      : `for signal ${order.signal_ids.map(shortId).join(", ")}`;
  const text = `of ${order.at}: ${orderText(order)}, ${serves} (entry ${order.seq})`;
  const state = ended
    ? [node("ended", `${endText(order)} (entry ${order.end?.seq})`, [], "bad")]
    : fills.length === 0
      ? [node("at work", "not reached on this date", [], "dim")]
      : [];
  return node("order", text, [...fills.map((fill) => fillNode(fill, null)), ...state]);
}

function eventNode({ entry, digits, postings }: Event, record: RunRecord): Node {
  const { seq, payload } = entry;
  const of = (label: string, text: string) =>
    node(label, `${text} (entry ${seq})`, postingNodes(postings, digits));
  switch (payload.kind) {
    case "split":
      return of(
        "split",
        `${brief(payload.ratio)} for 1: ${exact(payload.lots_before)} lots became ${exact(payload.lots_after)}`,
      );
    case "dividend":
      return of(
        "dividend",
        `${exact(payload.amount_per_unit)} a unit on ${exact(payload.lots)} lots: ${money(payload.amount_minor, digits, payload.currency)}, paid on ${payload.pay_date}`,
      );
    case "dividend_paid":
      return of(
        "dividend",
        `paid: ${money(payload.amount_minor, digits, payload.currency)} of the ex date ${payload.ex_date}`,
      );
    case "accrual":
      return payload.instrument === null
        ? node(
            "financing",
            `of the account: ${payload.days} days at ${brief(payload.rate)} a year on ${money(payload.base_minor, record.digits, payload.currency)}: ${money(payload.amount_minor, record.digits, payload.currency)} paid (entry ${seq})`,
          )
        : of(
            "borrow",
            `${payload.days} days at ${brief(payload.rate)} a year on ${money(payload.base_minor, digits, payload.currency)}: ${money(payload.amount_minor, digits, payload.currency)} paid`,
          );
    case "settlement":
      return of(
        "settlement",
        payload.settled
          .map(
            (each) => `to ${exact(each.price)}: ${money(each.amount_minor, digits, each.currency)}`,
          )
          .join(", "),
      );
    case "roll":
      return of(
        "roll",
        `${exact(payload.lots)} lots from contract ${payload.from_contract} at ${exact(payload.from_price)} to ${payload.to_contract} at ${exact(payload.to_price)}, fee ${money(payload.fee_minor, digits, payload.currency)}, slippage ${money(payload.slippage_minor, digits, payload.currency)}`,
      );
    case "cross":
      return crossNode({ seq, at: entry.at, price: payload.price, sleeves: payload.sleeves }, null);
    case "breaker":
      return node(
        "breaker",
        `of the account: ${payload.from} -> ${payload.to}, ${payload.rule.replaceAll("_", " ")}, observed ${brief(payload.observed)}, limit ${brief(payload.limit)} (entry ${seq})`,
        [],
        "bad",
      );
    case "flow":
      return node(
        "flow",
        `of the account: ${payload.reason.replaceAll("_", " ")} of ${money(payload.amount_minor, record.digits, payload.currency)} (entry ${seq})`,
      );
    default:
      return node(payload.kind, `entry ${seq}`);
  }
}

function closeNodes(record: RunRecord, day: DayPath, answer: DayAnswer): readonly Node[] {
  const holds = answer.holds.map(({ strategy, reason }) =>
    node("hold", `${strategy}: ${reason}`, [], "dim"),
  );
  const signals = day.signals.map((path) => {
    const { sentence, traded } = answerOf(path, record);
    const { strategy, signal_id: id, current_lots: current, final_lots: final } = path.signal;
    const wish = `${brief(current)} -> ${final === null ? "?" : brief(final)} lots`;
    return node("signal", `${strategy}: ${wish}, ${path.end?.state ?? "no end"}`, [
      node("why", sentence, [], traded ? "good" : "bad"),
      node(
        "more",
        `assay explain ${shortId(id)} --run ${shortId(record.document.run_id)}`,
        [],
        "dim",
      ),
    ]);
  });
  const forecasting = new Set(day.forecasts.map((row) => row["variant_id"]));
  const silent = day.sleeves
    .filter((row) => day.forecasts.length > 0 && !forecasting.has(row["variant_id"]))
    .map((row) => node("silent", `${String(row["strategy"])} gave no forecast`, [], "dim"));
  const branches = [...signals, ...holds, ...silent];
  if (branches.length > 0) {
    const isOff = day.decisions.some((row) => row["off_cycle"] === true);
    return [
      node(
        "decision",
        isOff ? "at the close, off-cycle: the brake asked for it" : "at the close",
        branches,
      ),
    ];
  }
  return day.sessions.length === 0
    ? []
    : [node("decision", answer.unasked?.message ?? "none concerned it", [], "dim")];
}
