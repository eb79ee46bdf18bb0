/**
 * Splits among the activities. Enters: rows of activities; leaves: what each row of a split that can be told
 * stands for. Two forms are read: one row that names the holding before and after (the field names of
 * Alpaca's activity events [spec]), and two siblings, the old shares out and the new ones in (`group_id`
 * links siblings [spec]; that a split may come as such a pair is assumed, not documented). What cannot be
 * told is left to the caller, who must not lose it: a row that names one quantity, three rows, one sign.
 */
import type { VenueActivity } from "../../../domain/venue-report.ts";
import { type Body, decimalOf, optionalDecimal, optionalText, textOf } from "./body.ts";

type Split = Extract<VenueActivity, { readonly kind: "split" }>;

/** "told": the sibling says it. */
export function splitsOf(rows: readonly Body[]): ReadonlyMap<Body, Split | "told"> {
  const told = new Map<Body, Split | "told">();
  const groups = new Map<string, Body[]>();
  for (const row of rows) {
    if (row["activity_type"] !== "SPLIT" || optionalText(row, "status") === "canceled") continue;
    if (optionalDecimal(row, "new_qty") !== null && optionalDecimal(row, "old_qty") !== null) {
      const split = wholeSplit(row);
      // Out of nothing, or into nothing, is no split: it stays a row that is told in words.
      if (split.ratio > 0 && Number.isFinite(split.ratio)) told.set(row, split);
      continue;
    }
    const key =
      optionalText(row, "group_id") ?? `${optionalText(row, "symbol")} ${textOf(row, "date")}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const siblings of groups.values()) {
    const pair = pairOf(siblings);
    if (pair === null) continue;
    told.set(pair.out, "told");
    told.set(pair.in, splitOf(pair));
  }
  return told;
}

/** Shares paid out in money make the holding a worse witness of the ratio than the rates are. */
function wholeSplit(row: Body): Split {
  const rates =
    optionalDecimal(row, "new_rate") !== null && optionalDecimal(row, "old_rate") !== null;
  const [to, from] = rates ? ["new_rate", "old_rate"] : ["new_qty", "old_qty"];
  return {
    kind: "split",
    activityId: textOf(row, "id"),
    date: textOf(row, "date").slice(0, 10),
    symbol: textOf(row, "symbol"),
    qtyAfter: decimalOf(row, "new_qty"),
    ratio: Math.abs(numberOf(row, to) / numberOf(row, from)),
    raw: row,
  };
}

type Pair = { readonly out: Body; readonly in: Body };

/**
 * Which of the two is the old holding. A forward split makes more of it, a reverse split less, so that a
 * short position (bought back and sold anew) is told from a long one; without a word on the kind it is long.
 */
function pairOf(rows: readonly Body[]): Pair | null {
  if (rows.length !== 2 || rows.some((row) => optionalDecimal(row, "qty") === null)) return null;
  const [low, high] = [...rows].sort((a, b) => qtyOf(a) - qtyOf(b));
  if (!(qtyOf(low) < 0 && qtyOf(high) > 0)) return null;
  if (textOf(low, "symbol") !== textOf(high, "symbol")) return null;
  const long: Pair = { out: low, in: high };
  const kind = optionalText(low, "activity_sub_type");
  if (kind !== "FSPLIT" && kind !== "RSPLIT") return long;
  const grows = qtyOf(high) > -qtyOf(low);
  return grows === (kind === "FSPLIT") ? long : { out: high, in: low };
}

function splitOf(pair: Pair): Split {
  const qtyAfter = decimalOf(pair.in, "qty");
  return {
    kind: "split",
    activityId: textOf(pair.in, "id"),
    date: textOf(pair.in, "date").slice(0, 10),
    symbol: textOf(pair.in, "symbol"),
    qtyAfter,
    ratio: Math.abs(qtyOf(pair.in) / qtyOf(pair.out)),
    raw: [pair.out, pair.in],
  };
}

function qtyOf(row: Body): number {
  return numberOf(row, "qty");
}

/** For signs and ratios alone: quantities themselves stay text. */
function numberOf(row: Body, key: string): number {
  return Number(decimalOf(row, key));
}
