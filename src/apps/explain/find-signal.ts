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
  const { run_id: run } = record.document;
  const where = { whose: `run ${run}`, listed: `as signals.csv of run ${run} has them` };
  return chooseSignal(text, where, (visit) => {
    record.bodies("decision", (body) => {
      for (const [, id] of body.matchAll(/"signal_id":"([0-9a-f]+)"/g)) visit(id);
    });
  });
}

/** `whose`: "run 1a2b"; `listed`: where a person reads the ids. */
export function chooseSignal(
  text: string,
  { whose, listed }: { readonly whose: string; readonly listed: string },
  walk: (visit: (id: string) => void) => void,
): string {
  const wanted = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(wanted) || wanted.length > ID_DIGITS) {
    throw new Fault(
      "usage",
      `${text} is no signal id: expected up to ${ID_DIGITS} digits 0-9 and a-f, ${listed}, or an instrument and a date`,
    );
  }
  const matching = new Set<string>();
  let nearest = "";
  let nearestDigits = -1;
  walk((id) => {
    const digits = sameDigits(id, wanted);
    if (digits === wanted.length) matching.add(id);
    if (digits <= nearestDigits) return;
    nearest = id;
    nearestDigits = digits;
  });
  if (matching.size === 1) return [...matching][0];
  if (nearestDigits < 0) throw new Fault("usage", `${whose} has no signals at all`);
  if (matching.size === 0) {
    throw new Fault(
      "usage",
      `no signal of ${whose} begins with ${text}; the nearest is ${nearest}`,
    );
  }
  const named = [...matching].sort().slice(0, MOST_NAMED);
  const more = matching.size - named.length;
  throw new Fault(
    "usage",
    `${matching.size} signals of ${whose} begin with ${text}: ${named.join(", ")}${more > 0 ? `, and ${more} more` : ""}; give more digits`,
  );
}

function sameDigits(a: string, b: string): number {
  let same = 0;
  while (same < b.length && a[same] === b[same]) same++;
  return same;
}
