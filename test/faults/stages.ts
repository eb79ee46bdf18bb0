/**
 * Faults of the wiring between forecasts and orders, each a change of a line or two: a stage that is
 * not called, one that is computed and its result dropped, one fed or applied wrongly. And what the
 * run must say of each.
 */
import type { Fault, Plant } from "./fault.ts";
import { planted } from "./planted-code.ts";

const PIPELINE = "engine/pipeline.ts";

/** The calls of the pipeline, and the value that each was handed. */
const CALLS = {
  allocation: [
    "allocated",
    "allocationStage(k, layers, session)",
    "layers.strength.map((s) => s || 0)",
  ],
  policy: ["permitted", "policyStage(k, layers, session, allocated)", "allocated"],
  risk_targeting: [
    "targeted",
    "riskTargetingStage(k, layers, session, { allocated, permitted })",
    "permitted",
  ],
  overlay: ["braked", "overlayStage(k, layers, session, targeted)", "targeted"],
  clamps: ["clamped", "clampStage(k, layers, session, braked)", "braked"],
} as const;
type Called = keyof typeof CALLS;
const CALLED = Object.keys(CALLS) as Called[];

function inPipeline(stage: Called, becomes: (call: string, handed: string) => string): Plant {
  const [name, call, handed] = CALLS[stage];
  return planted(PIPELINE, `const ${name} = ${call};`, becomes(call, handed));
}

const stageNamed = (stage: string): RegExp => new RegExp(`^(?:invariant 1: )?stage ${stage} `);

const UNPLUGGED: readonly Fault[] = CALLED.map((stage) => ({
  title: `stage ${stage}: not called, its input handed on`,
  on: "layers",
  plants: [inPipeline(stage, (_, handed) => `const ${CALLS[stage][0]} = ${handed} as never;`)],
  invariant: 1,
  says: stageNamed(stage),
}));

const DROPPED: readonly Fault[] = CALLED.map((stage) => ({
  title: `stage ${stage}: computed and not applied`,
  on: "layers",
  plants: [
    inPipeline(
      stage,
      (call, handed) => `${call};\n  const ${CALLS[stage][0]} = ${handed} as never;`,
    ),
  ],
  invariant: 1,
  says: stageNamed(stage),
}));

/** A size per wish, without buffer or band: what netting handed on, to the nearest lot. */
const ROUNDED = `netted.map(({ instrument, netting, wantedLots }) => ({ instrument, session, lots: Math.round(wantedLots), entry: "market" as const, timeInForce: "gtc" as const, signals: netting.signals })).filter(({ instrument, lots }) => lots !== k.state.lots[instrument])`;
const EACH_ALONE = `live.map((signal) => ({ instrument: signal.instrument, wantedLots: k.state.lots[signal.instrument] + (signal.finalLots as number) - signal.currentLots, netting: { instrument: signal.instrument, session, signals: [signal], wanted: Float64Array.of(((signal.finalLots as number) - signal.currentLots) * 1e6), toCross: 0 } }))`;

const NETTED = "const netted = nettingStage(k, live);";
const SIZED = "const wishes = sizingStage(k, layers, netted);";

function fault(title: string, stage: "netting" | "sizing", plant: Plant): Fault {
  const says = stageNamed(stage);
  return { title: `stage ${stage}: ${title}`, on: "layers", plants: [plant], invariant: 1, says };
}

const NETTING: readonly Fault[] = [
  fault(
    "not called, its input handed on",
    "netting",
    planted(PIPELINE, NETTED, `const netted = ${EACH_ALONE};`),
  ),
  fault(
    "computed and not applied",
    "netting",
    planted(PIPELINE, NETTED, `nettingStage(k, live);\n  const netted = ${EACH_ALONE};`),
  ),
  fault("asked twice", "netting", planted(PIPELINE, NETTED, `nettingStage(k, live);\n  ${NETTED}`)),
  fault(
    "what is held is left out",
    "netting",
    planted(
      "engine/stages/netting.ts",
      "k.state.lots[instrument] + (buys - sells) / MICRO_LOTS",
      "(buys - sells) / MICRO_LOTS",
    ),
  ),
  fault(
    "the wishes of one side only",
    "netting",
    planted("engine/stages/netting.ts", "    else sells -= change;\n", ""),
  ),
];

