/** What passed between an account and its venue as branches of an order's and of a fill's tree. */
import { type Node, node, type Tone } from "./tree.ts";
import { breakText, type Standing, standingText } from "./standing.ts";
import type { Told } from "./told.ts";
import type { ExecutionPath, OrderFact, VenuePath } from "./venue-path.ts";
import { factText, sourceText } from "./venue-words.ts";
import { money } from "./words.ts";

/** What came before the fills, or the venue's word on the end behind them; nothing for a run's order. */
export function venueNodes(
  venue: VenuePath | undefined,
  when: "before" | "after",
): readonly Node[] {
  if (venue === undefined) return [];
  const isEnd = ({ kind }: OrderFact) => kind === "venue_order_ended";
  if (when === "after") return venue.facts.filter(isEnd).map((fact) => factNode(fact, venue));
  const facts = venue.facts.filter((fact) => !isEnd(fact)).map((fact) => factNode(fact, venue));
  const sent = facts.length === 0 ? [node("venue", "not sent yet", [], "dim")] : facts;
  return [...sent, ...venue.incidents.map(incidentNode)];
}

const TONES: { readonly [kind in OrderFact["kind"]]: Tone } = {
  order_acknowledged: "plain",
  order_unknown: "bad",
  order_refused: "bad",
  cancel_requested: "plain",
  order_withdrawn: "bad",
  venue_order_ended: "plain",
};

function factNode(fact: OrderFact, venue: VenuePath): Node {
  const [label, text] = factText(fact, venue);
  const isClosed = fact.kind === "order_withdrawn" && venue.closed !== null;
  const closed = isClosed ? standingNodes(venue.closed) : [];
  return node(label, text, closed, TONES[fact.kind]);
}

export function incidentNode({ code, severity, message, seq }: Told<"incident">): Node {
  const tone = severity === "info" ? "dim" : "bad";
  return node("incident", `${code}: ${message} (entry ${seq})`, [], tone);
}

/** What had closed trading: who or which reconciliation, each break by itself. */
export function standingNodes(standing: Standing | null): readonly Node[] {
  if (standing === null) return [];
  const { pause, forced } = standing;
  if (pause === null && forced !== null) {
    const text = `by ${forced.operator} on ${forced.at}, without a PASS: ${forced.reason} (entry ${forced.seq})`;
    return [node("trading opened", text, [], "bad")];
  }
  const text = standingText({ ...standing, found: null });
  if (text === null) return [];
  const breaks = standing.pause === null ? standing.reconciliation?.breaks : standing.found?.breaks;
  return [
    node(
      "trading closed",
      text,
      (breaks ?? []).map((each) => node("break", breakText(each), [], "bad")),
      "bad",
    ),
  ];
}

/** Of one fill: the venue's own name for it, exactly as the venue wrote it. */
export function executionNodes(
  execution: ExecutionPath | undefined,
  digits: number | null,
): readonly Node[] {
  if (execution === undefined) return [];
  const { execution_id: id, qty, price, cumulative_qty: total, executed_at: at, seq } = execution;
  return [
    node("execution", `${id} (entry ${seq})`, [
      node("executed", `${at}: ${qty} units at ${price}, ${total} of its order by then`),
      node("told", `${sourceText(execution)} on ${execution.at}`),
      node("venue order", execution.venue_order_id, [], "dim"),
      ...execution.fees.map((fee) =>
        node(
          "fee",
          `${money(fee.amount_minor, digits, fee.currency)}: ${fee.description} (entry ${fee.seq})`,
        ),
      ),
      ...execution.incidents.map(incidentNode),
    ]),
  ];
}
