/** A signal's path as a tree: forecast, stages, size, gates, orders with fills and postings, end. */
import type { StageRecord } from "../../domain/stage-record.ts";
import { SIGNAL_GATES } from "../../engine/stage-tally.ts";
import { crossNode, orderNode, verdictNode } from "./order-tree.ts";
import type { Row } from "./record.ts";
import { type Account, deciderOf } from "./signal-answer.ts";
import type { SignalPath } from "./signal-path.ts";
import { type Node, node } from "./tree.ts";
import { brief, exact, money, numbersOf, ruleWords, splitCut, whoIs } from "./words.ts";

/** `records`: the run's stages and gates, in the order of the river. */
export type SignalView = Account & { readonly records: readonly StageRecord[] };

export function signalNodes(path: SignalPath, view: SignalView): readonly Node[] {
  return [
    forecastNode(path),
    ...stageNodes(path, view),
    ...sizeNodes(path, view),
    ...gateNodes(path, view),
    ...crossNodes(path),
    ...orderNodes(path, view),
    endNode(path, view),
  ];
}

function forecastNode({ signal, forecast }: SignalPath): Node {
  const { target, target_kind: kind } = signal;
  const said =
    kind === "forecast" && forecast !== null
      ? `strength ${shown(forecast["target"])}, confidence ${shown(forecast["confidence"])}`
      : kind === "weight"
        ? `target ${brief(target)} of net asset value`
        : kind === "units"
          ? `target ${brief(target)} units`
          : `strength x confidence ${brief(target)}`;
  return node("forecast", said, [
    node("strategy", signal.strategy),
    node("variant", `${signal.variant_id}, the hash of the strategy and its parameters`, [], "dim"),
  ]);
}

function shown(value: Row[string]): string {
  return typeof value === "number" ? brief(value) : value === null ? "unknown" : String(value);
}

type Step = { readonly name: string; readonly column: string; readonly note: string };

function stageNodes(
  { weights, decision, clamps, signal }: SignalPath,
  { records }: SignalView,
): readonly Node[] {
  if (weights === null) return [];
  const said = (name: string) => shown(decision?.[name] ?? null);
  const isOn = (name: string) =>
    records.some((each) => each.kind === "stage" && each.name === name && each.enabled);
  const steps: readonly Step[] = [
    { name: "allocation", column: "allocated", note: allocationNote(weights) },
    { name: "policy", column: "after_policy", note: isOn("policy") ? policyNote(weights) : "off" },
    { name: "risk target", column: "after_risk_target", note: riskNote(decision) },
    {
      name: "overlay",
      column: "after_overlay",
      note: !isOn("overlay")
        ? "off: watched, not applied"
        : decision?.["warm_up"] === true
          ? "its windows are not full yet: no brake"
          : `${said("brake_regime")}, scalar ${said("scalar")}`,
    },
    { name: "clamps", column: "after_clamps", note: isOn("clamps") ? "" : "off" },
  ];
  const strength = weights["strength"];
  const confidence = weights["confidence"];
  let before: Row[string] =
    typeof strength === "number" && typeof confidence === "number" ? strength * confidence : null;
  const rows = steps.map((step) => {
    const after = weights[step.column];
    const row = [step.name, shown(before), shown(after), step.note];
    before = after;
    return row;
  });
  const widths = [1, 2].map((c) => Math.max(...rows.map((row) => row[c].length)));
  const children = rows.map(([name, from, to, note], n) =>
    node(
      name,
      `${from.padStart(widths[0])} -> ${to.padStart(widths[1])}${note === "" ? "" : `   ${note}`}`,
      n === rows.length - 1 ? clamps.map((row) => clampNode(row)) : [],
      from === to || n === 0 ? "plain" : "bad",
    ),
  );
  const scale = decision?.["size_scale"];
  const ramp =
    typeof scale === "number" && scale !== 1
      ? [node("breakers", `${said("breaker")}: sizes are scaled by ${brief(scale)}`, [], "bad")]
      : [];
  return [
    node("stages", `weight of ${signal.instrument} in net asset value`, [...children, ...ramp]),
  ];
}

function allocationNote(weights: Row): string {
  const reason = weights["reason"];
  const budget = `budget ${shown(weights["budget"])}`;
  return reason === null ? budget : `${budget}: ${String(reason)}`;
}

function policyNote(weights: Row): string {
  const off = weights["allocated"] !== 0 && weights["after_policy"] === 0;
  return off ? "off: kept flat" : "";
}

function riskNote(decision: Row | null): string {
  if (decision === null || decision["risk_status"] === null) return "off";
  const { risk_status: status, sigma, multiplier } = decision;
  if (sigma === null || multiplier === null) return String(status);
  return `x ${shown(multiplier)}: one unit of gross has ${shown(sigma)} a year, ${String(status)}`;
}

