import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { ChartSpec, Layer } from "../../../src/ports/chart-renderer.ts";
import { renderChart } from "../../../src/adapters/charts/plot.ts";
import { StubDocument } from "../../../src/adapters/charts/stub-dom.ts";
import { equityChart, type Frame, isLogarithmic } from "../../../src/apps/report/chart-specs.ts";
import type { ReportInput } from "../../../src/domain/run-document.ts";
import { reportFixture } from "../../support/report-fixture.ts";
import { compareGolden } from "../../support/golden.ts";

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
    { kind: "band", className: "warm-up", from: 0, to: 20 },
    { kind: "area", className: "area", x: [0, 10, 20], y: [1, 2, 3], base: 1 },
    { kind: "line", className: "line", x: [0, 10, 20, 30, 40], y: [1, 2, Number.NaN, 4, 5] },
    { kind: "level", className: "zero", y: 2 },
    { kind: "moment", className: "ruin", x: 50 },
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
  heights: { equity: 200, drawdown: 100, exposure: 100 },
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

describe("the stub document", () => {
  it("escapes text and attributes", () => {
    const element = new StubDocument().createElementNS("svg", "text");
    element.setAttribute("title", '"<&>');
    element.textContent = "<b>&";
    expect(element.print()).toBe('<text title="&quot;&lt;&amp;&gt;">&lt;b&gt;&amp;</text>');
  });

  it("moves a child that is appended twice, and refuses a stranger as neighbour", () => {
    const document = new StubDocument();
    const [a, b, child] = ["a", "b", "c"].map((name) => document.createElement(name));
    a.appendChild(child);
    b.appendChild(child);
    expect(a.print() + b.print()).toBe("<a/><b><c/></b>");
    expect(() => a.insertBefore(document.createElement("d"), child)).toThrow("not a child");
  });
});
