/**
 * A reference series read on other days than its own. Enters: times and days in strictly ascending order, as a
 * pack has them, in ms since the epoch; leaves: one value for each day, NaN where the series has none.
 */

/** The value of exactly that day: where there is none it is unknown, not yesterday's. */
export function onDays(
  { timesMs, values }: { readonly timesMs: Float64Array; readonly values: Float64Array },
  daysMs: Float64Array,
): Float64Array {
  const found = new Float64Array(daysMs.length).fill(Number.NaN);
  let row = 0;
  for (let day = 0; day < found.length; day++) {
    while (row < timesMs.length && timesMs[row] < daysMs[day]) row++;
    if (timesMs[row] === daysMs[day]) found[day] = values[row];
  }
  return found;
}
