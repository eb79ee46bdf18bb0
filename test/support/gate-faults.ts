/**
 * Each gate unplugged in turn: taken out of its list, its verdict thrown away, its refusal taken for
 * a pass. And what the run must say of it.
 */
import type { LayeredName } from "./layered-mandates.ts";
import { type Plant, planted } from "./planted-code.ts";
import type { StageFault } from "./stage-faults.ts";

const gateNamed = (gate: string): RegExp => new RegExp(`^(?:invariant 1: )?gate ${gate} `);

type GateRow = { readonly entry: string; readonly file: string; readonly on: LayeredName };
const SIGNAL_FILE = "engine/signal-gates.ts";
const ORDER_FILE = "engine/place-wishes.ts";
const signalGate = (name: string): GateRow => ({
  entry: `  { name: "${name}", judge: judge${name[0].toUpperCase()}${name.slice(1)} },\n`,
  file: SIGNAL_FILE,
  on: name === "policy" ? "layers" : "gates",
});
const GATES: { readonly [name: string]: GateRow } = {
  freshness: signalGate("freshness"),
  duplicate: signalGate("duplicate"),
  policy: signalGate("policy"),
  correlation: signalGate("correlation"),
  breakers: {
    entry: `  {\n    name: "breakers",\n    judge: ({ k, view }) => breakersGate(layersOf(k).breaker.state, reduces(view)),\n  },\n`,
    file: ORDER_FILE,
    on: "gates",
  },
  heat: { entry: `  { name: "heat", judge: judgeHeat },\n`, file: ORDER_FILE, on: "gates" },
  volatility_regime: {
    entry: `  {\n    name: "volatility_regime",\n    judge: ({ k, view }) =>\n      volatilityRegimeGate(view, layersOf(k).volatilityRegime, k.state.limits),\n  },\n`,
    file: ORDER_FILE,
    on: "layers",
  },
  limits: {
    entry: `  { name: "limits", judge: ({ k, view }) => limitsGate(view, k.state.limits) },\n`,
    file: ORDER_FILE,
    on: "gates",
  },
  cash: {
    entry: `  {\n    name: "cash",\n    judge: ({ k, view }) => cashGate(view, k.state.limits.gross, k.state.limits.margin),\n  },\n`,
    file: ORDER_FILE,
    on: "futures",
  },
};

export const GATE_FAULTS: readonly StageFault[] = Object.entries(GATES).flatMap(faultsOf);

function faultsOf([name, { entry, file, on: mandate }]: [string, GateRow]): readonly StageFault[] {
  const isSignal = file === SIGNAL_FILE;
  const judged = isSignal
    ? "const verdict = gate.judge(k, signal, book);"
    : "const verdict = gate.judge(judged);";
  const kept = isSignal ? "signal.verdicts.push(verdict);" : "verdicts.push(verdict);";
  const waved = judged.replace("const verdict", "const said");
  const fault = (title: string, plant: Plant): StageFault => ({
    title: `gate ${name}: ${title}`,
    on: mandate,
    plants: [plant],
    invariant: 1,
    says: gateNamed(name),
  });
  const faults = [
    fault("not asked", planted(file, entry, "")),
    fault("its verdict thrown away", planted(file, kept, `if (gate.name !== "${name}") ${kept}`)),
  ];
  // A sleeve takes its orders back before it wishes again, and policy has cut before: these two never refuse here.
  if (name === "duplicate" || name === "policy") return faults;
  // What it refuses the cash gate would refuse as well: its own work is the limit that it leaves.
  if (name === "volatility_regime") {
    const unscaled = planted(
      "engine/layers/decision.ts",
      "effectiveLimits(k.plan.limits, scale)",
      "effectiveLimits(k.plan.limits, 1 + 0 * scale)",
    );
    return [...faults, fault("what it leaves of the limit is not taken over", unscaled)];
  }
  const heedless = planted(
    file,
    judged,
    `${waved}\n    const verdict = gate.name === "${name}" ? { ...said, result: "pass" as const } : said;`,
  );
  return [...faults, fault("its refusal taken for a pass", heedless)];
}
