/**
 * Stages that are called and applied, and wrong: fed with another series, with the number of another
 * day, with a part left out. And what the run must say of each.
 */
import type { Fault } from "./fault.ts";
import { planted } from "./planted-code.ts";
import { on } from "./stages.ts";

const RISK = "engine/stages/risk-targeting.ts";
const OVERLAY = "engine/stages/overlay.ts";
const CLAMPS = "engine/stages/clamps.ts";
const ALLOCATION = "engine/stages/allocation.ts";
const POLICY = "engine/stages/policy.ts";

export const WRONG_NUMBERS: readonly Fault[] = [
  on(
    "confidence left out",
    "allocation",
    planted(
      ALLOCATION,
      "const view = layers.strength[v] * layers.confidence[v];",
      "const view = Math.sign(layers.strength[v]);",
    ),
  ),
  on(
    "the budget taken twice",
    "allocation",
    planted(
      ALLOCATION,
      "usable ? sheet.budget[v] * view : 0",
      "usable ? sheet.budget[v] ** 2 * view : 0",
    ),
  ),
  on(
    "every sleeve the same budget",
    "allocation",
    planted(
      ALLOCATION,
      "sheet.budget.set(made.budget);",
      "sheet.budget.fill(1 / sheet.budget.length);",
    ),
  ),
  on(
    "the first budgets kept for ever",
    "allocation",
    planted(
      ALLOCATION,
      "layers.budgetsAt < 0 || isDue(plan.allocateFrom, layers.budgetsAt, session)",
      "layers.budgetsAt < 0",
    ),
  ),
  on(
    "budgets from the day that is being decided",
    "allocation",
    planted(
      ALLOCATION,
      "shadow.subarray(from * n, session * n)",
      "shadow.subarray((from + 1) * n, (session + 1) * n)",
    ),
  ),
  on(
    "the flag of this decision instead of the one before",
    "policy",
    planted(
      POLICY,
      "  let bound = false;\n",
      "  let bound = false;\n  layers.policyBefore = policyFlags(featuresAt(plan.policy, session));\n",
    ),
  ),
  on(
    "everything on before anything is known",
    "policy",
    planted(
      POLICY,
      'if (policyBefore === null) return { on: false, reason: "no decision came before this one" };',
      'if (policyBefore === null) return { on: true, reason: "" };',
    ),
  ),
  on(
    "a stress of the day before yesterday",
    "policy",
    planted(
      POLICY,
      'stress: flagAt(policy.stress, session, "stress")',
      'stress: flagAt(policy.stress, Math.max(0, session - 5), "stress")',
    ),
  ),
  on(
    "half instead of nothing",
    "policy",
    planted(POLICY, "    sheet.permitted[v] = 0;\n", "    sheet.permitted[v] *= 0.5;\n"),
  ),
  on(
    "unit gross taken for gross: the factor on unit gross",
    "risk_targeting",
    planted(
      "portfolio/risk-targeting/risk-target.ts",
      "const result = { sigma, gross, referenceGross, multiplier: gross / referenceGross };",
      "const result = { sigma, gross, referenceGross, multiplier: gross };",
    ),
  ),
  on(
    "fed the weekly series: returns of five days taken for days",
    "risk_targeting",
    planted(
      RISK,
      "const { values, rows } = rowsUpTo(layers, columns, session - 1, settings.lookback);",
      "const { values, rows } = rowsUpTo(layers, columns, session - 1, settings.lookback);\n  for (let n = 0; n < values.length; n++) values[n] *= Math.sqrt(5);",
    ),
  ),
  on(
    "the returns of the day itself",
    "risk_targeting",
    planted(
      RISK,
      "rowsUpTo(layers, columns, session - 1, settings.lookback)",
      "rowsUpTo(layers, columns, session, settings.lookback)",
    ),
  ),
  on(
    "levers back what policy cut: measured on what policy left",
    "risk_targeting",
    planted(
      RISK,
      "netInto(sheet.reference, plan.instrumentOf, sheet.netBefore);",
      "netInto(weights.permitted, plan.instrumentOf, sheet.netBefore);",
    ),
  ),
  {
    ...on(
      "too little history taken for the volatility floor",
      "risk_targeting",
      planted(
        "portfolio/risk-targeting/risk-target.ts",
        "if (!covariance.known) return unavailable(referenceGross, covariance.reason);",
        "if (!covariance.known) return targetOf(terms, 0, referenceGross);",
      ),
    ),
    on: "futures",
    invariant: 3,
  },
  on(
    "the first measurement kept for ever",
    "risk_targeting",
    planted(
      RISK,
      "const due = isDue(plan.estimateFrom, layers.covarianceAt, session);",
      "const due = layers.covarianceAt < 0;",
    ),
  ),
  on(
    "without a gross limit",
    "risk_targeting",
    planted(RISK, "const cap = sheet.grossLimit;", "const cap = 100;"),
    planted(RISK, "grossCap: sheet.grossLimit,", "grossCap: 100,"),
  ),
  on(
    "the scalar of today instead of yesterday's",
    "overlay",
    planted(
      OVERLAY,
      "const { sheet, plan, brakeBefore } = layers;",
      "const { sheet, plan, brake: brakeBefore } = layers;",
    ),
  ),
  on(
    "a scalar of one",
    "overlay",
    planted(OVERLAY, "brakeBefore?.scalar ?? (sheet.warmUp ? 1 : floor)", "1"),
  ),
  {
    ...on(
      "a scalar of one on missing state",
      "overlay",
      planted(
        OVERLAY,
        "brakeBefore?.scalar ?? (sheet.warmUp ? 1 : floor)",
        "(brakeBefore?.observations ?? 0) < 60 ? 1 : (brakeBefore?.scalar ?? floor)",
      ),
    ),
    on: "floor",
    invariant: 3,
    says: /^stage overlay was not applied on .* which stands for a state of the brake that is not known/,
  },
  on(
    "a warm-up without end",
    "overlay",
    planted(
      OVERLAY,
      'sheet.warmUp = brakeBefore?.warmUp ?? plan.overlay.during_warm_up === "none";',
      "sheet.warmUp = true;",
    ),
  ),
  on(
    "the brake watches the braked book",
    "overlay",
    planted(
      OVERLAY,
      "  const changed = applyOverlay(targeted, sheet.scalar, sheet.braked);\n",
      "  const changed = applyOverlay(targeted, sheet.scalar, sheet.braked);\n  netInto(sheet.braked, plan.instrumentOf, layers.unbraked);\n",
    ),
  ),
  on(
    "the brake sees every fifth day",
    "overlay",
    planted(
      "engine/layers/observe.ts",
      "unbrakedReturn: exposed ? earned : Number.NaN",
      "unbrakedReturn: exposed && session % 5 === 0 ? earned : Number.NaN",
    ),
  ),
  on(
    "a brake that never leaves the first scalar",
    "overlay",
    planted(
      "portfolio/overlay/overlay-state.ts",
      "state.scalar = nextScalar(terms, target, state.scalar);",
      "state.scalar = 1;",
    ),
  ),
  on(
    "one instrument skipped",
    "clamps",
    planted(CLAMPS, "before === 0 ? braked[v]", "before === 0 || i === 1 ? braked[v]"),
  ),
  on(
    "no caps",
    "clamps",
    planted(
      "portfolio/clamps/clamps.ts",
      "terms: settings.caps.enabled ? terms : null, throttle",
      "terms: null, throttle",
    ),
  ),
  on(
    "no limit on one symbol",
    "clamps",
    planted("portfolio/clamps/clamps.ts", "    clampSymbols(book, terms.symbol, records);\n", ""),
  ),
  on(
    "no throttle",
    "clamps",
    planted(
      "portfolio/clamps/clamps.ts",
      "if (throttle !== null) clampThrottle(book, throttle, records);",
      "",
    ),
  ),
  on(
    "a throttle that lets go at once",
    "clamps",
    planted(
      "portfolio/clamps/throttle.ts",
      "observed < recovery ? 1 : Math.min(state.throttle, line)",
      "line",
    ),
  ),
  {
    ...on(
      "no clusters",
      "clamps",
      planted(
        "portfolio/clamps/clamps.ts",
        "if (clusters !== null) clampClusters(book, clusters, records);",
        "",
      ),
    ),
    invariant: 3,
  },
  {
    ...on(
      "what nobody can correlate kept as if it moved with nothing",
      "clamps",
      planted(
        "portfolio/clamps/clusters.ts",
        "  refuseUnmeasured(book, clusters, records);\n  for",
        "  for",
      ),
    ),
    invariant: 3,
  },
  on(
    "no tail",
    "clamps",
    planted("portfolio/clamps/clamps.ts", "if (tail !== null) clampTail(book, tail, records);", ""),
  ),
  on(
    "raises exposure",
    "clamps",
    planted(
      CLAMPS,
      "braked[v] * (sheet.netAfter[i] / before)",
      "braked[v] * 1.01 * (sheet.netAfter[i] / before)",
    ),
  ),
];