function clampNode(row: Row): Node {
  const { constraint, subject, before, after, reason } = row;
  const numbers = {
    observed: asNumber(row["observed"]),
    limit: asNumber(row["limit"]),
    unit: null,
  };
  const measured = numbersOf(numbers, { currency: "", digits: 0 });
  return node(
    String(constraint),
    `${String(subject)} ${shown(before)} -> ${shown(after)} (${measured}): ${String(reason)}`,
  );
}

function asNumber(value: Row[string]): number | null {
  return typeof value === "number" ? value : null;
}

function sizeNodes(
  { signal, netting, nav_minor: nav }: SignalPath,
  view: Account,
): readonly Node[] {
  const { belief_lots: belief, final_lots: final, current_lots: current, price } = signal;
  const size = node(
    "size",
    `at ${exact(price)}, net asset value ${money(nav, view.digits, view.currency)}`,
    [
      node("belief", `${lots(belief)}: what it wants`),
      node("final", `${lots(final)}: what all stages left of it`),
      node("held", `${lots(current)} before`),
    ],
  );
  if (netting === null) return [size];
  const cut = netting["cut_by"];
  const rule = cut === null ? "" : `, ${ruleWords({ by: "sizing", rule: String(cut) })}`;
  return [
    size,
    node("netting", `all sleeves of ${signal.instrument} together`, [
      node(
        "wanted",
        `${shown(netting["wanted_lots"])} lots, of ${shown(netting["full_lots"])} at full strength`,
      ),
      node("held", `${shown(netting["held_lots"])} lots`),
      node("to hold", `${shown(netting["target_lots"])} lots${rule}`),
      node("inside", `${shown(netting["crossed_lots"])} lots met other sleeves' wishes`),
    ]),
  ];
}

function lots(value: number | null): string {
  return value === null ? "no size could be said" : `${brief(value)} lots`;
}

/** Those that were asked, with their verdicts, and those that were not. */
function gateNodes(path: SignalPath, view: SignalView): readonly Node[] {
  const enabled = view.records
    .filter(({ kind, enabled: isOn }) => kind === "gate" && isOn)
    .map(({ name }) => name);
  const asked = path.verdicts.map((verdict) => verdictNode(verdict, view));
  const missed = enabled.filter(
    (name) => isSignalGate(name) && path.verdicts.every(({ gate }) => gate !== name),
  );
  const signalGates = node("signal gates", "", [...asked, ...together("not asked", missed)]);
  if (path.orders.length > 0) return [signalGates];
  const orderGates = enabled.filter((name) => !isSignalGate(name));
  return [signalGates, node("order gates", "", unorderedGates(path, orderGates, view))];
}

function isSignalGate(name: string): boolean {
  return SIGNAL_GATES.some((gate) => gate === name);
}

/** No order came of it: its gates' passes were not recorded, and who refused it stands in its end. */
function unorderedGates(
  path: SignalPath,
  gates: readonly string[],
  view: Account,
): readonly Node[] {
  const decider = deciderOf(path);
  const at = decider === null ? -1 : gates.indexOf(decider.by);
  // A stage of the same name scales the size before any order is made.
  if (decider === null || at < 0 || decider.unit === "fraction of the wish") {
    return together("not asked", gates);
  }
  const numbers = numbersOf(decider, view);
  const words = `${ruleWords(decider)}${numbers === "" ? "" : ` (${numbers})`}`;
  return [
    ...together("passed", gates.slice(0, at)),
    node(decider.by, `refused: ${words}`, [], "bad"),
    ...together("not asked", gates.slice(at + 1)),
  ];
}

function together(label: string, names: readonly string[]): readonly Node[] {
  return names.length === 0 ? [] : [node(label, names.join(", "), [], "dim")];
}

function crossNodes({ crosses, signal }: SignalPath): readonly Node[] {
  return crosses.map((cross) => crossNode(cross, signal.variant_id));
}

function orderNodes({ orders, signal }: SignalPath, view: Account): readonly Node[] {
  if (orders.length === 0) return [node("order", "none", [], "dim")];
  return orders.map((order) => orderNode(order, view, signal.variant_id));
}

function endNode({ end }: SignalPath, view: Account): Node {
  if (end === null) return node("end", "none was recorded", [], "bad");
  const cuts = end.cut_by.map((cut, n) => {
    // The recorded numbers are those of the last.
    const isLast = n === end.cut_by.length - 1;
    const decider = isLast
      ? { ...splitCut(cut), observed: end.observed, limit: end.limit, unit: end.unit }
      : { ...splitCut(cut), observed: null, limit: null, unit: null };
    const numbers = numbersOf(decider, view);
    return node(
      isLast ? whoIs(decider) : decider.by.replaceAll("_", " "),
      `${ruleWords(decider)}${numbers === "" ? "" : ` (${numbers})`}`,
    );
  });
  const share = `${brief(100 * end.share)} % of the wish was traded`;
  const tone = end.state === "EXECUTED" ? "good" : "bad";
  return node("end", `${end.state} on ${end.at}, ${share} (entry ${end.seq})`, cuts, tone);
}
