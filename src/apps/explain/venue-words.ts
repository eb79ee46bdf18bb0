/**
 * What passed between an account and its venue, in a person's words: how an order ended there, which
 * executions made it up, who told of them. Every number and id is the journal's.
 */
import type { FillPath, OrderPath } from "./order-path.ts";
import { standingText } from "./standing.ts";
import type { ExecutionPath, OrderFact, VenuePath } from "./venue-path.ts";

type Ended = Extract<OrderFact, { readonly kind: "venue_order_ended" }>;

function endedText(
  { end, at, filled_qty: qty }: Ended,
  of: { readonly order: string; readonly venue: string; readonly asked: string | null },
): string {
  const { order, venue, asked } = of;
  const filled = Number(qty) === 0 ? "nothing of it filled" : `${qty} units of it filled`;
  const by = asked === null ? "" : `, as we had asked on ${asked}`;
  switch (end) {
    case "cancelled":
      return `${order} was cancelled by ${venue} on ${at}${by}, with ${filled}`;
    case "expired":
      return `${venue} let ${order} expire on ${at}, with ${filled}`;
    case "rejected":
      return `${order} was rejected by ${venue} on ${at} after it had accepted it, with ${filled}`;
    case "replaced":
      return `${order} was replaced at ${venue} on ${at}, with ${filled}`;
  }
}

/**
 * How an order ended at its venue, after "its market order of 2024-01-10"; null where the venue has
 * said nothing of an end, as where a newer wish took the order's place before it was sent.
 */
export function venueEndText({ facts, venue, closed }: VenuePath, order: string): string | null {
  const asked = facts.find(({ kind }) => kind === "cancel_requested");
  for (const fact of facts.toReversed()) {
    switch (fact.kind) {
      case "order_withdrawn": {
        const why = closed === null ? null : standingText(closed);
        return `${order} was withdrawn on ${fact.at} and never traded: ${reasonText(fact.reason)}${why === null ? "" : `; ${why}`}`;
      }
      case "order_refused":
        return `${order} was refused by ${venue} on ${fact.at} with code ${fact.code}: ${fact.message}`;
      case "venue_order_ended":
        return endedText(fact, { order, venue, asked: asked?.at ?? null });
      case "order_acknowledged":
      case "order_unknown":
      case "cancel_requested":
        // What it became after these stands in a later fact.
        break;
    }
  }
  return null;
}

/** "trading is closed: paused_by_operator" as it is read. */
export function reasonText(reason: string): string {
  return reason.replaceAll("_", " ");
}

/** One fact of an order's way, with the label it stands behind. */
export function factText(
  fact: OrderFact,
  venue: VenuePath,
): readonly [label: string, text: string] {
  const { at, seq } = fact;
  const here = (text: string) => `${at}: ${text} (entry ${seq})`;
  switch (fact.kind) {
    case "order_acknowledged": {
      const lost = venue.facts.some((each) => each.kind === "order_unknown" && each.seq < seq);
      const how = lost ? "asked by its own id, the venue answered that it has it" : "acknowledged";
      return ["acknowledged", here(`${how}, as order ${fact.venue_order_id} of ${venue.venue}`)];
    }
    case "order_unknown":
      return [
        "unknown",
        here(`nobody knew what became of it: ${fact.reason}; it was looked up by its own id`),
      ];
    case "order_refused":
      return ["refused", here(`by ${venue.venue}, code ${fact.code}: ${fact.message}`)];
    case "cancel_requested":
      return ["cancel", here(`asked for, of order ${fact.venue_order_id}`)];
    case "order_withdrawn":
      return ["withdrawn", here(reasonText(fact.reason))];
    case "venue_order_ended":
      return [
        "at the venue",
        here(`${venue.venue} reports it ${fact.end}, with ${fact.filled_qty} units filled`),
      ];
  }
}

/** "The venue's execution is 1a2b-.. (100 units at 10.5 on ..), told by its stream." */
export function executionsText(orders: readonly OrderPath[]): string | null {
  const executions = orders.flatMap(({ fills }) =>
    fills.flatMap(({ execution }) => (execution === undefined ? [] : [execution])),
  );
  if (executions.length === 0) return null;
  const said = executions.map(executionText);
  return `The venue's ${said.length === 1 ? "execution is" : "executions are"} ${said.join(" and ")}.`;
}

export function executionText(execution: ExecutionPath): string {
  const { execution_id: id, qty, price, executed_at: at } = execution;
  return `${id} (${qty} units at ${price} on ${at}, ${sourceText(execution)})`;
}

/** Activities are read for what a stream did not tell: nobody listened, or it was lost on the way. */
export function sourceText({ source }: Pick<ExecutionPath, "source">): string {
  return source === "stream" ? "told by the stream" : "found later in the venue's activities";
}

/** What the venue said where it refused; null where it refused nothing. */
export function refusalsText(orders: readonly OrderPath[]): string | null {
  const said = orders.flatMap(({ venue }) =>
    (venue?.facts ?? []).flatMap((fact) =>
      fact.kind === "order_refused"
        ? [
            `On ${fact.at} ${venue?.venue} refused it with code ${fact.code} and said: ${fact.message.replace(/\.$/, "")} (entry ${fact.seq}).`,
          ]
        : [],
    ),
  );
  return said.length === 0 ? null : said.join(" ");
}

/** Units the venue still may fill. */
export function isAtWork({ venue, end, fills, lots }: OrderPath): boolean {
  const filled = fills.reduce((sum: number, fill: FillPath) => sum + fill.lots, 0);
  return venue !== undefined && end === null && Math.abs(filled) < Math.abs(lots);
}
