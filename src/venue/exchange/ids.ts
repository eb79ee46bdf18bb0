/**
 * Names of orders, executions and activities: a function of the exchange's seed, the kind and a
 * count, in the form in which Alpaca prints them. Nothing here is a secret or must be hard to guess.
 */
import { DAY_MS, dayNumber, formatDate } from "../../base/instant.ts";
import { nextUint32, prngOf } from "../../base/prng.ts";

const KINDS = { account: 0, order: 1, client: 2, execution: 3, activity: 4, draw: 5 } as const;
export type Named = keyof typeof KINDS;

/** A UUID in its usual form. */
export function uuidOf(seed: number, kind: Named, count: number): string {
  const prng = generatorOf(seed, kind, count);
  let hex = "";
  for (let word = 0; word < 4; word++) hex += nextUint32(prng).toString(16).padStart(8, "0");
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(13, 16),
    hex.slice(17, 20),
    hex.slice(20),
  ];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

/** Random numbers of one count, whatever was drawn before it. */
export function generatorOf(seed: number, kind: Named, count: number): ReturnType<typeof prngOf> {
  return prngOf((seed % 2 ** 20) * 2 ** 32 + count * 8 + KINDS[kind]);
}

/** "20160301143000000::<uuid>": by time first, so that a page can go on after it. */
export function activityId(atMs: number, uuid: string): string {
  const date = formatDate(atMs).replaceAll("-", "");
  return `${date}${timeDigits(atMs - dayNumber(atMs) * DAY_MS)}::${uuid}`;
}

/** RFC 3339 in UTC with milliseconds. */
export function timestampOf(ms: number): string {
  const digits = timeDigits(ms - dayNumber(ms) * DAY_MS);
  const time = `${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}.${digits.slice(6)}`;
  return `${formatDate(ms)}T${time}Z`;
}

/** HHMMSSmmm. */
function timeDigits(ofDay: number): string {
  const seconds = Math.floor(ofDay / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hms =
    two(Math.floor(seconds / 3600)) + two(Math.floor(seconds / 60) % 60) + two(seconds % 60);
  return hms + String(Math.floor(ofDay) % 1000).padStart(3, "0");
}
