/**
 * Charts of what the portfolio's stages steer: leverage held against leverage asked for, realised
 * against target volatility, the brake's scalar with the circuit breakers. A run without portfolio
 * stages has the volatility alone.
 */
import type { PortfolioSeries, ReportInput } from "../../domain/run-document.ts";
import type { ChartSpec, Layer } from "../../ports/chart-renderer.ts";
import {
  canvas,
  dates,
  finiteRange,
  type Frame,
  grounded,
  lastKnown,
  lineOf,
  padded,
  percentTick,
  ruin,
  spansByState,
  warmUp,
} from "./chart-frame.ts";
import { formatPercent, formatRatio } from "./format.ts";

export type PortfolioInput = ReportInput & { readonly portfolio: PortfolioSeries };

export function hasPortfolio(input: ReportInput): input is PortfolioInput {
  return input.portfolio !== null;
}

export function leverageChart(input: PortfolioInput, frame: Frame): ChartSpec {
  const { grossExposure, portfolio } = input;
  const { targetedGross, clampedGross } = portfolio;
  const range = finiteRange([grossExposure, targetedGross, clampedGross, Float64Array.of(0)]);
  const y = padded(range.to > range.from ? range : { from: 0, to: 1 }, 5);
  return {
    ...canvas(input, frame, frame.heights.leverage),
    label: `Gross exposure held, at the end ${formatPercent(lastKnown(grossExposure))}, against what the risk target asked for, ${formatPercent(lastKnown(targetedGross))}, and what all stages left of it, ${formatPercent(lastKnown(clampedGross))}, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input, y),
      grounded(lineOf("held-line", input, grossExposure, frame)),
      lineOf("targeted-line", input, targetedGross, frame),
      lineOf("asked-line", input, clampedGross, frame),
      ...ruin(input),
    ],
  };
}

export function volatilityChart(input: ReportInput, frame: Frame): ChartSpec {
  const { rollingVolatility } = input;
  const target = input.document.volatility_gap?.target ?? null;
  const known = Float64Array.of(0, ...(target === null ? [] : [target]));
  const range = finiteRange([rollingVolatility, known]);
  const y = padded(range.to > range.from ? range : { from: 0, to: 0.1 }, 5);
  const aim: Layer[] = target === null ? [] : [{ kind: "level", className: "target", y: target }];
  const against = target === null ? "" : ` against a target of ${formatPercent(target)}`;
  return {
    ...canvas(input, frame, frame.heights.volatility),
    label: `Realised annual volatility${against}, at the end ${formatPercent(lastKnown(rollingVolatility))}, ${dates(input)}`,
    y: { scale: "linear", from: y.from, to: y.to, ticks: y.ticks.map(percentTick) },
    layers: [
      ...warmUp(input, y),
      lineOf("volatility-line", input, rollingVolatility, frame),
      ...aim,
      ...ruin(input),
    ],
  };
}

const SCALAR_TICKS = [0, 0.25, 0.5, 0.75, 1];

export function brakeChart(input: PortfolioInput, frame: Frame): ChartSpec {
  const { scalar, breakers } = input.portfolio;
  const { from: lowest, to } = finiteRange([scalar, Float64Array.of(1)]);
  const y = { from: 0, to: to * 1.06 };
  const found = spansByState(input, breakers);
  const band = (className: string, state: string): Layer[] => {
    const spans = found.get(state);
    return spans === undefined ? [] : [{ kind: "bands", className, spans, low: 0, high: y.to }];
  };
  return {
    ...canvas(input, frame, frame.heights.brake),
    label: `Scalar of the brake, lowest ${formatRatio(lowest)}, at the end ${formatRatio(lastKnown(scalar))}, ${dates(input)}`,
    y: {
      scale: "linear",
      from: y.from,
      to: y.to,
      ticks: SCALAR_TICKS.map((at) => ({ at, label: formatRatio(at) })),
    },
    layers: [
      ...warmUp(input, y),
      ...band("breaker halt", "HALT"),
      ...band("breaker panic", "PANIC"),
      ...band("breaker rampup", "RAMPUP"),
      lineOf("scalar-line", input, scalar, frame),
      ...ruin(input),
    ],
  };
}
