/**
 * Every data file a run leaves behind, declared once: columns, primary key, who writes it, who
 * reads it. Prices, marks and fees are in currency units, lots signed (a sleeve's in fractions of
 * one), weights, returns, volatilities and exposures fractions of net asset value, dates the
 * session's. A missing value is an empty field.
 */
import type { ArtifactDeclaration, ColumnType } from "../../domain/artifact.ts";

const PER_RUN = { version: 1, cadence: "per run", maximumAgeSeconds: null } as const;

const ORDERS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "orders",
  file: "orders.csv",
  kind: "table",
  columns: [
    { name: "order_id", type: "text" },
    { name: "decided", type: "date" },
    { name: "instrument", type: "text" },
    { name: "purpose", type: "text" },
    { name: "leg", type: "integer" },
    { name: "type", type: "text" },
    { name: "side", type: "integer" },
    { name: "lots", type: "integer" },
    { name: "price", type: "number" },
    { name: "time_in_force", type: "text" },
    /** Separated by spaces. */
    { name: "signal_ids", type: "text" },
    { name: "end", type: "text" },
    { name: "ended", type: "date" },
  ],
  primaryKey: ["order_id"],
  producer: "engine/run",
  consumers: ["verify"],
};

const FILLS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "fills",
  file: "fills.csv",
  kind: "table",
  columns: [
    { name: "fill_no", type: "integer" },
    { name: "date", type: "date" },
    { name: "order_id", type: "text" },
    { name: "instrument", type: "text" },
    { name: "lots", type: "integer" },
    { name: "price", type: "number" },
    { name: "reference_price", type: "number" },
    { name: "notional", type: "number" },
    { name: "fee", type: "number" },
    { name: "slippage", type: "number" },
    { name: "signal_ids", type: "text" },
  ],
  primaryKey: ["fill_no"],
  producer: "engine/run",
  consumers: ["verify"],
};

const POSITIONS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "positions",
  file: "positions.csv",
  kind: "panel",
  columns: [
    { name: "date", type: "date" },
    { name: "instrument", type: "text" },
    { name: "lots", type: "integer" },
    { name: "mark", type: "number" },
    { name: "value", type: "number" },
    { name: "weight", type: "number" },
  ],
  primaryKey: ["date", "instrument"],
  producer: "engine/run",
  consumers: ["verify"],
};

