import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChartSpec, Layer } from "../../../src/ports/chart-renderer.ts";
import { renderChart } from "../../../src/adapters/charts/svg.ts";
import { type Frame, grounded, spansByState } from "../../../src/apps/report/chart-frame.ts";
import { drawdownChart, equityChart, isLogarithmic } from "../../../src/apps/report/chart-specs.ts";
import {
  brakeChart,
  hasPortfolio,
  leverageChart,
  volatilityChart,
} from "../../../src/apps/report/portfolio-charts.ts";
import type { ReportInput } from "../../../src/domain/run-document.ts";
import { reportFixture } from "../../support/report-fixture.ts";
import { compareGolden } from "../../support/golden.ts";
import { renderWithPlot } from "../../support/plot-twin.ts";

const GOLDEN = resolve(import.meta.dirname, "golden");
const TINY: ChartSpec = {
  label: 'one "layer" of <each> kind & more',
  width: 400,
  height: 200,
  margin: { top: 10, right: 10, bottom: 20, left: 40 },
  x: {
    from: 0,
    to: 100,
    ticks: [
      { at: 0, label: "2001" },
      { at: 50, label: "2002" },
    ],
  },
  y: {
    scale: "log",
    from: 1,
    to: 10,
    ticks: [
      { at: 1, label: "1" },
      { at: 10, label: "10" },
    ],
  },
  layers: [
    {
      kind: "bands",
      className: "warm-up",
      spans: [
        { from: 0, to: 20 },
        { from: 60, to: 70 },
      ],
      low: 1,
      high: 10,
    },
    { kind: "line", className: "line", x: [0, 10, 20, 30, 40], y: [1, 2, Number.NaN, 4, 5] },
    { kind: "line", className: "alone", x: [50, 60, 70], y: [Number.NaN, 3, Number.NaN] },
    { kind: "level", className: "zero", y: 2 },
    { kind: "moments", className: "ruin", x: [50] },
    { kind: "dot", className: "deepest", x: 50, y: 2 },
    {
      kind: "note",
      className: "annotation",
      x: 50,
      y: 2,
      text: "<b> & co",
      anchor: "start",
      dx: 4,
      dy: -4,
    },
  ],
};

const FRAME: Frame = {
  width: 400,
  heights: {
    equity: 200,
    drawdown: 100,
    exposure: 100,
    leverage: 100,
    volatility: 100,
    brake: 100,
  },
  left: 50,
  xTicks: 5,
};

const withEquity = (equity: readonly number[]): ReportInput => {
  const n = equity.length;
  const zeros = new Float64Array(n);
  return {
    ...reportFixture({ years: 1 }),
    datesMs: Float64Array.from(equity, (_, i) => i * 86_400_000),
    equity: Float64Array.from(equity),
    returns: zeros,
    drawdown: zeros,
    grossExposure: zeros,
    netExposure: zeros,
    rollingVolatility: zeros,
    evaluationStart: 0,
  };
};

describe("charts", () => {
  it("draws one layer of each kind as the golden says", () => {
    expect(
      compareGolden("tiny.svg", `${renderChart(TINY).replaceAll("><", ">\n<")}\n`, GOLDEN),
    ).toBeNull();
  });

  it("gives the same bytes again, without ids, sizes or scripts", () => {
    const once = renderChart(TINY);
    expect(renderChart(TINY)).toBe(once);
    expect(once).not.toMatch(/\bid=|<style|<script| width="400"|NaN/);
    expect(once).toContain('role="img"');
  });

  it("draws a gap as a gap: two moves, not a line through it", () => {
    const path = /class="line"[^>]*><path d="([^"]+)"/.exec(renderChart(TINY))?.[1] ?? "";
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it("has a golden check that can fail, and leaves the new text beside the golden", () => {
    const folder = mkdtempSync(join(tmpdir(), "golden-"));
    writeFileSync(join(folder, "a.svg"), "right");
    expect(compareGolden("a.svg", "wrong", folder, false)).toContain("differs from its golden");
    expect(readFileSync(join(folder, "a-changed.svg"), "utf8")).toBe("wrong");
    expect(compareGolden("a.svg", "right", folder, false)).toBeNull();
    expect(readdirSync(folder)).toEqual(["a.svg"]);
    rmSync(folder, { recursive: true });
  });

  it("uses a logarithmic scale only above fourfold and only when all is positive", () => {
    expect(isLogarithmic(withEquity([100, 400]))).toBe(false);
    expect(isLogarithmic(withEquity([100, 401]))).toBe(true);
    expect(isLogarithmic(withEquity([-1, 100, 1000]))).toBe(false);
    expect(isLogarithmic(withEquity([0, 100, 1000]))).toBe(false);
    expect(equityChart(withEquity([100, 900, 50_000]), FRAME).y.scale).toBe("log");
  });

  it("marks warm-up and ruin", () => {
    const kinds = (layers: readonly Layer[]): string[] => layers.map(({ className }) => className);
    const ruined = reportFixture({ variant: "ruined", years: 3 });
    expect(kinds(equityChart(ruined, FRAME).layers)).toEqual(["warm-up", "zero", "equity", "ruin"]);
    expect(kinds(equityChart(withEquity([1, 2, 3]), FRAME).layers)).toEqual(["equity"]);
    const { label, layers } = drawdownChart(ruined, FRAME);
    expect(label).toContain("deepest more than all of it");
    expect(kinds(layers)).not.toContain("deepest");
    expect(kinds(drawdownChart(reportFixture({ years: 3 }), FRAME).layers)).toContain("deepest");
  });

  it("draws flat and two-session runs", () => {
    for (const equity of [
      [100, 100, 100],
      [0, 0],
      [-5, -5],
      [1, 2],
    ]) {
      const spec = equityChart(withEquity(equity), FRAME);
      expect(spec.y.to).toBeGreaterThan(spec.y.from);
      expect(renderChart(spec)).not.toContain("NaN");
    }
  });
});

