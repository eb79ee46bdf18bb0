/**
 * What the portfolio stages remember from session to session, and the numbers of the decision at
 * hand. Weights are fractions of net asset value; arrays by variant unless said otherwise.
 */
import type { DailyCovariance, RiskTarget } from "../../portfolio/risk-targeting/risk-target.ts";
import {
  type BreakerBook,
  type BreakerChange,
  newBreaker,
} from "../../execution/gates/breakers.ts";
import {
  newVolatilityRegime,
  type VolatilityRegimeState,
} from "../../execution/gates/volatility-regime.ts";
import type { ClampRecord } from "../../domain/clamp.ts";
import { type Evidence, unknown } from "../../domain/evidence.ts";
import type { BrakeRegime, VolatilityRegime } from "../../domain/regime.ts";
import { type ClampState, newClampState } from "../../portfolio/clamps/clamps.ts";
import {
  newOverlay,
  type OverlayDay,
  type OverlayState,
} from "../../portfolio/overlay/overlay-state.ts";
import { overlayTerms } from "../../portfolio/overlay/section.ts";
import type { PolicyFlags } from "../../portfolio/policy/policy-flags.ts";
import type { LayerPlan } from "./plan.ts";

/** One decision's numbers, stage after stage; overwritten by the next. */
export type DecisionSheet = {
  offCycle: boolean;
  readonly budget: Float64Array;
  /** Why a sleeve got no budget, or cannot use it; null where it can. */
  reasons: (string | null)[];
  /** What the risk target is measured on: `allocated`, or full strength. */
  readonly reference: Float64Array;
  readonly allocated: Float64Array;
  readonly permitted: Float64Array;
  readonly targeted: Float64Array;
  readonly braked: Float64Array;
  readonly clamped: Float64Array;
  /** Targeted as if policy had cut nothing: what the forecast alone wants. */
  readonly belief: Float64Array;
  /** Whole and fractional lots; NaN where none could be said. */
  readonly beliefLots: Float64Array;
  readonly finalLots: Float64Array;
  readonly currentLots: Float64Array;
  risk: RiskTarget | null;
  /** The scalar this decision used, and whether the declared warm-up spared it. */
  scalar: number;
  warmUp: boolean;
  brakeRegime: BrakeRegime;
  sizeScale: number;
  /** The gross limit after the volatility regime. */
  grossLimit: number;
  clampRecords: readonly ClampRecord[];
  /** Netted, by instrument. */
  readonly netBefore: Float64Array;
  readonly netAfter: Float64Array;
};

export type LayerState = {
  readonly plan: LayerPlan;
  readonly strength: Float64Array;
  readonly confidence: Float64Array;
  /** 1 where the variant gave (or kept) a forecast at this decision. */
  readonly asked: Uint8Array;
  /** Sign of the latest forecast that was not flat; 0 before the first. */
  readonly direction: Float64Array;
  /** By session x variant: returns at unit strength, and whether the forecast was not flat. */
  readonly shadow: Float64Array;
  readonly active: Uint8Array;
  /** Net weights by instrument before the brake, marked every day. */
  readonly unbraked: Float64Array;
  readonly today: Float64Array;
  readonly overlay: OverlayState;
  /** The brake at this close, and at the one before: the one a decision applies. */
  brake: OverlayDay | null;
  brakeBefore: OverlayDay | null;
  readonly volatility: VolatilityRegimeState;
  volatilityRegime: VolatilityRegime;
  readonly breaker: BreakerBook;
  readonly clamps: ClampState;
  /** Flags of the decision before: policy acts with a lag of one. */
  policyBefore: PolicyFlags | null;
  policyNext: PolicyFlags | null;
  /** Decisions at which policy had nothing to judge by. */
  policyBlind: number;
  budgetsAt: number;
  covariance: Evidence<DailyCovariance>;
  covarianceAt: number;
  heldTarget: RiskTarget | null;
  highWaterMinor: number;
  /** Session of the last decision; -1 before the first. */
  lastDecision: number;
  readonly sheet: DecisionSheet;
  readonly daily: DailyColumns;
  /** Sessions at which the brake changed a weight. */
  readonly boundSessions: number[];
  readonly breakerChanges: { readonly session: number; readonly change: BreakerChange }[];
  /** What making budgets had to say: a covariance that was clipped, bounds that could not hold. */
  readonly budgetNotes: { readonly session: number; readonly note: string }[];
  readonly clampLog: { readonly session: number; readonly record: ClampRecord }[];
};

/** One value per session, for the regimes and leverage artifacts. */
export type DailyColumns = {
  readonly brake: (OverlayDay | null)[];
  readonly volatilityRegime: VolatilityRegime[];
  readonly breaker: string[];
  readonly heat: Float64Array;
  readonly margin: Float64Array;
};

/** `equityMinor`: the initial deposit, from which the breakers and the high-water mark start. */
export function createLayerState(plan: LayerPlan, equityMinor: number): LayerState {
  const n = plan.instrumentOf.length;
  const instruments = plan.sleevesOf.length;
  const sessions = plan.evidence.returns[0].length;
  const column = () => new Float64Array(n);
  return {
    plan,
    strength: column().fill(Number.NaN),
    confidence: column(),
    asked: new Uint8Array(n),
    direction: column(),
    shadow: new Float64Array(sessions * n).fill(Number.NaN),
    active: new Uint8Array(sessions * n),
    unbraked: new Float64Array(instruments),
    today: new Float64Array(instruments),
    overlay: newOverlay(overlayTerms(plan.overlay), instruments),
    brake: null,
    brakeBefore: null,
    volatility: newVolatilityRegime(),
    volatilityRegime: "UNKNOWN",
    breaker: newBreaker(equityMinor),
    clamps: newClampState(),
    policyBefore: null,
    policyNext: null,
    policyBlind: 0,
    budgetsAt: -1,
    covariance: unknown("nothing was estimated yet"),
    covarianceAt: -1,
    heldTarget: null,
    highWaterMinor: equityMinor,
    lastDecision: -1,
    sheet: newSheet(n, instruments),
    boundSessions: [],
    breakerChanges: [],
    budgetNotes: [],
    clampLog: [],
    daily: {
      brake: [],
      volatilityRegime: [],
      breaker: [],
      heat: new Float64Array(sessions).fill(Number.NaN),
      margin: new Float64Array(sessions).fill(Number.NaN),
    },
  };
}

function newSheet(n: number, instruments: number): DecisionSheet {
  const column = () => new Float64Array(n);
  return {
    offCycle: false,
    budget: column(),
    reasons: new Array<string | null>(n).fill("no budget was made yet"),
    reference: column(),
    allocated: column(),
    permitted: column(),
    targeted: column(),
    braked: column(),
    clamped: column(),
    belief: column(),
    beliefLots: column(),
    finalLots: column(),
    currentLots: column(),
    risk: null,
    scalar: Number.NaN,
    warmUp: false,
    brakeRegime: "UNKNOWN",
    sizeScale: 1,
    grossLimit: Number.NaN,
    clampRecords: [],
    netBefore: new Float64Array(instruments),
    netAfter: new Float64Array(instruments),
  };
}
