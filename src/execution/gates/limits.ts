/**
 * Order gate: the risk limits on what one instrument, its sector and the whole book may hold. The
 * sum of |exposure| is the cash gate's, as buying power; both read the same key, limits.gross.
 */
import type { Verdict } from "../../domain/refusal.ts";
import { type ExposureView, RELATIVE_TOLERANCE, reduces } from "./exposure.ts";

export type Limits = {
  /** Fractions of net asset value. */
  readonly gross: number;
  readonly net: number | null;
  readonly symbol: number | null;
  readonly sector: number | null;
  /** Of the initial margins of futures; null: 1. */
  readonly margin: number | null;
  readonly positions: number | null;
  readonly shorts: boolean;
  /** Sessions after a filled protective stop without an increase; 0: none. */
  readonly stopCooldownSessions: number;
};

/** The first rule that fails, or the symbol rule's pass. */
export function limitsGate(view: ExposureView, limits: Limits): Verdict {
  const symbolLimit = limits.symbol ?? limits.gross;
  const symbol = Math.abs(view.afterMinor) / view.navMinor;
  const passed = verdict("pass", "symbol", symbol, symbolLimit, "fraction of NAV");
  if (reduces(view)) return passed;
  if (view.navMinor <= 0) return verdict("fail", "ruin", view.navMinor, 0, "minor units of NAV");
  if (!limits.shorts && view.afterLots < 0) {
    return verdict("fail", "shorts", view.afterLots, 0, "lots");
  }
  if (view.sinceStop !== null && !(view.sinceStop >= limits.stopCooldownSessions)) {
    const { sinceStop } = view;
    return verdict("fail", "stop_cool_down", sinceStop, limits.stopCooldownSessions, "sessions");
  }
  if (!(symbol <= symbolLimit * (1 + RELATIVE_TOLERANCE))) {
    return verdict("fail", "symbol", symbol, symbolLimit, "fraction of NAV");
  }
  return sectorRefusal(view, limits) ?? bookRefusal(view, limits) ?? passed;
}

/** What the sector holds already must be known: not evaluated is not passed. */
function sectorRefusal(view: ExposureView, { sector: limit }: Limits): Verdict | null {
  if (limit === null) return null;
  const before = view.sectorMinor;
  if (before === null || Number.isNaN(before)) {
    return verdict("not_evaluated", "sector", Number.NaN, limit, "fraction of NAV");
  }
  const after = before - Math.abs(view.beforeMinor) + Math.abs(view.afterMinor);
  const sector = after / view.navMinor;
  if (sector <= limit * (1 + RELATIVE_TOLERANCE)) return null;
  return verdict("fail", "sector", sector, limit, "fraction of NAV");
}

function bookRefusal(view: ExposureView, limits: Limits): Verdict | null {
  if (limits.net !== null) {
    const net = Math.abs(view.netMinor + view.afterMinor - view.beforeMinor) / view.navMinor;
    if (!(net <= limits.net * (1 + RELATIVE_TOLERANCE))) {
      return verdict("fail", "net", net, limits.net, "fraction of NAV");
    }
  }
  if (limits.positions !== null) {
    const held = view.positions + (view.beforeLots === 0 ? 1 : 0);
    if (held > limits.positions) {
      return verdict("fail", "positions", held, limits.positions, "instruments");
    }
  }
  return null;
}

function verdict(
  result: Verdict["result"],
  rule: string,
  observed: number,
  limit: number,
  unit: string,
): Verdict {
  // A ratio to a net asset value of zero is not a number anybody observed.
  return {
    gate: "limits",
    limit,
    observed: Number.isFinite(observed) ? observed : null,
    result,
    rule,
    unit,
  };
}