describe("the SVG writer and Observable Plot", () => {
  /** Points of a path of either writer, by stretch; absolute pixels. */
  function stretches(d: string): number[][][] {
    const found: number[][][] = [];
    for (const [, command, text] of d.matchAll(/([MLlh])([^MLlhZ]*)/g)) {
      const numbers = text.split(",").map(Number);
      const last = found.at(-1)?.at(-1) ?? [0, 0];
      if (command === "M") found.push([numbers]);
      else if (command === "L") found.at(-1)?.push(numbers);
      else if (command === "l") found.at(-1)?.push([last[0] + numbers[0], last[1] + numbers[1]]);
    }
    return found;
  }

  const pathsOf = (svg: string): string[] =>
    [...svg.matchAll(/class="(?:equity|drawdown-line|line)"[^>]*><path d="([^"]+)"/g)].map(
      (match) => match[1],
    );
  const places = (svg: string, name: string): number[] =>
    [...svg.matchAll(new RegExp(`<line[^>]* ${name}="([^"]+)"`, "g"))].map(([, at]) => Number(at));

  it.each(["tiny", "equity", "ruined"])(
    "agree on every point within a tenth of a pixel: %s",
    (name) => {
      const variant = name === "ruined" ? "ruined" : "normal";
      const spec =
        name === "tiny" ? TINY : equityChart(reportFixture({ variant, years: 3 }), FRAME);
      const [ours, twin] = [renderChart(spec), renderWithPlot(spec)];
      const [a, b] = [pathsOf(ours).map(stretches), pathsOf(twin).map(stretches)];
      expect(a.length).toBeGreaterThan(0);
      expect(a.map((path) => path.map(({ length }) => length))).toEqual(
        b.map((path) => path.map(({ length }) => length)),
      );
      const off = a.flat(3).map((at, i) => Math.abs(at - b.flat(3)[i]));
      expect(Math.max(...off)).toBeLessThan(0.0501);
      for (const axis of ["x1", "y1"]) {
        const ticks = places(twin, axis);
        expect(ticks.length).toBeGreaterThan(3);
        places(ours, axis).forEach((at, i) => expect(Math.abs(at - ticks[i])).toBeLessThan(0.0501));
      }
    },
  );

  it("has a comparison that can fail", () => {
    const spec = equityChart(reportFixture({ years: 1 }), FRAME);
    const moved = { ...spec, y: { ...spec.y, to: spec.y.to * 1.01 } };
    const [a] = pathsOf(renderChart(moved)).map(stretches);
    const [b] = pathsOf(renderWithPlot(spec)).map(stretches);
    const off = a.flat(2).map((at, i) => Math.abs(at - b.flat(2)[i]));
    expect(Math.max(...off)).toBeGreaterThan(0.5);
  });
});

describe("charts of a portfolio", () => {
  const input = reportFixture({ variant: "layered", years: 3 });
  if (!hasPortfolio(input)) throw new Error("the layered fixture has no portfolio");

  it("draws what was held, asked for and aimed at, the target, the breakers", () => {
    const names = (layers: readonly Layer[]): string[] => layers.map(({ className }) => className);
    expect(names(leverageChart(input, FRAME).layers)).toEqual([
      "warm-up",
      "held-line",
      "targeted-line",
      "asked-line",
    ]);
    expect(names(volatilityChart(input, FRAME).layers)).toEqual([
      "warm-up",
      "volatility-line",
      "target",
    ]);
    const brake = names(brakeChart(input, FRAME).layers);
    expect(brake).toEqual(["warm-up", "breaker halt", "breaker rampup", "scalar-line"]);
    expect(names(volatilityChart(reportFixture({ years: 3 }), FRAME).layers)).not.toContain(
      "target",
    );
  });

  it("lays a band under the curve for every session that is not normal, and a step by severity", () => {
    const { layers, y } = equityChart(input, FRAME);
    const bands = layers.filter((layer) => layer.kind === "bands");
    const steps = bands.filter(({ className }) => className.startsWith("lane"));
    expect(steps.map(({ className }) => className)).toEqual([
      "lane elevated",
      "lane stress",
      "lane crisis",
      "lane unknown",
    ]);
    const heights = steps.map(({ low, high }) => high - low);
    expect(heights[0]).toBeLessThan(heights[1]);
    expect(heights[1]).toBeLessThan(heights[2]);
    const lowest = Math.min(...input.equity);
    expect(Math.max(...steps.map(({ high }) => high))).toBeLessThan(lowest);
    expect(steps.every(({ low }) => low >= y.from - 1e-9)).toBe(true);
  });

  it("covers a state's sessions by spans and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("A", "B"), { minLength: 1, maxLength: 40 }),
        (states) => {
          const datesMs = Float64Array.from(states, (_, i) => i);
          const spans = spansByState({ ...input, datesMs }, states).get("A") ?? [];
          const covered = states.map((_, i) => spans.some(({ from, to }) => i >= from && i < to));
          // The last session has no next one to reach to.
          expect(covered.slice(0, -1)).toEqual(states.slice(0, -1).map((state) => state === "A"));
        },
      ),
    );
  });

  it("grounds both ends of every stretch and keeps the points between", () => {
    const line = {
      kind: "line",
      className: "a",
      x: [1, 2, 3, 4],
      y: [5, 6, Number.NaN, 7],
    } as const;
    expect(grounded(line)).toEqual({
      kind: "line",
      className: "a",
      x: [1, 1, 2, 2, 3, 4, 4, 4],
      y: [0, 5, 6, 0, Number.NaN, 0, 7, 0],
    });
  });
});
