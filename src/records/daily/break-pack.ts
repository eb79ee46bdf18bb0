/**
 * What is kept when a reconciliation did not pass: what differs, both sides whole, and what a person
 * can do about it. Canonical JSON, so that equal findings have equal bytes.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import type {
  BreakCode,
  Reconciliation,
  ReconciliationPhase,
} from "../../domain/reconciliation.ts";
import type { VenueSnapshot } from "../../domain/venue-report.ts";

export const BREAK_PACK_VERSION = 1;

export type BreakPackInput = {
  readonly date: string;
  readonly at: string;
  readonly phase: ReconciliationPhase;
  readonly account: string;
  readonly broker: string;
  readonly reconciliation: Reconciliation;
  /** The venue's report as it came; null where it did not answer. */
  readonly snapshot: VenueSnapshot | null;
  /** Our books as they were compared. */
  readonly ours: Json;
};

export function breakPack(input: BreakPackInput): string {
  const { reconciliation: found } = input;
  const codes = [...new Set(found.breaks.map((one) => one.code))];
  const document = {
    format_version: BREAK_PACK_VERSION,
    date: input.date,
    at: input.at,
    phase: input.phase,
    account: input.account,
    broker: input.broker,
    result: found.result,
    breaks: found.breaks,
    warnings: found.warnings,
    compared: found.compared,
    ours: input.ours,
    theirs: input.snapshot,
    what_to_do: [...codes.map((code) => ADVICE[code]), ...lastSteps(found.result)],
  };
  return `${canonicalJson(document as unknown as Json)}\n`;
}

function lastSteps(result: Reconciliation["result"]): readonly string[] {
  if (result === "NOT_RUN") {
    return [
      "The venue did not answer, so nothing was compared: see that it can be reached, then `assay resume`, which compares afresh.",
    ];
  }
  return [
    "Look at both sides in this file and at the venue's own pages before anything is changed.",
    "If the venue is right and our books cannot come to it by a fill it reports, close the gap there, or `assay adopt` what the account holds.",
    "Then `assay resume --operator NAME --reason TEXT`: it compares afresh and refuses unless that passes.",
  ];
}

const ADVICE: { readonly [code in BreakCode]: string } = {
  PHANTOM_POSITION:
    "PHANTOM_POSITION: our books hold what the venue does not. Look for a sale, a transfer or a liquidation at the venue that no activity has told.",
  MISSING_POSITION:
    "MISSING_POSITION: the venue holds what our books do not. Look for a trade made by hand, a transfer in, or a fill that was missed.",
  QUANTITY:
    "QUANTITY: both hold it, not in the same size. Look for a partial fill that was missed, a split, or a trade made by hand.",
  AVERAGE_PRICE:
    "AVERAGE_PRICE: the sizes agree, the cost does not. Compare the fills one by one by their execution ids.",
  CASH: "CASH: the balances differ by more than the declared tolerance. Look for a fee, interest, dividend or transfer that no activity has told.",
  STUCK_ORDER:
    "STUCK_ORDER: our books say the order works, the venue has ended it or never had it. Look it up at the venue by its client order id.",
  PHANTOM_ORDER:
    "PHANTOM_ORDER: an order works at the venue that our journal has not made. Cancel it there unless its maker is known.",
  MISSED_FILL:
    "MISSED_FILL: the venue reports an execution that our journal did not hold. It is booked once under the venue's id; find out why the stream did not bring it.",
  DUPLICATE_FILL:
    "DUPLICATE_FILL: our journal holds an execution twice, or one the venue does not report. Compare the execution ids.",
};
