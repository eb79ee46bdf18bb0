/**
 * What the portfolio's stages must have done, worked out again from the files a run left: the
 * brake's identity from weights, decisions and daily regimes; sizes from weights, net asset value,
 * contracts and rates. Nothing of src is used.
 */
import { readArtifact, type Row } from "./run-files.ts";
import { contractOf } from "./own-books.ts";
import type { Source } from "./source-bars.ts";

export type Braked = {
  readonly date: string;
  readonly warmUp: boolean;
  /** What the decision's own row says it was braked by. */
  readonly scalar: number;
  /** What the session before left in regimes.csv; NaN on the first session of all. */
  readonly due: number;
  /** Largest |after - before x due| of its sleeves. */
  readonly error: number;
  /** Whether a weight lost more than a millionth of itself: smoothing never quite arrives at one. */
  readonly changed: boolean;
};

/** One per decision, in order. */
export function brakedDecisions(folder: string): readonly Braked[] {
  const regimes = readArtifact(folder, "regimes");
  const before = new Map(regimes.slice(1).map((row, n) => [row["date"], regimes[n]]));
  const sheets = byDate(readArtifact(folder, "weights"));
  return readArtifact(folder, "decisions").map((row) => {
    const { date } = row;
    const warmUp = row["warm_up"] === "true";
    const due = warmUp ? 1 : Number(before.get(date)?.["scalar"]);
    let error = 0;
    let changed = false;
    for (const sleeve of sheets.get(date) ?? []) {
      const [targeted, braked] = [sleeve["after_risk_target"], sleeve["after_overlay"]].map(Number);
      // A weight of nothing stays that, whatever it is braked by.
      const left = targeted === 0 ? 0 : targeted * due;
      error = Math.max(error, Math.abs(braked - left));
      changed ||= Math.abs(targeted - braked) > 1e-6 * Math.abs(targeted);
    }
    return { date, warmUp, scalar: Number(row["scalar"]), due, error, changed };
  });
}

/**
 * Rows of weights.csv whose final lots are not weight x size scale x net asset value / value of a
 * lot, at the price that signals.csv says it was sized at.
 */
export function misSized(folder: string, source: Source): readonly string[] {
  const decisions = new Map(readArtifact(folder, "decisions").map((row) => [row["date"], row]));
  const nav = new Map(
    readArtifact(folder, "equity").map((row) => [row["date"], Number(row["nav"])]),
  );
  const key = (row: Row): string => `${row["date"]} ${row["variant_id"]}`;
  const prices = new Map(readArtifact(folder, "signals").map((row) => [key(row), row["price"]]));
  const rates = new Map([...(source.rates ?? [])].map(([code, rows]) => [code, [...rows]]));
  return readArtifact(folder, "weights").flatMap((row) => {
    const price = Number(prices.get(key(row)) ?? "");
    if (!(price > 0)) return [];
    const { date } = row;
    const { currency, multiplier } = contractOf(source, row["instrument"]);
    const rate = currency === "USD" ? 1 : lastAt(rates.get(currency) ?? [], date);
    const scale = Number((decisions.get(date) as Row)["size_scale"]);
    const wanted = Number(row["after_clamps"]) * scale * (nav.get(date) as number);
    const due = wanted / (price * Number(multiplier) * rate);
    const final = Number(row["final_lots"]);
    return Math.abs(final - due) <= 1e-9 * Math.max(1, Math.abs(due))
      ? []
      : [`${key(row)}: ${final}, due ${due}`];
  });
}

function byDate(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row["date"]);
    if (group === undefined) groups.set(row["date"], [row]);
    else group.push(row);
  }
  return groups;
}

/** The newest at or before a date; rows ascend. */
function lastAt(rows: readonly (readonly [string, string])[], date: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle][0] <= date) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? Number.NaN : Number(rows[low - 1][1]);
}