const EQUITY: ArtifactDeclaration = {
  ...PER_RUN,
  name: "equity",
  file: "equity.csv",
  kind: "series",
  columns: [
    { name: "date", type: "date" },
    { name: "nav", type: "number" },
    { name: "cash", type: "number" },
    { name: "receivable", type: "number" },
    { name: "positions_value", type: "number" },
    { name: "gross", type: "number" },
    { name: "net", type: "number" },
    { name: "drawdown", type: "number" },
  ],
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

const RETURNS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "returns",
  file: "returns.csv",
  kind: "series",
  columns: [
    { name: "date", type: "date" },
    { name: "return", type: "number" },
  ],
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** One row per forecast; a hold has neither signal_id nor terminal. */
const SIGNALS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "signals",
  file: "signals.csv",
  kind: "panel",
  columns: [
    { name: "date", type: "date" },
    { name: "variant_id", type: "text" },
    { name: "strategy", type: "text" },
    { name: "instrument", type: "text" },
    { name: "target_kind", type: "text" },
    { name: "target", type: "number" },
    { name: "confidence", type: "number" },
    { name: "price", type: "number" },
    { name: "current_lots", type: "number" },
    { name: "belief_lots", type: "number" },
    { name: "final_lots", type: "number" },
    { name: "hold", type: "boolean" },
    { name: "signal_id", type: "text" },
    { name: "terminal", type: "text" },
    { name: "share", type: "number" },
    { name: "cut_by", type: "text" },
    { name: "observed", type: "number" },
    { name: "limit", type: "number" },
  ],
  primaryKey: ["date", "variant_id", "instrument"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** A sleeve's weight at each decision, after every stage. */
const WEIGHTS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "weights",
  file: "weights.csv",
  kind: "panel",
  columns: columns({
    date: "date",
    variant_id: "text",
    strategy: "text",
    instrument: "text",
    strength: "number",
    confidence: "number",
    budget: "number",
    reason: "text",
    allocated: "number",
    after_policy: "number",
    after_risk_target: "number",
    after_overlay: "number",
    after_clamps: "number",
    belief_lots: "number",
    final_lots: "number",
    current_lots: "number",
  }),
  primaryKey: ["date", "variant_id"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** What the stages said at each decision, and the gross exposure that each left. */
const DECISIONS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "decisions",
  file: "decisions.csv",
  kind: "series",
  columns: columns({
    date: "date",
    off_cycle: "boolean",
    risk_status: "text",
    sigma: "number",
    gross_target: "number",
    gross_reference: "number",
    multiplier: "number",
    brake_regime: "text",
    scalar: "number",
    warm_up: "boolean",
    volatility_regime: "text",
    breaker: "text",
    size_scale: "number",
    gross_allocated: "number",
    gross_after_policy: "number",
    gross_after_risk_target: "number",
    gross_after_overlay: "number",
    gross_after_clamps: "number",
    gross_ordered: "number",
  }),
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** The brake's state and evidence, the volatility regime and the breaker, every session. */
const REGIMES: ArtifactDeclaration = {
  ...PER_RUN,
  name: "regimes",
  file: "regimes.csv",
  kind: "series",
  columns: columns({
    date: "date",
    regime: "text",
    score: "integer",
    rvol_20d: "number",
    rvol_60d: "number",
    vol_accel: "number",
    drawdown: "number",
    drawdown_slope_10d: "number",
    corr_20d: "number",
    corr_60d: "number",
    corr_shock: "number",
    target: "number",
    scalar: "number",
    warm_up: "boolean",
    volatility_index: "number",
    volatility_regime: "text",
    breaker: "text",
  }),
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

const LEVERAGE: ArtifactDeclaration = {
  ...PER_RUN,
  name: "leverage",
  file: "leverage.csv",
  kind: "series",
  columns: columns({
    date: "date",
    gross: "number",
    net: "number",
    heat: "number",
    initial_margin: "number",
  }),
  primaryKey: ["date"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** Every change that a clamp made, numbered within its date. */
const CLAMPS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "clamps",
  file: "clamps.csv",
  kind: "table",
  columns: columns({
    date: "date",
    n: "integer",
    constraint: "text",
    subject: "text",
    before: "number",
    after: "number",
    limit: "number",
    observed: "number",
    reason: "text",
    severity: "text",
  }),
  primaryKey: ["date", "n"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** What the sleeves wanted of an instrument together, and what sizing made of it. */
const NETTINGS: ArtifactDeclaration = {
  ...PER_RUN,
  name: "nettings",
  file: "nettings.csv",
  kind: "panel",
  columns: columns({
    date: "date",
    instrument: "text",
    wanted_lots: "number",
    held_lots: "integer",
    full_lots: "number",
    size_scale: "number",
    target_lots: "integer",
    cut_by: "text",
    crossed_lots: "number",
  }),
  primaryKey: ["date", "instrument"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** Each sleeve's part of the result, in its instrument's currency. */
const SLEEVES: ArtifactDeclaration = {
  ...PER_RUN,
  name: "sleeves",
  file: "sleeves.csv",
  kind: "table",
  columns: columns({
    variant_id: "text",
    strategy: "text",
    instrument: "text",
    currency: "text",
    lots: "number",
    realised: "number",
    unrealised: "number",
    dividends: "number",
    fees: "number",
    borrow: "number",
    total: "number",
  }),
  primaryKey: ["variant_id"],
  producer: "engine/run",
  consumers: ["verify"],
};

/** Every run's, in the order they are written and listed in the journal's last entry. */
export const RUN_ARTIFACTS = {
  orders: ORDERS,
  fills: FILLS,
  positions: POSITIONS,
  equity: EQUITY,
  returns: RETURNS,
  signals: SIGNALS,
} as const;

/** Besides those, a run with portfolio stages writes these, in this order. */
export const LAYER_ARTIFACTS = {
  weights: WEIGHTS,
  decisions: DECISIONS,
  regimes: REGIMES,
  leverage: LEVERAGE,
  clamps: CLAMPS,
  nettings: NETTINGS,
  sleeves: SLEEVES,
} as const;

export type RunArtifactName = keyof typeof RUN_ARTIFACTS;
export type LayerArtifactName = keyof typeof LAYER_ARTIFACTS;

const FILES = new Map(
  [...Object.values(RUN_ARTIFACTS), ...Object.values(LAYER_ARTIFACTS)].map(
    ({ name, file }) => [name, file] as const,
  ),
);

/** The file of a declared artifact, or null when nothing of that name is declared. */
export function artifactFile(name: string): string | null {
  return FILES.get(name) ?? null;
}

/** Column name -> type, in the order they are written. */
function columns(types: { readonly [name: string]: ColumnType }): ArtifactDeclaration["columns"] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}
