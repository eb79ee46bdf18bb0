/**
 * Each gate unplugged in turn: taken out of its list, its verdict thrown away, its refusal taken for
 * a pass. And what the run must say of it.
 */
import type { Fault, Plant } from "./fault.ts";
import type { MandateName } from "./mandates.ts";
import { planted } from "./planted-code.ts";

const gateNamed = (gate: string): RegExp => new RegExp(`^(?:invariant 1: )?gate ${gate} `);

type GateRow = { readonly entry: string; readonly file: string; readonly on: MandateName };
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

/** What a gate must not let pass, or must let pass: not whether it is asked, but how it judges. */
const JUDGEMENTS: readonly Fault[] = [
  {
    title: "gate heat: passes on empty evidence",
    on: "early",
    plants: [
      planted(
        "execution/gates/heat.ts",
        'if (!Number.isFinite(bookHeatMinor) || !Number.isFinite(navMinor)) return "not_evaluated";',
        'if (!Number.isFinite(bookHeatMinor) || !Number.isFinite(navMinor)) return "pass";',
      ),
    ],
    invariant: 4,
    says: /^gate heat was not heeded on .* make a heat of NaN/,
  },
  {
    title: "gate correlation: unknown taken as 0",
    on: "early",
    plants: [
      planted(
        SIGNAL_FILE,
        "    others.push({ instrument: instruments[i].id, side: lots > 0 ? 1 : -1, rho });\n",
        "    others.push({ instrument: instruments[i].id, side: lots > 0 ? 1 : -1, rho: rho || 0 });\n",
      ),
    ],
    invariant: 3,
    says: /^gate correlation was not heeded on .* NaN of 0\.8/,
  },
  {
    title: "gate breakers: blocks a reduction",
    on: "gates",
    plants: [
      planted(
        "execution/gates/breakers.ts",
        'result: open || reduces ? "pass" : "fail",',
        'result: open ? "pass" : "fail",',
      ),
    ],
    invariant: 12,
    says: /^a gate refused a reduction on .* and nothing was ordered/,
  },
  {
    title: "gate limits: blocks a reduction",
    on: "plain",
    plants: [
      planted(
        "execution/gates/limits.ts",
        "  if (reduces(view)) return passed;\n",
        '  if (reduces(view)) return { ...passed, result: "fail" };\n',
      ),
    ],
    invariant: 12,
    says: /^a gate refused a reduction on .* and nothing was ordered/,
  },
  {
    title: "gate correlation: blocks a reduction",
    on: "gates",
    plants: [
      planted(
        "execution/gates/correlation.ts",
        'result: view.reduces ? "pass" : exceeded',
        "result: exceeded",
      ),
    ],
    invariant: 12,
    says: /^gate correlation refused a reduction: .* lots to .* on /,
  },
  {
    title: "gate limits: passes a symbol above its limit",
    on: "holes",
    plants: [
      planted(
        "execution/gates/limits.ts",
        "if (!(symbol <= symbolLimit * (1 + RELATIVE_TOLERANCE))) {",
        "if (!(symbol <= symbolLimit * (2 + RELATIVE_TOLERANCE))) {",
      ),
    ],
    invariant: 1,
    says: /^gate limits was not heeded on .* symbol exposure of .* the limit is 0\.48/,
  },
  {
    title: "gate breakers: today's value as its baseline",
    on: "gates",
    plants: [
      planted(
        "execution/gates/breakers.ts",
        "book.dayStartMinor = book.lastNavMinor;",
        "book.dayStartMinor = navMinor;",
      ),
    ],
    invariant: 1,
    says: /^gate breakers was not heeded on .* it is said to be NORMAL, a loss of .* make it HALT/,
  },
  {
    title: "gate breakers: a high-water mark that forgets",
    on: "layers",
    plants: [
      planted(
        "execution/gates/breakers.ts",
        "if (navMinor > book.highWaterMinor) book.highWaterMinor = navMinor;",
        "book.highWaterMinor = navMinor;",
      ),
    ],
    invariant: 1,
    says: /^gate breakers was not heeded on .* a drawdown of .* make it (?:HALT|PANIC)/,
  },
  {
    title: "gate breakers: lets go before its time",
    on: "gates",
    plants: [
      planted(
        "execution/gates/breakers.ts",
        "  if (sessions < after) return null;\n",
        "  if (sessions < after / 2) return null;\n",
      ),
    ],
    invariant: 1,
    says: /^gate breakers was not heeded on .* it is said to be RAMPUP/,
  },
  {
    title: "gate volatility_regime: a missing close taken for a calm one",
    on: "layers",
    plants: [
      planted(
        "execution/gates/volatility-regime.ts",
        '    return "UNKNOWN";\n',
        "    return BANDS[Math.max(0, state.band)];\n",
      ),
    ],
    invariant: 3,
    says: /^gate volatility_regime was not heeded on .* a close of nothing makes it UNKNOWN/,
  },
  {
    title: "gate volatility_regime: yesterday's close",
    on: "layers",
    plants: [
      planted(
        "engine/layers/observe.ts",
        "evidence.volatilityIndex?.[session] ?? Number.NaN",
        "evidence.volatilityIndex?.[Math.max(0, session - 1)] ?? Number.NaN",
      ),
    ],
    invariant: 1,
    says: /^gate volatility_regime was not heeded on .* it is said to be/,
  },
];

export const GATE_FAULTS: readonly Fault[] = [
  ...Object.entries(GATES).flatMap(faultsOf),
  ...JUDGEMENTS,
];

function faultsOf([name, { entry, file, on: mandate }]: [string, GateRow]): readonly Fault[] {
  const isSignal = file === SIGNAL_FILE;
  const judged = isSignal
    ? "const verdict = gate.judge(k, signal, book);"
    : "const verdict = gate.judge(judged);";
  const kept = isSignal ? "signal.verdicts.push(verdict);" : "verdicts.push(verdict);";
  const waved = judged.replace("const verdict", "const said");
  const fault = (title: string, plant: Plant): Fault => ({
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
  const refusal = fault("its refusal taken for a pass", heedless);
  // What it lets pass then is an old bar, which has a number of its own.
  return [...faults, name === "freshness" ? { ...refusal, invariant: 5 } : refusal];
}
