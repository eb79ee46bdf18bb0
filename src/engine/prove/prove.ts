/**
 * A mandate, proved: the run's own checks on a short window, then every key by its probe, then every
 * stage switched off. What nothing moved on the window is tried once more on the whole pack before
 * it is called anything. Enters: the door that prepares the mandate with changes; leaves: a verdict
 * for each key and stage. Nothing is written.
 */
import { formatDate } from "../../base/instant.ts";
import type { Probe } from "../../domain/probe.ts";
import type { Progress } from "../../domain/progress.ts";
import type { Section } from "../../domain/section.ts";
import type { SnapshotRow } from "../../mandate/snapshot.ts";
import type { Sha256 } from "../../ports/hash.ts";
import { type Bench, openBench, type Ran } from "./bench.ts";
import type { Prepare } from "./candidate.ts";
import { type ProvableKey, probesOf, provableKeys } from "./keys.ts";
import { type AuditedRun, auditedInMemory } from "./memory-run.ts";
import { type StageSwitch, stagesOn, tryStage } from "./stages.ts";
import { type CompareRecords, isWithin, missingNeeds, type Proof, tryKey } from "./try-key.ts";

export type ProveRequest = {
  readonly sections: readonly Section[];
  readonly rows: readonly SnapshotRow[];
  readonly window: Prepare;
  /** The same with all sessions; null: the window is all there is to be tried. */
  readonly whole: Prepare | null;
  /** Keys and stages whose key begins so; null: all. */
  readonly only: string | null;
  readonly progress: Progress;
  readonly sha256: Sha256;
  /** Waited for between runs, so that the process can hear a signal. */
  readonly turn: () => Promise<unknown>;
};

export type KeyProof = {
  readonly key: string;
  /** As YAML on one line. */
  readonly value: string;
  /** `not_read`: with the other values as they are nobody reads it. */
  readonly proof: Proof | { readonly verdict: "not_read" };
  /** Proved on the whole pack, where the window was too short. */
  readonly onWhole: boolean;
};

export type StageProof = {
  readonly stage: string;
  readonly key: string;
  readonly proof: Proof;
  readonly onWhole: boolean;
};

export type Proved = {
  readonly window: { readonly from: string; readonly to: string; readonly sessions: number };
  /** How the mandate as it is ended on the window, by the run's own checks. */
  readonly baseline: {
    readonly status: string;
    readonly failure: { readonly invariant: number | null; readonly message: string } | null;
    readonly finalEquity: number;
    readonly fills: number;
  };
  readonly keys: readonly KeyProof[];
  readonly stages: readonly StageProof[];
};

/** A bench and, opened when it is first needed, the one with all sessions. */
type Benches = { readonly short: Bench; readonly whole: () => Promise<Bench | null> };

export async function prove(request: ProveRequest): Promise<Proved> {
  const { progress, turn } = request;
  progress(0, 1, "run the baseline");
  const short = await openBench(request.window);
  const { candidate, outcome } = short.baseline;
  const audited = await auditedInMemory(candidate, request);
  const benches = { short, whole: wholeOnce(request.whole) };
  const probes = probesOf(request.sections);
  const isWanted = ({ key }: { readonly key: string }) => key.startsWith(request.only ?? "");
  const keys = provableKeys(request.rows, candidate.values, probes).filter(isWanted);
  const stages = stagesOn(short, probes).filter(isWanted);
  const values = new Map(request.rows.map(({ key, value }) => [key, value]));
  const records = recordsOf(request);
  const steps = keys.length + stages.length;
  const provedKeys: KeyProof[] = [];
  for (const key of keys) {
    progress(provedKeys.length, steps, "try the keys");
    await turn();
    const found = await proveKey(benches, key, records);
    provedKeys.push({ key: key.key, value: values.get(key.key) ?? "", ...found });
  }
  const provedStages = await proveStages(benches, stages, async (done) => {
    progress(keys.length + done, steps, "switch stages off");
    await turn();
  });
  progress(steps, steps, "switch stages off");
  const { sessionsMs } = candidate.prepared.world;
  const { status, failure } = audited.document;
  return {
    window: {
      from: formatDate(sessionsMs[0]),
      to: formatDate(sessionsMs[sessionsMs.length - 1]),
      sessions: sessionsMs.length,
    },
    baseline: { status, failure, finalEquity: outcome.finalEquity, fills: outcome.fills.length },
    keys: provedKeys,
    stages: provedStages,
  };
}

function wholeOnce(prepare: Prepare | null): () => Promise<Bench | null> {
  let opened: Promise<Bench> | null = null;
  return async () => {
    if (prepare === null) return null;
    opened ??= openBench(prepare);
    return opened;
  };
}

type Found = Pick<KeyProof, "proof" | "onWhole">;

async function proveKey(
  benches: Benches,
  key: ProvableKey,
  records: CompareRecords,
): Promise<Found> {
  const { idle, lost } = benches.short.baseline.candidate;
  if (isWithin(key.key, idle)) return { proof: { verdict: "not_read" }, onWhole: false };
  if (lost.includes(key.key)) {
    const message = "no part of the run read it";
    return { proof: { verdict: "dead", tried: 0, message }, onWhole: false };
  }
  return onBoth(benches, key, (bench) => tryKey(bench, key, records));
}

async function proveStages(
  benches: Benches,
  stages: readonly StageSwitch[],
  step: (done: number) => Promise<void>,
): Promise<readonly StageProof[]> {
  const proved: StageProof[] = [];
  for (const one of stages) {
    await step(proved.length);
    const found = await onBoth(benches, one, (bench) => tryStage(bench, one));
    proved.push({ stage: one.stage, key: one.key, ...found });
  }
  return proved;
}

/** The window first; all sessions where it showed no life and they have what was wanting. */
async function onBoth(
  { short, whole }: Benches,
  { key, probe }: { readonly key: string; readonly probe: Probe },
  prove: (bench: Bench) => Promise<Proof>,
): Promise<{ readonly proof: Proof; readonly onWhole: boolean }> {
  const proof = await prove(short);
  if (proof.verdict === "live" || proof.verdict === "broken") return { proof, onWhole: false };
  const bench = await whole();
  if (bench === null) return { proof, onWhole: false };
  const isHopeless =
    proof.verdict === "not_exercised" && missingNeeds(bench, probe, key).length > 0;
  return isHopeless ? { proof, onWhole: false } : { proof: await prove(bench), onWhole: true };
}

/** Audited runs are dear: each is made once, and only where a key asks for one. */
function recordsOf(request: ProveRequest): CompareRecords {
  const known = new Map<Ran, Promise<AuditedRun>>();
  const auditedOf = (ran: Ran): Promise<AuditedRun> => {
    const found = known.get(ran) ?? auditedInMemory(ran.candidate, request);
    known.set(ran, found);
    return found;
  };
  return async (before, after) => {
    const [one, other] = [await auditedOf(before), await auditedOf(after)];
    const names = new Set([...one.parts.keys(), ...other.parts.keys()]);
    return [...names].filter((name) => one.parts.get(name) !== other.parts.get(name));
  };
}
