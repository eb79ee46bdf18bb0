/** An account's day as a tree: session, position, what happened, orders at work, the decision, its orders. */
import type { AccountDayAnswer } from "./account-day-answer.ts";
import { stateOn } from "./account-day-answer.ts";
import type { AccountDayPath, AccountEvent } from "./account-day.ts";
import type { AccountRecord } from "./account-record.ts";
import { accountAnswer } from "./account-signal.ts";
import type { OrderPath } from "./order-path.ts";
import { fillNode, orderNode, orderText, postingNodes } from "./order-tree.ts";
import { breakText } from "./standing.ts";
import { type Node, node } from "./tree.ts";
import type { Told } from "./told.ts";
import { incidentNode, standingNodes } from "./venue-tree.ts";
import { brief, exact, lotsOf, money, shortId } from "./words.ts";

export function accountDayNodes(
  record: AccountRecord,
  day: AccountDayPath,
  answer: AccountDayAnswer,
): readonly Node[] {
  return [
    dayNode(day),
    positionNode(day, record),
    ...day.reconciled.map(reconciledNode),
    ...standingNodes(day.trading),
    ...day.incidents.map(incidentNode),
    ...day.events.map((event) => eventNode(event, record)),
    ...day.earlier.map((order) => earlierNode(order, day)),
    decisionNode(record, day, answer),
    ...day.placed.map((order) => orderNode(order, record, null)),
  ];
}

function dayNode({
  decided_on: on,
  pack_until: until,
  status,
  no_trades_because: why,
}: AccountDayPath): Node {
  return node(
    "day",
    status === null ? "open: it has not been closed yet" : status,
    [
      node("decided on", `the close of ${on}, with bars up to ${until}`),
      ...why.map((sentence) => node("account", `nothing was traded: ${sentence}`, [], "dim")),
    ],
    status === "PAUSED" || status === "MISSED" ? "bad" : "plain",
  );
}

function positionNode(
  { lots_before: before, lots_after: after, position }: AccountDayPath,
  { currency }: AccountRecord,
): Node {
  const at = position?.mark ?? null;
  const worth =
    position === null || at === null
      ? ""
      : ` at ${at}, worth ${position.value ?? "unknown"} ${currency}, ${brief(position.weight)} of net asset value`;
  return node("position", "", [
    node("before", before === 0 ? "flat" : `${exact(before)} lots`),
    node("after", after === 0 ? "flat" : `${exact(after)} lots${worth}`),
  ]);
}

function reconciledNode({ phase, result, at, seq, breaks, warnings }: Told<"reconciled">): Node {
  return node(
    "reconciled",
    `${phase}, ${at}: ${result} (entry ${seq})`,
    [
      ...breaks.map((each) => node("break", breakText(each), [], "bad")),
      ...warnings.map((warning) => node("warning", warning, [], "dim")),
    ],
    result === "PASS" ? "plain" : "bad",
  );
}

function eventNode({ entry, postings }: AccountEvent, { digits }: AccountRecord): Node {
  const { seq, at, payload } = entry;
  const of = (label: string, text: string) =>
    node(label, `${at}: ${text} (entry ${seq})`, postingNodes(postings, digits));
  switch (payload.kind) {
    case "venue_cash": {
      const amount = money(payload.amount_minor, digits, payload.currency);
      return of(
        payload.cause,
        `${amount}, ${payload.description}; activity ${payload.activity_id}`,
      );
    }
    case "venue_split":
      return of(
        "split",
        `${brief(payload.ratio)} for 1 at the venue, activity ${payload.activity_id}`,
      );
    case "split":
      return of("split", `${exact(payload.lots_before)} lots became ${exact(payload.lots_after)}`);
    case "position_adopted":
      return of("adopted", `${exact(payload.lots)} lots at ${exact(payload.price)}`);
    case "paused":
      return of(
        "paused",
        `by ${payload.operator ?? payload.cause.replaceAll("_", " ")}: ${payload.message}`,
      );
    case "resumed":
      return of(
        "resumed",
        `by ${payload.operator}: ${payload.reason}${payload.forced ? " (forced, without a PASS)" : ""}`,
      );
    case "flatten_ordered":
      return of("flatten", `ordered by ${payload.operator}: ${payload.reason}`);
    case "breaker":
      return of(
        "breaker",
        `${payload.from} -> ${payload.to}, ${payload.rule.replaceAll("_", " ")}, observed ${brief(payload.observed)}, limit ${brief(payload.limit)}`,
      );
    default:
      return of(payload.kind.replaceAll("_", " "), "as journalled");
  }
}

/** An order of an earlier day: what this day did to it. */
function earlierNode(order: OrderPath, { from_seq: from, until_seq: until }: AccountDayPath): Node {
  const fills = order.fills.filter(({ seq }) => seq >= from && seq <= until);
  const serves =
    order.signal_ids.length === 0
      ? order.purpose === "stop"
        ? "a protective stop"
        : "a system intent"
      : `for signal ${order.signal_ids.map(shortId).join(", ")}`;
  return node("order", `of ${order.at}: ${orderText(order)}, ${serves} (entry ${order.seq})`, [
    ...fills.map((fill) => fillNode(fill, null)),
    ...(order.end === null && fills.length > 0
      ? []
      : [node("state", stateOn(order, until), [], "dim")]),
  ]);
}

function decisionNode(
  record: AccountRecord,
  { signals, decided, decided_on: on }: AccountDayPath,
  { quiet }: AccountDayAnswer,
): Node {
  if (signals.length === 0) {
    return node("decision", quiet?.message ?? `none concerned it on the close of ${on}`, [], "dim");
  }
  const seq = decided === null ? "" : ` (entry ${decided.seq})`;
  return node(
    "decision",
    `on the close of ${on}${seq}`,
    signals.map((found) => {
      const { sentence, traded } = accountAnswer(found, record);
      const {
        strategy,
        signal_id: id,
        current_lots: current,
        final_lots: final,
      } = found.path.signal;
      const wish = `${brief(current)} -> ${final === null ? "?" : lotsOf(final)}`;
      return node("signal", `${strategy}: ${wish}, ${found.path.end?.state ?? "at work"}`, [
        node("why", sentence, [], traded ? "good" : "bad"),
        node(
          "more",
          `assay explain ${shortId(id)} --account ${record.mode.replace("_", "-")}`,
          [],
          "dim",
        ),
      ]);
    }),
  );
}
