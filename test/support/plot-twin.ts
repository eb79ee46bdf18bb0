/**
 * The slow twin of the report's SVG writer: the same ChartSpec drawn by Observable Plot, whose
 * geometry a test compares. Times stay numbers on a linear scale and every tick brings its label, so
 * neither Plot's clock nor its locale is asked. Refuses a drawing that made Plot warn.
 */
import * as Plot from "@observablehq/plot";
import type { ChartSpec, Layer, Span, Tick } from "../../src/ports/chart-renderer.ts";
import { StubDocument, StubElement } from "./plot-dom.ts";

export function renderWithPlot(spec: ChartSpec): string {
  const { width, height, margin } = spec;
  const svg: unknown = Plot.plot({
    document: new StubDocument(),
    className: "chart",
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    ariaLabel: spec.label,
    x: { type: "linear", domain: [spec.x.from, spec.x.to], axis: null },
    y: { type: spec.y.scale, domain: [spec.y.from, spec.y.to], axis: null },
    marks: [...grid(spec), ...spec.layers.map((layer) => mark(layer)), ...axes(spec)],
  });
  if (!(svg instanceof StubElement)) throw new TypeError("Plot did not return the stub's element");
  return finish(svg, spec);
}

function grid(spec: ChartSpec): Plot.Markish[] {
  return [
    Plot.ruleX(spec.x.ticks.map(at), { className: "grid-x" }),
    Plot.ruleY(spec.y.ticks.map(at), { className: "grid-y" }),
  ];
}

function axes(spec: ChartSpec): Plot.Markish[] {
  return [
    Plot.text(spec.x.ticks, {
      className: "tick",
      x: at,
      text: label,
      frameAnchor: "bottom",
      lineAnchor: "top",
      dy: 9,
    }),
    Plot.text(spec.y.ticks, {
      className: "tick",
      y: at,
      text: label,
      frameAnchor: "left",
      textAnchor: "end",
      dx: -9,
    }),
  ];
}

function mark(layer: Layer): Plot.Markish {
  const className = layer.className;
  switch (layer.kind) {
    case "line":
      return Plot.line(rows(layer.x), { x: layer.x, y: layer.y, className });
    case "bands": {
      const { spans, low, high } = layer;
      return Plot.rect(spans, { x1: from, x2: to, y1: low, y2: high, className });
    }
    case "moments":
      return Plot.ruleX(layer.x, { className });
    case "level":
      return Plot.ruleY([layer.y], { className });
    case "dot":
      return Plot.dot([layer], { x: [layer.x], y: [layer.y], r: 3, className });
    case "note": {
      const { anchor, dx, dy, text } = layer;
      const place = { x: [layer.x], y: [layer.y], dx, dy, textAnchor: anchor };
      return Plot.text([layer], { ...place, text: [text], className });
    }
  }
}

/** Takes out what the page decides: size, font and Plot's own style sheet. */
function finish(svg: StubElement, spec: ChartSpec): string {
  for (const child of [...svg.children]) {
    if (child.tagName === "style") svg.removeChild(child);
    if (child.textContent.includes("\u26a0")) {
      throw new Error(`Plot warned while drawing "${spec.label}": ${child.textContent}`);
    }
  }
  for (const name of ["width", "height", "font-family", "font-size"]) svg.removeAttribute(name);
  svg.setAttribute("role", "img");
  return svg.print();
}

function rows(values: readonly number[]): { length: number } {
  return { length: values.length };
}

function from(span: Span): number {
  return span.from;
}

function to(span: Span): number {
  return span.to;
}

function at(tick: Tick): number {
  return tick.at;
}

function label(tick: Tick): string {
  return tick.label;
}
