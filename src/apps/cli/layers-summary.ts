/** Ten lines about a portfolio's stages: what each one did, in the order of the river. */
import type { LayersDocument } from "../../domain/layers-document.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { count, percent, ratio } from "./numbers.ts";

/** [label, text] per stage. */
export function layerLines(
  document: RunDocument,
  layers: LayersDocument,
): readonly (readonly [string, string])[] {
  return [
    ["forecasts", forecastText(document, layers)],
    ["allocation", allocationText(layers)],
    ["policy", policyText(layers)],
    ["risk target", riskText(layers)],
    ["overlay", overlayText(layers)],
    ["clamps", clampText(layers)],
    ["gates", gateText(document, layers)],
    ["breakers", breakerText(layers)],
    ["netting", nettingText(layers)],
    ["sizing", sizingText(layers)],
  ];
}

function forecastText(
  { signals }: RunDocument,
  { decisions, off_cycle, sleeves }: LayersDocument,
): string {
  const extra = off_cycle === 0 ? "" : `, ${count(off_cycle)} off-cycle`;
  return `${count(signals.forecasts)} of ${count(sleeves)} sleeves at ${count(decisions)} decisions${extra}`;
}

function allocationText({ allocation }: LayersDocument): string {
  const without = allocation.without_budget.length;
  const rest = without === 0 ? "" : `; ${count(without)} without a budget at the end`;
  return `${allocation.method}: gross ${percent(allocation.mean_gross)} on average${rest}`;
}

function policyText({ policy, decisions }: LayersDocument): string {
  if (!policy.enabled) return "off";
  return `kept a wanted sleeve flat at ${count(policy.bound)} of ${count(decisions)} decisions; gross ${percent(policy.mean_gross)}`;
}

function riskText({ risk_targeting: risk }: LayersDocument): string {
  if (!risk.enabled) return "off";
  return `to ${percent(risk.target_vol)} a year: ${listed(risk.status)}; one unit has ${percent(risk.mean_sigma)}, gross ${percent(risk.mean_gross)}`;
}

function overlayText({ overlay, decisions }: LayersDocument): string {
  const regimes = listed(overlay.regimes);
  if (overlay.mode === "off") return `computed, not applied: sessions ${regimes}`;
  const dates = overlay.bound_on;
  const when = dates.length === 0 ? "" : ` (${dates[0]} .. ${dates[dates.length - 1]})`;
  const warmUp = overlay.warm_up === 0 ? "" : ` + ${count(overlay.warm_up)} warm-up`;
  return `${overlay.mode} ${overlay.profile}: applied ${count(overlay.applied)}${warmUp} of ${count(decisions)}, bound ${count(overlay.bound)}${when}; sessions ${regimes}, ${ratio(overlay.transitions_per_year)} changes a year`;
}

function clampText({ clamps }: LayersDocument): string {
  const rows = Object.entries(clamps.by_constraint);
  if (rows.length === 0) return `nothing to clamp; gross ${percent(clamps.mean_gross)}`;
  const each = rows.map(
    ([name, { records, first, last }]) => `${count(records)} ${name} (${first} .. ${last})`,
  );
  return `${each.join(", ")}; gross ${percent(clamps.mean_gross)}`;
}

/** Gates that refused something, and how often. */
function gateText({ stages }: RunDocument, { volatility_regime: regime }: LayersDocument): string {
  const sessions = regime === null ? "" : `; volatility regime, sessions ${listed(regime)}`;
  const gates = stages.filter((stage) => stage.kind === "gate" && stage.enabled);
  const bound = gates.filter((gate) => gate.bound > 0);
  const unknown = gates.filter((gate) => gate.not_evaluated > 0);
  const blind = unknown.map(
    (gate) => `${gate.name} ${count(gate.not_evaluated)} of ${count(gate.reached)}`,
  );
  const index = `${sessions}${blind.length === 0 ? "" : `; nothing to judge by: ${blind.join(", ")}`}`;
  const names = `${count(gates.length)} enabled`;
  if (bound.length === 0) return `${names}, none refused anything${index}`;
  const each = bound.map((gate) => `${gate.name} ${count(gate.bound)} of ${count(gate.reached)}`);
  return `${names}; refused: ${each.join(", ")}${index}`;
}

function breakerText({ breakers }: LayersDocument): string {
  const changes = breakers.filter((change) => change.from !== change.to);
  if (changes.length === 0) return "never fired";
  const stops = changes.filter(({ to }) => to === "HALT" || to === "PANIC");
  const dates = stops.map(({ date, to }) => `${to} ${date}`);
  const shown = dates.length > 4 ? [...dates.slice(0, 3), `.. ${dates[dates.length - 1]}`] : dates;
  const times = stops.length === 1 ? "once" : `${count(stops.length)} times`;
  return `fired ${times}: ${shown.join(", ")}`;
}

function nettingText({ netting }: LayersDocument): string {
  return `${count(netting.nets)} nets, ${count(netting.crosses)} crosses inside of ${ratio(netting.crossed_lots)} lots`;
}

function sizingText({ sizing, sizing_unmoved: unmoved, netting }: LayersDocument): string {
  const cut = Object.values(sizing).reduce((sum, n) => sum + n, 0);
  if (cut === 0) return "every net was traded to the nearest lot";
  const moved = `${count(cut - unmoved)} traded part of the way, to the buffer's edge`;
  return `of ${count(netting.nets)} nets ${count(unmoved)} left alone, ${moved} (${listed(sizing)})`;
}

function listed(counts: { readonly [name: string]: number | undefined }): string {
  return Object.entries(counts)
    .map(([name, n]) => `${name} ${count(n ?? 0)}`)
    .join(", ");
}
