/**
 * Whether trading was open at an entry of an account's journal, and what had closed it: the first
 * pause that nobody had ended, with the reconciliation that it came from, and the newest
 * reconciliation. The kernel's own gate judges by execution/gates/pause.ts; here the entries are named.
 */
import type { AccountEntry } from "../../domain/trading-entry.ts";
import type { Break } from "../../domain/reconciliation.ts";
import type { Told } from "./told.ts";

export type Standing = {
  /** Null: nobody and nothing had paused it. */
  readonly pause: Told<"paused"> | null;
  /** What the pause came from; null unless its cause is a reconciliation. */
  readonly found: Told<"reconciled"> | null;
  /** The newest of the day so far; null: none, or the stream broke off after it. */
  readonly reconciliation: Told<"reconciled"> | null;
  /** A person had opened trading without a PASS since; null: nobody had. */
  readonly forced: Told<"resumed"> | null;
};

const OPEN: Standing = { pause: null, found: null, reconciliation: null, forced: null };

/** As it stood before entry `seq`. */
export function standingAt(entries: readonly AccountEntry[], seq: number): Standing {
  let standing = OPEN;
  for (const entry of entries) {
    if (entry.seq >= seq) break;
    standing = step(standing, entry);
  }
  return standing;
}

function step(standing: Standing, { seq, at, payload }: AccountEntry): Standing {
  switch (payload.kind) {
    case "reconciled":
      return { ...standing, reconciliation: { seq, at, ...payload }, forced: null };
    case "paused": {
      // The first cause is the one to look into.
      if (standing.pause !== null) return standing;
      const isBreak = payload.cause === "reconciliation";
      const found = isBreak ? standing.reconciliation : null;
      return { ...standing, pause: { seq, at, ...payload }, found };
    }
    case "resumed":
      return {
        ...standing,
        pause: null,
        found: null,
        forced: payload.forced ? { seq, at, ...payload } : null,
      };
    case "day_opened":
      return standing.reconciliation?.phase === "end"
        ? { ...standing, reconciliation: null }
        : standing;
    case "incident":
      return payload.code === "stream_lost" ? { ...standing, reconciliation: null } : standing;
    default:
      return standing;
  }
}

/** One sentence without its full stop; null where trading was open, or no entry says what closed it. */
export function standingText({ pause, found, reconciliation, forced }: Standing): string | null {
  if (pause !== null) {
    const { cause, message, operator, at, seq } = pause;
    const since = `on ${at} (entry ${seq})`;
    if (operator !== null) return `${operator} had paused it ${since}: ${ended(message)}`;
    if (found === null) return `it was paused for ${spaced(cause)} ${since}: ${ended(message)}`;
    return `the ${found.phase} reconciliation had paused it ${since}: ${breaksText(found.breaks)}`;
  }
  if (forced !== null || reconciliation === null || reconciliation.result === "PASS") return null;
  const { phase, result, at, seq, breaks, warnings } = reconciliation;
  const why = breaks.length > 0 ? breaksText(breaks) : warnings.map(ended).join("; ");
  return `the ${phase} reconciliation on ${at} was ${result} (entry ${seq})${why === "" ? "" : `: ${why}`}`;
}

/** "QUANTITY AAA (ours 10, theirs 12 units): our books and ..." */
export function breaksText(breaks: readonly Break[]): string {
  return breaks.map(breakText).join("; ");
}

export function breakText({ code, subject, ours, theirs, unit, message }: Break): string {
  return `${code} ${subject} (ours ${ours ?? "none"}, theirs ${theirs ?? "none"}, in ${unit}): ${ended(message)}`;
}

function ended(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function spaced(code: string): string {
  return code.replaceAll("_", " ");
}
