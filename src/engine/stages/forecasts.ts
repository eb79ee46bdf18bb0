/**
 * Asks every variant that is past its warm-up for its forecast; a null keeps the view it had. Here
 * forecasts are counted. A variant whose columns are unknown on this row has nothing to say: the view
 * it had stands, and nothing of it is traded.
 */
import type { Forecast } from "../../domain/forecast.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel, Variant } from "../state.ts";

export function askSleeves(k: Kernel, layers: LayerState, session: number): void {
  const { variants } = k.plan;
  for (let v = 0; v < variants.length; v++) askSleeve(k, layers, session, v, variants[v]);
}

function askSleeve(
  k: Kernel,
  layers: LayerState,
  session: number,
  v: number,
  variant: Variant,
): void {
  layers.asked[v] = 0;
  const row = variant.rowAt === null ? session : variant.rowAt[session];
  if (row < variant.warmup) return;
  if (variant.ready !== null && variant.ready[row] === 0) {
    k.state.counters.unknownRows++;
    return;
  }
  layers.asked[v] = 1;
  k.state.counters.forecasts++;
  const answer = variant.forecast(row);
  if (answer === null) return;
  note(layers, v, answer);
}

function note(layers: LayerState, v: number, { strength, confidence }: Forecast): void {
  layers.strength[v] = strength;
  layers.confidence[v] = confidence;
  if (strength !== 0) layers.direction[v] = strength > 0 ? 1 : -1;
}
