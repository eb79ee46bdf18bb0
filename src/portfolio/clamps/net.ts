/** |Sum of weights| <= limit: the larger side shrinks in proportion, the smaller one stays. */
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Book, exceeds, setSize } from "./book.ts";

export function clampNet(book: Book, limit: number | null, records: ClampRecord[]): void {
  const { weights } = book;
  const net = netOf(weights);
  const observed = Math.abs(net);
  if (limit === null || !exceeds(observed, limit)) return;
  const side = Math.sign(net);
  let larger = 0;
  let smaller = 0;
  for (const weight of weights) {
    if (weight * side > 0) larger += Math.abs(weight);
    else smaller += Math.abs(weight);
  }
  const factor = (limit + smaller) / larger;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] * side > 0) setSize(weights, i, Math.abs(weights[i]) * factor);
  }
  records.push({
    constraint: "net",
    subject: "portfolio",
    before: observed,
    after: Math.abs(netOf(weights)),
    limit,
    observed,
    reason: `net exposure above limits.net: the ${side > 0 ? "long" : "short"} side in proportion`,
    severity: "warning",
  });
}

function netOf(weights: Float64Array): number {
  let net = 0;
  for (const weight of weights) net += weight;
  return net;
}
