/**
 * Which signal a person means by an id or its beginning. Refuses (usage) what is no hexadecimal
 * text, what no signal begins with (naming the nearest) and what several begin with (naming some).
 */
import { Fault } from "../../domain/fault.ts";
import type { RunRecord } from "./record.ts";

/** Of 128 bits; more would be no id of ours. */
const ID_DIGITS = 32;
const MOST_NAMED = 5;

export function findSignal(record: RunRecord, text: string): string {
  const wanted = text.toLowerCase();
  const { run_id: run } = record.document;
  if (!/^[0-9a-f]+$/.test(wanted) || wanted.length > ID_DIGITS) {
    throw new Fault(
      "usage",
      `${text} is no signal id: expected up to ${ID_DIGITS} digits 0-9 and a-f, as signals.csv of run ${run} has them, or an instrument and a date`,
    );
  }
  const matching = new Set<string>();
  let nearest = "";
  let nearestDigits = -1;
  record.bodies("decision", (body) => {
    for (const [, id] of body.matchAll(/"signal_id":"([0-9a-f]+)"/g)) {
      const digits = sameDigits(id, wanted);
      if (digits === wanted.length) matching.add(id);
      if (digits <= nearestDigits) continue;
      nearest = id;
      nearestDigits = digits;
    }
  });
  if (matching.size === 1) return [...matching][0];
  if (nearestDigits < 0) throw new Fault("usage", `run ${run} has no signals at all`);
  if (matching.size === 0) {
    throw new Fault(
      "usage",
      `no signal of run ${run} begins with ${text}; the nearest is ${nearest}`,
    );
  }
  const named = [...matching].sort().slice(0, MOST_NAMED);
  const more = matching.size - named.length;
  throw new Fault(
    "usage",
    `${matching.size} signals of run ${run} begin with ${text}: ${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}; give more digits`,
  );
}

function sameDigits(a: string, b: string): number {
  let same = 0;
  while (same < b.length && a[same] === b[same]) same++;
  return same;
}