const SIZING: readonly Fault[] = [
  fault(
    "not called, its input handed on",
    "sizing",
    planted(PIPELINE, SIZED, `const wishes = ${ROUNDED};`),
  ),
  fault(
    "computed and not applied",
    "sizing",
    planted(PIPELINE, SIZED, `sizingStage(k, layers, netted);\n  const wishes = ${ROUNDED};`),
  ),
  fault(
    "asked twice, the buffer acting twice",
    "sizing",
    planted(
      PIPELINE,
      SIZED,
      `const sized = sizingStage(k, layers, netted);\n  const wishes = sizingStage(k, layers, netted.map((one) => ({ ...one, wantedLots: sized.find(({ instrument }) => instrument === one.instrument)?.lots ?? one.wantedLots })));`,
    ),
  ),
  fault(
    "the buffer of a tenth of the position",
    "sizing",
    planted(
      "engine/stages/sizing.ts",
      "buffer: layers.plan.sizing.buffer,",
      "buffer: layers.plan.sizing.buffer / 10,",
    ),
  ),
  fault(
    "a wish that is not rounded to the nearest lot",
    "sizing",
    planted(
      "portfolio/sizing/size-net.ts",
      "size - whole > 0.5 + driftOf(size) ? whole + 1 : whole",
      "whole + 1",
    ),
  ),
  fault(
    "RAMPUP's part taken twice",
    "sizing",
    planted(
      "engine/stages/sleeve-signals.ts",
      "weight * sheet.sizeScale * lotsPerWeight",
      "weight * sheet.sizeScale ** 2 * lotsPerWeight",
    ),
  ),
  fault(
    "RAMPUP's part forgotten",
    "sizing",
    planted("engine/layers/decision.ts", "rampupScale(layers.breaker.state, plan.breakers)", "1"),
  ),
];

export const on = (title: string, stage: Called, ...plants: readonly Plant[]): Fault => ({
  title: `stage ${stage}: ${title}`,
  on: "layers",
  plants,
  invariant: 1,
  says: stageNamed(stage),
});

const RISK = "engine/stages/risk-targeting.ts";
const OVERLAY = "engine/stages/overlay.ts";

const TWICE: readonly Fault[] = [
  on(
    "asked twice",
    "allocation",
    inPipeline("allocation", (call) => `${call};\n  const allocated = ${call};`),
  ),
  on(
    "asked twice",
    "policy",
    planted(
      PIPELINE,
      "const permitted = policyStage(k, layers, session, allocated);",
      "const permitted = policyStage(k, layers, session, policyStage(k, layers, session, allocated) as never);",
    ),
  ),
  on(
    "applied twice",
    "risk_targeting",
    planted(
      RISK,
      "applyRiskTarget(target, cap, weights.permitted, plan.instrumentOf, sheet.targeted);",
      "applyRiskTarget(target, cap, weights.permitted, plan.instrumentOf, sheet.targeted);\n    applyRiskTarget(target, cap, sheet.targeted, plan.instrumentOf, sheet.targeted);",
    ),
  ),
  on(
    "applied twice",
    "overlay",
    planted(
      OVERLAY,
      "const changed = applyOverlay(targeted, sheet.scalar, sheet.braked);",
      "const changed = applyOverlay(targeted, sheet.scalar, sheet.braked) + applyOverlay(sheet.braked.slice(), sheet.scalar, sheet.braked);",
    ),
  ),
  on(
    "asked twice",
    "clamps",
    planted(
      PIPELINE,
      "const clamped = clampStage(k, layers, session, braked);",
      "const clamped = clampStage(k, layers, session, clampStage(k, layers, session, braked) as never);",
    ),
  ),
];

export const STAGE_FAULTS: readonly Fault[] = [
  ...UNPLUGGED,
  ...DROPPED,
  ...NETTING,
  ...SIZING,
  ...TWICE,
];
