/**
 * The naive twin of quiet stretches: the same kernel, stepped session by session and asking every
 * strategy at every decision, because nothing is ever said to repeat.
 */
import { createKernel } from "../../src/engine/kernel.ts";
import { HEARD } from "../../src/engine/quiet/state.ts";
import { nullRecorder, type Recorder } from "../../src/engine/recorder.ts";
import type { Kernel, Plan } from "../../src/engine/state.ts";
import type { World } from "../../src/engine/world.ts";

export function plainKernel(world: World, plan: Plan, recorder: Recorder = nullRecorder): Kernel {
  const variants = plan.variants.map((variant) => ({
    ...variant,
    repeatsUntil: (from: number) => from,
  }));
  const k = createKernel(world, { ...plan, variants }, recorder);
  // Even warming up is stepped through.
  k.state.quiet.heard.fill(HEARD.other);
  return k;
}
