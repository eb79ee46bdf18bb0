/**
 * Our books against the venue's report (spec execution, section 5): positions, average prices, cash,
 * working orders and executions, every difference under its code. Only a PASS opens trading, and only
 * where at least cash was compared: nothing on both sides is EMPTY, no answer is NOT_RUN. It is exact
 * at one moment; a venue's positions may lag its fills, and who calls may ask again (transient.ts).
 * Refuses a side compared with itself (invariant 17) and numbers nobody can read (Fault).
 */
import type { Break, Reconciliation, ReconciliationResult } from "../../domain/reconciliation.ts";
import type { DecimalText } from "../../domain/venue-report.ts";
import { compareCash } from "./compare-cash.ts";
import { compareFills } from "./compare-fills.ts";
import { compareOrders } from "./compare-orders.ts";
import { comparePositions } from "./compare-positions.ts";
import { checkApart, type OurSide, type TheirSide } from "./sides.ts";

export type ReconcileOptions = {
  /** When the venue reported, in ms since the epoch: what should have ended by then has. */
  readonly nowMs: number;
  /** Average prices may differ by this much: venues print fewer digits than they keep. */
  readonly averageTolerance: DecimalText;
};

/** A venue's average price is printed to four decimals or more. */
export const AVERAGE_TOLERANCE: DecimalText = "0.0001";

export function reconcile(
  ours: OurSide,
  theirs: TheirSide,
  options: ReconcileOptions,
): Reconciliation {
  checkApart(ours, theirs);
  const fills = compareFills(ours, theirs);
  const positions = comparePositions(ours, theirs, {
    averageTolerance: options.averageTolerance,
    differingFills: fills.differing,
  });
  const cash = compareCash(ours, theirs);
  const orders = compareOrders(ours, theirs, { nowMs: options.nowMs, missed: fills.missed });
  const compared = {
    positions: positions.compared,
    currencies: cash.compared,
    orders: orders.compared,
    fills: fills.compared,
  };
  const found = [...positions.breaks, ...cash.breaks, ...orders.breaks, ...fills.breaks];
  const breaks = found.length === 0 && isBlind(compared) ? [noCash()] : found;
  const warnings = [...positions.warnings, ...orders.warnings];
  return { result: resultOf(breaks, compared), breaks, warnings, compared };
}

/** No answer from the venue: nothing was compared, and nothing follows. */
export function notRun(reason: string): Reconciliation {
  const compared = { positions: 0, currencies: 0, orders: 0, fills: 0 };
  return { result: "NOT_RUN", breaks: [], warnings: [reason], compared };
}

function resultOf(
  breaks: readonly Break[],
  compared: Reconciliation["compared"],
): ReconciliationResult {
  if (breaks.length > 0) return "FAIL";
  return compared.currencies > 0 ? "PASS" : "EMPTY";
}

/** Something was compared, but not cash. */
function isBlind({ positions, currencies, orders, fills }: Reconciliation["compared"]): boolean {
  return currencies === 0 && positions + orders + fills > 0;
}

function noCash(): Break {
  return {
    code: "CASH",
    subject: "cash",
    ours: null,
    theirs: null,
    unit: "money",
    message:
      "neither side names any cash, while something is held or traded: nothing proves the money",
  };
}
