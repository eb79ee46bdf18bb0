/**
 * What a thread of a sweep runs. A task carries its whole job: numbers lie in shared memory, so that
 * costs a message and no copy. The lane of the last job stays, with the columns it has computed.
 */
import { sha256 } from "../../adapters/system/hash.ts";
import {
  type ChunkAnswer,
  type ChunkTask,
  couldNotBegin,
  createLane,
  runTrials,
} from "../../engine/sweep/chunk.ts";
import type { SweepJob } from "../../engine/sweep/job.ts";
import type { TrialLane } from "../../engine/trial.ts";
import { strategyAt } from "./compose-strategy.ts";

let last: { readonly id: string; readonly lane: TrialLane } | null = null;

export async function runChunk(task: ChunkTask): Promise<ChunkAnswer> {
  let lane: TrialLane;
  try {
    lane = await laneOf(task.job);
  } catch (error) {
    return couldNotBegin(error);
  }
  return runTrials(task, lane);
}

async function laneOf({ id, terms }: SweepJob): Promise<TrialLane> {
  if (last?.id === id) return last.lane;
  const { strategy } = await strategyAt(terms.reference, terms.use.codeHash);
  const lane = createLane(terms, strategy, sha256);
  last = { id, lane };
  return lane;
}
