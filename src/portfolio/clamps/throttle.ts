/**
 * The drawdown throttle: 1 - slope x (drawdown - start), at least `minimum`, at most 1. It never
 * rises while the drawdown lasts: the lowest value stands until the drawdown is below `recovery`,
 * measured from the high-water mark (a new mark, as after RAMPUP, frees it). Each |weight| is held
 * to |reference| x throttle. An unknown drawdown takes the minimum and leaves the state alone.
 */
import type { ClampRecord } from "../../domain/clamp.ts";
import type { Evidence } from "../../domain/evidence.ts";
import { type Book, exceeds, grossOf, portfolioRecord, setSize } from "./book.ts";
import type { ClampSettings } from "./section.ts";

export type Throttle = {
  readonly factor: number;
  readonly limit: number;
  readonly observed: number | null;
  readonly reason: string;
};

export function stepThrottle(
  { start, slope, minimum, recovery }: ClampSettings["throttle"],
  drawdown: Evidence<number>,
  state: { throttle: number },
): Throttle {
  if (!drawdown.known || !Number.isFinite(drawdown.value)) {
    const why = drawdown.known ? "it is not a number" : drawdown.reason;
    const reason = `drawdown unknown (${why}): every position held to ${minimum} of what it asked for`;
    return { factor: minimum, limit: start, observed: null, reason };
  }
  const observed = drawdown.value;
  const line = Math.max(minimum, Math.min(1, 1 - slope * (observed - start)));
  state.throttle = observed < recovery ? 1 : Math.min(state.throttle, line);
  const factor = state.throttle;
  // Below what today's drawdown alone would leave: it is the recovery that is waited for.
  const limit = factor < line ? recovery : start;
  const reason = `drawdown from the high-water mark: every position held to ${factor} of what it asked for, until below ${recovery}`;
  return { factor, limit, observed, reason };
}

export function clampThrottle(book: Book, throttle: Throttle, records: ClampRecord[]): void {
  const { weights, reference } = book;
  const { factor, limit, observed, reason } = throttle;
  const before = grossOf(weights);
  let bound = false;
  for (let i = 0; i < weights.length; i++) {
    const most = Math.abs(reference[i]) * factor;
    if (!exceeds(Math.abs(weights[i]), most)) continue;
    setSize(weights, i, most);
    bound = true;
  }
  if (!bound) return;
  const severity = observed === null ? "critical" : "warning";
  records.push(
    portfolioRecord(book, before, {
      constraint: "drawdown_throttle",
      limit,
      observed,
      reason,
      severity,
    }),
  );
}
