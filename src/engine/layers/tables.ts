/** The artifacts of a run with portfolio stages, as tables: what every stage made of every sleeve. */
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { minorToAmount } from "../../base/money.ts";
import type { TableData } from "../../domain/artifact.ts";
import type { LayerArtifactName } from "../../records/artifacts/registry.ts";
import type { SleeveResult } from "../../records/ledger/sleeves.ts";
import { grossCurve, netCurve } from "../curves.ts";
import { fractionsOfNav, table } from "../artifact-tables.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace, SheetColumn } from "../trace.ts";
import type { LayerState } from "./state.ts";

export function layerTables(
  k: Kernel,
  layers: LayerState,
  trace: LayerTrace,
  sleeves: readonly SleeveResult[],
): { [name in LayerArtifactName]: TableData } {
  return {
    weights: weightsTable(k, layers, trace),
    decisions: decisionsTable(k, layers, trace),
    regimes: regimesTable(k, layers),
    leverage: leverageTable(k, layers),
    clamps: clampsTable(k, layers),
    nettings: nettingsTable(k, trace),
    sleeves: sleevesTable(k, sleeves),
  };
}

function weightsTable(k: Kernel, layers: LayerState, trace: LayerTrace): TableData {
  const { variants } = k.plan;
  const n = variants.length;
  const rows = trace.decisions.length * n;
  const of = (name: SheetColumn) => trace.columns[name].values();
  const perVariant = <T>(pick: (v: number) => T): T[] =>
    Array.from({ length: rows }, (_, row) => pick(row % n));
  return table([
    Float64Array.from(
      { length: rows },
      (_, row) => k.world.sessionsMs[trace.decisions[Math.floor(row / n)].session],
    ),
    perVariant((v) => variants[v].id),
    perVariant((v) => variants[v].strategy),
    perVariant((v) => k.world.instruments[layers.plan.instrumentOf[v]].id),
    of("strength"),
    of("confidence"),
    of("budget"),
    trace.reasons,
    of("allocated"),
    of("permitted"),
    of("targeted"),
    of("braked"),
    of("clamped"),
    of("beliefLots"),
    of("finalLots"),
    of("currentLots"),
  ]);
}

function decisionsTable(k: Kernel, layers: LayerState, trace: LayerTrace): TableData {
  const { decisions } = trace;
  const numbers = (pick: (d: LayerTrace["decisions"][number]) => number) =>
    Float64Array.from(decisions, pick);
  const gross = (name: SheetColumn) => grossOfDecisions(layers, trace, name);
  const ordered = orderedGross(k, trace);
  return table([
    numbers((d) => k.world.sessionsMs[d.session]),
    decisions.map((d) => d.offCycle),
    decisions.map((d) => d.riskStatus),
    numbers((d) => d.sigma),
    numbers((d) => d.grossTarget),
    numbers((d) => d.grossReference),
    numbers((d) => d.multiplier),
    decisions.map((d) => d.brakeRegime),
    numbers((d) => d.scalar),
    decisions.map((d) => d.warmUp),
    decisions.map((d) => d.volatilityRegime),
    decisions.map((d) => d.breaker),
    numbers((d) => d.sizeScale),
    gross("allocated"),
    gross("permitted"),
    gross("targeted"),
    gross("braked"),
    gross("clamped"),
    ordered,
  ]);
}

/** Netted by instrument. */
export function grossOfDecisions(
  { plan }: LayerState,
  trace: LayerTrace,
  name: SheetColumn,
): Float64Array {
  const n = plan.instrumentOf.length;
  const values = trace.columns[name].values();
  const net = new Float64Array(plan.sleevesOf.length);
  return Float64Array.from(trace.decisions, (_, d) => {
    net.fill(0);
    for (let v = 0; v < n; v++) net[plan.instrumentOf[v]] += values[d * n + v];
    return net.reduce((sum, weight) => sum + Math.abs(weight), 0);
  });
}

/** Gross at the close of the session after each decision: what was traded of it. */
function orderedGross(k: Kernel, trace: LayerTrace): Float64Array {
  const gross = fractionsOfNav(grossCurve(k.state.curves), k.state.curves.nav);
  return Float64Array.from(trace.decisions, ({ session }) => gross[session + 1] ?? Number.NaN);
}

