/**
 * One key, tried: its alternatives in their order until one moves the outcome. Leaves `live` with
 * how far, or by which refusal; `dead` where nothing moved and nothing was wanting; `not_exercised`
 * with what was wanting. A value that was let in and breaks the run is `broken`: our own mistake.
 *
 * What is compared is the run with the companions and without the key's change, where the companions
 * can stand alone; else with the mandate as it is, and the change counts together with them.
 */
import { unreachable } from "../../base/assert.ts";
import { type Probe, type ProbeNeed, PROBE_NEEDS } from "../../domain/probe.ts";
import { type Attempt, attemptsOf } from "./attempts.ts";
import type { Bench, Ran } from "./bench.ts";
import type { Change } from "./candidate.ts";
import type { ProvableKey } from "./keys.ts";
import { hasMoved, type Moved, movedBetween } from "./moved.ts";

export type Proof =
  | {
      readonly verdict: "live";
      readonly attempt: Attempt;
      /** Null: the change was refused, as `message` says. */
      readonly moved: Moved | null;
      readonly message: string | null;
    }
  | { readonly verdict: "dead"; readonly tried: number; readonly message: string }
  | { readonly verdict: "broken"; readonly attempt: Attempt; readonly message: string }
  | {
      readonly verdict: "not_exercised";
      readonly tried: number;
      readonly needs: readonly string[];
      readonly message: string;
    };

/** The parts of two audited runs that differ, by name. */
export type CompareRecords = (before: Ran, after: Ran) => Promise<readonly string[]>;

export type Enough = (moved: Moved) => boolean;

type Tally = {
  tried: number;
  readonly refused: { readonly attempt: Attempt; readonly message: string }[];
};

export async function tryKey(
  bench: Bench,
  key: ProvableKey,
  records: CompareRecords,
): Promise<Proof> {
  const { probe } = key;
  const anything = probe.moves === "records";
  const enough: Enough = anything ? hasMoved : (moved) => moved.traded;
  // An audited run is dear, and could show nothing without what the probe needs.
  const asked = anything && missingNeeds(bench, probe, key.key).length === 0;
  return tryAttempts(bench, key, { probe, enough, records: asked ? records : null });
}

export async function tryAttempts(
  bench: Bench,
  key: Pick<ProvableKey, "key" | "present" | "captures">,
  how: {
    readonly probe: Probe;
    readonly enough: Enough;
    readonly records: CompareRecords | null;
  },
): Promise<Proof> {
  const { probe, enough } = how;
  const tally: Tally = { tried: 0, refused: [] };
  for (const attempt of attemptsOf(bench, key, probe.try)) {
    const result = await tryOne(bench, attempt);
    switch (result.kind) {
      case "broke":
        return { verdict: "broken", attempt, message: result.message };
      case "refused":
        tally.refused.push({ attempt, message: result.message });
        break;
      case "ran": {
        tally.tried++;
        const moved = await movedBy(result, how.records);
        if (enough(moved)) return { verdict: "live", attempt, moved, message: null };
        break;
      }
      default:
        return unreachable(result);
    }
  }
  return unmoved(missingNeeds(bench, probe, key.key), probe, tally);
}

type Compared =
  | { readonly kind: "ran"; readonly before: Ran; readonly after: Ran }
  | { readonly kind: "refused" | "broke"; readonly message: string };

async function tryOne(bench: Bench, { change, companions }: Attempt): Promise<Compared> {
  const before = await withoutChange(bench, companions);
  const after = await bench.run([...companions, change]);
  if (after.kind !== "ran") return after;
  return { kind: "ran", before, after: after.ran };
}

/**
 * The run with the companions alone, as many of them as somebody then reads: one may wake another,
 * and what the other does by itself is nothing of the key's.
 */
async function withoutChange(bench: Bench, companions: readonly Change[]): Promise<Ran> {
  let reference = bench.baseline;
  for (let awake = -1; ; ) {
    const { idle } = reference.candidate;
    const read = companions.filter(({ key }) => !isWithin(key, idle));
    if (read.length <= awake) return reference;
    const before = await bench.run(read);
    if (before.kind !== "ran") return reference;
    reference = before.ran;
    awake = read.length;
  }
}

export function isWithin(key: string, tops: readonly string[]): boolean {
  return tops.some((top) => key === top || key.startsWith(`${top}.`));
}

/** A record is asked only where the run itself shows nothing. */
async function movedBy(
  { before, after }: Extract<Compared, { kind: "ran" }>,
  records: CompareRecords | null,
): Promise<Moved> {
  const moved = movedBetween(before.outcome, after.outcome);
  if (records === null || hasMoved(moved)) return moved;
  return { ...moved, said: await records(before, after) };
}

/** Of what the probe of that key needs, what the bench does not have. */
export function missingNeeds(
  { observed }: Bench,
  { needs }: Probe,
  key: string,
): readonly ProbeNeed[] {
  const term = key.slice(key.lastIndexOf(".") + 1);
  return (needs ?? []).filter((need) =>
    need === "inherits" ? !observed.inherited.has(term) : !observed.met.has(need),
  );
}

function unmoved(missing: readonly ProbeNeed[], probe: Probe, { tried, refused }: Tally): Proof {
  const [first] = refused;
  if (probe.refuses === true && first !== undefined) {
    return { verdict: "live", attempt: first.attempt, moved: null, message: first.message };
  }
  if (missing.length > 0) {
    const needs = missing.map((need) => PROBE_NEEDS[need]);
    return { verdict: "not_exercised", tried, needs, message: `needs ${needs.join("; ")}` };
  }
  if (tried === 0) {
    const why = first === undefined ? "there is nothing else it could be" : first.message;
    return {
      verdict: "not_exercised",
      tried,
      needs: [],
      message: `no other value could run: ${why}`,
    };
  }
  const runs = tried === 1 ? "1 other value" : `${tried} other values`;
  return { verdict: "dead", tried, message: `${runs} moved nothing` };
}

/** How an attempt reads: "0.5, with clamps.tail.enabled=true". */
export function attemptText({ change, companions }: Attempt): string {
  const value = JSON.stringify(change.value);
  if (companions.length === 0) return value;
  const beside = companions.map(({ key, value: own }) => `${key}=${JSON.stringify(own)}`);
  return `${value}, with ${beside.join(" ")}`;
}
