/**
 * `assay prove MANDATE`: every key is changed by the probe it declares, on the newest sessions of the
 * mandate's data, and the outcome must move; every stage is switched off, and what is booked must
 * move. Leaves one document and lines, and whether all is alive. Nothing is written to disk.
 */
import { setImmediate } from "node:timers/promises";
import { Fault } from "../../domain/fault.ts";
import type { Json } from "../../base/canonical-json.ts";
import type { Progress } from "../../domain/progress.ts";
import { openBench } from "../../engine/prove/bench.ts";
import type { Prepare } from "../../engine/prove/candidate.ts";
import { type Proved, prove } from "../../engine/prove/prove.ts";
import { SECTIONS } from "../../engine/sections.ts";
import { originOf } from "./compose.ts";
import { sha256 } from "./compose-records.ts";
import { type MandateSource, openProofDoor, type ProofDoor } from "./compose-prove.ts";
import { proofJson, proofLines } from "./prove-lines.ts";
import type { Paint } from "./terminal.ts";

export type ProveOptions = MandateSource & {
  /** Sessions of the window; null: warm-up and two and a half years, and all of them where those show no life. */
  readonly sessions: number | null;
  /** Beginning of the keys to try; null: all. */
  readonly only: string | null;
  readonly progress: Progress;
  readonly paint: Paint;
};

/** Two and a half years: a yearly rhythm comes round, and the whole proof takes seconds. */
const SESSIONS_AFTER_WARM_UP = 630;

export async function proveResult(
  options: ProveOptions,
): Promise<{ document: Json; lines: readonly string[]; holds: boolean }> {
  const door = openProofDoor(options);
  const { loaded } = door;
  const proved = await prove({
    sections: SECTIONS,
    rows: loaded.resolved.snapshot,
    ...(await windowOf(door, options.sessions)),
    only: options.only,
    progress: options.progress,
    sha256,
    turn: setImmediate,
  });
  if (proved.keys.length === 0) {
    throw new Fault(
      "usage",
      `--only ${options.only}: no key of the mandate begins so; assay config lists them`,
    );
  }
  const placeOf = (key: string) => originOf(loaded, key).place;
  return {
    document: proofJson(proved, placeOf),
    lines: proofLines(proved, placeOf, options.paint),
    holds: holds(proved),
  };
}

function holds({ baseline, keys, stages }: Proved): boolean {
  const alive = ({ proof }: { readonly proof: { readonly verdict: string } }) =>
    proof.verdict !== "dead" && proof.verdict !== "broken";
  return baseline.failure === null && keys.every(alive) && stages.every(alive);
}

/** Where the window alone cannot be run (an instrument too young for it), all sessions are it. */
async function windowOf(
  door: ProofDoor,
  wanted: number | null,
): Promise<{ readonly window: Prepare; readonly whole: Prepare | null }> {
  const whole = door.since(null);
  const { prepared } = await whole([]);
  const { sessionsMs } = prepared.world;
  const warmup = Math.max(...prepared.planned.plan.variants.map((variant) => variant.warmup));
  const sessions = wanted ?? warmup + SESSIONS_AFTER_WARM_UP;
  if (sessions >= sessionsMs.length) return { window: whole, whole: null };
  const window = door.since(sessionsMs[sessionsMs.length - sessions]);
  if (wanted !== null) return { window, whole: null };
  try {
    await openBench(window);
    return { window, whole };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { window: whole, whole: null };
  }
}
