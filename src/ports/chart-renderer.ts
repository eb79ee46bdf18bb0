/**
 * What a chart is, before anybody draws it: a time axis in milliseconds, a value axis, ticks that
 * already carry their label, and layers from back to front. Colours are class names that the page
 * styles, so one drawing serves the light and the dark theme. A renderer turns it into SVG text.
 */

export type Tick = { readonly at: number; readonly label: string };

export type Span = { readonly from: number; readonly to: number };

export type Layer =
  /** A line through (x, y); NaN breaks it. */
  | {
      readonly kind: "line";
      readonly className: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
    }
  /** Shaded stretches of time, between two values of the other axis. */
  | {
      readonly kind: "bands";
      readonly className: string;
      readonly spans: readonly Span[];
      readonly low: number;
      readonly high: number;
    }
  /** Vertical lines. */
  | { readonly kind: "moments"; readonly className: string; readonly x: readonly number[] }
  /** A horizontal line at one value. */
  | { readonly kind: "level"; readonly className: string; readonly y: number }
  | { readonly kind: "dot"; readonly className: string; readonly x: number; readonly y: number }
  /** Text beside a point; dx and dy in pixels. */
  | {
      readonly kind: "note";
      readonly className: string;
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly anchor: "start" | "middle" | "end";
      readonly dx: number;
      readonly dy: number;
    };

export type ChartSpec = {
  /** What a screen reader says instead of the picture. */
  readonly label: string;
  /** Pixels of the drawing's own coordinates; the page scales it to its column. */
  readonly width: number;
  readonly height: number;
  readonly margin: {
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly left: number;
  };
  readonly x: { readonly from: number; readonly to: number; readonly ticks: readonly Tick[] };
  readonly y: {
    readonly scale: "linear" | "log";
    readonly from: number;
    readonly to: number;
    readonly ticks: readonly Tick[];
  };
  readonly layers: readonly Layer[];
};

/** Gives one `<svg>` element as text: same specification, same bytes, on any machine. */
export type ChartRenderer = (spec: ChartSpec) => string;
