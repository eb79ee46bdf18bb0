/** The chain holds to HEAD, and executing the facts again comes to the same entries (invariants 10, 20). */
import { Fault } from "../../../src/domain/fault.ts";
import { BrokerRefused, BrokerUnavailable } from "../../../src/ports/broker.ts";
import type { Sha256 } from "../../../src/ports/hash.ts";
import { verifyChain } from "../../../src/records/journal/verify.ts";
import type { Evidence } from "../evidence.ts";

export function chainHolds(sha256: Sha256): (evidence: Evidence) => readonly string[] {
  return ({ disk }) => {
    const { head, rows } = disk;
    if (head === null) return rows.length === 0 ? [] : ["the journal has entries and no HEAD"];
    return verifyChain(rows, head, sha256).map(({ message }) => message);
  };
}

export function replaysTheSame({ replay }: Evidence): readonly string[] {
  return replay?.differences ?? [];
}

/** How a failure of the world ends a process; everything else is a mistake of ours. */
const WORLDS = [Fault, BrokerRefused, BrokerUnavailable];

/** A process may be killed, or find the disk full or the venue silent; it never breaks one of its own rules. */
export function noInvariantBroken({ lives }: Evidence): readonly string[] {
  return lives.flatMap(({ number, end }) => {
    if (end.kind !== "failed") return [];
    const isTheWorlds = WORLDS.some((kind) => end.error instanceof kind);
    return isTheWorlds ? [] : [`life ${number} broke: ${end.error.message}`];
  });
}
