/** Each day is opened, decided and closed once, over all restarts; its files are what it says. */
import { CLOSING_STATE } from "../../../src/engine/trading/recover.ts";
import type { Sha256 } from "../../../src/ports/hash.ts";
import { type Evidence, ofKind } from "../evidence.ts";

const NEVER = "9999-12-31";

export function eachDayOnce({ entries, dates, disturbances }: Evidence): readonly string[] {
  const violations: string[] = [];
  for (const kind of ["day_opened", "decided", "day_closed"] as const) {
    const seen = new Set<string>();
    for (const { date, seq } of ofKind(entries, kind)) {
      if (seen.has(date)) violations.push(`entry ${seq} is a second ${kind} of ${date}`);
      seen.add(date);
    }
  }
  // An account that held something before it was opened is refused until a person adopts it.
  const [first] = ofKind(entries, "day_opened");
  const from = disturbances.length === 0 ? "" : (first?.date ?? NEVER);
  const closed = new Set(ofKind(entries, "day_closed").map(({ date }) => date));
  for (const date of dates) {
    if (date >= from && !closed.has(date)) violations.push(`${date} was never closed`);
  }
  return violations;
}

/** The files of every closed day lie there with the hashes that its last entry names. */
export function filesAsSaid(sha256: Sha256): (evidence: Evidence) => readonly string[] {
  return ({ entries, disk }) => {
    const newest = new Map<string, string>();
    for (const { files } of ofKind(entries, "day_closed")) {
      for (const { name, sha256: hash } of files) newest.set(name, hash);
    }
    return [...newest].flatMap(([name, hash]) => {
      // The state that the next day begins with is kept by its hash.
      const content = name === CLOSING_STATE ? disk.blobs.get(hash) : disk.files.get(name);
      if (content === undefined) return [`${name} is missing`];
      return sha256(content) === hash ? [] : [`${name} is not what the journal says it is`];
    });
  };
}
