/** A forecast as a row of the trace, whether anything came of it or not. */
import type { ForecastRecord, Recorder } from "./recorder.ts";
import type { Trace } from "./trace.ts";

/** In the order of their codes in the trace. */
const FORECAST_KINDS: readonly ForecastRecord["kind"][] = ["none", "weight", "units", "forecast"];

export function traceForecast(
  { forecasts }: Trace,
  session: number,
  record: Parameters<Recorder["forecast"]>[1],
): void {
  forecasts.session.push(session);
  forecasts.variant.push(record.variant);
  forecasts.kind.push(FORECAST_KINDS.indexOf(record.kind));
  forecasts.target.push(record.target);
  forecasts.confidence.push(record.confidence);
  forecasts.currentLots.push(record.currentLots);
  forecasts.beliefLots.push(record.beliefLots);
  forecasts.finalLots.push(record.finalLots);
  forecasts.price.push(record.price);
  forecasts.signal.push(record.signal);
}
