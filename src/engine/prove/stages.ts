/**
 * Every stage and gate that a mandate can switch off, switched off: what was booked must move. Where
 * it had nothing to do in the window it is first given something, on what the run observed. Those
 * that no mandate can leave out (allocation, netting, freshness, duplicate, limits, cash) are proved
 * by their keys and by the run's own checks.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { Companions, Probe, ProbeAttempt, ProbeNeed } from "../../domain/probe.ts";
import { parseKey } from "../../mandate/origin.ts";
import type { Bench } from "./bench.ts";
import { valueAt } from "./keys.ts";
import { type Proof, tryAttempts } from "./try-key.ts";

/** A stage, the key that switches it, and what switches it off. */
export type StageSwitch = {
  readonly stage: string;
  readonly key: string;
  readonly present: Json;
  readonly probe: Probe;
};

type Off = {
  readonly stage: string;
  readonly key: string;
  /** What the key says when the stage is off. */
  readonly off: Json;
  /** What gives it something to do. */
  readonly binding?: Companions;
  readonly needs?: readonly ProbeNeed[];
};

/** A limit is switched by its own key, and made to bind by it. */
const LIMITS: readonly Off[] = [
  { stage: "buffer", key: "sizing.buffer", off: 0, binding: { "sizing.buffer": { to: 0.5 } } },
  {
    stage: "min_notional",
    key: "sizing.min_notional",
    off: 0,
    binding: { "sizing.min_notional": { inside: "fill_notional", part: 0.5 } },
  },
  { stage: "stops", key: "sizing.stop_atr", off: null, binding: { "sizing.stop_atr": { to: 1 } } },
  {
    stage: "correlation",
    key: "correlation.limit",
    off: null,
    binding: { "correlation.limit": { to: 0.05 } },
    needs: ["several_instruments"],
  },
  {
    stage: "heat",
    key: "heat.limit",
    off: null,
    binding: { "heat.limit": { inside: "heat", part: 0.5 } },
  },
  {
    stage: "overlay",
    key: "overlay.mode",
    off: "off",
    binding: {
      "overlay.profile": { to: "L" },
      "overlay.run": { to: null },
      "overlay.sha256": { to: null },
    },
    needs: ["brake_moved"],
  },
];

/** Stages with a switch of their own: its probe knows what makes them act. */
const SWITCHES: readonly (readonly [stage: string, key: string])[] = [
  ["policy", "policy.enabled"],
  ["risk_targeting", "risk_targeting.enabled"],
  ["caps", "clamps.caps.enabled"],
  ["throttle", "clamps.throttle.enabled"],
  ["clusters", "clamps.clusters.enabled"],
  ["tail", "clamps.tail.enabled"],
  ["breakers", "breakers.enabled"],
  ["volatility_regime", "volatility_regime.enabled"],
];

/** Those that are on and that somebody asks about, in the order of their sections. */
export function stagesOn(bench: Bench, probes: ReadonlyMap<string, Probe>): readonly StageSwitch[] {
  const { values, idle } = bench.baseline.candidate;
  const present = (key: string) => valueAt(values, parseKey(key) ?? []);
  const isRead = (key: string) => !idle.some((top) => key === top || key.startsWith(`${top}.`));
  const switched = SWITCHES.flatMap(([stage, key]): StageSwitch[] => {
    const probe = probes.get(key);
    return present(key) === true && probe !== undefined
      ? [{ stage, key, present: true, probe }]
      : [];
  });
  const limited = LIMITS.filter(({ key, off }) => present(key) !== off).map(
    ({ stage, key, off, binding, needs }): StageSwitch => {
      const alone: ProbeAttempt = { to: off };
      const bound: readonly ProbeAttempt[] =
        binding === undefined ? [] : [{ to: off, with: binding }];
      return {
        stage,
        key,
        present: present(key),
        probe: { try: [alone, ...bound], needs: needs ?? [] },
      };
    },
  );
  return [...switched, ...limited].filter(({ key }) => isRead(key));
}

export function tryStage(bench: Bench, { key, present, probe }: StageSwitch): Promise<Proof> {
  return tryAttempts(
    bench,
    { key, present, captures: [] },
    {
      probe,
      enough: (moved) => moved.booked,
      records: null,
    },
  );
}
