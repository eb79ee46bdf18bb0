/** How each key of `allocation` is shown to be alive. Keys of a method are read under it alone. */
import type { Probes } from "../../domain/probe.ts";

export const ALLOCATION_PROBES: Probes = {
  method: {
    // A strategy that answers with targets has no other.
    refuses: true,
    try: [
      { to: "equal" },
      { to: "inverse-volatility" },
      { to: "erc" },
      { to: "direct" },
      { to: "equal", with: { "schedule.rebalance": { to: "never" } } },
    ],
  },
  update: { try: [{ to: "quarterly" }, { to: "monthly" }, { to: "every_decision" }] },
  lookback_days: {
    try: [{ times: 0.5 }, { times: 2 }],
    needs: ["several_instruments"],
  },
  // A history longer than the data has: then the fewest observations decide.
  min_observations: {
    needs: ["several_instruments"],
    try: [{ times: 0.5 }, { to: 700, with: { "allocation.lookback_days": { to: 800 } } }],
  },
  covariance: {
    needs: ["several_instruments"],
    try: [{ to: "sample" }, { to: "ewma" }, { to: "ledoit-wolf" }],
  },
  static: { needs: ["several_strategies"], try: [] },
  "static.*": { needs: ["several_strategies"], try: [{ times: 3 }, { to: 1 }] },
  "sharpe.lookback_days": { try: [{ times: 2 }, { times: 0.5 }] },
  "sharpe.min_observations": {
    try: [{ times: 1.5 }, { to: 700, with: { "allocation.sharpe.lookback_days": { to: 800 } } }],
  },
  "sharpe.floor": { needs: ["several_instruments"], try: [{ plus: 0.5 }, { plus: 3 }] },
  "sharpe.min_share": { needs: ["several_instruments"], try: [{ times: 0.5 }, { to: 0.01 }] },
  "sharpe.max_share": { needs: ["several_instruments"], try: [{ times: 0.5 }, { times: 1.5 }] },
  "atr.window": { needs: ["bar_ranges"], try: [{ times: 2 }] },
  "atr.risk": { try: [{ times: 0.5 }, { times: 0.1 }] },
  "atr.cap": { try: [{ times: 0.5 }, { times: 2 }, { times: 0.2 }] },
};