function regimesTable(k: Kernel, layers: LayerState): TableData {
  const { brake, volatilityRegime, breaker } = layers.daily;
  const { volatilityIndex } = layers.plan.evidence;
  const sessions = k.world.sessionsMs.length;
  const numbers = (pick: (s: number) => number) =>
    Float64Array.from({ length: sessions }, (_, s) => pick(s));
  const day = (s: number) => brake[s];
  return table([
    k.world.sessionsMs,
    Array.from({ length: sessions }, (_, s) => day(s)?.regime ?? "UNKNOWN"),
    numbers((s) => day(s)?.score ?? Number.NaN),
    numbers((s) => day(s)?.rvol20 ?? Number.NaN),
    numbers((s) => day(s)?.rvol60 ?? Number.NaN),
    numbers((s) => day(s)?.volAccel ?? Number.NaN),
    numbers((s) => day(s)?.drawdown ?? Number.NaN),
    numbers((s) => day(s)?.drawdownSlope10 ?? Number.NaN),
    numbers((s) => day(s)?.corr20 ?? Number.NaN),
    numbers((s) => day(s)?.corr60 ?? Number.NaN),
    numbers((s) => day(s)?.corrShock ?? Number.NaN),
    numbers((s) => day(s)?.target ?? Number.NaN),
    numbers((s) => day(s)?.scalar ?? Number.NaN),
    Array.from({ length: sessions }, (_, s) => day(s)?.warmUp ?? false),
    numbers((s) => volatilityIndex?.[s] ?? Number.NaN),
    volatilityRegime,
    breaker,
  ]);
}

function leverageTable(k: Kernel, { daily }: LayerState): TableData {
  const { curves } = k.state;
  return table([
    k.world.sessionsMs,
    fractionsOfNav(grossCurve(curves), curves.nav),
    fractionsOfNav(netCurve(curves), curves.nav),
    daily.heat,
    daily.margin,
  ]);
}

function clampsTable(k: Kernel, { clampLog }: LayerState): TableData {
  let session = -1;
  let n = 0;
  const numbers = clampLog.map((row) => {
    n = row.session === session ? n + 1 : 1;
    ({ session } = row);
    return n;
  });
  return table([
    Float64Array.from(clampLog, (row) => k.world.sessionsMs[row.session]),
    Float64Array.from(numbers),
    clampLog.map(({ record }) => record.constraint),
    clampLog.map(({ record }) => record.subject),
    Float64Array.from(clampLog, ({ record }) => record.before),
    Float64Array.from(clampLog, ({ record }) => record.after),
    Float64Array.from(clampLog, ({ record }) => record.limit),
    clampLog.map(({ record }) => record.observed),
    clampLog.map(({ record }) => record.reason),
    clampLog.map(({ record }) => record.severity),
  ]);
}

function nettingsTable(k: Kernel, { nettings }: LayerTrace): TableData {
  return table([
    Float64Array.from(nettings, ({ session }) => k.world.sessionsMs[session]),
    nettings.map(({ netting }) => k.world.instruments[netting.instrument].id),
    Float64Array.from(nettings, ({ netting }) => netting.wantedLots),
    Float64Array.from(nettings, ({ netting }) => netting.heldLots),
    Float64Array.from(nettings, ({ netting }) => netting.fullLots),
    Float64Array.from(nettings, ({ netting }) => netting.sizeScale),
    Float64Array.from(nettings, ({ netting }) => netting.targetLots),
    nettings.map(({ netting }) => netting.cutBy),
    Float64Array.from(nettings, ({ netting }) => netting.crossedLots / MICRO_LOTS),
  ]);
}

function sleevesTable(k: Kernel, sleeves: readonly SleeveResult[]): TableData {
  const digitsOf = new Map(k.world.currencies.map(({ code, digits }) => [code, digits]));
  const amounts = (pick: (s: SleeveResult) => number) =>
    Float64Array.from(sleeves, (s) =>
      minorToAmount(pick(s), digitsOf.get(s.currency) ?? Number.NaN),
    );
  return table([
    sleeves.map((s) => s.variantId),
    sleeves.map((s) => s.strategy),
    sleeves.map((s) => s.instrument),
    sleeves.map((s) => s.currency),
    Float64Array.from(sleeves, (s) => s.microLots / MICRO_LOTS),
    amounts((s) => s.realisedMinor),
    amounts((s) => s.unrealisedMinor),
    amounts((s) => s.dividendsMinor),
    amounts((s) => s.feesMinor),
    amounts((s) => s.borrowMinor),
    amounts((s) => s.totalMinor),
  ]);
}
