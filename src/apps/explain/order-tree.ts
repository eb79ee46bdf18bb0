/** Verdicts, orders, fills, crosses and postings as branches of a tree. */
import type { Verdict } from "../../domain/refusal.ts";
import type { Booked } from "./books.ts";
import { type FillPath, lotsOfSleeve, type OrderPath } from "./order-path.ts";
import type { Account } from "./signal-answer.ts";
import type { CrossPath } from "./signal-path.ts";
import { type Node, node } from "./tree.ts";
import { executionNodes, venueNodes } from "./venue-tree.ts";
import { brief, exact, lotsOf, money, numbersOf, ruleWords, shortId } from "./words.ts";

export function verdictNode(verdict: Verdict, account: Account): Node {
  const { gate: by, result, rule } = verdict;
  const numbers = numbersOf(verdict, account);
  if (result === "pass") return node(by, `pass   ${passText(verdict, numbers)}`);
  const full = result === "not_evaluated" ? `${rule}:not_evaluated` : rule;
  const words = ruleWords({ by, rule: full });
  return node(
    by,
    `${result.replace("_", " ")}   ${words}${numbers === "" ? "" : ` (${numbers})`}`,
    [],
    "bad",
  );
}

/** A gate that had nothing to compare with observed nothing. */
function passText({ gate, rule, observed, limit, unit }: Verdict, numbers: string): string {
  if (numbers === "" || gate === "policy") return rule;
  return observed === null ? `nothing observed, limit ${brief(limit)} ${unit}` : numbers;
}

export function crossNode({ seq, at, price, sleeves }: CrossPath, variant: string | null): Node {
  if (price === null) return node("cross", `${at}: none, the market gave no price (entry ${seq})`);
  const shares = sleeves.map((share) => {
    const own = lotsOfSleeve(0, [share], share.variant_id);
    const name = `${shortId(share.variant_id)}${share.variant_id === variant ? ", this sleeve" : ""}`;
    return node(own > 0 ? "bought" : "sold", `${lotsOf(own)} by ${name}`);
  });
  return node(
    "cross",
    `${at}: inside at ${exact(price)}, no order and no cost (entry ${seq})`,
    shares,
  );
}

/** `variant`: whose part of the fills is pointed out. */
export function orderNode(order: OrderPath, view: Account, variant: string | null): Node {
  const { seq, at, purpose, order_id: id } = order;
  const gates = order.verdicts.map((verdict) => verdictNode(verdict, view));
  return node("order", `${at}: ${orderText(order)} (${purpose}, entry ${seq})`, [
    node("id", `${id}, ${untilText(order)}`, [], "dim"),
    ...(gates.length === 0
      ? [node("gates", "none: a system intent that only reduces", [], "dim")]
      : [node("order gates", "", gates)]),
    ...order.changed.map((change) =>
      node(
        change.by,
        `${change.at}: the order became ${lotsOf(change.lots)}${change.price === null ? "" : ` at ${exact(change.price)}`} (entry ${change.seq})`,
      ),
    ),
    ...venueNodes(order.venue, "before"),
    ...order.fills.map((fill) => fillNode(fill, variant)),
    ...venueNodes(order.venue, "after"),
    ...(order.end === null
      ? []
      : [
          node(
            "ended",
            `${order.end.at}: ${order.end.end.replaceAll("_", " ")}${order.end.observed === null ? "" : ` at ${exact(order.end.observed)}`} (entry ${order.end.seq})`,
            [],
            "bad",
          ),
        ]),
  ]);
}

/** What has no price of its own is put into one auction of a venue, whatever it says. */
function untilText({ time_in_force: until, venue, price }: OrderPath): string {
  if (venue !== undefined && price === null) return "the venue's name for it too; for one auction";
  return until === "day" ? "good for one bar" : "good till cancelled";
}

export function orderText({ lots: signed, type, price }: OrderPath): string {
  const side = signed > 0 ? "buy" : "sell";
  const kind = type.replaceAll("_", " ");
  return `${side} ${lotsOf(signed)}, ${price === null ? kind : `${kind} at ${exact(price)}`}`;
}

export function fillNode(fill: FillPath, variant: string | null): Node {
  const { seq, at, lots: signed, price, currency, digits, sleeves, stop, postings } = fill;
  const shares = sleeves.map((share) => {
    const own = lotsOfSleeve(0, [share], share.variant_id);
    const name = `${shortId(share.variant_id)}${share.variant_id === variant ? ", this sleeve" : ""}`;
    return node("share", `${brief(own)} lots to ${name}`);
  });
  const said = (minor: number) => money(minor, digits, currency);
  return node(
    "fill",
    `${at}: ${signed > 0 ? "bought" : "sold"} ${lotsOf(signed)} at ${exact(price)} (entry ${seq})`,
    [
      ...executionNodes(fill.execution, digits),
      node("reference", `${exact(fill.reference_price)}, slippage ${said(fill.slippage_minor)}`),
      node("notional", `${said(fill.notional_minor)}, fee ${said(fill.fee_minor)}`),
      ...shares,
      ...(stop === null
        ? []
        : [
            node(
              "stop",
              `${stop.lots > 0 ? "buy" : "sell"} ${lotsOf(stop.lots)} at ${stop.price === null ? "unknown" : exact(stop.price)} now protects it (entry ${stop.seq})`,
            ),
          ]),
      ...postingNodes(postings, digits),
    ],
    "good",
  );
}

export function postingNodes(
  postings: readonly Booked[] | null,
  digits: number | null,
): readonly Node[] {
  if (postings === null) {
    return [
      node(
        "postings",
        "not to be had: the record alone does not tell what the contract is",
        [],
        "dim",
      ),
    ];
  }
  return postings.map((booked) => {
    const amounts = booked.postings.map((each) => money(each.amount_minor, digits, each.currency));
    const width = Math.max(0, ...amounts.map((text) => text.length));
    return node(
      "postings",
      booked.narration,
      booked.postings.map(({ account, lots }, n) =>
        node(account, `${amounts[n].padStart(width)}${lots === 0 ? "" : `   ${exact(lots)} lots`}`),
      ),
    );
  });
}
