/**
 * Draws a ChartSpec as static SVG. Enters: ranges, ticks that bring their labels, layers from back
 * to front; leaves: one `<svg>` as text, sizes and colours left to the page. Numbers are tenths of a
 * pixel, so the same specification gives the same bytes on any machine; a path is written as steps
 * from point to point, which is half the text. Points that are not numbers part a line in two; a
 * point alone between two gaps is drawn as a dot by its round cap.
 */
import type { ChartSpec, Layer, Span, Tick } from "../../ports/chart-renderer.ts";

/** Where a value lies, in tenths of a pixel. */
type Place = (value: number) => number;

type Plane = {
  readonly x: Place;
  readonly y: Place;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

const LINE = `fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"`;
const RULE = `stroke="currentColor"`;
const DOT_RADIUS = 3;
/** From a tick's label to the plot, and from a text's middle to its base line. */
const LABEL_GAP = 9;
const HALF_LETTER = "0.32em";
const LETTER = "0.71em";

export function renderChart(spec: ChartSpec): string {
  const { width, height } = spec;
  const plane = planeOf(spec);
  const layers = spec.layers.map((layer) => drawn(layer, plane)).join("");
  return `<svg class="chart" fill="currentColor" text-anchor="middle" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(spec.label)}">${grid(spec, plane)}${layers}${axes(spec, plane)}</svg>`;
}

function planeOf({ width, height, margin, x, y }: ChartSpec): Plane {
  const left = margin.left * 10;
  const right = (width - margin.right) * 10;
  const top = margin.top * 10;
  const bottom = (height - margin.bottom) * 10;
  const scaled = y.scale === "log" ? Math.log : same;
  return {
    x: linear({ from: x.from, to: x.to }, { from: left, to: right }, same),
    y: linear({ from: scaled(y.from), to: scaled(y.to) }, { from: bottom, to: top }, scaled),
    left,
    right,
    top,
    bottom,
  };
}

function linear(from: Span, to: Span, scaled: (value: number) => number): Place {
  const factor = (to.to - to.from) / (from.to - from.from);
  return (value) => Math.round(to.from + (scaled(value) - from.from) * factor);
}

function same(value: number): number {
  return value;
}

function grid({ x, y }: ChartSpec, plane: Plane): string {
  return (
    group("grid-x", RULE, x.ticks.map(({ at }) => vertical(plane.x(at), plane)).join("")) +
    group("grid-y", RULE, y.ticks.map(({ at }) => horizontal(plane.y(at), plane)).join(""))
  );
}

function axes({ x, y }: ChartSpec, plane: Plane): string {
  const below = plane.bottom + LABEL_GAP * 10;
  const beside = plane.left - LABEL_GAP * 10;
  const under = ({ at, label }: Tick) => text({ x: plane.x(at), y: below, dy: LETTER }, label);
  const left = ({ at, label }: Tick) => text({ x: beside, y: plane.y(at), dy: HALF_LETTER }, label);
  return (
    group("tick", "", x.ticks.map(under).join("")) +
    group("tick", `text-anchor="end"`, y.ticks.map(left).join(""))
  );
}

function drawn(layer: Layer, plane: Plane): string {
  const { className } = layer;
  switch (layer.kind) {
    case "line":
      return group(className, LINE, `<path d="${path(layer.x, layer.y, plane)}"/>`);
    case "bands": {
      const low = plane.y(layer.low);
      const high = plane.y(layer.high);
      return group(className, "", `<path d="${boxes(layer.spans, { low, high }, plane)}"/>`);
    }
    case "moments":
      return group(className, RULE, layer.x.map((at) => vertical(plane.x(at), plane)).join(""));
    case "level":
      return group(className, RULE, horizontal(plane.y(layer.y), plane));
    case "dot": {
      const [x, y] = [px(plane.x(layer.x)), px(plane.y(layer.y))];
      return group(className, LINE, `<circle cx="${x}" cy="${y}" r="${DOT_RADIUS}"/>`);
    }
    case "note": {
      const x = plane.x(layer.x) + layer.dx * 10;
      const y = plane.y(layer.y) + layer.dy * 10;
      const anchor = `text-anchor="${layer.anchor}"`;
      return group(className, anchor, text({ x, y, dy: HALF_LETTER }, layer.text));
    }
  }
}

/** `M` begins a stretch, `l` goes on by so much. */
function path(xs: readonly number[], ys: readonly number[], plane: Plane): string {
  let d = "";
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  for (let i = 0; i < xs.length; i++) {
    const x = plane.x(xs[i]);
    const y = plane.y(ys[i]);
    const known = !Number.isNaN(y);
    if (known && Number.isNaN(lastY)) d += `M${px(x)},${px(y)}`;
    else if (known) d += `l${px(x - lastX)},${px(y - lastY)}`;
    // A stretch of one point: a step of nothing, which the round cap makes a dot.
    if (known && Number.isNaN(lastY) && Number.isNaN(ys[i + 1] ?? Number.NaN)) d += "h0";
    lastX = x;
    lastY = y;
  }
  return d;
}

function boxes(
  spans: readonly Span[],
  { low, high }: { readonly low: number; readonly high: number },
  { x }: Plane,
): string {
  const height = px(low - high);
  return spans
    .map(
      ({ from, to }) => `M${px(x(from))},${px(low)}v-${height}h${px(x(to) - x(from))}v${height}z`,
    )
    .join("");
}

function vertical(x: number, { top, bottom }: Plane): string {
  return `<line x1="${px(x)}" x2="${px(x)}" y1="${px(top)}" y2="${px(bottom)}"/>`;
}

function horizontal(y: number, { left, right }: Plane): string {
  return `<line x1="${px(left)}" x2="${px(right)}" y1="${px(y)}" y2="${px(y)}"/>`;
}

function text(
  { x, y, dy }: { readonly x: number; readonly y: number; readonly dy: string },
  words: string,
): string {
  return `<text x="${px(x)}" y="${px(y)}" dy="${dy}">${escaped(words)}</text>`;
}

function group(className: string, attributes: string, inner: string): string {
  const more = attributes === "" ? "" : ` ${attributes}`;
  return `<g class="${escaped(className)}"${more}>${inner}</g>`;
}

/** Tenths of a pixel as pixels. */
function px(tenths: number): number {
  return tenths / 10;
}

function escaped(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
