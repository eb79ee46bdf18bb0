/**
 * What is held, exactly: lots x lot size against the venue's text, and the average price where both
 * sides hold the same. A price that differs over identical executions is a matter of method and only
 * said; over differing ones it is a break. Splits that the venue booked and we did not are breaks.
 */
import { formatDecimal, type Decimal } from "../../base/decimal.ts";
import type { Break, BreakCode } from "../../domain/reconciliation.ts";
import type { DecimalText, VenuePosition } from "../../domain/venue-report.ts";
import {
  isLess,
  isSame,
  isZero,
  minus,
  type OurPosition,
  type OurSide,
  readDecimal,
  sizeOf,
  type TheirSide,
  unitsOf,
  ZERO,
} from "./sides.ts";

export type ComparedPositions = {
  readonly breaks: readonly Break[];
  readonly warnings: readonly string[];
  readonly compared: number;
};

export function comparePositions(
  ours: OurSide,
  theirs: TheirSide,
  terms: { readonly averageTolerance: DecimalText; readonly differingFills: ReadonlySet<string> },
): ComparedPositions {
  const breaks: Break[] = [];
  const warnings: string[] = [];
  const own = onceEach(ours.positions, ({ instrument }) => instrument, "our books", breaks);
  const reported = onceEach(
    theirs.snapshot.positions,
    ({ symbol }) => symbol,
    "the venue's report",
    breaks,
  );
  const symbols = [...new Set([...own.keys(), ...reported.keys()])].sort();
  let compared = 0;
  for (const symbol of symbols) {
    const position = own.get(symbol);
    const report = reported.get(symbol);
    const held = position === undefined ? ZERO : unitsOf(position.lots, position.lotSize);
    const there =
      report === undefined ? ZERO : readDecimal(report.qty, `the position in ${symbol}`);
    if (isZero(held) && isZero(there)) continue;
    compared++;
    if (!isSame(held, there)) breaks.push(quantityBreak(symbol, held, there));
    else if (position !== undefined && report !== undefined) {
      const found = priceDifference(position, report, terms);
      if (found?.isBreak === true) breaks.push(found.difference);
      else if (found !== null) warnings.push(found.difference.message);
    }
  }
  breaks.push(...unbookedSplits(ours, theirs));
  return { breaks, warnings, compared };
}

function quantityBreak(symbol: string, held: Decimal, there: Decimal): Break {
  const [ours, theirs] = [formatDecimal(held), formatDecimal(there)];
  const [code, words]: readonly [BreakCode, string] = isZero(there)
    ? ["PHANTOM_POSITION", `our books hold ${ours} ${symbol}, the venue holds none`]
    : isZero(held)
      ? ["MISSING_POSITION", `the venue holds ${theirs} ${symbol}, our books hold none`]
      : ["QUANTITY", `our books hold ${ours} ${symbol}, the venue holds ${theirs}`];
  const message = `${words}; look for an execution, a split or a transfer that one side did not book`;
  return {
    code,
    subject: symbol,
    ours: isZero(held) ? null : ours,
    theirs: isZero(there) ? null : theirs,
    unit: "units",
    message,
  };
}

/** Null where the prices agree. */
function priceDifference(
  { instrument, averagePrice }: OurPosition,
  report: VenuePosition,
  terms: { readonly averageTolerance: DecimalText; readonly differingFills: ReadonlySet<string> },
): { readonly isBreak: boolean; readonly difference: Break } | null {
  const difference: Break = {
    code: "AVERAGE_PRICE",
    subject: instrument,
    ours: averagePrice,
    theirs: report.averagePrice,
    unit: "price",
    message: `${instrument} cost us ${averagePrice ?? "an unknown price"} on average, the venue says ${report.averagePrice}`,
  };
  if (averagePrice === null) return { isBreak: false, difference };
  const apart = minus(
    readDecimal(averagePrice, `our average price of ${instrument}`),
    readDecimal(report.averagePrice, `the average price of ${instrument}`),
  );
  const tolerance = readDecimal(terms.averageTolerance, "the tolerance of average prices");
  if (!isLess(tolerance, sizeOf(apart))) return null;
  return { isBreak: terms.differingFills.has(instrument), difference };
}

function unbookedSplits(ours: OurSide, { activities }: TheirSide): readonly Break[] {
  const seen = new Set(ours.bookedActivities);
  const found: Break[] = [];
  for (const activity of activities) {
    if (activity.kind !== "split" || seen.has(activity.activityId)) continue;
    seen.add(activity.activityId);
    const { activityId, symbol, qtyAfter, ratio, date } = activity;
    found.push({
      code: "QUANTITY",
      subject: activityId,
      ours: null,
      theirs: qtyAfter,
      unit: "units",
      message: `the venue split ${symbol} ${ratio} for 1 on ${date} (${activityId}), which is not in our books`,
    });
  }
  return found;
}

/** By key; a key that a side names twice cannot be compared and is a break. */
function onceEach<T extends OurPosition | VenuePosition>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  where: string,
  breaks: Break[],
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!found.has(key)) found.set(key, row);
    else {
      const message = `${key} stands twice among the positions of ${where}: neither can be taken for the whole`;
      breaks.push({
        code: "QUANTITY",
        subject: key,
        ours: null,
        theirs: null,
        unit: "units",
        message,
      });
    }
  }
  return found;
}
