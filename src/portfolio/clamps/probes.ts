/**
 * How each key of `clamps` is shown to be alive. A clamp is made to bind first, on what the run
 * observed; then the key in question is moved.
 */
import type { Companions, Probes } from "../../domain/probe.ts";

/** Half of the largest position: gross alone is no test, risk targeting keeps to it by itself. */
const TIGHT_SYMBOL: Companions = {
  "limits.symbol": { inside: "symbol", part: 0.5 },
  "limits.sector": { to: null },
};
const THROTTLED: Companions = {
  "clamps.throttle.start": { inside: "drawdown", part: 0.4 },
  "clamps.throttle.recovery": { inside: "drawdown", part: 0.1 },
  // From there it takes a tenth of what was seen to come to the minimum.
  "clamps.throttle.slope": { to: 100 },
};
const CLUSTERED: Companions = {
  "clamps.clusters.threshold": { to: 0.2 },
  "clamps.clusters.cap": { to: 0.1 },
};
const STRESSED: Companions = { "clamps.tail.limit": { to: 0.001 } };

export const CLAMP_PROBES: Probes = {
  "caps.enabled": { try: [{ toggle: true }, { toggle: true, with: TIGHT_SYMBOL }] },
  "throttle.enabled": {
    needs: ["drawdown"],
    try: [{ toggle: true }, { toggle: true, with: THROTTLED }],
  },
  "throttle.start": {
    needs: ["drawdown"],
    try: [
      { inside: "drawdown", part: 0.8, with: THROTTLED },
      { inside: "drawdown", part: 0.2, with: THROTTLED },
    ],
  },
  "throttle.slope": { needs: ["drawdown"], try: [{ to: 10, with: THROTTLED }] },
  "throttle.minimum": { needs: ["drawdown"], try: [{ to: 0.6, with: THROTTLED }] },
  "throttle.recovery": {
    needs: ["drawdown"],
    try: [
      { inside: "drawdown", part: 0.35, with: THROTTLED },
      { inside: "drawdown", part: 0.01, with: THROTTLED },
    ],
  },
  "clusters.enabled": {
    needs: ["several_instruments"],
    try: [{ toggle: true }, { toggle: true, with: CLUSTERED }],
  },
  "clusters.days": {
    needs: ["several_instruments"],
    try: [
      { times: 2, with: CLUSTERED },
      { times: 3, with: CLUSTERED },
    ],
  },
  // A history longer than the data has: then the fewest observations decide.
  "clusters.min_observations": {
    needs: ["several_instruments"],
    try: [{ to: 500, with: { "clamps.clusters.days": { to: 2000 } } }],
  },
  "clusters.threshold": {
    needs: ["several_instruments"],
    try: [
      { to: 0.3, with: { "clamps.clusters.cap": { to: 0.1 } } },
      { to: 0.95, with: { "clamps.clusters.cap": { to: 0.1 } } },
    ],
  },
  "clusters.cap": {
    needs: ["several_instruments"],
    try: [{ times: 0.5, with: { "clamps.clusters.threshold": { to: 0.2 } } }],
  },
  "tail.enabled": { try: [{ toggle: true, with: STRESSED }] },
  "tail.days": {
    try: [
      { times: 0.5, with: STRESSED },
      { times: 2, with: STRESSED },
    ],
  },
  "tail.min_observations": {
    try: [{ to: 500, with: { ...STRESSED, "clamps.tail.days": { to: 2000 } } }],
  },
  "tail.horizon_days": { try: [{ times: 2, with: STRESSED }] },
  "tail.paths": { try: [{ times: 2, with: STRESSED }] },
  "tail.confidence": {
    try: [
      { to: 0.9, with: STRESSED },
      { to: 0.95, with: STRESSED },
    ],
  },
  "tail.limit": { try: [{ to: 0.001 }, { to: 0.9 }] },
};
