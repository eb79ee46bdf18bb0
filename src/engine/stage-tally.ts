/**
 * Counts of what each stage and gate did. `reached` is counted by the pipeline before it hands a
 * decision, signal or order on, the rest by what came back, so a stage that is no longer called
 * shows. A run lists what its mandate could switch on, with what is switched off as not enabled.
 */
import type { StageRecord } from "../domain/stage-record.ts";

/** In the order of the river. */
export const PORTFOLIO_STAGES = [
  "allocation",
  "policy",
  "risk_targeting",
  "overlay",
  "clamps",
  "netting",
  "sizing",
] as const;
export type StageName = (typeof PORTFOLIO_STAGES)[number];

export const SIGNAL_GATES = ["pause", "freshness", "duplicate", "policy", "correlation"] as const;
export type SignalGateName = (typeof SIGNAL_GATES)[number];

export const ORDER_GATES = ["breakers", "heat", "volatility_regime", "limits", "cash"] as const;
export type OrderGateName = (typeof ORDER_GATES)[number];
export type GateName = SignalGateName | OrderGateName;

export type StageCounts = {
  reached: number;
  evaluated: number;
  applied: number;
  bound: number;
  /** Verdicts of a gate that had nothing to judge by: they refuse, and are counted apart. */
  notEvaluated: number;
  /** Decisions that a declared warm-up spared, apart from those applied. */
  warmUp: number;
};

export type StageTally = {
  readonly stages: { readonly [name in StageName]: StageCounts };
  readonly gates: { readonly [name in GateName]: StageCounts };
};

/** What a mandate switched on, of what it could have. */
export type Wiring = {
  readonly stages: readonly { readonly name: StageName; readonly enabled: boolean }[];
  readonly gates: readonly { readonly name: GateName; readonly enabled: boolean }[];
};

/** Strategies' own targets: nothing but size and the four gates of profile plain. */
export const DIRECT_WIRING: Wiring = {
  stages: [{ name: "sizing", enabled: true }],
  gates: (["freshness", "duplicate", "limits", "cash"] as const).map((name) => ({
    name,
    enabled: true,
  })),
};

export function enabledGates(wiring: Wiring): readonly GateName[] {
  return wiring.gates.filter((gate) => gate.enabled).map((gate) => gate.name);
}

export function enabledStages(wiring: Wiring): ReadonlySet<StageName> {
  return new Set(wiring.stages.filter((stage) => stage.enabled).map((stage) => stage.name));
}

export function createTally(): StageTally {
  const zero = (): StageCounts => ({
    reached: 0,
    evaluated: 0,
    applied: 0,
    bound: 0,
    notEvaluated: 0,
    warmUp: 0,
  });
  return {
    stages: {
      allocation: zero(),
      policy: zero(),
      risk_targeting: zero(),
      overlay: zero(),
      clamps: zero(),
      netting: zero(),
      sizing: zero(),
    },
    gates: {
      pause: zero(),
      freshness: zero(),
      duplicate: zero(),
      policy: zero(),
      correlation: zero(),
      breakers: zero(),
      heat: zero(),
      volatility_regime: zero(),
      limits: zero(),
      cash: zero(),
    },
  };
}

export function stageRecords(tally: StageTally, wiring: Wiring): readonly StageRecord[] {
  return [
    ...wiring.stages.map(({ name, enabled }) =>
      recordOf({ name, kind: "stage", enabled }, tally.stages[name]),
    ),
    ...wiring.gates.map(({ name, enabled }) =>
      recordOf({ name, kind: "gate", enabled }, tally.gates[name]),
    ),
  ];
}

function recordOf(
  of: Pick<StageRecord, "name" | "kind" | "enabled">,
  counts: StageCounts,
): StageRecord {
  const { reached, evaluated, applied, bound, notEvaluated, warmUp } = counts;
  const inert = inertReason(counts);
  return {
    ...of,
    effective: of.enabled && inert === null,
    binding: bound > 0,
    reached,
    evaluated,
    applied,
    bound,
    not_evaluated: notEvaluated,
    warm_up: warmUp,
    inert_reason: of.enabled ? inert : null,
  };
}

/**
 * Inert: not judged where it was reached, or judged and not heeded, or never able to judge at all.
 * A gate that now and then has nothing to judge by refuses there, which is its work.
 */
function inertReason(counts: StageCounts): string | null {
  const { reached, evaluated, applied, notEvaluated, warmUp } = counts;
  const judged = evaluated + notEvaluated;
  if (judged !== reached || (reached > 0 && evaluated === 0)) {
    return `evaluated at ${evaluated} of the ${reached} that reached it`;
  }
  const lost = judged - applied - warmUp;
  return lost === 0 ? null : `${lost} of its ${judged} results were not applied`;
}
